"""The conversion writes what the original wrote, on the case's data."""

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score, passed
from glue2lakehouse.tools.sandbox.verdict import Outcome


def executed_equal(attempt: Attempt) -> Score:
    """Return whether all jobs that were run are equal; nothing where none was run."""
    if not attempt.executed:
        return NOTHING
    wrong = [
        f"{path} is {verdict.outcome.value}: {'; '.join(found.message for found in verdict.findings) or verdict.reason}"
        for path, verdict in attempt.executed.items()
        if verdict.outcome is not Outcome.EQUAL
    ]
    return passed(not wrong, " | ".join(wrong))
