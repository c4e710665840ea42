"""How close the conversion is to the golden one: the share of equal tokens, layout and comments left out."""

import ast
import re
from difflib import SequenceMatcher

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score
from glue2lakehouse.tools.source.tokens import tokens_of


def similarity(attempt: Attempt) -> Score:
    """Return the mean likeness (0..1) over the golden files; nothing where a person has to write the conversion."""
    golden = {path: text for path, text in attempt.case.golden().items() if path in attempt.before}
    answered = attempt.case.said.needs_model and attempt.model
    if not golden or (attempt.should_end is not Ending.AUTOMATIC and not answered):
        return NOTHING
    found = {path: likeness(text, attempt.after.get(path, ""), path.endswith(".sql")) for path, text in golden.items()}
    least = min(found, key=lambda path: found[path])
    return Score(round(sum(found.values()) / len(found), 3), f"least alike: {least}")


def likeness(left: str, right: str, sql: bool = False) -> float:
    """Return how alike two modules or DDL files are, 0..1; a text that is no Python is like nothing."""
    read = _sql_tokens if sql else _tokens
    try:
        return SequenceMatcher(None, read(left), read(right), autojunk=False).ratio()
    except (SyntaxError, ValueError):
        return 0.0


def _tokens(code: str) -> list[str]:
    plain = ast.unparse(ast.parse(code))
    return [token.string for token in tokens_of(plain) if token.string.strip()]


def _sql_tokens(text: str) -> list[str]:
    return re.findall(r"\w+|[^\w\s]", re.sub(r"--[^\n]*", "", text))
