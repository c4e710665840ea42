"""Edit the text of a Hive query where Spark reads the same words otherwise; the rest stays as it was written.

Each edit gives the value that Hive documents: LanguageManual UDF, LanguageManual Types (Literals), LanguageManual Select (LIMIT).
"""

from collections.abc import Iterator, Sequence

from glue2lakehouse.tools.ddl.lexer import Token
from glue2lakehouse.tools.ddl.types import quoted

Edit = tuple[int, int, str]

# What stands before a call and behind its parenthesis: Hive's value for NULL, or for a root of less than zero.
_WRAPPED = {
    "size": ("coalesce(", ", -1)"),
    "array_contains": ("coalesce(", ", false)"),
    "sqrt": ("nullif(", ", double('NaN'))"),
}
# Hive's names without a suffix are those of the population, Spark's those of a sample.
_RENAMED = {"stddev": "stddev_pop", "std": "stddev_pop", "variance": "var_pop"}
REWRITTEN = frozenset(_WRAPPED) | frozenset(_RENAMED)


def hive_edits(tokens: Sequence[Token], merged: Sequence[str] = ()) -> Iterator[Edit]:
    """Yield (start, end, text) for each place; inner calls do not disturb outer ones.

    `merged` are the columns of the table that a MERGE inserts into without naming them.
    """
    for index, token in enumerate(tokens):
        following = tokens[index + 1] if index + 1 < len(tokens) else None
        if following is None:
            return
        name = token.text.lower()
        if token.kind == "word" and following.says("("):
            if name in _RENAMED:
                yield (token.start, token.end, _RENAMED[name])
            elif name in _WRAPPED:
                before, behind = _WRAPPED[name]
                yield (token.start, token.start, before)
                end = _closing(tokens, index + 1).end
                yield (end, end, behind)
        elif token.kind in ("string", "double") and following.kind == token.kind and token.end == following.start:
            # Hive joins 'it''s' to its; Spark reads a doubled quote as a quote.
            yield (token.end, token.end, " ")
        elif token.says("INSERT") and following.says("VALUES") and merged:
            yield (token.end, token.end, f" ({', '.join(quoted(name) for name in merged)})")
        elif token.says("LIMIT"):
            yield from _limit(tokens[index + 1 : index + 4])


def _limit(tokens: Sequence[Token]) -> Iterator[Edit]:
    """Yield the edit that makes `LIMIT offset, rows` what Spark's grammar has."""
    if len(tokens) == 3 and tokens[1].says(",") and tokens[0].kind == tokens[2].kind == "number":
        yield (tokens[0].start, tokens[2].end, f"{tokens[2].text} OFFSET {tokens[0].text}")


def _closing(tokens: Sequence[Token], opening: int) -> Token:
    depth = 0
    for token in tokens[opening:]:
        depth += token.says("(") - token.says(")")
        if not depth:
            return token
    return tokens[-1]
