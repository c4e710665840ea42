"""Hive's types as texts: what is in them, their Arrow types, and values for nested ones."""

import re
from collections.abc import Mapping
from importlib import import_module
from typing import Any

from glue2lakehouse.tools.sandbox.made_rows import make_rows
from glue2lakehouse.tools.sandbox.source_facts import ScriptFacts


def hive_type(fields: Mapping[str, str]) -> str:
    """Return the type of a column whose fields have these Glue types (dots for structs, "" for the column itself)."""
    if set(fields) == {""}:
        names = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint", "": "string", "array": "array<string>",
                 "struct": "struct<value:string>", "map": "map<string,string>", "choice": "string", "null": "string"}  # fmt: skip
        kind = fields[""].strip()
        return kind if "<" in kind else names.get(kind.lower(), kind.lower())
    inner: dict[str, dict[str, str]] = {}
    for name, kind in fields.items():
        root, _, rest = name.partition(".")
        if root:
            inner.setdefault(root, {})[rest] = kind
    return f"struct<{','.join(f'{name}:{hive_type(kinds)}' for name, kinds in inner.items())}>"


def nested(kind: str, row: int, digits: bool = False) -> Any:
    """Return a value of a Hive type for the given row: arrays of length 0 to 2, structs with every field."""
    kind = kind.strip()
    inner = kind[kind.find("<") + 1 : -1]
    if kind.startswith("struct<"):
        return {
            name.strip(): nested(item, row, digits)
            for name, _, item in (part.partition(":") for part in split_fields(inner))
        }
    if kind.startswith("array<"):
        return [nested(inner, row + at, digits) for at in range(row % 3)]
    if kind.startswith("map<"):
        return {"key": nested(split_fields(inner)[1], row, digits)}
    return make_rows({"value": kind}, ScriptFacts(digits=digits), offset=row)[row % 8]["value"]


def split_fields(text: str) -> list[str]:
    """Split a list of Hive types at its outermost commas."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [*parts, text[start:]]


def arrow_type(kind: str) -> Any:
    """Return the Arrow type of a Hive type."""
    arrow: Any = import_module("pyarrow")
    kind = kind.strip().lower()
    inner = kind[kind.find("<") + 1 : -1]
    if kind.startswith("struct<"):
        return arrow.struct(
            [
                (name.strip(), arrow_type(item))
                for name, _, item in (part.partition(":") for part in split_fields(inner))
            ]
        )
    if kind.startswith("array<"):
        return arrow.list_(arrow_type(inner))
    if kind.startswith("map<"):
        return arrow.map_(*map(arrow_type, split_fields(inner)))
    if kind.startswith("decimal"):
        sizes = [int(size) for size in re.findall(r"\d+", kind)] or [10, 0]
        return arrow.decimal128(*(sizes if len(sizes) == 2 else [sizes[0], 0]))
    names = {"bigint": "int64", "long": "int64", "int": "int32", "integer": "int32", "smallint": "int16", "tinyint": "int8",
             "double": "float64", "float": "float32", "boolean": "bool_", "date": "date32", "binary": "binary"}  # fmt: skip
    if kind == "timestamp":
        return arrow.timestamp("us")
    return getattr(arrow, names.get(kind, "string"))()
