"""End each converted line with a comment that names the rule: `# glue2lakehouse: from-catalog`."""

import tokenize
from collections.abc import Iterable

from glue2lakehouse.domain import Edit
from glue2lakehouse.tools.source.text import lines_of
from glue2lakehouse.tools.source.tokens import tokens_of

MARK = "# glue2lakehouse:"


def annotate(text: str, edits: Iterable[Edit]) -> str:
    """Return the text with the comments; a line inside a string or before a backslash passes it on to the next that may end.

    Lines keep their numbers, and a line that has such a comment keeps the one it has.
    """
    wanted: dict[int, dict[str, None]] = {}
    for edit in edits:
        wanted.setdefault(edit.target_line, {})[edit.rule] = None
    ends = _line_ends(text)
    lines = lines_of(text)
    placed: dict[int, dict[str, None]] = {}
    for line, rules in wanted.items():
        end = next((row for row in range(line, len(lines) + 1) if row in ends), None)
        if end is not None:
            placed.setdefault(end, {}).update(rules)
    for row, rules in placed.items():
        body = lines[row - 1].rstrip("\r\n")
        if body.strip() and MARK not in body:
            lines[row - 1] = f"{body.rstrip()}  {MARK} {', '.join(rules)}{lines[row - 1][len(body) :]}"
    return "".join(lines)


def _line_ends(text: str) -> set[int]:
    """Return the rows that end outside of strings and without a backslash."""
    try:
        tokens = list(tokens_of(text))
    except (tokenize.TokenError, SyntaxError):
        return set()
    return {token.start[0] for token in tokens if token.type in (tokenize.NEWLINE, tokenize.NL)}
