"""Gather what a run changed: tables, folders of files, database tables, single objects."""

import os
import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import unquote

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.plain_spark import local_spelling, register_table
from glue2lakehouse.tools.glue_runtime.record_functions import Attempt
from glue2lakehouse.tools.sandbox.csv_files import form_of, read_csv
from glue2lakehouse.tools.sandbox.datasets import Dataset, Kind, plain_value

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_PART = re.compile(
    r"^(part-|run-|data_|\d{8}_\d{6}_).*|^.*\.(snappy|gz|bz2|zstd)?\.?(parquet|orc|avro|csv|json)(\.\w+)?$"
)
_SUFFIX = re.compile(r"\.(parquet|orc|avro|csv|json|txt|xml)\b")
_NOT_OUTPUT = ("s3/", "databases/", "streams/", "tmp/", "home/", "warehouse/", "bookmarks.json")
MAX_ROWS = 200_000
Stamp = dict[str, tuple[int, int]]


class Harvest:
    """The state of the world before a run, and the question what is different after it."""

    def __init__(
        self,
        session: "SparkSession",
        environment: RuntimeEnvironment,
        settings: Settings,
        side: Literal["original", "converted"],
    ) -> None:
        self.session, self.environment, self.settings, self.side = session, environment, settings, side
        self.scratch = environment.scratch
        # What it holds of a run is compared as one file, which both sides write.
        self._not_output = (*_NOT_OUTPUT, f"volumes/{settings.workflow_runs_folder.removeprefix('/Volumes/')}/")
        self._before = _stamp(self.scratch)
        self._tables_before = {name: _stamp(place) for name, place in self._table_places().items()}

    def gather(self) -> list[Dataset]:
        """Return everything that the run changed, with all rows that are there now."""
        changed = [name for name, stamp in _stamp(self.scratch).items() if self._before.get(name) != stamp]
        changed += [name for name in self._before if not (self.scratch / name).exists()]
        tables = list(self._tables())
        places = {item.name: place for item, place in tables}
        found = [item for item, _ in tables]
        found += self._folders((name for name in changed if name.startswith("s3/")), places)
        found += self._databases(name for name in changed if name.startswith("databases/"))
        found += [self._object(name, "file") for name in sorted(changed) if not name.startswith(self._not_output)]
        return found

    def frames(self, frames: "Mapping[str, Callable[[], DataFrame]]") -> list[Dataset]:
        """Return the rows of frames that can be evaluated; the others are left out."""
        found = []
        for name, load in frames.items():
            with Attempt():
                found.append(self._read("frame", name, "", load, []))
        return [item for item in found if not item.unreadable]

    def _table_places(self) -> dict[str, Path]:
        """Return the folder of each table of the session and of the Glue catalog."""
        places = {}
        for database in [row[0] for row in self.session.sql("SHOW DATABASES").collect()]:
            for row in self.session.sql(f"SHOW TABLES IN `{database}`").collect():
                if not row.isTemporary:
                    place = self._location(f"`{database}`.`{row.tableName}`")
                    if place:
                        places[f"{database}.{row.tableName}"] = place
        if self.side == "original":
            for name in self.environment.catalog:
                database, _, table = name.partition(".")
                places.pop(local_spelling(name), None)
                places[name] = self.environment.local(self.environment.location_of(database, table))
        return places

    def _location(self, table: str) -> Path | None:
        rows = self.session.sql(f"DESCRIBE TABLE EXTENDED {table}").collect()
        for row in rows:
            if row.col_name == "Location" and row.data_type:
                return self.environment.local(row.data_type)
        return None

    def _tables(self) -> Iterable[tuple[Dataset, Path]]:
        for name, place in self._table_places().items():
            if _stamp(place) == self._tables_before.get(name, {}):
                continue
            database, _, table = name.partition(".")
            known = self.environment.catalog.get(name) if self.side == "original" else None
            if known is not None and known.format in ("stream", "jdbc"):
                continue
            if self.side == "converted" and self._target_name(database, table) == self.settings.bookmarks_kept_in:
                continue
            yield self._table(database, table, known), place

    def _table(self, database: str, table: str, known: Any) -> Dataset:
        if self.side == "original":
            shown = self.settings.table_for(database, table)
        else:
            shown = self._target_name(database, table)
        if known is not None:
            register_table(self.session, self.environment, f"{database}.{table}", known)
        quoted = f"`{database}`.`{table}`"
        partitions = [
            column.name for column in self.session.catalog.listColumns(quoted) if column.isPartition
        ]  # fmt: skip
        return self._read("table", local_spelling(shown.lower()), "", lambda: self.session.table(quoted), partitions)

    def _target_name(self, schema: str, table: str) -> str:
        for target in self.settings.tables.values():
            if target.lower().endswith(f".{schema}.{table}".lower()):
                return target
        return f"{self.settings.catalog}.{schema}.{table}"

    def _folders(self, changed: Iterable[str], tables: dict[str, Path]) -> list[Dataset]:
        roots: dict[str, str] = {}
        objects = []
        for name in changed:
            if self._in_checkpoint(name):
                continue
            delta = self._delta_root(name)
            if delta:
                roots[delta] = "delta"
            elif _is_part(name):
                folder = "/".join(part for part in name.split("/")[:-1] if "=" not in part)
                roots[folder] = _SUFFIX.findall(name)[-1]
            elif not Path(name).name.startswith(("_", ".")):
                objects.append(name)
        found = [self._folder(root, kind, tables) for root, kind in sorted(roots.items())]
        return found + [self._object(name) for name in sorted(objects)]

    def _in_checkpoint(self, name: str) -> bool:
        """Tell whether a file is a stream's memory: below a folder that holds offsets and commits, whatever it is called."""
        parts = name.split("/")
        above = (self.scratch / "/".join(parts[:count]) for count in range(2, len(parts)))
        return "_spark_metadata" in parts or any(
            (folder / "offsets").is_dir() and (folder / "commits").is_dir() for folder in above
        )

    def _delta_root(self, name: str) -> str:
        parts = name.split("/")
        for count in range(2, len(parts)):
            root = "/".join(parts[:count])
            if (self.scratch / root / "_delta_log").is_dir():
                return root
        return ""

    def _folder(self, root: str, kind: str, tables: dict[str, Path]) -> Dataset:
        place = self.scratch / root
        uri = "s3://" + root.removeprefix("s3/")
        holder = next((name for name, at in tables.items() if at.resolve() == place.resolve()), "")
        reader = self.session.read.format({"txt": "text"}.get(kind, kind))
        partitions = _partitions_below(place) if kind != "delta" else self._delta_partitions(uri)
        if not any(path.is_file() for path in place.rglob("*")) and kind != "delta":
            return Dataset(kind="path", name=uri, format="nothing", holds_table=holder)
        load = partial(read_csv, self.session, place, uri) if kind == "csv" else partial(reader.load, uri)
        read = self._read("path", uri, form_of(place) if kind == "csv" else kind, load, partitions)
        return read.model_copy(update={"holds_table": holder})

    def _delta_partitions(self, uri: str) -> list[str]:
        detail = self.session.sql(f"DESCRIBE DETAIL delta.`{uri}`").collect()[0]
        return list(detail.partitionColumns)

    def _object(self, name: str, kind: Kind = "object") -> Dataset:
        file = self.scratch / name
        rows = [{"bytes": {"hex": file.read_bytes().hex()}}] if file.is_file() else []
        shown = "s3://" + name.removeprefix("s3/") if kind == "object" else name
        return Dataset(kind=kind, name=shown, columns={"bytes": "binary"}, rows=rows)

    def _databases(self, changed: Iterable[str]) -> list[Dataset]:
        found = []
        for folder in sorted({"/".join(name.split("/")[:3]) for name in changed}):
            place = self.scratch / folder
            name = folder.removeprefix("databases/")
            if any(path.suffix == ".parquet" for path in place.glob("*.parquet")):
                found.append(self._database_table(name, place))
            else:
                found.append(Dataset(kind="jdbc", name=name, format="jdbc"))
        return found

    def _database_table(self, name: str, place: Path) -> Dataset:
        return self._read("jdbc", name, "jdbc", lambda: self._as_database(place), [])

    def _as_database(self, place: Path) -> "DataFrame":
        """Read a database table's files as the database would hold them: values take the types of the table's first file."""
        from pyspark.sql import functions as F

        files = sorted(place.glob("*.parquet"), key=lambda file: (file.stat().st_mtime_ns, file.name))
        whole = self.session.read.parquet(files[0].as_uri())
        kinds = {field.name.lower(): field.dataType.simpleString() for field in whole.schema}
        for file in files[1:]:
            more = self.session.read.parquet(file.as_uri())
            fitted = [
                F.expr(f"try_cast(`{column}` AS {kinds[column.lower()]})").alias(column) if column.lower() in kinds else F.col(f"`{column}`")
                for column in more.columns
            ]  # fmt: skip
            whole = whole.unionByName(more.select(*fitted), allowMissingColumns=True)
        return whole

    def _read(
        self, kind: Any, name: str, format: str, load: "Callable[[], DataFrame]", partitions: list[str]
    ) -> Dataset:
        from py4j.protocol import Py4JJavaError
        from pyspark.errors import PySparkException

        try:
            frame = load()
            rows = frame.limit(MAX_ROWS + 1).collect()
        except (PySparkException, Py4JJavaError) as error:
            return Dataset(kind=kind, name=name, format=format, unreadable=str(error).splitlines()[0][:500])
        if len(rows) > MAX_ROWS:
            return Dataset(kind=kind, name=name, format=format, unreadable=f"more than {MAX_ROWS} rows")
        columns = {field.name: field.dataType.simpleString() for field in frame.schema}
        plain = [{name: plain_value(value) for name, value in zip(frame.columns, row, strict=True)} for row in rows]
        return Dataset(
            kind=kind, name=name, format=format, columns=columns, rows=plain, partitions=tuple(partitions),
            touched=kind == "frame" or self._is_touched(frame, len(rows)),
        )  # fmt: skip

    def _is_touched(self, frame: "DataFrame", rows: int) -> bool:
        """Tell whether a run has added rows to a dataset or taken some: not every file that it writes has rows."""
        files = [self._local(file) for file in frame.inputFiles()]
        old = [file for file in files if self._is_as_before(file)]
        if not old:
            return True
        folders = {os.path.dirname(file) for file in old}
        if any(self._is_gone(folder) for folder in folders):
            return True
        from pyspark.sql import functions as F

        counted = frame.groupBy(F.input_file_name().alias("file")).count().collect()
        kept = sum(row["count"] for row in counted if self._local(row.file) in old)
        return bool(rows > kept)

    def _local(self, uri: str) -> str:
        return str(self.environment.local(unquote(uri)).resolve())

    def _is_as_before(self, file: str) -> bool:
        name = os.path.relpath(file, self.scratch)
        return name in self._before and self._before[name] == _stamp_of(file)

    def _is_gone(self, folder: str) -> bool:
        inside = os.path.relpath(folder, self.scratch) + "/"
        return any(
            name.startswith(inside) and _is_part(name) and not (self.scratch / name).exists() for name in self._before
        )


def _stamp(folder: Path) -> Stamp:
    """Return size and time of change of each file below a folder that a script may write to."""
    stamps: Stamp = {}
    for root, _, names in os.walk(folder):
        for name in names:
            if not name.endswith(".crc"):
                path = os.path.join(root, name)
                stamps[os.path.relpath(path, folder)] = _stamp_of(path)
    return stamps


def _stamp_of(file: str) -> tuple[int, int]:
    status = os.stat(file)
    return status.st_size, status.st_mtime_ns


def _is_part(name: str) -> bool:
    file = name.rpartition("/")[2]
    return not file.startswith(("_", ".")) and bool(_SUFFIX.search(file)) and bool(_PART.match(file))


def _partitions_below(place: Path) -> list[str]:
    for file in place.rglob("*"):
        if file.is_file() and not file.name.startswith(("_", ".")):
            return [part.partition("=")[0] for part in file.relative_to(place).parts[:-1] if "=" in part]
    return []
