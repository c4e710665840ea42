"""What is known of one file on its way through `graphs.entity`: plain JSON, with code in `Texts` under its hash."""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NotRequired, TypedDict

from glue2lakehouse.agents import converter, validator
from glue2lakehouse.agents.confidence import MODEL_RULE, PERSON_RULE
from glue2lakehouse.agents.dialogue import Model
from glue2lakehouse.domain import ConversionType, Edit, Finding, Issue, Severity
from glue2lakehouse.graphs.decisions import Clock
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.settings import Settings

AGENT = "review"
"""The name under which a person's words are recorded."""


class EntityTask(TypedDict):
    """What the caller hands in; `source` and `draft` are keys in `Texts`."""

    project_id: str
    entity_id: str
    entity_type: str
    path: str
    source: str
    draft: str
    edits: list[dict[str, Any]]
    findings: list[dict[str, Any]]
    instructions: NotRequired[list[str]]
    columns: NotRequired[list[dict[str, Any]]]
    dependencies: NotRequired[list[str]]


class EntityState(EntityTask, total=False):
    """What the nodes hand on; `code` is the key of the conversion as it stands, `noticed` what the checks found in it.

    `cut_short` says that a spent budget ended the last attempt.
    """

    attempt: int
    cut_short: bool
    code: str
    passed: bool
    issues: list[dict[str, Any]]
    noticed: list[dict[str, Any]]
    rule_edits: list[dict[str, Any]]
    rule_findings: list[dict[str, Any]]
    evidence: str
    confidence: float
    status: str
    conversion_type: str
    author: str
    recommendations: list[str]
    review: dict[str, Any]
    decisions: Annotated[list[dict[str, Any]], operator.add]


@dataclass(frozen=True)
class Workshop:
    """What the nodes work with. `gather` is the deterministic check; `record` keeps rows, the same row any number of times."""

    settings: Settings
    texts: Texts
    gather: Callable[[str, str, str, tuple[Finding, ...]], validator.Gathered]
    record: Callable[[Sequence[dict[str, Any]]], None]
    model: Model | None = None
    convert: Callable[[converter.ConverterInput, Model | None], converter.ConverterReply] = converter.convert
    clock: Clock = field(default_factory=Clock)


def conversion_type(state: EntityState) -> ConversionType:
    """Say who did it: a person's hand counts over a model's, a model's over the rules'."""
    rules = {edit["rule"] for edit in state["edits"]}
    if PERSON_RULE in rules or state.get("review"):
        return ConversionType.MANUAL
    return ConversionType.SEMI_AUTOMATIC if MODEL_RULE in rules else ConversionType.AUTOMATIC


def why(state: EntityState) -> list[str]:
    """Return the reasons why the file waits, one line each."""
    noticed = (Finding.model_validate(finding) for finding in state["noticed"])
    blockers = [str(finding) for finding in (*findings(state), *noticed) if finding.severity is Severity.BLOCKER]
    failed = [issue["message"] for issue in state["issues"] if issue["severity"] == "critical"]
    low = f"confidence {state['confidence']:.2f} on {state['evidence']} evidence"
    return blockers + failed or [low]


def from_rules(state: EntityState) -> EntityState:
    """Return edits and findings as the rules left them, before any attempt."""
    edits, findings = state.get("rule_edits", state["edits"]), state.get("rule_findings", state["findings"])
    return EntityState(code=state["draft"], edits=edits, findings=findings)  # type: ignore[typeddict-item]


def by_model(state: EntityState) -> bool:
    """Whether a model had a hand in the code as it stands."""
    return any(edit["rule"] == MODEL_RULE for edit in state["edits"])


def last_edit(state: EntityState) -> dict[str, Any] | None:
    """Return the row of the last edit that a person made; None where nobody did."""
    said = [row for row in state["decisions"] if row["agent_name"] == AGENT]
    return next((row for row in reversed(said) if row["transformations_applied"] == ["edit"]), None)


def critical(state: EntityState) -> bool:
    """Whether the checks refused the code as it stands."""
    return any(issue["severity"] == "critical" for issue in state["issues"])


def edits(state: EntityState) -> tuple[Edit, ...]:
    """Return the edits of the code as it stands."""
    return tuple(Edit.model_validate(edit) for edit in state["edits"])


def findings(state: EntityState) -> tuple[Finding, ...]:
    """Return what the rules and the agents said of the code as it stands."""
    return tuple(Finding.model_validate(finding) for finding in state["findings"])


def issues(state: EntityState) -> tuple[Issue, ...]:
    """Return what the checks refused in the last attempt."""
    return tuple(Issue.model_validate(issue) for issue in state.get("issues", []))
