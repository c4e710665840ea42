"""One spelling for each column type, whether Hive, Glue, Spark, Delta or Unity Catalog wrote it; and what a change of type does.

Hive: LanguageManual Types. Spark: sql-ref-datatypes. Delta: type widening (widening-type-changes).
"""

import re
from collections.abc import Iterator
from typing import Literal

_NAMES = {
    "byte": "tinyint",
    "short": "smallint",
    "integer": "int",
    "long": "bigint",
    "real": "float",
    "double precision": "double",
    "numeric": "decimal",
    "dec": "decimal",
    "bool": "boolean",
    "text": "string",
    "timestamp_ltz": "timestamp",
    "timestamp with local time zone": "timestamp",
    "timestamp without time zone": "timestamp_ntz",
    "null": "void",
    "character varying": "varchar",
    "character": "char",
}
_INTEGERS = ("tinyint", "smallint", "int", "bigint")
_DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 20}
_TOKEN = re.compile(r"`(?:[^`]|``)*`|'(?:[^'\\]|\\.)*'|[<>,:()]|[^\s<>,:()`']+")
_AFTER_TYPE = ("not", "comment", "collate", "default")

Change = Literal["same", "wider", "looser", "other"]
"""`wider`: every value of the old type is one of the new; `looser`: text without its limit of length; `other`: values may change."""


def normal_type(text: str) -> str:
    """Return one spelling: lower case, no blanks, aliases resolved, `decimal` as `decimal(10,0)`, comments left out.

    A text that cannot be parsed comes back in lower case without blanks: two of them are equal only if they look equal.
    """
    tokens = _TOKEN.findall(text)
    try:
        kind, rest = _type(tokens)
    except (IndexError, ValueError):
        return re.sub(r"\s+", "", text).lower()
    return kind if not rest else re.sub(r"\s+", "", text).lower()


def change_of(before: str, after: str) -> Change:
    """Say what it means that a column of type `before` is now of type `after`."""
    old, new = normal_type(before), normal_type(after)
    if old == new:
        return "same"
    limit, more = (re.fullmatch(r"varchar\((\d+)\)", kind) for kind in (old, new))
    if (old.startswith(("varchar(", "char(")) and new == "string") or (limit and more and int(limit[1]) < int(more[1])):
        return "looser"
    if _is_wider(old, new):
        return "wider"
    return "other"


def parts_of(kind: str) -> dict[str, str]:
    """Return what a nested type, as `normal_type` spells it, is made of: fields, `element`, or `key` and `value`."""
    outer, _, inner = kind.partition("<")
    if outer not in ("array", "map", "struct") or not inner.endswith(">"):
        return {}
    pieces = list(_pieces(inner[:-1]))
    if outer == "struct":
        return dict(piece.partition(":")[::2] for piece in pieces)
    return dict(zip(("element",) if outer == "array" else ("key", "value"), pieces, strict=False))


def _pieces(text: str) -> Iterator[str]:
    """Split at the commas that stand in no bracket."""
    depth = start = 0
    for at, letter in enumerate(text):
        depth += (letter in "<(") - (letter in ">)")
        if letter == "," and not depth:
            yield text[start:at]
            start = at + 1
    if text:
        yield text[start:]


def _is_wider(old: str, new: str) -> bool:
    if old in _INTEGERS and new in _INTEGERS:
        return _INTEGERS.index(new) > _INTEGERS.index(old)
    if (old, new) in (("float", "double"), ("date", "timestamp_ntz")):
        return True
    if new == "double" and old in _INTEGERS[:3]:
        return True
    to = _decimal(new)
    if to is None:
        return False
    was = (_DIGITS[old], 0) if old in _INTEGERS else _decimal(old)
    return was is not None and to[1] >= was[1] and to[0] - to[1] >= was[0] - was[1]


def _decimal(kind: str) -> tuple[int, int] | None:
    match = re.fullmatch(r"decimal\((\d+),(\d+)\)", kind)
    return (int(match[1]), int(match[2])) if match else None


def _type(tokens: list[str]) -> tuple[str, list[str]]:
    words = []
    while tokens and re.fullmatch(r"[A-Za-z_]\w*", tokens[0]) and tokens[0].lower() not in _AFTER_TYPE:
        words.append(tokens[0].lower())
        tokens = tokens[1:]
    name = " ".join(words)
    name = _NAMES.get(name, name)
    if not name:
        raise ValueError("no type")
    if name in ("array", "map", "struct") and tokens[:1] == ["<"]:
        return _nested(name, tokens[1:])
    if tokens[:1] == ["("]:
        end = tokens.index(")")
        given = [token for token in tokens[1:end] if token != ","]
        if name == "decimal":
            given = [*given, "0"][:2]
        if name in ("timestamp", "timestamp_ntz", "string"):
            return name, tokens[end + 1 :]
        return f"{name}({','.join(given)})", tokens[end + 1 :]
    return ("decimal(10,0)" if name == "decimal" else name), tokens


def _nested(name: str, tokens: list[str]) -> tuple[str, list[str]]:
    parts = []
    while tokens[0] != ">":
        field = ""
        if name == "struct":
            field = tokens[0].strip("`").replace("``", "`").lower() + ":"
            tokens = tokens[2:] if tokens[1] == ":" else tokens[1:]
        kind, tokens = _type(tokens)
        parts.append(field + kind)
        tokens = _skip_clauses(tokens)
        if tokens[0] == ",":
            tokens = tokens[1:]
    return f"{name}<{','.join(parts)}>", tokens[1:]


def _skip_clauses(tokens: list[str]) -> list[str]:
    """Leave out `NOT NULL`, `COMMENT '…'` and the like behind a field's type."""
    while tokens[0] not in (",", ">"):
        tokens = tokens[1:]
    return tokens
