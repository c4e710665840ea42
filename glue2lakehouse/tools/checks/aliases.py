"""Read the names that a file gives Glue's classes and transforms as if it used their own: `AM.apply` is `ApplyMapping.apply`."""

import ast

from glue2lakehouse.tools.checks.glue_surface import STAR_EXPORTS
from glue2lakehouse.tools.checks.syntax import walk


def spell_out(tree: ast.Module) -> None:
    """Write Glue's own names into a tree in place of other ones, imported or assigned, that are given once."""
    nodes = list(walk(tree))
    own = {name for node in nodes for name in _imported(node)}
    stored: dict[str, list[ast.AST]] = {}
    for node in nodes:
        for name, value in _bound(node):
            stored.setdefault(name, []).append(value)
    for name, values in stored.items():
        if len(values) == 1 and isinstance(values[0], ast.Name) and values[0].id in STAR_EXPORTS:
            own.add((name, values[0].id))
    meant = {name: real for name, real in own if name not in stored or len(stored[name]) == 1}
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load):
            node.id = meant.get(node.id, node.id)


def _imported(node: ast.AST) -> list[tuple[str, str]]:
    if not isinstance(node, ast.ImportFrom) or not (node.module or "").startswith("awsglue"):
        return []
    return [(alias.asname, alias.name) for alias in node.names if alias.asname and alias.name in STAR_EXPORTS]


def _bound(node: ast.AST) -> list[tuple[str, ast.AST]]:
    """Return the names that a node binds, each with its value, or with the node where that is none."""
    if isinstance(node, ast.Assign):
        return [(target.id, node.value) for target in node.targets if isinstance(target, ast.Name)]
    if isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr | ast.For | ast.comprehension):
        return [(name.id, node) for name in ast.walk(node.target) if isinstance(name, ast.Name)]
    if isinstance(node, ast.arg):
        return [(node.arg, node)]
    return [(node.name, node)] if isinstance(node, ast.FunctionDef | ast.ClassDef) else []
