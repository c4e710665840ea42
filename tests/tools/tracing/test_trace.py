import logging
import warnings
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.errors import StoreError
from glue2lakehouse.orchestrator import run
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.tracing import NoTrace, Span, open_trace

# MLflow warns of its own code, which nothing here could change.
pytestmark = pytest.mark.filterwarnings("ignore")
NOW = datetime(2026, 1, 1, tzinfo=UTC)


def span(name: str, **more: object) -> Span:
    return Span(name, NOW, NOW + timedelta(milliseconds=5), **more)  # type: ignore[arg-type]


def test_tracing_switched_off_writes_nothing(tmp_path: Path) -> None:
    trace = open_trace(tmp_path, "p", {}, enabled=False)
    trace.add(span("a.py"))
    trace.close({})
    assert isinstance(trace, NoTrace)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.slow
def test_a_run_is_one_trace_with_its_files_as_spans(tmp_path: Path) -> None:
    import mlflow

    before = mlflow.get_tracking_uri()
    trace = open_trace(tmp_path, "p", {"source": "s"})
    trace.add(span("a.py", outputs={"status": "converted"}))
    own = trace.separate(
        span("b.py", children=[span("ask", kind="LLM", tokens=(100, 20), cost_usd=0.02)]), {"thread": "t1"}
    )
    identity = trace.trace_id
    trace.close({"converted": 1})
    assert mlflow.get_tracking_uri() == before
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'mlflow.sqlite'}")
    found = client.get_trace(identity)
    assert [(item.name, item.status.status_code.value) for item in found.data.spans] == [
        ("migrate", "OK"),
        ("a.py", "OK"),
    ]
    touched = client.get_trace(own)
    assert touched.info.token_usage == {"input_tokens": 100, "output_tokens": 20, "total_tokens": 120}
    assert touched.info.tags["thread"] == "t1"
    assert touched.info.trace_id != identity


@pytest.mark.slow
def test_a_store_that_cannot_be_used_costs_only_the_trace(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    (tmp_path / "mlflow.sqlite").write_text("no database " * 1000)
    with caplog.at_level(logging.WARNING, "glue2lakehouse"):
        trace = open_trace(tmp_path, "p", {})
        trace.add(span("a.py"))
        trace.close({})
    assert trace.trace_id == ""
    assert "the MLflow trace was not written" in caplog.text


def test_what_a_library_of_mlflow_warns_of_is_not_for_the_user(tmp_path: Path) -> None:
    """`requests` silences it, but a `catch_warnings` of another thread at that moment brings it back."""
    trace = open_trace(tmp_path, "p", {})
    with warnings.catch_warnings(record=True) as told:
        warnings.warn("SOCKS support in urllib3 requires the installation of PySocks", stacklevel=1)
    trace.close({})
    assert told == []


def test_a_stopped_run_is_no_success_in_its_trace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[str] = []

    class Told(NoTrace):
        def close(self, outputs: Mapping[str, Any], error: str = "") -> None:
            closed.append(error)

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(run, "open_trace", lambda *_: Told())
    (tmp_path / "job.py").write_text("import awsglue\n")
    settings = Settings(home=tmp_path / "home")
    with pytest.raises(KeyboardInterrupt):
        run.migrate(str(tmp_path / "job.py"), tmp_path / "out", settings, progress=stop)
    run.migrate(str(tmp_path / "job.py"), tmp_path / "out", settings)
    assert closed == ["ended before it was done", ""]


def test_a_home_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file, not a folder")
    with pytest.raises(StoreError, match="cannot keep traces there"):
        open_trace(tmp_path / "home", "p", {})
