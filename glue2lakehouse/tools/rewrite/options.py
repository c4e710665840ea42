"""Options that a call is given as a dict: what each of them is worth, and where its value is to be found."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Piece, code
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Use
from glue2lakehouse.tools.source.text import quoted as quoted


@dataclass(slots=True)
class Options:
    """The entries of an options dict by key.

    `take` gives a value to the rule; what is left over at the end has to be answered for (`leftover`). A value is an
    expression of the source, or `name["key"]` where the dict is held in a variable.
    """

    use: Use
    values: dict[str, Piece]
    literals: dict[str, object]
    taken: set[str] = field(default_factory=set)

    def take(self, *keys: str) -> Piece | None:
        """Return the value under the first of the keys that is given; all of them count as answered."""
        self.taken |= {key for key in self.values if key.lower() in {name.lower() for name in keys}}
        found = self._find(keys)
        return self.values[found] if found is not None else None

    def literal(self, *keys: str) -> object:
        """Return the literal value under one of the keys, else `NOT_LITERAL`; counts as answered."""
        self.taken |= {key for key in self.values if key.lower() in {name.lower() for name in keys}}
        found = self._find(keys)
        return self.literals.get(found, NOT_LITERAL) if found is not None else NOT_LITERAL

    def given(self, *keys: str) -> bool:
        """Whether one of the keys is given."""
        return self._find(keys) is not None

    def leftover(self) -> Iterator[str]:
        """Yield the keys that nobody answered for."""
        yield from (key for key in self.values if key not in self.taken)

    def _find(self, keys: tuple[str, ...]) -> str | None:
        lowered = {key.lower(): key for key in self.values}
        return next((lowered[key.lower()] for key in keys if key.lower() in lowered), None)


def read_options(use: Use, node: ast.expr | None) -> Options | Finding:
    """Return the entries of the expression given for options; a finding where they cannot be known before it runs."""
    if node is None or (isinstance(node, ast.Constant) and node.value is None):
        return Options(use, {}, {})
    entries = _entries(use, node)
    if entries is None:
        return use.blocker(
            f"the options `{_short(use.text(node))}` are put together at run time, so they cannot be checked",
            "write the options out as a dict at the call, then convert again",
            node,
        )
    return Options(use, {key: value for key, (value, _) in entries.items()}, {k: v for k, (_, v) in entries.items()})


def _entries(use: Use, node: ast.expr) -> dict[str, tuple[Piece, object]] | None:
    if isinstance(node, ast.Dict):
        return _dict_entries(use, node)
    if isinstance(node, ast.Name):
        held = use.value_of(node)
        inner = _entries(use, held) if held is not None and not isinstance(held, ast.Name) else None
        return None if inner is None else {key: (_held(node.id, key), known) for key, (_, known) in inner.items()}
    parts = _merged(node)
    if parts is None:
        return None
    found: dict[str, tuple[Piece, object]] = {}
    for part in parts:
        if isinstance(part, ast.keyword):
            found[str(part.arg)] = (part.value, use.literal(part.value))
            continue
        inner = _entries(use, part)
        if inner is None:
            return None
        found |= inner
    return found


def _merged(node: ast.expr) -> list[ast.expr | ast.keyword] | None:
    """Return the parts that one dict is put together of, later ones over earlier ones; None for anything else.

    `a | b`, `a.copy()`, `dict(a, key=value, **b)`.
    """
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return [node.left, node.right]
    if not isinstance(node, ast.Call) or any(isinstance(argument, ast.Starred) for argument in node.args):
        return None
    if isinstance(node.func, ast.Attribute):
        return [node.func.value] if node.func.attr == "copy" and not node.args and not node.keywords else None
    if not isinstance(node.func, ast.Name) or node.func.id != "dict" or len(node.args) > 1:
        return None
    return [*node.args, *(keyword if keyword.arg is not None else keyword.value for keyword in node.keywords)]


def _dict_entries(use: Use, node: ast.Dict) -> dict[str, tuple[Piece, object]] | None:
    found: dict[str, tuple[Piece, object]] = {}
    for key, value in zip(node.keys, node.values, strict=True):
        if key is None:
            inner = _entries(use, value)
            if inner is None:
                return None
            found |= inner
            continue
        spelled = use.literal(key)
        if not isinstance(spelled, str):
            return None
        found[spelled] = (value, use.literal(value))
    return found


def _held(name: str, key: str) -> Piece:
    return code("{name}[{key}]", name=name, key=quoted(key))


def truth(value: object) -> bool | None:
    """Return what Glue makes of a literal `True`, `"true"`, `0`, …; None where it is not written out."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "false"):
        return value.strip().lower() == "true"
    return None


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "..."
