"""The case ends as it has to: converted, with a person, or refused."""

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import Score, passed


def outcome_as_expected(attempt: Attempt) -> Score:
    """Return whether the ending is the expected one, with what stood in its way."""
    blockers = [str(found) for found in attempt.findings if found.severity is Severity.BLOCKER]
    why = attempt.error or "; ".join(blockers[:3]) or f"confidence {attempt.confidence} on {attempt.evidence.value}"
    ended = f"ended {attempt.ending.value}, should be {attempt.should_end.value}: {why}"
    return passed(attempt.ending is attempt.should_end, ended)
