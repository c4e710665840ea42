"""Texts that only Glue's output makes true: the names of the files that it writes, the type of a column that it cannot settle.

Glue names files `run-<id>-part-r-<number>` (Spark `part-<number>-…`), and calls a column of several types `choice`.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Place

_FILE = re.compile(r"(?:^|/)run-(?:$|\\d|\[0-9\]|\*|\.\*)|-part-r-")
_WRITES = (f"{WRITER}.", f"{DATA_SINK}.", f"{GLUE_CONTEXT}.write_dynamic_frame", f"{DYNAMIC_FRAME}.write")


def glue_marks(place: Place) -> Iterator[Finding]:
    """Yield what is to be said about the texts of a module."""
    writes = any(name.startswith(_WRITES) for name in _called(place))
    for node in place.nodes.of(ast.Constant, ast.Compare):
        if writes and isinstance(node, ast.Constant) and isinstance(node.value, str) and _FILE.search(node.value):
            if not isinstance(place.parents.get(node), ast.Expr):
                yield _file_name(place, node)
        elif isinstance(node, ast.Compare) and _is_choice(node):
            yield _never(place, node)


def _called(place: Place) -> Iterator[str]:
    return (place.world.callees.get(node, "") for node in place.nodes.of(ast.Call))


def _file_name(place: Place, node: ast.Constant) -> Finding:
    place.rule = "glue-files"
    return place.finding(
        node,
        Severity.BLOCKER,
        f"{str(node.value)[:40]!r} looks for files by the names that Glue gives them, run-…-part-r-…; Spark's are part-…",
        "look for part- in its place, and for the ending of the format",
    )


def _is_choice(node: ast.Compare) -> bool:
    sides = (node.left, *node.comparators)
    named = any(isinstance(side, ast.Constant) and side.value == "choice" for side in sides)
    return named and any(
        isinstance(side, ast.Call)
        and isinstance(side.func, ast.Attribute)
        and side.func.attr in ("typeName", "simpleString")
        for side in sides
    )


def _never(place: Place, node: ast.Compare) -> Finding:
    place.rule = "choice-text"
    return place.finding(
        node,
        Severity.WARNING,
        f"`{' '.join(ast.unparse(node).split())[:60]}` is never true: each column of a DataFrame has one type",
        "see what it is there for: what it would have resolved has the type of the table, or that Spark infers",
    )
