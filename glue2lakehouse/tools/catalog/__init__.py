"""Catalogs as typed values: the Glue Data Catalog, dumps of it, Unity Catalog; and the mapping from one to the other."""

from glue2lakehouse.tools.catalog.dump import scan_dump
from glue2lakehouse.tools.catalog.glue import scan_glue
from glue2lakehouse.tools.catalog.model import (
    Classifier,
    Column,
    Connection,
    Crawler,
    Database,
    Item,
    Partition,
    Refusal,
    Statistics,
    Table,
)
from glue2lakehouse.tools.catalog.paging import Page, Position, read_scan, write_scan
from glue2lakehouse.tools.catalog.unity import scan_unity_catalog, unity_client

__all__ = [
    "Classifier",
    "Column",
    "Connection",
    "Crawler",
    "Database",
    "Item",
    "Page",
    "Partition",
    "Position",
    "Refusal",
    "Statistics",
    "Table",
    "read_scan",
    "scan_dump",
    "scan_glue",
    "scan_unity_catalog",
    "unity_client",
    "write_scan",
]
