"""`migrate --model` through real HTTP: what the rules hand off, the loop takes; a person decides what nobody executed."""

import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.errors import ModelUnavailable
from glue2lakehouse.orchestrator import Run, migrate
from glue2lakehouse.orchestrator.reviews import find_waiting, open_queue, reviewing
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import AgentDecision, ValidationResult, open_store

pytestmark = pytest.mark.integration

JOB = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext())
password = "hunter2!secret"
frame = glueContext.no_such_reader("orders")
"""
CLEAN = """\
import sys
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "day"])
"""


@pytest.fixture
def server() -> Iterator[Any]:
    asked: list[dict[str, Any]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(body)
            hidden = re.search(r"REDACTED_\w+_\d+", json.dumps(body))
            word = hidden[0] if hidden else "nothing"
            read = {"line": 1, "severity": "info", "message": f"{word} stands in the code"}
            given: dict[str, Any] = {"issues": [read]}
            name = body["tools"][-1]["function"]["name"]
            if name == "submit_conversion":
                code = body["messages"][-1]["content"].split("rules left it:\n```python\n")[1].split("\n```")[0]
                lines = [line for line in code.split("\n") if "no_such_reader" not in line]
                fixed = "\n".join([*lines, 'frame = spark.read.table("main.raw.orders")'])
                given = {
                    "converted_code": fixed,
                    "imports": [],
                    "settled": list(range(1, 1 + body["messages"][-1]["content"].count("(hint:"))),
                    "transformations_applied": ["Read the table", f"Kept {word}"],
                    "recommendations": [f"Move {word} into a secret scope"],
                }
            call = {"id": "c", "type": "function", "function": {"name": name, "arguments": json.dumps(given)}}
            choice = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": [call]}}
            usage = {"prompt_tokens": 500, "completion_tokens": 100, "total_tokens": 600}
            answer = {
                "id": "x",
                "object": "chat.completion",
                "created": 1,
                "model": "m",
                "choices": [choice],
                "usage": usage,
            }
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, *_: Any) -> None:
            pass

    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True).start()
    yield f"http://127.0.0.1:{running.server_port}/v1#m", asked
    running.shutdown()
    running.server_close()


@pytest.fixture
def run(tmp_path: Path, server: Any) -> Any:
    (tmp_path / "source").mkdir()
    (tmp_path / "source/job.py").write_text(JOB)

    def go(**settings: Any) -> Run:
        given = {
            "home": tmp_path / "home",
            "tracing": False,
            "trials": False,
            "model": server[0],
            "model_prices": {"m": (2.0, 10.0)},
        }
        return migrate(str(tmp_path / "source"), tmp_path / "out", Settings(**(given | settings)))

    return go


def test_a_model_is_asked_paid_and_recorded_and_no_secret_leaves(run: Any, server: Any, tmp_path: Path) -> None:
    result = run()
    _, asked = server
    assert asked
    assert "hunter2!secret" not in json.dumps(asked)
    rows = open_store(tmp_path / "home").rows(AgentDecision, result.project_id)
    (row, *_) = [row for row in rows if row.agent_name == "code_converter"]
    assert (row.model_name, row.prompt_name) == ("m", "converter")
    assert row.tokens_used == 600 * (row.model_calls or 0)
    assert row.cost is not None
    assert float(row.cost) == pytest.approx(0.002 * (row.model_calls or 0))
    checked = open_store(tmp_path / "home").rows(ValidationResult, result.project_id)
    told = "".join(row.model_dump_json() for row in (*rows, *checked))
    assert "into a secret scope" in told
    assert "stands in the code" in told
    assert "hunter2!secret" not in told
    assert result.report.totals.model_calls == sum(row.model_calls or 0 for row in rows)
    assert result.report.totals.cost_usd == pytest.approx(sum(float(row.cost or 0) for row in rows), abs=1e-4)


def test_what_nobody_executed_waits_for_a_person_whatever_the_model_says(run: Any) -> None:
    (file,) = run().report.files
    assert file.status.value == "needs_review"
    assert file.confidence < 0.8


def test_a_second_run_asks_nobody(run: Any, server: Any) -> None:
    run()
    before = len(server[1])
    run()
    assert len(server[1]) == before


def test_a_spent_budget_hands_the_file_over_and_the_run_ends_well(run: Any, server: Any) -> None:
    (file,) = run(max_cost_usd=0.00001).report.files
    assert (file.status.value, server[1]) == ("needs_review", [])


def test_what_the_budget_left_undone_is_asked_in_the_next_run(run: Any, server: Any, tmp_path: Path) -> None:
    first = run(max_cost_usd=0.00001)
    (file,) = run(max_cost_usd=10.0).report.files
    assert server[1]
    assert [edit.rule for edit in file.edits if edit.rule == "model"]
    rows = open_store(tmp_path / "home").rows(AgentDecision, first.project_id)
    converted = [row for row in rows if row.agent_name == "code_converter"]
    assert sorted(row.model_name or "" for row in converted) == ["m", "rules"]
    before = len(server[1])
    run(max_cost_usd=10.0)
    assert len(server[1]) == before


def test_what_a_person_said_of_a_file_that_the_budget_left_undone_stays(run: Any, server: Any, tmp_path: Path) -> None:
    run(max_cost_usd=0.00001)
    settings = Settings(home=tmp_path / "home", tracing=False, trials=False)
    waiting = find_waiting(open_queue(settings), settings, "job.py")
    with reviewing(settings, waiting.project_id, "") as (queue, _):
        queue.answer(waiting.thread, "approve", "ada")
    assert run(max_cost_usd=10.0).report.totals.converted == 1
    assert server[1] == []


@pytest.mark.parametrize(
    "changed",
    [{"catalog": "other"}, {"compute": "classic"}, {"confidence_threshold": 0.9}],
    ids=lambda changed: next(iter(changed)),
)
def test_another_target_or_way_of_judging_is_another_question(changed: Any, run: Any, server: Any) -> None:
    first = run(confidence_threshold=0.5)
    assert first.report.totals.converted == 1
    before = len(server[1])
    again = run(**({"confidence_threshold": 0.5} | changed))
    if "confidence_threshold" in changed:
        assert again.report.totals.needs_review == 1
    else:
        assert len(server[1]) > before


def test_what_another_file_breaks_is_seen_although_the_model_has_seen_this_one(run: Any, tmp_path: Path) -> None:
    (tmp_path / "source/job.py").write_text(f"from library import load\n{CLEAN}print(load(args['day']))\n")
    (tmp_path / "source/library.py").write_text("def load(day):\n    return day\n")
    assert [finding.rule for finding in run().report.files[0].findings] == []
    (tmp_path / "source/library.py").write_text("def fetch(day):\n    return day\n")
    assert [finding.rule for finding in run().report.files[0].findings] == ["check-import"]


def test_an_approval_for_one_catalog_is_none_for_another(run: Any, tmp_path: Path) -> None:
    run()
    settings = Settings(home=tmp_path / "home", tracing=False, trials=False)
    waiting = find_waiting(open_queue(settings), settings, "job.py")
    with reviewing(settings, waiting.project_id, "") as (queue, _):
        queue.answer(waiting.thread, "approve", "ada")
    assert run().report.totals.converted == 1
    assert run(catalog="other").report.totals.needs_review == 1


def test_a_model_that_is_not_there_is_one_clear_line(run: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    with pytest.raises(ModelUnavailable, match="does not answer"):
        run(model="http://127.0.0.1:9/v1#m")


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_agents_and_their_tools_are_spans_once_and_hold_no_text(run: Any, server: Any, tmp_path: Path) -> None:
    import mlflow

    first = run(tracing=True)
    run(tracing=True)
    client = mlflow.MlflowClient(f"sqlite:///{tmp_path / 'home/mlflow.sqlite'}")
    (experiment,) = client.search_experiments(filter_string="name LIKE 'glue2lakehouse/%'")
    traces = client.search_traces(locations=[experiment.experiment_id])
    talks = [trace for trace in traces if trace.info.tags.get("thread")]
    assert [[span.name for span in trace.data.spans] for trace in talks] == [
        ["job.py", "code_converter", "submit_conversion", "validation", "report_reading"]
    ]
    rows = open_store(tmp_path / "home").rows(AgentDecision, first.project_id)
    assert {row.trace_id for row in rows if row.prompt} == {talks[0].info.trace_id}
    assert "hunter2!secret" not in "".join(str(trace.to_dict()) for trace in traces)
