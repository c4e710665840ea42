"""Write Athena's UNNEST as a lateral call in its place among the joins.

sqlglot moves it behind all joins and makes an inner one of LEFT JOIN UNNEST. Databricks: sql-ref-syntax-qry-select-tvf, LATERAL.
"""

from sqlglot import exp
from sqlglot.errors import SqlglotError

from glue2lakehouse.tools.ddl.athena_call import Said, call, warn
from glue2lakehouse.tools.ddl.kinds import Kinds


def translate_unnest(tree: exp.Expr, kinds: Kinds) -> tuple[list[str], list[Said]]:
    """Rewrite every UNNEST; returns what could not be, and what has to be looked at."""
    problems: list[str] = []
    said: list[Said] = []
    for node in list(tree.find_all(exp.Unnest)):
        given, numbered = node.args.get("alias"), node.args.get("offset")
        alias = given if isinstance(given, exp.TableAlias) else exp.TableAlias()
        names: list[exp.Identifier] = [column.copy() for column in alias.columns]
        if isinstance(numbered, exp.Identifier):
            names.append(numbered.copy())
        value = node.expressions[0]
        written = kinds.written(value) if isinstance(value, exp.Column) else ""
        if len(node.expressions) == 1 and not numbered and names and _fields(written) == len(names):
            columns = exp.TableAlias(this=alias.this, columns=names)
            node.replace(_rows("INLINE", value, columns, lateral=not isinstance(node.parent, exp.From)))
            continue
        rows = numbered and _fields(written)
        if len(node.expressions) != 1 or not names or len(names) > 2 or (numbered and len(names) != 2) or rows:
            problems.append(
                "UNNEST of several arrays, of rows that are numbered, or without a name for each column, is not proven"
            )
            continue
        first = isinstance(node.parent, exp.From)
        if numbered:
            made = _numbered(node.expressions[0], alias.this, names, lateral=not first)
        else:
            made = _rows("EXPLODE", value, exp.TableAlias(this=alias.this, columns=names), lateral=not first)
            if len(names) == 2 and not written.startswith("MAP<"):
                said.append(
                    warn("UNNEST with two columns is read as a map's; for an array of rows write INLINE for EXPLODE")
                )
        node.replace(made)
    return problems, said


def _fields(written: str) -> int:
    """Return how many columns an array of rows makes, 0 for what is no array of rows."""
    if not written.startswith("ARRAY<STRUCT<"):
        return 0
    try:
        (row,) = exp.DataType.build(written, dialect="databricks").expressions
    except SqlglotError:
        return 0
    return len(row.expressions)


def _rows(function: str, value: exp.Expr, alias: exp.TableAlias, lateral: bool) -> exp.Expr:
    rows = call(function, value)
    return exp.Lateral(this=rows, alias=alias) if lateral else exp.Table(this=rows, alias=alias)


def _numbered(value: exp.Expr, alias: exp.Expr | None, names: list[exp.Identifier], lateral: bool) -> exp.Expr:
    """Count from 1, as WITH ORDINALITY does; posexplode counts from 0."""
    position = exp.Add(this=exp.column("pos"), expression=exp.Literal.number(1))
    inner = exp.select(exp.alias_(exp.column("col"), names[0]), exp.alias_(position, names[1]))
    inner = inner.from_(exp.Table(this=call("POSEXPLODE", value)))
    named = exp.TableAlias(this=alias)
    return exp.Lateral(this=exp.Subquery(this=inner), alias=named) if lateral else exp.Subquery(this=inner, alias=named)
