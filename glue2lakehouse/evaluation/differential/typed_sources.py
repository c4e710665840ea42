"""Sources whose columns have types: Parquet with and without partition folders, and catalog tables over CSV, JSON or Parquet."""

import json
from random import Random
from typing import Any

from glue2lakehouse.evaluation.differential.sources import Source
from glue2lakehouse.evaluation.differential.tables import Columns, Table, made_rows, made_table, made_type

_SERDES = {
    "csv": ("ROW FORMAT DELIMITED FIELDS TERMINATED BY ','\nSTORED AS TEXTFILE",
            "ROW FORMAT SERDE 'org.apache.hadoop.hive.serde2.OpenCSVSerde' WITH SERDEPROPERTIES ('separatorChar'=',', 'quoteChar'='\"')\n"
            "STORED AS TEXTFILE"),
    "json": ("ROW FORMAT SERDE 'org.openx.data.jsonserde.JsonSerDe'\nSTORED AS TEXTFILE",),
    "parquet": ("STORED AS PARQUET",),
}  # fmt: skip
_VALUES: dict[str, tuple[str, ...]] = {
    "string": ("a", "Ann", "x y", "5", "é", "NULL"), "bigint": ("1", "3000000000"), "int": ("1", "-7", "12"), "double": ("1.5", "2.0"),
    "boolean": ("true", "false"), "date": ("2024-01-05", "1999-12-31"), "timestamp": ("2024-01-05 10:00:00",),
    "decimal(10,2)": ("1.10", "7.00"),
}  # fmt: skip
"""Values of the columns of tables over text, as the files spell them."""
_NAMES = ("id", "name", "amount", "day", "flag", "city", "code")
KEYS = {"year": ("2023", "2024"), "region": ("eu", "us")}


def made_parquet(rng: Random) -> Source:
    """Return a folder of Parquet files; now and then its files are in partition folders or other folders below."""
    table = made_table(rng)
    columns = {name: kind for name, kind in table.columns.items() if kind != "void"} or {"id": "int"}
    table = Table(columns, made_rows(rng, columns, rng.randint(1, 10)))
    drawn, odd = rng.random(), set()
    if drawn < 0.75:
        folders = [""]
    elif drawn < 0.85:
        folders = ["a/", "b/"]
    else:
        folders = ["year=2023/", "year=2024/"]
        odd.add("partition folders")
    parts = [(folder, Table(columns, table.rows[at :: len(folders)])) for at, folder in enumerate(folders)]
    return Source("parquet", columns, parquet=tuple(parts), oddities=frozenset(odd))


def made_catalog_table(rng: Random, name: str) -> Source:
    """Return a table of the catalog with its definition and files, now and then partitioned."""
    form = rng.choice(("csv", "json", "parquet", "parquet"))
    columns: Columns = {column: rng.choice(list(_VALUES)) for column in rng.sample(_NAMES, rng.randint(2, 5))}
    if form == "parquet" and rng.random() < 0.4:
        columns["nested"] = made_type(rng, nested=1, null=0)
    keys = {key: "string" if rng.random() < 0.6 else "int" for key in ("year",) if rng.random() < 0.4}
    if keys and rng.random() < 0.4:
        keys["region"] = "string"
    header = form == "csv" and rng.random() < 0.4
    odd: set[str] = set()
    files, parquet = [], []
    for at in range(rng.choice((1, 2, 3))):
        folder = "".join(f"{key}={rng.choice(KEYS[key])}/" for key in keys)
        if form == "parquet":
            parquet.append((folder, Table(columns, made_rows(rng, columns, rng.randint(1, 4)))))
        else:
            files.append((f"{folder}part-{at}.{form}", _text(rng, form, columns, header, odd)))
    ddl = _definition(rng, name, form, columns, keys, header)
    return Source(
        form, columns | keys, tuple(files), tuple(_joined(parquet)), oddities=frozenset(odd), ddl=ddl, keys=tuple(keys)
    )


def _joined(parts: list[tuple[str, Table]]) -> list[tuple[str, Table]]:
    """Return one table for each folder."""
    folders: dict[str, Table] = {}
    for folder, table in parts:
        known = folders.get(folder, Table(table.columns, ()))
        folders[folder] = Table(table.columns, known.rows + table.rows)
    return list(folders.items())


def _text(rng: Random, form: str, columns: Columns, header: bool, odd: set[str]) -> bytes:
    rows = [[_cell(rng, kind, odd) for kind in columns.values()] for _ in range(rng.randint(1, 4))]
    if form == "csv":
        lines = ([",".join(columns)] if header else []) + [",".join(row) for row in rows]
    else:
        lines = [json.dumps(_record(columns, row)) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def _cell(rng: Random, kind: str, odd: set[str]) -> str:
    drawn = rng.random()
    if drawn < 0.08:
        odd.add("empty texts in a table")
        return ""
    if drawn < 0.1 and kind != "string":
        odd.add("values of other types in a table")
        return "n/a"
    return rng.choice(_VALUES[kind])


def _record(columns: Columns, row: list[str]) -> dict[str, Any]:
    spelled = ("string", "date", "timestamp")
    return {
        name: None if value == "" else value if kind in spelled or value == "n/a" else json.loads(value)
        for (name, kind), value in zip(columns.items(), row, strict=True)
    }


def _definition(rng: Random, name: str, form: str, columns: Columns, keys: Columns, header: bool) -> str:
    spelled = ",\n  ".join(f"`{column}` {kind}" for column, kind in columns.items())
    parts = [f"CREATE EXTERNAL TABLE `db`.`{name}` (\n  {spelled})"]
    if keys:
        parts.append("PARTITIONED BY (" + ", ".join(f"`{key}` {kind}" for key, kind in keys.items()) + ")")
    parts += [rng.choice(_SERDES[form]), f"LOCATION 's3://in/{name}/'"]
    properties = {"classification": form} if rng.random() < 0.7 else {}
    properties |= {"skip.header.line.count": "1"} if header else {}
    if properties:
        parts.append("TBLPROPERTIES (" + ", ".join(f"'{key}'='{value}'" for key, value in properties.items()) + ")")
    return "\n".join(parts) + ";\n"
