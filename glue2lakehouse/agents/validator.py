"""The validator agent: gathers evidence for one conversion, and says in the required shape what is wrong with it.

The evidence comes from deterministic checks; a model's reading of the difference can lower the confidence, never raise it.
"""

import difflib
from collections.abc import Callable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.confidence import MODEL_RULE, confidence
from glue2lakehouse.agents.conversation import converse
from glue2lakehouse.agents.dialogue import Message, Model, Usage
from glue2lakehouse.domain import Edit, Evidence, Finding, Issue, Severity
from glue2lakehouse.errors import BudgetSpent, ModelRefused
from glue2lakehouse.prompts import render

NAME = "validation"
SUBMIT = "report_reading"
READING = "meaning-changed"
_LONGEST_DIFFERENCE = 40_000
# A reading takes this much off: a critical one puts any conversion under the default threshold, warnings together as well.
_PENALTY = {"critical": 0.5, "warning": 0.9, "info": 1.0}


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


class ReadIssue(BaseModel):
    """One change of meaning that the model points to."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    line: int = Field(ge=0, description="line of the conversion")
    severity: Literal["critical", "warning", "info"] = Field(description="critical: other rows or values come out")
    message: str = Field(min_length=1, description="what the original does and what the conversion does instead")
    recommendation: str = Field(default="", description="what to write instead")


class Reading(BaseModel):
    """What the model submits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issues: list[ReadIssue]


def validate(task: ValidatorInput, model: Model | None = None) -> ValidatorReply:
    """Return what can be proved about the conversion; a model reads it only where the checks have nothing against it."""
    gathered = task.gather(task.source_code, task.converted_code, task.path, task.findings)
    findings = tuple(dict.fromkeys(task.findings + gathered.findings))
    blocked = any(finding.severity is Severity.BLOCKER for finding in findings)
    critical = any(issue.severity == "critical" for issue in gathered.issues)
    passed = gathered.evidence.level >= Evidence.RESOLVED.level and not blocked and not critical
    score = 0.0 if critical else confidence(gathered.evidence, task.edits, findings)
    issues, usage = gathered.issues, Usage()
    if passed and model is not None and any(edit.rule == MODEL_RULE for edit in task.edits):
        read, usage = _read(task, model)
        issues += read
        for issue in read:
            score *= _PENALTY[issue.severity]
    return ValidatorReply(
        passed=passed,
        issues=issues,
        confidence_score=round(score, 3),
        evidence=gathered.evidence,
        findings=findings,
        usage=usage,
    )


def _read(task: ValidatorInput, model: Model) -> tuple[tuple[Issue, ...], Usage]:
    """Ask for changes of meaning that the checks cannot see; a model that gives no usable answer changes nothing."""
    lines = difflib.unified_diff(task.source_code.split("\n"), task.converted_code.split("\n"), lineterm="", n=6)
    asked = render("validator", path=task.path, source=task.source_code, difference="\n".join(lines))
    if len(asked.text) > _LONGEST_DIFFERENCE:
        return (_unread(f"{len(asked.text)} characters are too many to read at once"),), Usage()
    messages = [Message(role="user", text=asked.text)]
    try:
        talk = converse(model, messages, (), SUBMIT, Reading, "Report what you found, an empty list for nothing.")
    except (ModelRefused, BudgetSpent) as error:
        return (_unread(str(error)),), Usage()
    if talk.submitted is None:
        return (_unread(talk.reason),), talk.usage
    found = [
        Issue(
            type=READING,
            severity=item.severity,
            message=item.message,
            line=item.line,
            recommendation=item.recommendation,
        )
        for item in talk.submitted.issues
    ]
    return tuple(found), talk.usage


def _unread(reason: str) -> Issue:
    return Issue(type="not-read", severity="info", message=f"no model has read this conversion: {reason}")
