"""Tokens are the same on all versions of Python that we run on; run with each of them."""

import tokenize

import pytest

from glue2lakehouse.tools.source.tokens import tokens_of


@pytest.mark.parametrize(
    "literal",
    [
        "f'a {b} c'",
        'rf"a {b!r:>{width}} {{c}}"',
        "f'''a\n  {b}\r\n {\nc\n}'''",
        "f'{d}' f\"{e}\"",
        "f'{x[\"y\"]}'",
        "F''",
        "f'ä {ö} ü'",
    ],
)
def test_an_fstring_is_one_text(literal: str) -> None:
    found = [token for token in tokens_of(f"(1, {literal}\n)") if token.type == tokenize.STRING]
    assert " ".join(token.string for token in found) == literal
    assert found[0].start == (1, 4)


def test_a_text_without_an_end_has_no_tokens() -> None:
    with pytest.raises((tokenize.TokenError, SyntaxError)):
        list(tokens_of("f'''a {b}"))
