"""What a crawler would declare of a table of JSON lines: columns in the order in which the records bring them, with Hive's types."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import Column


def json_columns(files: Iterable[Path]) -> list[Column]:
    """Return the columns, or none where a value is of several types or a file is not JSON lines: then nothing is declared."""
    kinds: dict[str, str] = {}
    try:
        for file in files:
            for line in file.read_text(encoding="utf-8").splitlines():
                record = json.loads(line) if line.strip() else {}
                for name, value in record.items():
                    kinds[name] = _one(kinds.get(name, ""), _kind(value))
    except (ValueError, AttributeError):
        return []
    return [Column(name=name.lower(), type=_settled(kind)) for name, kind in kinds.items()]


def _kind(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, dict):
        return "struct<" + ",".join(f"{name}:{_settled(_kind(inner))}" for name, inner in value.items()) + ">"
    if isinstance(value, list):
        kind = ""
        for item in value:
            kind = _one(kind, _kind(item))
        return f"array<{_settled(kind)}>"
    if isinstance(value, int) and not isinstance(value, bool):
        return "int" if -(2**31) <= value < 2**31 else "bigint"
    return {bool: "boolean", float: "double"}.get(type(value), "string")


def _one(first: str, second: str) -> str:
    """Return the type that both values have; raises ValueError where there is none that says it all."""
    if first == second or not second:
        return first
    if not first:
        return second
    raise ValueError(f"{first} and {second}")


def _settled(kind: str) -> str:
    return kind or "string"
