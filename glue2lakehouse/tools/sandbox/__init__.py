"""Run original and converted scripts behind fences, on the same data, and compare what they wrote."""
