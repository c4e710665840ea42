"""MLflow traces of a run: one for the project with its files as spans, and one for each file that a model touched."""

from glue2lakehouse.tools.tracing.mlflow_trace import MlflowTrace
from glue2lakehouse.tools.tracing.trace import NoTrace, Span, Trace, open_trace

__all__ = ["MlflowTrace", "NoTrace", "Span", "Trace", "open_trace"]
