"""AWS clients that a function of the project makes for the service it is asked for: `def client(name): return boto3.client(name)`."""

import ast
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.kinds.frames import Kinds, literal
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo
from glue2lakehouse.tools.rewrite.kinds.values import Kind, instance

_MAKERS = ("client", "resource")
_KEEPING = frozenset("staticmethod classmethod cache lru_cache".split())
"""Decorators that hand on what a function gives."""


def made_client(call: ast.Call, target: FunctionInfo, kinds: Kinds) -> Kind | None:
    """Return the client that a call of a function gives, where all that the function returns is one of a parameter's service.

    It is told by the text of the function, which the round that meets the call may not have looked at yet.
    """
    if "boto3" not in target.module.source or target.decorators - _KEEPING:
        return None
    if target.client_for is None:
        asked = {_parameter(value) for value in _returned(target.node)}
        target.client_for = asked.pop() if len(asked) == 1 else ""
    service = literal(_given(call, target, target.client_for), kinds) if target.client_for else None
    return instance(f"boto3.{service}") if isinstance(service, str) else None


def _returned(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """Yield what a function returns besides None, a name by the one value that is assigned to it there."""
    nodes = list(ast.walk(function))
    for node in nodes:
        if isinstance(node, ast.Return):
            value = node.value
            if isinstance(value, ast.Name):
                stored = [each for each in nodes if isinstance(each, ast.Assign) and _assigns(each, value.id)]
                value = stored[0].value if len(stored) == 1 == _times_bound(nodes, value.id) else value
            if value is not None and not (isinstance(value, ast.Constant) and value.value is None):
                yield value


def _times_bound(nodes: list[ast.AST], name: str) -> int:
    return sum(isinstance(each, ast.Name) and each.id == name and isinstance(each.ctx, ast.Store) for each in nodes)


def _assigns(node: ast.Assign, name: str) -> bool:
    return any(isinstance(each, ast.Name) and each.id == name for target in node.targets for each in ast.walk(target))


def _parameter(value: ast.expr) -> str:
    """Return the name whose service a client is made for, "" where it is no client or its service is told otherwise."""
    if not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute) or value.func.attr not in _MAKERS:
        return ""
    given = value.args[0] if value.args else next((k.value for k in value.keywords if k.arg == "service_name"), None)
    return given.id if isinstance(given, ast.Name) else ""


def _given(call: ast.Call, target: FunctionInfo, name: str) -> ast.expr | None:
    """Return what a call gives for a parameter that the function does not assign anew, by position or name, or its default."""
    arguments = target.node.args
    if _times_bound(list(ast.walk(target.node)), name):
        return None
    if any(isinstance(each, ast.Starred) for each in call.args) or any(each.arg is None for each in call.keywords):
        return None
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    defaults: dict[str, ast.expr] = dict(zip(reversed(names), reversed(arguments.defaults), strict=False))
    if target.owner is not None and "staticmethod" not in target.decorators:
        names = names[1:]
    defaults |= {
        each.arg: value
        for each, value in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)
        if value is not None
    }
    given = dict(zip(names, call.args, strict=False)) | {each.arg: each.value for each in call.keywords if each.arg}
    return (defaults | given).get(name)
