"""String literals as text with a way back: which piece of the source each character of the text comes from.

What is put in when the program runs (`{...}` of an f-string or of `.format`, `%s`) stands in the text as `HOLE` characters,
as many as it has in the source.
"""

import ast
import re
import tokenize
from dataclasses import dataclass
from typing import Literal

from glue2lakehouse.tools.source.text import lines_of
from glue2lakehouse.tools.source.tokens import tokens_of

HOLE = "Ξ"
Style = Literal["", "format", "percent"]
_ESCAPE = re.compile(r"\\(?:\r?\n|[0-7]{1,3}|x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]+\}|.)", re.DOTALL)
_PERCENT = re.compile(r"%(?:\(\w+\))?[-#0 +]*\d*(?:\.\d+)?[srdif]")


@dataclass(frozen=True, slots=True)
class Text:
    """The text of a literal, the source it was written in, and the place in the source of each character."""

    text: str
    source: str
    places: tuple[int, ...]

    def hole(self, start: int, end: int) -> str:
        """Return the source of what a run of `HOLE` stands for."""
        return self.source[self.places[start] : self.places[end - 1] + 1]

    def replaced(self, changes: list[tuple[int, int, str]]) -> str:
        """Return the source with spans (start, end, new) of the text replaced; all else stays byte for byte."""
        source = self.source
        for start, end, new in sorted(changes, reverse=True):
            last = self.places[end - 1] + 1 if end > start else self.places[start]
            source = source[: self.places[start]] + new + source[last:]
        return source


def read_literal(source: str, style: Style = "") -> Text | None:
    """Return the text of one literal or of several side by side; None where it is something else.

    >>> read_literal('f"a {b}"').text
    'a ΞΞΞ'
    """
    text: list[str] = []
    places: list[int] = []
    lines = [0]
    for line in lines_of(source):
        lines.append(lines[-1] + len(line))
    try:
        tokens = list(tokens_of(f"({source}\n)"))
    except (tokenize.TokenError, SyntaxError):
        return None
    for token in tokens:
        if token.type == tokenize.STRING:
            row, column = token.start
            start = lines[row - 1] + column - (1 if row == 1 else 0)
            if not _read_token(token.string, start, style, text, places):
                return None
        elif token.type in (tokenize.NAME, tokenize.NUMBER) or (token.type == tokenize.OP and token.string not in "()"):
            return None
    return Text("".join(text), source, tuple(places)) if text else None


def _read_token(token: str, start: int, style: Style, text: list[str], places: list[int]) -> bool:
    match = re.match(r"([A-Za-z]*)('''|\"\"\"|'|\")", token)
    if match is None or "b" in match[1].lower():
        return False
    prefix, quote = match[1].lower(), match[2]
    position, end = match.end(), len(token) - len(quote)
    braces = "f" in prefix or style == "format"
    while position < end:
        size, value = _next(token, position, end, "r" in prefix, braces, style == "percent")
        if size == 0:
            return False
        if value == HOLE:
            text.extend(HOLE * size)
            places.extend(range(start + position, start + position + size))
        elif value:
            text.append(value)
            places.append(start + position)
        position += size
    return True


def _next(token: str, position: int, end: int, raw: bool, braces: bool, percent: bool) -> tuple[int, str]:
    """Return how much of the source the next character takes, and that character; 0 where it cannot be told."""
    char = token[position]
    if char == "\\" and not raw:
        match = _ESCAPE.match(token, position)
        if match is None:
            return 0, ""
        if match[0][1:] in ("\n", "\r\n"):
            return len(match[0]), ""
        try:
            value = ast.literal_eval(f'"{match[0]}"') if match[0] != '\\"' else '"'
        except (SyntaxError, ValueError):
            return 0, ""
        return (len(match[0]), value) if isinstance(value, str) and len(value) == 1 else (0, "")
    if braces and char in "{}":
        if token[position : position + 2] == char * 2:
            return 2, char
        closing = _closing(token, position, end) if char == "{" else None
        return (closing + 1 - position, HOLE) if closing is not None else (0, "")
    if percent and char == "%":
        if token[position : position + 2] == "%%":
            return 2, "%"
        match = _PERCENT.match(token, position)
        return (len(match[0]), HOLE) if match else (1, char)
    return 1, char


def _closing(token: str, position: int, end: int) -> int | None:
    depth = 0
    for place in range(position, end):
        if token[place] == "{":
            depth += 1
        elif token[place] == "}":
            depth -= 1
            if depth == 0:
                return place
    return None
