"""The validator agent: gathers evidence for one conversion, and says in the required shape what is wrong with it.

The evidence comes from deterministic checks; a model's reading of the difference can lower the confidence, never raise it.
"""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.confidence import MODEL_RULE, UNSHOWN_RULE, confidence
from glue2lakehouse.agents.conversation import converse
from glue2lakehouse.agents.dialogue import Message, Model, Usage, Used
from glue2lakehouse.agents.redaction import strange_placeholders
from glue2lakehouse.domain import Edit, Evidence, Finding, Issue, Severity
from glue2lakehouse.prompts import Prompt, render

NAME = "validation"
SUBMIT = "report_reading"
READING = "meaning-changed"
PLACEHOLDER = "unknown-placeholder"
LEFT_OUT = "model-left-out"
LEFT_OUT_WORDS = "left out by a model: "
_CALLABLE = re.compile(r"`[\w.]*\.(\w+)`")
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


Gather = Callable[[str, str, str, tuple[Finding, ...]], Gathered]
"""The deterministic checks: (before, after, path, findings) -> Gathered."""


class ValidatorInput(_Value):
    """The original, the conversion and what it claims; `gather` runs the deterministic checks over them."""

    path: str
    source_code: str
    converted_code: str
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    gather: Gather


class ValidatorReply(_Value):
    """The verdict: `passed` means at least `resolved` evidence, no critical issue and no blocker."""

    passed: bool
    issues: tuple[Issue, ...]
    confidence_score: float = Field(ge=0, le=1)
    evidence: Evidence
    findings: tuple[Finding, ...] = Field(description="all findings now known: the converter's and the checks'")
    usage: Usage = Usage()
    prompt: Prompt | None = None
    tools_used: tuple[Used, ...] = ()


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
    gathered = gather_all(task.gather, task.source_code, task.converted_code, task.path, task.findings)
    findings = tuple(dict.fromkeys(task.findings + gathered.findings))
    blocked = any(finding.severity is Severity.BLOCKER for finding in findings)
    critical = any(issue.severity == "critical" for issue in gathered.issues)
    passed = gathered.evidence.level >= Evidence.RESOLVED.level and not blocked and not critical
    score = 0.0 if critical else confidence(gathered.evidence, task.edits, findings)
    issues, usage, prompt, used = gathered.issues, Usage(), None, tuple[Used, ...]()
    if passed and model is not None and any(edit.rule == MODEL_RULE for edit in task.edits):
        prompt = _prompt(task)
        read, usage, used = _read(prompt, model)
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
        prompt=prompt if usage.asked else None,
        tools_used=used,
    )


def gather_all(gather: Gather, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
    """Return what the checks say, and what an agent's way of hiding secrets can break: a placeholder of nothing."""
    gathered = gather(before, after, path, findings)
    lost = tuple(
        Issue(
            type=PLACEHOLDER,
            severity="critical",
            message=f"`{word}` stands for no value of the original",
            line=line,
            recommendation="write the placeholder as it stands in the original, or no placeholder",
        )
        for line, word in strange_placeholders(after, before)
    )
    return gathered.model_copy(update={"issues": (*gathered.issues, *lost)}) if lost else gathered


def without_words_of_models(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Return findings as the checks may go by them: of a model's own, only the callable that was in doubt, or what it left out.

    To the checks, what a finding names is accounted for, and what a model calls settled quotes whole statements: with them every
    condition and column that it has lost on the way.
    """
    return tuple(_without_words(finding) for finding in findings)


def _without_words(finding: Finding) -> Finding:
    if finding.rule in (MODEL_RULE, UNSHOWN_RULE):
        named = _CALLABLE.findall(finding.message)
    elif finding.rule == LEFT_OUT:
        named = [finding.message.removeprefix(LEFT_OUT_WORDS)]
    else:
        return finding
    return finding.model_copy(update={"rule": "", "message": " ".join(named), "action": ""})


def _prompt(task: ValidatorInput) -> Prompt:
    lines = difflib.unified_diff(task.source_code.split("\n"), task.converted_code.split("\n"), lineterm="", n=6)
    return render("validator", path=task.path, source=task.source_code, difference="\n".join(lines))


def _read(asked: Prompt, model: Model) -> tuple[tuple[Issue, ...], Usage, tuple[Used, ...]]:
    """Ask for changes of meaning that the checks cannot see; a model that gives no usable answer changes nothing."""
    if len(asked.text) > _LONGEST_DIFFERENCE:
        return (_unread(f"{len(asked.text)} characters are too many to read at once"),), Usage(), ()
    messages = [Message(role="user", text=asked.text)]
    talk = converse(model, messages, (), SUBMIT, Reading, "Report what you found, an empty list for nothing.")
    if talk.submitted is None:
        return (_unread(talk.reason),), talk.usage, talk.tools
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
    return tuple(found), talk.usage, talk.tools


def _unread(reason: str) -> Issue:
    return Issue(type="not-read", severity="info", message=f"no model has read this conversion: {reason}")
