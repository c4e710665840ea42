"""Whether an error may be caught: by a `try` or a `with` around it, or around a call of the function that it comes from.

Functions are followed by their names, through all modules that are converted together: one too many is found rather than one
too few.
"""

import ast
import builtins
from collections.abc import Callable, Iterator

from glue2lakehouse.tools.rewrite.kinds.world import World

_CATCHES_ALL = frozenset({"Exception", "BaseException", "SystemExit"})
_HARMLESS = frozenset({"staticmethod", "classmethod", "property", "cached_property"})
_TRY = (ast.Try, ast.TryStar)
_OPENERS = frozenset({"open"})
_ENDS = frozenset({"exit", "_exit", "quit", "abort"})
Parents = dict[ast.AST, ast.AST]
Handles = Callable[[ast.ExceptHandler], bool]


def may_be_caught(world: World, node: ast.AST, parents: Parents) -> bool:
    """Whether code around the node, or around what calls its function, may go on after an error that ends the program here."""
    return _caught(world, node, parents, lambda handler: _may_catch(handler.type))


def may_be_hidden(world: World, node: ast.AST, parents: Parents) -> bool:
    """Whether code around the node, or around what calls its function, takes errors of any kind and goes on."""
    return _caught(world, node, parents, _hides)


def _caught(world: World, node: ast.AST, parents: Parents, handles: Handles) -> bool:
    seen: set[str] = set()
    todo = [(node, parents)]
    while todo:
        around = list(_around(*todo.pop()))
        if any(_catches(each, handles) for each in around):
            return True
        names = {name for each in around for name in _called_as(each)} - seen
        seen |= names
        todo += _uses(world, names)
    return False


def _around(node: ast.AST, parents: Parents) -> Iterator[ast.AST]:
    """Yield what stands around a node, of a `try` only where the node is in what it watches."""
    while node in parents:
        above = parents[node]
        if not isinstance(above, _TRY) or node in above.body:
            yield above
        node = above


def _catches(node: ast.AST, handles: Handles) -> bool:
    if isinstance(node, _TRY):
        return any(map(handles, node.handlers))
    if isinstance(node, ast.With | ast.AsyncWith):
        return any(_leaf(item.context_expr) not in _OPENERS for item in node.items)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        return any(_leaf(decorator) not in _HARMLESS for decorator in node.decorator_list)
    return False


def _may_catch(kind: ast.expr | None) -> bool:
    """Whether a handler's type may be one of the program's end or of Glue's own errors: no other of Python's is."""
    if isinstance(kind, ast.Tuple):
        return any(map(_may_catch, kind.elts))
    return kind is None or _leaf(kind) in _CATCHES_ALL or not hasattr(builtins, _leaf(kind))


def _hides(handler: ast.ExceptHandler) -> bool:
    """Whether a handler takes any error, or one of a value, and does not end with an error or the program's end."""
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    last = handler.body[-1]
    ends = isinstance(last, ast.Raise) or (
        isinstance(last, ast.Expr) and isinstance(last.value, ast.Call) and _leaf(last.value) in _ENDS
    )
    return not ends and any(kind is None or _leaf(kind) in {*_CATCHES_ALL, "ValueError"} for kind in kinds)


def _leaf(node: ast.expr) -> str:
    return ast.unparse(node.func if isinstance(node, ast.Call) else node).rsplit(".", 1)[-1]


def _called_as(node: ast.AST) -> Iterator[str]:
    """Yield the name that runs what stands in a function; of a special method, its class's."""
    function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("__")
    if function or isinstance(node, ast.ClassDef):
        yield node.name  # type: ignore[attr-defined]


def _uses(world: World, names: set[str]) -> list[tuple[ast.AST, Parents]]:
    found: list[tuple[ast.AST, Parents]] = []
    for module in world.modules.values():
        if any(name in module.source for name in names):
            found += [(node, module.parents) for node in module.nodes if _named(node) in names]
    return found


def _named(node: ast.AST) -> str:
    if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
        return node.id
    return node.attr if isinstance(node, ast.Attribute) else ""
