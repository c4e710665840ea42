"""Lay out the data that a run starts from: the caller's samples, in the places where the scripts look for them.

The layout of a data folder:

    DIR/catalog/<database>/<table>.csv|json|parquet|orc     one file of a catalog table; CSV has a header
    DIR/catalog/<database>/<table>/…                        or a folder of files, with `key=value` folders for partitions
    DIR/s3/<bucket>/<key…>                                  objects, as they are
    DIR/jdbc/<connection>/<table>.csv|json|parquet          tables behind a Glue connection (or a database name)
    DIR/streams/<name>/…                                    files of a Kinesis or Kafka stream, by topic, stream or ARN
    DIR/secrets/<scope>/<key>                               secrets, for AWS Secrets Manager and `dbutils.secrets` alike
    DIR/args/<script's stem>.json                           job arguments: {"JOB_NAME": "x", "year": "2024"}

Everything is optional. Types of catalog columns come from the project's DDL where it declares the table; otherwise the files
say them: all columns of a CSV are text, those of JSON lines are what a crawler would make of them.
"""

import csv
import json
import re
import shutil
from collections.abc import Iterable, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Field

from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column, RuntimeEnvironment
from glue2lakehouse.tools.sandbox.json_columns import json_columns

_FORMATS = ("csv", "json", "parquet", "orc", "avro")
_NOT_DATA = ("catalog", "s3", "jdbc", "streams", "secrets", "args")


class World(BaseModel):
    """A folder with data laid out, and what the runtime has to know about it."""

    folder: Path
    tables: dict[str, CatalogTable] = Field(default_factory=dict)
    connections: dict[str, dict[str, str]] = Field(default_factory=dict)
    streams: dict[str, str] = Field(default_factory=dict, description="stream -> folder below `folder`")
    secrets: dict[str, dict[str, str]] = Field(default_factory=dict)
    arguments: dict[str, dict[str, str]] = Field(default_factory=dict, description="script's stem -> arguments")

    def environment(self, scratch: Path, **more: Any) -> RuntimeEnvironment:
        """Copy the data to a scratch folder and return what a run there sees."""
        shutil.copytree(self.folder, scratch, dirs_exist_ok=True)
        return self.environment_of(scratch, **more)

    def environment_of(self, scratch: Path, **more: Any) -> RuntimeEnvironment:
        """Return what a run sees of data that is in a scratch folder already."""
        streams = {name: str(scratch / place) for name, place in self.streams.items()}
        return RuntimeEnvironment(
            scratch=scratch, catalog=self.tables, connections=self.connections, streams=streams, **more
        )  # fmt: skip


def lay_out(data: Path | None, tables: dict[str, CatalogTable], folder: Path) -> World:
    """Lay the samples of a data folder out below `folder`; raises SourceNotFound when there is no such folder."""
    world = World(folder=folder, tables={name: table.model_copy() for name, table in tables.items()})
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in world.tables.items():
        table.location = table.location or f"s3://glue-catalog/{name.replace('.', '/')}"
        if "://" not in table.location:
            table.format = "stream"
            world.streams[table.location] = f"streams/{table.location}"
    if data is None:
        return world
    if not data.is_dir():
        raise SourceNotFound(f"{data}: no such folder; --data wants a folder with {', '.join(_NOT_DATA)}")
    if (data / "s3").is_dir():
        shutil.copytree(data / "s3", folder / "s3", dirs_exist_ok=True)
    for database in _folders(data / "catalog"):
        for source in sorted(database.iterdir()):
            _lay_table(world, f"{database.name}.{source.name.split('.')[0]}".lower(), source)
    for connection in _folders(data / "jdbc"):
        world.connections.setdefault(connection.name, {"database": connection.name.lower()})
        for source in sorted(connection.iterdir()):
            _lay_database_table(world, connection.name.lower(), source)
    for stream in _folders(data / "streams"):
        world.streams[stream.name] = f"streams/{stream.name}"
        shutil.copytree(stream, folder / "streams" / stream.name, dirs_exist_ok=True)
    for scope in _folders(data / "secrets"):
        world.secrets[scope.name] = {file.name: file.read_text().rstrip("\n") for file in sorted(scope.iterdir())}
    for file in sorted((data / "args").glob("*.json")):
        world.arguments[file.stem] = {name: str(value) for name, value in json.loads(file.read_text()).items()}
    return world


def named_tables(tables: Mapping[str, CatalogTable], texts: Iterable[str]) -> dict[str, CatalogTable]:
    """Return the tables that texts name as whole words; where texts name databases, only tables of those."""
    words = set(re.findall(r"[\w-]+", "\n".join(texts).lower()))
    named = {name: table for name, table in tables.items() if name.partition(".")[2] in words}
    in_database = {name: table for name, table in named.items() if name.partition(".")[0] in words}
    return in_database or named


def _folders(place: Path) -> list[Path]:
    return sorted(path for path in place.iterdir() if path.is_dir()) if place.is_dir() else []


def _lay_table(world: World, name: str, source: Path) -> None:
    kind = _format_of(source)
    known = world.tables.get(name)
    if known is None:
        known = CatalogTable(location=f"s3://glue-catalog/{name.replace('.', '/')}", format=kind)
        known.partition_keys = [Column(name=key) for key in _partition_keys(source)]
        if kind == "csv":
            known.columns = [Column(name=column) for column in _header(source)]
        elif known.partition_keys:
            known.columns = _columns_in(source, kind, {key.name for key in known.partition_keys})
        elif kind == "json":
            known.columns = json_columns(_files(source))
    if known.format == "stream":
        _copy(source, world.folder / "streams" / known.location)
        return
    known.format = kind
    if kind == "csv":
        known.columns = _in_file_order(known.columns, _header(source))
        known.options = {"withHeader": "true"}
    world.tables[name] = known
    target = world.folder / "s3" / known.location.partition("://")[2].strip("/")
    _copy(source, target)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir():
        shutil.copytree(source, target, dirs_exist_ok=True)
    else:
        target.mkdir(parents=True, exist_ok=True)
        shutil.copy2(source, target / source.name)


def _files(source: Path) -> list[Path]:
    if source.is_file():
        return [source]
    return sorted(file for file in source.rglob("*") if file.is_file() and not file.name.startswith(("_", ".")))


def _format_of(source: Path) -> str:
    if (source / "_delta_log").is_dir():
        return "delta"
    for file in _files(source):
        for kind in _FORMATS:
            if f".{kind}" in file.name:
                return kind
    return "parquet"


def _partition_keys(source: Path) -> list[str]:
    for file in _files(source):
        return [part.partition("=")[0] for part in file.relative_to(source).parts[:-1] if "=" in part]
    return []


def _header(source: Path) -> list[str]:
    """Return the names of a CSV file's first line as a crawler has them."""
    for file in _files(source):
        with file.open(newline="", encoding="utf-8-sig") as lines:
            return [name.strip().lower() for name in next(csv.reader(lines), [])]
    return []


def _in_file_order(columns: list[Column], header: list[str]) -> list[Column]:
    """Return a table's columns as its sample has them: a CSV file is read by position, whatever its header says."""
    known = {column.name.lower(): column for column in columns}
    if not known.keys() <= set(header):
        return columns
    return [known.get(name, Column(name=name)) for name in header]


def _columns_in(source: Path, kind: str, partition_keys: set[str]) -> list[Column]:
    """Return the columns of a partitioned table: Spark wants them declared together with the partition keys."""
    from pyarrow import dataset as arrow_dataset

    dataset: Any = arrow_dataset

    if kind not in ("parquet", "orc"):
        return []
    schema = dataset.dataset([str(file) for file in _files(source)], format=kind).schema
    return [
        Column(name=field.name, type=_hive_type(field.type)) for field in schema if field.name not in partition_keys
    ]


def _hive_type(kind: Any) -> str:
    from pyarrow import types

    if types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{_hive_type(field.type)}' for field in kind)}>"
    if types.is_list(kind):
        return f"array<{_hive_type(kind.value_type)}>"
    if types.is_decimal(kind):
        return f"decimal({kind.precision},{kind.scale})"
    if types.is_timestamp(kind):
        return "timestamp"
    names = {"string": "string", "large_string": "string", "int64": "bigint", "int32": "int", "int16": "smallint",
             "int8": "tinyint", "double": "double", "float": "float", "bool": "boolean", "date32[day]": "date"}  # fmt: skip
    return names.get(str(kind), "binary")


def _lay_database_table(world: World, database: str, source: Path) -> None:
    modules: Any = [import_module(f"pyarrow.{name}") for name in ("csv", "json", "parquet")]
    arrow_csv, arrow_json, parquet = modules
    readers = {".csv": arrow_csv.read_csv, ".json": arrow_json.read_json, ".parquet": parquet.read_table}
    target = world.folder / "databases" / database / source.stem.lower()
    target.mkdir(parents=True, exist_ok=True)
    parquet.write_table(readers[source.suffix](source), target / "part-00000.parquet")
