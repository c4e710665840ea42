"""Which libcst node an ast node is: both trees are walked in the order of the text and counted.

Finding and deciding is done on `ast`, which parses nine times faster; editing on libcst, which keeps every space. Positions
in libcst cost as much again as parsing, so calls, attributes, names and statements are matched by their number in the
text instead, and each match is checked by its label.
"""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import cache

import libcst as cst

from glue2lakehouse.tools.rewrite.kinds.tree import children

EXPRESSIONS = (ast.Call, ast.Attribute, ast.Name)
_ANCHORS = (ast.stmt, *EXPRESSIONS)


class Mismatch(Exception):
    """The two trees do not have the same anchors in the same order."""


def anchors(tree: ast.Module, replaced: Collection[ast.AST], around: Collection[ast.AST]) -> list[tuple[ast.AST, bool]]:
    """Return the calls, attributes, names and statements of a module in the order of the text, parents first.

    What is below one comes only where something `replaced` is below it, which the walk through libcst's tree goes into as well:
    the second of each pair says so. `around` are the nodes that something replaced is below of.
    """
    found: list[tuple[ast.AST, bool]] = []
    stack: list[ast.AST] = list(reversed(tree.body))
    while stack:
        node = stack.pop()
        if isinstance(node, _ANCHORS):
            entered = node in around and node not in replaced
            found.append((node, entered))
            if not entered:
                continue
        stack += reversed([*_in_text_order(node)])
    return found


def _in_text_order(node: ast.AST) -> Iterable[ast.AST]:
    """Return what is right below a node as it stands in the text; names that imports and `global` spell are no anchors."""
    order = _ORDERS.get(type(node))
    return children(node) if order is None else order(node)


def _of_call(node: ast.Call) -> Iterable[ast.AST]:
    given = [*node.args, *(keyword.value for keyword in node.keywords)]
    if node.keywords and node.args:
        given.sort(key=_position)
    return (node.func, *given)


def _of_dict(node: ast.Dict) -> Iterator[ast.AST]:
    for key, value in zip(node.keys, node.values, strict=True):
        if key is not None:
            yield key
        yield value


def _of_function(node: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.AST]:
    yield from node.decorator_list
    yield from _parameters(node.args)
    if node.returns is not None:
        yield node.returns
    yield from node.body


def _of_class(node: ast.ClassDef) -> Iterable[ast.AST]:
    return (*node.decorator_list, *node.bases, *(keyword.value for keyword in node.keywords), *node.body)


def _of_case(node: ast.match_case) -> Iterable[ast.AST]:
    return node.body if node.guard is None else (node.guard, *node.body)


def _position(node: ast.expr) -> tuple[int, int]:
    return node.lineno, node.col_offset


def _parameters(arguments: ast.arguments) -> Iterator[ast.AST]:
    positional = [*arguments.posonlyargs, *arguments.args]
    padding: list[ast.expr | None] = [None] * (len(positional) - len(arguments.defaults))
    pairs = list(zip(positional, [*padding, *arguments.defaults], strict=True))
    if arguments.vararg is not None:
        pairs.append((arguments.vararg, None))
    pairs += list(zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True))
    if arguments.kwarg is not None:
        pairs.append((arguments.kwarg, None))
    for argument, default in pairs:
        if argument.annotation is not None:
            yield argument.annotation
        if default is not None:
            yield default


_ORDERS: dict[type[ast.AST], Callable[..., Iterable[ast.AST]]] = {
    ast.Call: _of_call,
    ast.Dict: _of_dict,
    ast.IfExp: lambda node: (node.body, node.test, node.orelse),
    ast.FunctionDef: _of_function,
    ast.AsyncFunctionDef: _of_function,
    ast.Lambda: lambda node: (*_parameters(node.args), node.body),
    ast.ClassDef: _of_class,
    ast.match_case: _of_case,
    ast.Import: lambda node: (),
    ast.ImportFrom: lambda node: (),
    ast.Global: lambda node: (),
    ast.Nonlocal: lambda node: (),
}


def label(node: ast.AST) -> str:
    """Return what an ast anchor and its libcst counterpart have in common."""
    if isinstance(node, ast.Call):
        return "call"
    if isinstance(node, ast.Attribute):
        return "." + node.attr
    return node.id if isinstance(node, ast.Name) else "statement"


CONSTANTS = frozenset({"None", "True", "False"})


@cache
def is_statement(kind: type[cst.CSTNode]) -> bool:
    """Whether libcst nodes of the type are statements."""
    return issubclass(kind, cst.BaseSmallStatement | cst.BaseCompoundStatement)


def cst_label(node: cst.CSTNode) -> str | None:
    """Return the label of a libcst node, or None where it is no anchor."""
    kind = type(node)
    if kind is cst.Name:
        value: str = node.value  # type: ignore[attr-defined]
        return None if value in CONSTANTS else value
    if kind is cst.Call:
        return "call"
    if kind is cst.Attribute:
        return f".{node.attr.value}"  # type: ignore[attr-defined]
    return "statement" if is_statement(kind) else None


_NAMED = frozenset({cst.Param, cst.FunctionDef, cst.ClassDef, cst.NameItem})


def bare_name(node: cst.CSTNode) -> cst.CSTNode | None:
    """Return the child of a libcst node that is spelled like a name but is no expression."""
    kind = type(node)
    if kind is cst.Attribute:
        return node.attr  # type: ignore[attr-defined, no-any-return]
    if kind is cst.Arg:
        return node.keyword  # type: ignore[attr-defined, no-any-return]
    if kind in _NAMED:
        return node.name  # type: ignore[attr-defined, no-any-return]
    if isinstance(node, cst.ExceptHandler | cst.ExceptStarHandler) and node.name is not None:
        return node.name.name
    return None
