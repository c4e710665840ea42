"""The metadata tables: six Delta tables, in a folder (delta-rs) or a catalog (Spark), behind one `Store`."""

from pathlib import Path
from typing import TYPE_CHECKING

from glue2lakehouse.store.rows import (
    ROWS,
    AgentDecision,
    ColumnInfo,
    DestinationEntity,
    MigrationProject,
    Row,
    SchemaDrift,
    SourceEntity,
    ValidationResult,
)
from glue2lakehouse.store.tables import Store
from glue2lakehouse.store.writer import Writer

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

__all__ = [
    "ROWS",
    "AgentDecision",
    "ColumnInfo",
    "DestinationEntity",
    "MigrationProject",
    "Row",
    "SchemaDrift",
    "SourceEntity",
    "Store",
    "ValidationResult",
    "Writer",
    "open_spark_store",
    "open_store",
]


def open_store(home: Path, create: bool = True) -> Store:
    """Open the tables in `home/tables`, creating and migrating them. Raises StoreError, also if absent and not `create`."""
    from glue2lakehouse.store.embedded import FolderBackend

    return Store(FolderBackend(home / "tables", create), home / "locks")


def open_spark_store(spark: "SparkSession", catalog: str, schema: str, home: Path = Path(".glue2lakehouse")) -> Store:
    """Open the tables `catalog.schema.*` through a Spark session, creating and migrating them; locks live in `home`."""
    from glue2lakehouse.store.spark import CatalogBackend

    return Store(CatalogBackend(spark, catalog, schema), home / "locks")
