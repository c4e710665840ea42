"""Sources of JSON: records with fields that come and go, structs and arrays in them, values of several types, odd files."""

import gzip
import json
from collections.abc import Sequence
from random import Random
from typing import Any

from glue2lakehouse.evaluation.differential.sources import Source
from glue2lakehouse.evaluation.differential.tables import ODD_NAMES, PLAIN_NAMES, VALUES, Columns

JSON_VALUES: dict[str, tuple[Any, ...]] = {
    "int": (0, 1, 2, -1, 7, 100, 2147483647),
    "bigint": (3000000000, 2**53 + 1, -3000000000),
    "double": (1.5, -2.5, 0.1, 1e300, 123456789.123, 5.0, -0.0),
    "boolean": (True, False),
    "string": VALUES["string"],
    "struct<a:int,b:string>": ({"a": 1, "b": "x"}, {"a": 2}, {"b": ""}, {"a": 3, "b": None}, None),
    "struct<a:int,b:struct<c:string,`d.e`:bigint>>": (
        {"a": 1, "b": {"c": "x", "d.e": 3000000000}}, {"a": 2, "b": {"c": None}}, {"a": 3}, {"b": {"d.e": 2**40}}),
    "struct<tags:array<string>,x:double>": ({"tags": ["a", None], "x": 1.5}, {"tags": []}, {"x": 2.5}),
    "array<int>": ([1, 2], [3], [], [None, 4]),
    "array<string>": (["a"], [], ["b", None], ["", "c"]),
    "array<struct<k:string,n:int>>": ([{"k": "p", "n": 1}], [], [{"k": "q"}, {"n": 2}], [{"k": None, "n": 3}, None]),
    "array<array<int>>": ([[1, 2], [3]], [[], [4]], []),
    "array<struct<k:string,deep:array<struct<y:int>>>>": (
        [{"k": "p", "deep": [{"y": 1}, {"y": 2}]}], [{"k": "q", "deep": []}, {"k": "r"}], []),
    "payload": ('{"k": 1, "v": "x"}', '{"k": 2, "v": "y"}', '{"k": 3}', '{"v": ""}'),
}  # fmt: skip
"""Values by type; `payload` is text that holds JSON."""
MIXED: tuple[tuple[tuple[Any, ...], str], ...] = (
    ((1, "2", "x", 7, ""), "string"), ((1, 2.5, 3, 0.5), "double"), ((1, 3000000000, -7), "bigint"), ((True, "x", "true"), "string"),
    (({"k": 1}, 5, {"k": 2}), "string"), (([1, 2], 5), "string"), (({"k": 1}, "x"), "string"), (([1, "x"], ["y"], [2]), "array<string>"),
    ((None,), "void"), (({},), "void"), (([],), "void"),
)  # fmt: skip
"""Values of several types, or of none, that a field may hold, and the type that steps take it for."""
_WEIGHTS = (6, 3, 3, 2, 8, 3, 2, 1, 2, 2, 3, 1, 2, 2)


def made_json(rng: Random, shared: Columns | None = None) -> Source:
    """Return JSON files; `shared` are columns of another source, of which some come here too."""
    odd: set[str] = set()
    columns, pools = _fields(rng, shared)
    records = [_record(rng, pools) for _ in range(rng.randint(2, 12))]
    odd |= oddities(columns, records)
    choices = tuple(name for name in columns if pools[name] in [values for values, _ in MIXED])
    files, options = _files(rng, records, odd)
    return Source("json", columns, files, options=options, oddities=frozenset(odd), choices=choices)


def _fields(rng: Random, shared: Columns | None) -> tuple[Columns, dict[str, tuple[Any, ...]]]:
    columns: Columns = {}
    pools: dict[str, tuple[Any, ...]] = {}
    for name, kind in (shared or {}).items():
        if kind in JSON_VALUES and rng.random() < 0.5:
            columns[name], pools[name] = kind, JSON_VALUES[kind]
    for _ in range(rng.randint(2, 6) if shared is None else rng.randint(1, 2)):
        name = rng.choice(PLAIN_NAMES if rng.random() < 0.85 else ODD_NAMES)
        name = name if shared is None else f"r_{name}"
        if name.lower() in {known.lower() for known in columns}:
            continue
        if shared is None and rng.random() < 0.1:
            pools[name], columns[name] = rng.choice(MIXED)
            continue
        columns[name] = rng.choices(list(JSON_VALUES), _WEIGHTS)[0]
        pools[name] = JSON_VALUES[columns[name]]
    return columns, pools


def _record(rng: Random, pools: dict[str, tuple[Any, ...]]) -> dict[str, Any]:
    record = {}
    for name, values in pools.items():
        drawn = rng.random()
        if drawn > 0.12:
            record[name] = None if drawn < 0.22 else rng.choice(values)
    return record or {next(iter(pools)): rng.choice(next(iter(pools.values())))}


def oddities(columns: Columns, records: Sequence[dict[str, Any]]) -> set[str]:
    """Return what is odd about the fields: some records lack one, or its values have several types, or none in any record."""
    kinds: dict[str, set[str]] = {name: set() for name in columns}

    def walk(value: Any, path: str) -> None:
        kinds.setdefault(path, set())
        if value not in (None, [], {}):
            kinds[path].add(_kind(value))
        if isinstance(value, dict):
            for name, item in value.items():
                walk(item, f"{path}.{name}")
        elif isinstance(value, list):
            if not value:
                kinds.setdefault(f"{path}[]", set())
            for item in value:
                walk(item, f"{path}[]")

    for record in records:
        for name, value in record.items():
            walk(value, name)
    found = {"a record lacks a field"} if any(name not in record for record in records for name in columns) else set()
    found |= {"null alone"} if any(not held for held in kinds.values()) else set()
    return found | ({"several types"} if any(len(held) > 1 for held in kinds.values()) else set())


def _kind(value: Any) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return "int" if -(2**31) <= value < 2**31 else "bigint"
    return type(value).__name__


def _files(
    rng: Random, records: list[dict[str, Any]], odd: set[str]
) -> tuple[tuple[tuple[str, bytes], ...], tuple[tuple[str, Any], ...]]:
    """Return the records in one to three files, now and then not one in a line, and the options that read them."""
    options: tuple[tuple[str, Any], ...] = ()
    cut = rng.randint(0, len(records)) if rng.random() < 0.4 else len(records)
    parts = [part for part in (records[:cut], records[cut:]) if part]
    style = rng.choices(("lines", "pretty", "array", "pretty array", "in a row", "broken"), (20, 1, 1, 1, 1, 1))[0]
    if style in ("pretty", "pretty array", "in a row") and rng.random() < 0.6:
        options = (("multiLine", True),)
    elif style != "lines":
        odd.add(f"{style} in the lines")
    folders = ["", ""]
    if rng.random() < 0.1:
        folders = rng.choice((["sub/", ""], ["sub/", "deep/er/"], ["year=2024/", "year=2023/"]))
        odd |= {"partition folders"} if "year" in folders[0] else set()
    files = []
    for at, part in enumerate(parts):
        data = _spelled(part, style).encode()
        if rng.random() < 0.08:
            data = b"\xef\xbb\xbf" + data
        packed = rng.random() < 0.1
        name = f"{folders[at]}part-{at}.json{'.gz' if packed else ''}"
        files.append((name, gzip.compress(data, mtime=0) if packed else data))
    return tuple(files), options


def _spelled(records: list[dict[str, Any]], style: str) -> str:
    lines = [json.dumps(record, ensure_ascii=False) for record in records]
    if style == "pretty":
        return "\n".join(json.dumps(record, indent=1) for record in records)
    if style == "array":
        return "[" + ",".join(lines) + "]\n"
    if style == "pretty array":
        return json.dumps(records, indent=1)
    if style == "in a row":
        return "".join(lines)
    if style == "broken":
        lines.insert(len(lines) // 2, lines[0][: len(lines[0]) // 2])
    return "\n".join(lines) + "\n"
