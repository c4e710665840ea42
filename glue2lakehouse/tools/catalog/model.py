"""What a catalog holds, as typed values: the same for the Glue Data Catalog, a dump of it, DDL files and Unity Catalog.

Type texts are those of the catalog; `compare.types` says which of them mean the same.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

TableKind = Literal["external", "managed", "view", "link", "unknown"]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Column(_Value):
    """One column; `comment` is "" where there is none."""

    name: str
    type: str
    nullable: bool = True
    comment: str = ""


class Statistics(_Value):
    """What a catalog knows of a table's size; None where it does not say. `bytes` is the size of all files."""

    rows: int | None = None
    bytes: int | None = None
    files: int | None = None
    collected_by: str = Field(default="", description="the properties that the figures come from")


class Database(_Value):
    """A Glue database or a Unity Catalog schema."""

    kind: Literal["database"] = "database"
    catalog: str = ""
    name: str
    location: str = ""
    comment: str = ""
    properties: dict[str, str] = {}
    link: str = Field(default="", description="`account.database` that a resource link points to")


class Table(_Value):
    """A table or view. `columns` are without the partition keys for Glue, which come last; see `all_columns`.

    `columns_known` is false where the catalog lists a table without its columns: then nothing may be said about them.
    """

    kind: Literal["table"] = "table"
    catalog: str = ""
    database: str
    name: str
    table_kind: TableKind = "unknown"
    columns: tuple[Column, ...] = ()
    partition_keys: tuple[Column, ...] = ()
    clustering: tuple[str, ...] = ()
    columns_known: bool = True
    location: str = ""
    format: str = Field(default="", description="csv, json, parquet, orc, avro, delta, iceberg, hudi, … or unknown")
    serde: str = ""
    serde_properties: dict[str, str] = {}
    input_format: str = ""
    output_format: str = ""
    link: str = Field(default="", description="`database.table` that a resource link points to")
    comment: str = ""
    properties: dict[str, str] = {}
    view_text: str = ""
    statistics: Statistics = Statistics()

    @property
    def full_name(self) -> str:
        """Return `database.table`, lower case, as both catalogs look names up."""
        return f"{self.database}.{self.name}".lower()

    @property
    def all_columns(self) -> tuple[Column, ...]:
        """Return the columns in the order of `SELECT *`; a partition key that is among the columns counts once."""
        declared = {column.name.lower() for column in self.columns}
        return self.columns + tuple(key for key in self.partition_keys if key.name.lower() not in declared)


class Partition(_Value):
    """One partition of a Glue table; `values` are in the order of the table's partition keys."""

    kind: Literal["partition"] = "partition"
    database: str
    table: str
    values: tuple[str, ...]
    location: str = ""
    properties: dict[str, str] = {}


class Connection(_Value):
    """A Glue connection without its secrets: of the properties, only those that name a place."""

    kind: Literal["connection"] = "connection"
    name: str
    type: str = ""
    properties: dict[str, str] = {}


class Crawler(_Value):
    """A crawler: what it reads and which database it keeps up to date."""

    kind: Literal["crawler"] = "crawler"
    name: str
    database: str = ""
    targets: tuple[str, ...] = ()
    classifiers: tuple[str, ...] = ()
    schedule: str = ""


class Classifier(_Value):
    """A custom classifier; `type` is Csv, Grok, Json or XML, `settings` as AWS gives them."""

    kind: Literal["classifier"] = "classifier"
    name: str
    type: str = ""
    settings: dict[str, str] = {}


class Refusal(_Value):
    """Something that could not be read, so that nobody takes a part for the whole."""

    kind: Literal["refusal"] = "refusal"
    where: str
    message: str
    action: str = ""


Item = Annotated[
    Database | Table | Partition | Connection | Crawler | Classifier | Refusal, Field(discriminator="kind")
]
