"""Everything that keeps one parsed query from being proven to give the same rows."""

import re
from collections.abc import Iterator, Sequence

from sqlglot import exp

from glue2lakehouse.domain import Compute
from glue2lakehouse.tools.ddl.athena_functions import TRANSLATED
from glue2lakehouse.tools.ddl.context import Context, has_variable
from glue2lakehouse.tools.ddl.cursor import Cursor, Unreadable, split_commas
from glue2lakehouse.tools.ddl.hive_text import REWRITTEN
from glue2lakehouse.tools.ddl.kinds import Kinds, branches
from glue2lakehouse.tools.ddl.lexer import Token
from glue2lakehouse.tools.ddl.model import Dialect
from glue2lakehouse.tools.ddl.proven import (
    ATHENA_FUNCTIONS,
    ATHENA_NODES,
    HIVE_FUNCTIONS,
    HIVE_NODES,
    KEYWORDS,
    VIRTUAL_COLUMNS,
)
from glue2lakehouse.tools.ddl.query_tables import parts_of, tables_in

_COMPARED = exp.EQ | exp.NEQ | exp.GT | exp.GTE | exp.LT | exp.LTE | exp.NullSafeEQ | exp.In | exp.Between
_READ = "yyyy|MM?|dd?|HH?|mm?|ss?"
_FORMATTED = {"unix_timestamp": _READ, "from_unixtime": f"{_READ}|yy", "date_format": f"{_READ}|yy"}
_NUMERIC = {"TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "REAL"}


class Checks:
    """Everything that keeps one parsed query from being proven; each check yields sentences."""

    def __init__(
        self,
        tree: exp.Expr,
        tokens: Sequence[Token],
        context: Context,
        dialect: Dialect,
        names_matter: bool = False,
        variables: frozenset[str] = frozenset(),
    ) -> None:
        self.tree, self.tokens, self.context, self.dialect = tree, tokens, context, dialect
        self.names_matter, self.variables = names_matter, variables
        # How INSERT OVERWRITE of partitions is meant: the named one (static), or those that the rows name (dynamic).
        self.overwrites: set[str] = set()
        self.hive = dialect == "hive"
        self.kinds = Kinds(tree, list(tables_in(tree)), context)

    def all(self) -> Iterator[str]:
        """Yield every problem."""
        yield from self._functions()
        if self.hive:
            yield from self._hive_formats()
        yield from self._nodes()
        yield from self._names()
        for node in self.tree.walk():
            yield from self._node(node)

    def _functions(self) -> Iterator[str]:
        proven = HIVE_FUNCTIONS | REWRITTEN if self.hive else ATHENA_FUNCTIONS | TRANSLATED
        for token, following in zip(self.tokens, self.tokens[1:], strict=False):
            name = token.value.lower()
            if self.hive and self.names_matter and name == "struct" and following.says("("):
                yield "struct(…) names its fields col1, col2, … in Hive and by its arguments in Spark; use named_struct"
            if token.kind in ("word", "quoted") and following.says("("):
                is_name = any(name in (p.lower() for p in parts_of(t)) for t in self.tree.find_all(exp.Table))
                aliases = {a.name.lower() for a in self.tree.find_all(exp.TableAlias)}
                if name not in proven and name not in KEYWORDS and not is_name and name not in aliases:
                    yield f"function {name} is not proven to give the same value on Databricks"
        if self.hive and any(t.says("TABLESAMPLE") for t in self.tokens):
            yield "TABLESAMPLE picks other rows in Spark than in Hive"

    def _nodes(self) -> Iterator[str]:
        allowed = HIVE_NODES if self.hive else ATHENA_NODES
        for node in self.tree.walk():
            name = type(node).__name__
            if name in allowed or (isinstance(node, exp.Func) and not isinstance(node, exp.Cast)):
                continue
            if name == "Div" and not self.hive:
                continue
            yield f"{name} is not proven to mean the same on Databricks"

    def _names(self) -> Iterator[str]:
        for table in tables_in(self.tree):
            try:
                self.context.key(parts_of(table))
            except Unreadable as error:
                yield str(error)
            if "$" in table.name:
                yield f"metadata table {table.name} does not exist on Databricks"
            if table.args.get("pivots") or table.args.get("version"):
                yield "time travel and pivots are not proven to mean the same"
        for column in self.tree.find_all(exp.Column):
            if column.name.lower() in VIRTUAL_COLUMNS:
                yield f"virtual column {column.name} has another value on Databricks (see _metadata.file_path)"
            if column.name in self.variables or has_variable(column.name):
                yield "a variable in the query text can stand for anything"
            if self.hive and re.search(r"[*?+|]", column.name) and column.this.args.get("quoted"):
                yield f"`{column.name}` may be a regular expression over column names in Hive"

    def _node(self, node: exp.Expr) -> Iterator[str]:
        if isinstance(node, exp.Cast) and self.hive:
            yield from self._cast(node)
        elif isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.Mod) and self.hive:
            yield from self._arithmetic(node)
        elif isinstance(node, exp.Group) and self.hive:
            if any(isinstance(e, exp.Literal) and not e.is_string for e in node.expressions):
                yield "GROUP BY 1 groups by the number in Hive (hive.groupby.position.alias is off), by the column in Spark"
        elif isinstance(node, exp.Insert):
            yield from self._insert(node)
        elif isinstance(node, exp.Substring) and self.hive:
            yield from _substring(node)
        elif isinstance(node, exp.Merge):
            yield from _inserts(node, merged_columns(self.tree, self.context))
        elif isinstance(node, exp.Window):
            if node.args.get("alias") and (node.args.get("spec") or isinstance(node.this, exp.Identifier)):
                yield "a window that is built on another one has no equal in Spark"
        elif isinstance(node, exp.Select) and self.hive:
            sorted_ = [name for name in ("order", "cluster", "distribute", "sort") if node.args.get(name)]
            if len(sorted_) > 1 and sorted_ != ["distribute", "sort"]:
                yield f"{' BY and '.join(name.upper() for name in sorted_)} BY together are refused by Spark"
        elif isinstance(node, _COMPARED):
            yield from self._comparison(node)
        elif isinstance(node, exp.If | exp.Coalesce | exp.Case | exp.SetOperation) and self.hive:
            yield from self._mixed(node)
        elif not self.hive:
            yield from self._athena(node)
        elif isinstance(node, exp.RegexpExtract):
            yield from _optional_group(node)

    def _comparison(self, node: exp.Expr) -> Iterator[str]:
        kinds = {self.kinds.of(part) for part in node.iter_expressions()}
        if "float" in kinds and kinds & {"decimal", "double"}:
            yield f"{node.sql()[:60]}: a FLOAT is compared as FLOAT there and as DOUBLE in Spark, where few fractions are equal"

    def _mixed(self, node: exp.Expr) -> Iterator[str]:
        """What mixes text and numbers is text in Hive; Spark in ANSI mode makes numbers of it."""
        for alternatives in _alternatives(node):
            kinds = {self.kinds.of(each) for each in alternatives} - {""}
            if "string" in kinds and len(kinds) > 1:
                yield f"{node.sql()[:60]}: mixes text with other types, which is text in Hive and a number in Spark"
                return

    def _hive_formats(self) -> Iterator[str]:
        """Java's old patterns: letters that Spark's formatter reads alike, and no year of two digits to be read."""
        for index, token in enumerate(self.tokens[:-1]):
            name = token.text.lower()
            if name in _FORMATTED and self.tokens[index + 1].says("("):
                arguments = split_commas(Cursor(self.tokens[index + 1 :]).group(), types=False)
                pattern = arguments[1] if len(arguments) > 1 else []
                signs = _FORMATTED[name]
                if pattern and not (len(pattern) == 1 and re.fullmatch(rf"({signs}|[^A-Za-z'])+", pattern[0].value)):
                    text = "".join(each.text for each in pattern)[:40]
                    yield f"date pattern {text} may mean something else to Spark's formatter"

    def _cast(self, node: exp.Cast) -> Iterator[str]:
        target = node.to.this.name if isinstance(node.to.this, exp.DataType.Type) else str(node.to.this)
        given = self.kinds.of(node.this)
        short = bool(node.to.expressions) and target in ("VARCHAR", "CHAR", "NCHAR", "NVARCHAR")
        safe = {
            "TEXT": given in ("int", "string", "date"),
            "VARCHAR": given in ("int", "string", "date") and not short,
            "BOOLEAN": given in ("int", "boolean"),
            "TIMESTAMP": given in ("string", "date", "timestamp"),
            "TIMESTAMPTZ": False,
        }.get(target, target in _NUMERIC | {"DECIMAL", "DATE", "BINARY"})
        if not safe:
            of = f"a {given}" if given else "a value of unknown type"
            yield f"CAST of {of} to {node.to.sql()} is not proven to give the same value"

    def _arithmetic(self, node: exp.Binary) -> Iterator[str]:
        left, right = self.kinds.of(node.this), self.kinds.of(node.expression)
        if "string" in (left, right) and not isinstance(node, exp.Div):
            yield f"{node.sql()[:60]}: Hive computes with strings as DOUBLE, Spark as BIGINT"
        elif not (left and right) and not isinstance(node, exp.Div):
            yield f"{node.sql()[:60]}: the types are not known from this file, and Hive and Spark treat strings differently"

    def _insert(self, node: exp.Insert) -> Iterator[str]:
        if not self.hive:
            return
        for index, token in enumerate(self.tokens):
            if token.says("PARTITION") and self.tokens[index + 1].says("("):
                part = Cursor(self.tokens[index + 1 :]).group()
                overwrite = any(t.says("OVERWRITE") for t in self.tokens[max(0, index - 6) : index])
                yield from self._partition(part, overwrite)
        table = node.this.this if isinstance(node.this, exp.Schema) else node.this
        if node.args.get("overwrite") and isinstance(table, exp.Table):
            known = self.context.table(parts_of(table))
            if known is not None and known.partition_keys and not any(t.says("PARTITION") for t in self.tokens):
                self.overwrites.add("dynamic")
        if len(self.overwrites) > 1:
            yield "one statement overwrites a named partition and partitions that its rows name, which Spark does in two modes"
        elif "dynamic" in self.overwrites and self.context.settings.compute is Compute.SERVERLESS:
            yield (
                "INSERT OVERWRITE with a dynamic partition needs a setting that serverless compute does not have; write"
                " INSERT INTO … REPLACE USING (the partition columns)"
            )

    def _partition(self, part: Sequence[Token], overwrite: bool) -> Iterator[str]:
        items = split_commas(part)
        for item in items:
            if len(item) > 1 and len(item) != 3:
                yield f"partition value {''.join(t.text for t in item)} is an expression"
        if overwrite:
            self.overwrites.add("dynamic" if any(len(item) == 1 for item in items) else "static")

    def _athena(self, node: exp.Expr) -> Iterator[str]:
        if isinstance(node, exp.Like) and not isinstance(node.parent, exp.Escape):
            if not (isinstance(node.expression, exp.Literal) and "\\" not in node.expression.name):
                yield "LIKE with a computed pattern or a backslash: Spark takes the backslash as an escape"
        elif isinstance(node, exp.Max | exp.Min | exp.ArgMax | exp.ArgMin) and (
            node.expressions or node.args.get("count")
        ):
            yield f"{node.sql_name().lower()} of several values is an array in Athena, which Spark does not make"
        elif isinstance(node, exp.Fetch) and node.args.get("limit_options"):
            yield "FETCH FIRST … WITH TIES or PERCENT has no equal in Spark"
        elif isinstance(node, exp.Rand) and node.this is not None:
            yield "random with a bound is not proven to give the same values"
        elif isinstance(node, exp.Interval):
            unit = node.args.get("unit")
            if unit is None or unit.name.upper() not in ("DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND"):
                yield "this interval is not proven to mean the same"


def merged_columns(tree: exp.Expr, context: Context) -> list[str]:
    """Return the columns of the table that a MERGE changes, where this project says which."""
    target = tree.this if isinstance(tree, exp.Merge) else None
    table = context.table(parts_of(target)) if isinstance(target, exp.Table) else None
    return [column.name for column in table.all_columns] if table is not None and table.settled else []


def _inserts(node: exp.Merge, columns: list[str]) -> Iterator[str]:
    """Spark wants the columns of an INSERT in MERGE by name."""
    whens = node.args["whens"].expressions
    bare = [w.args["then"] for w in whens if isinstance(w.args["then"], exp.Insert) and not w.args["then"].this]
    for insert in bare:
        values = insert.expression
        if not isinstance(values, exp.Tuple) or len(values.expressions) != len(columns):
            yield "MERGE inserts without naming its columns, and this project does not say which the table has"


def _alternatives(node: exp.Expr) -> Iterator[list[exp.Expr]]:
    """Yield the expressions that have to agree on one type, of each column of a UNION."""
    if isinstance(node, exp.SetOperation):
        sides = [side.unnest() for side in (node.this, node.expression)]
        if all(isinstance(side, exp.Select) for side in sides):
            yield from (list(pair) for pair in zip(sides[0].expressions, sides[1].expressions, strict=False))
    elif not isinstance(node.parent, exp.Case):
        yield branches(node)


def _optional_group(node: exp.RegexpExtract) -> Iterator[str]:
    """A group that took no part in the match is NULL in Hive and '' in Spark."""
    pattern, group = node.expression, node.args.get("group")
    if isinstance(group, exp.Literal) and group.name == "0":
        return
    text = pattern.name if isinstance(pattern, exp.Literal) else "|"
    if re.search(r"\||\)[?*]|\)\{0", text):
        yield "regexp_extract with a group that may take no part in the match gives NULL in Hive and '' in Spark"


def _substring(node: exp.Substring) -> Iterator[str]:
    start = node.args.get("start")
    if not (isinstance(start, exp.Literal) and start.name.isdigit()):
        yield "substr that does not start at a positive constant counts otherwise in Spark"
