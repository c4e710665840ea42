"""Offline evaluation: golden conversions, what the project makes of them, how good that is, and what changed."""
