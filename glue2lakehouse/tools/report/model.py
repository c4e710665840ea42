"""report.json as values: the contract that other programs read, version 1."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.domain import (
    Certainty,
    ConversionType,
    Edit,
    EntityType,
    Evidence,
    Finding,
    Severity,
    Status,
)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ReportFinding(_Part):
    """A finding inside the file that it belongs to."""

    rule: str
    severity: Severity
    line: int = Field(ge=0, description="1-based line in the source file; 0 when it concerns the whole file")
    message: str
    action: str = ""

    @classmethod
    def of(cls, finding: Finding) -> "ReportFinding":
        """Return the finding without its path, which the file states."""
        return cls(**finding.model_dump(exclude={"path"}))


class ReportEdit(_Part):
    """One applied rewrite: source line -> rule -> target line."""

    rule: str
    certainty: Certainty
    source_line: int = Field(ge=0)
    target_line: int = Field(ge=0)
    condition: str = Field(default="", description="what has to hold for a conditional edit to be exact")

    @classmethod
    def of(cls, edit: Edit) -> "ReportEdit":
        """Return the edit as the report shows it."""
        return cls(**edit.model_dump())


class FileReport(_Part):
    """How one source file ended."""

    path: str = Field(description="relative to the source root, with forward slashes")
    status: Status
    evidence: Evidence = Field(description="`none` only for a file that could not be read or parsed")
    confidence: float = Field(ge=0, le=1)
    findings: tuple[ReportFinding, ...] = ()
    edits: tuple[ReportEdit, ...] = ()


class ReportEntity(_Part):
    """How one entity ended."""

    id: str
    type: EntityType
    name: str
    path: str
    line_start: int = Field(ge=0)
    line_end: int = Field(ge=0)
    status: Status
    conversion_type: ConversionType
    evidence: Evidence
    confidence: float = Field(ge=0, le=1)


class Totals(_Part):
    """What was counted; `converted` to `failed` count the files of the report."""

    files: dict[str, int] = Field(default_factory=dict, description="every file of the source by type")
    entities: dict[str, int] = Field(default_factory=dict, description="entities by type")
    converted: int = Field(default=0, ge=0)
    needs_review: int = Field(default=0, ge=0)
    unchanged: int = Field(default=0, ge=0)
    failed: int = Field(default=0, ge=0)
    model_calls: int = Field(default=0, ge=0, description="answers of a model that this run paid for")
    cost_usd: float | None = Field(default=0.0, ge=0, description="what they cost; null where nobody knows the price")


class Report(_Part):
    """A whole run over one project."""

    schema_version: Literal[1] = 1
    project: str
    source: str
    started_at: datetime
    seconds: float = Field(ge=0)
    totals: Totals
    files: tuple[FileReport, ...] = ()
    entities: tuple[ReportEntity, ...] = ()


class Readiness(StrEnum):
    """The one word on top of every report."""

    READY = "Ready"
    NEEDS_REVIEW = "Needs review"
    BLOCKED = "Blocked"


def readiness(totals: Totals) -> Readiness:
    """Return the banner.

    Blocked: a file could not be read or parsed, or something waits and not one file could be converted. Needs review:
    a person has to decide something. Ready: nothing is left to do.
    """
    if totals.failed or (totals.needs_review and not totals.converted):
        return Readiness.BLOCKED
    return Readiness.NEEDS_REVIEW if totals.needs_review else Readiness.READY


def build_report(
    *,
    project: str,
    source: str,
    started_at: datetime,
    seconds: float,
    file_types: Mapping[str, int],
    files: Iterable[FileReport],
    entities: Iterable[ReportEntity],
    model_calls: int = 0,
    cost_usd: float | None = 0.0,
) -> Report:
    """Put a report together; the totals are counted here, so they cannot disagree with the lists."""
    files, entities = tuple(files), tuple(entities)
    by_status = Counter(file.status.value for file in files)
    totals = Totals(
        files=dict(sorted(file_types.items())),
        entities=dict(sorted(Counter(entity.type.value for entity in entities).items())),
        converted=by_status[Status.CONVERTED],
        needs_review=by_status[Status.NEEDS_REVIEW],
        unchanged=by_status[Status.UNCHANGED],
        failed=by_status[Status.FAILED],
        model_calls=model_calls,
        cost_usd=cost_usd,
    )
    return Report(
        project=project,
        source=source,
        started_at=started_at,
        seconds=round(seconds, 3),
        totals=totals,
        files=files,
        entities=entities,
    )
