"""Two texts side by side: aligned rows by a real diff, and syntax colours as runs of characters."""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import zip_longest
from operator import itemgetter

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_for_filename
from pygments.lexers.special import TextLexer
from pygments.token import Comment, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

from glue2lakehouse.tools.report.model import ReportEdit

Row = tuple[int, int]
"""1-based line numbers of the left and the right text; 0 where a side has no line."""

_ALIKE = 0.5
_LARGE_BLOCK = 2500
_WORD = re.compile(r"\w+")
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
    """Return the rows of a side-by-side view; every line of both sides is there once, in order.

    Rows are held together by what is certain: lines that are unique and equal, and the two lines of an edit. Between
    them a plain diff decides.
    """
    rows: list[Row] = []
    left, right = 1, 1
    for source, target in [*_chain(_anchors(before, after, edits)), (len(before) + 1, len(after) + 1)]:
        rows += _between(before, after, left, source, right, target)
        rows.append((source, target))
        left, right = source + 1, target + 1
    return rows[:-1]


def _between(before: Sequence[str], after: Sequence[str], left: int, source: int, right: int, target: int) -> list[Row]:
    rows: list[Row] = []
    diff = SequenceMatcher(_tells_nothing, before[left - 1 : source - 1], after[right - 1 : target - 1])
    for tag, i1, i2, j1, j2 in diff.get_opcodes():
        i, j = left + i1, right + j1
        pairs = _chain(_alike(before, after, (i, left + i2), (j, right + j2))) if tag == "replace" else []
        for source_line, target_line in [*pairs, (left + i2, right + j2)]:
            rows += zip_longest(range(i, source_line), range(j, target_line), fillvalue=0)
            rows.append((source_line, target_line))
            i, j = source_line + 1, target_line + 1
        rows.pop()
    return rows


def _alike(before: Sequence[str], after: Sequence[str], left: Row, right: Row) -> dict[Row, float]:
    """Return the pairs of lines of a small changed block that share at least half of their words."""
    if (left[1] - left[0]) * (right[1] - right[0]) > _LARGE_BLOCK:
        return {}
    there = {number: set(_WORD.findall(after[number - 1])) for number in range(*right)}
    weights: dict[Row, float] = {}
    for number in range(*left):
        words = set(_WORD.findall(before[number - 1]))
        for other, others in there.items():
            share = len(words & others) / max(1, len(words | others))
            if share >= _ALIKE:
                weights[number, other] = share
    return weights


def _tells_nothing(line: str) -> bool:
    """Blank lines and lone brackets are everywhere, so a match of two of them means nothing."""
    return len(line.strip()) <= 2


def _anchors(before: Sequence[str], after: Sequence[str], edits: Sequence[ReportEdit]) -> dict[Row, float]:
    """Return pairs of lines that belong together, and how much speaks for each."""
    counts = Counter(before), Counter(after)
    place = {line: number for number, line in enumerate(after, start=1)}
    weights = {
        (number, place[line]): 2.0
        for number, line in enumerate(before, start=1)
        if counts[0][line] == counts[1][line] == 1 and not _tells_nothing(line)
    }
    for edit in edits:
        if 1 <= edit.source_line <= len(before) and 1 <= edit.target_line <= len(after):
            words = set(_WORD.findall(before[edit.source_line - 1]))
            shared = words & set(_WORD.findall(after[edit.target_line - 1]))
            if not shared and _tells_nothing(after[edit.target_line - 1]):
                continue
            weights.setdefault((edit.source_line, edit.target_line), 0.1 + len(shared) / max(1, len(words)))
    return weights


_Found = tuple[float, Row | None]


def _chain(weights: Mapping[Row, float]) -> list[Row]:
    """Return the heaviest sequence of pairs that rises on both sides (a Fenwick tree over the right side)."""
    size = max((target for _, target in weights), default=0)
    tree: list[_Found] = [(0.0, None)] * (size + 1)
    before: dict[Row, Row | None] = {}
    for source, target in sorted(weights, key=lambda row: (row[0], -row[1])):
        weight, before[source, target] = _best_below(tree, target - 1)
        found: _Found = (weight + weights[source, target], (source, target))
        index = target
        while index <= size:
            tree[index] = max(tree[index], found, key=itemgetter(0))
            index += index & -index
    chain: list[Row] = []
    _, row = _best_below(tree, size)
    while row is not None:
        chain.append(row)
        row = before[row]
    return chain[::-1]


def _best_below(tree: Sequence[_Found], index: int) -> _Found:
    best: _Found = (0.0, None)
    while index > 0:
        best = max(best, tree[index], key=itemgetter(0))
        index -= index & -index
    return best


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
