"""Hive, Athena and Glue DDL -> Unity Catalog DDL: `convert_ddl` for a file, `extract_tables` for its schemas alone."""

from glue2lakehouse.tools.ddl.convert import convert_ddl, extract_tables
from glue2lakehouse.tools.ddl.known import KnownTables
from glue2lakehouse.tools.ddl.model import Column, DdlConversion, StatementResult, TableDefinition

__all__ = [
    "Column",
    "DdlConversion",
    "KnownTables",
    "StatementResult",
    "TableDefinition",
    "convert_ddl",
    "extract_tables",
]
