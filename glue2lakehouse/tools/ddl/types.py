"""Spell Hive and Athena column types as Unity Catalog does; a type without an equal is refused.

Hive: LanguageManual Types. Athena: data-types. Databricks: sql-ref-datatypes.
"""

from glue2lakehouse.tools.ddl.cursor import Cursor, Unreadable

_PLAIN = {
    "TINYINT": "TINYINT",
    "SMALLINT": "SMALLINT",
    "INT": "INT",
    "INTEGER": "INT",
    "BIGINT": "BIGINT",
    "LONG": "BIGINT",
    "BOOLEAN": "BOOLEAN",
    "FLOAT": "FLOAT",
    "STRING": "STRING",
    "BINARY": "BINARY",
    "DATE": "DATE",
    "VOID": "VOID",
}
_REFUSED = {
    "UNIONTYPE": "a union has no equal in Delta; store it as a STRUCT with one nullable field for each branch",
    "TIME": "a time of day has no column type on Databricks; keep it as STRING or as seconds in an INT",
    "INTERVAL_YEAR_MONTH": "an interval cannot be stored in a Delta column; keep it as a number of months",
    "INTERVAL_DAY_TIME": "an interval cannot be stored in a Delta column; keep it as a number of seconds",
}
IDENTIFIER = r"[A-Za-z_][A-Za-z0-9_]*"
_RESERVED = frozenset(
    "all alter and any anti array as at between both by case cast check collate column constraint create cross cube"
    " delete describe distinct drop else end escape except exists external false fetch filter for foreign from full"
    " grant group having in inner insert intersect into is join lateral leading left like map minus natural not null"
    " on only or order outer overlaps primary references rename right rollup row rows select semi session_user set"
    " some struct table then to trailing true union unique unknown update user using values when where with".split()
)


def quoted(name: str) -> str:
    """Return a name as Spark SQL reads it back: in backticks unless it is plain and no keyword; variables stay bare."""
    if "${" in name or "{{" in name:
        return name
    plain = name.isascii() and name.replace("_", "a").isalnum() and not name[0].isdigit()
    return name if plain and name.lower() not in _RESERVED else "`" + name.replace("`", "``") + "`"


def parse_type(cursor: Cursor) -> str:
    """Read one type and return it as Unity Catalog spells it. Raises Unreadable for what has no equal."""
    token = cursor.next()
    name = token.text.upper()
    if name in _REFUSED:
        raise Unreadable(f"type {token.text.lower()} has no equal in Unity Catalog", token.line, _REFUSED[name])
    if name in ("ARRAY", "MAP", "STRUCT"):
        return _nested(cursor, name)
    if name == "DOUBLE":
        cursor.take("PRECISION")
        return "DOUBLE"
    if name == "TIMESTAMP":
        return _timestamp(cursor)
    if name in ("DECIMAL", "NUMERIC", "DEC"):
        return f"DECIMAL({','.join(_arguments(cursor)) or '10,0'})" if cursor.at("(") else "DECIMAL(10,0)"
    if name in ("VARCHAR", "CHAR", "CHARACTER"):
        arguments = _arguments(cursor) if cursor.at("(") else []
        if not arguments:
            return "STRING" if name == "VARCHAR" else "CHAR(1)"
        return f"{'VARCHAR' if name == 'VARCHAR' else 'CHAR'}({arguments[0]})"
    if name in _PLAIN and token.kind in ("word", "quoted"):
        return _PLAIN[name]
    raise Unreadable(f"`{token.text[:40]}` is not a type that Hive or Athena documents", token.line)


def _timestamp(cursor: Cursor) -> str:
    cursor.take("WITH", "LOCAL", "TIME", "ZONE")
    if cursor.at("("):
        cursor.group()
    return "TIMESTAMP"


def _arguments(cursor: Cursor) -> list[str]:
    return "".join(token.text for token in cursor.group()).split(",")


def _nested(cursor: Cursor, name: str) -> str:
    cursor.expect("<")
    parts: list[str] = []
    while True:
        if name == "STRUCT":
            field = quoted(cursor.identifier())
            cursor.take(":")
            text = f"{field}: {parse_type(cursor)}"
            if cursor.take("COMMENT"):
                text += " COMMENT '" + cursor.string().replace("\\", "\\\\").replace("'", "\\'") + "'"
            parts.append(text)
        else:
            parts.append(parse_type(cursor))
        if not cursor.take(","):
            break
    cursor.expect(">")
    return f"{name}<{', '.join(parts)}>"
