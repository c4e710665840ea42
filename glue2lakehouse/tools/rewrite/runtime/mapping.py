"""ApplyMapping on DataFrames, for mappings that are only known at run time."""

import re

from pyspark.sql import DataFrame

_TYPES = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint", "bool": "boolean",
          "decimal": "decimal(10,2)"}  # fmt: skip


def apply_mapping(frame: DataFrame, mappings) -> DataFrame:
    """Return the mapped columns only, renamed and cast; what cannot be cast becomes null.

    `mappings` holds (source, target) or (source, source type, target, target type). Dots nest, backticks keep a dot in a
    name, a dotted target builds a struct. Raises ValueError for a target that is mapped twice.
    """
    if isinstance(mappings, tuple) and mappings and isinstance(mappings[0], str):
        mappings = [mappings]
    tree: dict = {}
    for entry in mappings:
        if len(entry) not in (2, 4):
            raise ValueError(f"a mapping has 2 or 4 parts: {entry}")
        source, target = _path(entry[0]), _path(entry[-2] if len(entry) == 4 else entry[1])
        expression = ".".join(_quoted(part) for part in source)
        if len(entry) == 4 and not re.match(r"(array|struct|map)\b", entry[3].lower()):
            kind = _TYPES.get(entry[3].lower(), entry[3].lower())
            expression = f"try_cast({expression} AS {kind})"
        level = tree
        for part in target[:-1]:
            level = level.setdefault(part, {}) if isinstance(level, dict) else level
        if not isinstance(level, dict) or target[-1].lower() in (name.lower() for name in level):
            raise ValueError(f"the target {'.'.join(target)} is mapped twice")
        level[target[-1]] = expression
    return frame.selectExpr(*[f"{_expression(held)} AS {_quoted(name)}" for name, held in tree.items()])


def _path(text):
    return [quoted or bare for quoted, bare in re.findall(r"`([^`]+)`|([^`.]+)", text)]


def _quoted(name):
    return "`" + name.replace("`", "``") + "`"


def _expression(held):
    if not isinstance(held, dict):
        return held
    return "struct(" + ", ".join(f"{_expression(inner)} AS {_quoted(name)}" for name, inner in held.items()) + ")"
