"""Tell the rough type of an expression from literals, casts and the tables that the same file creates."""

from sqlglot import exp

from glue2lakehouse.tools.ddl.context import Context
from glue2lakehouse.tools.ddl.cursor import Unreadable

_OF_TYPE = {
    "TINYINT": "int", "SMALLINT": "int", "INT": "int", "BIGINT": "int", "FLOAT": "float", "DOUBLE": "double",
    "DECIMAL": "decimal", "STRING": "string", "VARCHAR": "string", "CHAR": "string", "TEXT": "string", "DATE": "date",
    "TIMESTAMP": "timestamp", "BOOLEAN": "boolean", "REAL": "float",
}  # fmt: skip
_RETURNS: tuple[tuple[type[exp.Expr], str], ...] = (
    (exp.Count, "int"), (exp.Length, "int"), (exp.Year, "int"), (exp.Month, "int"), (exp.Day, "int"), (exp.RowNumber, "int"),
    (exp.DateDiff, "int"), (exp.Upper, "string"), (exp.Lower, "string"), (exp.Concat, "string"), (exp.Substring, "string"),
    (exp.Trim, "string"), (exp.CurrentDate, "date"), (exp.CurrentTimestamp, "timestamp"), (exp.Boolean, "boolean"),
    (exp.Predicate, "boolean"), (exp.Connector, "boolean"), (exp.Not, "boolean"),
)  # fmt: skip


class Kinds:
    """The types of one statement: int, float, double, decimal, string, date, timestamp, boolean, or "" for not known."""

    def __init__(self, tree: exp.Expr, tables: list[exp.Table], context: Context) -> None:
        self._columns = _columns(tree, tables, context)

    def of(self, node: exp.Expr) -> str:
        """Return the type of an expression, "" when nothing in the file says it."""
        if isinstance(node, exp.Literal):
            return _literal(node)
        if isinstance(node, exp.Column):
            return self._columns.get(node.name.lower(), "")
        if isinstance(node, exp.Paren | exp.Neg | exp.Alias | exp.Min | exp.Max | exp.Abs):
            return self.of(node.this)
        if isinstance(node, exp.Cast):
            return _OF_TYPE.get(node.to.this.name, "")
        if isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Mod):
            return self._both(node)
        return next((kind for cls, kind in _RETURNS if isinstance(node, cls)), "")

    def _both(self, node: exp.Binary) -> str:
        pair = {self.of(node.this), self.of(node.expression)}
        if len(pair) == 1 and pair <= {"int", "float", "double"}:
            return pair.pop()
        if pair == {"int", "float"}:
            return "float"
        return "double" if "double" in pair and pair <= {"int", "float", "double", "decimal"} else ""


def _literal(node: exp.Literal) -> str:
    if node.is_string:
        return "string"
    return "int" if node.name.isdigit() else "decimal"


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
