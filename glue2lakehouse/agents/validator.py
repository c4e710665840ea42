"""The validator agent: gathers evidence for one conversion, and says in the required shape what is wrong with it.

The evidence comes from `tools.checks`; a model's reading can lower the confidence, never raise it.
"""

from collections.abc import Callable

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.agents.dialogue import Model, Usage
from glue2lakehouse.domain import Edit, Evidence, Finding, Issue, Severity

NAME = "validation"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Gathered(_Value):
    """What deterministic checks found out about one conversion."""

    evidence: Evidence
    findings: tuple[Finding, ...] = ()
    issues: tuple[Issue, ...] = ()


class ValidatorInput(_Value):
    """The original, the conversion and what it claims; `gather` runs the deterministic checks over them."""

    path: str
    source_code: str
    converted_code: str
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    gather: Callable[[str, str, str, tuple[Finding, ...]], Gathered] = Field(
        description="(before, after, path, findings) -> Gathered"
    )


class ValidatorReply(_Value):
    """The verdict: `passed` means at least `resolved` evidence, no critical issue and no blocker."""

    passed: bool
    issues: tuple[Issue, ...]
    confidence_score: float = Field(ge=0, le=1)
    evidence: Evidence
    findings: tuple[Finding, ...] = Field(description="all findings now known: the converter's and the checks'")
    usage: Usage = Usage()


def validate(task: ValidatorInput, model: Model | None = None) -> ValidatorReply:
    """Return what can be proved about the conversion."""
    gathered = task.gather(task.source_code, task.converted_code, task.path, task.findings)
    findings = tuple(dict.fromkeys(task.findings + gathered.findings))
    blocked = any(finding.severity is Severity.BLOCKER for finding in findings)
    critical = any(issue.severity == "critical" for issue in gathered.issues)
    score = confidence(gathered.evidence, task.edits, findings)
    return ValidatorReply(
        passed=gathered.evidence.level >= Evidence.RESOLVED.level and not blocked and not critical,
        issues=gathered.issues,
        confidence_score=0.0 if critical else score,
        evidence=gathered.evidence,
        findings=findings,
    )
