"""The words of the project, as values: entity, finding, edit, evidence, confidence, decision.

Everything above `errors` speaks in these; nothing here reads a file, a clock or a network.
"""

import hashlib
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA_VERSION = 1


class EntityType(StrEnum):
    """What is tracked through a migration."""

    JOB = "job"
    MODULE = "module"
    CLASS = "class"
    FUNCTION = "function"
    TABLE = "table"


class Severity(StrEnum):
    """`blocker`: the output would be wrong or fails; `warning`: look at it; `info`: good to know."""

    BLOCKER = "blocker"
    WARNING = "warning"
    INFO = "info"


class Certainty(StrEnum):
    """How sure a rule is: always equal, equal under a stated condition, or a matter of judgement."""

    EXACT = "exact"
    CONDITIONAL = "conditional"
    JUDGEMENT = "judgement"


class Evidence(StrEnum):
    """How a conversion was proved, weakest first; `none` is for what did not even parse."""

    NONE = "none"
    PARSED = "parsed"
    RESOLVED = "resolved"
    EXECUTED = "executed"
    RECONCILED = "reconciled"

    @property
    def level(self) -> int:
        """Minus one for `none`, then 0 to 3 as in the requirements."""
        return list(Evidence).index(self) - 1


class Status(StrEnum):
    """How a file or an entity ended."""

    CONVERTED = "converted"
    NEEDS_REVIEW = "needs_review"
    UNCHANGED = "unchanged"
    FAILED = "failed"


class ConversionType(StrEnum):
    """Who did it: the rules alone, a model that the validator confirmed, or a person."""

    AUTOMATIC = "automatic"
    SEMI_AUTOMATIC = "semi-automatic"
    MANUAL = "manual"


class Compute(StrEnum):
    """Unity Catalog compute that the output has to run on."""

    CLASSIC = "classic"
    STANDARD = "standard"
    SERVERLESS = "serverless"


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Value):
    """Something to know or to do, at a line of the source or of a whole file. Prints as `path:line: [rule] message`."""

    rule: str
    severity: Severity
    path: str
    line: int = Field(ge=0, description="1-based line in the source file; 0 when it concerns the whole file")
    message: str = Field(description="what is the matter, in one line")
    action: str = Field(default="", description="what to do next, in one line")

    def __str__(self) -> str:
        where = f"{self.path}:{self.line}" if self.line else self.path
        return f"{where}: [{self.rule}] {self.message}"


class Edit(_Value):
    """One rewrite that was applied: which rule, how sure, from which source line to which target line (1-based)."""

    rule: str
    certainty: Certainty
    source_line: int
    target_line: int
    condition: str = Field(default="", description="what has to hold for a conditional edit to be exact")


class Entity(_Value):
    """One thing that is tracked through the migration."""

    id: str
    type: EntityType
    name: str
    path: str = Field(description="file path relative to the source root, with forward slashes")
    module: str = ""
    line_start: int = 1
    line_end: int = 1
    code: str = ""
    imports: tuple[str, ...] = ()
    calls: tuple[str, ...] = ()
    dependencies: tuple[str, ...] = ()
    complexity: int = 0
    lines_of_code: int = 0
    uses_dynamic_frame: bool = False
    uses_glue_context: bool = False


class Issue(_Value):
    """One item of the validation agent's answer, in the shape that the requirements give."""

    type: str
    severity: Literal["critical", "warning", "info"]
    message: str = ""
    line: int = 0
    column: str = ""
    source_type: str = ""
    dest_type: str = ""
    recommendation: str = ""


def stable_id(*parts: str) -> str:
    """Return the same 32 hexadecimal digits for the same parts, on every machine and in every run."""
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()[:32]
