"""Glue's type names as Spark SQL's. Source: semantics of ApplyMapping and gluetypes."""

import re

_NAMES = {
    "string": "string", "varchar": "string", "char": "string",
    "int": "int", "integer": "int",
    "long": "bigint", "bigint": "bigint",
    "short": "smallint", "smallint": "smallint",
    "byte": "tinyint", "tinyint": "tinyint",
    "float": "float", "double": "double",
    "boolean": "boolean", "bool": "boolean",
    "date": "date", "timestamp": "timestamp",
    "binary": "binary",
}  # fmt: skip
NESTED = ("array", "struct", "map")
WHOLE = frozenset({"tinyint", "smallint", "int", "bigint"})
"""Spark's names of the types of whole numbers."""


def spark_type(name: str) -> str | None:
    """Return Spark's name of a Glue type in any case; "" for nested types, which are kept; None where there is none.

    A decimal without precision has Glue's default, (10, 2).
    """
    lowered = name.strip().lower()
    if lowered in _NAMES:
        return _NAMES[lowered]
    if match := re.fullmatch(r"decimal(\(\s*\d+\s*,\s*-?\d+\s*\))?", lowered):
        return "decimal" + (re.sub(r"\s", "", match[1]) if match[1] else "(10,2)")
    if lowered.startswith(NESTED) and re.fullmatch(r"(array|struct|map)(<.*>)?", lowered):
        return ""
    return None


_NUMBERS = WHOLE | {"float", "double", "decimal"}
_CASTABLE = {
    "date": frozenset({"string", "date", "timestamp"}),
    "timestamp": _NUMBERS | {"string", "date", "timestamp"},
    "boolean": _NUMBERS | {"string", "boolean"},
    "binary": frozenset({"string", "binary"}),
    **dict.fromkeys(_NUMBERS, _NUMBERS | {"string", "boolean", "timestamp"}),
}


def is_castable(source: str, target: str) -> bool:
    """Whether Spark casts values of one type (Spark's name) to another at all: what it does not, `try_cast` refuses as well."""
    held = _CASTABLE.get(source.partition("(")[0])
    return held is None or target.partition("(")[0] in held


def path_parts(path: str) -> list[str] | None:
    """Return the parts of a path: dots nest, backticks keep a dot; None where it is malformed or goes into an array.

    >>> path_parts("a.`b.c`")
    ['a', 'b.c']
    """
    if re.search(r"[^\w.`\[\]]", path) and "`" not in path and path.endswith("."):
        return None
    parts = re.findall(r"`([^`]+)`|([^`.]+)", path)
    rebuilt = ".".join(f"`{quoted}`" if quoted else bare for quoted, bare in parts)
    if rebuilt != path or "[]" in path:
        return None
    return [quoted or bare for quoted, bare in parts]


def column(parts: list[str]) -> str:
    """Return a column reference for Spark SQL; backticks only where they are needed."""
    return ".".join(
        part if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", part) and part.lower() not in _WORDS else f"`{part}`"
        for part in parts
    )


_WORDS = frozenset("date timestamp interval case when then else end not and or null true false in is like between from "
                   "select where order group by table all any cast current_date current_timestamp user exists".split())  # fmt: skip
