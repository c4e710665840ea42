"""Translate a query, or say why it cannot be proven to give the same rows.

Spark's SQL grew out of Hive's, so a Hive query keeps its text: only names are replaced, after every function and construct
in it was found in the list of proven ones. Athena's queries are Trino's and are written anew by sqlglot, under the same rule.
"""

import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import sqlglot
from sqlglot import exp

from glue2lakehouse.tools.ddl.context import Context, has_variable
from glue2lakehouse.tools.ddl.cursor import Unreadable, split_commas
from glue2lakehouse.tools.ddl.kinds import Kinds
from glue2lakehouse.tools.ddl.lexer import VARIABLE, Token, tokenize
from glue2lakehouse.tools.ddl.model import Dialect
from glue2lakehouse.tools.ddl.proven import (
    ATHENA_FUNCTIONS,
    ATHENA_NODES,
    HIVE_FUNCTIONS,
    HIVE_NODES,
    KEYWORDS,
    SAFE_DATE_FORMATS,
    VIRTUAL_COLUMNS,
)

# What sqlglot falls back on becomes a finding here; its own warnings would only repeat it on the terminal.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class Translation:
    """The query for Databricks; with problems in it, `sql` must not be used."""

    sql: str
    problems: tuple[str, ...]


def translate(text: str, context: Context, names_matter: bool = False) -> Translation:
    """Translate one query or data change; `names_matter` where its columns get stored (views, CREATE TABLE AS)."""
    answers = [_translate(text, context, dialect, names_matter) for dialect in context.dialects]
    first = answers[0]
    if len(answers) == 2 and not _same(answers[0], answers[1]):
        problem = "the text can be read as Hive's and as Athena's SQL, with different results; name the dialect"
        return Translation("", tuple(dict.fromkeys((*first.problems, *answers[1].problems))) or (problem,))
    return first


def _same(one: Translation, other: Translation) -> bool:
    if one.problems or other.problems:
        return False
    trees = [sqlglot.parse_one(t.sql, read="databricks").sql(dialect="databricks") for t in (one, other)]
    return trees[0] == trees[1]


def _translate(text: str, context: Context, dialect: Dialect, names_matter: bool) -> Translation:
    masked, names = _mask(text)
    tokens = [t for t in tokenize(masked, presto=dialect == "athena") if t.kind not in ("space", "comment")]
    try:
        tree = sqlglot.parse_one(masked, read="hive" if dialect == "hive" else "trino")
    except sqlglot.errors.SqlglotError as error:
        return Translation("", (f"cannot be parsed as {dialect}: {_first_line(error)}",))
    if not isinstance(tree, exp.Query if names_matter else _STATEMENTS):
        return Translation("", (f"this is no query or change of data in {dialect}'s SQL",))
    checks = _Checks(tree, tokens, context, dialect)
    problems = list(dict.fromkeys(checks.all()))
    if problems:
        return Translation("", tuple(problems))
    if dialect == "hive":
        renamed = _rename_in_text(masked, tree, context)
        renamed = _name_columns(renamed, tree) if names_matter else renamed
        return Translation(
            _unmask(renamed, names), () if renamed else ("an unnamed column is called _c0, _c1, … in Hive",)
        )
    _rename_in_tree(tree, context)
    for division in list(tree.find_all(exp.Div)):
        division.replace(exp.IntDiv(this=division.this.copy(), expression=division.expression.copy()))
    return Translation(_unmask(tree.sql(dialect="databricks", pretty=True), names), ())


def _first_line(error: Exception) -> str:
    return re.sub(r"\x1b\[\d+m", "", str(error).split("\n")[0])[:120]


def _mask(text: str) -> tuple[str, dict[str, str]]:
    names: dict[str, str] = {}

    def one(match: re.Match[str]) -> str:
        name = f"g{len(names)}v".ljust(len(match[0]), "_")
        names[name] = match[0]
        return name

    return VARIABLE.sub(one, text), names


def _unmask(text: str, names: dict[str, str]) -> str:
    for name, variable in names.items():
        text = text.replace(name, variable)
    return text


def _tables(tree: exp.Expr) -> Iterator[exp.Table]:
    known = {cte.alias.lower() for cte in tree.find_all(exp.CTE)}
    for table in tree.find_all(exp.Table):
        if isinstance(table.this, exp.Identifier) and not (not table.db and table.name.lower() in known):
            yield table


def _parts(table: exp.Table) -> tuple[str, ...]:
    return tuple(part for part in (table.catalog, table.db, table.name) if part)


def _rename_in_text(text: str, tree: exp.Expr, context: Context) -> str:
    edits = []
    for table in _tables(tree):
        first = table.args.get("catalog") or table.args.get("db") or table.this
        edits.append((first.meta["start"], table.this.meta["end"] + 1, context.target(_parts(table))))
    for start, end, name in sorted(set(edits), reverse=True):
        text = text[:start] + name + text[end:]
    return text


def _rename_in_tree(tree: exp.Expr, context: Context) -> None:
    for table in list(_tables(tree)):
        database, name = context.key(_parts(table))
        full = context.settings.table_for(database, name).split(".", 2) if database else [name]
        parts: list[str | None] = [None] * (3 - len(full)) + list(full)
        for key, part in zip(("catalog", "db", "this"), parts, strict=True):
            table.set(key, exp.to_identifier(part) if part else None)


def _name_columns(text: str, tree: exp.Expr) -> str:
    """Write Hive's names for unnamed columns (`_c0`, `_c1`, …) behind them; "" when that cannot be done."""
    select = tree
    while isinstance(select, exp.SetOperation | exp.Subquery):
        select = select.this
    if not isinstance(select, exp.Select):
        return ""
    unnamed = [i for i, e in enumerate(select.expressions) if not isinstance(e, _NAMED)]
    if not unnamed:
        return text
    tokens = [t for t in tokenize(text) if t.kind not in ("space", "comment")]
    if not tokens[0].says("SELECT") or tokens[1].says("/"):
        return ""
    start = 2 if tokens[1].says("DISTINCT", "ALL") else 1
    depth, end = 0, start
    while end < len(tokens) and not (depth == 0 and tokens[end].says("FROM", "UNION", "LIMIT", "WHERE")):
        depth += tokens[end].says("(", "[") - tokens[end].says(")", "]")
        end += 1
    parts = split_commas(tokens[start:end])
    if len(parts) != len(select.expressions):
        return ""
    for index in reversed(unnamed):
        place = parts[index][-1].end
        text = f"{text[:place]} AS _c{index}{text[place:]}"
    return text


class _Checks:
    """Everything that keeps one parsed query from being proven; each check yields sentences."""

    def __init__(self, tree: exp.Expr, tokens: Sequence[Token], context: Context, dialect: Dialect) -> None:
        self.tree, self.tokens, self.context, self.dialect = tree, tokens, context, dialect
        self.hive = dialect == "hive"
        self.kinds = Kinds(tree, list(_tables(tree)), context)

    def all(self) -> Iterator[str]:
        """Yield every problem."""
        yield from self._functions()
        yield from self._nodes()
        yield from self._names()
        for node in self.tree.walk():
            yield from self._node(node)

    def _functions(self) -> Iterator[str]:
        proven = HIVE_FUNCTIONS if self.hive else ATHENA_FUNCTIONS
        for token, following in zip(self.tokens, self.tokens[1:], strict=False):
            name = token.value.lower()
            if token.kind in ("word", "quoted") and following.says("("):
                is_name = any(name in (p.lower() for p in _parts(t)) for t in self.tree.find_all(exp.Table))
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
        for table in _tables(self.tree):
            try:
                self.context.key(_parts(table))
            except Unreadable as error:
                yield str(error)
            if "$" in table.name:
                yield f"metadata table {table.name} does not exist on Databricks"
            if table.args.get("pivots") or table.args.get("version"):
                yield "time travel and pivots are not proven to mean the same"
        for column in self.tree.find_all(exp.Column):
            if column.name.lower() in VIRTUAL_COLUMNS:
                yield f"virtual column {column.name} has another value on Databricks (see _metadata.file_path)"
            if re.fullmatch(r"g\d+v_*", column.name) or has_variable(column.name):
                yield "a variable in the query text can stand for anything"
            if column.args.get("db") and self.hive and self.context.settings.schemas:
                yield f"{column.sql()} names its database, which the name mapping may change"
            if self.hive and re.search(r"[*?+|]", column.name) and column.this.args.get("quoted"):
                yield f"`{column.name}` may be a regular expression over column names in Hive"

    def _node(self, node: exp.Expr) -> Iterator[str]:
        if isinstance(node, exp.Cast):
            yield from self._cast(node)
        elif isinstance(node, exp.Add | exp.Sub | exp.Mul | exp.Div | exp.Mod):
            yield from self._arithmetic(node)
        elif isinstance(node, exp.Group) and self.hive:
            if any(isinstance(e, exp.Literal) and not e.is_string for e in node.expressions):
                yield "GROUP BY 1 groups by the number in Hive (hive.groupby.position.alias is off), by the column in Spark"
        elif isinstance(node, exp.Insert):
            yield from self._insert(node)
        elif isinstance(node, exp.Substring):
            yield from _substring(node, 0 if self.hive else 1)
        elif not self.hive:
            yield from self._athena(node)
        elif isinstance(node, exp.TimeToStr | exp.UnixToStr | exp.StrToUnix):
            yield from self._hive_format(node)

    def _hive_format(self, node: exp.Expr) -> Iterator[str]:
        pattern = node.args.get("format")
        text = pattern.name if isinstance(pattern, exp.Literal) else "?"
        if set(re.sub(r"%.|[^A-Za-z%?]", "", text)) - SAFE_DATE_FORMATS or "?" in text:
            yield f"date pattern {text} may mean something else to Spark's formatter"

    def _cast(self, node: exp.Cast) -> Iterator[str]:
        target = node.to.this.name if isinstance(node.to.this, exp.DataType.Type) else str(node.to.this)
        given = self.kinds.of(node.this)
        short = bool(node.to.expressions) and target in ("VARCHAR", "CHAR", "NCHAR", "NVARCHAR")
        if self.hive:
            safe = {
                "TEXT": given in ("int", "string", "date", "decimal"),
                "VARCHAR": given in ("int", "string", "date") and not short,
                "BOOLEAN": given in ("int", "boolean"),
                "TIMESTAMP": given in ("string", "date", "timestamp"),
                "TIMESTAMPTZ": False,
            }.get(target, target in _NUMERIC | {"DECIMAL", "DATE", "BINARY"})
        else:
            safe = {
                "VARCHAR": given in ("int", "string", "date", "boolean") and not short,
                "TEXT": given in ("int", "string", "date", "boolean"),
                "TIMESTAMP": given in ("string", "date", "timestamp"),
                "DECIMAL": given in ("int", "string", "decimal"),
                "DATE": True,
                "DOUBLE": True,
                "BOOLEAN": given in ("boolean", "string"),
            }.get(target, target in _NUMERIC and given in ("int", "string", "boolean"))
        if not safe:
            of = f"a {given}" if given else "a value of unknown type"
            yield f"CAST of {of} to {node.to.sql()} is not proven to give the same value"

    def _arithmetic(self, node: exp.Binary) -> Iterator[str]:
        left, right = self.kinds.of(node.this), self.kinds.of(node.expression)
        if self.hive:
            if "string" in (left, right) and not isinstance(node, exp.Div):
                yield f"{node.sql()[:60]}: Hive computes with strings as DOUBLE, Spark as BIGINT"
            elif not (left and right) and not isinstance(node, exp.Div):
                yield f"{node.sql()[:60]}: the types are not known from this file, and Hive and Spark treat strings differently"
        elif isinstance(node, exp.Div) and not (left == right == "int"):
            yield f"{node.sql()[:60]}: Athena's division depends on types that are not known from this file"

    def _insert(self, node: exp.Insert) -> Iterator[str]:
        if not self.hive:
            return
        for index, token in enumerate(self.tokens):
            if token.says("PARTITION") and self.tokens[index + 1].says("("):
                depth, part = 1, []
                for inner in self.tokens[index + 2 :]:
                    depth += inner.says("(") - inner.says(")")
                    if not depth:
                        break
                    part.append(inner)
                overwrite = any(t.says("OVERWRITE") for t in self.tokens[max(0, index - 6) : index])
                yield from _partition(part, overwrite)
        table = node.this.this if isinstance(node.this, exp.Schema) else node.this
        if node.args.get("overwrite") and isinstance(table, exp.Table):
            known = self.context.table(_parts(table))
            if known is not None and known.partition_keys and not any(t.says("PARTITION") for t in self.tokens):
                yield "INSERT OVERWRITE without PARTITION replaces only the partitions written in Hive, everything in Spark"

    def _athena(self, node: exp.Expr) -> Iterator[str]:
        if isinstance(node, exp.Like) and not (
            isinstance(node.expression, exp.Literal) and "\\" not in node.expression.name
        ):
            yield "LIKE with a computed pattern or a backslash: Spark takes the backslash as an escape"
        elif isinstance(node, exp.Unnest):
            alias = node.args.get("alias")
            columns = len(alias.columns) if isinstance(alias, exp.TableAlias) else 0
            if node.args.get("offset") or len(node.expressions) != 1 or columns != 1:
                yield "UNNEST with several columns or WITH ORDINALITY is not proven (Spark counts from 0)"
        elif isinstance(node, exp.StrToTime | exp.TimeToStr):
            source = node.args.get("format")
            text = source.name if isinstance(source, exp.Literal) else "?"
            if not re.fullmatch(r"(%[YmdHMSy]|%-?[dmHMS]|[-/:. T])+", text):
                yield f"date format {text} is not proven to mean the same"
        elif isinstance(node, exp.Avg) and self.kinds.of(node.this) != "int" and self.kinds.of(node.this) != "double":
            yield "avg of a DECIMAL keeps its scale in Athena and gains four digits in Spark; the type is not known here"
        elif isinstance(node, exp.Interval):
            unit = node.args.get("unit")
            if unit is None or unit.name.upper() not in ("DAY", "MONTH", "YEAR", "HOUR", "MINUTE", "SECOND"):
                yield "this interval is not proven to mean the same"


_STATEMENTS = (exp.Query, exp.Values, exp.Insert, exp.Update, exp.Delete, exp.Merge, exp.MultitableInserts)
_NAMED = (exp.Alias, exp.Aliases, exp.Column, exp.Star)
_NUMERIC = {"TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "REAL"}


def _substring(node: exp.Substring, least: int) -> Iterator[str]:
    start = node.args.get("start")
    if not (isinstance(start, exp.Literal) and start.name.isdigit() and int(start.name) >= least):
        yield "substr that does not start at a positive constant counts otherwise in Spark"


def _partition(part: Sequence[Token], overwrite: bool) -> Iterator[str]:
    for item in split_commas(part):
        if len(item) > 1 and len(item) != 3:
            yield f"partition value {''.join(t.text for t in item)} is an expression"
        if len(item) == 1 and overwrite:
            yield (
                "INSERT OVERWRITE with a dynamic partition replaces only the partitions written in Hive; in Spark that needs"
                " spark.sql.sources.partitionOverwriteMode=dynamic, or all of the table is replaced"
            )
