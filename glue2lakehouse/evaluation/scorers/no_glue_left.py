"""What is called converted has nothing of Glue's left in it."""

from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score, passed
from glue2lakehouse.tools.checks.check import GLUE_LEFT


def no_glue_left(attempt: Attempt) -> Score:
    """Return whether a conversion is free of Glue; nothing for one that waits for a person."""
    if attempt.ending is not Ending.AUTOMATIC:
        return NOTHING
    left = [str(found) for checked in attempt.checks.values() for found in checked.findings if found.rule == GLUE_LEFT]
    return passed(not left, "; ".join(left))
