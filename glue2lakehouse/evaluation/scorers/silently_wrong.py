"""The defect that counts most: a conversion that claims success and writes something else."""

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score
from glue2lakehouse.tools.sandbox.verdict import Outcome


def silently_wrong(attempt: Attempt) -> Score:
    """Return 1 where a claimed success differs when run, or where a case that nobody can convert was called converted."""
    if attempt.ending is not Ending.AUTOMATIC:
        return NOTHING
    different = [path for path, verdict in attempt.executed.items() if verdict.outcome is Outcome.DIFFERENT]
    if different:
        return Score(1.0, f"called converted, and differs when run: {', '.join(different)}")
    if attempt.should_end is not Ending.AUTOMATIC:
        return Score(1.0, f"called converted, and should be {attempt.should_end.value}")
    return Score(0.0)
