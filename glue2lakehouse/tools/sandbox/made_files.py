"""Write made rows as the files of a source: CSV, JSON lines, Parquet, ORC, Delta, text."""

import csv
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.sandbox.hive_types import arrow_type
from glue2lakehouse.tools.sandbox.made_rows import MISSING


class CannotBeMade(ValueError):
    """No data can be made for a source; the text says which and why."""


def write_rows(
    place: Path,
    format: str,
    rows: Sequence[Mapping[str, Any]],
    kinds: Mapping[str, str],
    options: Mapping[str, str],
    file: Path | None = None,
) -> None:
    """Write rows with columns of these Hive types into a folder, or a file; raises CannotBeMade for another format."""
    target = file or place / f"made-00000.{'json' if format == 'stream' else format}"
    target.parent.mkdir(parents=True, exist_ok=True)
    if format == "csv":
        _write_csv(target, rows, list(kinds), options)
    elif format in ("json", "stream"):
        write_json(target, rows)
    elif format in ("parquet", "orc"):
        writer: Any = import_module(f"pyarrow.{format}")
        writer.write_table(_arrow_table(rows, kinds), str(target))
    elif format == "delta":
        _write_delta(place, rows, kinds)
    elif format in ("text", "txt"):
        target.write_text("".join(f"{' '.join(map(str, row.values()))}\n" for row in rows), encoding="utf-8")
    else:
        raise CannotBeMade(f"no data can be made in the format {format}; put samples of it into the data folder")


def _arrow_table(rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> Any:
    arrow: Any = import_module("pyarrow")
    fields = [(name, arrow_type(kind)) for name, kind in kinds.items()]
    plain = [{name: None if row.get(name) is MISSING else row.get(name) for name in kinds} for row in rows]
    return arrow.Table.from_pylist(plain, schema=arrow.schema(fields))


def _write_delta(place: Path, rows: Sequence[Mapping[str, Any]], kinds: Mapping[str, str]) -> None:
    delta: Any = import_module("deltalake")
    delta.write_deltalake(str(place), _arrow_table(rows, kinds))


def has_header(options: Mapping[str, str]) -> bool:
    """Tell whether the first line of a CSV file names its columns."""
    return "true" in (options.get("withHeader"), options.get("header"))


def _write_csv(target: Path, rows: Sequence[Mapping[str, Any]], names: list[str], options: Mapping[str, str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=options.get("separator", ",")[:1], lineterminator="\n")
    if has_header(options):
        writer.writerow(names)
    for row in rows:
        values = [row.get(name) for name in names]
        writer.writerow(["" if value is None or value is MISSING else _csv_text(value) for value in values])
    target.write_text(text.getvalue(), encoding="utf-8")


def _csv_text(value: Any) -> str:
    return json.dumps(value, default=str) if isinstance(value, (dict, list)) else str(value)


def write_json(target: Path, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write one JSON object a line; a missing field is left out."""
    target.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        json.dumps({name: value for name, value in row.items() if value is not MISSING}, default=_json_value)
        for row in rows
    ]
    target.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def break_off(file: Path) -> None:
    """Let a file of JSON lines end in the middle of a record, as one does whose upload was cut off.

    It stands last, so that both sides lose the one record, wherever their parsers go on.
    """
    text = file.read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    file.write_text(text + first[: max(2, len(first) // 2)], encoding="utf-8")


def _json_value(value: Any) -> Any:
    if isinstance(value, Decimal):
        return float(value)
    return (
        value.isoformat(sep=" ")
        if isinstance(value, datetime)
        else value.isoformat()
        if isinstance(value, date)
        else str(value)
    )
