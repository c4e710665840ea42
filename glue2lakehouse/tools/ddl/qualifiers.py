"""Names of tables before those of columns: which table of the statement each of them stands for, as Spark looks for it.

The nearest query that has such a table or alias counts; in it, a catalog, database and table are tried before a database and
table, and those before a table alone. What is left of the name is a column and the fields in it.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from sqlglot import exp

T = TypeVar("T")
Spelled = tuple[str, ...]
GLUE_CATALOGS = frozenset({"glue_catalog", "awsdatacatalog", "spark_catalog"})
"""Names of the catalog that a table without one is in, too."""
_SCOPES = (exp.Select, exp.Update, exp.Delete, exp.Merge)


@dataclass(slots=True)
class Scope(Generic[T]):
    """What the names before columns may stand for in one query: aliases, and tables without one by their levels in lower case."""

    aliases: set[str] = field(default_factory=set)
    tables: dict[Spelled, T] = field(default_factory=dict)

    def meant(self, asked: Spelled, alone: bool) -> T | bool | None:
        """Return the table, False where it is an alias or a name of one level, None where nothing here is called so."""
        if len(asked) == 1 and asked[0] in self.aliases:
            return False
        spelled = asked[1:] if len(asked) == 3 and asked[0] in GLUE_CATALOGS and asked not in self.tables else asked
        found = [table for levels, table in self.tables.items() if levels[-len(spelled) :] == spelled]
        shadowed = alone and len(asked) == 1 and asked in self.tables
        return (False if shadowed else found[0]) if found else None


def table_qualifiers(
    tree: exp.Expr, tables: Iterable[tuple[exp.Table, T]], levels: Callable[[T], Spelled], alone: bool = True
) -> Iterator[tuple[list[exp.Identifier], T]]:
    """Yield the parts of a column's name that name a table, and that table; `tables` are those without an alias.

    They come in pairs, since two tables of one name are equal to sqlglot. `alone`: a name of one level is a view, which nothing changes the name of.
    """
    columns = [column for column in tree.find_all(exp.Column) if column.args.get("table")]
    if not columns:
        return
    scopes: dict[int, Scope[T]] = {}
    for table, named in tables:
        scopes.setdefault(_scope_of(table), Scope()).tables[levels(named)] = named
    for alias in tree.find_all(exp.TableAlias):
        if not isinstance(alias.parent, exp.CTE):
            scopes.setdefault(_scope_of(alias), Scope()).aliases.add(alias.name.lower())
    for column in columns:
        parts = [part for key in ("catalog", "db", "table") if (part := column.args.get(key))]
        found = _table_before(column, parts, scopes, alone)
        if found is not None:
            yield found


def _table_before(
    column: exp.Column, parts: list[exp.Identifier], scopes: Mapping[int, Scope[T]], alone: bool
) -> tuple[list[exp.Identifier], T] | None:
    spelled = tuple(part.name.lower() for part in parts)
    above: exp.Expr | None = column
    while above is not None:
        scope = scopes.get(id(above)) if isinstance(above, _SCOPES) else None
        for size in range(len(parts), 0, -1) if scope is not None else ():
            assert scope is not None
            meant = scope.meant(spelled[:size], alone)
            if isinstance(meant, bool):
                return None
            if meant is not None:
                return parts[:size], meant
        above = above.parent
    return None


def _scope_of(node: exp.Expr) -> int:
    above = node.find_ancestor(*_SCOPES)
    return id(above) if above is not None else 0
