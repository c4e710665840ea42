"""What a text of SQL says of its tables: the columns that it asks for, what they are compared with, how they are joined."""

import logging
from typing import Any, NamedTuple

# It warns of statements that it takes as they are; nothing is wrong with those.
logging.getLogger("sqlglot").setLevel(logging.ERROR)
Literal = tuple[str, Any]


class SqlFacts(NamedTuple):
    """`columns` are (table or alias, name), `tables` maps an alias to (database, table)."""

    made: set[str]
    tables: dict[str, tuple[str, str]]
    columns: list[tuple[str, str]]
    literals: list[Literal]
    keys: list[list[str]]


def sql_facts(text: str, *, whole: bool) -> SqlFacts | None:
    """Return the facts of a query, or of a part of one (`whole` False); None where it is no SQL."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.errors import SqlglotError

    try:
        tree: Any = sqlglot.parse_one(text if whole else f"SELECT {text}", dialect="spark")
    except SqlglotError:
        return None
    aliases = [alias for alias in tree.find_all(exp.Alias) if alias.alias not in _columns_in(alias)]
    literals: list[Literal] = []
    keys: list[list[str]] = []
    for comparison in tree.find_all(exp.Predicate, exp.In):
        columns = [column.name for column in comparison.find_all(exp.Column)]
        literals += [(column, _plain(item)) for item in comparison.find_all(exp.Literal) for column in columns[:1]]
        if isinstance(comparison, exp.EQ) and len(columns) > 1:
            keys.append(columns)
    return SqlFacts(
        made={alias.alias for alias in aliases},
        tables={table.alias_or_name.lower(): (table.db, table.name) for table in tree.find_all(exp.Table)},
        columns=[(column.table.lower(), column.name) for column in tree.find_all(exp.Column)],
        literals=literals,
        keys=keys,
    )


def columns_of_sql(text: str) -> list[str]:
    """Return the columns of a condition, each once."""
    found = sql_facts(text, whole=False)
    return list(dict.fromkeys(name for _, name in found.columns)) if found else []


def _plain(literal: Any) -> Any:
    value: Any = literal.this
    if literal.is_string:
        return value
    return float(value) if "." in value or "e" in value.lower() else int(value)


def _columns_in(tree: Any) -> set[str]:
    from sqlglot import exp

    return {column.name for column in tree.find_all(exp.Column)}
