"""Compare how conditionals and `and`/`or` end: `f(a if new else b).count()` is not `a if new else b.count()`.

Every name and call is still there when an expression comes apart, so what it touches says nothing; its first and last
operands do, where they are plain names.
"""

import ast
from collections.abc import Iterable, Iterator

from glue2lakehouse.tools.checks.units import Alignment, Unit

_End = tuple[str, str, str]


def taken_apart(alignment: Alignment) -> Iterator[tuple[Unit, str]]:
    """Yield old units with a conditional whose first or last operand is part of something else now, and its name."""
    for group in alignment.groups:
        there = {end for unit in group.new for end in _ends(unit)}
        kinds = {kind for kind, _, _ in there}
        names = {node.id for unit in group.new for node in _nodes(unit) if isinstance(node, ast.Name)}
        for unit in group.old:
            for kind, side, name in _ends(unit):
                if name in names and kind in kinds and (kind, side, name) not in there:
                    yield unit, f"`{name}` as the {side} operand of its {kind}"


def _ends(unit: Unit) -> Iterator[_End]:
    for node in _nodes(unit):
        if isinstance(node, ast.IfExp):
            kind, first, last = "conditional", node.body, node.orelse
        elif isinstance(node, ast.BoolOp):
            kind, first, last = type(node.op).__name__.lower(), node.values[0], node.values[-1]
        else:
            continue
        for side, operand in (("first", first), ("last", last)):
            yield kind, side, operand.id if isinstance(operand, ast.Name) else ""


def _nodes(unit: Unit) -> Iterable[ast.AST]:
    return (node for part in unit.parts for node in ast.walk(part))
