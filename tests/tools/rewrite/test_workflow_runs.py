"""`get_workflow_runs` lists the runs of the Databricks job that has the workflow's name."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from databricks.sdk.service.jobs import BaseRun, Job

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime import workflow_runs
from glue2lakehouse.tools.rewrite.runtime.workflow_runs import get_workflow_runs
from glue2lakehouse.tools.rewrite.runtime.workflows import put_workflow_run_properties

HEAD = (
    "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'glue = boto3.client("glue", region_name="eu-west-1")\n'
)
ROOT = "/Volumes/main/default/glue2lakehouse/workflow_runs"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("runs = glue.get_workflow_runs(Name=w)", f'runs = get_workflow_runs("{ROOT}", name=w)'),
        (
            'runs = glue.get_workflow_runs(Name="w", IncludeGraph=False, MaxResults=5, NextToken=token)["Runs"]',
            f'runs = get_workflow_runs("{ROOT}", name="w", max_results=5, next_token=token)["Runs"]',
        ),
        (
            'pages = glue.get_paginator("get_workflow_runs")\n'
            'for page in pages.paginate(Name="w", PaginationConfig={"PageSize": 50}):\n    print(page)',
            f'for page in [get_workflow_runs("{ROOT}", name="w")]:\n    print(page)',
        ),
        (
            "try:\n    runs = glue.get_workflow_runs(Name=w)\nexcept:\n    runs = {'Runs': []}",
            f'    runs = get_workflow_runs("{ROOT}", name=w)',
        ),
    ],
)
def test_runs_are_listed_by_a_helper_and_the_missing_ones_are_told(convert, before: str, after: str) -> None:
    source = HEAD + before + "\n"
    conversion = convert(source)
    assert after in conversion.after
    assert "boto3.client" not in conversion.after
    told = [f for f in conversion.findings if f.severity is not Severity.INFO]
    assert [f.severity for f in told] == [Severity.WARNING]
    assert "none from before the migration" in told[0].message
    assert ("an error is caught" in told[0].message) is ("try:" in before)
    assert f"{ROOT}/workflow=NAME/earlier_runs.json" in told[0].action
    project = {"glue_compat.py": render_compat(conversion.compat)}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("the graph of Glue runs", "glue.get_workflow_runs(Name=w, IncludeGraph=True)"),
        ("a graph perhaps", "glue.get_workflow_runs(Name=w, IncludeGraph=graph)"),
        ("what cannot be seen", "glue.get_workflow_runs(**given)"),
        (
            "a limit over all pages",
            "glue.get_paginator('get_workflow_runs').paginate(Name=w, PaginationConfig={'MaxItems': 3})",
        ),
        (
            "an error of Glue's own",
            "try:\n    glue.get_workflow_runs(Name=w)\nexcept glue.exceptions.EntityNotFoundException:\n    pass",
        ),
        ("a client of unknown origin", "unseen().get_workflow_runs(Name=w)"),
        ("handed on", "later(glue.get_workflow_runs)"),
    ],
)
def test_what_the_helper_cannot_answer_is_handed_off(convert, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\n")
    assert line in conversion.after, why
    assert Severity.BLOCKER in [f.severity for f in conversion.findings if f.line > 5], why


def _task(key: str, cycle: str, result: str = "", attempt: int = 0, **more: Any) -> dict[str, Any]:
    state = {"life_cycle_state": cycle, **({"result_state": result} if result else {})}
    return {"task_key": key, "attempt_number": attempt, "state": state, **more}


def _run(number: int, cycle: str = "TERMINATED", result: str = "SUCCESS", **more: Any) -> dict[str, Any]:
    state = {"life_cycle_state": cycle, **({"result_state": result} if result else {}), "state_message": "why"}
    return {"run_id": number, "start_time": 1_700_000_000_000 + number, "state": state, **more}


class Jobs:
    """The Jobs API as the SDK gives it: one job `w`, its runs newest first."""

    def __init__(self, runs: list[dict[str, Any]]) -> None:
        self.runs = runs

    def list(self, name: str) -> list[Job]:
        return [Job.from_dict({"job_id": 7, "settings": {"name": "w"}})] if name.lower() == "w" else []

    def get(self, job_id: int) -> Job:
        return Job.from_dict({"job_id": job_id, "settings": {"name": "w"}})

    def list_runs(self, job_id: int, expand_tasks: bool) -> Any:
        assert (job_id, expand_tasks) == (7, True)
        return (BaseRun.from_dict(each) for each in self.runs)


@pytest.fixture
def runs_of(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Ask for the runs of `w`, where the Jobs API holds these."""

    def ask(runs: list[dict[str, Any]], name: str = "w", **asked: Any) -> dict[str, Any]:
        workspace = type("WorkspaceClient", (), {"jobs": Jobs(runs)})
        monkeypatch.setattr(workflow_runs, "WorkspaceClient", workspace)
        told: dict[str, Any] = get_workflow_runs(str(tmp_path), name, **asked)
        return told

    return ask


def test_the_last_attempt_of_each_job_and_crawler_is_counted_and_nothing_else(runs_of: Any) -> None:
    same = {"op": "EQUAL_TO", "left": "crawler raw", "right": "crawler raw", "outcome": "true"}
    asks = {"op": "EQUAL_TO", "left": "{{tasks.load.result_state}}", "right": "failed", "outcome": "false"}
    resolved = {"op": "EQUAL_TO", "left": "failed", "right": "failed", "outcome": "true"}
    tasks = [
        _task("load", "TERMINATED", "FAILED"),
        _task("load", "TERMINATED", "SUCCESS", 1),
        _task("merge", "TERMINATED", "SUCCESS", 2),
        _task("merge", "TERMINATED", "FAILED", 1),
        _task("raw", "TERMINATED", "SUCCESS", condition_task=same),
        _task("load_is_failed", "TERMINATED", "SUCCESS", condition_task=asks),
        _task("merge_is_failed", "TERMINATED", "SUCCESS", condition_task=resolved),
        _task("broken", "INTERNAL_ERROR", "FAILED"),
        _task("slow", "TERMINATED", "TIMEDOUT"),
        _task("halted", "TERMINATED", "CANCELED"),
        _task("refused", "SKIPPED", "MAXIMUM_CONCURRENT_RUNS_REACHED"),
        _task("after_broken", "TERMINATED", "UPSTREAM_FAILED"),
        _task("after_halted", "TERMINATED", "UPSTREAM_CANCELED"),
        _task("not_this_way", "TERMINATED", "EXCLUDED"),
        _task("left_out", "SKIPPED"),
        _task("waits", "BLOCKED"),
        _task("queued", "QUEUED"),
        _task("starts", "PENDING"),
        _task("runs", "RUNNING"),
    ]
    (run,) = runs_of([_run(1, tasks=tasks)])["Runs"]
    assert run["Statistics"] == {
        "TotalActions": 15, "SucceededActions": 3, "FailedActions": 1, "TimeoutActions": 1, "StoppedActions": 1,
        "RunningActions": 2, "WaitingActions": 1, "ErroredActions": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("cycle", "result", "told"),
    [
        ("RUNNING", "", "RUNNING"),
        ("QUEUED", "", "RUNNING"),
        ("TERMINATED", "SUCCESS", "COMPLETED"),
        ("TERMINATED", "FAILED", "COMPLETED"),
        ("INTERNAL_ERROR", "FAILED", "COMPLETED"),
        ("INTERNAL_ERROR", "", "ERROR"),
        ("TERMINATED", "CANCELED", "STOPPED"),
        ("TERMINATING", "CANCELED", "STOPPING"),
        ("TERMINATING", "SUCCESS", "RUNNING"),
        ("SKIPPED", "", "ERROR"),
        ("TERMINATED", "MAXIMUM_CONCURRENT_RUNS_REACHED", "ERROR"),
    ],
)
def test_a_failed_run_is_completed_and_a_refused_one_an_error(runs_of: Any, cycle: str, result: str, told: str) -> None:
    (run,) = runs_of([_run(1, cycle, result)])["Runs"]
    assert run["Status"] == told
    assert ("ErrorMessage" in run) is (told == "ERROR")


def test_a_run_has_what_it_was_started_with_and_what_its_own_jobs_put(
    runs_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["job.py", "--WORKFLOW_RUN_PROPERTIES", "{}"])
    put_workflow_run_properties(str(tmp_path), "w", "2", {"b": "put", "c": "put"})
    started = {"name": "WORKFLOW_RUN_PROPERTIES", "default": "{}", "value": json.dumps({"a": "1", "b": "2"})}
    default = {"name": "WORKFLOW_RUN_PROPERTIES", "default": json.dumps({"a": "0"})}
    single = [{"name": "env", "default": "dev", "value": ""}, {"name": "run_property_day", "default": "1"}]
    told = runs_of(
        [_run(3, job_parameters=[started]), _run(2, job_parameters=[started]), _run(1, job_parameters=[default]),
         _run(0, job_parameters=single)]
    )["Runs"]  # fmt: skip
    assert [(run["WorkflowRunId"], run["WorkflowRunProperties"]) for run in told] == [
        ("3", {"a": "1", "b": "2"}),
        ("2", {"a": "1", "b": "put", "c": "put"}),
        ("1", {"a": "0"}),
        ("0", {"env": "", "day": "1"}),
    ]
    assert not (tmp_path / "workflow=w" / "run=3").exists()


def test_pages_follow_each_other_whatever_has_started_meanwhile(runs_of: Any) -> None:
    first = runs_of([_run(3), _run(2), _run(1)], max_results=2)
    assert ([run["WorkflowRunId"] for run in first["Runs"]], first["NextToken"]) == (["3", "2"], "2")
    second = runs_of([_run(4), _run(3), _run(2), _run(1)], next_token="2", max_results=2)
    assert [run["WorkflowRunId"] for run in second["Runs"]] == ["1"]
    assert "NextToken" not in second
    assert "NextToken" not in runs_of([_run(2), _run(1)], max_results=2)
    assert runs_of([]) == {"Runs": []}
    with pytest.raises(ValueError, match="no run 9"):
        runs_of([_run(1)], next_token="9")
    with pytest.raises(LookupError, match="0 Databricks jobs are named other"):
        runs_of([], name="other")


def test_runs_of_glue_that_were_saved_come_after_those_of_databricks(runs_of: Any, tmp_path: Path) -> None:
    folder = tmp_path / "workflow=w"
    folder.mkdir()
    saved = {"Name": "w", "WorkflowRunId": "wr_1", "WorkflowRunProperties": {"a": "old"}, "Status": "COMPLETED",
             "StartedOn": "2023-01-02T03:04:05.678000+00:00", "CompletedOn": 1672628705.5, "Statistics": {"TotalActions": 5}}  # fmt: skip
    (folder / "earlier_runs.json").write_text(json.dumps({"Runs": [saved, {"WorkflowRunId": "wr_0"}]}))
    runs = runs_of([_run(1)])["Runs"]
    assert [run["WorkflowRunId"] for run in runs] == ["1", "wr_1", "wr_0"]
    assert runs[0]["StartedOn"] > runs[1]["StartedOn"] == datetime(2023, 1, 2, 3, 4, 5, 678000, UTC)
    assert runs[1]["CompletedOn"] == datetime(2023, 1, 2, 3, 5, 5, 500000, UTC)
    assert (runs[1]["Statistics"], runs[2]) == ({"TotalActions": 5}, {"WorkflowRunId": "wr_0"})
    assert runs_of([_run(1)], next_token="1", max_results=1)["NextToken"] == "wr_1"
