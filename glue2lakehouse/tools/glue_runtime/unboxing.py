"""Unbox: parse a text or binary field in place; what cannot be parsed makes an error record (semantics 5)."""

import json
from collections.abc import Mapping
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, ErrorRecord, edit_at
from glue2lakehouse.tools.glue_runtime.field_paths import get
from glue2lakehouse.tools.glue_runtime.formats.csv_text import read_csv
from glue2lakehouse.tools.glue_runtime.formats.json_text import apply_type
from glue2lakehouse.tools.glue_runtime.formats.xml_text import read_xml
from glue2lakehouse.tools.glue_runtime.records import NULL, Cell, Record, from_python, ghost_of, struct_cell
from glue2lakehouse.tools.glue_runtime.refusals import refuse

Path = tuple[str, ...]


def declared_schema(options: Mapping[str, Any]) -> t.DataType | None:
    """Return the type of a `withSchema` option: a Glue StructType as JSON text or object."""
    given = options.get("withSchema")
    if not given:
        return None
    return t.deserialize(json.loads(given) if isinstance(given, str) else given)


def unbox(batch: Batch, path: Path, format: str, options: Mapping[str, Any]) -> Batch:
    """Parse the field at a path in every record."""
    schema = declared_schema(options)
    records: list[Record] = []
    errors: list[ErrorRecord] = []
    for record in batch.records:
        cell = get(record, path)
        if cell is None or (cell.value is None and assume("unbox_null") == "null"):
            records.append(record if cell is None else _replaced(record, path, NULL))
            continue
        try:
            parsed = _parse(cell, format.lower(), options)
        except ValueError as error:
            errors.append(ErrorRecord.from_exception("Unbox", error, record))
            continue
        records.append(_replaced(record, path, parsed if schema is None else apply_type(parsed, schema)))
    ghost = batch.ghost
    if ghost is not None:
        ghost = _replaced(ghost, path, NULL if schema is None else ghost_of(schema))
    return Batch(records, ghost, [*batch.errors, *errors], errors)


def _replaced(record: Record, path: Path, by: Cell) -> Record:
    return edit_at(record, path, lambda members, name: members.__setitem__(name, by))


def _parse(cell: Cell, format: str, options: Mapping[str, Any]) -> Cell:
    text = bytes(cell.value).decode() if isinstance(cell.value, bytes | bytearray) else str(cell.value)
    if format == "json":
        value = json.loads(text)
        if not isinstance(value, dict | list):
            raise ValueError(f"Unbox: {text[:40]!r} is no JSON object")
        if assume("unbox_quoted_numbers") == "number":
            value = _unquoted(value)
        return from_python(value)
    if format == "csv":
        records, _ = read_csv(text, options)
    elif format == "xml":
        records, _ = read_xml(text, options)
    else:
        refuse(f"Unbox with format {format}", "only json, csv and xml are parsed here")
    if not records:
        raise ValueError(f"Unbox: no {format} record in {text[:40]!r}")
    return struct_cell(records[0])


def _unquoted(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _unquoted(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_unquoted(part) for part in value]
    if isinstance(value, str):
        try:
            return int(value)
        except ValueError:
            return value
    return value
