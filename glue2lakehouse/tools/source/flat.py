"""A syntax tree as one list in source order, so that each definition is a slice of it and nothing is walked twice."""

import ast
from dataclasses import dataclass

Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

BRANCHES = (
    ast.If, ast.IfExp, ast.For, ast.AsyncFor, ast.While, ast.ExceptHandler, ast.Assert, ast.comprehension, ast.match_case,
)  # fmt: skip
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_KEPT = frozenset(
    (
        ast.Name,
        ast.Attribute,
        ast.Call,
        ast.Import,
        ast.ImportFrom,
        ast.Assign,
        ast.arg,
        ast.BoolOp,
        *_DEFINITIONS,
        *BRANCHES,
    )
)


@dataclass(frozen=True)
class Flat:
    """The nodes that say something about names and branches, in source order, and the slice of each statement."""

    nodes: list[ast.AST]
    spans: dict[ast.AST, tuple[int, int]]

    def within(self, node: ast.AST) -> list[ast.AST]:
        """Return the nodes of a definition or of a statement at the module's top, itself included."""
        first, last = self.spans[node]
        return self.nodes[first:last]


def flatten(tree: ast.Module) -> Flat:
    """Walk a module once. Iterative: a chain of a thousand calls is no deeper than any other tree."""
    nodes: list[ast.AST] = []
    spans: dict[ast.AST, tuple[int, int]] = {}
    top = set(map(id, tree.body))
    waiting: list[ast.AST | tuple[ast.AST, int]] = list(reversed(tree.body))
    while waiting:
        node = waiting.pop()
        if isinstance(node, tuple):
            spans[node[0]] = (node[1], len(nodes))
            continue
        if isinstance(node, _DEFINITIONS) or id(node) in top:
            waiting.append((node, len(nodes)))
        if type(node) in _KEPT:
            nodes.append(node)
        waiting.extend(reversed(_children(node)))
    spans[tree] = (0, len(nodes))
    return Flat(nodes, spans)


def _children(node: ast.AST) -> list[ast.AST]:
    children: list[ast.AST] = []
    for name in node._fields:
        value = getattr(node, name, None)
        if isinstance(value, list):
            children += [item for item in value if isinstance(item, ast.AST)]
        elif isinstance(value, ast.AST) and name != "ctx":
            children.append(value)
    return children
