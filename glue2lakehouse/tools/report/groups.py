"""Findings of all files, gathered by what they say and what would settle them."""

from collections import Counter
from typing import NamedTuple

from glue2lakehouse.domain import Severity
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
    """What is left for a person: distinct decisions (groups of blockers), the places they stand at, and their files."""

    decisions: int
    places: int
    files: int


def effort(files: tuple[FileReport, ...]) -> Effort:
    """Count what has to be decided; it is no estimate of hours, which nobody has measured."""
    blockers = [group for group in group_findings(files) if group.severity is Severity.BLOCKER]
    places = [place for group in blockers for place in group.places]
    return Effort(len(blockers), len(places), len({place.file for place in places}))
