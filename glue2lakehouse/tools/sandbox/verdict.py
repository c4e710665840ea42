"""What verification is asked and what it answers: a project with its data, and one verdict for each job file."""

from enum import StrEnum
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.domain import Finding
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.sandbox.comparison import Difference
from glue2lakehouse.tools.sandbox.fence import Fences
from glue2lakehouse.tools.sandbox.job import JobReport


class Outcome(StrEnum):
    """What came of running both."""

    EQUAL = "equal"
    DIFFERENT = "different"
    NOT_PROVEN = "not_proven"
    CANNOT_RUN = "cannot_run"

    @property
    def settles(self) -> bool:
        """Whether something was compared."""
        return self in (Outcome.EQUAL, Outcome.DIFFERENT)


class JobVerification(BaseModel):
    """The verdict on one job file."""

    model_config = ConfigDict(extra="forbid")

    path: str = Field(description="job file, relative to the source root, with forward slashes")
    outcome: Outcome
    reason: str = Field(default="", description="why it cannot run or proves nothing, exactly; empty otherwise")
    findings: tuple[Finding, ...] = ()
    differences: tuple[Difference, ...] = ()
    variants: tuple[str, ...] = Field(default=(), description="settings under which the converted script ran")
    runs: int = Field(default=0, description="how many runs in a row were compared")
    rows: int = Field(default=0, description="rows that were compared")
    datasets: tuple[str, ...] = Field(default=(), description="what the original wrote, or the frames that it shows")
    empty: tuple[str, ...] = Field(default=(), description="those of them that have no row: they prove little")
    switches: dict[str, str] = Field(default_factory=dict, description="undocumented points of Glue that it depends on")
    unstable: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="columns that were not compared")
    made: tuple[str, ...] = Field(default=(), description="sources whose data was made, for want of samples")
    calm: str = Field(
        default="",
        description="the error that odd values (null, missing, no number) end the original with: clean rows only",
    )
    fences: Fences | None = None
    seconds: float = 0

    @property
    def told(self) -> str:
        """What came of it, in one line for people."""
        if self.outcome is Outcome.DIFFERENT:
            return self.findings[0].message if self.findings else ""
        if self.outcome is not Outcome.EQUAL:
            return self.reason
        parts = [f"{self.rows} rows equal in {', '.join(self.datasets)} ({', '.join(self.variants)})"]
        parts += [f"data made for {', '.join(self.made)}"] if self.made else []
        parts += [f"clean rows only, since odd ones end the original with {self.calm}"] if self.calm else []
        parts += [f"no row in {', '.join(self.empty)}"] if self.empty else []
        parts += [f"not compared, since they change from run to run: {self.unstable}"] if self.unstable else []
        if self.switches:
            answers = ", ".join(f"{name}={answer}" for name, answer in sorted(self.switches.items()))
            parts.append(f"where AWS documents nothing, the original ran with {answers}")
        return "; ".join(parts)


class Source(BaseModel):
    """One project as it was and as it became, with the data to try both on."""

    model_config = ConfigDict(extra="forbid")

    original: Path = Field(description="source root")
    converted: Path = Field(description="folder with the same relative paths, as `migrate` writes them to DIR/src")
    settings: Settings = Settings()
    data: Path | None = None
    glue_versions: dict[str, str] = Field(default_factory=dict, description="job file -> Glue version, where known")
    arguments: dict[str, dict[str, str]] = Field(
        default_factory=dict, description="job file -> job arguments, where known"
    )
    bookmarks: frozenset[str] = Field(default=frozenset(), description="job files that run with job bookmarks enabled")
    connections: dict[str, dict[str, str]] = Field(default_factory=dict, description="Glue connections of the project")
    explain: bool = Field(default=True, description="look for the undocumented point of Glue that decides a difference")
    tables: dict[str, CatalogTable] = Field(
        default_factory=dict, description="`database.table`, beyond the project's DDL"
    )
    recorded: dict[str, JobReport] = Field(
        default_factory=dict,
        description="job file -> what the original wrote, where that was kept: it is not run again",
    )
    every_variant: bool = Field(default=True, description="False: only as Databricks runs it, in ANSI mode")
