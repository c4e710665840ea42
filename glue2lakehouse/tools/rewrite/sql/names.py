"""Tables and schemas that SQL text names, and the text with their names as three levels; all else stays byte for byte."""

import logging
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from glue2lakehouse.tools.ddl.qualifiers import table_qualifiers
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.sql.commands import NAME, command_in

logging.getLogger("sqlglot").setLevel(logging.ERROR)
FILE_FORMATS = frozenset("parquet csv json orc delta avro text binaryfile".split())
_SILENT = re.compile(r"\s*(?:SET|RESET|ADD|LIST|CLEAR|SHOW|CALL|MSCK|OPTIMIZE|VACUUM|REPAIR)\b", re.IGNORECASE)
_BEFORE_A_QUERY = re.compile(
    r"\s*(?:EXPLAIN(?:\s+(?:EXTENDED|CODEGEN|COST|FORMATTED))?\b"
    r"|INSERT\s+OVERWRITE\s+(?:LOCAL\s+)?DIRECTORY\b[\s\S]*?(?=\b(?:SELECT|WITH|FROM|VALUES)\b)"
    r"|(?=TABLE\s))",
    re.IGNORECASE,
)
"""What stands before a query that is read by itself."""
_IN_STEAD = (
    (re.compile(r"(\s*)REPLACE(?=\s+TABLE\b)", re.I), r"\1CREATE "),
    (re.compile(r"(\s*)TABLE(?=\s)", re.I), r"\1FROM "),
)
"""Words of the same length that the parser knows: REPLACE TABLE makes a table, TABLE name is FROM name."""
_GIVEN_TABLE = re.compile(rf"\bTABLE\s*\(\s*{NAME}(?:\.{NAME})+\s*\)", re.IGNORECASE)
"""A table that is handed to a table function, which the parser does not name."""
_TEMPORARY = re.compile(
    rf"\bTEMP(?:ORARY)?\s+VIEW\s+(?:IF\s+NOT\s+EXISTS\s+)?({NAME})|\bCACHE\s+(?:LAZY\s+)?TABLE\s+({NAME})\s+AS",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a name and its place in the text (end after the last character, quotes included)."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Name:
    """A table's or schema's name as the text spells it, outermost part first; `aliased` where it has another beside it."""

    parts: tuple[Part, ...]
    is_schema: bool = False
    aliased: bool = False


@dataclass(slots=True)
class Statement:
    """What a text names. `understood` is False where it could not be parsed; `local` are names that it makes itself.

    `qualifiers` are names before those of columns, each with the table that it stands for; `computed` are those put together.
    """

    names: list[Name] = field(default_factory=list)
    qualifiers: list[tuple[Name, Name]] = field(default_factory=list)
    computed: list[Name] = field(default_factory=list)
    local: set[str] = field(default_factory=set)
    understood: bool = True


def temporary_views(sql: str) -> Iterator[str]:
    """Yield the names of the temporary views and cached queries that a text creates, in lower case."""
    for match in _TEMPORARY.finditer(sql):
        yield (match[1] or match[2]).strip("`").lower()


def read_sql(sql: str) -> Statement:
    """Return the tables and schemas that a text of one or more statements names."""
    found = Statement(local=set(temporary_views(sql)))
    if (command := command_in(sql)) is not None:
        found.names.append(_spelled(command.name, command.start, command.is_schema))
        found.understood = command.alone
        return found
    if _SILENT.match(sql):
        found.understood = not re.match(r"\s*CALL\b", sql, re.IGNORECASE)
        return found
    before = _BEFORE_A_QUERY.match(sql)
    readable = " " * before.end() + sql[before.end() :] if before else sql
    for words, others in _IN_STEAD:
        readable = words.sub(others, readable, count=1) if words.match(readable) else readable
    try:
        trees = sqlglot.parse(readable, dialect="databricks")
    except (SqlglotError, RecursionError):
        found.understood = False
        return found
    for tree in trees:
        if tree is not None:
            _collect(tree, found, sql)
    found.understood &= _GIVEN_TABLE.search(sql) is None
    return found


def _collect(tree: exp.Expr, found: Statement, sql: str) -> None:
    if isinstance(tree, exp.Command):
        found.understood = False
        return
    found.local |= {cte.alias_or_name.lower() for cte in tree.find_all(exp.CTE)}
    kind = str(tree.args.get("kind") or "").upper() if isinstance(tree, exp.Use | exp.Create | exp.Drop) else ""
    tables: list[tuple[exp.Table, Name]] = []
    for table in tree.find_all(exp.Table):
        if not isinstance(table.this, exp.Identifier) or isinstance(table.parent, exp.JoinHint):
            continue
        parts = _parts([part for part in (table.args.get("catalog"), table.args.get("db"), table.this) if part], sql)
        if parts is None:
            found.understood = False
            continue
        is_schema = isinstance(tree, exp.Use) and table is tree.find(exp.Table) and kind != "CATALOG"
        name = Name(parts, is_schema, bool(table.alias))
        if kind != "FUNCTION" or len(parts) > 1:
            found.names.append(name)
        if not name.aliased:
            tables.append((table, name))
    for spelled, name in table_qualifiers(tree, tables, _levels):
        parts = _parts(spelled, sql)
        if parts is not None:
            found.qualifiers.append((Name(parts), name))
    for column in tree.find_all(exp.Column) if HOLE in sql else ():
        before = [part for key in ("catalog", "db", "table") if (part := column.args.get(key))]
        if any(HOLE in part.name for part in before) and (parts := _parts(before, sql)) is not None:
            found.computed.append(Name(parts))


def _parts(identifiers: Iterable[exp.Expr], sql: str) -> tuple[Part, ...] | None:
    """Return identifiers with their places; None where the parser does not say where they stand in the text."""
    parts = []
    for each in identifiers:
        if not isinstance(each, exp.Identifier) or "start" not in each.meta:
            return None
        part = Part(each.name, each.meta["start"], each.meta["end"] + 1)
        if sql[part.start : part.end].strip("`").replace("``", "`") != part.text:
            return None
        parts.append(part)
    return tuple(parts)


def _levels(name: Name) -> tuple[str, ...]:
    return tuple(part.text.lower() for part in name.parts)


def qualified(statement: Statement, new_name: Callable[[Name], str | None]) -> Iterator[tuple[int, int, str]]:
    """Yield the changes of the names before columns that follow from those of the tables which they stand for."""
    for qualifier, name in statement.qualifiers:
        wanted = new_name(name)
        target = name_in(wanted) if wanted is not None else None
        asked = _levels(qualifier)
        if target is None or HOLE in "".join(asked):
            continue
        last = target.parts[-len(asked) :]
        if tuple(part.text.lower() for part in last) != asked:
            assert wanted is not None
            yield qualifier.parts[0].start, qualifier.parts[-1].end, wanted[last[0].start :]


def _spelled(text: str, start: int, is_schema: bool) -> Name:
    parts = tuple(
        Part(match[0].strip("`"), start + match.start(), start + match.end()) for match in re.finditer(NAME, text)
    )
    return Name(parts, is_schema)


def name_in(text: str) -> Name | None:
    """Return a text that is nothing but a name, for instance the argument of `spark.table`."""
    if not re.fullmatch(rf"{NAME}(?:\.{NAME})*", text):
        return None
    return _spelled(text, 0, False)


_LOOKED_UP = re.compile(r"\{uc_|['\"]{1,3} \+ uc_")
"""A helper in a hole of an f-string, or between two literals of a sum."""


def rename(
    text: Text, names: list[Name], new_name: Callable[[Name], str | None], others: Iterable[tuple[int, int, str]] = ()
) -> str | None:
    """Return the source with names replaced; None where a name is cut by quotes or cannot be written inside them.

    `others` are more changes of the text, by its positions.
    """
    changes: list[tuple[int, int, str]] = [*others]
    for name in names:
        wanted = new_name(name)
        if wanted is None:
            continue
        start, end = name.parts[0].start, name.parts[-1].end
        added = wanted
        for part in name.parts:
            if HOLE in part.text:
                added = added.replace(text.hole(part.start, part.end), "")
        first, last = text.places[start], text.places[end - 1] + 1
        quotes = re.search(r"[\"'\\\n]", added) and not _LOOKED_UP.match(wanted)
        if text.source[first:last] != _as_written(text, start, end) or quotes:
            return None
        changes.append((start, end, wanted))
    return text.replaced(changes)


def _as_written(text: Text, start: int, end: int) -> str:
    return "".join(text.source[place] for place in text.places[start:end])
