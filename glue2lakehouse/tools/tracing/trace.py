"""What a run says about itself, as spans; where they go is decided in one place."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol

from glue2lakehouse.errors import StoreError

FILE_NAME = "mlflow.sqlite"
TRACKING_VARIABLE = "MLFLOW_TRACKING_URI"


@dataclass(frozen=True)
class Span:
    """One stretch of work, in UTC. `tokens` are (in, out); `error` is empty unless it failed."""

    name: str
    started: datetime
    ended: datetime
    kind: str = "CHAIN"
    inputs: Mapping[str, Any] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    attributes: Mapping[str, Any] = field(default_factory=dict)
    tokens: tuple[int, int] | None = None
    cost_usd: float | None = None
    error: str = ""
    children: Sequence["Span"] = ()


class Trace(Protocol):
    """The trace of one project run."""

    @property
    def trace_id(self) -> str:
        """The id that decision rows carry; empty when tracing is off or failed."""

    def add(self, span: Span) -> None:
        """Hang a finished span under the run."""

    def separate(self, span: Span, tags: Mapping[str, str]) -> str:
        """Write a trace of its own and return its id; the tags tie an interrupted run to its continuation."""

    def close(self, outputs: Mapping[str, Any], error: str = "") -> None:
        """End the run's trace and write everything out; says on one log line if that failed."""


class NoTrace:
    """Tracing switched off."""

    trace_id = ""

    def add(self, span: Span) -> None:
        """Forget it."""

    def separate(self, span: Span, tags: Mapping[str, str]) -> str:
        """Forget it."""
        return ""

    def close(self, outputs: Mapping[str, Any], error: str = "") -> None:
        """Do nothing."""


def open_trace(home: Path, project: str, inputs: Mapping[str, Any], enabled: bool = True) -> Trace:
    """Begin a run's trace: in the project's own SQLite store, or where MLFLOW_TRACKING_URI says.

    MLflow takes seconds to import and to lay out its tables, so that happens beside the conversion.
    Raises StoreError where the home folder cannot be made.
    """
    if not enabled:
        return NoTrace()
    from glue2lakehouse.tools.tracing.mlflow_trace import MlflowTrace

    # SQLite only: MLflow 3 refuses `file:` stores.
    given = os.environ.get(TRACKING_VARIABLE)
    if not given:
        try:
            home.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{home}: cannot keep traces there: {error.strerror}; name another home folder") from error
    return MlflowTrace(given or f"sqlite:///{(home / FILE_NAME).resolve()}", project, inputs)
