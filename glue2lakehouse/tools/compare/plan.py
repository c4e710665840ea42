"""How two tables are compared: what is left out, which columns belong together, what still counts as equal."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.domain import Issue


class Plan(BaseModel):
    """Configuration of one comparison; every name is a column of the source, in any case."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    keys: tuple[str, ...] = Field(default=(), description="columns that name a row; without them rows are a multiset")
    columns: dict[str, str] = Field(default_factory=dict, description="source column -> its name in the destination")
    ignore: tuple[str, ...] = Field(default=(), description="columns of either side that do not count")
    tolerance: dict[str, Annotated[float, Field(ge=0, allow_inf_nan=False)]] = Field(
        default_factory=dict, description="column -> largest absolute difference of numbers that counts as equal"
    )
    source_filter: str = Field(default="", description="SQL condition on the source's rows")
    destination_filter: str = Field(default="", description="SQL condition on the destination's rows")
    buckets: int = Field(
        default=4096, ge=1, description="parts that are checked on their own; only unequal ones are opened"
    )
    samples: int = Field(default=10, ge=0, le=1000, description="differing rows to show")


class Check(BaseModel):
    """One kind of check, with what it found; `figures` are counts and sums as plain JSON values."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: str = Field(description="schema, row_count, checksum, aggregates or sample_data")
    passed: bool
    message: str
    issues: tuple[Issue, ...] = ()
    figures: dict[str, object] = Field(default_factory=dict)
    milliseconds: int = 0

    @property
    def level(self) -> str:
        """`structural` for the schema, else `functional`."""
        return "structural" if self.type == "schema" else "functional"

    @property
    def severity(self) -> str:
        """The gravest issue's severity, `info` without any."""
        found = {issue.severity for issue in self.issues}
        return next((word for word in ("critical", "warning") if word in found), "info")


class Comparison(BaseModel):
    """All checks of one pair of tables."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    destination: str
    checks: tuple[Check, ...]

    @property
    def passed(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def reconciled(self) -> bool:
        """Whether every check passed on rows that were there; two empty tables prove nothing of the code."""
        return self.passed and not any(issue.type == "NO_ROWS" for check in self.checks for issue in check.issues)
