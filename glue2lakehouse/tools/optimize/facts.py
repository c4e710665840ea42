"""What advice on a table is drawn from: its catalog entry, figures of it, and how the project's own code uses it."""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.tools.catalog import Table


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TableFacts(_Value):
    """A table's schema and figures; None and a missing name mean not known, never zero."""

    name: str
    format: str = ""
    managed: bool = False
    columns: dict[str, str] = Field(default_factory=dict, description="column -> type, lower case")
    partition_columns: tuple[str, ...] = ()
    clustering: tuple[str, ...] = ()
    rows: int | None = None
    bytes: int | None = None
    files: int | None = None
    partitions: int | None = None
    distinct: dict[str, int] = Field(default_factory=dict, description="column -> number of different values")

    @classmethod
    def of(
        cls, table: Table, *, partitions: int | None = None, distinct: Mapping[str, int] | None = None
    ) -> "TableFacts":
        """Return the facts of a scanned table; `partitions` is how many the scan listed."""
        return cls(
            name=table.full_name,
            format=table.format,
            managed=table.table_kind == "managed",
            columns={column.name.lower(): column.type.lower() for column in table.all_columns},
            partition_columns=tuple(key.name.lower() for key in table.partition_keys),
            clustering=table.clustering,
            rows=table.statistics.rows,
            bytes=table.statistics.bytes,
            files=table.statistics.files,
            partitions=partitions,
            distinct=dict(distinct or {}),
        )


class TableUses(_Value):
    """How code uses a table: for each column, the files that filter, join or group by it; paths in the order found."""

    filters: dict[str, tuple[str, ...]] = {}
    joins: dict[str, tuple[str, ...]] = {}
    readers: tuple[str, ...] = ()
    writers: tuple[str, ...] = ()
    merges: tuple[str, ...] = Field(default=(), description="files that MERGE into, update or delete from it")
    streams: tuple[str, ...] = Field(default=(), description="files that read or write it as a stream")
    python_functions: tuple[str, ...] = Field(
        default=(), description="readers that run Python on its rows, or use RDDs"
    )
