"""Spark columns in a form in which equal values have equal hashes, on both sides of a comparison.

Spark's hash functions leave nulls out, so `(null, 1)` and `(1, null)` have one hash: each value goes in with whether it is
null. They refuse maps: a map goes in as its sorted entries. `-0.0` equals `0.0` and NaN equals NaN, as in SQL.
Nested values go in as JSON, which cannot hold bytes that are no UTF-8: such a text goes in as its bytes.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pyspark.sql import Column
    from pyspark.sql.types import DataType

# No column of a file or table that Glue reads can have these names, so they cannot hide one.
BUCKET = "(bucket)"
HASH = "(hash)"
_INTEGRAL = frozenset({"tinyint", "smallint", "int", "bigint"})
_FLOATING = frozenset({"float", "double"})
_NESTED = ("array", "map", "struct", "variant")
_TEXT = ("string", "varchar", "char")


def common_type(left: "DataType", right: "DataType") -> str:
    """Return the type in which two columns are compared: "" as they are, else a type, `digits`, `text` or `json`.

    Integers meet as bigint, decimals as the decimal that holds both, an integer and a decimal likewise, or as their digits
    where none does; where one side is floating-point both meet as double. What is left meets as text, and the schema
    comparison tells the types apart.
    """
    one, other = left.simpleString(), right.simpleString()
    if one == other and not one.startswith(_TEXT):
        return ""
    if one.startswith(_TEXT) and other.startswith(_TEXT):
        return "string"
    if {one, other} <= _INTEGRAL:
        return "bigint"
    numbers = [_digits(kind) for kind in (one, other)]
    if all(numbers) and not {one, other} & _FLOATING:
        scale = max(number[1] for number in numbers if number)
        whole = max(number[0] - number[1] for number in numbers if number)
        return f"decimal({whole + scale},{scale})" if whole + scale <= 38 else "digits"
    if {one, other} <= _FLOATING or (all(numbers) and {one, other} & _FLOATING):
        return "double"
    if {one, other} == {"date", "timestamp"}:
        return "timestamp"
    nested = any(kind.startswith(_NESTED) for kind in (one, other))
    return "json" if nested else "text"


def canonical(column: "Column", kind: "DataType", target: str) -> "Column":
    """Return a column of type `kind` in its comparable form; `target` is what `common_type` says."""
    from pyspark.sql import functions as f
    from pyspark.sql.types import DoubleType

    if target == "text":
        return column.cast("string")
    if target == "digits":
        return f.regexp_replace(column.cast("string"), r"\.0+$|(\.\d*[1-9])0+$", "$1")
    if target == "double":
        return _plain(column.cast("double"), DoubleType())
    if target and target != "json":
        return column.cast(target)
    if target or kind.simpleString().startswith(_NESTED):
        text = f.to_json(f.struct(_plain(column, kind).alias("v")), {"ignoreNullFields": "false"})
        return f.when(column.isNotNull(), text)
    return _plain(column, kind)


def row_hash(columns: Sequence["Column"]) -> "Column":
    """Return a 64-bit hash of a row that tells nulls apart."""
    from pyspark.sql import functions as f

    return f.xxhash64(*(part for column in columns for part in (column.isNull(), column)))


def _plain(column: "Column", kind: "DataType") -> "Column":
    from pyspark.sql import functions as f
    from pyspark.sql import types as t

    if isinstance(kind, (t.FloatType, t.DoubleType)):
        return f.when(column == 0, f.lit(0.0).cast(kind)).otherwise(column)
    if isinstance(kind, t.TimestampType):
        # JSON would round a timestamp to milliseconds.
        return f.unix_micros(column)
    if isinstance(kind, t.TimestampNTZType | t.NullType | t.TimeType):
        return column.cast("string")
    if isinstance(kind, t.ArrayType):
        return f.transform(column, lambda item: _nested(item, kind.elementType))
    if isinstance(kind, t.MapType):
        entries = f.map_entries(column)
        return f.array_sort(f.transform(entries, lambda entry: _entry(entry, kind)))
    if isinstance(kind, t.StructType):
        fields = sorted(kind.fields, key=lambda field: field.name.lower())
        parts = [_nested(column[field.name], field.dataType).alias(field.name.lower()) for field in fields]
        return f.when(column.isNotNull(), f.struct(*parts)) if parts else column
    if kind.typeName() in ("variant", "interval", "calendarinterval") or "interval" in kind.simpleString():
        return f.to_json(column) if kind.typeName() == "variant" else column.cast("string")
    return column


def _nested(column: "Column", kind: "DataType") -> "Column":
    """A value inside another: JSON would make one replacement character of any byte that is no UTF-8."""
    from pyspark.sql import functions as f
    from pyspark.sql import types as t

    if not isinstance(kind, t.StringType):
        return _plain(column, kind)
    text = column.cast("string")
    return f.when(f.is_valid_utf8(text), text).otherwise(f.concat(f.lit("bytes "), f.hex(text.cast("binary"))))


def _entry(entry: "Column", kind: Any) -> "Column":
    """A key and its value, both as JSON text: they can be sorted whatever they hold."""
    from pyspark.sql import functions as f

    both = f.struct(_nested(entry["key"], kind.keyType).alias("k"), _nested(entry["value"], kind.valueType).alias("v"))
    return f.to_json(both, {"ignoreNullFields": "false"})


def _digits(kind: str) -> tuple[int, int] | None:
    if kind in _FLOATING:
        return (0, 0)
    known = {"tinyint": (3, 0), "smallint": (5, 0), "int": (10, 0), "bigint": (20, 0)}.get(kind)
    if known or not kind.startswith("decimal("):
        return known
    whole, scale = kind[8:-1].split(",")
    return int(whole), int(scale)
