"""Advice on layout from schemas, statistics and the queries in the code."""
