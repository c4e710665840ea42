"""CSV as Glue reads it: every field a string, `col0`… without a header; catalog types are applied value by value."""

import csv
import io
from collections.abc import Iterator, Mapping
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import ErrorRecord
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.records import Cell, Record

_STRING = t.StringType()


def truth(value: Any) -> bool:
    """Read an option that may be a bool or a text."""
    return str(value).strip().lower() == "true"


def read_csv(
    text: str, options: Mapping[str, Any], columns: Mapping[str, t.DataType] | None = None
) -> tuple[list[Record], list[ErrorRecord]]:
    """Return the records of one file. `columns` (a catalog's, in file order) name and type the fields."""
    rows = _rows(text, options)
    header: list[str] | None = list(columns) if columns else None
    if truth(options.get("withHeader", False)):
        first = next(rows, None)
        header = header or first
    if truth(options.get("skipFirst", False)):
        next(rows, None)
    return [_record(row, header, columns or {}) for row in rows if row], []


def _rows(text: str, options: Mapping[str, Any]) -> Iterator[list[str]]:
    quote = str(options.get("quoteChar", '"'))
    escape = str(options.get("escaper") or "")
    settings: dict[str, Any] = {"delimiter": str(options.get("separator") or ","), "escapechar": escape or None}
    settings |= {"quoting": csv.QUOTE_NONE} if quote == "-1" else {"quotechar": quote}
    text = text.removeprefix("\ufeff")
    if truth(options.get("multiLine", options.get("multiline", False))):
        yield from csv.reader(io.StringIO(text, newline=""), **settings)
        return
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        yield from csv.reader([line], **settings)


def _record(row: list[str], header: list[str] | None, columns: Mapping[str, t.DataType]) -> Record:
    record: Record = {}
    for at, value in enumerate(row):
        if header is None:
            record[f"col{at}"] = _text(value)
        elif at < len(header):
            name = header[at]
            record[name] = typed(value, columns[name]) if name in columns else _text(value)
        elif assume("csv_extra_fields") == "named":
            record[f"col{at}"] = _text(value)
    return record


def _text(value: str) -> Cell:
    if value == "" and assume("csv_empty_field") == "null":
        return Cell(_STRING, None)
    return Cell(_STRING, value)


def typed(value: str, kind: t.DataType) -> Cell:
    """Apply a catalog type to one text: what does not parse stays a string, so the column becomes a choice."""
    if isinstance(kind, t.StringType) or not isinstance(kind, t.AtomicType):
        return _text(value)
    if value == "":
        return Cell(kind, None) if assume("csv_empty_typed") == "null" else Cell(_STRING, value)
    result = cast(Cell(_STRING, value), kind)
    return Cell(_STRING, value) if result.value is None else result
