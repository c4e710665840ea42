"""Scripts that were cut out of a template or a document with its indentation, which Python refuses at the first line."""

import ast
import re
import tokenize

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.text import lines_of
from glue2lakehouse.tools.source.tokens import tokens_of


def without_indent(code: str, path: str) -> tuple[str, Finding] | None:
    """Return a script without the indentation that all of it has, or its first line alone, and the warning that says so.

    Lines inside of texts stay as they are. None where the script does not begin with an indented line, or is no Python
    without it either.
    """
    first = re.match(r"(?:[ \t]*(?:#[^\r\n]*)?(?:\r\n|\r|\n))*([ \t]+)[^\s#]", code)
    if first is None:
        return None
    indent, at = first[1], first.start(1)
    line = len(lines_of(code[:at])) + 1
    if _parses(alone := code[:at] + code[at + len(indent) :]):
        return alone, _warning(path, line, "the first statement is indented, and the others are not")
    whole = _dedented(code, indent)
    return None if whole is None else (whole, _warning(path, line, f"all of it is indented by {len(indent)}"))


def _dedented(code: str, indent: str) -> str | None:
    """Take an indentation off every line that is no part of a text, and see that the statements are the same."""
    block = f"if True:\n{code}"
    try:
        outer = ast.parse(block).body
        rows = {row - 1 for token in tokens_of(block) for row in range(token.start[0] + 1, token.end[0] + 1)}
    except (SyntaxError, ValueError, RecursionError, tokenize.TokenError):
        return None
    lines = (line if row in rows else line.removeprefix(indent) for row, line in enumerate(lines_of(code), 1))
    text = "".join(lines)
    (first, *others) = outer
    if others or not isinstance(first, ast.If) or not _parses(text):
        return None
    return text if _dump(ast.parse(text).body) == _dump(first.body) else None


def _dump(body: list[ast.stmt]) -> list[str]:
    return [ast.dump(statement) for statement in body]


def _parses(code: str) -> bool:
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError):
        return False
    return True


def _warning(path: str, line: int, why: str) -> Finding:
    return Finding(
        rule="indented", severity=Severity.WARNING, path=path, line=line,
        message=f"Python refuses the script as it stands, because {why}; it is read without that",
        action="see that nothing around it is missing",
    )  # fmt: skip
