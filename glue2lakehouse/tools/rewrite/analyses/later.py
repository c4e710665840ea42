"""What becomes of a frame: whether every use of it is a mapping, and the types that those mappings name."""

import ast

from glue2lakehouse.tools.rewrite.rule import GlueCall

_MAPPINGS = {"ApplyMapping.apply": 1, ".apply_mapping": 0}
"""The ends of the names of what maps columns, with the position of the mappings."""
_CONTAINERS = frozenset({"array", "struct", "map"})
_EXACT = {"string": "string", "boolean": "boolean", "double": "double", "int": "int", "integer": "int", "date": "date",
          "timestamp": "timestamp", "binary": "binary"}  # fmt: skip
"""Types of a mapping that say which Python values a field holds; a decimal's and a long's go by each value's size."""

Entries = list[tuple[str, str, str, str]]


def mapped_later(call: GlueCall) -> Entries | None:
    """Return the entries of the mappings that are all the uses of what a call makes; None where there are others."""
    name = call.assigned
    if name is None:
        return _entries(call, call.node)
    named = [node for node in call.place.nodes.of(ast.Name) if node.id == name.id]
    uses = [node for node in named if isinstance(node.ctx, ast.Load)]
    found = [_entries(call, node) for node in uses]
    if len(named) != len(uses) + 1 or not uses:
        return None
    every: Entries = []
    for entries in found:
        if entries is None:
            return None
        every += entries
    return every


def types_mapped_from(call: GlueCall) -> dict[str, str] | None:
    """Return the types of all fields that later mappings take; None where one of them does not say what it holds.

    A long keeps its type only where the frame has it already: what Glue makes of new whole numbers goes by their size.
    """
    entries = mapped_later(call)
    known = {name: kind for name, kind in call.frame_facts.columns or () if kind.lower() in ("bigint", "long")}
    types: dict[str, str] = {}
    for source, declared, _, _ in entries or ():
        kind = _EXACT.get(declared.lower())
        if declared.lower() in ("bigint", "long") and source in known:
            kind = "bigint"
        if kind is None or not source.replace("_", "a").isalnum() or types.setdefault(source, kind) != kind:
            return None
    spelled = {name.lower() for name in types}
    return types if types and len(spelled) == len(types) else None


def _entries(call: GlueCall, frame: ast.expr) -> Entries | None:
    parents = call.place.parents
    parent = parents[frame]
    user = parents.get(parent) if isinstance(parent, ast.keyword | ast.Attribute) else parent
    called = call.place.world.callees.get(user, "") if isinstance(user, ast.Call) else ""
    position = next((position for end, position in _MAPPINGS.items() if called.endswith(end)), None)
    if position is None:
        return None
    assert isinstance(user, ast.Call)
    written = {item.arg: item.value for item in user.keywords}
    given = written.get("mappings") or (user.args[position] if len(user.args) > position else None)
    entries = call.literal(given)
    plain = isinstance(entries, list) and all(
        isinstance(entry, tuple) and len(entry) == 4 and "<" not in entry[3] and entry[3].lower() not in _CONTAINERS
        for entry in entries
    )
    return entries if isinstance(entries, list) and plain else None
