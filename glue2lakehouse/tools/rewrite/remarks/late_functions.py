"""Functions for columns that read a name which changes before their frame is used.

Spark, migrating from Spark Classic to Spark Connect: a user-defined function is sent when its frame is used, with the values that
the names around it have then. In Glue it keeps those of the line that made it.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.analyses.kept import loops_around, used_after
from glue2lakehouse.tools.rewrite.constants import MUTATORS, scope_of
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_MAKERS = frozenset({"udf", "pandas_udf"})
_LAZY = frozenset({"mapInPandas", "mapInArrow", "applyInPandas"})
_NAMED = (ast.FunctionDef, ast.AsyncFunctionDef)
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def late_functions(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each function that is made for a frame and reads what changes before the frame is used."""
    source = place.module.source
    if place.settings.compute is Compute.CLASSIC or not any(word in source for word in (*_MAKERS, *_LAZY)):
        return
    if not views_of(place.world).uses_glue:
        return
    for call, function in _made(place):
        name = next((name for name in _read(place, function) if _changes(place, call, function, name)), "")
        if name:
            yield Finding(
                rule="late-function",
                severity=Severity.BLOCKER,
                path=place.module.path,
                line=call.lineno,
                message=f"the function for columns reads `{name}`, which changes before the frame is used; on "
                f"{place.settings.compute} compute it gets the later value",
                action=f"hand the value over as a default (lambda value, {name}={name}: …), or make the function in one of its own",
            )


def _made(place: Place) -> Iterator[tuple[ast.Call, Function]]:
    """Yield the calls that make functions for columns, and those of functions that a decorator makes one of."""
    decorated = [node for node in place.nodes.of(*_NAMED) if any(map(_is_maker, node.decorator_list))]  # type: ignore[attr-defined]
    for call in place.nodes.of(ast.Call):
        assert isinstance(call, ast.Call)
        if (function := _function(place, call)) is not None:
            yield call, function
        for named in decorated:
            assert isinstance(named, _NAMED)
            if _leaf(call.func) == named.name:
                yield call, named


def _is_maker(decorator: ast.expr) -> bool:
    return _leaf(decorator.func if isinstance(decorator, ast.Call) else decorator) in _MAKERS


def _leaf(func: ast.expr) -> str:
    return func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")


def _function(place: Place, call: ast.Call) -> Function | None:
    """Return the function that a call makes one for columns of."""
    func = call.func
    leaf = _leaf(func)
    registers = leaf == "register" and isinstance(func, ast.Attribute) and getattr(func.value, "attr", "") == "udf"
    if not (leaf in _MAKERS or leaf in _LAZY or registers) or len(call.args) <= int(registers):
        return None
    given = call.args[int(registers)]
    if isinstance(given, ast.Lambda):
        return given
    name = given.id if isinstance(given, ast.Name) else ""
    named = [node for node in place.nodes.of(ast.FunctionDef) if node.name == name]
    return named[0] if len(named) == 1 else None


def _read(place: Place, function: Function) -> set[str]:
    """Return the names that a function, and the functions of the module that it calls, read from around them."""
    named = {node.name: node for node in place.module.tree.body if isinstance(node, _NAMED)}
    found, due = set[str](), [function]
    while due:
        new = _names_around(due.pop()) - found
        found |= new
        due += [named[name] for name in new if name in named]
    return found


def _names_around(function: Function) -> set[str]:
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    body = function.body if isinstance(function.body, list) else [function.body]
    inside = [node for part in body for node in ast.walk(part)]
    return {node.id for node in inside if isinstance(node, ast.Name)} - own


def _changes(place: Place, call: ast.Call, function: Function, name: str) -> bool:
    """Whether the name is given another value, or changed in place, between the call and the last use of what it makes.

    A function that a decorator makes one for columns of keeps what its first call has read, so its next calls are uses too.
    """
    inside = set(ast.walk(function))
    loops = loops_around(place, call)
    calls = [each for each in place.nodes.of(ast.Call) if _leaf(each.func) == getattr(function, "name", "")]
    again = calls if call in calls else []
    for node in place.nodes.of(ast.Name):
        if node.id != name or node in inside or not _is_changed(place, node):
            continue
        for change in _where(place, node, scope_of(call, place.parents)):
            shared = next((loop for loop in loops if loop in loops_around(place, change)), None)
            if shared is not None and (again or used_after(place, call, shared.end_lineno or 0)):
                return True
            late = change.lineno > (call.end_lineno or call.lineno)
            if late and (used_after(place, call, change.lineno) or any(each.lineno > change.lineno for each in again)):
                return True
    return False


def _where(place: Place, change: ast.Name, scope: ast.AST) -> list[ast.expr]:
    """Return where in a scope a change happens: at its place, or where the function is called that changes a name of the module."""
    function = scope_of(change, place.parents)
    if function is scope:
        return [change]
    if not isinstance(function, _NAMED):
        return []
    parts = list(ast.walk(function))
    shared = any(isinstance(part, ast.Global) and change.id in part.names for part in parts)
    own = any(isinstance(part, ast.Name) and part.id == change.id and isinstance(part.ctx, ast.Store) for part in parts)
    own = own or any(isinstance(part, ast.arg) and part.arg == change.id for part in parts)
    if own and not shared:
        return []
    calls = [each for each in place.nodes.of(ast.Call) if _leaf(each.func) == function.name]
    return [each for each in calls if scope_of(each, place.parents) is scope]


def _is_changed(place: Place, node: ast.Name) -> bool:
    if isinstance(node.ctx, ast.Store):
        return True
    parent = place.parents[node]
    if isinstance(parent, ast.Subscript):
        return parent.value is node and not isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Attribute) and parent.attr in MUTATORS
