"""Cut two versions of a module into statements and say which of them stand for each other.

A unit is a simple statement or the header of a compound one. Units with the same text cancel out: nothing can have been
lost in them. What is left is put into groups of a few old and a few new units, between anchors that both sides share
(an unchanged unit, or an assignment to the same name), so that a loss in one statement cannot hide behind another.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from glue2lakehouse.tools.source.text import lines_of

Function = (ast.FunctionDef, ast.AsyncFunctionDef)


@dataclass(frozen=True, slots=True)
class Unit:
    """A statement, or the header of one with a body; lines are 1-based and inclusive.

    `around` are the statements that it stands in, outermost first, each with the block: `if`, `else of if`, `for`, …
    """

    text: str
    node: ast.stmt
    parts: tuple[ast.AST, ...]
    scope: str
    start: int
    end: int
    around: tuple[str, ...] = ()

    @property
    def inner(self) -> str:
        """The scope of what the unit binds: a function's parameters belong to the function."""
        return f"{self.scope}.{self.node.name}" if isinstance(self.node, Function) else self.scope

    @property
    def target(self) -> str:
        """The name that an assignment binds, empty for anything else."""
        node = self.node
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            return _dotted(node.targets[0])
        return _dotted(node.target) if isinstance(node, ast.AnnAssign) else ""


@dataclass(frozen=True, slots=True)
class Group:
    """Old units and the new units that replaced them."""

    old: tuple[Unit, ...]
    new: tuple[Unit, ...]


@dataclass(frozen=True, slots=True)
class Alignment:
    """The changed groups, and for each new unit the line of the source that it came from."""

    groups: tuple[Group, ...]
    same: tuple[tuple[Unit, Unit], ...]

    def old_lines(self) -> dict[int, tuple[int, int]]:
        """Return for each line of a new unit the first and last line of the source that it answers for."""
        lines: dict[int, tuple[int, int]] = {}
        for old, new in self.same:
            for line in range(new.start, new.end + 1):
                at = min(old.start + line - new.start, old.end)
                lines[line] = (at, at) if old.end - old.start == new.end - new.start else (old.start, old.end)
        for group in self.groups:
            if group.old:
                span = (group.old[0].start, group.old[-1].end)
                lines.update((line, span) for unit in group.new for line in range(unit.start, unit.end + 1))
        return lines


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return ""


def cut(tree: ast.Module, source: str) -> list[Unit]:
    """Return the units of a module in the order of the text; docstrings are not units."""
    return list(_cut(tree.body, lines_of(source), ""))


def _cut(body: list[ast.stmt], lines: list[str], scope: str, around: tuple[str, ...] = ()) -> Iterator[Unit]:
    for node in body:
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            continue
        blocks = _blocks(node)
        start, end = node.lineno, node.end_lineno or node.lineno
        parts: tuple[ast.AST, ...] = (node,)
        inner = scope
        if blocks:
            parts = _header(node)
            start = min([start, *(part.lineno for part in getattr(node, "decorator_list", ()))])
            end = max(node.lineno, blocks[0][0].lineno - 1)
            if isinstance(node, (*Function, ast.ClassDef)):
                inner = f"{scope}.{node.name}"
        yield Unit(_text(lines, start, end, node, bool(blocks)), node, parts, scope, start, end, around)
        for block in blocks:
            yield from _cut(block, lines, inner, (*around, *_named(node, block)))


def _text(lines: list[str], start: int, end: int, node: ast.stmt, compound: bool) -> str:
    if start == end and not compound:
        return lines[start - 1].encode()[node.col_offset : node.end_col_offset].decode(errors="replace")
    return "\n".join(filter(None, (line.strip() for line in lines[start - 1 : end])))


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    match node:
        case ast.If() | ast.For() | ast.AsyncFor() | ast.While():
            return [block for block in (node.body, node.orelse) if block]
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef() | ast.With() | ast.AsyncWith():
            return [node.body]
        case ast.Try() | ast.TryStar():
            handlers = [handler.body for handler in node.handlers]
            return [block for block in (node.body, *handlers, node.orelse, node.finalbody) if block]
        case ast.Match():
            return [case.body for case in node.cases]
    return []


def _named(node: ast.stmt, block: list[ast.stmt]) -> tuple[str, ...]:
    """Return what it means to stand in a block; a function's or class's is its scope, which is known by name."""
    if isinstance(node, (*Function, ast.ClassDef)):
        return ()
    kind = type(node).__name__.lower()
    if block is getattr(node, "body", None):
        return (kind,)
    if block is getattr(node, "orelse", None):
        return (f"else of {kind}",)
    if block is getattr(node, "finalbody", None):
        return (f"finally of {kind}",)
    bodies = [part.body for part in getattr(node, "handlers", None) or getattr(node, "cases", [])]
    return (f"{'case' if isinstance(node, ast.Match) else 'except'} {bodies.index(block) + 1} of {kind}",)


def _header(node: ast.stmt) -> tuple[ast.AST, ...]:
    match node:
        case ast.If() | ast.While():
            return (node.test,)
        case ast.For() | ast.AsyncFor():
            return (node.target, node.iter)
        case ast.FunctionDef() | ast.AsyncFunctionDef():
            return (node.args, *node.decorator_list, *([node.returns] if node.returns else []))
        case ast.ClassDef():
            return (*node.bases, *node.keywords, *node.decorator_list)
        case ast.With() | ast.AsyncWith():
            return tuple(node.items)
        case ast.Try() | ast.TryStar():
            return tuple(handler.type for handler in node.handlers if handler.type)
        case ast.Match():
            return (node.subject, *(case.pattern for case in node.cases))
    return ()


def align(old: list[Unit], new: list[Unit]) -> Alignment:
    """Match the units of two versions: what is equal, and in which groups the rest changed."""
    matcher = SequenceMatcher(None, [unit.text for unit in old], [unit.text for unit in new])
    same: list[tuple[Unit, Unit]] = []
    groups: list[Group] = []
    for tag, first, last, new_first, new_last in matcher.get_opcodes():
        if tag == "equal":
            same.extend(zip(old[first:last], new[new_first:new_last], strict=True))
        else:
            groups.extend(_split(old[first:last], new[new_first:new_last]))
    return Alignment(tuple(groups), tuple(same))


def _split(old: list[Unit], new: list[Unit]) -> Iterator[Group]:
    """Split a changed stretch at assignments to the same name, in order."""
    here = there = 0
    for index, unit in enumerate(old):
        if not unit.target:
            continue
        for candidate in range(there, len(new)):
            if new[candidate].target == unit.target:
                yield Group(tuple(old[here : index + 1]), tuple(new[there : candidate + 1]))
                here, there = index + 1, candidate + 1
                break
    if here < len(old) or there < len(new):
        yield Group(tuple(old[here:]), tuple(new[there:]))
