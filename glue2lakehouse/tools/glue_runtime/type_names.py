"""Type names as scripts and catalogs write them: `Int`, `bigint`, `decimal(10,2)`, `array<struct<a:int>>`."""

import re

from glue2lakehouse.tools.glue_runtime import gluetypes as t

_SYNONYMS = {
    "integer": "int", "bigint": "long", "smallint": "short", "tinyint": "byte", "bool": "boolean", "real": "float",
    "varchar": "string", "char": "string", "text": "string", "list": "array", "numeric": "decimal",
    "timestamp_ltz": "timestamp", "timestampntz": "timestamp_ntz", "void": "null", "double precision": "double",
}  # fmt: skip
_SIZED = re.compile(r"([a-z_ ]+)\(\s*(\d+)\s*(?:,\s*(\d+)\s*)?\)")


def parse_type(text: str) -> t.DataType:
    """Return the type of a name, whatever its case; ValueError for a name that Glue does not know."""
    name = text.strip().lower()
    if "<" in name:
        return _parse_nested(text.strip())
    sized = _SIZED.fullmatch(name)
    base = _SYNONYMS.get((sized[1] if sized else name).strip(), (sized[1] if sized else name).strip())
    if base == "decimal" and sized:
        return t.DecimalType(int(sized[2]), int(sized[3] or 0))
    if base not in t.BY_NAME:
        raise ValueError(f"type {text!r} is not known; known: {', '.join(sorted(t.BY_NAME))}")
    return t.BY_NAME[base]()


def _parse_nested(text: str) -> t.DataType:
    head, _, rest = text.partition("<")
    inner = rest.strip()[:-1]
    kind = head.strip().lower()
    if kind in ("array", "list"):
        return t.ArrayType(parse_type(inner))
    if kind == "map":
        return t.MapType(parse_type(split_outside(inner, ",")[1]))
    if kind in ("struct", "row"):
        pairs = [split_outside(member, ":") for member in split_outside(inner, ",")]
        return t.StructType([t.Field(pair[0].strip().strip("`"), parse_type(":".join(pair[1:]))) for pair in pairs])
    raise ValueError(f"type {text!r} is not known")


def split_outside(text: str, separator: str) -> list[str]:
    """Split at a separator that stands outside of any brackets."""
    parts, depth = [""], 0
    for char in text:
        depth += {"<": 1, "(": 1, ">": -1, ")": -1}.get(char, 0)
        if char == separator and depth == 0:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def type_name(kind: t.DataType) -> str:
    """Spell a type as the Data Catalog does (Hive names)."""
    if isinstance(kind, t.StructType):
        return f"struct<{','.join(f'{field.name}:{type_name(field.dataType)}' for field in kind.fields)}>"
    if isinstance(kind, t.ArrayType | t.SetType):
        return f"array<{type_name(kind.elementType)}>"
    if isinstance(kind, t.MapType):
        return f"map<string,{type_name(kind.valueType)}>"
    if isinstance(kind, t.ChoiceType):
        return f"struct<{','.join(f'{name}:{type_name(choice)}' for name, choice in kind.choices.items())}>"
    if isinstance(kind, t.DecimalType):
        return f"decimal({kind.precision},{kind.scale})"
    names = {"long": "bigint", "short": "smallint", "byte": "tinyint", "null": "string", "unknown": "string"}
    return names.get(kind.typeName(), kind.typeName())


def tree(schema: t.StructType) -> str:
    """Return what `printSchema` prints: one node a field, a choice with its types below it."""
    return "\n".join(["root", *_branches(schema, "|-- ")])


def _branches(kind: t.DataType, indent: str) -> list[str]:
    if isinstance(kind, t.StructType):
        members = [(field.name, field.dataType) for field in kind.fields]
    elif isinstance(kind, t.ArrayType | t.SetType):
        members = [("element", kind.elementType)]
    elif isinstance(kind, t.MapType):
        members = [("keyType", kind.keyType), ("valueType", kind.valueType)]
    elif isinstance(kind, t.ChoiceType):
        return [
            line
            for choice in kind.choices.values()
            for line in [indent + choice.typeName(), *_branches(choice, "|    " + indent)]
        ]
    else:
        return []
    return [
        line
        for name, part in members
        for line in [f"{indent}{name}: {part.typeName()}", *_branches(part, "|    " + indent)]
    ]
