"""SQL statements that name one thing and that the parser has no tree for, or a poor one: the name is found by the words before it."""

import re
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.literals import HOLE

NAME = rf"(?:`[^`]+`|[\w{HOLE}-]+)"
NAMES = rf"{NAME}(?:\.{NAME})*"
_OF_TABLES = (
    r"MSCK\s+REPAIR\s+TABLE",
    r"SHOW\s+(?:PARTITIONS|CREATE\s+TABLE|TBLPROPERTIES|COLUMNS\s+(?:IN|FROM))",
    "OPTIMIZE",
    "VACUUM",
    r"REPAIR\s+TABLE",
    r"GENERATE\s+\w+\s+FOR\s+TABLE",
    r"ALTER\s+TABLE(?![\s\S]*\bRENAME\b)",
    r"DESC(?:RIBE)?\s+(?:TABLE(?:\s+(?:EXTENDED|FORMATTED))?|DETAIL)",
)
_OF_SCHEMAS = (
    r"SHOW\s+(?:TABLES|VIEWS|TABLE\s+EXTENDED)\s+(?:IN|FROM)",
    r"ANALYZE\s+TABLES\s+(?:IN|FROM)",
    r"DESC(?:RIBE)?\s+(?:DATABASE|SCHEMA)(?:\s+EXTENDED)?",
    r"ALTER\s+(?:DATABASE|SCHEMA)",
    r"CREATE\s+(?:DATABASE|SCHEMA)(?:\s+IF\s+NOT\s+EXISTS)?",
    r"DROP\s+(?:DATABASE|SCHEMA)(?:\s+IF\s+EXISTS)?",
)
_COMMANDS = re.compile(
    rf"\s*(?:(?:{'|'.join(_OF_TABLES)})\s+(?P<table>{NAMES})|(?:{'|'.join(_OF_SCHEMAS)})\s+(?P<schema>{NAMES}))",
    re.IGNORECASE,
)
_USED = re.compile(rf"\s*USE\s+(?:CATALOG\s+)?(?P<catalog>{NAME})\s*;?\s*", re.IGNORECASE)
_MORE = re.compile(r";\s*\S")
_ALL_SCHEMAS = re.compile(
    rf"\s*SHOW\s+(?P<word>DATABASES|SCHEMAS|NAMESPACES)\b(?:\s+(?:IN|FROM)\s+(?P<catalog>{NAME}))?(?P<like>\s+\S)?",
    re.IGNORECASE,
)


class Command(NamedTuple):
    """The name in a statement, where it begins, whether it is a schema's, and whether other statements follow."""

    name: str
    start: int
    is_schema: bool
    alone: bool


class Listing(NamedTuple):
    """A statement that lists schemas: where a catalog stands or would have to (start, end, before it), and whether it has a pattern."""

    catalog: str
    start: int
    end: int
    before: str
    by_pattern: bool


def command_in(sql: str) -> Command | None:
    """Return what a statement of this kind names; None for any other statement."""
    match = _COMMANDS.match(sql)
    if match is None:
        return None
    group = "table" if match["table"] else "schema"
    return Command(match[group], match.start(group), group == "schema", _MORE.search(sql, match.end()) is None)


def used_in(sql: str) -> tuple[str, int, int] | None:
    """Return what `USE name` or `USE CATALOG name` makes current, and where all that follows `USE` stands."""
    match = _USED.fullmatch(sql)
    return (match["catalog"], sql.upper().index("USE") + 4, match.end("catalog")) if match is not None else None


def listing_in(sql: str) -> Listing | None:
    """Return what a text says that lists the schemas of a catalog, or of the current one."""
    match = _ALL_SCHEMAS.match(sql)
    if match is None:
        return None
    if match["catalog"]:
        return Listing(match["catalog"], *match.span("catalog"), "", bool(match["like"]))
    return Listing("", *match.span("word"), f"{match['word']} IN ", bool(match["like"]))
