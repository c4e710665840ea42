"""ApplyMapping and ResolveChoice on DataFrames, for mappings and specs that are only known at run time."""

import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from glue2lakehouse.tools.rewrite.runtime.frames import _parts

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
        source, target = _parts(entry[0]), _parts(entry[-2] if len(entry) == 4 else entry[1])
        expression = ".".join(_quoted(part) for part in source)
        if len(entry) == 4 and not re.match(r"(array|struct|map)\b", entry[3].lower()):
            kind = _TYPES.get(entry[3].lower(), entry[3].lower())
            expression = f"try_cast({expression} AS {kind})"
        level = tree
        for depth, part in enumerate(target, 1):
            last = depth == len(target)
            alike = [name for name in level if name.lower() == part.lower()] if isinstance(level, dict) else [part]
            if not isinstance(level, dict) or (alike and (last or alike != [part])):
                raise ValueError(f"the target {'.'.join(target)} is mapped twice, or spelled in two ways")
            level = level.setdefault(part, expression if last else {})
    return frame.selectExpr(*[f"{_expression(held)} AS {_quoted(name)}" for name, held in tree.items()])


def resolve_choices(frame: DataFrame, specs) -> DataFrame:
    """Cast columns by pairs of path and `cast:type`, inside structs too; what cannot be cast becomes null.

    A path that does not exist changes nothing, as in Glue. Raises ValueError for other actions, which only act on columns that
    hold values of several types, for paths into arrays, for a path that comes twice, and for structs, arrays and maps.
    """
    pairs = [specs] if isinstance(specs, tuple) else list(specs)
    if len({path.lower() for path, _ in pairs}) < len(pairs):
        raise ValueError(f"two of the specs {pairs} are of one column: keep the one that is meant")
    for path, action in pairs:
        verb, _, kind = action.partition(":")
        if verb != "cast" or "[]" in path:
            raise ValueError(f"{action} of {path} has no counterpart in Spark: convert it by hand")
        first, *inner = _parts(path)
        held = _reached(frame.schema, [first, *inner])
        if held is None:
            continue
        if isinstance(held, T.StructType | T.ArrayType | T.MapType):
            raise ValueError(
                f"{path} is {held.simpleString()} and becomes {kind}, which Glue documents nowhere: use to_json"
            )
        spelled = ".".join(_quoted(part) for part in (first, *inner))
        value = F.expr(f"try_cast({spelled} AS {_TYPES.get(kind.lower(), kind.lower())})")
        if inner:
            value = F.col(_quoted(first)).withField(".".join(_quoted(part) for part in inner), value)
        frame = frame.withColumn(first, value)
    return frame


def _reached(kind, parts):
    """Return the type at the path, None where it does not exist; raises where it differs in case only, or goes into an array."""
    for part in parts:
        if not isinstance(kind, T.StructType):
            raise ValueError(f"{'.'.join(parts)} goes into {kind.simpleString()}: convert this cast by hand")
        same = [field for field in kind.fields if field.name == part]
        if not same:
            near = [field.name for field in kind.fields if field.name.lower() == part.lower()]
            if near:
                raise ValueError(f"{part} is spelled {near[0]} in the frame; spell it the same way")
            return None
        kind = same[0].dataType
    return kind


def _quoted(name):
    return "`" + name.replace("`", "``") + "`"


def _expression(held):
    if not isinstance(held, dict):
        return held
    return "struct(" + ", ".join(f"{_expression(inner)} AS {_quoted(name)}" for name, inner in held.items()) + ")"
