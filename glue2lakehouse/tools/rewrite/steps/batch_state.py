"""What a batch function of a stream keeps outside of itself, and the object that it is a method of: neither stays where it is on Spark Connect.

Databricks: foreachBatch on compute in standard access mode and on serverless. The function runs on the server in a copy of its own.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.values import (
    DATA_FRAME,
    DYNAMIC_FRAME,
    GLUE_CONTEXT,
    SPARK_CONTEXT,
    SPARK_SESSION,
)
from glue2lakehouse.tools.rewrite.rule import Place

_UNSENT = (SPARK_SESSION, GLUE_CONTEXT, SPARK_CONTEXT, DATA_FRAME, DYNAMIC_FRAME)
_CHANGES = frozenset("append appendleft add update extend insert setdefault pop popleft remove discard clear".split())
_HOLDERS = frozenset({"list", "dict", "set", "defaultdict", "Counter", "deque", "OrderedDict"})


def lost_state(place: Place, function: ast.FunctionDef, outer: list[ast.Name]) -> Iterator[Finding]:
    """Yield a blocker for each name of the module that the function changes and that is read outside of it."""
    inside = set(ast.walk(function))
    names = {name.id for name in outer}
    changed: dict[str, ast.AST] = {}
    for node in (n for n in place.nodes if n in inside):
        if (name := _changed(place, node, names)) is not None:
            changed.setdefault(name, node)
    for name, node in changed.items():
        read = any(n.id == name and isinstance(n.ctx, ast.Load) and n not in inside for n in place.nodes.of(ast.Name))
        if read:
            yield place.finding(
                node,
                Severity.BLOCKER,
                f"the batch function changes `{name}`, which is read outside of it; on {place.settings.compute} compute it "
                "changes a copy, and nothing of that is seen there",
                "write what has to be known to a table, or ask the query's recentProgress",
            )


def _changed(place: Place, node: ast.AST, outer: set[str]) -> str | None:
    """Return the outer name that a part of the function gives another value, or whose value it changes."""
    if isinstance(node, ast.Global | ast.Nonlocal):
        return node.names[0]
    if isinstance(node, ast.Subscript | ast.Attribute) and isinstance(node.ctx, ast.Store | ast.Del):
        root = _root(node)
        return root if root in outer else None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in _CHANGES:
        held = node.func.value
        if isinstance(held, ast.Name) and held.id in outer and _is_holder(place, held.id):
            return held.id
    return None


def _root(node: ast.expr) -> str | None:
    while isinstance(node, ast.Subscript | ast.Attribute):
        node = node.value
    return node.id if isinstance(node, ast.Name) else None


def _is_holder(place: Place, name: str) -> bool:
    """Whether a name of the module holds a list, a dict or a set that stands in the module."""
    for node in place.nodes.of(ast.Assign):
        if any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            value = node.value
            called = value.func if isinstance(value, ast.Call) else None
            spelled = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            return isinstance(value, ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp) or spelled in _HOLDERS
    return False


def unsent_object(place: Place, given: ast.expr) -> Iterator[Finding]:
    """Yield a blocker where the batch function is a method of an object that holds a session or a frame."""
    if not isinstance(given, ast.Attribute) or not isinstance(given.value, ast.Name) or given.value.id != "self":
        return
    above: ast.AST | None = given
    while above is not None and not isinstance(above, ast.ClassDef):
        above = place.parents.get(above)
    held = next((target for node in ast.walk(above) if (target := _held(place, node))), "") if above is not None else ""
    if held:
        yield place.finding(
            given,
            Severity.BLOCKER,
            f"the batch function `self.{given.attr}` is a method of an object that holds `{held}`; on "
            f"{place.settings.compute} compute it is sent with its object, and neither a session nor a frame can be sent",
            "make it a function that takes what it needs, with the session of the batch: frame.sparkSession",
        )


def _held(place: Place, node: ast.AST) -> str:
    if not isinstance(node, ast.Assign) or not any(place.kind(node.value).is_a(kind) for kind in _UNSENT):
        return ""
    return next((ast.unparse(t) for t in node.targets if isinstance(t, ast.Attribute) and _root(t) == "self"), "")
