"""One thing that a piece of code touches and that has to survive its conversion."""

from dataclasses import dataclass

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.checks.facts import Fact

HELPER: Fact = ("has", "helper")
"""A runtime helper is called in the same group: it may do under one name what Glue spells out."""


@dataclass(slots=True)
class Touch:
    """One thing that has to survive; `text` is a longer text to look up token by token, `name` a plain variable."""

    what: str
    line: int
    alternatives: tuple[Fact, ...]
    mentions: tuple[str, ...] = ()
    text: str = ""
    name: str = ""
    kind: str = ""
    severity: Severity = Severity.BLOCKER
    span: tuple[int, int] = (0, 0)
    scope: str = ""
