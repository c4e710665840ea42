"""Tell the rough type of an expression from literals, casts and the tables that the same file creates."""

from contextlib import suppress

from sqlglot import exp

from glue2lakehouse.tools.ddl.context import Context
from glue2lakehouse.tools.ddl.cursor import Unreadable

_OF_TYPE = {
    "TINYINT": "int", "SMALLINT": "int", "INT": "int", "BIGINT": "int", "FLOAT": "float", "DOUBLE": "double",
    "DECIMAL": "decimal", "STRING": "string", "VARCHAR": "string", "CHAR": "string", "TEXT": "string", "DATE": "date",
    "TIMESTAMP": "timestamp", "BOOLEAN": "boolean", "REAL": "float",
}  # fmt: skip
_RETURNS: dict[str, tuple[type[exp.Expr], ...]] = {
    "int": (
        exp.Count, exp.Length, exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Quarter, exp.RowNumber, exp.DateDiff,
        exp.ArraySize, exp.ApproxDistinct, exp.StrPosition, exp.DayOfWeekIso, exp.DayOfMonth, exp.DayOfYear, exp.WeekOfYear,
        exp.Extract, exp.IntDiv, exp.CountIf,
    ),
    "double": (exp.TimeToUnix, exp.Pow, exp.Sqrt, exp.Exp, exp.Ln, exp.Log),
    "string": (
        exp.Upper, exp.Lower, exp.Concat, exp.Substring, exp.Trim, exp.JSONExtractScalar, exp.SplitPart, exp.RegexpExtract,
        exp.RegexpReplace, exp.Replace, exp.TimeToStr, exp.DPipe, exp.Pad, exp.GroupConcat,
    ),
    "date": (exp.CurrentDate, exp.FromISO8601Date, exp.Date),
    "timestamp": (exp.CurrentTimestamp, exp.UnixToTime, exp.StrToTime, exp.ParseDatetime, exp.FromISO8601Timestamp, exp.AtTimeZone),
    "boolean": (exp.Boolean, exp.Predicate, exp.Connector, exp.Not),
}  # fmt: skip
# Functions whose value has the type of their first argument.
_AS_GIVEN = (
    exp.Paren, exp.Neg, exp.Alias, exp.Min, exp.Max, exp.Abs, exp.Sum, exp.DateAdd, exp.TimestampTrunc, exp.DateTrunc, exp.Round, exp.Nullif, exp.Try,
    exp.Filter,
)  # fmt: skip


class Kinds:
    """The types of one statement: int, float, double, decimal, string, date, timestamp, boolean, or "" for not known."""

    def __init__(self, tree: exp.Expr, tables: list[exp.Table], context: Context) -> None:
        self._columns = _columns(tree, tables, context)
        self._context = context
        self._own = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
        self._made: dict[int, str] = {}
        self._written = _written(tables, context)

    def remember(self, made: exp.Expr, kind: str) -> None:
        """Keep the type of an expression that took another's place."""
        self._made[id(made)] = kind

    def written(self, column: exp.Column) -> str:
        """Return the type that the tables of the statement give a column of this name, "" where they disagree."""
        found = self._written.get(column.name.lower(), set())
        return next(iter(found)) if len(found) == 1 else ""

    def of(self, node: exp.Expr) -> str:
        """Return the type of an expression, "" when nothing in the file says it."""
        if id(node) in self._made:
            return self._made[id(node)]
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, exp.Column):
            return self._of_column(node)
        if isinstance(node, _AS_GIVEN):
            return self.of(node.this)
        if isinstance(node, exp.Cast):
            return _OF_TYPE.get(node.to.this.name, "")
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
            return self._both(node)
        if isinstance(node, exp.Bracket) and isinstance(node.this, exp.Split | exp.RegexpExtractAll):
            return "string"
        if isinstance(node, exp.If | exp.Coalesce | exp.Case):
            found = {self.of(branch) for branch in branches(node) if not isinstance(branch, exp.Null)}
            return found.pop() if len(found) == 1 else ""
        return next((kind for kind, classes in _RETURNS.items() if isinstance(node, classes)), "")

    def _of_column(self, node: exp.Column) -> str:
        """Look first among the tables that the column's own SELECT reads, where no alias of the query can be meant."""
        clause = node.find_ancestor(exp.Order, exp.Group, exp.Having, exp.Select)
        if isinstance(clause, exp.Select) and (sources := self._sources(clause)):
            named = node.table.lower()
            if named and named in sources:
                return sources[named].get(node.name.lower(), "")
            if not named and "" not in sources:
                found = [columns[node.name.lower()] for columns in sources.values() if node.name.lower() in columns]
                return found[0] if len(found) == 1 else ""
        return self._columns.get(node.name.lower(), "")

    def _sources(self, select: exp.Select) -> dict[str, dict[str, str]]:
        """Return the columns of each table that a SELECT reads, by its alias; "" stands for what this project does not know."""
        found: dict[str, dict[str, str]] = {}
        joins = [join.this for join in select.args.get("joins") or []]
        from_ = select.find(exp.From)
        for source in [*([from_.this] if from_ is not None and from_.parent is select else []), *joins]:
            known = None
            if isinstance(source, exp.Table) and not (not source.db and source.name.lower() in self._own):
                with suppress(Unreadable):
                    known = self._context.table(tuple(p for p in (source.catalog, source.db, source.name) if p))
            if known is None or not known.settled:
                found[""] = {}
            else:
                columns = {c.name.lower(): _OF_TYPE.get(c.type.split("(")[0], "") for c in known.all_columns}
                found[source.alias_or_name.lower()] = columns
        if select.args.get("laterals"):
            found[""] = {}
        return found

    def _both(self, node: exp.Binary) -> str:
        pair = {self.of(node.this), self.of(node.expression)}
        if len(pair) == 1 and pair <= {"int", "float", "double"}:
            return pair.pop()
        if pair == {"int", "float"}:
            return "float"
        return "double" if "double" in pair and pair <= {"int", "float", "double", "decimal"} else ""


def branches(node: exp.Expr) -> list[exp.Expr]:
    """Return the expressions of an IF, CASE or COALESCE that have to agree on one type."""
    if isinstance(node, exp.Coalesce):
        return [node.this, *node.expressions]
    if isinstance(node, exp.Case):
        return [*(part.args["true"] for part in node.args["ifs"]), *filter(None, [node.args.get("default")])]
    return [part for part in (node.args.get("true"), node.args.get("false")) if part is not None]


def _literal(node: exp.Literal) -> str:
    if node.is_string:
        return "string"
    if node.name.isdigit():
        return "int"
    return "double" if "e" in node.name.lower() else "decimal"


def _columns(tree: exp.Expr, tables: list[exp.Table], context: Context) -> dict[str, str]:
    found: dict[str, str] = {}
    renamed = {alias.alias.lower() for alias in tree.find_all(exp.Alias)}
    renamed |= {column.name.lower() for alias in tree.find_all(exp.TableAlias) for column in alias.columns}
    for table in tables:
        try:
            known = context.table(tuple(part for part in (table.catalog, table.db, table.name) if part))
        except Unreadable:
            known = None
        if known is None or not known.settled or not known.all_columns:
            return {}
        for column in known.all_columns:
            kind = _OF_TYPE.get(column.type.split("(")[0], "")
            name = column.name.lower()
            found[name] = kind if found.get(name, kind) == kind and name not in renamed else ""
    return found


def _written(tables: list[exp.Table], context: Context) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for table in tables:
        with suppress(Unreadable):
            known = context.table(tuple(part for part in (table.catalog, table.db, table.name) if part))
            for column in known.all_columns if known is not None else ():
                found.setdefault(column.name.lower(), set()).add(column.type)
    return found
