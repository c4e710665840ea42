"""Make the data of one job where nobody gave samples: files, tables, database tables and streams.

What is made comes from the DDL (types of catalog tables) and from the original script alone (`script_facts`). Sources that have
samples are left as they are; tables that a job only writes get two rows, so that an overwrite shows.
"""

import re
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column
from glue2lakehouse.tools.glue_runtime.local_databases import table_folder
from glue2lakehouse.tools.sandbox.hive_types import hive_type, nested
from glue2lakehouse.tools.sandbox.lessons import Lesson, apply_lessons
from glue2lakehouse.tools.sandbox.made_files import CannotBeMade, break_off, has_header, write_json, write_rows
from glue2lakehouse.tools.sandbox.made_rows import MISSING, make_rows
from glue2lakehouse.tools.sandbox.script_facts import script_facts
from glue2lakehouse.tools.sandbox.source_facts import DEFAULT_COLUMNS, Read, ScriptFacts
from glue2lakehouse.tools.sandbox.world import World, named_tables

__all__ = ["CannotBeMade", "complete"]
_UNTYPED = ("json", "stream", "xml")
_FILE = re.compile(r"\.(csv|json|parquet|orc)(\.gz)?$")


def complete(
    world: World,
    texts: Sequence[str],
    arguments: Mapping[str, str],
    folder: Path,
    seed: int = 0,
    lessons: Sequence[Lesson] = (),
) -> tuple[World, list[str]]:
    """Return a copy of a world, laid out in `folder`, in which every source of the job has data, and what was made.

    `lessons` are what earlier runs of the original have taught about its data.

    Raises CannotBeMade for a source whose format is not among csv, json, parquet, orc.
    """
    facts = script_facts(texts, arguments)
    apply_lessons(facts, lessons)
    _share_types(facts)
    _meet_arguments(facts, arguments)
    facts.calm = any(lesson.kind == "calm" for lesson in lessons)
    facts.narrow = any(lesson.kind == "narrow" for lesson in lessons)
    facts.digits = any(lesson.kind == "digits" for lesson in lessons)
    shutil.copytree(world.folder, folder, dirs_exist_ok=True)
    fresh = world.model_copy(deep=True, update={"folder": folder})
    for lesson in lessons:
        if lesson.kind == "connection":
            fresh.connections.setdefault(lesson.name, {"database": lesson.name.lower()})
    making = _Making(fresh, facts, seed)
    made = [f"{read.kind} {read.name}" for number, read in enumerate(facts.reads) if making.source(read, number)]
    for name, table in named_tables(fresh.tables, (*texts, *arguments.values())).items():
        if making.table(table, offset=0, rows=2):
            made.append(f"table {name}")
    return fresh, made


@dataclass(frozen=True)
class _Making:
    """Fills a world; each method tells whether anything was made. `offset` shifts the keys of a source against the others'."""

    world: World
    facts: ScriptFacts
    seed: int

    def source(self, read: Read, offset: int) -> bool:
        if read.kind == "catalog":
            return self.table(self._catalog_table(read), offset)
        columns = dict(read.columns or DEFAULT_COLUMNS)
        if read.kind == "path":
            return self._path(read, columns, offset)
        if read.kind == "jdbc":
            return self._database_table(read, columns, offset)
        return self._stream(read, columns, offset)

    def table(self, table: CatalogTable, offset: int, rows: int = 0) -> bool:
        if table.format == "stream":
            place = self.world.folder / "streams" / table.location
        else:
            place = self.world.folder / "s3" / table.location.partition("://")[2].strip("/")
        if _has_files(place) or not table.columns or table.format == "jdbc":
            return False
        kinds = {column.name: column.type for column in [*table.columns, *table.partition_keys]}
        keys = [key.name for key in table.partition_keys]
        groups: dict[str, list[dict[str, Any]]] = {}
        for row in self._nested_rows(kinds, offset, untyped=table.format in _UNTYPED)[: rows or None]:
            if all(row.get(key) not in (None, MISSING, "") and "/" not in str(row[key]) for key in keys):
                group = "/".join(f"{key}={row[key]}" for key in keys)
                groups.setdefault(group, []).append({name: row[name] for name in row if name not in keys})
        kinds = {column: kind for column, kind in kinds.items() if column not in keys}
        for group, members in groups.items():
            write_rows(place / group, table.format, members, kinds, table.options)
        return True

    def _catalog_table(self, read: Read) -> CatalogTable:
        known = self.world.tables.get(read.name)
        if known is not None:
            return known
        columns = _catalog_columns(read.columns)
        table = CatalogTable(
            location=f"s3://made-catalog/{read.name.replace('.', '/')}",
            columns=[column for column in columns if column.name not in read.keys],
            partition_keys=[column for column in columns if column.name in read.keys],
        )
        if read.format == "stream":
            table.format, table.location = "stream", read.name
            self.world.streams[table.location] = f"streams/{table.location}"
        self.world.tables[read.name] = table
        return table

    def _path(self, read: Read, columns: dict[str, str], offset: int) -> bool:
        bucket_and_key = re.sub(r"^s3[an]?://", "", read.name)
        if "://" in bucket_and_key or not bucket_and_key or read.name == bucket_and_key:
            raise CannotBeMade(f"no data can be made for {read.name}: it is not an S3 path; put samples beside it")
        place = self.world.folder / "s3" / re.sub(r"[*?]+", "made", bucket_and_key).strip("/")
        if place.is_file() or _has_files(place):
            return False
        columns = _by_position(columns) if read.format == "csv" and not has_header(read.options) else columns
        kinds = {column.name: column.type for column in _catalog_columns(columns)}
        format = "parquet" if read.format == "glueparquet" else read.format
        target = place if _FILE.search(place.name) else None
        write_rows(
            place, format, self._nested_rows(kinds, offset, text_only=format == "csv"), kinds, read.options, file=target
        )
        if format == "json" and not self.facts.calm:
            break_off(target or place / "made-00000.json")
        return True

    def _database_table(self, read: Read, columns: dict[str, str], offset: int) -> bool:
        where, _, table = read.name.partition("|")
        place = table_folder(self.world.environment_of(self.world.folder), where, table)
        if _has_files(place):
            return False
        kinds = {column.name: column.type for column in _catalog_columns(columns)}
        write_rows(place, "parquet", make_rows(kinds, self.facts, seed=self.seed, offset=offset), kinds, {})
        return True

    def _stream(self, read: Read, columns: dict[str, str], offset: int) -> bool:
        if read.name in self.world.streams:
            return False
        self.world.streams[read.name] = f"streams/{read.name.rpartition('/')[2]}"
        place = self.world.folder / self.world.streams[read.name]
        rows = make_rows(columns, self.facts, seed=self.seed, offset=offset, untyped=True)
        write_json(place / "made-00000.json", rows)
        return True

    def _nested_rows(self, kinds: Mapping[str, str], offset: int, **files: bool) -> list[dict[str, Any]]:
        flat = {name: kind for name, kind in kinds.items() if "<" not in kind}
        rows = make_rows(flat, self.facts, seed=self.seed, offset=offset, **files)
        return [
            {**{name: nested(kind, at, self.facts.digits) for name, kind in kinds.items()}, **row}
            for at, row in enumerate(rows)
        ]


def _share_types(facts: ScriptFacts) -> None:
    """Give a column of unknown type the type of the columns that it is joined with."""
    known = {
        facts.domains[name]: kind
        for read in facts.reads
        for name, kind in read.columns.items()
        if kind and name in facts.domains
    }
    for read in facts.reads:
        for name, kind in read.columns.items():
            read.columns[name] = kind or known.get(facts.domains.get(name, ""), "")


def _meet_arguments(facts: ScriptFacts, arguments: Mapping[str, str]) -> None:
    """Give a partition key the value of the job argument that is called like it: predicates are put together from those."""
    given = {name.lower(): value for name, value in arguments.items()}
    for name in {key for read in facts.reads for key in read.keys}:
        if value := given.get(name.lower()):
            facts.literals.setdefault(name, [value])


def _catalog_columns(columns: Mapping[str, str]) -> list[Column]:
    chosen = columns or DEFAULT_COLUMNS
    roots: dict[str, dict[str, str]] = {}
    for name, kind in chosen.items():
        root, _, rest = name.partition(".")
        roots.setdefault(root, {})[rest] = kind
    return [Column(name=root, type=hive_type(fields)) for root, fields in roots.items()]


def _by_position(columns: Mapping[str, str]) -> dict[str, str]:
    """Return columns of a CSV file without a header: `col2` is its third one, whether the script asks for the others or not."""
    numbers = [int(found[1]) for name in columns if (found := re.fullmatch(r"_?col?(\d+)", name))]
    if not numbers:
        return dict(columns)
    named = {int(re.findall(r"\d+", name)[0]): name for name in columns if re.fullmatch(r"_?col?(\d+)", name)}
    return {named.get(at, f"col{at}"): columns.get(named.get(at, ""), "") for at in range(max(numbers) + 1)}


def _has_files(place: Path) -> bool:
    return place.is_dir() and any(path.is_file() for path in place.rglob("*"))
