"""Python's tokens, the same ones on every version that we run on: an f-string is one STRING, whose parts Python 3.12 tells apart."""

import io
import sys
import tokenize
from collections.abc import Iterator
from tokenize import TokenInfo

from glue2lakehouse.tools.source.text import lines_of


def tokens_of(text: str) -> Iterator[TokenInfo]:
    """Yield the tokens of a text. Raises tokenize.TokenError or SyntaxError where it has none, as `tokenize` does.

    >>> [token.string for token in tokens_of("f'{a!r} b'")][:1]
    ["f'{a!r} b'"]
    """
    tokens = tokenize.generate_tokens(io.StringIO(text, newline="").readline)
    return _joined(tokens, text) if sys.version_info >= (3, 12) else tokens


def _joined(tokens: Iterator[TokenInfo], text: str) -> Iterator[TokenInfo]:
    lines, outer, depth = lines_of(text), (0, 0), 0
    for token in tokens:
        kind = tokenize.tok_name[token.type]
        if kind == "FSTRING_START":
            outer = outer if depth else token.start
            depth += 1
        elif kind == "FSTRING_END":
            depth -= 1
            if not depth:
                yield TokenInfo(tokenize.STRING, _between(lines, outer, token.end), outer, token.end, token.line)
        elif not depth:
            yield token


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    rows = lines[start[0] - 1 : end[0]]
    rows[-1] = rows[-1][: end[1]]
    rows[0] = rows[0][start[1] :]
    return "".join(rows)
