"""Advice from what the requirements hand the optimization agent: a name, a format, a row count, partitions, and queries as SQL."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from glue2lakehouse.tools.optimize.advise import Advice, advise
from glue2lakehouse.tools.optimize.facts import TableFacts, TableUses

_FILTERS = (exp.EQ, exp.GT, exp.GTE, exp.LT, exp.LTE, exp.In, exp.Between)


def recommend(
    table_name: str,
    current_format: str,
    *,
    row_count: int | None = None,
    partition_columns: Sequence[str] = (),
    query_patterns: Sequence[str] = (),
) -> list[Advice]:
    """Return the advice for a table of which only this is known; queries that do not parse count for nothing."""
    facts = TableFacts(
        name=table_name.lower(),
        format=current_format.lower(),
        partition_columns=tuple(name.lower() for name in partition_columns),
        rows=row_count,
    )
    made = advise(facts, uses_in_queries(table_name, query_patterns))
    return [item.model_copy(update={"sql": item.sql.replace("{table}", table_name)}) for item in made]


def uses_in_queries(table_name: str, queries: Sequence[str]) -> TableUses:
    """Return how queries use one table: columns that are compared with a value, and those that are joined."""
    filters: dict[str, list[str]] = defaultdict(list)
    joins: dict[str, list[str]] = defaultdict(list)
    readers: list[str] = []
    merges: list[str] = []
    for number, text in enumerate(queries, start=1):
        try:
            tree = sqlglot.parse_one(text, read="databricks")
        except SqlglotError:
            continue
        alias = _alias(tree, table_name)
        if not alias:
            continue
        name = f"query {number}"
        changed = isinstance(tree, exp.Merge | exp.Update | exp.Delete)
        (merges if changed else readers).append(name)
        only = len(list(tree.find_all(exp.Table))) == 1
        for kind, column in _compared(tree):
            if column.table.lower() in alias or (only and not column.table):
                (joins if kind == "join" else filters)[column.name.lower()].append(name)
    return TableUses(
        filters={name: tuple(found) for name, found in filters.items()},
        joins={name: tuple(found) for name, found in joins.items()},
        readers=tuple(readers),
        writers=tuple(merges),
        merges=tuple(merges),
    )


def _alias(tree: exp.Expr, table_name: str) -> set[str]:
    """The names by which a query calls the table, empty when it does not read it."""
    wanted = table_name.lower().split(".")
    names = set()
    for table in tree.find_all(exp.Table):
        parts = [part.name.lower() for part in table.parts]
        shorter = min(len(parts), len(wanted))
        if parts[-shorter:] == wanted[-shorter:]:
            names |= {table.alias_or_name.lower(), table.name.lower()}
    return names


def _compared(tree: exp.Expr) -> Iterator[tuple[str, exp.Column]]:
    """A column beside a column is joined, one beside anything else is filtered; each counts once a query."""
    seen = set()
    for comparison in tree.find_all(*_FILTERS):
        inside = comparison.find_ancestor(exp.Where, exp.Join, exp.Merge)
        if inside is None:
            continue
        sides = [comparison.this, comparison.args.get("expression")]
        columns = [side for side in sides if isinstance(side, exp.Column)]
        kind = "join" if len(columns) == 2 else "filter"
        for column in columns:
            key = (kind, column.table.lower(), column.name.lower())
            if key not in seen:
                seen.add(key)
                yield kind, column
