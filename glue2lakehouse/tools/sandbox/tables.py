"""Catalog tables that a project's own DDL declares, as the Glue runtime wants them.

Hive and Athena DDL, read with sqlglot; what it cannot read is passed over (a missing table shows later, as a run that
cannot find it, by name).
"""

import re
from collections.abc import Iterable
from pathlib import Path

from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column

_FORMATS = (
    ("parquet", "parquet"), ("orc", "orc"), ("avro", "avro"), ("json", "json"), ("opencsv", "csv"), ("delta", "delta"),
    ("lazysimple", "csv"), ("textfile", "csv"), ("delimited", "csv"),
)  # fmt: skip


def tables_from_ddl(files: Iterable[Path]) -> dict[str, CatalogTable]:
    """Return `database.table` -> table for every CREATE TABLE with columns in these files; later ones win."""
    tables: dict[str, CatalogTable] = {}
    for file in files:
        tables |= parse_ddl(file.read_text(encoding="utf-8", errors="replace"))
    return tables


def parse_ddl(text: str) -> dict[str, CatalogTable]:
    """Return the tables that one text declares."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    tables, database = {}, "default"
    for statement in _statements(text):
        used = re.match(r"use\s+`?(\w+)", statement, re.IGNORECASE)
        if used:
            database = used[1]
        if not re.match(r"create\s+(external\s+)?table\b", statement, re.IGNORECASE):
            continue
        try:
            tree = sqlglot.parse_one(statement, dialect="athena" if "external" in statement[:30].lower() else "hive")
        except SqlglotError:
            continue
        if isinstance(tree, exp.Create) and isinstance(tree.this, exp.Schema):
            name = f"{tree.this.this.db or database}.{tree.this.this.name}".lower()
            tables[name] = _table(tree, statement)
    return tables


def _statements(text: str) -> list[str]:
    bare = re.sub(r"^\s*--.*$", "", text, flags=re.MULTILINE)
    return [part.strip() for part in re.split(r";\s*(?:\n|$)", bare) if part.strip()]


def _table(tree: "object", statement: str) -> CatalogTable:
    from sqlglot import exp

    assert isinstance(tree, exp.Create)
    partitioned = tree.find(exp.PartitionedByProperty)
    keys = _columns(partitioned.this.expressions) if partitioned and isinstance(partitioned.this, exp.Schema) else []
    names = {key.name for key in keys}
    columns = [column for column in _columns(tree.this.expressions) if column.name not in names]
    location = re.search(r"\blocation\s+'([^']+)'", statement, re.IGNORECASE)
    kind = _format(statement)
    return CatalogTable(
        location=location[1] if location else "",
        format=kind,
        columns=columns,
        partition_keys=keys,
        options=_csv_options(statement) if kind == "csv" else {},
    )


def _columns(definitions: "list[object]") -> list[Column]:
    from sqlglot import exp

    return [
        Column(name=item.name.lower(), type=item.kind.sql(dialect="hive").lower())
        for item in definitions
        if isinstance(item, exp.ColumnDef) and item.kind is not None
    ]


def _format(statement: str) -> str:
    text = re.sub(r"\s+", " ", statement.lower())
    storage = ""
    for pattern in (
        r"'classification' ?= ?'(\w+)'",
        r"row format serde '([^']+)'",
        r"stored as (\w+)",
        r"row format (\w+)",
    ):
        found = re.search(pattern, text)
        storage += f" {found[1]}" if found else ""
    return next((kind for mark, kind in _FORMATS if mark in storage), "parquet" if not storage.strip() else "csv")


def _csv_options(statement: str) -> dict[str, str]:
    options = {}
    separator = re.search(
        r"(?:fields\s+terminated\s+by|'(?:field\.delim|separatorChar)'\s*=)\s*'([^']+)'", statement, re.IGNORECASE
    )
    if separator:
        options["separator"] = separator[1].encode().decode("unicode_escape")
    if re.search(r"'skip\.header\.line\.count'\s*=\s*'[1-9]", statement, re.IGNORECASE):
        options["withHeader"] = "true"
    return options
