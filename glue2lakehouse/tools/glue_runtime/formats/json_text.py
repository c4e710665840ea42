"""JSON as Glue reads it: a stream of values, small integers are int, null alone is null type (semantics 11, 14)."""

import json
import re
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import ErrorRecord
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.records import Cell, Record, array_cell, from_python, map_cell, struct_cell

_DECODER = json.JSONDecoder()
_PAIR = re.compile(r'\s*,?\s*("(?:[^"\\]|\\.)*")\s*:\s*')


def read_json(
    text: str, options: Mapping[str, Any], columns: Mapping[str, t.DataType] | None = None
) -> tuple[list[Record], list[ErrorRecord]]:
    """Return the records of one file and the errors of its broken parts.

    A broken value swallows the rest of the line at which the parser noticed: the documented four-line example.
    """
    values, errors = _values(text.removeprefix("\ufeff"))
    path = str(options.get("jsonPath") or "")
    found = [part for value in values for part in (select(value, path) if path else _outer(value))]
    records = []
    for value in found:
        if isinstance(value, dict):
            records.append(_typed_record(from_python(value).value, columns or {}))
        else:
            errors.append(ErrorRecord("JSON", "record is not an object", input=json.dumps(value)))
    return records, errors


def _values(text: str) -> tuple[list[Any], list[ErrorRecord]]:
    values: list[Any] = []
    errors: list[ErrorRecord] = []
    at = 0
    while True:
        while at < len(text) and text[at] in " \t\r\n,":
            at += 1
        if at >= len(text):
            return values, errors
        try:
            value, at = _DECODER.raw_decode(text, at)
            values.append(value)
        except json.JSONDecodeError as error:
            noticed = max(error.pos, at + 1)
            errors.append(_broken(text, at, noticed, error.msg))
            newline = text.find("\n", noticed)
            at = len(text) if newline < 0 else newline + 1


def _broken(text: str, start: int, noticed: int, message: str) -> ErrorRecord:
    partial: dict[str, Any] = {}
    at = start + 1
    while (pair := _PAIR.match(text, at)) and pair.end() < len(text):
        try:
            value, at = _DECODER.raw_decode(text, pair.end())
        except json.JSONDecodeError:
            break
        partial[json.loads(pair[1])] = value
    record = from_python(partial).value if partial else None
    return ErrorRecord("JSON", message, input=text[start:noticed], source="file", record=record)


def _outer(value: Any) -> list[Any]:
    if not isinstance(value, list):
        return [value]
    return value if assume("json_outer_array") == "records" else [{"array": value}]


def select(value: Any, path: str) -> list[Any]:
    """Return what a JSONPath of names, indexes and `[*]` selects; a selected list gives its items."""
    found = [value]
    for step in re.findall(
        r"\.([^.\[\]]+)|\[(\*|\d+|'[^']*')\]", path.removeprefix("$") if path.startswith("$") else f".{path}"
    ):
        name = step[0] or step[1].strip("'")
        if name == "*":
            found = [item for part in found for item in (part.values() if isinstance(part, dict) else part)]
        elif step[1].isdigit():
            found = [part[int(name)] for part in found if isinstance(part, list) and int(name) < len(part)]
        else:
            found = [part[name] for part in found if isinstance(part, dict) and name in part]
    return [item for part in found for item in (part if isinstance(part, list) else [part])]


def _typed_record(record: Record, columns: Mapping[str, t.DataType]) -> Record:
    if not columns:
        return record
    by_lower = {name.lower(): (name, kind) for name, kind in columns.items()}
    out: Record = {}
    for name, cell in record.items():
        own, kind = by_lower.get(name.lower(), (name, None))
        out[own] = cell if kind is None else apply_type(cell, kind)
    return out


def apply_type(cell: Cell, kind: t.DataType) -> Cell:
    """Apply a declared type to a value; a value that does not fit keeps its own type."""
    if isinstance(kind, t.StructType) and isinstance(cell.value, dict):
        return struct_cell(_typed_record(cell.value, {field.name: field.dataType for field in kind.fields}))
    if isinstance(kind, t.MapType) and isinstance(cell.value, dict):
        return map_cell({key: apply_type(value, kind.valueType) for key, value in cell.value.items()})
    if isinstance(kind, t.ArrayType) and isinstance(cell.value, list):
        return array_cell([apply_type(item, kind.elementType) for item in cell.value])
    if cell.value is None:
        return Cell(kind, None) if isinstance(kind, t.AtomicType) else cell
    if not isinstance(kind, t.AtomicType):
        return cell
    result = cast(cell, kind)
    return cell if result.value is None else result
