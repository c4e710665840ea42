"""Casts of single values: what cannot be cast becomes null, nothing raises (semantics 2)."""

import datetime
import decimal
import json
import math
import re
import struct
from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.records import Cell, integer_range, map_cell, struct_cell, to_python

_WHOLE = re.compile(r"[+-]?\d+", re.ASCII)
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2})(?:[ T].*)?)?)?", re.ASCII)
_TIMESTAMP = re.compile(
    r"(\d{4}-\d{1,2}-\d{1,2})(?:[ T](\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,9}))?)?\s*(Z|UTC|[+-]\d{1,2}(?::?\d{2})?)?)?",
    re.ASCII,
)
_TRUE, _FALSE = {"t", "true", "y", "yes", "1"}, {"f", "false", "n", "no", "0"}
_EPOCH = datetime.datetime(1970, 1, 1)
_WORDS = {"nan": math.nan, "inf": math.inf, "+inf": math.inf, "-inf": -math.inf, "infinity": math.inf,
          "+infinity": math.inf, "-infinity": -math.inf}  # fmt: skip
_CONTAINERS = (t.StructType, t.ArrayType, t.MapType, t.SetType)


def cast(cell: Cell, target: t.DataType) -> Cell:
    """Return the value as the target type, or a null of that type."""
    if isinstance(target, _CONTAINERS):
        return _cast_container(cell, target)
    if cell.value is None:
        return Cell(target, None)
    if type(cell.type) is type(target) and not isinstance(target, t.DecimalType):
        return cell
    if isinstance(cell.value, dict | list):
        return _container_to_atom(cell, target)
    return Cell(target, _CASTS[type(target)](cell.value, cell.type, target) if type(target) in _CASTS else None)


def _cast_container(cell: Cell, target: t.DataType) -> Cell:
    if cell.value is None or type(cell.type) is type(target):
        return cell
    if isinstance(cell.value, dict) and isinstance(target, t.MapType):
        return map_cell(cell.value)
    if isinstance(cell.value, dict) and isinstance(target, t.StructType):
        return struct_cell(cell.value)
    return Cell(t.NullType(), None)


def _container_to_atom(cell: Cell, target: t.DataType) -> Cell:
    if isinstance(target, t.StringType) and assume("container_to_string") == "json":
        return Cell(target, json.dumps(to_python(cell), default=str, separators=(",", ":")))
    return Cell(target, None)


def _to_integer(value: Any, source: t.DataType, target: t.DataType) -> int | None:
    number: int | None
    if isinstance(value, str):
        number = _text_to_integer(value.strip())
    elif isinstance(value, bool | int):
        number = int(value)
    elif isinstance(value, float | decimal.Decimal):
        number = int(value) if math.isfinite(value) else None
    elif isinstance(value, datetime.datetime):
        number = _epoch_seconds(value)
    else:
        number = None
    if number is None or number in integer_range(target):
        return number
    if isinstance(value, str) or assume("overflowing_integer") == "null":
        return None
    span = len(integer_range(target)) if not isinstance(target, t.LongType) else 2**64
    return (number + span // 2) % span - span // 2


def _text_to_integer(text: str) -> int | None:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text) and assume("fraction_text_to_integer") == "truncate":
        return int(decimal.Decimal(text))
    return None


def _to_double(value: Any, source: t.DataType, target: t.DataType) -> float | None:
    if isinstance(value, str):
        text = value.strip().rstrip("dDfF") if _NUMBER.fullmatch(value.strip().rstrip("dDfF")) else value.strip()
        number = float(text) if _NUMBER.fullmatch(text) else _WORDS.get(text.lower())
    elif isinstance(value, bool | int | float | decimal.Decimal):
        number = float(value)
    elif isinstance(value, datetime.datetime):
        number = (value.replace(tzinfo=None) - _EPOCH).total_seconds()
    else:
        number = None
    if number is None or not isinstance(target, t.FloatType) or not math.isfinite(number):
        return number
    try:
        return float(struct.unpack("f", struct.pack("f", number))[0])
    except OverflowError:
        return math.copysign(math.inf, number)


def _to_decimal(value: Any, source: t.DataType, target: t.DataType) -> decimal.Decimal | None:
    assert isinstance(target, t.DecimalType)
    if isinstance(value, str):
        if not _NUMBER.fullmatch(value.strip()):
            return None
        number = decimal.Decimal(value.strip())
    elif isinstance(value, bool | int | decimal.Decimal):
        number = decimal.Decimal(value)
    elif isinstance(value, float) and math.isfinite(value):
        number = decimal.Decimal(repr(value))
    elif isinstance(value, datetime.datetime):
        number = decimal.Decimal(repr((value.replace(tzinfo=None) - _EPOCH).total_seconds()))
    else:
        return None
    context = decimal.Context(prec=60, rounding=decimal.ROUND_HALF_UP)
    try:
        rounded = number.quantize(decimal.Decimal(1).scaleb(-target.scale), context=context)
    except decimal.InvalidOperation:
        return None
    return rounded if len(rounded.as_tuple().digits) <= target.precision else None


def _to_boolean(value: Any, source: t.DataType, target: t.DataType) -> bool | None:
    if isinstance(value, str):
        text = value.strip().lower()
        return True if text in _TRUE else False if text in _FALSE else None
    return bool(value) if isinstance(value, int | float | decimal.Decimal) else None


def _to_date(value: Any, source: t.DataType, target: t.DataType) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if not found:
        return None
    try:
        return datetime.date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _to_timestamp(value: Any, source: t.DataType, target: t.DataType) -> datetime.datetime | None:
    if isinstance(value, datetime.datetime):
        return value
    if isinstance(value, datetime.date):
        return datetime.datetime(value.year, value.month, value.day)
    if isinstance(value, bool):
        return None
    try:
        if isinstance(value, int | float | decimal.Decimal):
            return _EPOCH + datetime.timedelta(seconds=float(value))
        return _text_to_timestamp(value.strip()) if isinstance(value, str) else None
    except (ValueError, OverflowError):
        return None


def _text_to_timestamp(text: str) -> datetime.datetime | None:
    found = _TIMESTAMP.fullmatch(text)
    if not found:
        return None
    year, month, day = (int(part) for part in found[1].split("-"))
    micros = int((found[5] or "0").ljust(6, "0")[:6])
    moment = datetime.datetime(year, month, day, int(found[2] or 0), int(found[3] or 0), int(found[4] or 0), micros)
    zone = found[6]
    if not zone or zone in ("Z", "UTC"):
        return moment
    digits = zone[1:].replace(":", "").ljust(4, "0") if ":" in zone or len(zone) > 3 else zone[1:].rjust(2, "0") + "00"
    shift = datetime.timedelta(hours=int(digits[:-2]), minutes=int(digits[-2:]))
    return moment - shift if zone[0] == "+" else moment + shift


def _epoch_seconds(value: datetime.datetime) -> int:
    return math.floor((value.replace(tzinfo=None) - _EPOCH).total_seconds())


def to_text(value: Any, source: t.DataType | None = None, target: t.DataType | None = None) -> str:
    """Return the text that a cast to string gives: Java's spelling of numbers, ISO dates, `true` and `false`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return java_double(value, isinstance(source, t.FloatType))
    if isinstance(value, decimal.Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        base = value.strftime("%Y-%m-%d %H:%M:%S")
        return f"{base}.{value.microsecond:06d}".rstrip("0") if value.microsecond else base
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", errors="replace")
    return str(value)


def java_double(value: float, single: bool = False) -> str:
    """Spell a number as Java's Double.toString: 1.0, 1.0E7, 1.0E-4, NaN, Infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    shortest = repr(value)
    if single:
        shortest = next(
            s for n in range(1, 10) if struct.pack("f", float(s := f"{value:.{n}g}")) == struct.pack("f", value)
        )
    number = decimal.Decimal(shortest)
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        text = format(number, "f")
        return text if "." in text else text + ".0"
    sign, digits, _ = number.normalize().as_tuple()
    mantissa = f"{digits[0]}.{''.join(str(digit) for digit in digits[1:]) or '0'}"
    return f"{'-' if sign else ''}{mantissa}E{number.adjusted()}"


def _to_string(value: Any, source: t.DataType, target: t.DataType) -> str:
    return to_text(value, source)


def _to_binary(value: Any, source: t.DataType, target: t.DataType) -> bytes | None:
    return value.encode() if isinstance(value, str) else None


_CASTS: dict[type[t.DataType], Callable[[Any, t.DataType, t.DataType], Any]] = {
    t.ByteType: _to_integer,
    t.ShortType: _to_integer,
    t.IntegerType: _to_integer,
    t.LongType: _to_integer,
    t.FloatType: _to_double,
    t.DoubleType: _to_double,
    t.DecimalType: _to_decimal,
    t.BooleanType: _to_boolean,
    t.DateType: _to_date,
    t.TimestampType: _to_timestamp,
    t.TimestampNTZType: _to_timestamp,
    t.StringType: _to_string,
    t.BinaryType: _to_binary,
}
