"""Runs of jobs and workflows through boto3 become runs of Databricks jobs; run properties are files in a volume."""

import json
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlparse

import boto3
import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime import job_runs
from glue2lakehouse.tools.rewrite.runtime.workflows import get_workflow_run_properties, put_workflow_run_properties
from glue2lakehouse.tools.sandbox.aws import AwsWorld, stand_in

HEAD = (
    "import sys\nimport boto3\nfrom awsglue.utils import getResolvedOptions\n\n"
    'args = getResolvedOptions(sys.argv, ["WORKFLOW_NAME", "WORKFLOW_RUN_ID"])\n'
    'name, run = args["WORKFLOW_NAME"], args["WORKFLOW_RUN_ID"]\n'
    'glue = boto3.client("glue", region_name="eu-west-1")\n'
)
ROOT = "/Volumes/main/default/glue2lakehouse/workflow_runs"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'x = glue.get_workflow_run_properties(Name=name, RunId=run)["RunProperties"]["a"]',
            f'x = get_workflow_run_properties("{ROOT}", name=name, run_id=run)["RunProperties"]["a"]',
        ),
        (
            'glue.put_workflow_run_properties(RunProperties={"a": "1"}, RunId=run, Name=name)',
            f'put_workflow_run_properties("{ROOT}", run_properties={{"a": "1"}}, run_id=run, name=name)',
        ),
        ("glue.stop_workflow_run(Name=name, RunId=run)", "stop_workflow_run(name=name, run_id=run)"),
        ('r = glue.start_workflow_run(Name="w")["RunId"]', 'r = start_workflow_run(name="w")["RunId"]'),
        (
            'r = glue.start_job_run(JobName="j", Arguments={"--a": run})["JobRunId"]',
            'r = start_job_run(job_name="j", arguments={"--a": run})["JobRunId"]',
        ),
        (
            's = glue.get_job_run(JobName="j", RunId=run)["JobRun"]["JobRunState"]',
            's = get_job_run(job_name="j", run_id=run)["JobRun"]["JobRunState"]',
        ),
        (
            "def of(client):\n    return client.get_workflow_run_properties(Name=name, RunId=run)\n\n\nof(client=glue)",
            f'    return get_workflow_run_properties("{ROOT}", name=name, run_id=run)',
        ),
        (
            "import boto3 as aws\nother = aws.Session().client(service_name='glue')\n"
            "other.stop_workflow_run(Name=name, RunId=run)",
            "\nstop_workflow_run(name=name, run_id=run)",
        ),
        (
            "try:\n    glue.stop_workflow_run(Name=name, RunId=run)\nexcept Exception:\n    pass",
            "    stop_workflow_run(name=name, run_id=run)",
        ),
    ],
)
def test_a_run_is_one_of_databricks(convert, before: str, after: str) -> None:
    source = HEAD + before + "\n"
    conversion = convert(source)
    assert after in conversion.after
    assert {f.severity for f in conversion.findings} == {Severity.INFO}
    project = {"glue_compat.py": render_compat(conversion.compat)}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []
    assert convert(conversion.after).after == conversion.after


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("arguments that cannot be seen", "glue.start_job_run(**given)"),
        ("boto3 itself refuses these", 'glue.get_workflow_run_properties("w", "r")'),
        ("workers that a function gives", 'glue.start_job_run(JobName="j", NumberOfWorkers=workers_for(name))'),
        ("a second try of a Glue run", 'glue.start_job_run(JobName="j", JobRunId="jr_1")'),
        ("runs before it", 'glue.get_job_run(JobName="j", RunId=run, PredecessorsIncluded=True)'),
        ("an argument is missing", "glue.stop_workflow_run(Name=name)"),
        (
            "an error of Glue's own is told apart",
            'try:\n    glue.start_job_run(JobName="j")\nexcept glue.exceptions.ConcurrentRunsExceededException:\n    pass',
        ),
        (
            "an error of the AWS client is told apart",
            "try:\n    x = glue.get_workflow_run_properties(Name=name, RunId=run)\nexcept (ValueError, ClientError):\n    x = {}",
        ),
        ("the graph of a Glue run", "glue.get_workflow_run(Name=name, RunId=run, IncludeGraph=True)"),
        ("earlier runs of the Glue job", 'glue.get_job_runs(JobName="j")'),
        ("handed on", "later(glue.start_job_run)"),
    ],
)
def test_what_would_reach_the_old_jobs_is_handed_off(convert, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\n")
    assert line in conversion.after, why
    assert [f.severity for f in conversion.findings if f.line > 7] == [Severity.BLOCKER], why


ARN = 'ResourceArn=f"arn:aws:glue:{region}:{account}:job/{name}"'


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (f"x = glue.get_tags({ARN})", 'x = get_job_tags(f"arn:aws:glue:{region}:{account}:job/{name}")', Severity.INFO),
        ('arn = "arn:aws:glue:r:1:job/" + name\nx = glue.get_tags(ResourceArn=arn)', "x = get_job_tags(arn)", Severity.INFO),
        (f"x = glue.get_tags({ARN})\nglue.tag_resource({ARN}, TagsToAdd=new)", f"x = glue.get_tags({ARN})", Severity.WARNING),
        (f"glue.untag_resource({ARN}, TagsToRemove=[])", f"glue.untag_resource({ARN}", Severity.WARNING),
        ("x = glue.get_tags(ResourceArn=arn)", "x = glue.get_tags(ResourceArn=arn)", Severity.BLOCKER),
        (f"x = glue.get_tags({ARN.replace('job/', 'table/a/')})", "x = glue.get_tags(", Severity.BLOCKER),
        (f"try:\n    x = glue.get_tags({ARN})\nexcept ClientError:\n    x = {{}}", "    x = glue.get_tags(", Severity.BLOCKER),
    ],
)  # fmt: skip
def test_tags_of_a_job_are_those_of_the_databricks_job_unless_runs_keep_state_in_them(
    convert, before: str, after: str, severity: Severity
) -> None:
    conversion = convert(HEAD + before + "\n")
    assert after in conversion.after
    assert max((f.severity for f in conversion.findings if f.line > 7), key=list(Severity).index) is severity


def test_the_folder_of_run_properties_is_a_setting(convert) -> None:
    settings = Settings(workflow_runs="/Volumes/ops/etl/state/runs/")
    conversion = convert(HEAD + "glue.get_workflow_run_properties(Name=name, RunId=run)\n", settings=settings)
    assert 'get_workflow_run_properties("/Volumes/ops/etl/state/runs", name=name' in conversion.after
    assert "CREATE VOLUME IF NOT EXISTS ops.etl.state" in conversion.findings[-1].action


def test_a_project_without_glue_stays(convert) -> None:
    source = 'import boto3\nglue = boto3.client("glue")\nglue.start_job_run(JobName="j")\nf = glue.start_job_run\n'
    conversion = convert(source)
    assert (conversion.after, conversion.findings) == (source, ())


Properties = tuple[Callable[..., Any], Callable[..., Any]]


@pytest.fixture
def both(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Properties]]:
    """Get and put of the AWS client (moto) and of the helpers, for a run that started with `a` and `b`."""
    started = {"a": "1", "b": 'say "ä"\n\\'}
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    monkeypatch.setattr(sys, "argv", ["job.py", "--x", "y", "--WORKFLOW_RUN_PROPERTIES", json.dumps(started)])
    world = AwsWorld(workflow="w", workflow_run="r", run_properties=started)
    with stand_in(RuntimeEnvironment(scratch=tmp_path), world):
        client = boto3.client("glue", region_name=world.region)
        yield [
            (
                lambda: client.get_workflow_run_properties(Name="w", RunId="r")["RunProperties"],
                lambda given: client.put_workflow_run_properties(Name="w", RunId="r", RunProperties=given),
            ),
            (
                lambda: get_workflow_run_properties(str(tmp_path / "runs"), "w", "r")["RunProperties"],
                lambda given: put_workflow_run_properties(str(tmp_path / "runs"), "w", "r", given),
            ),
        ]


@pytest.mark.integration
def test_properties_are_put_and_got_as_by_the_aws_client(both: list[Properties]) -> None:
    seen = []
    for get, put in both:
        steps = [get()]
        for given in ({"b": "2", "c": ""}, {}, {"c": "x" * 5000, "../n/ä .json": "line\nline"}, {"a": "1", "b": "3"}):
            put(given)
            steps.append(get())
        seen.append(steps)
        with pytest.raises(Exception, match=r"(?i)run ?properties"):
            put({"c": "half", "d": 4})
        steps.append(get())
    assert seen[0] == seen[1]
    assert seen[0][-1]["b"] == "3"


def test_a_run_does_not_see_what_another_put(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "argv", ["job.py", "--WORKFLOW_RUN_PROPERTIES={}"])
    put_workflow_run_properties(str(tmp_path), "w", "1", {"a": "1"})
    for name, run in (("w", "2"), ("v", "1"), ("w/run=1", "1"), ("..", "1"), ("w", "1/..")):
        assert get_workflow_run_properties(str(tmp_path), name, run) == {"RunProperties": {}}
    assert get_workflow_run_properties(str(tmp_path), "w", "1") == {"RunProperties": {"a": "1"}}


def test_a_job_that_is_not_told_what_the_run_started_with_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for argv in (["job.py"], ["job.py", "--WORKFLOW_RUN_PROPERTIES"], ["--WORKFLOW_RUN_PROPERTIES", "x"]):
        monkeypatch.setattr(sys, "argv", argv)
        with pytest.raises(LookupError, match="WORKFLOW_RUN_PROPERTIES"):
            get_workflow_run_properties(str(tmp_path), "w", "1")


@pytest.mark.integration
def test_properties_that_several_jobs_put_at_once_are_all_there_and_whole(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["job.py", "--WORKFLOW_RUN_PROPERTIES", "{}"])
    root, whole = str(tmp_path), {str(number) * 20000 for number in range(10)}

    def job(number: int) -> None:
        for _ in range(20):
            put_workflow_run_properties(root, "w", "1", {"shared": str(number) * 20000, f"own{number}": "done"})
            assert get_workflow_run_properties(root, "w", "1")["RunProperties"]["shared"] in whole

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(job, range(8)))
    held = get_workflow_run_properties(root, "w", "1")["RunProperties"]
    assert sorted(held) == [*(f"own{number}" for number in range(8)), "shared"]


class Workspace:
    """A workspace that answers the Jobs API on the loopback device."""

    def __init__(self) -> None:
        self.jobs: dict[int, dict[str, Any]] = {}
        self.states: dict[int, dict[str, str]] = {}
        self.asked: list[tuple[str, dict[str, Any]]] = []

    def answer(self, path: str, given: dict[str, Any]) -> dict[str, Any]:
        self.asked.append((path, given))
        verb = path.rsplit("/", 1)[-1]
        if verb == "list":
            # As the API does: it compares names without regard to case.
            named = [key for key, job in self.jobs.items() if job["name"].lower() == given["name"].lower()]
            return {"jobs": [{"job_id": key, "settings": {"name": self.jobs[key]["name"]}} for key in named]}
        if path.endswith("runs/get"):
            return {"run_id": int(given["run_id"]), "state": self.states[int(given["run_id"])]}
        if verb == "get":
            return {"job_id": int(given["job_id"]), "settings": self.jobs[int(given["job_id"])]}
        return {"run_id": 77} if verb == "run-now" else {}


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    held = Workspace()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self, given: dict[str, Any]) -> None:
            body = json.dumps(held.answer(urlparse(self.path).path, given)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self._answer({key: values[0] for key, values in parse_qs(urlparse(self.path).query).items()})

        def do_POST(self) -> None:
            self._answer(json.loads(self.rfile.read(int(self.headers["Content-Length"])) or "{}"))

        def log_message(self, *_: object) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    monkeypatch.setenv("DATABRICKS_HOST", f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("DATABRICKS_TOKEN", "made-up")
    monkeypatch.setenv("DATABRICKS_CONFIG_FILE", "/nowhere")
    yield held
    server.shutdown()
    server.server_close()


def _ran(workspace: Workspace) -> list[dict[str, Any]]:
    return [given for path, given in workspace.asked if path.endswith("run-now")]


def test_a_job_is_started_by_the_name_of_the_glue_job_with_its_arguments_as_parameters(workspace: Workspace) -> None:
    workspace.jobs = {
        1: {"name": "Load"},
        2: {"name": "load", "parameters": [{"name": "day", "default": "0"}, {"name": "env", "default": "dev"}]},
    }
    assert job_runs.start_job_run("load", {"--day": "1"}) == {"JobRunId": "77"}
    assert job_runs.start_job_run(job_name="Load") == {"JobRunId": "77"}
    first, second = _ran(workspace)
    assert (first["job_id"], first["job_parameters"], second["job_id"]) == (2, {"day": "1"}, 1)


def test_a_job_that_is_not_there_or_lacks_the_parameter_is_not_started(workspace: Workspace) -> None:
    workspace.jobs = {1: {"name": "a"}, 2: {"name": "twice"}, 3: {"name": "twice"}}
    for name, error in (("b", "0 Databricks jobs are named b"), ("twice", "2 Databricks jobs"), ("A", "0 Databricks")):
        with pytest.raises(LookupError, match=error):
            job_runs.start_job_run(name)
    with pytest.raises(ValueError, match="no parameter for --day"):
        job_runs.start_job_run("a", {"--day": "1"})
    assert _ran(workspace) == []


def test_tags_of_a_job_are_looked_up_by_the_name_in_its_arn(workspace: Workspace) -> None:
    workspace.jobs = {1: {"name": "load", "tags": {"team": "data"}}, 2: {"name": "bare"}}
    assert job_runs.get_job_tags("arn:aws:glue:eu-west-1:1:job/load") == {"Tags": {"team": "data"}}
    assert job_runs.get_job_tags("arn:aws:glue:eu-west-1:1:job/bare") == {"Tags": {}}
    with pytest.raises(LookupError, match="0 Databricks jobs are named gone"):
        job_runs.get_job_tags("arn:aws:glue:eu-west-1:1:job/gone")


def test_a_workflow_is_started_with_its_default_properties_below_the_given_ones(workspace: Workspace) -> None:
    default = json.dumps({"a": "1", "b": "2"})
    workspace.jobs = {1: {"name": "w", "parameters": [{"name": "WORKFLOW_RUN_PROPERTIES", "default": default}]}}
    assert job_runs.start_workflow_run("w") == {"RunId": "77"}
    job_runs.start_workflow_run("w", {"b": "3"})
    plain, given = _ran(workspace)
    assert not plain.get("job_parameters")
    assert json.loads(given["job_parameters"]["WORKFLOW_RUN_PROPERTIES"]) == {"a": "1", "b": "3"}


def test_a_run_is_stopped_as_a_run_of_databricks_and_no_other(workspace: Workspace) -> None:
    assert job_runs.stop_workflow_run("w", "123") == {}
    assert workspace.asked[-1] == ("/api/2.2/jobs/runs/cancel", {"run_id": 123})
    with pytest.raises(ValueError, match="wr_"):
        job_runs.stop_workflow_run("w", "wr_0123")


@pytest.mark.parametrize(
    ("cycle", "result", "told"),
    [
        ("QUEUED", None, "WAITING"),
        ("PENDING", None, "STARTING"),
        ("RUNNING", None, "RUNNING"),
        ("TERMINATING", "SUCCESS", "RUNNING"),
        ("TERMINATED", "SUCCESS", "SUCCEEDED"),
        ("TERMINATED", "SUCCESS_WITH_FAILURES", "FAILED"),
        ("TERMINATED", "FAILED", "FAILED"),
        ("TERMINATED", "TIMEDOUT", "TIMEOUT"),
        ("TERMINATED", "CANCELED", "STOPPED"),
        ("SKIPPED", None, "FAILED"),
        ("INTERNAL_ERROR", "FAILED", "FAILED"),
    ],
)
def test_a_runs_state_has_glues_word(workspace: Workspace, cycle: str, result: str | None, told: str) -> None:
    workspace.states = {
        5: {"life_cycle_state": cycle, "state_message": "why", **({"result_state": result} if result else {})}
    }
    run = job_runs.get_job_run(job_name="j", run_id="5")["JobRun"]
    assert (run["Id"], run["JobName"], run["JobRunState"]) == ("5", "j", told)
    assert ("ErrorMessage" in run) is (told != "SUCCEEDED")


@pytest.mark.parametrize(
    "sizes",
    ["WorkerType='G.2X', NumberOfWorkers=10", "MaxCapacity=float(name), Timeout=60", "ExecutionClass='FLEX', NotificationProperty={'NotifyDelayAfter': 5}"],
)  # fmt: skip
def test_what_a_run_takes_is_the_jobs_now_and_is_told(convert, sizes: str) -> None:
    done = convert(f"{HEAD}glue.start_job_run(JobName='j', {sizes}, Arguments={{'--a': run}})\n")
    assert "start_job_run(job_name='j', arguments={'--a': run})" in done.after
    [told] = [finding for finding in done.findings if finding.severity is Severity.WARNING]
    assert told.message.startswith(f"the run was given {sizes.split(',')[0]}")
    after = {"job.py": done.after, "glue_compat.py": render_compat(done.compat, Settings())}
    assert (
        check(done.before, done.after, "job.py", {"job.py": done.before}, after, done.findings, Settings()).findings
        == ()
    )


@pytest.mark.parametrize(
    "given",
    [
        # Another run is started again, with its arguments.
        "JobRunId=run",
        # What is called for the value would be called no more.
        "NumberOfWorkers=workers_for(name)",
        "Timeout=(limit := 5)",
        "SecurityConfiguration='keys'",
        "WorkerType='G.1X', **more",
    ],
)
def test_a_run_that_is_given_more_than_its_size_is_handed_off(convert, given: str) -> None:
    line = f"glue.start_job_run(JobName='j', {given})"
    done = convert(f"{HEAD}{line}\n")
    assert f"\n{line}\n" in done.after
    assert any(finding.severity is Severity.BLOCKER and finding.rule == "job-runs" for finding in done.findings)
