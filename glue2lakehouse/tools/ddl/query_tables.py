"""The tables that a parsed statement names."""

from collections.abc import Iterator

from sqlglot import exp


def tables_in(tree: exp.Expr) -> Iterator[exp.Table]:
    """Yield the tables of the catalog that a statement names; its own CTEs are none."""
    known = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not (not table.db and table.name.lower() in known):
            yield table


def parts_of(table: exp.Table) -> tuple[str, ...]:
    """Return the parts of a table's name, as they were written."""
    return tuple(part for part in (table.catalog, table.db, table.name) if part)
