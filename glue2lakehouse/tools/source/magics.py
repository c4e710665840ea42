"""Magic lines of a notebook cell as Python: each becomes one string on the same line, and comes back as it was.

    %worker_type G.1X      ->  'glue2lakehouse-magic: %worker_type G.1X'
    files = !aws s3 ls     ->  files = 'glue2lakehouse-magic: !aws s3 ls'

A string survives every tool that edits or moves Python; a comment goes away with the statement beside it.
"""

import ast
import io
import re
import tokenize
from collections.abc import Callable

MAGIC = "glue2lakehouse-magic: "
CELL = "glue2lakehouse-cell: "

_CANDIDATE = re.compile(
    r"^(?P<before>[ \t]*(?:[A-Za-z_][\w, .\[\]]*=[ \t]*(?=[%!]))?)(?P<magic>[%!?].*|\w[\w.]*\?{1,2}[ \t]*)$"
)
_HIDDEN = re.compile(rf"""(?P<literal>(?P<quote>['"]){MAGIC}(?:\\.|(?!(?P=quote)).)*(?P=quote))""")
_HIDDEN_ALONE = re.compile(rf"^(?P<indent>[ \t]*){_HIDDEN.pattern}[ \t]*$", re.M)


def hide_magics(cell: str) -> str:
    """Return a cell's text as Python with the same number of lines; a cell without magics comes back as it is."""
    lines = cell.split("\n")
    # Parsing is the judge: a line such as `% b` may well continue an expression.
    if not any(_CANDIDATE.match(line) for line in lines) or _parses(cell):
        return cell
    hidden: list[str] = []
    continued = False
    for line in lines:
        match = _CANDIDATE.match(line)
        if continued or (match and _stands_at_a_statement(hidden)):
            indent, magic = ("", line) if continued or match is None else (match["before"], match["magic"])
            if continued:
                magic = line
                indent = ""
            hidden.append(indent + _literal(magic))
            continued = magic.rstrip().endswith("\\")
        else:
            hidden.append(line)
    return "\n".join(hidden)


def show_magics(code: str) -> str:
    """Return the text with every hidden magic as it was written."""
    return _HIDDEN.sub(lambda match: _magic(match["literal"]), code)


def magics_in(code: str) -> list[tuple[int, str]]:
    """Return the hidden magics of a Python text with their lines (1-based)."""
    return [(code.count("\n", 0, match.start()) + 1, _magic(match["literal"])) for match in _HIDDEN.finditer(code)]


def comment_out(code: str, goes: Callable[[str], bool]) -> str:
    """Turn the magics on lines of their own that go into comments; others stay hidden."""

    def retire(match: re.Match[str]) -> str:
        magic = _magic(match["literal"])
        return f"{match['indent']}# {magic}" if goes(magic) else match[0]

    return _HIDDEN_ALONE.sub(retire, code)


def name_of(magic: str) -> str:
    """Return the name of a `%` or `%%` magic in lower case, `!` for a shell line and `?` for a help line."""
    if magic.startswith("%"):
        return (magic.lstrip("%").split() or [""])[0].lower()
    return magic[0] if magic[0] in "!?" else "?"


def argument_of(magic: str) -> str:
    """Return what follows a magic's name."""
    return magic.lstrip("%!?").partition(" ")[2].strip() if magic.startswith("%") else magic[1:].strip()


def _literal(magic: str) -> str:
    return repr(MAGIC + magic)


def _magic(literal: str) -> str:
    return str(ast.literal_eval(literal))[len(MAGIC) :]


def _parses(code: str) -> bool:
    try:
        compile(code, "<cell>", "exec", ast.PyCF_ONLY_AST | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True


def _stands_at_a_statement(lines: list[str]) -> bool:
    """Tell whether the line after these ones starts a statement, and not the inside of a string or of brackets."""
    if lines and lines[-1].rstrip().endswith("\\"):
        return False
    try:
        for _ in tokenize.generate_tokens(io.StringIO("\n".join([*lines, ""])).readline):
            pass
    except tokenize.TokenError:
        return False
    except (IndentationError, SyntaxError):
        return True
    return True
