"""What is left around statements that go: their comments, the blank lines between the others, clauses with nothing in them."""

import re
import tokenize
from collections.abc import Sequence

import libcst as cst

from glue2lakehouse.tools.source.tokens import tokens_of


class Gone(cst.SimpleStatementLine):
    """Stands for a removed line until its block is put together."""


def without_gone(block: cst.IndentedBlock | cst.Module) -> cst.CSTNode:
    """Drop the lines that are gone from a block; comments above them move to what comes next."""
    if not any(isinstance(statement, Gone) for statement in block.body):
        return block
    kept: list[cst.CSTNode] = []
    carried: list[cst.EmptyLine] = []
    gone = False
    for statement in block.body:
        if isinstance(statement, Gone):
            gone = True
            carried += statement.leading_lines
            continue
        if gone and not kept and isinstance(block, cst.Module) and not any(line.comment for line in carried):
            carried = []
            statement = statement.with_changes(leading_lines=_without_blanks(statement))
        if carried and hasattr(statement, "leading_lines"):
            statement = statement.with_changes(leading_lines=_fused(carried, statement.leading_lines))
            carried = []
        kept.append(statement)
    if carried and any(line.comment for line in carried):
        return block.with_changes(body=kept, footer=_fused(carried, block.footer))
    return block.with_changes(body=kept)


def without_emptied(made: cst.Try | cst.If) -> cst.Try | cst.If:
    """Leave out `finally:` and `else:` where nothing is left in them; a `try` needs another clause then."""
    last = made.orelse if isinstance(made, cst.If) else made.finalbody
    if not isinstance(last, cst.Else | cst.Finally) or (isinstance(made, cst.Try) and not made.handlers):
        return made
    block = last.body
    noted = any(line.comment for line in (*last.leading_lines, *getattr(block, "footer", ())))
    if noted or not isinstance(block, cst.IndentedBlock) or block.body or block.header.comment:
        return made
    return made.with_changes(orelse=None) if isinstance(made, cst.If) else made.with_changes(finalbody=None)


_FOR_TOOLS = re.compile(r"#\s*(noqa|type:|pylint|pragma|fmt:|nosec|mypy:)")


def comments(text: str) -> list[str]:
    """Return the comments of a statement's text but for those that tools read at their line."""
    if "#" not in text:
        return []
    return [
        token.string
        for token in tokens_of(text)
        if token.type == tokenize.COMMENT and not _FOR_TOOLS.match(token.string)
    ]


def _without_blanks(statement: cst.CSTNode) -> list[cst.EmptyLine]:
    lines = list(getattr(statement, "leading_lines", ()))
    while lines and lines[0].comment is None:
        lines.pop(0)
    return lines


def _fused(first: Sequence[cst.EmptyLine], second: Sequence[cst.EmptyLine]) -> list[cst.EmptyLine]:
    """Join blank lines and comments; no run of blank lines gets longer than it was on either side."""
    longest = max(_longest_blank(first), _longest_blank(second))
    joined: list[cst.EmptyLine] = []
    run = 0
    for line in (*first, *second):
        run = run + 1 if line.comment is None else 0
        if run <= longest:
            joined.append(line)
    return joined


def _longest_blank(lines: Sequence[cst.EmptyLine]) -> int:
    longest = run = 0
    for line in lines:
        run = run + 1 if line.comment is None else 0
        longest = max(longest, run)
    return longest
