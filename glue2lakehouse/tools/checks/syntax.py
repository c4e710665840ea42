"""Read small things off an expression: its columns, constants, comparisons and what Spark operation a call is."""

import ast
import re
from collections.abc import Iterator

OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Is: "is",
    ast.IsNot: "is not",
}
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
NEGATED = {"==": "!=", "!=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">", "is": "is not", "is not": "is"}
FILE_FORMATS = frozenset("csv json parquet orc text xml jdbc avro delta".split())
SQL_COMPARISON = re.compile(r"([\w.`]+)\s*\)*\s*(<=>|<=|>=|<>|!=|==|=|<|>)\s*('[^']*'|\"[^\"]*\"|-?\d[\d.]*)")
_SQL_WRITE = re.compile(
    r"\s*(insert|merge|create\s+(or\s+replace\s+)?table\b.*(?<!\bstored)(?<!\s)\s+as\b|copy\s+into)\b", re.I | re.S
)
"""`STORED AS` names a format, no query."""

Comparison = tuple[str, str, str]
"""Column (empty when there is not exactly one), operator, constant; the constant stands on the right."""


_WITHOUT_NODES = frozenset("ctx id attr arg kind name op ops module level type_comment conversion asname n s".split())


_known_fields: dict[type[ast.AST], tuple[str, ...]] = {ast.Constant: ()}


def children(node: ast.AST) -> list[ast.AST]:
    """Return the expressions and statements directly below a node: `ast.iter_child_nodes` without its cost."""
    found: list[ast.AST] = []
    kind = node.__class__
    names = _known_fields.get(kind)
    if names is None:
        names = _known_fields[kind] = tuple(name for name in kind._fields if name not in _WITHOUT_NODES)
    for name in names:
        value = getattr(node, name)
        if value.__class__ is list:
            found += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def walk(node: ast.AST) -> Iterator[ast.AST]:
    """Yield a node and all below it, in no particular order."""
    pending = [node]
    while pending:
        node = pending.pop()
        yield node
        pending += children(node)


def callee(call: ast.Call) -> tuple[str, str]:
    """Return the last two names of what is called: `a.b.c(...)` gives `b`, `c`; a plain name has no owner."""
    function = call.func
    if isinstance(function, ast.Name):
        return "", function.id
    if isinstance(function, ast.Attribute):
        value = function.value
        if isinstance(value, ast.Attribute):
            return value.attr, function.attr
        return (value.id if isinstance(value, ast.Name) else ""), function.attr
    return "", ""


def receivers(node: ast.AST) -> Iterator[str]:
    """Yield the names along a chain of calls and attributes, outermost first."""
    while True:
        if isinstance(node, ast.Call):
            node = node.func
        elif isinstance(node, ast.Attribute):
            yield node.attr
            node = node.value
        elif isinstance(node, ast.Subscript):
            node = node.value
        else:
            if isinstance(node, ast.Name):
                yield node.id
            return


def text_of(node: ast.AST | None) -> str | None:
    """Return the value of a string literal, None for anything else."""
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def plain(name: str) -> str:
    """Return a column path without backticks."""
    return name.replace("`", "")


def columns(node: ast.AST) -> Iterator[str]:
    """Yield the columns that an expression reads, of a record (`x["a"]`, `x.a`) or a frame (`F.col("a")`)."""
    if isinstance(node, ast.Call):
        name = callee(node)[1]
        first = text_of(node.args[0]) if node.args else None
        if first is not None and name in ("col", "column", "get", "getField", "getItem"):
            yield plain(first)
        elif first is not None and name == "expr":
            yield from re.findall(r"[A-Za-z_][\w.]*", plain(first))
        if isinstance(node.func, ast.Attribute) and not (name == "col" and isinstance(node.func.value, ast.Name)):
            yield from columns(node.func.value)
        for argument in node.args:
            yield from columns(argument)
    elif isinstance(node, ast.Subscript) and (index := text_of(node.slice)) is not None:
        yield plain(index)
        if isinstance(node.value, ast.Subscript):
            yield from columns(node.value)
    elif isinstance(node, ast.Attribute):
        yield node.attr
    elif not isinstance(node, (ast.Name, ast.Constant)):
        for child in children(node):
            yield from columns(child)


def constant(node: ast.AST) -> str | None:
    """Return a literal as text, also within `F.lit(...)` and behind a minus sign; None for anything else."""
    if isinstance(node, ast.Call) and callee(node)[1] == "lit" and node.args:
        node = node.args[0]
    if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) and isinstance(node.operand, ast.Constant):
        return f"-{node.operand.value!s}"
    return str(node.value) if isinstance(node, ast.Constant) else None


def comparison(left: ast.AST, operator: ast.cmpop, right: ast.AST) -> Comparison | None:
    """Return a comparison with a constant, the constant on the right; None for other comparisons."""
    sign = OPERATORS.get(type(operator))
    value = constant(right)
    if sign is None:
        return None
    if value is None:
        value, left, sign = constant(left), right, FLIPPED.get(sign, sign)
        if value is None:
            return None
    if value == "None":
        sign = {"==": "is", "!=": "is not"}.get(sign, sign)
    return _one_column(left), sign, value


def _one_column(node: ast.AST) -> str:
    found = {name.rpartition(".")[2] for name in columns(node.target if isinstance(node, ast.NamedExpr) else node)}
    return found.pop() if len(found) == 1 else ""


def sql_comparisons(text: str) -> Iterator[Comparison]:
    """Yield the comparisons with a constant in a piece of SQL."""
    for column, sign, value in SQL_COMPARISON.findall(text):
        name = plain(column).rpartition(".")[2]
        bare = value.strip("'\"")
        yield name, {"=": "==", "<=>": "==", "<>": "!="}.get(sign, sign), bare
        if sign == "<=>":
            yield name, "!=", bare


def concatenated(node: ast.BinOp | ast.JoinedStr) -> Iterator[tuple[str, str]]:
    """Yield (literal, variable) for each pair that an addition or an f-string puts into one text."""
    parts: list[ast.expr] = list(node.values) if isinstance(node, ast.JoinedStr) else []
    pending: list[ast.expr] = [] if parts else [node]
    while pending:
        part = pending.pop()
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.Add):
            pending += [part.left, part.right]
        else:
            parts.append(part)
    literals = [text for part in parts if (text := text_of(part))]
    names = {
        inner.id
        for part in parts
        if not isinstance(part, ast.Constant)
        for inner in walk(part)
        if isinstance(inner, ast.Name)
    }
    yield from ((literal, name) for literal in literals for name in sorted(names))


def spark_operations(call: ast.Call) -> Iterator[str]:
    """Yield what a call does to data in Spark's terms: read, write, append, overwrite, filter, join, union."""
    owner, name = callee(call)
    chain = () if not isinstance(call.func, ast.Attribute) else tuple(receivers(call.func.value))
    if name in ("filter", "where") and isinstance(call.func, ast.Attribute) and owner != "F":
        yield "filter"
    elif name in ("join", "crossJoin") and isinstance(call.func, ast.Attribute):
        if (owner != "path" and not isinstance(call.func.value, ast.Constant) and len(call.args) != 1) or call.keywords:
            yield "join"
    elif name in ("union", "unionByName", "unionAll"):
        yield "union"
    elif name == "mode" or name == "outputMode":
        value = text_of(call.args[0]) if call.args else None
        if value and value.lower() in ("append", "overwrite"):
            yield value.lower()
    if name in FILE_FORMATS or name in ("save", "saveAsTable", "insertInto", "toTable", "start", "load", "table"):
        yield from _terminal(call, name, chain)
    elif name in ("append", "create", "createOrReplace", "overwritePartitions", "overwrite") and "writeTo" in chain:
        yield "write"
        yield "append" if name == "append" else "overwrite"
    elif (name in ("sql", "overwrite_partitions") and _writes_rows(_statement_of(call, name) or "")) or (
        name == "execute" and ("merge" in chain or "whenNotMatchedInsertAll" in chain)
    ):
        yield "write"
        yield "append"


def _statement_of(call: ast.Call, name: str) -> str | None:
    """Return the SQL text of `session.sql(text)` or of the helper's `overwrite_partitions(session, text)`."""
    return text_of(next(iter(call.args[name != "sql" :]), None))


def _writes_rows(sql: str) -> bool:
    return _SQL_WRITE.match(re.sub(r"'[^']*'", "''", sql)) is not None


def _terminal(call: ast.Call, name: str, chain: tuple[str, ...]) -> Iterator[str]:
    if "foreachBatch" in chain or "foreach" in chain:
        # The batch function writes, not the stream.
        return
    if "write" in chain or "writeStream" in chain:
        yield "write"
        if name == "insertInto":
            yield "append"
        modes = [text_of(keyword.value) for keyword in call.keywords if keyword.arg in ("mode", "overwrite")]
        yield from (mode.lower() for mode in modes if mode)
        if "writeStream" in chain:
            yield "append"
        if any(k.arg == "overwrite" and isinstance(k.value, ast.Constant) and k.value.value for k in call.keywords):
            yield "overwrite"
    elif "read" in chain or "readStream" in chain or (name == "table" and chain and chain[0] in _SESSIONS):
        yield "read"


_SESSIONS = frozenset({"spark", "glueContext", "spark_session", "sqlContext", "session"})
