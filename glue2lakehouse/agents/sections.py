"""Cut the part of a draft that a model works on, and put its answer back: a function, a class, or a run of top-level lines."""

import ast
import difflib
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

LONGEST_LINES = 200
_WINDOW_LINES = 60
_MOST_BOUND = 20
_LONGEST_BOUND = 400
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


class Section(NamedTuple):
    """Lines `first` to `last` (1-based, inclusive) of a text."""

    name: str
    first: int
    last: int
    code: str

    @property
    def indent(self) -> str:
        """The white space that the section's first line begins with."""
        line = self.code.split("\n", 1)[0]
        return line[: len(line) - len(line.lstrip())]


def sections_around(code: str, lines: Iterable[int]) -> list[Section]:
    """Return the sections that hold these lines, in order and apart; nothing for text that does not parse."""
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return []
    definitions = [node for node in ast.walk(tree) if isinstance(node, _DEFINITIONS)]
    wanted = sorted({line for line in lines if line > 0})
    found: list[Section] = []
    text = code.split("\n")
    for line in wanted:
        if found and found[-1].first <= line <= found[-1].last:
            continue
        name, first, last = _around(tree, definitions, line, len(text))
        if found and first <= found[-1].last:
            if last - found[-1].first < LONGEST_LINES:
                name, first = f"{found[-1].name}, {name}", found[-1].first
                found.pop()
            else:
                # Doubts all over a long script are settled part by part, each within what one conversation can hold.
                first = found[-1].last + 1
        found.append(Section(name, first, last, "\n".join(text[first - 1 : last])))
    return found


def _around(
    tree: ast.Module,
    definitions: Sequence[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef],
    line: int,
    total: int,
) -> tuple[str, int, int]:
    best: tuple[str, int, int] | None = None
    for node in definitions:
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        last = node.end_lineno or node.lineno
        fits = first <= line <= last and last - first < LONGEST_LINES
        # The outermost definition that is short enough: a model needs the method's neighbours, not the whole file.
        if fits and (best is None or last - first > best[2] - best[1]):
            best = (node.name, first, last)
    return best or _run_of_lines(tree.body, line, total)


def _run_of_lines(body: Sequence[ast.stmt], line: int, total: int) -> tuple[str, int, int]:
    """Return whole statements around a line, some before it for the names they define, none cut in two.

    Of a definition or block that is too long as a whole, the statements inside.
    """
    for node in body:
        if node.lineno <= line <= (node.end_lineno or node.lineno) and _lines_of(node) > LONGEST_LINES:
            for block in _blocks(node):
                if block[0].lineno <= line <= (block[-1].end_lineno or block[-1].lineno):
                    name, first, last = _run_of_lines(block, line, total)
                    return f"part of {getattr(node, 'name', name)}", first, last
    low, high = line - _WINDOW_LINES, line + _WINDOW_LINES // 2
    inside = [node for node in body if (node.end_lineno or node.lineno) >= low and node.lineno <= high]
    here = [node for node in inside if node.lineno <= line <= (node.end_lineno or node.lineno)]
    around = [node for node in inside if (node.end_lineno or node.lineno) - node.lineno < _WINDOW_LINES] or here
    chosen = around + [node for node in here if node not in around]
    if not chosen:
        return "module", max(1, line), min(max(line, 1), total)
    first = min(min([node.lineno, *(d.lineno for d in getattr(node, "decorator_list", []))]) for node in chosen)
    return "module", min(first, line), max(max(node.end_lineno or node.lineno for node in chosen), line)


def _lines_of(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def _blocks(node: ast.stmt) -> list[list[ast.stmt]]:
    holders = [node, *getattr(node, "handlers", []), *getattr(node, "cases", [])]
    blocks = [getattr(holder, name, []) for holder in holders for name in ("body", "orelse", "finalbody")]
    return [block for block in blocks if block]


def replace_section(code: str, section: Section, new: str, imports: Sequence[str] = ()) -> str:
    """Return the text with the section's lines replaced and the imports added that are not there yet."""
    lines = code.split("\n")
    body = new.strip("\n")
    if not section.indent or not body.startswith(section.indent):
        # Lines inside long texts would move too, so what stands right already is left alone.
        body = textwrap.indent(textwrap.dedent(body), section.indent)
    replaced = "\n".join([*lines[: section.first - 1], *body.split("\n"), *lines[section.last :]])
    for line in imports:
        if line.strip() not in {present.strip() for present in replaced.split("\n")}:
            replaced = _with_import(replaced, line.strip())
    return replaced


def bound_outside(code: str, section: Section) -> list[str]:
    """Return the assignments of the file, outside of a section, to names that the section uses; long ones cut."""
    try:
        tree, inside = ast.parse(code), ast.parse(textwrap.dedent(section.code))
    except (SyntaxError, ValueError, RecursionError):
        return []
    used = {node.id for node in ast.walk(inside) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
    found = []
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and not section.first <= node.lineno <= section.last:
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if used & {name.id for target in targets for name in ast.walk(target) if isinstance(name, ast.Name)}:
                text = "\n".join(code.split("\n")[node.lineno - 1 : node.end_lineno])
                found.append(text if len(text) <= _LONGEST_BOUND else f"{text[:_LONGEST_BOUND]} …")
    return found[-_MOST_BOUND:]


def is_import(line: str) -> bool:
    """Whether a line is one import statement and nothing else."""
    try:
        body = ast.parse(line.strip()).body
    except (SyntaxError, ValueError):
        return False
    return len(body) == 1 and isinstance(body[0], ast.Import | ast.ImportFrom)


def _with_import(code: str, line: str) -> str:
    try:
        body = ast.parse(code).body
    except (SyntaxError, ValueError):
        return f"{line}\n{code}"
    after = 0
    for index, node in enumerate(body):
        docstring = index == 0 and isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        if not docstring and not isinstance(node, ast.Import | ast.ImportFrom):
            break
        after = node.end_lineno or node.lineno
    lines = code.split("\n")
    return "\n".join([*lines[:after], line, *lines[after:]])


@lru_cache(maxsize=16)
def line_map(before: str, after: str) -> Mapping[int, int]:
    """Return for each line of `before` the line of `after` where it stands, or where its replacement begins."""
    mapped: dict[int, int] = {}
    matcher = difflib.SequenceMatcher(None, before.split("\n"), after.split("\n"), autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        for index in range(i1, i2):
            mapped[index + 1] = min(j1 + index - i1, max(j2 - 1, j1)) + 1
    return mapped


def lines_behind(before: str, after: str, first: int, last: int) -> str:
    """Return the lines of `before` that became lines `first` to `last` of `after`."""
    mapped = line_map(before, after)
    lines = [line for line, at in mapped.items() if first <= at <= last]
    text = before.split("\n")
    return "\n".join(text[min(lines) - 1 : max(lines)]) if lines else ""
