"""Every converted file is Python."""

from glue2lakehouse.domain import Evidence
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score, passed


def parses(attempt: Attempt) -> Score:
    """Return whether all of it parses; nothing for a source that does not parse itself."""
    if attempt.case.said.outcome is Ending.REFUSED or not attempt.checks:
        return NOTHING
    broken = sorted(path for path, found in attempt.checks.items() if found.evidence is Evidence.NONE)
    return passed(not broken, f"no Python: {', '.join(broken)}")
