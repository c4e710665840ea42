"""Frames with awkward columns and rows: what a DynamicFrame may hold, at the edges of each type."""

import datetime
import decimal
import math
from collections.abc import Sequence
from functools import cache
from random import Random
from typing import Any, NamedTuple

Columns = dict[str, str]
"""Column -> its type as Spark spells it."""


class Table(NamedTuple):
    """Columns and rows."""

    columns: Columns
    rows: tuple[tuple[Any, ...], ...]


PLAIN_NAMES = ("id", "name", "score", "born", "big", "flag", "price", "qty", "city", "code", "note", "at")
ODD_NAMES = (
    "a.b", "with space", "order", "select", "Größe", "it's", 'say "x"', "back\\slash", "_c0", "1st", "id-2", "col:on",
    "items", "keys", "count", "filter", "schema", "columns", "Name", "MixedCase", "a[0]", "x{y}", "%d", "#n", "s.a",
)  # fmt: skip
ATOMS = ("int", "bigint", "string", "double", "date", "timestamp", "boolean", "decimal(10,2)", "smallint", "float",
         "tinyint", "binary", "decimal(38,10)")  # fmt: skip
_WEIGHTS = (6, 4, 8, 5, 3, 3, 3, 3, 1, 1, 1, 1, 1)
NESTED = (
    "struct<a:int,b:string>", "struct<a:int,b:struct<c:string,`d.e`:bigint>>", "array<int>", "array<string>",
    "array<struct<k:string,n:int>>", "map<string,int>", "map<string,string>", "array<array<int>>",
    "struct<tags:array<string>,x:double>", "array<struct<k:string,deep:array<struct<y:int>>>>", "struct<m:map<string,int>>",
)  # fmt: skip
_D = decimal.Decimal
VALUES: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, 2, -1, 7, -7, 12, 100, 2147483647, -2147483648),
    "bigint": (0, 1, -1, 12, 3000000000, 2**53 + 1, 2**53, 2**63 - 1, -(2**63), -7),
    "smallint": (0, 1, -1, 32767, -32768),
    "tinyint": (0, 1, -1, 127, -128),
    "string": (
        "", "a", "Ann", " 5 ", "12.7", "5", "abc", "ABC", "é", "a,b", "true", "2020-01-01", "null", "None", "x\ty", "1e3",
        "NaN", "-0", "٣", "ß", "İ", "  ", "\u00a0x", "3000000000", "a.b", "'", '"', "\\", "l1\nl2", "😀", "0x1F", "+5",
        "1_000", "2020-01-01T10:00:00", "2020-1-5", "01/05/2021", "t", "yes", "inf", "Infinity", "1.", ".5", "5d", "5L",
        "a,b,c", "10", "9", "-7", "Ann Lee", "%s", "{}", "2020-01-01 10:00:00.5", "\u2003em", "x\x1fy", "0", "FALSE", "n",
    ),
    "double": (0.0, -0.0, 1.5, -2.5, math.nan, math.inf, -math.inf, 1e300, 5.0, 0.1, 1e-7, 123456789.123, 1e16, 2147483648.0,
               -0.5, 2.5, 3.5, 7.0, 100.0, 1e22),
    "float": (0.0, -0.0, 1.5, math.nan, math.inf, 0.10000000149011612, 16777216.0, -2.5),
    "boolean": (True, False),
    "date": (datetime.date(2020, 1, 1), datetime.date(1900, 1, 1), datetime.date(9999, 12, 31), datetime.date(1970, 1, 1),
             datetime.date(2024, 2, 29)),
    "timestamp": (datetime.datetime(2020, 1, 1, 10, 0, 0, 500000), datetime.datetime(2020, 1, 1), datetime.datetime(1969, 12, 31, 23, 59, 59),
                  datetime.datetime(2024, 2, 29, 23, 59, 59, 999999)),
    "decimal(10,2)": (_D("0.00"), _D("1.10"), _D("-7.00"), _D("12345678.90"), _D("5.00"), _D("-0.50"), _D("99999999.99")),
    "decimal(38,10)": (_D("0"), _D("1.1"), _D("1234567890123456789012345678.0000000001"), _D("-2.5")),
    "binary": (b"", b"\x00\xff", b"abc"),
    "void": (None,),
    "struct<a:int,b:string>": ((1, "x"), (None, None), (2, ""), (1, None)),
    "struct<a:int,b:struct<c:string,`d.e`:bigint>>": ((1, ("x", 5)), (None, None), (3, (None, None)), (2, ("y", 2**40))),
    "array<int>": ([], [1], [1, None, 3], [None]),
    "array<string>": ([], ["a"], ["a", None, ""], ["b", "a"]),
    "array<struct<k:string,n:int>>": ([], [("p", 1), (None, 2)], [None, ("q", None)], [("p", 1)]),
    "map<string,int>": ({}, {"u": 1}, {"u": None, "v": 2}),
    "map<string,string>": ({}, {"u": "x"}, {"u": None, "w": ""}),
    "array<array<int>>": ([], [[1, 2], [3]], [[], None, [4]]),
    "struct<tags:array<string>,x:double>": ((["a", None], 1.5), (None, None), ([], math.nan)),
    "array<struct<k:string,deep:array<struct<y:int>>>>": ([], [("p", [(1,), (None,)])], [("q", None), None], [(None, [])]),
    "struct<m:map<string,int>>": (({"u": 1},), (None,), ({},)),
}  # fmt: skip


def made_table(rng: Random) -> Table:
    """Return a table of 2 to 7 columns and up to 14 rows."""
    columns: Columns = {}
    for _ in range(rng.randint(2, 7)):
        name = rng.choice(PLAIN_NAMES if rng.random() < 0.75 else ODD_NAMES)
        if name.lower() in {known.lower() for known in columns} and rng.random() < 0.97:
            continue
        columns[name] = made_type(rng)
    count = 0 if rng.random() < 0.03 else rng.randint(4, 14)
    return Table(columns, made_rows(rng, columns, count))


def made_type(rng: Random, nested: float = 0.2, null: float = 0.02) -> str:
    """Return a type; now and then a nested one, or the null type."""
    drawn = rng.random()
    if drawn < nested:
        return rng.choice(NESTED)
    return "void" if drawn < nested + null else rng.choices(ATOMS, _WEIGHTS)[0]


def made_rows(rng: Random, columns: Columns, count: int) -> tuple[tuple[Any, ...], ...]:
    """Return rows; a fifth of the values are null, and now and then a row comes twice."""
    rows = [tuple(made_value(rng, kind) for kind in columns.values()) for _ in range(count)]
    if rows and rng.random() < 0.3:
        rows.append(rng.choice(rows))
    return tuple(rows)


def made_value(rng: Random, kind: str, null: float = 0.2) -> Any:
    """Return a value of a type, or None."""
    return None if rng.random() < null else rng.choice(VALUES[kind])


def related_table(rng: Random, table: Table) -> Table:
    """Return a table that shares some columns, types and values with another, to join, unite or merge with it."""
    columns: Columns = {}
    for name, kind in table.columns.items():
        if rng.random() < 0.5:
            columns[name] = kind if rng.random() < 0.85 else made_type(rng)
    columns |= {f"r_{rng.choice(PLAIN_NAMES)}": made_type(rng) for _ in range(rng.randint(1, 2))}
    rows = [list(row) for row in made_rows(rng, columns, rng.randint(2, 5))]
    names = list(table.columns)
    for row in rows:
        for at, (name, kind) in enumerate(columns.items()):
            if table.columns.get(name) == kind and table.rows and rng.random() < 0.7:
                row[at] = rng.choice(table.rows)[names.index(name)]
    return Table(columns, tuple(map(tuple, rows)))


def frame_of(spark: Any, table: Table) -> Any:
    """Return the table as a DataFrame of local data."""
    from pyspark.sql.types import StructField, StructType

    from glue2lakehouse.tools.glue_runtime.spark_bridge import frame_of_rows

    fields = [StructField(name, _parsed(kind)) for name, kind in table.columns.items()]
    return frame_of_rows(spark, table.rows, StructType(fields))


@cache
def _parsed(kind: str) -> Any:
    from pyspark.sql.types import DataType, NullType

    return NullType() if kind == "void" else DataType.fromDDL(kind)


def without_column(table: Table, name: str) -> Table:
    """Return the table without a column."""
    at = list(table.columns).index(name)
    columns = {known: kind for known, kind in table.columns.items() if known != name}
    return Table(columns, tuple(row[:at] + row[at + 1 :] for row in table.rows))


def with_rows(table: Table, rows: Sequence[tuple[Any, ...]]) -> Table:
    """Return the table with other rows."""
    return Table(table.columns, tuple(rows))
