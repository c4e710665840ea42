"""Where the rules hand off, the model settles every doubt; whether it is right is for other scorers to say."""

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score, passed


def doubts_settled(attempt: Attempt) -> Score:
    """Return whether no blocker is left; nothing for a case that needs no model, or has none."""
    if not (attempt.case.said.needs_model and attempt.model):
        return NOTHING
    left = [str(found) for found in attempt.findings if found.severity is Severity.BLOCKER]
    return passed(not left and not attempt.error, attempt.error or "; ".join(left[:3]))
