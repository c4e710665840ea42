"""Glue definitions as a Databricks Asset Bundle."""
