"""Reads, writes, options, arguments and columns of the original are in the conversion, or a finding says where they went."""

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.scorers.score import NOTHING, Score, passed
from glue2lakehouse.tools.checks.check import APPEARED, VANISHED


def nothing_lost(attempt: Attempt) -> Score:
    """Return whether nothing vanished and nothing was invented, as the independent check sees it."""
    if not attempt.checks:
        return NOTHING
    lost = [
        str(found)
        for checked in attempt.checks.values()
        for found in checked.findings
        if found.rule in (VANISHED, APPEARED) and found.severity is Severity.BLOCKER
    ]
    return passed(not lost, "; ".join(lost))
