"""Readers of Glue's own: CSV, JSON and XML give records with the types that each value shows."""
