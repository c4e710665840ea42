"""Make the data of one job where nobody gave samples: files, tables, database tables, streams and arguments.

What is made comes from the DDL (types of catalog tables) and from the original script alone (`script_facts`). Sources that have
samples are left as they are; tables that a job only writes get two rows, so that an overwrite shows.
"""

import csv
import io
import json
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column
from glue2lakehouse.tools.glue_runtime.local_databases import table_folder
from glue2lakehouse.tools.sandbox.lessons import Lesson, apply_lessons
from glue2lakehouse.tools.sandbox.made_rows import MISSING, make_rows
from glue2lakehouse.tools.sandbox.script_facts import (
    DEFAULT_COLUMNS,
    Read,
    ScriptFacts,
    required_arguments,
    script_facts,
)
from glue2lakehouse.tools.sandbox.world import World, named_tables

_GUESSED_VALUES = (
    (re.compile(r"bucket", re.IGNORECASE), "made-{name}"),
    (re.compile(r"database|(^|_)db($|_)|schema", re.IGNORECASE), "made_database"),
    (re.compile(r"path|dir|folder|location|uri|prefix|source|target|input|output|dest|temp", re.IGNORECASE), "s3://made-data/{name}/"),
    (re.compile(r"year", re.IGNORECASE), "2024"),
    (re.compile(r"month", re.IGNORECASE), "01"),
    (re.compile(r"date|day", re.IGNORECASE), "2024-01-15"),
    (re.compile(r"count|limit|num|size|hours|days|threshold|partitions|port", re.IGNORECASE), "2"),
    (re.compile(r"region", re.IGNORECASE), "us-east-1"),
)  # fmt: skip


class CannotBeMade(ValueError):
    """No data can be made for a source; the text says which and why."""


def made_arguments(texts: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the job arguments that are given, and made-up values for those that the script requires besides."""
    arguments = dict(given)
    if any("TempDir" in text for text in texts):
        # Glue gives every job of its console one, asked for or not.
        arguments.setdefault("TempDir", "s3://made-temporary/")
    for name, use in required_arguments(texts).items():
        if name not in arguments:
            pattern = "made-{name}" if use == "bucket" else _guess(name)
            arguments[name] = pattern.format(name=re.sub(r"[^a-z0-9]+", "-", name.lower()))
    return arguments


def made_run_properties(names: Iterable[str]) -> dict[str, str]:
    """Return made-up values of the workflow's run properties of these names."""
    return {name: _guess(name).format(name=re.sub(r"[^a-z0-9]+", "-", name.lower())) for name in names}


def _guess(name: str) -> str:
    if re.search(r"table|name|key", name, re.IGNORECASE) and not re.search(r"bucket|path", name, re.IGNORECASE):
        return f"made_{re.sub(r'[^a-z0-9]+', '_', name.lower())}"
    return next((pattern for mark, pattern in _GUESSED_VALUES if mark.search(name)), "made-{name}")


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
    facts.digits = any(lesson.kind == "digits" for lesson in lessons)
    shutil.copytree(world.folder, folder, dirs_exist_ok=True)
    fresh = world.model_copy(deep=True, update={"folder": folder})
    for lesson in lessons:
        if lesson.kind == "connection":
            fresh.connections.setdefault(lesson.name, {"database": lesson.name.lower()})
    made = []
    for number, read in enumerate(facts.reads):
        if _make(fresh, read, facts, seed, offset=number):
            made.append(f"{read.kind} {read.name}")
    for name, table in named_tables(fresh.tables, (*texts, *arguments.values())).items():
        if _make_table(fresh, name, table, facts, seed, offset=0, rows=2):
            made.append(f"table {name}")
    return fresh, made


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


def _make(world: World, read: Read, facts: ScriptFacts, seed: int, offset: int) -> bool:
    if read.kind == "catalog":
        table = world.tables.get(read.name)
        if table is None:
            fields = _catalog_columns(read.columns)
            table = CatalogTable(
                location=f"s3://made-catalog/{read.name.replace('.', '/')}",
                columns=[field for field in fields if field.name not in read.keys],
                partition_keys=[field for field in fields if field.name in read.keys],
            )
            if read.format == "stream":
                table.format, table.location = "stream", read.name
                world.streams[table.location] = f"streams/{table.location}"
            world.tables[read.name] = table
        return _make_table(world, read.name, table, facts, seed, offset)
    columns = dict(read.columns or DEFAULT_COLUMNS)
    if read.kind == "path":
        return _make_path(world, read, columns, facts, seed, offset)
    if read.kind == "jdbc":
        return _make_database_table(world, read, columns, facts, seed, offset)
    if read.name in world.streams:
        return False
    world.streams[read.name] = f"streams/{read.name.rpartition('/')[2]}"
    rows = make_rows(
        columns,
        facts.literals,
        casts=facts.casts,
        domains=facts.domains,
        calm=facts.calm,
        digits=facts.digits,
        seed=seed,
        offset=offset,
    )
    _write_json(world.folder / world.streams[read.name] / "made-00000.json", rows)
    return True


def _catalog_columns(columns: Mapping[str, str]) -> list[Column]:
    chosen = columns or DEFAULT_COLUMNS
    roots: dict[str, dict[str, str]] = {}
    for name, kind in chosen.items():
        root, _, rest = name.partition(".")
        roots.setdefault(root, {})[rest] = kind
    return [Column(name=root, type=_hive(fields)) for root, fields in roots.items()]


def _hive(fields: Mapping[str, str]) -> str:
    if set(fields) == {""}:
        names = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint", "": "string", "array": "array<string>",
                 "struct": "struct<value:string>", "map": "map<string,string>", "choice": "string", "null": "string"}  # fmt: skip
        kind = fields[""].strip()
        return kind if "<" in kind else names.get(kind.lower(), kind.lower())
    inner: dict[str, dict[str, str]] = {}
    for name, kind in fields.items():
        root, _, rest = name.partition(".")
        if root:
            inner.setdefault(root, {})[rest] = kind
    return f"struct<{','.join(f'{name}:{_hive(kinds)}' for name, kinds in inner.items())}>"


def _make_table(
    world: World, name: str, table: CatalogTable, facts: ScriptFacts, seed: int, offset: int, rows: int = 0
) -> bool:
    if table.format == "stream":
        place = world.folder / "streams" / table.location
    else:
        place = world.folder / "s3" / table.location.partition("://")[2].strip("/")
    if _has_files(place) or not table.columns or table.format == "jdbc":
        return False
    columns = {column.name: column.type for column in [*table.columns, *table.partition_keys]}
    flat = {column: kind for column, kind in columns.items() if not re.match(r"(struct|array|map)<", kind)}
    records = make_rows(
        flat,
        facts.literals,
        casts=facts.casts,
        domains=facts.domains,
        calm=facts.calm,
        digits=facts.digits,
        seed=seed,
        offset=offset,
    )[: rows or None]
    records = [
        {**{column: nested(kind, at, facts.digits) for column, kind in columns.items()}, **row}
        for at, row in enumerate(records)
    ]
    keys = [key.name for key in table.partition_keys]
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in records:
        if all(row.get(key) not in (None, MISSING, "") and "/" not in str(row[key]) for key in keys):
            groups.setdefault("/".join(f"{key}={row[key]}" for key in keys), []).append(row)
    kinds = {column: kind for column, kind in columns.items() if column not in keys}
    for group, members in groups.items():
        content = [{column: value for column, value in row.items() if column not in keys} for row in members]
        _write(place / group, table.format, content, kinds, table.options)
    return True


def nested(kind: str, row: int, digits: bool = False) -> Any:
    """Return a value of a Hive type for the given row: arrays of length 0 to 2, structs with every field."""
    kind = kind.strip()
    inner = kind[kind.find("<") + 1 : -1]
    if kind.startswith("struct<"):
        return {
            name.strip(): nested(item, row, digits)
            for name, _, item in (part.partition(":") for part in split_fields(inner))
        }
    if kind.startswith("array<"):
        return [nested(inner, row + at, digits) for at in range(row % 3)]
    if kind.startswith("map<"):
        return {"key": nested(split_fields(inner)[1], row, digits)}
    return make_rows({"value": kind}, {}, offset=row, digits=digits)[row % 8]["value"]


def split_fields(text: str) -> list[str]:
    """Split a list of Hive types at its outermost commas."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def _make_path(world: World, read: Read, columns: dict[str, str], facts: ScriptFacts, seed: int, offset: int) -> bool:
    bucket_and_key = re.sub(r"^s3[an]?://", "", read.name)
    if "://" in bucket_and_key or not bucket_and_key or read.name == bucket_and_key:
        raise CannotBeMade(f"no data can be made for {read.name}: it is not an S3 path; put samples beside it")
    place = world.folder / "s3" / re.sub(r"[*?]+", "made", bucket_and_key).strip("/")
    if place.is_file() or _has_files(place):
        return False
    columns = _by_position(columns) if read.format == "csv" and not _has_header(read.options) else columns
    kinds = {column.name: column.type for column in _catalog_columns(columns)}
    flat = {name: kind for name, kind in kinds.items() if "<" not in kind}
    format = "parquet" if read.format == "glueparquet" else read.format
    rows = make_rows(
        flat,
        facts.literals,
        casts=facts.casts,
        domains=facts.domains,
        calm=facts.calm,
        digits=facts.digits,
        seed=seed,
        offset=offset,
        text_only=format == "csv",
    )
    rows = [
        {**{name: nested(kind, at, facts.digits) for name, kind in kinds.items()}, **row} for at, row in enumerate(rows)
    ]
    target = place if re.search(r"\.(csv|json|parquet|orc)(\.gz)?$", place.name) else None
    _write(place, format, rows, kinds, read.options, file=target)
    return True


def _has_header(options: Mapping[str, str]) -> bool:
    return "true" in (options.get("withHeader"), options.get("header"))


def _by_position(columns: Mapping[str, str]) -> dict[str, str]:
    """Return columns of a CSV file without a header: `col2` is its third one, whether the script asks for the others or not."""
    numbers = [int(found[1]) for name in columns if (found := re.fullmatch(r"_?col?(\d+)", name))]
    if not numbers:
        return dict(columns)
    named = {int(re.findall(r"\d+", name)[0]): name for name in columns if re.fullmatch(r"_?col?(\d+)", name)}
    return {named.get(at, f"col{at}"): columns.get(named.get(at, ""), "") for at in range(max(numbers) + 1)}


def _make_database_table(
    world: World, read: Read, columns: dict[str, str], facts: ScriptFacts, seed: int, offset: int
) -> bool:
    where, _, table = read.name.partition("|")
    place = table_folder(world.environment_of(world.folder), where, table)
    if _has_files(place):
        return False
    kinds = {column.name: column.type for column in _catalog_columns(columns)}
    _write(
        place,
        "parquet",
        make_rows(
            kinds,
            facts.literals,
            casts=facts.casts,
            domains=facts.domains,
            calm=facts.calm,
            digits=facts.digits,
            seed=seed,
            offset=offset,
        ),
        kinds,
        {},
    )
    return True


def _has_files(place: Path) -> bool:
    return place.is_dir() and any(path.is_file() for path in place.rglob("*"))


def _write(
    place: Path,
    format: str,
    rows: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, str],
    options: Mapping[str, str],
    file: Path | None = None,
) -> None:
    target = file or place / f"made-00000.{'json' if format == 'stream' else format}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if format == "csv":
        _write_csv(target, rows, list(kinds), options)
    elif format in ("json", "stream"):
        _write_json(target, rows)
    elif format in ("parquet", "orc"):
        writer: Any = import_module(f"pyarrow.{format}")
        writer.write_table(_arrow_table(rows, kinds), str(target))
    elif format == "delta":
        _write_delta(place, rows, kinds)
    elif format in ("text", "txt"):
        target.write_text("".join(f"{' '.join(map(str, row.values()))}\n" for row in rows), encoding="utf-8")
    else:
        raise CannotBeMade(f"no data can be made in the format {format}; put samples of it into the data folder")


def _arrow_table(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> Any:
    arrow: Any = import_module("pyarrow")
    fields = [(name, arrow_type(kind)) for name, kind in kinds.items()]
    plain = [{name: None if row.get(name) is MISSING else row.get(name) for name in kinds} for row in rows]
    return arrow.Table.from_pylist(plain, schema=arrow.schema(fields))


def _write_delta(place: Path, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> None:
    delta: Any = import_module("deltalake")
    delta.write_deltalake(str(place), _arrow_table(rows, kinds))


def arrow_type(kind: str) -> Any:
    """Return the Arrow type of a Hive type."""
    arrow: Any = import_module("pyarrow")
    kind = kind.strip().lower()
    inner = kind[kind.find("<") + 1 : -1]
    if kind.startswith("struct<"):
        return arrow.struct(
            [
                (name.strip(), arrow_type(item))
                for name, _, item in (part.partition(":") for part in split_fields(inner))
            ]
        )
    if kind.startswith("array<"):
        return arrow.list_(arrow_type(inner))
    if kind.startswith("map<"):
        return arrow.map_(*map(arrow_type, split_fields(inner)))
    if kind.startswith("decimal"):
        sizes = [int(size) for size in re.findall(r"\d+", kind)] or [10, 0]
        return arrow.decimal128(*(sizes if len(sizes) == 2 else [sizes[0], 0]))
    names = {"bigint": "int64", "long": "int64", "int": "int32", "integer": "int32", "smallint": "int16", "tinyint": "int8",
             "double": "float64", "float": "float32", "boolean": "bool_", "date": "date32", "binary": "binary"}  # fmt: skip
    if kind == "timestamp":
        return arrow.timestamp("us")
    return getattr(arrow, names.get(kind, "string"))()


def _write_csv(target: Path, rows: Sequence[Mapping[str, Any]], names: list[str], options: Mapping[str, str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=options.get("separator", ",")[:1], lineterminator="\n")
    if _has_header(options):
        writer.writerow(names)
    for row in rows:
        values = [row.get(name) for name in names]
        writer.writerow(["" if value is None or value is MISSING else _csv_text(value) for value in values])
    target.write_text(text.getvalue(), encoding="utf-8")


def _csv_text(value: Any) -> str:
    return json.dumps(value, default=str) if isinstance(value, (dict, list)) else str(value)


def _write_json(target: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({name: value for name, value in row.items() if value is not MISSING}, default=_json_value)
        for row in rows
    ]
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return (
        value.isoformat(sep=" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )
