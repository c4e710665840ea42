"""What a model's word on a doubt is worth: whether it did anything about it, and whether a run can show that it was right.

A doubt is answered where its statement is another one now, or where one that binds a name which it uses is. That a statement is
right as the rules left it is nothing that a model can settle: the rules have handed it to a person, knowing what it says.
"""

import ast
import re
import textwrap
from collections.abc import Iterator, Set
from functools import lru_cache

from glue2lakehouse.domain import Finding

_ABOUT_ROWS = frozenset(
    "added-members ambiguous-frame apply-mapping called-through-value collection-members column-functions context-members "
    "data-frame-test descriptions drop-fields drop-null-fields dynamic-record dynamodb-json error-records file-names filter flat-map "
    "frame-attributes from-catalog from-df from-options from-rdd glue-context glue-types hand-off job-arguments join late-function "
    "map map-collection map-partitions merge-frames partitioning plain-methods rdd rdd-takers relationalize rename-field "
    "replaced-view resolve-choice schema-methods schema-types select-fields select-from-collection sink source spigot split "
    "sql-context sql-context-members sql-names studio-helpers table-names to-df type-text unbox union unknown-frame unknown-glue "
    "unknown-transform unnest utilities with-frame-schema write-catalog write-options".split()
)
"""Rules whose doubts are about the rows and columns of this run. The others' are about other services, what compute has, the next run
or how rows lie in a file."""
_OUTSIDE = re.compile(r"bookmark|bounded|storage ?class|\baccount\b", re.IGNORECASE)
"""What a read or write may be asked that files on this machine do not have."""
_NESTED = ("body", "orelse", "finalbody", "handlers", "cases")


def answers(old: str, lines: Set[int], new: str) -> bool:
    """Return whether `new` says anything else than `old` about the statements at these lines (1-based) of `old`."""
    before, after = _statements(old), _statements(new)
    doubted = [node for node in before if _head(node) & lines]
    if not before or not after:
        return old.strip() != new.strip()
    if not doubted:
        return [*map(ast.dump, before)] != [*map(ast.dump, after)]
    kept = {_text(node) for node in after}
    if any(_text(node) not in kept for node in doubted):
        return True
    used = {name.id for node in doubted for name in _names(node, ast.Load)}
    return _binding(before, used) != _binding(after, used)


def a_run_shows(doubt: Finding) -> bool:
    """Return whether equal results of original and conversion on this machine say anything about a doubt of the rules."""
    return doubt.rule in _ABOUT_ROWS and not _OUTSIDE.search(doubt.message)


def statement_at(code: str, line: int) -> frozenset[int]:
    """Return the lines of the statement at a line, without the statements in it; the line alone where there is none."""
    found = [lines for node in _statements(code) if line in (lines := _head(node))]
    return frozenset(found[-1]) if found else frozenset({line})


@lru_cache(maxsize=16)
def _statements(code: str) -> list[ast.stmt]:
    try:
        tree = ast.parse(textwrap.dedent(code))
    except (SyntaxError, ValueError, RecursionError):
        return []
    return [node for node in ast.walk(tree) if isinstance(node, ast.stmt)]


def _head(node: ast.stmt) -> set[int]:
    """Return the lines of a statement without those of the statements in it."""
    first = min([node.lineno, *(one.lineno for one in getattr(node, "decorator_list", []))])
    inside = {line for part in _parts(node) for line in range(part.lineno, (part.end_lineno or part.lineno) + 1)}
    return set(range(first, (node.end_lineno or node.lineno) + 1)) - inside


def _parts(node: ast.stmt) -> Iterator[ast.stmt]:
    return (part for part in ast.walk(node) if isinstance(part, ast.stmt) and part is not node)


def _text(node: ast.stmt) -> str:
    """Return a statement without the statements in it, so that a loop around another body is the same loop."""
    return ast.dump(type(node)(**{name: value for name, value in ast.iter_fields(node) if name not in _NESTED}))


def _binding(statements: list[ast.stmt], names: set[str]) -> set[str]:
    """Return the statements that bind one of the names: assignments, imports and whole definitions."""
    return {ast.dump(node) for node in statements if _bound(node) & names}


def _bound(node: ast.stmt) -> set[str]:
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {node.name}
    if isinstance(node, ast.Import | ast.ImportFrom):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    return {name.id for name in _names(node, ast.Store)}


def _names(node: ast.stmt, context: type[ast.expr_context]) -> Iterator[ast.Name]:
    """Yield the names of a statement, without those of the statements in it."""
    todo: list[ast.AST] = [value for name, value in _children(node) if name not in _NESTED]
    while todo:
        found = todo.pop()
        if isinstance(found, ast.Name) and isinstance(found.ctx, context):
            yield found
        todo += ast.iter_child_nodes(found)


def _children(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    for name, value in ast.iter_fields(node):
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, ast.AST):
                yield name, part
