"""Options that one dictionary holds or several put together: `{**a, "k": 1}`, `dict(a, **b)`, `a | b`, `a.update(b)`."""

import ast
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from glue2lakehouse.tools.checks.syntax import text_of
from glue2lakehouse.tools.checks.units import Unit

_DEEPEST = 10


@dataclass(frozen=True, slots=True)
class Merged:
    """The entries by key, later ones over earlier ones; `whole` where there are no others."""

    entries: Mapping[str, ast.expr] = field(default_factory=dict)
    whole: bool = True


def merged(node: ast.expr | None, held: Mapping[str, ast.expr], deep: int = 0) -> Merged:
    """Return what an expression for options holds, with variables looked up in `held`."""
    if isinstance(node, ast.Name) and node.id in held and deep < _DEEPEST:
        return merged(held[node.id], held, deep + 1)
    if isinstance(node, ast.Dict):
        return _of_dict(node, held, deep)
    parts = _parts(node)
    if parts is None:
        return Merged(whole=False)
    return _united(merged(part, held, deep + 1) for part in parts)


def held_in_variables(units: Sequence[Unit]) -> dict[str, ast.expr]:
    """Return the variables that are assigned once, and that to options or a text; later changes are merged in.

    What a branch or another function changes counts as well: an option that may be given has to be answered for.
    """
    given: dict[str, list[ast.expr | None]] = {}
    changes: dict[str, list[ast.expr]] = {}
    for unit in units:
        if unit.target:
            given.setdefault(unit.target, []).append(getattr(unit.node, "value", None))
        for name, change in _changes(unit.node):
            changes.setdefault(name, []).append(change)
    found: dict[str, ast.expr] = {}
    for name, values in given.items():
        value = values[0]
        if len(values) > 1 or value is None or not (isinstance(value, ast.Dict | ast.Constant) or _parts(value)):
            continue
        for change in changes.get(name, ()):
            value = ast.BinOp(value, ast.BitOr(), change)
        found[name] = value
    return found


def _of_dict(node: ast.Dict, held: Mapping[str, ast.expr], deep: int) -> Merged:
    parts = []
    for key, value in zip(node.keys, node.values, strict=True):
        name = text_of(key)
        if key is None:
            parts.append(merged(value, held, deep + 1))
        else:
            parts.append(Merged({name: value}) if name is not None else Merged(whole=False))
    return _united(parts)


def _united(parts: Iterable[Merged]) -> Merged:
    entries: dict[str, ast.expr] = {}
    whole = True
    for part in parts:
        entries |= part.entries
        whole = whole and part.whole
    return Merged(entries, whole)


def _parts(node: ast.expr | None) -> list[ast.expr] | None:
    """Return the expressions that a dictionary is put together of; None for anything else."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [node.left, node.right]
    if not isinstance(node, ast.Call):
        return None
    if isinstance(node.func, ast.Attribute) and node.func.attr == "copy" and not node.args:
        return [node.func.value]
    if isinstance(node.func, ast.Name) and node.func.id == "dict":
        return [*node.args, *_of_keywords(node)]
    return None


def _of_keywords(call: ast.Call) -> list[ast.expr]:
    named = [(ast.Constant(keyword.arg), keyword.value) for keyword in call.keywords if keyword.arg is not None]
    spread = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return [ast.Dict([key for key, _ in named], [value for _, value in named]), *spread]


def _changes(node: ast.stmt) -> list[tuple[str, ast.expr]]:
    """Return the variables that a statement adds options to, each with what it adds."""
    if isinstance(node, ast.Assign):
        targets = [target for target in node.targets if isinstance(target, ast.Subscript)]
        return [
            (target.value.id, ast.Dict([target.slice], [node.value]))
            for target in targets
            if isinstance(target.value, ast.Name)
        ]
    if isinstance(node, ast.AugAssign) and isinstance(node.target, ast.Name) and isinstance(node.op, ast.BitOr):
        return [(node.target.id, node.value)]
    call = node.value if isinstance(node, ast.Expr) else None
    if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Name):
        name, method = call.func.value.id, call.func.attr
        if method == "update":
            return [(name, part) for part in (*call.args, *_of_keywords(call))]
        if method == "setdefault" and len(call.args) == 2:
            return [(name, ast.Dict([call.args[0]], [call.args[1]]))]
    return []
