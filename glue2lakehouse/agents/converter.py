"""The converter agent: takes one file's rule-made draft and returns a conversion.

Without a model the reply is the draft with the doubts that the rules left. The reply's confidence is computed
(`agents.confidence`), never claimed.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.agents.dialogue import Model, Usage
from glue2lakehouse.domain import Edit, EntityType, Evidence, Finding, Issue, Severity

NAME = "code_converter"
RULES = "rules"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class ConverterInput(_Value):
    """What the requirements hand the agent, plus what the rules and the last attempt left."""

    entity_type: EntityType
    source_code: str
    columns: list[dict[str, Any]] = Field(
        default_factory=list, alias="schema", description="columns of the tables read"
    )
    dependencies: list[str] = Field(default_factory=list)
    config: dict[str, Any] = Field(default_factory=dict)
    path: str
    draft_code: str = Field(description="what the rules, or the attempt before, made of the source")
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    issues: tuple[Issue, ...] = Field(default=(), description="why the attempt before was refused")
    instructions: tuple[str, ...] = Field(default=(), description="what reviewers asked for")


class ConverterReply(_Value):
    """The conversion, in the shape that the requirements give, with what backs it."""

    converted_code: str
    transformations_applied: list[str]
    recommendations: list[str]
    confidence_score: float = Field(
        ge=0, le=1, description="computed before validation, on `parsed` evidence or better"
    )
    manual_review_needed: bool
    manual_review_reason: str = ""
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    model_name: str = RULES
    usage: Usage = Usage()


def convert(task: ConverterInput, model: Model | None = None) -> ConverterReply:
    """Return the conversion of one entity; without a model, the rules' draft as it stands."""
    blockers = [finding for finding in task.findings if finding.severity is Severity.BLOCKER]
    return ConverterReply(
        converted_code=task.draft_code,
        transformations_applied=sorted({edit.rule for edit in task.edits}),
        recommendations=recommendations_of(task.findings),
        confidence_score=confidence(Evidence.PARSED, task.edits, task.findings),
        manual_review_needed=bool(blockers),
        manual_review_reason="; ".join(str(finding) for finding in blockers),
        edits=task.edits,
        findings=task.findings,
    )


def recommendations_of(findings: tuple[Finding, ...]) -> list[str]:
    """Return what the findings say to do next, each once, in order."""
    return list(dict.fromkeys(finding.action for finding in findings if finding.action))
