"""Cut SQL text into tokens and statements without losing a character or a line number.

Hive and Athena disagree on strings: Hive (and Athena's DDL, which is Hive's) escapes with a backslash, Athena's queries
double the quote. So the statement's first words decide how its strings are read.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

Kind = Literal["word", "string", "double", "quoted", "number", "symbol", "comment", "space"]
VARIABLE = re.compile(r"\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\}")
_WORD = r"(?:[^\W\d]|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\})(?:\w|\$\{[^{}\n]*\}|\{\{[^{}\n]*\}\})*"
_SHARED = rf"""
  (?P<space>\s+)
| (?P<comment>--[^\n]*|/\*(?!\+)(?:.|\n)*?\*/|\{{%(?:.|\n)*?%\}}|\{{\#(?:.|\n)*?\#\}})
| (?P<quoted>`(?:[^`]|``)*`)
| (?P<word>{_WORD})
| (?P<number>\d[\w.]*|\.\d+\w*)
"""
_HIVE = re.compile(
    rf"{_SHARED}| (?P<string>'(?:[^'\\]|\\(?:.|\n))*') | (?P<double>\"(?:[^\"\\]|\\(?:.|\n))*\") | (?P<symbol>.)",
    re.VERBOSE,
)
_PRESTO = re.compile(
    rf"{_SHARED}| (?P<string>'(?:[^']|'')*') | (?P<double>\"(?:[^\"]|\"\")*\") | (?P<symbol>.)", re.VERBOSE
)
_QUERY = re.compile(
    r"(select|with|insert|unload|merge|update|delete|explain|prepare|execute|create\s+(or\s+replace\s+)?view"
    r"|create\s+table\s+(if\s+not\s+exists\s+)?\S+\s+(with\s*\(|as\b))\b",
    re.IGNORECASE,
)
_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "0": "\0", "Z": "\x1a"}


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of the text: `start` and `end` are offsets into the whole file, `line` is 1-based."""

    kind: Kind
    text: str
    start: int
    end: int
    line: int

    def says(self, *words: str) -> bool:
        """Whether this is one of these bare words or symbols, in any case."""
        return self.kind in ("word", "symbol") and self.text.upper() in words

    @property
    def value(self) -> str:
        """Return what a name or a string means, without quotes and escapes."""
        if self.kind == "quoted":
            return self.text[1:-1].replace("``", "`")
        if self.kind in ("string", "double"):
            return unescape(self.text)
        return self.text


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement: `lead` is the text before it (comments, blank lines), `tokens` are without comments and spaces."""

    text: str
    lead: str
    line: int
    tokens: tuple[Token, ...]
    comments: tuple[str, ...]
    start: int

    @property
    def opening(self) -> str:
        """Return the first eight words in upper case, one space apart, for matching rules."""
        return " ".join(token.text.upper() for token in self.tokens[:8])


def unescape(literal: str) -> str:
    r"""Return the value of a Hive string literal: `\n`, `\t`, octal `\001`, `\uXXXX`; any other escaped sign is itself."""

    def one(match: re.Match[str]) -> str:
        code = match[1]
        if len(code) == 3:
            return chr(int(code, 8))
        if len(code) == 5:
            return chr(int(code[1:], 16))
        return _ESCAPES.get(code, "\\" + code if code in "%_" else code)

    return re.sub(r"\\([0-3][0-7]{2}|u[0-9a-fA-F]{4}|.)", one, literal[1:-1], flags=re.DOTALL)


def literal(value: str) -> str:
    r"""Return `value` as a Spark SQL string literal; control signs are written as escapes, `\%` and `\_` survive."""
    escaped = re.sub(r"\\(?![%_])", r"\\\\", value).replace("'", "\\'")
    for sign, code in (("\n", "\\n"), ("\t", "\\t"), ("\r", "\\r")):
        escaped = escaped.replace(sign, code)
    return "'" + re.sub(r"[\x00-\x1f]", lambda match: f"\\u{ord(match[0]):04x}", escaped) + "'"


def tokenize(text: str, presto: bool = False) -> Iterator[Token]:
    """Yield every token of the text, comments and spaces included; the texts joined give the input back."""
    position, line = 0, 1
    while position < len(text):
        token = _next(text, position, line, presto)
        yield token
        position, line = token.end, line + token.text.count("\n")


def _next(text: str, position: int, line: int, presto: bool) -> Token:
    match = (_PRESTO if presto else _HIVE).match(text, position)
    if match is None:
        return Token("symbol", text[position], position, position + 1, line)
    kind: Kind = match.lastgroup  # type: ignore[assignment]
    return Token(kind, match[0], position, match.end(), line)


def split_statements(text: str, athena: bool = False) -> tuple[list[Statement], str]:
    """Return the statements of a file, and what stands after the last one. Semicolons in strings and comments count not."""
    statements: list[Statement] = []
    tokens: list[Token] = []
    position, line, lead_from = 0, 1, 0
    presto = False
    while position < len(text):
        token = _next(text, position, line, presto)
        position, line = token.end, line + token.text.count("\n")
        if token.kind in ("space", "comment"):
            if tokens:
                tokens.append(token)
            continue
        if token.text == ";":
            if tokens:
                statements.append(_statement(text, lead_from, tokens))
            lead_from, tokens, presto = position, [], False
            continue
        if not tokens:
            presto = athena and _QUERY.match(text, token.start) is not None
        tokens.append(token)
    if tokens:
        statements.append(_statement(text, lead_from, tokens))
        lead_from = statements[-1].start + len(statements[-1].text)
    return statements, text[lead_from:]


def _statement(text: str, lead_from: int, tokens: list[Token]) -> Statement:
    while tokens[-1].kind == "space":
        tokens.pop()
    first, last = tokens[0], tokens[-1]
    return Statement(
        text=text[first.start : last.end],
        lead=text[lead_from : first.start],
        line=first.line,
        tokens=tuple(token for token in tokens if token.kind not in ("space", "comment")),
        comments=tuple(token.text for token in tokens if token.kind == "comment"),
        start=first.start,
    )
