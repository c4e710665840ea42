"""The SQL text that a call is given: written out, in a variable that only holds SQL, or handed to the function around the call."""

import ast
import re
from collections.abc import Iterable
from dataclasses import replace

from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.literals import HOLE, Text, read_literal
from glue2lakehouse.tools.rewrite.mapping.unmoved import is_named_elsewhere
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.sql.computed_names import styled
from glue2lakehouse.tools.rewrite.sql.names import read_sql
from glue2lakehouse.tools.rewrite.sql.sums import read_sum
from glue2lakehouse.tools.rewrite.sql.views import views_of


def first_argument(call: GlueCall, keyword: str) -> ast.expr | None:
    """Return the first argument, by the keyword or another of the names that such a parameter has."""
    if call.node.args:
        return call.node.args[0]
    given = {k.arg: k.value for k in call.node.keywords}
    return next(
        (given[name] for name in (keyword, "name", "query", "dbName", "identifier", "catalogName") if name in given),
        None,
    )


def texts_of_parameter(call: GlueCall, given: ast.expr | None) -> dict[ast.expr, Text] | None:
    """Return the SQL that the enclosing function is given, where every call of it in the module writes the text out.

    Studio's `sparkSqlQuery(glueContext, query, mapping, ...)` is such a function; the keys of `mapping` are its views.
    """
    function = _function_of(call, given)
    if function is None or not isinstance(given, ast.Name):
        return None
    used = [node for node in call.place.nodes.of(ast.Name) if node.id == function.name]
    calls = [
        parent for node in used if isinstance(parent := call.place.parents[node], ast.Call) and parent.func is node
    ]
    if not calls or len(calls) != len(used):
        return None
    names = [argument.arg for argument in function.args.args]
    found: dict[ast.expr, Text] = {}
    for node in calls:
        given_names = dict(zip(names, node.args, strict=False)) | {k.arg: k.value for k in node.keywords if k.arg}
        where = literal_of(call, given_names.get(given.id), user=function.name)
        if where is None or any(isinstance(argument, ast.Starred) for argument in node.args):
            return None
        found[where[0]] = where[1]
        views_of(call.place.world).names.update(_keys(given_names.values()))
    return found


def is_given_elsewhere(call: GlueCall, given: ast.expr | None) -> bool:
    """Whether another module may call the function around a call, whose parameter `given` is, with a text of its own."""
    function = _function_of(call, given)
    return function is not None and is_named_elsewhere(call.place, function.name)


def _function_of(call: GlueCall, given: ast.expr | None) -> ast.FunctionDef | None:
    """Return the function of the module's top level whose parameter a name is and stays."""
    node: ast.AST | None = given
    while node is not None and not isinstance(node, ast.FunctionDef):
        node = call.place.parents.get(node)
    if not isinstance(given, ast.Name) or node is None or not isinstance(call.place.parents.get(node), ast.Module):
        return None
    bound = [
        item
        for item in ast.walk(node)
        if isinstance(item, ast.Name) and item.id == given.id and isinstance(item.ctx, ast.Store)
    ]
    return node if not bound and given.id in [argument.arg for argument in node.args.args] else None


def _keys(arguments: Iterable[ast.expr]) -> set[str]:
    """Return the texts that are keys of the dicts among the arguments, in lower case."""
    return {
        key.value.lower()
        for argument in arguments
        if isinstance(argument, ast.Dict)
        for key in argument.keys
        if isinstance(key, ast.Constant) and isinstance(key.value, str)
    }


def literal_of(
    call: GlueCall, given: ast.expr | None, whole: bool = False, user: str = ""
) -> tuple[ast.expr, Text] | None:
    """Return the literal that an argument is, or that its variable holds, with its text; `user` may take it as well."""
    if given is None:
        return None
    literal = call.value_of(given)
    if literal is None or (literal is not given and not whole and not _only_sql(call, given, user)):
        return None
    shown, style = styled(literal)
    if style and isinstance(shown, ast.Name):
        shown = _template(call, shown, literal) or shown
    plain = isinstance(shown, ast.Constant) and isinstance(shown.value, str)
    if isinstance(shown, ast.BinOp) and isinstance(shown.op, ast.Add):
        added = read_sum(call.text(shown)) if not whole and not style and not _has_glue(call, shown) else None
        return (shown, added) if added is not None else None
    if not plain and not (isinstance(shown, ast.JoinedStr) and not _has_glue(call, shown)):
        return None
    if whole and literal is not given and (style or not plain):
        return None
    text = read_literal(call.text(shown), style)
    read = without_leading_comments(text, counted=bool(style)) if text is not None else None
    return (shown, read) if read is not None else None


_OF_ROWS = re.compile(r"(?:select|insert|with|merge|delete|update|from)\b", re.IGNORECASE)
_LEADING = re.compile(r"\s*(?:(?:--[^\n]*(?:\n|$)|/\*(?!\+)[\s\S]*?\*/)\s*)+")


def without_leading_comments(text: Text, counted: bool = False) -> Text | None:
    """Blank the comments before a statement, whose first word says what it is.

    What `format` and `%` put in is `counted`, so that a comment with such a hole stays, and a command behind it is not read.
    """
    found = _LEADING.match(text.text)
    if found is None:
        return text
    if counted and HOLE in found[0]:
        return text if _OF_ROWS.match(text.text, found.end()) else None
    return replace(text, text=re.sub(r"\S", " ", found[0]) + text.text[found.end() :])


def _template(call: GlueCall, name: ast.Name, filled: ast.expr) -> ast.expr | None:
    """Return the text that `QUERY.format(…)` or `QUERY % …` fills in, where nothing but SQL is made of it."""
    held = call.value_of(name)
    if not isinstance(held, ast.Constant) or is_held_elsewhere(call, name):
        return None
    reads = [n for n in call.place.nodes.of(ast.Name) if n.id == name.id and isinstance(n.ctx, ast.Load)]
    fillings = [_filling(call, node) for node in reads]
    if not all(each is not None and _is_argument(call, each, "") for each in fillings):
        return None
    if len(fillings) == 1:
        templates = call.place.memory.setdefault("templates", {})
        assert isinstance(templates, dict)
        templates[held] = filled
    return held


def _filling(call: GlueCall, node: ast.expr) -> ast.expr | None:
    """Return the expression that fills a name's text in, None where something else is done with it."""
    above = call.place.parents[node]
    if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Mod) and above.left is node:
        return above
    made = call.place.parents[above] if isinstance(above, ast.Attribute) and above.attr == "format" else None
    return made if isinstance(made, ast.Call) else None


def _has_glue(call: GlueCall, text: ast.expr) -> bool:
    return any(node in call.place.world.callees for node in ast.walk(text) if isinstance(node, ast.Call))


def is_held_elsewhere(call: GlueCall, given: ast.expr) -> bool:
    """Whether another name, an attribute or another module may hold the text that a variable holds."""
    place = call.place
    value = call.value_of(given)
    assigned = place.parents.get(value) if value is not None else None
    targets = assigned.targets if isinstance(assigned, ast.Assign) else [getattr(assigned, "target", None)]
    if assigned is None or [getattr(target, "id", None) for target in targets] != [getattr(given, "id", "")]:
        return True
    scope = scope_of(assigned, place.parents)
    read = isinstance(scope, ast.Module) and is_named_elsewhere(place, getattr(given, "id", ""))
    return read or isinstance(scope, ast.ClassDef)


def _only_sql(call: GlueCall, given: ast.expr, user: str) -> bool:
    """Whether the variable goes nowhere but into `sql`, its user and messages, so that its text may change."""
    return (
        isinstance(given, ast.Name)
        and not is_held_elsewhere(call, given)
        and all(
            _is_argument(call, node, user)
            for node in call.place.nodes.of(ast.Name)
            if node.id == given.id and isinstance(node.ctx, ast.Load)
        )
    )


def _is_argument(call: GlueCall, node: ast.expr, user: str) -> bool:
    parent = call.place.parents[node]
    if user and isinstance(parent, ast.keyword):
        parent = call.place.parents[parent]
    if isinstance(parent, ast.FormattedValue):
        parent = call.place.parents[call.place.parents[parent]]
    if not isinstance(parent, ast.Call):
        return False
    called = ast.unparse(parent.func).rsplit(".", 1)[-1]
    return called in ("print", "info", "debug", "warning", "warn", "error", "len", user or "print") or (
        called == "sql" and call.place.world.callees.get(parent, "").endswith(".sql")
    )


def names_views_only(call: GlueCall, given: ast.expr | None) -> bool:
    """Whether the text is known through the calls of this function and names no table of a schema."""
    held = call.kind(given)
    if held.tag != "text":
        return False
    statement = read_sql(held.name)
    return statement.understood and all(len(name.parts) == 1 and not name.is_schema for name in statement.names)
