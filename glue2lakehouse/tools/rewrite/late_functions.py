"""Functions for columns that read a name which changes before their frame is used.

Spark, migrating from Spark Classic to Spark Connect: a user-defined function is sent when its frame is used, with the values that
the names around it have then. In Glue it keeps those of the line that made it.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.constants import MUTATORS, scope_of
from glue2lakehouse.tools.rewrite.replaced_views import loops_around, used_after
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.views import views_of

_MAKERS = frozenset({"udf", "pandas_udf"})
_LAZY = frozenset({"mapInPandas", "mapInArrow", "applyInPandas"})
Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda


def late_functions(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each function that is made for a frame and reads what changes before the frame is used."""
    source = place.module.source
    if place.settings.compute is Compute.CLASSIC or not any(word in source for word in (*_MAKERS, *_LAZY)):
        return
    if not views_of(place.world).uses_glue:
        return
    for call in place.nodes:
        function = _function(place, call) if isinstance(call, ast.Call) else None
        name = next((name for name in _read(function) if _changes(place, call, function, name)), "") if function else ""
        if name and isinstance(call, ast.Call):
            yield Finding(
                rule="late-function",
                severity=Severity.BLOCKER,
                path=place.module.path,
                line=call.lineno,
                message=f"the function for columns reads `{name}`, which changes before the frame is used; on "
                f"{place.settings.compute} compute it gets the later value",
                action=f"hand the value over as a default (lambda value, {name}={name}: …), or make the function in one of its own",
            )


def _function(place: Place, call: ast.Call) -> Function | None:
    """Return the function that a call makes one for columns of."""
    func = call.func
    leaf = func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "")
    registers = leaf == "register" and isinstance(func, ast.Attribute) and getattr(func.value, "attr", "") == "udf"
    if not (leaf in _MAKERS or leaf in _LAZY or registers) or len(call.args) <= int(registers):
        return None
    given = call.args[int(registers)]
    if isinstance(given, ast.Lambda):
        return given
    name = given.id if isinstance(given, ast.Name) else ""
    named = [node for node in place.nodes if isinstance(node, ast.FunctionDef) and node.name == name]
    return named[0] if len(named) == 1 else None


def _read(function: Function) -> list[str]:
    """Return the names that a function reads from around it."""
    nodes = list(ast.walk(function))
    own = {node.arg for node in nodes if isinstance(node, ast.arg)}
    own |= {node.id for node in nodes if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load)}
    body = function.body if isinstance(function.body, list) else [function.body]
    inside = [node for part in body for node in ast.walk(part)]
    return sorted({node.id for node in inside if isinstance(node, ast.Name)} - own)


def _changes(place: Place, call: ast.AST, function: Function | None, name: str) -> bool:
    """Whether the name is given another value, or changed in place, between the call and the last use of what it makes."""
    if not isinstance(call, ast.Call) or function is None:
        return False
    inside = set(ast.walk(function))
    loops = loops_around(place, call)
    for node in place.nodes:
        if not isinstance(node, ast.Name) or node.id != name or node in inside or not _is_changed(place, node):
            continue
        if scope_of(node, place.parents) is not scope_of(call, place.parents):
            continue
        shared = next((loop for loop in loops if loop in loops_around(place, node)), None)
        if shared is not None and used_after(place, call, shared.end_lineno or 0):
            return True
        if node.lineno > (call.end_lineno or call.lineno) and used_after(place, call, node.lineno):
            return True
    return False


def _is_changed(place: Place, node: ast.Name) -> bool:
    if isinstance(node.ctx, ast.Store):
        return True
    parent = place.parents[node]
    if isinstance(parent, ast.Subscript):
        return parent.value is node and not isinstance(parent.ctx, ast.Load)
    return isinstance(parent, ast.Attribute) and parent.attr in MUTATORS
