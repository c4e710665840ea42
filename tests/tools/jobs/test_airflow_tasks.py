"""What a task of a DAG gets from elsewhere: its DAG's defaults, its class, the values that it is mapped over."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import check_bundle, read_definitions, write_bundle
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.model import Step
from glue2lakehouse.tools.jobs.values import open_references

HEAD = """\
from datetime import timedelta
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
"""


def read(body: str, head: str = HEAD) -> Definitions:
    return read_definitions({"d.py": head + body})


def steps(found: Definitions) -> dict[str, Step]:
    (chain,) = found.chains
    return {step.key: step for step in chain.steps}


def blockers(found: Definitions) -> list[Finding]:
    return [finding for finding in found.findings if finding.severity is Severity.BLOCKER]


def test_the_defaults_of_a_dag_and_of_a_group_are_those_of_its_tasks_unless_they_say_otherwise() -> None:
    found = read("""
from airflow.utils.task_group import TaskGroup
rules = {"trigger_rule": "all_done", "retries": 2, "retry_delay": timedelta(minutes=1), "job_name": "shared", "sla": 5}
with DAG("d", schedule=None, default_args=rules):
    a = GlueJobOperator(task_id="a")
    with TaskGroup("g", default_args={"retries": 4}):
        b = GlueJobOperator(task_id="b", trigger_rule="one_failed", retry_delay=timedelta(seconds=5))
    a >> b
""")
    a, b = steps(found)["a"], steps(found)["g_b"]
    assert (a.job_name, a.run_if, a.retries, a.retry_seconds) == ("shared", "ALL_DONE", 2, 60)
    assert (b.job_name, b.run_if, b.retries, b.retry_seconds) == ("shared", "AT_LEAST_ONE_FAILED", 4, 5)
    assert [f.message for f in found.findings] == ["of the DAG's default_args sla were left out"]


def test_a_retry_waits_as_long_as_airflow_does_where_nobody_says() -> None:
    found = read("GlueJobOperator(task_id='a', job_name='a', retries=1)\nGlueJobOperator(task_id='b', job_name='b')\n")
    assert [(s.retries, s.retry_seconds) for s in steps(found).values()] == [(1, 300), (None, None)]


@pytest.mark.parametrize("name", ["retries", "retry_delay", "execution_timeout"])
def test_a_limit_that_is_computed_is_told(name: str) -> None:
    found = read(f"GlueJobOperator(task_id='a', job_name='a', {name}=of())\n")
    assert any(name in f.message and "computed" in f.message for f in found.findings)


@pytest.mark.parametrize(("more", "told"), [("", False), (", 'WorkerType': 'G.2X'", True)])
def test_the_timeout_of_a_run_is_kept_and_its_machines_are_told(more: str, told: bool) -> None:
    found = read(f"GlueJobOperator(task_id='a', job_name='a', run_job_kwargs={{'Timeout': 10{more}}})\n")
    assert steps(found)["a"].run_timeout == 10
    assert bool(found.findings) is told


@pytest.mark.parametrize(
    ("more", "word", "severity"),
    [
        ("num_of_dpus=10", "only uses to make a job", Severity.INFO),
        ("num_of_dpus=10, update_config=True", "computed values", Severity.WARNING),
        ("num_of_dpus=10, script_location=of()", "computed values", Severity.WARNING),
    ],
)
def test_what_only_makes_a_job_is_told_as_such(more: str, word: str, severity: Severity) -> None:
    found = read(f"GlueJobOperator(task_id='a', job_name='a', {more})\n")
    (finding,) = found.findings
    assert (word in finding.message, finding.severity) == (True, severity)


def test_a_timeout_of_a_run_that_is_computed_is_told() -> None:
    found = read("GlueJobOperator(task_id='a', job_name='a', run_job_kwargs={'Timeout': of()})\n")
    assert ["run_job_kwargs" in f.message for f in found.findings] == [True]


def test_an_operator_under_another_name_makes_tasks_and_a_class_of_it_is_told_what_it_adds() -> None:
    found = read("""
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator as Glue
class Plain(GlueJobOperator):
    template_fields = ("job_name",)
class Odd(Glue):
    def execute(self, context): return None
Glue(task_id="a", job_name="a")
Plain(task_id="b", job_name="b")
Odd(task_id="c", job_name="c")
""")
    assert {step.job_name for step in steps(found).values()} == {"a", "b", "c"}
    assert ["class Odd" in f.message for f in blockers(found)] == [True]


def test_the_operator_of_airflow_1_is_read_and_one_of_somebodys_own_is_a_blocker() -> None:
    old = "from airflow.contrib.operators.aws_glue_job_operator import AWSGlueJobOperator\n"
    assert [s.job_name for s in steps(read("AWSGlueJobOperator(task_id='a', job_name='a')\n", old)).values()] == ["a"]
    own = read("CompanyGlueOperator(task_id='a', job_name='a')\n", "from airflow_x import CompanyGlueOperator\n")
    assert (own.chains, own.seen) == ([], 1)
    assert ["CompanyGlueOperator" in f.message for f in blockers(own)] == [True]


@pytest.mark.parametrize(
    ("call", "names"),
    [
        ("partial(task_id='m').expand(job_name=['a', 'b'])", ["a", "b"]),
        ("partial(task_id='m').expand_kwargs([{'job_name': 'a'}, {'job_name': 'b'}])", ["a", "b"]),
        ("partial(task_id='m').expand(job_name=['a'], script_args=[{}, {'--x': '1'}])", ["a", "a"]),
    ],
)
def test_a_task_that_is_mapped_over_known_values_is_a_task_for_each(call: str, names: list[str]) -> None:
    found = read(f"GlueJobOperator.{call} >> GlueJobOperator(task_id='z', job_name='z')\n")
    (chain,) = found.chains
    *mapped, last = chain.steps
    assert ([step.job_name for step in mapped], found.findings) == (names, [])
    assert last.after == tuple(step.key for step in mapped)


@pytest.mark.parametrize("call", ["expand(job_name=rows())", "expand_kwargs(rows())", "expand_kwargs([{}, rows()])"])
def test_a_task_that_is_mapped_over_unknown_values_is_a_blocker(call: str) -> None:
    found = read(f"GlueJobOperator.partial(task_id='m').{call}\n")
    assert any("mapped over values" in f.message for f in blockers(found))


PARAMS = """
from airflow.models.param import Param
with DAG("d", schedule=None, params={{"table": "orders", "limit": Param(5, type="integer")}}):
    GlueJobOperator(task_id="a", job_name="a", script_args={{"--x": {value!r}}})
"""


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("{{ params.table }}", "⟪table⟫"),
        ("{{params['limit']}}", "⟪limit⟫"),
        ("s3://{{ var.value.bucket }}/{{ var.value.folder }}", "s3://⟦airflow_bucket⟧/⟦airflow_folder⟧"),
    ],
)
def test_parameters_of_a_dag_and_variables_of_airflow_have_counterparts(value: str, kept: str) -> None:
    found = read(PARAMS.format(value=value))
    (chain,) = found.chains
    assert chain.steps[0].arguments == {"--x": kept}
    assert chain.inputs == {"table": "orders", "limit": "5"}
    assert set(open_references(kept)) == found.references.keys()
    assert found.findings == []


@pytest.mark.parametrize(
    "value",
    ["{{ ds }}", "{{ params.nobody }}", "x{{ params.table }}", "{{ var.json.x }}", "{{ var.value.x }}{{ ds }}", "{% if a %}b{% endif %}"],
)  # fmt: skip
def test_other_templates_are_blockers(value: str) -> None:
    found = read(PARAMS.format(value=value))
    assert found.chains[0].steps[0].arguments == {}
    assert len(blockers(found)) == 1


def test_parameters_that_are_computed_are_told() -> None:
    for params in ("of()", "{'table': of()}"):
        found = read(
            f"with DAG('d', schedule=None, params={params}):\n    GlueJobOperator(task_id='a', job_name='a')\n"
        )
        assert ["the DAG's params" in f.message for f in found.findings] == [True]


@pytest.mark.parametrize("kind", ["CronTriggerTimetable", "CronDataIntervalTimetable"])
def test_a_timetable_of_cron_has_its_own_time_zone(kind: str) -> None:
    body = f"with DAG('d', schedule={kind}('0 1 * * MON', timezone='Asia/Tokyo'), catchup=False):\n    GlueJobOperator(task_id='a', job_name='a')\n"
    (chain,) = read(body).chains
    assert (chain.schedule, chain.timezone) == ("cron(0 1 ? * MON *)", "Asia/Tokyo")
    odd = read(body.replace("timezone=", "interval=of(), timezone="))
    assert (odd.chains[0].schedule, len(blockers(odd))) == ("", 1)


@pytest.mark.parametrize("name", ["depends_on_past", "wait_for_downstream", "on_failure_callback", "sla"])
def test_what_changes_when_a_task_runs_or_who_hears_of_it_is_a_warning(name: str) -> None:
    found = read(f"GlueJobOperator(task_id='a', job_name='a', {name}=True)\n")
    assert [(f.severity, name in f.message) for f in found.findings] == [(Severity.WARNING, True)]


def written(out: Path, body: str) -> dict[str, Any]:
    result = write_bundle(read(body), out, Settings(), files={})
    assert check_bundle(out, command=None) == []
    assert result.jobs
    (file,) = (out / "resources").glob("*.yml")
    (job,) = yaml.safe_load(file.read_text())["resources"]["jobs"].values()
    return dict(job)


def test_a_dag_keeps_its_waiting_runs_its_retries_and_who_is_told(tmp_path: Path) -> None:
    job = written(tmp_path, """
from airflow.providers.amazon.aws.operators.glue_crawler import GlueCrawlerOperator
args = {"retries": 2, "retry_delay": timedelta(minutes=1), "execution_timeout": timedelta(hours=1), "email": "a@x.org, b@x.org"}
with DAG("d", schedule=None, max_active_runs=1, default_args=args):
    GlueCrawlerOperator(task_id="c", config={"Name": "c"}) >> GlueJobOperator(task_id="a", job_name="a")
""")  # fmt: skip
    assert (job["max_concurrent_runs"], job["queue"]) == (1, {"enabled": True})
    assert job["email_notifications"] == {"on_failure": ["a@x.org", "b@x.org"]}
    crawler, task = job["tasks"]
    assert not {"max_retries", "timeout_seconds", "retry_on_timeout"} & crawler.keys()
    assert (task["max_retries"], task["min_retry_interval_millis"], task["retry_on_timeout"]) == (2, 60000, True)
    assert task["timeout_seconds"] == 3600


def test_a_dag_that_says_no_limit_has_the_one_of_airflow(tmp_path: Path) -> None:
    assert written(tmp_path, "GlueJobOperator(task_id='a', job_name='a')\n")["max_concurrent_runs"] == 16


UNDER_A_CONDITION = """
import os
ENV = os.environ["ENV"]
args = {"--k": "v", "--same": "s"}
if ENV == "prod":
    db, runs, wait, same = "prod_db", 3, timedelta(minutes=5), "one"
    args["--k"] = "w"
else:
    db, runs, wait, same = "dev_db", 1, timedelta(minutes=1), "one"
def pick():
    if ENV == "prod":
        return "p"
    return "d"
GlueJobOperator(task_id="a", job_name="a", retries=runs, retry_delay=wait, script_args={**args, "--db": db, "--p": pick(), "--o": same})
"""


def test_a_value_that_an_unknown_condition_chooses_is_not_that_of_its_last_branch() -> None:
    found = read(UNDER_A_CONDITION)
    assert (steps(found)["a"].arguments, steps(found)["a"].retries) == ({"--same": "s", "--o": "one"}, None)
    told = " ".join(finding.message for finding in found.findings)
    assert all(f"{name} of its script_args is computed" in told for name in ("--k", "--db", "--p"))
    assert all(f"{name} (" in told for name in ("retries", "retry_delay"))


def test_a_turn_that_is_left_makes_no_task_and_one_that_may_be_left_a_doubtful_one() -> None:
    found = read("""
for name in ["a", "b", "c"]:
    if name == "b":
        continue
    GlueJobOperator(task_id=name, job_name=name)
for name in ["d", "e", "f"]:
    if name == "e":
        break
    GlueJobOperator(task_id=name, job_name=name)
for name in ["g", "h"]:
    if name in CHOSEN:
        continue
    GlueJobOperator(task_id=name, job_name=name)
""")
    assert list(steps(found)) == ["a", "c", "d", "g", "h"]
    assert [finding.message.split()[1] for finding in blockers(found)] == ["'g'", "'h'"]


def test_defaults_and_arguments_that_are_computed_are_told() -> None:
    found = read("""
with DAG("d", schedule=None, default_args=make()):
    GlueJobOperator(task_id="a", job_name="a", **more)
""")
    assert [finding.message for finding in blockers(found)] == [
        "task 'a' takes arguments from more, which is not known here; they were left out",
        "the DAG's default_args (make()) are computed and were left out",
    ]


@pytest.mark.parametrize(
    "defaults", ["dict(base, retries=2)", 'base | {"retries": 2}', '{**base, "retries": 2}', "changed"]
)
def test_defaults_that_are_made_of_others_are_read(defaults: str) -> None:
    found = read(f"""
base = {{"retries": 1, "trigger_rule": "all_done"}}
changed = base.copy()
changed.update(retries=2)
with DAG("d", schedule=None, default_args={defaults}):
    GlueJobOperator(task_id="a", job_name="a")
""")
    assert (steps(found)["a"].retries, steps(found)["a"].run_if, blockers(found)) == (2, "ALL_DONE", [])


def test_an_operator_under_another_name_or_with_arguments_of_its_own_makes_its_tasks() -> None:
    found = read("""
import functools
import airflow.providers.amazon.aws.operators.glue as glue
Other = glue.GlueJobOperator
Ready = functools.partial(GlueJobOperator, retries=4, script_args={"--x": "1"})
a = Other(task_id="a", job_name="a")
b = Ready(task_id="b", job_name="b")
c = Ready(task_id="c", job_name="c", retries=0)
a >> b >> c
""")
    assert [(s.key, s.after, s.retries) for s in steps(found).values()] == [
        ("a", (), None), ("b", ("a",), 4), ("c", ("b",), 0),
    ]  # fmt: skip
    assert (steps(found)["b"].arguments, found.findings) == ({"--x": "1"}, [])


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        ("datetime(2024, 1, 1, 0, 0, 0, 0, ZoneInfo('Europe/Paris'))", "Europe/Paris"),
        ("pendulum.today('Europe/Paris')", "Europe/Paris"),
        ("paris.datetime(2024, 1, 1)", "Europe/Paris"),
        ("pendulum.instance(datetime(2024, 1, 1, tzinfo=paris))", "Europe/Paris"),
        ("datetime(2024, 1, 1, tzinfo=timezone.utc)", "UTC"),
        ("datetime(2024, 1, 1)", "UTC"),
        ("pendulum.datetime(2024, 1, 1, tz=os.environ['TZ'])", ""),
    ],
)
def test_the_time_zone_of_a_start_date_is_read_wherever_it_stands(start: str, zone: str) -> None:
    found = read(f"""
paris = pendulum.timezone("Europe/Paris")
with DAG("d", schedule="0 5 * * *", catchup=False, start_date={start}):
    GlueJobOperator(task_id="a", job_name="a")
""")
    assert found.chains[0].timezone == (zone or "UTC")
    assert [f.message.endswith("the schedule was taken to be in UTC") for f in found.findings] == [True] * (not zone)


@pytest.mark.parametrize(
    "made",
    [
        "make = lambda name: GlueJobOperator(task_id=name, job_name=name)\nmake('b')",
        "list(map(lambda name: GlueJobOperator(task_id=name, job_name=name), ['b']))",
        "(GlueJobOperator if TEST else Other)(task_id='b', job_name='b')",
        "def for_another_file():\n    return GlueJobOperator(task_id='b', job_name='b')",
    ],
)
@pytest.mark.parametrize("more", ["", "GlueJobOperator(task_id='a', job_name='a')\n"])
def test_a_task_that_is_made_in_a_way_that_is_not_read_is_told(made: str, more: str) -> None:
    found = read(more + made + "\n")
    assert [("GlueJobOperator is used here" in f.message, f.line > 3) for f in blockers(found)] == [(True, True)]
    assert found.seen == 1


def test_names_of_operators_that_make_no_task_are_no_matter() -> None:
    found = read("""
class Ours(GlueJobOperator):
    pass
def make(name) -> GlueJobOperator:
    task: GlueJobOperator = Ours(task_id=name, job_name=name)
    return task
make("a")
GlueJobOperator.partial(task_id="b", job_name="b").expand(script_args=[{"--x": "1"}])
""")
    assert (list(steps(found)), blockers(found)) == (["a", "b"], [])
