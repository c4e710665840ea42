"""What a converter made of one case: the files, how it says it ended, what backs it, and what running it showed."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from glue2lakehouse.agents.confidence import Doubts
from glue2lakehouse.agents.dialogue import Usage
from glue2lakehouse.domain import Edit, Evidence, Finding
from glue2lakehouse.evaluation.case import Case, Ending
from glue2lakehouse.tools.checks.check import CheckResult
from glue2lakehouse.tools.sandbox.verdict import JobVerification


@dataclass(frozen=True)
class Attempt:
    """`before` and `after` are whole projects by path; `checks` are of the files that changed or should have.

    `confidence` is the least of any converted file, before anything was executed; `doubts` is what it comes from, and None
    where the converter claims no confidence. `executed` holds the verdicts on the jobs,
    and is empty where nothing was run. `error` says why there is no conversion.
    """

    case: Case
    ending: Ending
    before: Mapping[str, str] = field(default_factory=dict)
    after: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    edits: tuple[Edit, ...] = ()
    evidence: Evidence = Evidence.NONE
    confidence: float = 0.0
    doubts: Doubts | None = None
    checks: Mapping[str, CheckResult] = field(default_factory=dict)
    executed: Mapping[str, JobVerification] = field(default_factory=dict)
    usage: Usage = field(default_factory=Usage)
    attempts: int = 0
    seconds: float = 0.0
    model: bool = False
    could_execute: bool = False
    error: str = ""

    @property
    def should_end(self) -> Ending:
        """How the case has to end here: what needs a model, or a run to trust the model, waits without it."""
        said = self.case.said
        if said.needs_model and not (self.model and self.could_execute):
            return Ending.REVIEW
        return said.outcome
