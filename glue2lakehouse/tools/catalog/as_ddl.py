"""Write an exported Glue catalog as the Hive DDL that would have made it, for `tools/ddl` to convert.

One file for each database's tables, one for the views of each engine, in an order in which each view finds what it reads.
AWS Glue API: Table, StorageDescriptor. Presto and Athena keep a view as base64 of JSON in ViewOriginalText.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlglot
from sqlglot import exp

from glue2lakehouse.tools.catalog.model import Column, Database, Item, Partition, Refusal, Table
from glue2lakehouse.tools.ddl.lexer import literal

FOLDER = "glue_catalog"
_PRESTO = re.compile(r"/\* Presto View: (.*?) \*/", re.DOTALL)
_PROVIDER = "spark.sql.sources.provider"
_SPARK_SCHEMA = "spark.sql.sources.schema"
_SPARK_TYPES = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}
# Spark's tables of these formats are read as their SerDe says; others keep their options in the SerDe's properties.
_AS_THE_SERDE = frozenset({"parquet", "orc", "avro", "hive", "delta", "iceberg"})
_STORED = {"parquet": "PARQUET", "orc": "ORC", "avro": "AVRO", "csv": "TEXTFILE", "json": "JSONFILE"}


@dataclass(frozen=True)
class CatalogDdl:
    """Hive DDL by path, and what of the catalog no statement can say."""

    files: dict[str, str]
    refusals: tuple[Refusal, ...]


@dataclass(slots=True)
class _Catalog:
    databases: dict[str, Database] = field(default_factory=dict)
    tables: list[Table] = field(default_factory=list)
    partitions: dict[str, list[Partition]] = field(default_factory=dict)
    refusals: list[Refusal] = field(default_factory=list)
    places: dict[str, str] = field(default_factory=dict)


def ddl_of_catalog(items: Iterable[Item], folder: str = FOLDER, places: Mapping[str, str] | None = None) -> CatalogDdl:
    """Return the DDL of a catalog's databases, tables, partitions and views; other items have no DDL.

    `places` say where a table is defined, by `database.table`; a comment before its statement tells it.
    """
    catalog = _sorted(items)
    catalog.places = dict(places or {})
    files: dict[str, str] = {}
    for name in sorted({*catalog.databases, *(table.database for table in catalog.tables)}):
        own = [t for t in catalog.tables if t.database == name and t.table_kind not in ("view", "link")]
        files[f"{folder}/tables/{_file_name(name)}.sql"] = "\n".join(_database(catalog, name, own))
    views = [table for table in catalog.tables if table.table_kind == "view"]
    for dialect in ("athena", "hive"):
        text = "\n".join(_views(views, dialect, catalog.refusals))
        if text:
            files[f"{folder}/views/{dialect}.sql"] = text
    return CatalogDdl(files, tuple(catalog.refusals))


def _sorted(items: Iterable[Item]) -> _Catalog:
    catalog = _Catalog()
    for item in items:
        if isinstance(item, Database):
            catalog.databases[item.name] = item
        elif isinstance(item, Table):
            catalog.tables.append(item)
            if item.table_kind == "link":
                where, message = item.full_name, f"a resource link to {item.link}: no table of its own"
                catalog.refusals.append(Refusal(where=where, message=message, action="map the table that it points to"))
        elif isinstance(item, Partition):
            catalog.partitions.setdefault(f"{item.database}.{item.table}".lower(), []).append(item)
        elif isinstance(item, Refusal):
            catalog.refusals.append(item)
    catalog.tables.sort(key=lambda table: table.full_name)
    return catalog


def _file_name(database: str) -> str:
    return re.sub(r"[^\w.-]", "_", database)


def _database(catalog: _Catalog, name: str, tables: Sequence[Table]) -> Iterator[str]:
    database = catalog.databases.get(name)
    yield "-- sql_dialect: athena"
    made = f"CREATE DATABASE IF NOT EXISTS {_quoted(name)}"
    if database is not None and database.comment:
        made += f"\nCOMMENT {literal(database.comment)}"
    if database is not None and database.location:
        made += f"\nLOCATION {literal(database.location)}"
    yield made + ";"
    for table in tables:
        place = catalog.places.get(table.full_name, "")
        yield (f"\n-- {place}" if place else "") + f"\n{_table(table)};"
        yield from _partitions(table, catalog.partitions.get(table.full_name, []))


def _table(table: Table) -> str:
    external = "" if table.table_kind == "managed" else "EXTERNAL "
    iceberg = table.format == "iceberg"
    lines = [f"CREATE {'' if iceberg else external}TABLE IF NOT EXISTS {_name(table)}"]
    # The columns of a Delta table are in its log; the catalog often has a placeholder for them.
    columns = [] if table.format == "delta" else _columns(table)
    if columns:
        lines[0] += " (\n  " + ",\n  ".join(map(_column, columns)) + "\n)"
    if table.comment:
        lines.append(f"COMMENT {literal(table.comment)}")
    if table.partition_keys and table.format != "delta":
        lines.append("PARTITIONED BY (" + ", ".join(map(_column, table.partition_keys)) + ")")
    if not iceberg and table.format != "delta":
        lines += _storage(table)
    if table.location:
        lines.append(f"LOCATION {literal(table.location)}")
    properties = dict(table.properties)
    if table.format in ("iceberg", "delta"):
        properties["table_type"] = table.format.upper()
    if properties.get(_PROVIDER, "").lower() in _AS_THE_SERDE:
        properties.pop(_PROVIDER)
    properties = {k: v for k, v in properties.items() if k != "comment" and not k.startswith(_SPARK_SCHEMA)}
    if properties:
        lines.append(f"TBLPROPERTIES ({_pairs(properties)})")
    return "\n".join(lines)


def _columns(table: Table) -> Sequence[Column]:
    """Return the columns; where Spark left a placeholder, those of its own copy of the schema, and none without it."""
    if [(column.name, column.type) for column in table.columns] != [("col", "array<string>")]:
        return table.columns
    if _PROVIDER not in table.properties:
        return table.columns
    parts = int(table.properties.get(f"{_SPARK_SCHEMA}.numParts", "0"))
    text = table.properties.get(_SPARK_SCHEMA) or "".join(
        table.properties.get(f"{_SPARK_SCHEMA}.part.{number}", "") for number in range(parts)
    )
    try:
        fields = json.loads(text)["fields"]
        found = [Column(name=each["name"], type=_hive_type(each["type"])) for each in fields]
    except (ValueError, KeyError, TypeError):
        return ()
    keys = {key.name.lower() for key in table.partition_keys}
    return [column for column in found if column.name.lower() not in keys]


def _hive_type(kind: Any) -> str:
    """Return the Hive spelling of a type in Spark's JSON schema."""
    if isinstance(kind, str):
        return _SPARK_TYPES.get(kind, kind)
    if kind["type"] == "array":
        return f"array<{_hive_type(kind['elementType'])}>"
    if kind["type"] == "map":
        return f"map<{_hive_type(kind['keyType'])},{_hive_type(kind['valueType'])}>"
    return "struct<" + ",".join(f"{each['name']}:{_hive_type(each['type'])}" for each in kind["fields"]) + ">"


def _storage(table: Table) -> Iterator[str]:
    if table.serde:
        yield f"ROW FORMAT SERDE {literal(table.serde)}"
        if table.serde_properties:
            yield f"WITH SERDEPROPERTIES ({_pairs(table.serde_properties)})"
    if table.input_format:
        yield f"STORED AS INPUTFORMAT {literal(table.input_format)}"
        yield f"OUTPUTFORMAT {literal(table.output_format)}"
    elif not table.serde and table.format in _STORED:
        yield f"STORED AS {_STORED[table.format]}"


def _pairs(pairs: dict[str, str]) -> str:
    return ", ".join(f"{literal(key)} = {literal(value)}" for key, value in pairs.items())


def _column(column: Column) -> str:
    comment = f" COMMENT {literal(column.comment)}" if column.comment else ""
    return f"{_quoted(column.name)} {_type(column.type)}{comment}"


def _type(text: str) -> str:
    """Quote the field names of a struct, which Glue takes as they come: `struct<a-b:int>`."""
    return re.sub(r"(?i)(\bstruct\s*<|,)\s*([^<>:,()`]+?)\s*:", _field, text)


def _field(match: re.Match[str]) -> str:
    return f"{match[1]}{_quoted(match[2])}:"


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _name(table: Table) -> str:
    return f"{_quoted(table.database)}.{_quoted(table.name)}"


def _partitions(table: Table, partitions: Sequence[Partition]) -> Iterator[str]:
    """Register what the catalog knows: folders named `key=value` by MSCK, others one by one."""
    if not table.partition_keys or not table.location or table.format in ("iceberg", "delta", "hudi"):
        return
    if table.properties.get("projection.enabled", "").lower() == "true":
        return
    yield f"MSCK REPAIR TABLE {_name(table)};"
    root = table.location.rstrip("/")
    for partition in partitions:
        pairs = list(zip((key.name for key in table.partition_keys), partition.values, strict=False))
        usual = f"{root}/" + "/".join(f"{key}={value}" for key, value in pairs)
        if partition.location and partition.location.rstrip("/") != usual:
            spec = ", ".join(f"{_quoted(key)} = {literal(value)}" for key, value in pairs)
            place = literal(partition.location)
            yield f"ALTER TABLE {_name(table)} ADD IF NOT EXISTS PARTITION ({spec}) LOCATION {place};"


def _views(views: Sequence[Table], dialect: str, refusals: list[Refusal]) -> Iterator[str]:
    """Yield the views that this engine made, each behind those that it reads."""
    texts: dict[str, tuple[Table, str, str]] = {}
    for view in views:
        schema, sql, made_by = _query(view)
        if made_by == dialect:
            texts[view.full_name] = (view, schema, sql)
        elif not made_by and dialect == "athena":
            message = "the view's text cannot be read from the catalog"
            refusals.append(
                Refusal(where=view.full_name, message=message, action="run SHOW CREATE VIEW and migrate that")
            )
    if not texts:
        return
    yield f"-- sql_dialect: {dialect}"
    current = ""
    for view, schema, sql in _in_order(texts, "trino" if dialect == "athena" else "hive"):
        if schema != current:
            yield f"\nUSE {_quoted(schema)};"
        current = schema
        yield f"\nCREATE OR REPLACE VIEW {_view_name(view, dialect)} AS\n{sql.strip().rstrip(';')};"


def _view_name(view: Table, dialect: str) -> str:
    mark = '"' if dialect == "athena" else "`"
    return ".".join(mark + part.replace(mark, mark * 2) + mark for part in (view.database, view.name))


def _query(view: Table) -> tuple[str, str, str]:
    """Return the view's schema, its query and the engine that wrote it ("" when nobody can tell)."""
    presto = _PRESTO.search(view.view_text)
    if presto is None:
        return view.database, view.view_text, "hive" if view.view_text.strip() else ""
    try:
        told = json.loads(base64.b64decode(presto[1], validate=True))
        return str(told.get("schema") or view.database), str(told["originalSql"]), "athena"
    except (binascii.Error, UnicodeDecodeError, ValueError, KeyError):
        return view.database, "", ""


def _in_order(texts: dict[str, tuple[Table, str, str]], read: str) -> Iterator[tuple[Table, str, str]]:
    waiting = {name: _reads(schema, sql, read) & texts.keys() - {name} for name, (_, schema, sql) in texts.items()}
    while waiting:
        ready = sorted(name for name, needed in waiting.items() if not needed & waiting.keys()) or sorted(waiting)
        for name in ready:
            yield texts[name]
            del waiting[name]


def _reads(schema: str, sql: str, read: str) -> set[str]:
    try:
        tree = sqlglot.parse_one(sql, read=read)
    except sqlglot.errors.SqlglotError:
        return set()
    return {f"{table.db or schema}.{table.name}".lower() for table in tree.find_all(exp.Table)}
