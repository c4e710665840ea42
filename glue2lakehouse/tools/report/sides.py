"""Two texts side by side: aligned rows by a real diff, and syntax colours as runs of characters."""

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

from glue2lakehouse.tools.report.model import ReportEdit

Row = tuple[int, int]
"""1-based line numbers of the left and the right text; 0 where a side has no line."""

_COLOURS: dict[_TokenType, str] = {
    Comment: "c",
    String.Doc: "c",
    String: "s",
    Number: "m",
    Keyword: "k",
    Operator.Word: "k",
    Name.Function: "f",
    Name.Class: "f",
    Name.Decorator: "d",
    Name.Builtin: "b",
    Name.Namespace: "n",
    Name.Tag: "k",
}


def align(before: Sequence[str], after: Sequence[str], edits: Sequence[ReportEdit]) -> list[Row]:
    """Return the rows of a side-by-side view; inside a changed block, an edit's two lines stand on one row."""
    rows: list[Row] = []
    anchors = sorted({(edit.source_line, edit.target_line) for edit in edits})
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after).get_opcodes():
        if tag == "replace":
            rows.extend(_pair(i1, i2, j1, j2, anchors))
        else:
            rows.extend(zip_longest(range(i1 + 1, i2 + 1), range(j1 + 1, j2 + 1), fillvalue=0))
    return rows


def _pair(i1: int, i2: int, j1: int, j2: int, anchors: Sequence[Row]) -> Iterator[Row]:
    left, right = i1 + 1, j1 + 1
    for source, target in anchors:
        if left <= source <= i2 and right <= target <= j2:
            yield from zip_longest(range(left, source), range(right, target), fillvalue=0)
            yield source, target
            left, right = source + 1, target + 1
    yield from zip_longest(range(left, i2 + 1), range(right, j2 + 1), fillvalue=0)


def split_lines(text: str) -> list[str]:
    """Return the lines as Python and the editors count them: a form feed, say, ends none."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[:-1] if lines[-1] == "" else lines


def coloured(path: str, text: str) -> list[tuple[str, str]]:
    """Return (line, marks) for each line; marks are runs such as `k4 1 n7`: class (none: plain) and length.

    Lengths count UTF-16 units, which is how the browser counts.
    """
    lines = split_lines(text)
    marks: list[list[tuple[str, int]]] = [[]]
    for token, value in _lexer(_language(path, text)).get_tokens("\n".join(lines)):
        for index, piece in enumerate(value.split("\n")):
            if index:
                marks.append([])
            if piece:
                marks[-1].append((_colour(token), len(piece.encode("utf-16-le", "surrogatepass")) // 2))
    marks.extend([] for _ in range(len(lines) - len(marks)))
    return [(line, _runs(line_marks)) for line, line_marks in zip(lines, marks, strict=False)]


def _runs(marks: Sequence[tuple[str, int]]) -> str:
    joined: list[tuple[str, int]] = []
    for colour, length in marks:
        if joined and joined[-1][0] == colour:
            joined[-1] = (colour, joined[-1][1] + length)
        else:
            joined.append((colour, length))
    return " ".join(f"{colour}{length}" for colour, length in joined)


@lru_cache(maxsize=256)
def _colour(token: _TokenType) -> str:
    kind: _TokenType | None = token
    while kind is not None and kind not in _COLOURS:
        kind = kind.parent
    return _COLOURS[kind] if kind is not None else ""


def _language(path: str, text: str) -> str:
    """Return a file ending; a notebook or Studio job that was unpacked is the Python inside it."""
    ending = path.rpartition(".")[2]
    if ending in ("ipynb", "json"):
        return "json" if text.lstrip()[:1] in ("{", "[") else "py"
    return ending


@lru_cache(maxsize=32)
def _lexer(ending: str) -> Lexer:
    try:
        return get_lexer_for_filename(f"x.{ending}", stripnl=False, ensurenl=False)
    except ClassNotFound:
        return TextLexer(stripnl=False, ensurenl=False)
