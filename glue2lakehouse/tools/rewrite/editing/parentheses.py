"""Keep together what replaces a call or a name: `fromDF(a if new else b, …).count()` -> `(a if new else b).count()`."""

import ast
from collections.abc import Mapping

from glue2lakehouse.tools.rewrite.code import Code, holds_together, shape

_BINDS = (ast.Attribute, ast.BinOp, ast.UnaryOp, ast.Compare, ast.BoolOp, ast.IfExp, ast.Starred, ast.Await,
          ast.comprehension)  # fmt: skip


def keep_together(edits: dict[ast.AST, Code], parents: Mapping[ast.AST, ast.AST]) -> None:
    """Put brackets around new code where the original text beside it would take it apart; holes see to themselves."""
    bound = [node for node in edits if node in parents and _binds(parents[node], node)]
    loose = [node for node in bound if not holds_together(edits[node], edits)]
    for node in sorted(loose, key=lambda node: -_depth(node, parents)):
        if not holds_together(edits[node], edits) and not _goes_on(parents[node], node, edits[node]):
            edits[node] = Code(("(", *edits[node].parts, ")"))


def _goes_on(parent: ast.AST, node: ast.AST, content: Code) -> bool:
    """Whether a sum becomes the beginning of a longer sum, which is added up from the left anyway."""
    made = shape(content)
    sums = all(isinstance(each, ast.BinOp) and isinstance(each.op, ast.Add) for each in (parent, made))
    return sums and parent.left is node  # type: ignore[attr-defined]


def _binds(parent: ast.AST, node: ast.AST) -> bool:
    """Whether an expression without brackets of its own could come apart as a part of its parent."""
    if isinstance(parent, ast.Subscript):
        return parent.value is node
    if isinstance(parent, ast.Call):
        return parent.func is node
    if isinstance(parent, ast.Dict):
        return any(key is None and value is node for key, value in zip(parent.keys, parent.values, strict=True))
    return isinstance(parent, _BINDS)


def _depth(node: ast.AST, parents: Mapping[ast.AST, ast.AST]) -> int:
    depth = 0
    while node in parents:
        node, depth = parents[node], depth + 1
    return depth
