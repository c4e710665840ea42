"""Scanners of the Glue Data Catalog and of Unity Catalog."""
