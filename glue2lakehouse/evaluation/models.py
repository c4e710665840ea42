"""Which model answers in an evaluation: a live one by URI, recorded answers beside the cases, or none."""

from collections.abc import Callable, Iterable
from pathlib import Path

from glue2lakehouse.agents.answers import KeptAnswers
from glue2lakehouse.agents.dialogue import Model
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.evaluation.author import Author
from glue2lakehouse.evaluation.case import Case
from glue2lakehouse.evaluation.trying import try_case
from glue2lakehouse.settings import Settings

NO_MODEL = "none"
ANSWERS = "answers"
AUTHOR = "author"


def uri_of(given: str | None, cases: Path) -> str:
    """Return the URI that is meant: what was given, else the answers recorded beside the cases, else nothing."""
    if given is not None:
        return "" if given == NO_MODEL else given
    folder = cases.absolute().parent / ANSWERS
    return f"recorded:{folder}#{AUTHOR}" if folder.is_dir() else ""


def opener(uri: str, home: Path) -> Callable[[Case], Model | None]:
    """Return what opens the model for a case; all cases share one. Raises ModelUnavailable when it cannot be had."""
    model = open_model(uri, Settings(model=uri, home=home))
    return lambda case: model


def record_answers(cases: Iterable[Case], folder: Path) -> list[str]:
    """Let the authors of the cases answer anew, keep that in `folder` in place of what was there; return who was asked."""
    for old in folder.glob("*.json"):
        old.unlink()
    asked = [case for case in cases if case.said.needs_model]
    for case in asked:
        try_case(case, KeptAnswers(Author(case.golden(), AUTHOR), folder))
    return [case.name for case in asked]
