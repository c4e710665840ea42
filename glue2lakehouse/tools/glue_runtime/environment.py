"""What a run may see of the world: buckets, catalog, databases and state, all below one scratch folder.

A `RuntimeEnvironment` is plain data (JSON in a request file); a `Manifest` collects what a run wrote.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.tools.glue_runtime.object_paths import bucket_folder, local_path


class Column(BaseModel):
    """A column of a catalog table: its name and Hive type."""

    model_config = ConfigDict(extra="forbid")

    name: str
    type: str = "string"


class CatalogTable(BaseModel):
    """A Data Catalog table, as far as reading and writing it needs."""

    model_config = ConfigDict(extra="forbid")

    location: str = Field(default="", description="s3://… of the files, or the table's name in a JDBC database")
    format: str = Field(default="parquet", description="csv, json, parquet, orc, avro, xml, delta, jdbc or stream")
    columns: list[Column] = Field(default_factory=list, description="without partition keys; empty: as the files say")
    partition_keys: list[Column] = Field(default_factory=list)
    options: dict[str, str] = Field(default_factory=dict, description="separator, withHeader, quoteChar, rowTag, …")
    connection: str = Field(default="", description="connection of a JDBC table")


class RuntimeEnvironment(BaseModel):
    """Everything outside of the script, mapped to this machine."""

    model_config = ConfigDict(extra="forbid")

    scratch: Path = Field(description="folder that holds s3/<bucket>/, databases/, streams/ and state")
    catalog: dict[str, CatalogTable] = Field(default_factory=dict, description="`database.table` -> table")
    databases: list[str] = Field(default_factory=list, description="Glue databases without tables")
    connections: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="Glue connection -> its properties (fullUrl, user, vendor, database, …)"
    )
    streams: dict[str, str] = Field(default_factory=dict, description="topic, stream name or ARN -> folder of files")
    bookmark_state: Path | None = Field(default=None, description="state file; default: scratch/bookmarks.json")
    glue_version: str = "4.0"
    assumptions: dict[str, str] = Field(default_factory=dict, description="answers of undocumented points")
    drain_streams: bool = Field(default=True, description="forEachBatch ends when all files are read")
    spark_conf: dict[str, str] = Field(default_factory=dict, description="extra settings of the Spark session")

    @property
    def version(self) -> tuple[int, ...]:
        """The Glue version as numbers, to compare."""
        return tuple(int(part) for part in self.glue_version.split("."))

    @property
    def buckets(self) -> Path:
        """Folder of the buckets."""
        return self.scratch / "s3"

    @property
    def bookmark_file(self) -> Path:
        """Where bookmark state lives."""
        return self.bookmark_state or self.scratch / "bookmarks.json"

    def local(self, path: str) -> Path:
        """Return the local file or folder of s3://bucket/key, file:… or a plain path."""
        return local_path(path, self.buckets)

    def bucket(self, name: str) -> Path:
        """Return the folder of a bucket, made if it is not there."""
        return bucket_folder(name, self.buckets)

    def table(self, database: str, table: str) -> CatalogTable | None:
        """Return a catalog table; names are compared without case, as the Data Catalog does."""
        wanted = f"{database}.{table}".lower()
        return next((found for name, found in self.catalog.items() if name.lower() == wanted), None)

    def put_table(self, database: str, table: str, definition: CatalogTable) -> None:
        """Create or replace a catalog table."""
        self.catalog[f"{database}.{table}".lower()] = definition

    def location_of(self, database: str, table: str) -> str:
        """Return where a table's files are; a table without a location gets one below a bucket of its own."""
        known = self.table(database, table)
        return known.location if known and known.location else f"s3://glue-catalog/{database}/{table}"


def _lines_of(script: str) -> set[int]:
    """Return the lines at which a script is in the present thread."""
    frame: FrameType | None = sys._getframe()
    lines = set()
    while frame is not None:
        if frame.f_code.co_filename == script:
            lines.add(frame.f_lineno)
        frame = frame.f_back
    return lines


class Written(BaseModel):
    """One write of a run."""

    kind: Literal["path", "table", "jdbc", "stream", "purge"]
    target: str = Field(description="s3://… path, database.table, or connection/table")
    format: str = ""
    mode: str = "append"
    partition_keys: list[str] = Field(default_factory=list)
    rows: int | None = Field(default=None, description="None where Spark wrote by itself")
    columns: list[str] = Field(default_factory=list)
    types: list[str] = Field(default_factory=list, description="of the columns, where they are known")
    table: str = Field(default="", description="database.table, where the path is that of a catalog table")
    options: dict[str, Any] = Field(default_factory=dict)
    via: Literal["glue", "spark"] = "glue"


class Manifest(BaseModel):
    """The writes of a run, in order."""

    writes: list[Written] = Field(default_factory=list)
    script: str = Field(default="", exclude=True, description="path of the script that runs")
    lines: set[int] = Field(default_factory=set, exclude=True, description="lines of the script that wrote something")
    glue_writes: bool = Field(default=False, exclude=True, description="a Glue sink is at work: it notes its own write")

    def add(self, written: Written) -> None:
        """Note one write; what Spark does for a Glue sink is that sink's."""
        self.lines |= _lines_of(self.script)
        if not (self.glue_writes and written.via == "spark"):
            self.writes.append(written)

    @contextmanager
    def glue_sink(self) -> Iterator[None]:
        """Leave out Spark's own writes until the block ends."""
        self.glue_writes = True
        try:
            yield
        finally:
            self.glue_writes = False
