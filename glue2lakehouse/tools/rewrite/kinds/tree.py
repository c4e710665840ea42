"""Walking an `ast` tree: `ast.walk` looks at every field of every node, which is a good part of what a conversion takes."""

import ast
from typing import TypeVar

N = TypeVar("N", bound=ast.AST)
_PLAIN = frozenset({"ctx", "op", "ops", "id", "attr", "arg", "module", "level", "asname", "kind", "conversion", "simple",
                    "is_async", "rest", "kwd_attrs", "type_comment", "type_ignores"})  # fmt: skip
_LEAVES = (ast.Name, ast.Constant, ast.alias, ast.Global, ast.Nonlocal)


class _Fields(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each type of nodes that may hold nodes, found when first asked for."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        named = () if issubclass(kind, _LEAVES) else kind._fields
        self[kind] = tuple(name for name in named if name not in _PLAIN)
        return self[kind]


_FIELDS = _Fields()


def children(node: ast.AST) -> list[ast.AST]:
    """Return the nodes right below a node, but for operators and contexts, which many nodes share."""
    found: list[ast.AST] = []
    for name in _FIELDS[type(node)]:
        value = getattr(node, name, None)
        if type(value) is list:
            found += [item for item in value if item is not None]
        elif isinstance(value, ast.AST):
            found.append(value)
    return found


def below(node: ast.AST) -> list[ast.AST]:
    """Return a node and all below it, level by level."""
    nodes = [node]
    for each in nodes:
        nodes += children(each)
    return nodes


class Nodes(list[ast.AST]):
    """All nodes of a module, level by level, and the parent of each."""

    def __init__(self, tree: ast.Module) -> None:
        super().__init__([tree])
        self.parents: dict[ast.AST, ast.AST] = {}
        self._by_type: dict[type[ast.AST], list[ast.AST]] = {}
        for node in self:
            self._by_type.setdefault(type(node), []).append(node)
            inside = children(node)
            for child in inside:
                self.parents[child] = node
            self += inside
        self._of: dict[tuple[type[ast.AST], ...], list[ast.AST]] = {}

    def of(self, *kinds: type[N]) -> list[N]:
        """Return the nodes of some types in their order; remembered, as many passes ask for the same."""
        if kinds not in self._of:
            held = {kind for kind in self._by_type if issubclass(kind, kinds)}
            if len(held) == 1:
                self._of[kinds] = self._by_type[held.pop()]
            else:
                self._of[kinds] = [node for node in self if type(node) in held] if held else []
        return self._of[kinds]  # type: ignore[return-value]
