"""The keys that a dict may hold, as far as the code around it shows them: by its items, `update`, `setdefault` and other dicts in it."""

import ast

from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.rule import Use


def seen_keys(use: Use, node: ast.expr | None, within: frozenset[str] = frozenset()) -> set[str]:
    """Return the written-out keys that a dict may hold, as far as the code around shows them; there may be others.

    `within` are the names whose dicts are being looked at already.
    """
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return set().union(*(seen_keys(use, v, within) if key is None else _key(use, key) for key, v in pairs))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return seen_keys(use, node.left, within) | seen_keys(use, node.right, within)
    if isinstance(node, ast.IfExp):
        return seen_keys(use, node.body, within) | seen_keys(use, node.orelse, within)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return _given_keys(use, node, within)
    known = isinstance(node, ast.Name) and node.id not in within
    return _keys_of_name(use, node, within | {node.id}) if known and isinstance(node, ast.Name) else set()


def _key(use: Use, node: ast.expr) -> set[str]:
    spelled = use.literal(node)
    return {spelled} if isinstance(spelled, str) else set()


def _given_keys(use: Use, call: ast.Call, within: frozenset[str]) -> set[str]:
    """Return the keys that `dict(...)` or `update(...)` is given."""
    named = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    unpacked = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return named.union(*(seen_keys(use, argument, within) for argument in (*call.args, *unpacked)))


def _keys_of_name(use: Use, name: ast.Name, within: frozenset[str]) -> set[str]:
    """Return the keys that the scope around gives a name, on any path: by its dict, an item, `update` or `setdefault`."""
    parents = use.place.parents
    found: set[str] = set()
    scope = scope_of(name, parents)
    named = [node for node in use.place.nodes.of(ast.Name) if node.id == name.id]
    for node in _reaching(use, name, [node for node in named if scope_of(node, parents) is scope]):
        parent = parents[node]
        if isinstance(node.ctx, ast.Store):
            if isinstance(parent, ast.Assign | ast.AnnAssign | ast.AugAssign):
                found |= seen_keys(use, parent.value, within)
        elif isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
            found |= _key(use, parent.slice)
        elif (
            isinstance(parent, ast.Attribute) and isinstance(call := parents[parent], ast.Call) and call.func is parent
        ):
            if parent.attr == "setdefault" and call.args:
                found |= _key(use, call.args[0])
            elif parent.attr == "update":
                found |= _given_keys(use, call, within)
    return found


def _reaching(use: Use, name: ast.Name, named: list[ast.Name]) -> list[ast.Name]:
    """Leave out what stands before the last assignment that every way to the name passes, and what comes after the name."""
    around = _around(use, name)
    starts = [
        place
        for node in named
        if isinstance(node.ctx, ast.Store) and isinstance(place := use.place.parents[node], ast.Assign)
        if place.lineno < name.lineno and place not in around and use.place.parents[place] in around
        if _same_block(around, place, use.place.parents[place])
    ]
    start = max(starts, key=lambda place: place.lineno, default=None)
    first = start.lineno if start is not None else 0
    held = _around(use, start) if start is not None else []
    again = any(isinstance(place, ast.For | ast.AsyncFor | ast.While) and place not in held for place in around)
    last = around[0].end_lineno if isinstance(around[0], ast.stmt) else None
    return [node for node in named if node.lineno >= first and (again or last is None or node.lineno <= last)]


def _around(use: Use, node: ast.AST) -> list[ast.AST]:
    """Return the statement of a node and all that is around it, inside out."""
    found: list[ast.AST] = [use.place.statement(node) if isinstance(node, ast.expr) else node]
    while (place := use.place.parents.get(found[-1])) is not None:
        found.append(place)
    return found


def _same_block(around: list[ast.AST], place: ast.stmt, parent: ast.AST) -> bool:
    """Whether a statement stands in the same list of statements of its parent as the way to the name does."""
    blocks = [
        block for field in ("body", "orelse", "finalbody") if place in (block := getattr(parent, field, None) or [])
    ]
    return any(inner in block for block in blocks for inner in around)
