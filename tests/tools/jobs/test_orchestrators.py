"""Step Functions and Airflow: the order of their Glue jobs, and a finding for everything else that they do."""

import json
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Chain

SYNC = "arn:aws:states:::glue:startJobRun.sync"


def glue(job: str, following: str | None = None, **more: Any) -> dict[str, Any]:
    end = {"Next": following} if following else {"End": True}
    return {"Type": "Task", "Resource": SYNC, "Parameters": {"JobName": job}, **end, **more}


def machine(states: dict[str, Any], start: str) -> Definitions:
    return read_definitions({"flow.asl.json": json.dumps({"StartAt": start, "States": states}, indent=1)})


def order(chain: Chain) -> dict[str, tuple[str, ...]]:
    return {step.job_name: step.after for step in chain.steps}


def test_states_in_a_row_depend_on_each_other() -> None:
    found = machine({"One": glue("a", "Two"), "Two": glue("b", "Done"), "Done": {"Type": "Succeed"}}, "One")
    assert order(found.chains[0]) == {"a": (), "b": ("one",)}
    assert found.findings == []


def test_branches_start_together_and_the_state_after_them_waits_for_all() -> None:
    branches = [{"StartAt": "L", "States": {"L": glue("left")}}, {"StartAt": "R", "States": {"R": glue("right")}}]
    found = machine(
        {"A": glue("a", "P"), "P": {"Type": "Parallel", "Branches": branches, "Next": "B"}, "B": glue("b")}, "A"
    )
    assert order(found.chains[0]) == {"a": (), "left": ("a",), "right": ("a",), "b": ("l", "r")}


def test_what_else_the_machine_does_is_a_finding_each() -> None:
    states = {
        "A": glue(
            "a",
            "Call",
            Retry=[{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}],
            Catch=[{"ErrorEquals": ["States.ALL"], "Next": "Oops"}],
        ),
        "Call": {"Type": "Task", "Resource": "arn:aws:states:::lambda:invoke", "Next": "Pause"},
        "Pause": {"Type": "Wait", "Seconds": 5, "Next": "B"},
        "B": glue("b", "Which"),
        "Which": {"Type": "Choice", "Choices": [{"Variable": "$.x", "BooleanEquals": True, "Next": "C"}]},
        "C": glue("c"),
        "Oops": {"Type": "Fail"},
    }
    found = machine(states, "A")
    assert order(found.chains[0]) == {"a": (), "b": ("a",), "c": ("b",)}
    assert found.chains[0].steps[0].retries == 2
    said = " ".join(finding.message for finding in found.findings)
    for word in (
        "lambda:invoke",
        "waits",
        "chooses its next state",
        "reached only by an error",
        "catches errors",
        "'Oops'",
    ):
        assert word in said
    assert all(finding.line > 0 for finding in found.findings)


def test_the_branches_of_a_choice_keep_their_own_order_and_meet_again() -> None:
    states = {
        "Which": {"Type": "Choice", "Choices": [{"Variable": "$.x", "IsPresent": True, "Next": "B1"}], "Default": "A1"},
        "B1": glue("b1", "B2"),
        "B2": glue("b2", "End"),
        "A1": glue("a1", "End"),
        "End": glue("end"),
    }
    found = machine(states, "Which")
    assert order(found.chains[0]) == {"b1": (), "b2": ("b1",), "end": ("b2", "a1"), "a1": ()}
    assert any("all its branches run" in f.message and f.severity is Severity.BLOCKER for f in found.findings)


def test_a_parallel_state_that_retries_as_a_whole_is_told() -> None:
    branch = {"StartAt": "B", "States": {"B": glue("b")}}
    found = machine({"P": {"Type": "Parallel", "Branches": [branch], "Retry": [{"ErrorEquals": ["States.ALL"]}]}}, "P")
    assert any("runs all of its states again" in finding.message for finding in found.findings)


def test_a_crawler_that_a_machine_starts_keeps_its_place() -> None:
    crawl = {"Type": "Task", "Resource": "arn:aws:states:::aws-sdk:glue:startCrawler", "Parameters": {"Name": "cr"}}
    found = machine({"C": {**crawl, "Next": "A"}, "A": glue("a")}, "C")
    assert [(step.crawler_name, step.job_name, step.after) for step in found.chains[0].steps] == [
        ("cr", "", ()),
        ("", "a", ("c",)),
    ]


def test_arguments_and_names_from_the_input_are_told_not_guessed() -> None:
    task = glue("a")
    task["Parameters"]["Arguments"] = {"--fixed": "1", "--day.$": "$.result.day"}
    found = machine({"A": task, "B": {**glue("x"), "Parameters": {"JobName.$": "$.job"}}}, "A")
    assert found.chains[0].steps[0].arguments == {"--fixed": "1"}
    assert any("--day" in finding.message and finding.severity is Severity.BLOCKER for finding in found.findings)


def test_a_loop_is_a_blocker() -> None:
    found = machine({"A": glue("a", "B"), "B": glue("b", "A")}, "A")
    assert any("no loops" in finding.message and finding.severity is Severity.BLOCKER for finding in found.findings)


DAG = """\
from airflow import DAG
from airflow.operators.bash import BashOperator
from airflow.operators.empty import EmptyOperator
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator

BUCKET = "lake"
with DAG("sales", schedule_interval="30 6 * * 1-5", catchup=False) as dag:
    start = EmptyOperator(task_id="start")
    raw = GlueJobOperator(task_id="raw", job_name="load-raw", script_args={"--path": f"s3://{BUCKET}/raw"})
    check = BashOperator(task_id="check", bash_command="true")
    refine = GlueJobOperator(task_id="refine", job_name="refine", retries=3)
    alarm = GlueJobOperator(task_id="alarm", job_name="alarm", trigger_rule="one_failed")
    start >> raw >> check >> [refine, alarm]
"""


def test_the_order_among_glue_tasks_survives_tasks_that_are_left_out() -> None:
    found = read_definitions({"dags/sales.py": DAG})
    (chain,) = found.chains
    assert (chain.name, chain.schedule) == ("sales", "cron(30 6 ? * 2-6 *)")
    assert order(chain) == {"load-raw": (), "refine": ("raw",), "alarm": ("raw",)}
    assert chain.steps[0].arguments == {"--path": "s3://lake/raw"}
    assert (chain.steps[1].retries, chain.steps[2].run_if) == (3, "AT_LEAST_ONE_FAILED")
    assert [(finding.line, finding.severity) for finding in found.findings] == [(10, Severity.BLOCKER)]


def test_all_ways_to_write_the_order_are_read() -> None:
    lines = [
        "from airflow.models.baseoperator import chain",
        "from airflow.providers.amazon.aws.operators.glue import GlueJobOperator",
        *(f"{name} = GlueJobOperator(task_id='{name}', job_name='{name}')" for name in "abcdef"),
        "b << a",
        "b.set_downstream(c)",
        "d.set_upstream(c)",
        "chain(d, [e, f])",
    ]
    (dag,) = read_definitions({"d.py": "\n".join(lines)}).chains
    assert order(dag) == {"a": (), "b": ("a",), "c": ("b",), "d": ("c",), "e": ("d",), "f": ("d",)}


def test_computed_names_loops_and_templates_are_blockers() -> None:
    text = """\
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
for table in tables():
    GlueJobOperator(task_id=f"load_{table}", job_name=f"load-{table}")
one = GlueJobOperator(task_id="one", job_name="one", script_args={"--day": "{{ ds }}", "--x": "1"})
"""
    found = read_definitions({"d.py": text})
    said = [finding.message for finding in found.findings if finding.severity is Severity.BLOCKER]
    assert any("made in a loop" in message for message in said)
    assert any("name of its job is computed" in message for message in said)
    assert any("Airflow template" in message for message in said)
    assert found.chains[0].steps[1].arguments == {"--x": "1"}


GROUPED = """\
from datetime import datetime, timedelta
import pendulum
from airflow import DAG
from airflow.utils.task_group import TaskGroup
from airflow.utils.edgemodifier import Label
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
from airflow.providers.amazon.aws.operators.glue_crawler import GlueCrawlerOperator

TABLES = {"orders": 5, "customers": 2}

def make(table, **more):
    return GlueJobOperator(task_id=f"load_{table}", job_name="load-%s" % table, script_args={"--n": TABLES[table]}, **more)

args = {"start_date": datetime(2024, 1, 1, tzinfo=pendulum.timezone("Europe/Berlin")), "execution_timeout": timedelta(hours=2)}
with DAG("etl", default_args=args, schedule="0 6 * * *", catchup=False, max_active_runs=1, dagrun_timeout=timedelta(hours=6)):
    first = GlueJobOperator(task_id="first", job_name="first")
    with TaskGroup("loads") as loads:
        merge = GlueJobOperator(task_id="merge", job_name="merge")
        [make(table, retries=2) for table in TABLES] >> merge
    crawl = GlueCrawlerOperator(task_id="crawl", config={"Name": "cr"})
    first >> loads >> Label("then") >> crawl
    before = None
    for name in ("x", "y"):
        task = GlueJobOperator(task_id=name, job_name=name)
        if before is not None:
            before >> task
        before = task
"""


def test_groups_loops_over_known_values_and_functions_that_make_tasks_are_written_out() -> None:
    found = read_definitions({"d.py": GROUPED})
    (dag,) = found.chains
    assert {step.key: step.after for step in dag.steps} == {
        "first": (),
        "loads_merge": ("loads_load_orders", "loads_load_customers"),
        "loads_load_orders": ("first",),
        "loads_load_customers": ("first",),
        "crawl": ("loads_merge",),
        "x": (),
        "y": ("x",),
    }
    steps = {step.key: step for step in dag.steps}
    assert (steps["loads_load_orders"].job_name, steps["loads_load_orders"].arguments) == ("load-orders", {"--n": "5"})
    assert (steps["loads_load_orders"].retries, steps["first"].timeout_seconds) == (2, 7200)
    assert steps["crawl"].crawler_name == "cr"
    assert (dag.timezone, dag.max_concurrent_runs, dag.timeout_seconds) == ("Europe/Berlin", 1, 21600)
    assert found.findings == []


def test_each_dag_of_a_file_has_its_own_tasks() -> None:
    text = """\
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
one = DAG("one", schedule=timedelta(hours=12), catchup=False)
two = DAG("two", schedule=None)
a = GlueJobOperator(task_id="t", job_name="a", dag=one)
b = GlueJobOperator(task_id="t", job_name="b", dag=two)
c = GlueJobOperator(task_id="c", job_name="c", dag=two)
b >> c
"""
    found = read_definitions({"d.py": text})
    assert {chain.name: order(chain) for chain in found.chains} == {"one": {"a": ()}, "two": {"b": (), "c": ("t",)}}
    assert {chain.name: chain.schedule for chain in found.chains} == {"one": "rate(12 hours)", "two": ""}


def test_what_taskflow_hands_on_is_an_order_and_mapped_tasks_are_blockers() -> None:
    text = """\
from airflow.decorators import dag, task, task_group
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
@dag(schedule=None)
def flow():
    @task
    def extract(before): return 1
    @task_group
    def inner(x):
        GlueJobOperator(task_id="g", job_name="g", script_args={"--x": x})
    one = GlueJobOperator(task_id="one", job_name="one")
    inner(extract(one.output)) >> GlueJobOperator.partial(task_id="m", job_name="m").expand(script_args=rows())
flow()
"""
    found = read_definitions({"d.py": text})
    assert order(found.chains[0]) == {"one": (), "g": ("one",), "m": ("inner_g",)}
    said = [finding.message for finding in found.findings if finding.severity is Severity.BLOCKER]
    assert any("'extract' (@task) was left out" in message for message in said)
    assert any("mapped over values" in message for message in said)


def test_a_trigger_rule_of_a_task_that_is_passed_through_is_a_blocker() -> None:
    text = DAG.replace('EmptyOperator(task_id="start")', 'EmptyOperator(task_id="start", trigger_rule="all_done")')
    assert any("not its trigger_rule all_done" in f.message for f in read_definitions({"d.py": text}).findings)


def test_a_job_that_the_operator_makes_is_a_definition_unless_there_is_one_by_itself() -> None:
    text = """\
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
GlueJobOperator(task_id="a", job_name="a", script_location="s3://c/a.py", iam_role_name="r", retry_limit=2,
                create_job_kwargs={"GlueVersion": "4.0", "NumberOfWorkers": 3, "WorkerType": "G.1X"})
"""
    (made,) = read_definitions({"d.py": text, "a.py": ""}).jobs
    assert (made.number_of_workers, made.max_retries, made.script) == (3, 2, "a.py")
    own = json.dumps(
        {"Job": {"Name": "a", "Role": "r", "NumberOfWorkers": 9, "Command": {"ScriptLocation": "s3://c/a.py"}}}
    )
    found = read_definitions({"d.py": text, "a.py": "", "job.json": own})
    assert [job.number_of_workers for job in found.jobs] == [9]
    assert found.findings == []


def test_what_a_run_is_given_beside_its_arguments_is_told() -> None:
    text = DAG.replace("retries=3", "run_job_kwargs={'WorkerType': 'G.2X'}")
    assert any(
        "run_job_kwargs" in f.message and f.severity is Severity.WARNING
        for f in read_definitions({"d.py": text}).findings
    )


def test_a_schedule_without_cron_form_leaves_no_schedule_and_says_so() -> None:
    found = read_definitions({"d.py": DAG.replace('"30 6 * * 1-5"', "timedelta(seconds=90)")})
    assert found.chains[0].schedule == ""
    assert any("has no cron form" in finding.message for finding in found.findings)


def test_a_dag_that_does_not_parse_is_a_finding() -> None:
    (finding,) = read_definitions({"d.py": "import airflow\nGlueJobOperator((\n"}).findings
    assert finding.rule == "airflow-dag"


def test_a_decorated_dag_keeps_its_name_and_schedule() -> None:
    text = """\
from airflow.decorators import dag
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
@dag(schedule="@daily", catchup=False)
def sales():
    one = GlueJobOperator(task_id="one", job_name="one")
    two = GlueJobOperator(task_id="two", job_name="two")
    one >> two
"""
    (chain,) = read_definitions({"d.py": text}).chains
    assert (chain.name, chain.schedule) == ("sales", "cron(0 0 * * ? *)")
    assert order(chain) == {"one": (), "two": ("one",)}


@pytest.mark.parametrize("line", ["one >> make()", "one >> tasks['two']", "one >> unknown"])
def test_an_order_that_is_not_understood_is_a_blocker(line: str) -> None:
    text = f"from airflow.x import GlueJobOperator\none = GlueJobOperator(task_id='one', job_name='one')\n{line}\n"
    findings = read_definitions({"d.py": text}).findings
    assert [finding.severity for finding in findings] == [Severity.BLOCKER]


def test_a_machine_in_a_file_that_terraform_fills_in_is_read_once() -> None:
    states = {"A": glue("${job}")}
    files = {
        "flow.asl.json": json.dumps({"StartAt": "A", "States": states}),
        "main.tf": """
resource "aws_sfn_state_machine" "m" {
  name       = "night"
  definition = templatefile("flow.asl.json", { job = aws_glue_job.load.name })
}
resource "aws_glue_job" "load" {
  name     = "load"
  role_arn = "r"
  command { script_location = "s3://c/load.py" }
}
""",
        "load.py": "",
    }
    (chain,) = read_definitions(files).chains
    assert (chain.name, [step.job_name for step in chain.steps]) == ("night", ["load"])


def test_settings_of_the_dag_that_have_no_counterpart_are_told_and_its_retries_are_kept() -> None:
    text = DAG.replace("catchup=False", "catchup=False, concurrency=1, default_args={'retries': 2, 'sla': 5}")
    found = read_definitions(
        {"d.py": text.replace('job_name="load-raw"', 'job_name="load-raw", wait_for_completion=False')}
    )
    assert [step.retries for step in found.chains[0].steps] == [2, 3, 2]
    said = " ".join(finding.message for finding in found.findings)
    assert all(word in said for word in ("concurrency", "sla", "does not wait"))


@pytest.mark.parametrize(
    "odd",
    [
        "x",
        None,
        5,
        [1],
        {"Type": "Parallel", "Branches": ["x"]},
        {"Type": "Parallel", "Branches": "x"},
        {"Type": "Map"},
    ],
)
def test_a_state_of_the_wrong_shape_is_a_finding_and_never_an_error(odd: Any) -> None:
    found = machine({"A": glue("a", "B", Retry=["x"]), "B": odd}, "A")
    assert [step.job_name for step in found.chains[0].steps] == ["a"]
    assert any(finding.severity is Severity.BLOCKER for finding in found.findings)


def test_an_order_across_two_dags_is_a_blocker() -> None:
    text = """\
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
one, two = DAG("one", schedule=None), DAG("two", schedule=None)
a = GlueJobOperator(task_id="a", job_name="a", dag=one)
b = GlueJobOperator(task_id="b", job_name="b", dag=two)
a >> b
with two:
    a >> b
"""
    found = read_definitions({"d.py": text})
    assert {chain.name: order(chain) for chain in found.chains} == {"one": {"a": ()}, "two": {"b": ()}}
    assert any("waits for 'a', which is no task of this DAG" in finding.message for finding in found.findings)


def test_a_finding_stands_at_its_state_and_not_where_another_one_names_it() -> None:
    text = """\
StartAt: Load
States:
  Load:
    Type: Task
    Resource: arn:aws:states:::glue:startJobRun
    Parameters: {JobName: load}
    End: true
"""
    found = read_definitions({"flow.asl.yaml": text})
    assert found.chains[0].steps[0].line == 3
    assert [finding.line for finding in found.findings] == [3]


def test_the_retries_are_those_of_a_failed_run_and_not_of_the_first_kind_of_error() -> None:
    late = {"ErrorEquals": ["States.Timeout"], "MaxAttempts": 0}
    every = {"ErrorEquals": ["States.ALL"], "MaxAttempts": 5, "IntervalSeconds": 7, "BackoffRate": 1}
    found = machine({"A": glue("a", "", Retry=[late, every])}, "A")
    (step,) = found.chains[0].steps
    assert (step.retries, step.retry_seconds, step.retry_timeouts) == (5, 7, False)
