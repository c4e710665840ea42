"""Records as Glue has them: each value carries its own type, and a missing field is not a null one.

A record is a dict from field name to `Cell`. A struct's cell holds such a dict, an array's a list of cells, a map's a
dict. A *ghost* is a record without data that carries the declared types of a typed source through every transform.
"""

import datetime
import decimal
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume

INT_RANGE = range(-(2**31), 2**31)
LONG_RANGE = range(-(2**63), 2**63)


class Cell(NamedTuple):
    """One value with its type; for containers the type is only the class, the parts know their own."""

    type: t.DataType
    value: Any


Record = dict[str, Cell]
NULL = Cell(t.NullType(), None)
_STRUCT = t.StructType()
_ARRAY = t.ArrayType()
_MAP = t.MapType()
_ATOMS: dict[type, t.DataType] = {
    bool: t.BooleanType(),
    float: t.DoubleType(),
    str: t.StringType(),
    bytes: t.BinaryType(),
    bytearray: t.BinaryType(),
    datetime.date: t.DateType(),
    datetime.datetime: t.TimestampType(),
}
_INT, _LONG = t.IntegerType(), t.LongType()


def struct_cell(fields: Record) -> Cell:
    """Wrap fields as a struct."""
    return Cell(_STRUCT, fields)


def array_cell(items: list[Cell]) -> Cell:
    """Wrap items as an array."""
    return Cell(_ARRAY, items)


def map_cell(entries: Record) -> Cell:
    """Wrap entries as a map from texts."""
    return Cell(_MAP, entries)


def type_of(cell: Cell) -> t.DataType:
    """Return the full type of a cell, computed from its parts."""
    if cell.value is None:
        return cell.type
    if isinstance(cell.value, dict):
        if isinstance(cell.type, t.MapType):
            return t.MapType(_merge_all(cell.value.values()))
        return struct_type(cell.value)
    if isinstance(cell.value, list):
        return t.ArrayType(_merge_all(cell.value))
    return cell.type


def struct_type(record: Record) -> t.StructType:
    """Return the type of a record."""
    return t.StructType([t.Field(name, type_of(cell)) for name, cell in record.items()])


def _merge_all(cells: Iterable[Cell]) -> t.DataType:
    merged: t.DataType = t.UnknownType()
    for cell in cells:
        merged = t.mergeDataTypes(merged, type_of(cell))
    return merged


def schema_of(records: Iterable[Record], ghost: Record | None = None) -> t.StructType:
    """Merge the types of all records, those of the ghost first."""
    merged = struct_type(ghost) if ghost else t.StructType()
    seen: set[t.StructType] = set()
    for record in records:
        own = struct_type(record)
        if own not in seen:
            seen.add(own)
            merged = t.mergeDataTypes(merged, own)  # type: ignore[assignment]
    return merged


def ghost_of(kind: t.DataType) -> Cell:
    """Return a cell without data that has a type: structs with all members, arrays with one element."""
    if isinstance(kind, t.StructType):
        return struct_cell({field.name: ghost_of(field.dataType) for field in kind.fields})
    if isinstance(kind, t.ArrayType | t.SetType):
        return array_cell([ghost_of(kind.elementType)])
    if isinstance(kind, t.MapType):
        return map_cell({"": ghost_of(kind.valueType)})
    return Cell(kind, None)


def to_python(cell: Cell) -> Any:
    """Return the plain Python value: dicts, lists and atoms."""
    if isinstance(cell.value, dict):
        return {name: to_python(part) for name, part in cell.value.items()}
    if isinstance(cell.value, list):
        return [to_python(part) for part in cell.value]
    return cell.value


def plain(record: Record) -> dict[str, Any]:
    """Return a record as a plain dict."""
    return {name: to_python(cell) for name, cell in record.items()}


def dynamic_record(record: Record) -> t.DynamicRecord:
    """Return what a Map or Filter function sees: the record and its direct structs wrapped, the rest plain."""
    wrapped = t.DynamicRecord()
    for name, cell in record.items():
        value = to_python(cell)
        wrapped[name] = t.DynamicRecord(value) if isinstance(value, dict) else value
    return wrapped


def from_python(value: Any, like: t.DataType | None = None) -> Cell:
    """Give a Python value a type; `like`, the type that the field had before, is kept where the value fits it.

    Without `like` it is a value that a reader met: a small integer is int.
    """
    if value is None:
        return Cell(like, None) if isinstance(like, t.AtomicType) else NULL
    if isinstance(value, Mapping):
        return _from_mapping(value, like)
    if isinstance(value, list | tuple | set):
        element = like.elementType if isinstance(like, t.ArrayType) else _made(like)
        return array_cell([from_python(item, element) for item in value])
    if isinstance(value, bool):
        return Cell(_ATOMS[bool], value)
    if isinstance(value, int):
        return _from_int(int(value), like)
    if isinstance(value, decimal.Decimal):
        return Cell(like if isinstance(like, t.DecimalType) else decimal_type(value), value)
    if isinstance(value, float) and isinstance(like, t.FloatType):
        return Cell(like, value)
    for base in (datetime.datetime, datetime.date, float, str, bytes, bytearray):
        if isinstance(value, base):
            plain_value: Any = value
            return Cell(_ATOMS[base], base(plain_value) if base in (float, str, bytes) else value)
    raise TypeError(f"a record cannot hold a value of Python type {type(value).__name__}")


def without_stale_types(records: list[Record]) -> list[Record]:
    """Let nulls give up the type that their field had before, where other records now have values of another type in it.

    Null yields to any type (semantics 0): Python hands back a None, of which nothing tells the type.
    """
    return [cell.value for cell in _settled([struct_cell(record) for record in records])]


def _settled(cells: list[Cell]) -> list[Cell]:
    held = [cell.type for cell in cells if cell.value is not None]
    done = [NULL if held and cell.value is None and cell.type not in held else cell for cell in cells]
    places: dict[str, list[tuple[int, Any]]] = {}
    for at, cell in enumerate(cells):
        if isinstance(cell.value, dict):
            done[at] = Cell(cell.type, dict(cell.value))
            for name in cell.value:
                # The values of a map are of one type, whatever their keys.
                places.setdefault("" if isinstance(cell.type, t.MapType) else f".{name}", []).append((at, name))
        elif isinstance(cell.value, list):
            done[at] = Cell(cell.type, list(cell.value))
            places.setdefault("[]", []).extend((at, index) for index in range(len(cell.value)))
    for group in places.values():
        for (at, key), cell in zip(group, _settled([cells[at].value[key] for at, key in group]), strict=True):
            done[at].value[key] = cell
    return done


def _from_mapping(value: Mapping[Any, Any], like: t.DataType | None) -> Cell:
    if isinstance(like, t.MapType):
        return map_cell({str(key): from_python(part, like.valueType) for key, part in value.items()})
    known = like.field_map if isinstance(like, t.StructType) else {}
    return struct_cell(
        {
            str(key): from_python(part, known[key].dataType if key in known else _made(like))
            for key, part in value.items()
        }
    )


def _made(like: t.DataType | None) -> t.DataType | None:
    """Tell a new value of a Map function (of unknown type) from one that a reader met."""
    return None if like is None else t.UnknownType()


def _from_int(value: int, like: t.DataType | None) -> Cell:
    if isinstance(like, t.LongType) and value in LONG_RANGE:
        return Cell(like, value)
    if isinstance(like, t.IntegerType | t.ShortType | t.ByteType) and value in integer_range(like):
        return Cell(like, value)
    made = isinstance(like, t.UnknownType)
    if value not in INT_RANGE or (made and assume("new_integer_type") == "long"):
        return Cell(_LONG, value) if value in LONG_RANGE else Cell(t.DecimalType(38, 0), decimal.Decimal(value))
    return Cell(_INT, value)


def integer_range(kind: t.DataType) -> range:
    """Return the values that an integer type can hold."""
    bits = {"byte": 7, "short": 15, "int": 31, "long": 63}[kind.typeName()]
    return range(-(2**bits), 2**bits)


def decimal_type(value: decimal.Decimal) -> t.DecimalType:
    """Return the narrowest decimal type of a value."""
    _, digits, exponent = value.as_tuple()
    scale = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = len(digits) - scale if isinstance(exponent, int) and exponent <= 0 else len(digits) + int(exponent)
    return t.DecimalType(max(1, max(whole, 0) + scale), scale)
