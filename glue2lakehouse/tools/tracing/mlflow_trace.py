"""Traces written with MLflow, in one place; a store that fails costs the trace and never the run."""

import logging
import os
import threading
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from glue2lakehouse.tools.tracing.trace import TRACKING_VARIABLE, Span

TRACE_PREFIX = "tr-"
EXPERIMENT_PREFIX = "glue2lakehouse/"
_log = logging.getLogger("glue2lakehouse")


class MlflowTrace:
    """One project run as a trace in the store; the first call that needs MLflow waits until it is there."""

    def __init__(self, store: str, project: str, inputs: Mapping[str, Any]) -> None:
        self._store, self._project, self._inputs = store, project, dict(inputs)
        self._root: Any = None
        self._experiment = ""
        self._started = datetime.now(UTC)
        self._before = ""
        self._named: str | None = None
        # `requests`, which the thread imports, silences this itself; a `catch_warnings` of ours meanwhile would undo that.
        warnings.filterwarnings("ignore", message="SOCKS support in urllib3")
        self._opening = threading.Thread(target=self._open, name="mlflow", daemon=True)
        self._opening.start()

    @property
    def trace_id(self) -> str:
        """The id of the run's trace; empty when the store cannot be used."""
        self._opening.join()
        return str(self._root.trace_id) if self._root is not None else ""

    def add(self, span: Span) -> None:
        """Hang a finished span under the run."""
        self._opening.join()
        if self._root is not None:
            self._write(span, self._root)

    def separate(self, span: Span, tags: Mapping[str, str]) -> str:
        """Write a trace of its own and return its id."""
        self._opening.join()
        return self._write(span, None, tags) if self._root is not None else ""

    def close(self, outputs: Mapping[str, Any], error: str = "") -> None:
        """End the run's trace, write everything out and give MLflow back as it was found."""
        self._opening.join()
        if self._root is None:
            return
        import mlflow
        from sqlalchemy.exc import SQLAlchemyError

        try:
            self._root.set_outputs(dict(outputs))
            self._root.end(status="ERROR" if error else "OK")
            mlflow.flush_trace_async_logging()
        except (mlflow.exceptions.MlflowException, SQLAlchemyError) as failure:
            self._failed(failure)
        finally:
            self._give_back()

    def _open(self) -> None:
        # No telemetry leaves the machine, and a thousand spans must not overrun the queue.
        os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
        os.environ.setdefault("OTEL_BSP_MAX_QUEUE_SIZE", "100000")
        import mlflow
        from sqlalchemy.exc import SQLAlchemyError

        for name in ("mlflow", "alembic"):
            logging.getLogger(name).setLevel(logging.WARNING)
        self._before, self._named = mlflow.get_tracking_uri(), os.environ.get(TRACKING_VARIABLE)
        try:
            mlflow.set_tracking_uri(self._store)
            name = EXPERIMENT_PREFIX + self._project
            found = mlflow.get_experiment_by_name(name)
            self._experiment = found.experiment_id if found else mlflow.create_experiment(name)
            root = mlflow.start_span_no_context(
                name="migrate",
                span_type="CHAIN",
                inputs=self._inputs,
                experiment_id=self._experiment,
                start_time_ns=_ns(self._started),
            )
            # MLflow hides why a span could not start behind one that does nothing.
            if not root.trace_id.startswith(TRACE_PREFIX):
                raise mlflow.exceptions.MlflowException("MLflow could not start a span")
            self._root = root
        except (mlflow.exceptions.MlflowException, SQLAlchemyError, OSError) as failure:
            self._give_back()
            self._failed(failure)

    def _write(self, span: Span, parent: Any, tags: Mapping[str, str] | None = None) -> str:
        import mlflow
        from mlflow.tracing.constant import SpanAttributeKey

        where = {"parent_span": parent} if parent is not None else {"experiment_id": self._experiment}
        live = mlflow.start_span_no_context(
            name=span.name,
            span_type=span.kind,
            inputs=dict(span.inputs),
            attributes=dict(span.attributes),
            start_time_ns=_ns(span.started),
            tags=dict(tags) if tags else None,
            **where,
        )
        if span.tokens is not None:
            used = {"input_tokens": span.tokens[0], "output_tokens": span.tokens[1], "total_tokens": sum(span.tokens)}
            live.set_attribute(SpanAttributeKey.CHAT_USAGE, used)
        if span.cost_usd is not None:
            live.set_attribute(
                SpanAttributeKey.LLM_COST, {"input_cost": 0.0, "output_cost": 0.0, "total_cost": span.cost_usd}
            )
        for child in span.children:
            self._write(child, live)
        live.set_outputs(dict(span.outputs))
        live.end(status="ERROR" if span.error else "OK", end_time_ns=_ns(span.ended))
        return str(live.trace_id)

    def _give_back(self) -> None:
        """Point MLflow where it pointed before; setting its address also sets the variable for child processes."""
        import mlflow

        mlflow.set_tracking_uri(self._before)
        os.environ.pop(TRACKING_VARIABLE, None)
        if self._named is not None:
            os.environ[TRACKING_VARIABLE] = self._named

    def _failed(self, failure: BaseException) -> None:
        first = str(failure).splitlines()[0] if str(failure) else type(failure).__name__
        _log.warning("%s: the MLflow trace was not written: %s; set tracing: false to go without", self._store, first)


def _ns(moment: datetime) -> int:
    return int(moment.timestamp() * 1_000_000_000)
