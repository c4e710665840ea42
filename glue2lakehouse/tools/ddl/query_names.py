"""The names of the target in a query: of its tables, and of those tables before its columns."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from glue2lakehouse.tools.ddl.context import GLUE_CATALOG, Context
from glue2lakehouse.tools.ddl.qualifiers import Spelled, table_qualifiers
from glue2lakehouse.tools.ddl.query_tables import parts_of, tables_in
from glue2lakehouse.tools.ddl.types import quoted

Identifiers = list[exp.Identifier]


@dataclass(slots=True)
class Renamed:
    """One table: its levels in the target, whether it is called by its old name there, and where columns name it."""

    table: exp.Table
    levels: list[str]
    aliased: bool = False
    qualifiers: list[Identifiers] = field(default_factory=list)

    def before_columns(self) -> Iterator[tuple[Identifiers, list[str]]]:
        """Yield the names before columns that change, with the levels that take their place."""
        for parts in self.qualifiers:
            new = [self.table.name] if self.aliased else self.levels[-len(parts) :]
            if [part.name.lower() for part in parts] != [level.lower() for level in new]:
                yield parts, new


def renamed_tables(tree: exp.Expr, context: Context) -> list[Renamed]:
    """Return the tables of a query with what becomes of their names.

    A table whose own name changes is called by the old one where columns name it so; for one that cannot be, they change.
    """
    found = {id(table): Renamed(table, _levels(table, context)) for table in tables_in(tree)}
    plain = [
        (table, table)
        for table in tree.find_all(exp.Table)
        if isinstance(table.this, exp.Identifier) and not table.alias
    ]

    def levels(table: exp.Table) -> Spelled:
        if id(table) not in found:
            return (table.name.lower(),)
        database, name = context.key(parts_of(table))
        return (GLUE_CATALOG, database, name) if database else (name,)

    for parts, table in table_qualifiers(tree, plain, levels, alone=False):
        if id(table) in found:
            found[id(table)].qualifiers.append(parts)
    for one in found.values():
        renamed = one.levels[-1].lower() != one.table.name.lower()
        by_itself = any(len(parts) == 1 for parts in one.qualifiers)
        one.aliased = renamed and by_itself and isinstance(one.table.parent, exp.From | exp.Join | exp.Merge)
    return list(found.values())


def _levels(table: exp.Table, context: Context) -> list[str]:
    database, name = context.key(parts_of(table))
    return context.settings.table_for(database, name).split(".", 2) if database else [name]


def filled_in(tree: exp.Expr, context: Context, names: Mapping[str, str]) -> Iterator[str]:
    """Yield what to say of tables that are filled in at run time, where the mapping may name them otherwise.

    `names` are the names that stand for variables in the tree, with the variables.
    """
    for table in tables_in(tree) if context.settings.renames else ():
        parts = parts_of(table)
        if len(parts) > 1 and any(name in part for name in names for part in parts):
            shown = ".".join(parts)
            for name, variable in names.items():
                shown = shown.replace(name, variable)
            yield f"{shown} is filled in at run time, so the name mapping could not be applied to it"


def name_edits(tree: exp.Expr, context: Context) -> Iterator[tuple[int, int, str]]:
    """Yield the changes of a query's text (start, end, new) that put the names of the target into it."""
    for one in renamed_tables(tree, context):
        first = one.table.args.get("catalog") or one.table.args.get("db") or one.table.this
        alias = f" AS {quoted(one.table.name)}" if one.aliased else ""
        target = context.target(parts_of(one.table))
        yield first.meta["start"], one.table.this.meta["end"] + 1, target + alias
        for parts, new in one.before_columns():
            yield parts[0].meta["start"], parts[-1].meta["end"] + 1, ".".join(map(quoted, new))


def rename_in_tree(tree: exp.Expr, context: Context) -> None:
    """Put the names of the target into the tree of a query."""
    for one in renamed_tables(tree, context):
        for parts, new in one.before_columns():
            for part in parts[: -len(new)]:
                part.pop()
            for part, level in zip(parts[-len(new) :], new, strict=True):
                part.replace(exp.to_identifier(level))
        if one.aliased:
            one.table.set("alias", exp.TableAlias(this=exp.to_identifier(one.table.name)))
        padded: list[str | None] = [None] * (3 - len(one.levels)) + list(one.levels)
        for key, name in zip(("catalog", "db", "this"), padded, strict=True):
            one.table.set(key, exp.to_identifier(name) if name else None)
