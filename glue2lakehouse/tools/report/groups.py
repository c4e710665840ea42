"""Findings of all files, gathered by what they say and what would settle them."""

from collections import Counter
from typing import NamedTuple

from glue2lakehouse.domain import Severity, Status
from glue2lakehouse.tools.report.model import FileReport, ReportFinding

_ORDER = {Severity.BLOCKER: 0, Severity.WARNING: 1, Severity.INFO: 2}


class Place(NamedTuple):
    """Where a finding stands: the index of its file in the report, its path and its own words."""

    file: int
    path: str
    finding: ReportFinding


class FindingGroup(NamedTuple):
    """Findings of one rule and severity with one fix hint."""

    rule: str
    severity: Severity
    action: str
    places: tuple[Place, ...]

    @property
    def message(self) -> str:
        """The most frequent message of the group."""
        return self._messages.most_common(1)[0][0]

    @property
    def other_messages(self) -> int:
        """How many more messages there are, about other things but with the same fix hint."""
        return len(self._messages) - 1

    @property
    def _messages(self) -> Counter[str]:
        return Counter(place.finding.message for place in self.places)


def group_findings(files: tuple[FileReport, ...]) -> list[FindingGroup]:
    """Return the groups, blockers first, then by how often they occur."""
    gathered: dict[tuple[str, Severity, str], list[Place]] = {}
    for index, file in enumerate(files):
        for finding in file.findings:
            key = (finding.rule, finding.severity, finding.action)
            gathered.setdefault(key, []).append(Place(index, file.path, finding))
    groups = [FindingGroup(*key, tuple(places)) for key, places in gathered.items()]
    return sorted(groups, key=lambda group: (_ORDER[group.severity], -len(group.places), group.rule))


class Effort(NamedTuple):
    """What is left for a person: distinct questions, the places they stand at, and the files that wait for an answer."""

    decisions: int
    places: int
    files: tuple[str, ...]


def effort(files: tuple[FileReport, ...]) -> Effort:
    """Count what has to be decided; it is no estimate of hours, which nobody has measured.

    A question is a group of blockers; in a file that waits without one it is a group of its warnings, or the file itself.
    """
    waiting = {index for index, file in enumerate(files) if file.status in (Status.NEEDS_REVIEW, Status.FAILED)}
    groups = group_findings(files)
    blocked = {place.file for group in groups if group.severity is Severity.BLOCKER for place in group.places}
    asked = {Severity.BLOCKER: blocked, Severity.WARNING: waiting - blocked, Severity.INFO: set[int]()}
    questions = [[place for place in group.places if place.file in asked[group.severity]] for group in groups]
    questions = [places for places in questions if places]
    silent = waiting - {place.file for places in questions for place in places}
    named = sorted(files[index].path for index in waiting | blocked)
    return Effort(len(questions) + len(silent), sum(map(len, questions)) + len(silent), tuple(named))
