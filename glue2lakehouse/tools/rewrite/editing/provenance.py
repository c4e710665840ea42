"""Which line of the new text came from which line of the old one, and by which rule."""

import ast
import difflib
from collections.abc import Callable, Iterable
from functools import cache, partial

from glue2lakehouse.domain import Certainty, Edit
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.rule import Place, Rewrite, Rule
from glue2lakehouse.tools.source.text import lines_of


def recorded(
    place: Place, edits: Edits, applied: Iterable[tuple[ast.AST, Rule, Rewrite]], after: str
) -> tuple[Edit, ...]:
    """Return an edit for each rewrite that was applied, in the order of the source."""
    lines = _LineMap(lines_of(place.module.source), lines_of(after))
    written = cache(partial(_written, place, edits))
    found = [
        Edit(
            rule=rule.name,
            certainty=rewrite.certainty,
            source_line=node.lineno,  # type: ignore[attr-defined]
            target_line=lines.target(node.lineno, partial(_first_line, place, written, node)),  # type: ignore[attr-defined]
            condition=rewrite.condition if rewrite.certainty is not Certainty.EXACT else "",
        )
        for node, rule, rewrite in applied
    ]
    return tuple(sorted(found, key=lambda edit: (edit.source_line, edit.rule)))


def _first_line(place: Place, written: Callable[[ast.stmt], str], node: ast.AST) -> str:
    """Return the first line of what the statement becomes, for an edit that stands in its first line; else nothing."""
    statement = place.statement(node)
    return written(statement) if statement.lineno == node.lineno else ""  # type: ignore[attr-defined]


def _written(place: Place, edits: Edits, statement: ast.stmt) -> str:
    """Return the first line of what a statement becomes, nothing where it has a body that is edited by itself."""
    if statement in edits.statements:
        written = edits.statements[statement]
        text = written[0] if written else ""
        return text.split("\n")[0].strip() if isinstance(text, str) else ""
    if hasattr(statement, "body"):
        return ""
    return place.source.render_inside(statement, edits.inside or edits.expressions).split("\n")[0].strip()


class _LineMap:
    """The block of the new text that each line of the old one lies in, and the line of it that answers for that."""

    def __init__(self, before: list[str], after: list[str]) -> None:
        self._after = after
        self._blocks: list[tuple[int, int, int]] = [(0, 0, 1)] * (len(before) + 2)
        for _, i1, i2, j1, j2 in difflib.SequenceMatcher(
            None, before, after, autojunk=len(before) > 2000
        ).get_opcodes():
            for line in range(i1, i2):
                self._blocks[line + 1] = (j1, j2, min(j1 + line - i1, max(j2 - 1, j1)))

    def target(self, line: int, first_line: Callable[[], str]) -> int:
        """Return the line that holds the text in the block of an old line, the nearest one, else the line beside it."""
        first, last, beside = self._blocks[line]
        text = first_line() if last - first > 1 else ""
        held = [at for at in range(first, last) if text and self._after[at].strip().startswith(text)]
        found = min(held, key=lambda at: abs(at - beside), default=beside)
        return min(found + 1, max(len(self._after), 1))
