"""Triggers, workflows and chains: what starts a job, what waits for what, and what cannot be said in one job."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import check_bundle, read_definitions, write_bundle

NIGHTLY = {"Type": "SCHEDULED", "Schedule": "cron(0 3 * * ? *)", "State": "ACTIVATED"}


def job(name: str, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Role": "r", "GlueVersion": "4.0", "WorkerType": "G.1X", "NumberOfWorkers": 3,
            "Command": {"Name": "glueetl", "ScriptLocation": f"s3://c/{name}.py"}, **more}  # fmt: skip


def start(name: str, *jobs: str, **more: Any) -> dict[str, Any]:
    return {
        "Name": name,
        "Type": "ON_DEMAND",
        "State": "CREATED",
        "Actions": [{"JobName": each} for each in jobs],
        **more,
    }


def when(name: str, conditions: list[tuple[str, str]], *jobs: str, logical: str = "AND", **more: Any) -> dict[str, Any]:
    predicate = {
        "Logical": logical,
        "Conditions": [{"LogicalOperator": "EQUALS", "JobName": each, "State": state} for each, state in conditions],
    }
    return start(name, *jobs, **{"Type": "CONDITIONAL", "State": "ACTIVATED", "Predicate": predicate, **more})


class Bundle:
    def __init__(
        self, out: Path, *definitions: dict[str, Any], more: dict[str, str] | None = None, text: str = ""
    ) -> None:
        names = [item["Name"] for item in definitions if "Command" in item]
        scripts = {f"{name}.py": "" for name in names}
        jobs = [item for item in definitions if "Command" in item]
        triggers = [item for item in definitions if "Actions" in item]
        rest = [item for item in definitions if item not in jobs and item not in triggers]
        documents = {
            "jobs.json": {"Jobs": jobs},
            "triggers.json": {"Triggers": triggers},
            "workflows.json": {"Workflows": rest},
        }
        files = {
            **scripts,
            **{name: json.dumps(document, indent=1) for name, document in documents.items()},
            **(more or {}),
        }
        for path in scripts:
            (out / "src").mkdir(parents=True, exist_ok=True)
            (out / "src" / path).write_text(text)
        self.result = write_bundle(read_definitions(files), out, Settings(), files=files)
        self.jobs: dict[str, Any] = {}
        for each in self.result.jobs:
            self.jobs |= yaml.safe_load((out / each.file).read_text())["resources"]["jobs"]
        assert check_bundle(out, command=None) == []

    def tasks(self, key: str) -> dict[str, dict[str, Any]]:
        return {task["task_key"]: task for task in self.jobs[key]["tasks"]}

    def waits(self, key: str) -> dict[str, list[str]]:
        return {
            name: [item["task_key"] for item in task.get("depends_on", [])] for name, task in self.tasks(key).items()
        }

    def findings(self, rule: str) -> list[Finding]:
        return [finding for finding in self.result.findings if finding.rule == rule]


def test_a_trigger_that_starts_one_job_is_the_schedule_of_that_job(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), start("t", "a", **NIGHTLY))
    assert list(bundle.jobs) == ["a"]
    assert bundle.jobs["a"]["schedule"] == {
        "quartz_cron_expression": "0 0 3 * * ? *",
        "timezone_id": "UTC",
        "pause_status": "UNPAUSED",
    }


@pytest.mark.parametrize(
    ("state", "pause"), [("ACTIVATED", "UNPAUSED"), ("DEACTIVATED", "PAUSED"), ("CREATED", "PAUSED")]
)
def test_only_an_active_trigger_is_not_paused(state: str, pause: str, tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), start("t", "a", **{**NIGHTLY, "State": state}))
    assert bundle.jobs["a"]["schedule"]["pause_status"] == pause


def test_a_trigger_of_which_the_source_does_not_say_that_it_is_active_is_paused_and_told(tmp_path: Path) -> None:
    trigger = start("t", "a", **NIGHTLY)
    del trigger["State"]
    bundle = Bundle(tmp_path, job("a"), trigger)
    assert bundle.jobs["a"]["schedule"]["pause_status"] == "PAUSED"
    assert len(bundle.findings("trigger-state")) == 1


def test_a_trigger_by_hand_adds_nothing(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), start("t", "a"))
    assert list(bundle.jobs) == ["a"]
    assert "schedule" not in bundle.jobs["a"]


def test_a_trigger_that_starts_several_jobs_is_a_job_that_runs_them_at_once(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), job("b"), start("t", "a", "b", **NIGHTLY))
    assert bundle.waits("t") == {"a": [], "b": []}
    assert bundle.tasks("t")["a"]["run_job_task"] == {"job_id": "${resources.jobs.a.id}"}
    assert "schedule" in bundle.jobs["t"]
    assert "schedule" not in bundle.jobs["a"]


def test_two_schedules_of_one_job_are_two_jobs_that_run_it(tmp_path: Path) -> None:
    later = {**NIGHTLY, "Schedule": "cron(0 5 * * ? *)"}
    bundle = Bundle(tmp_path, job("a"), start("t1", "a", **NIGHTLY), start("t2", "a", **later))
    assert {key: "schedule" in value for key, value in bundle.jobs.items()} == {"a": False, "t1": True, "t2": True}


def test_arguments_of_an_action_override_the_defaults_of_the_job(tmp_path: Path) -> None:
    loaded = job("a", DefaultArguments={"--day": "today", "--env": "x"}, NonOverridableArguments={"--fixed": "1"})
    trigger = {**start("t", **NIGHTLY), "Actions": [{"JobName": "a", "Arguments": {"--day": "monday", "--fixed": "2"}, "Timeout": 7,
               "NotificationProperty": {"NotifyDelayAfter": 3}}]}  # fmt: skip
    bundle = Bundle(tmp_path, loaded, trigger)
    task = bundle.tasks("t")["a"]
    assert task["run_job_task"]["job_parameters"] == {"day": "monday"}
    assert task["timeout_seconds"] == 420
    assert task["health"]["rules"][0]["value"] == 180
    assert "does not let anybody override" in bundle.findings("trigger-arguments")[0].message


def test_an_argument_that_the_job_does_not_have_makes_a_task_of_its_own_so_that_plain_runs_do_not_see_it(
    tmp_path: Path,
) -> None:
    loaded = job("a", DefaultArguments={"--env": "x"})
    trigger = {**start("t", **NIGHTLY), "Actions": [{"JobName": "a", "Arguments": {"--month": "01"}}]}
    bundle = Bundle(tmp_path, loaded, trigger)
    task = bundle.tasks("t")["a"]
    assert task["spark_python_task"]["parameters"][-4:] == ["--env", "x", "--month", "01"]
    assert [parameter["name"] for parameter in bundle.jobs["a"]["parameters"]] == ["env"]


def test_an_argument_of_glue_itself_in_an_action_is_told(tmp_path: Path) -> None:
    trigger = {
        **start("t", **NIGHTLY),
        "Actions": [{"JobName": "a", "Arguments": {"--job-bookmark-option": "job-bookmark-enable"}}],
    }
    (finding,) = Bundle(tmp_path, job("a"), trigger).findings("trigger-arguments")
    assert "--job-bookmark-option" in finding.message


def flow(*triggers: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
    return [
        {"Name": "flow", "MaxConcurrentRuns": 2, **more},
        *[{**trigger, "WorkflowName": "flow"} for trigger in triggers],
    ]


@pytest.mark.parametrize(
    ("logical", "state", "run_if"),
    [
        ("AND", "SUCCEEDED", None),
        ("ANY", "SUCCEEDED", "AT_LEAST_ONE_SUCCESS"),
        ("AND", "FAILED", "ALL_FAILED"),
        ("ANY", "FAILED", "AT_LEAST_ONE_FAILED"),
    ],
)
def test_conditions_in_one_state_are_run_if(logical: str, state: str, run_if: str | None, tmp_path: Path) -> None:
    triggers = flow(start("go", "a", "b", **NIGHTLY), when("then", [("a", state), ("b", state)], "c", logical=logical))
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), *triggers)
    assert bundle.waits("flow") == {"a": [], "b": [], "c": ["a", "b"]}
    assert bundle.tasks("flow")["c"].get("run_if") == run_if
    assert bundle.jobs["flow"]["max_concurrent_runs"] == 2


def test_success_or_failure_of_one_job_is_whenever_it_is_done(tmp_path: Path) -> None:
    triggers = flow(start("go", "a"), when("then", [("a", "SUCCEEDED"), ("a", "FAILED")], "b", logical="ANY"))
    assert Bundle(tmp_path, job("a"), job("b"), *triggers).tasks("flow")["b"]["run_if"] == "ALL_DONE"


def test_all_of_mixed_states_are_one_condition_task_and_a_warning(tmp_path: Path) -> None:
    triggers = flow(start("go", "a", "b"), when("then", [("a", "SUCCEEDED"), ("b", "TIMEOUT")], "c"))
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), *triggers)
    tasks = bundle.tasks("flow")
    asked = tasks["a_is_success_and_b_is_timedout"]
    assert asked["condition_task"] == {
        "left": "{{tasks.a.result_state}} {{tasks.b.result_state}}",
        "op": "EQUAL_TO",
        "right": "success timedout",
    }
    assert asked["depends_on"] == [{"task_key": "a"}, {"task_key": "b"}]
    assert asked["run_if"] == "ALL_DONE"
    assert tasks["c"]["depends_on"] == [{"task_key": "a_is_success_and_b_is_timedout", "outcome": "true"}]
    assert bundle.findings("trigger-states")[0].severity is Severity.WARNING


def test_any_of_mixed_states_is_a_condition_task_for_each(tmp_path: Path) -> None:
    triggers = flow(start("go", "a", "b"), when("then", [("a", "SUCCEEDED"), ("b", "TIMEOUT")], "c", logical="ANY"))
    task = Bundle(tmp_path, job("a"), job("b"), job("c"), *triggers).tasks("flow")["c"]
    assert task["depends_on"] == [
        {"task_key": "a_is_success", "outcome": "true"},
        {"task_key": "b_is_timedout", "outcome": "true"},
    ]
    assert task["run_if"] == "AT_LEAST_ONE_SUCCESS"


@pytest.mark.parametrize("after", ["fix", "next"])
def test_all_of_success_asks_for_the_state_of_a_task_that_may_be_left_out_since_databricks_takes_it_for_success(
    after: str, tmp_path: Path
) -> None:
    """Also of one that only waits for such a task, and is left out with it."""
    triggers = flow(
        start("go", "a"),
        when("bad", [("a", "FAILED")], "fix"),
        when("go on", [("fix", "SUCCEEDED")], "next"),
        when("end", [("a", "SUCCEEDED"), (after, "SUCCEEDED")], "c"),
    )
    bundle = Bundle(tmp_path, job("a"), job("fix"), job("next"), job("c"), *triggers)
    assert bundle.waits("flow")["c"] == [f"a_is_success_and_{after}_is_success"]


def test_any_of_success_tells_of_a_task_that_may_be_left_out(tmp_path: Path) -> None:
    triggers = flow(
        start("go", "a"),
        when("bad", [("a", "FAILED")], "fix"),
        when("end", [("a", "SUCCEEDED"), ("fix", "SUCCEEDED")], "c", logical="ANY"),
    )
    bundle = Bundle(tmp_path, job("a"), job("fix"), job("c"), *triggers)
    assert any(
        "counts a task that is left out as successful" in finding.message
        for finding in bundle.findings("trigger-states")
    )


def test_run_properties_are_parameters_of_the_job_and_told(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), *flow(start("go", "a"), DefaultRunProperties={"day": "1"}))
    assert bundle.jobs["flow"]["parameters"] == [{"name": "day", "default": "1"}]
    assert len(bundle.findings("workflow-properties")) == 1


def test_a_crawler_keeps_its_place_in_the_order_and_is_told(tmp_path: Path) -> None:
    crawl = {**start("then"), "Type": "CONDITIONAL", "State": "ACTIVATED", "Actions": [{"CrawlerName": "scan"}],
             "Predicate": {"Conditions": [{"JobName": "a", "State": "SUCCEEDED"}]}}  # fmt: skip
    last = {**start("last", "b"), "Type": "CONDITIONAL", "State": "ACTIVATED",
            "Predicate": {"Conditions": [{"CrawlerName": "scan", "CrawlState": "SUCCEEDED"}]}}  # fmt: skip
    bundle = Bundle(tmp_path, job("a"), job("b"), *flow(start("go", "a"), crawl, last))
    assert bundle.waits("flow") == {"a": [], "scan": ["a"], "b": ["scan"]}
    assert "condition_task" in bundle.tasks("flow")["scan"]
    assert len(bundle.findings("trigger-crawler")) == 1


def test_a_conditional_trigger_that_is_not_active_starts_nothing_and_is_told(tmp_path: Path) -> None:
    bundle = Bundle(
        tmp_path,
        job("a"),
        job("b"),
        *flow(start("go", "a"), when("then", [("a", "SUCCEEDED")], "b", State="DEACTIVATED")),
    )
    assert list(bundle.tasks("flow")) == ["a"]
    assert "not active" in bundle.findings("trigger-state")[0].message


def test_a_chain_of_triggers_outside_workflows_is_one_job(tmp_path: Path) -> None:
    triggers = start("go", "a", **NIGHTLY), when("t2", [("a", "SUCCEEDED")], "b"), when("t3", [("b", "SUCCEEDED")], "c")
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), *triggers)
    assert bundle.waits("go") == {"a": [], "b": ["a"], "c": ["b"]}
    assert set(bundle.jobs) == {"a", "b", "c", "go"}


def test_waiting_for_jobs_of_two_schedules_is_a_blocker_and_not_guessed(tmp_path: Path) -> None:
    later = {**NIGHTLY, "Schedule": "cron(0 5 * * ? *)"}
    triggers = (
        start("t1", "a", **NIGHTLY),
        start("t2", "b", **later),
        when("both", [("a", "SUCCEEDED"), ("b", "SUCCEEDED")], "c"),
    )
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), *triggers)
    (finding,) = bundle.findings("trigger-conditions")
    assert finding.severity is Severity.BLOCKER
    assert set(bundle.jobs) == {"a", "b", "c"}


def test_a_circle_of_triggers_is_a_blocker(tmp_path: Path) -> None:
    triggers = when("x", [("b", "SUCCEEDED")], "a"), when("y", [("a", "SUCCEEDED")], "b")
    assert len(Bundle(tmp_path, job("a"), job("b"), *triggers).findings("trigger-conditions")) == 2


def test_a_job_that_is_not_in_the_source_is_a_variable_and_a_blocker(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), start("t", "a", "gone", **NIGHTLY))
    assert bundle.tasks("t")["gone"]["run_job_task"]["job_id"] == "${var.job_id_gone}"
    assert bundle.findings("job-reference")[0].severity is Severity.BLOCKER


def test_an_event_trigger_is_file_arrival(tmp_path: Path) -> None:
    event = start(
        "t", "a", Type="EVENT", State="ACTIVATED", EventBatchingCondition={"BatchSize": 5, "BatchWindow": 300}
    )
    bundle = Bundle(tmp_path, job("a"), *flow(event))
    trigger = bundle.jobs["flow"]["trigger"]
    assert trigger["file_arrival"] == {"url": "${var.arrival_url_flow}", "wait_after_last_change_seconds": 300}
    assert trigger["pause_status"] == "UNPAUSED"
    said = [finding.message for finding in bundle.findings("trigger-event")]
    assert any("EventBridge" in message for message in said)
    assert any("5 events" in message for message in said)


@pytest.mark.parametrize("schedule", ["cron(0 0 1 * MON *)", "⟦var_schedule⟧"])
@pytest.mark.parametrize(
    ("state", "said"), [("ACTIVATED", ""), ("DEACTIVATED", ", paused, as"), ("", ", paused unless")]
)
def test_whoever_writes_a_schedule_by_hand_is_told_whether_it_is_active(
    tmp_path: Path, schedule: str, state: str, said: str
) -> None:
    bundle = Bundle(tmp_path, job("a"), start("t", "a", Type="SCHEDULED", Schedule=schedule, State=state))
    action = bundle.findings("trigger-schedule")[0].action
    assert action.startswith(f"add schedule.quartz_cron_expression{said}")
    assert ("paused" in action) is bool(said)


def test_a_schedule_that_quartz_cannot_say_leaves_no_schedule_and_a_blocker(tmp_path: Path) -> None:
    bundle = Bundle(
        tmp_path, job("a"), start("t", "a", Type="SCHEDULED", Schedule="cron(0 0 1 * MON *)", State="ACTIVATED")
    )
    assert "schedule" not in bundle.jobs["a"]
    assert bundle.findings("trigger-schedule")[0].severity is Severity.BLOCKER


def test_a_second_start_of_a_workflow_is_a_blocker(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), job("b"), *flow(start("one", "a", **NIGHTLY), start("two", "b", **NIGHTLY)))
    assert bundle.findings("trigger-start")[0].severity is Severity.BLOCKER


def test_a_scheduled_stream_runs_from_a_job_of_its_own_since_continuous_excludes_a_schedule(tmp_path: Path) -> None:
    stream = job("s")
    stream["Command"]["Name"] = "gluestreaming"
    bundle = Bundle(tmp_path, stream, start("t", "s", **NIGHTLY))
    assert "continuous" in bundle.jobs["s"]
    assert "schedule" in bundle.jobs["t"]


def test_a_state_machine_is_a_job_of_tasks(tmp_path: Path) -> None:
    states = {
        "First": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "a"}, "Next": "Second"},
        "Second": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "b"}, "End": True,
                   "Retry": [{"ErrorEquals": ["States.ALL"], "MaxAttempts": 2}]},
    }  # fmt: skip
    bundle = Bundle(
        tmp_path, job("a"), job("b"), more={"night.asl.json": json.dumps({"StartAt": "First", "States": states})}
    )
    assert bundle.waits("night") == {"first": [], "second": ["first"]}
    assert bundle.tasks("night")["second"]["max_retries"] == 2


def test_a_failure_of_what_waits_for_others_is_asked_of_its_state_since_run_if_takes_never_run_for_failed(
    tmp_path: Path,
) -> None:
    definitions = flow(
        start("t", "a"),
        when("u", [("a", "SUCCEEDED")], "b"),
        when("v", [("b", "FAILED")], "c"),
    )
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), *definitions)
    tasks = bundle.tasks("flow")
    assert tasks["b_is_failed"]["condition_task"]["left"] == "{{tasks.b.result_state}}"
    assert tasks["c"]["depends_on"] == [{"task_key": "b_is_failed", "outcome": "true"}]


def test_a_run_property_named_as_an_argument_of_a_job_gets_another_name_since_databricks_hands_it_down(
    tmp_path: Path,
) -> None:
    definitions = flow(start("t", "a"), DefaultRunProperties={"env": "w", "other": "o"})
    bundle = Bundle(tmp_path, job("a", DefaultArguments={"--env": "dev"}), *definitions)
    assert [each["name"] for each in bundle.jobs["flow"]["parameters"]] == ["run_property_env", "other"]
    assert "env (as run_property_env)" in bundle.findings("workflow-properties")[0].message


def test_a_script_that_asks_for_the_name_and_run_of_its_workflow_gets_them(tmp_path: Path) -> None:
    asks = "".join(f'parser.add_argument("--WORKFLOW_{word}", required=True)\n' for word in ("NAME", "RUN_ID"))
    bundle = Bundle(tmp_path, job("a"), *flow(start("t", "a")), text=asks)
    assert bundle.tasks("flow")["a"]["run_job_task"]["job_parameters"] == {
        "WORKFLOW_NAME": "flow",
        "WORKFLOW_RUN_ID": "{{job.run_id}}",
    }
    assert {each["name"]: each["default"] for each in bundle.jobs["a"]["parameters"]} == {
        "WORKFLOW_NAME": "flow",
        "WORKFLOW_RUN_ID": "{{job.run_id}}",
    }


_LOOKS_UP = """from glue_compat import get_workflow_run_properties

def main():
    parser.add_argument("--WORKFLOW_NAME", required=True)
    parser.add_argument("--WORKFLOW_RUN_ID", required=True)
    args = vars(parser.parse_known_args()[0])
    get_workflow_run_properties("/Volumes/a/b/c", name=args["WORKFLOW_NAME"], run_id=args["WORKFLOW_RUN_ID"])
"""


def test_a_script_that_looks_run_properties_up_gets_what_its_workflows_run_was_started_with(tmp_path: Path) -> None:
    """Also where it asks for them in a function, and whatever characters they hold."""
    properties = {"day": "1", "quoted": 'say "ä"\n', "path": "a\\b"}
    bundle = Bundle(tmp_path, job("a"), *flow(start("t", "a"), DefaultRunProperties=properties), text=_LOOKS_UP)
    assert bundle.tasks("flow")["a"]["run_job_task"]["job_parameters"] == {
        "WORKFLOW_NAME": "flow",
        "WORKFLOW_RUN_ID": "{{job.run_id}}",
        "WORKFLOW_RUN_PROPERTIES": "{{job.parameters.WORKFLOW_RUN_PROPERTIES}}",
    }
    (given,) = bundle.jobs["flow"]["parameters"]
    assert (given["name"], json.loads(given["default"])) == ("WORKFLOW_RUN_PROPERTIES", properties)
    alone = {each["name"]: each["default"] for each in bundle.jobs["a"]["parameters"]}
    assert json.loads(alone["WORKFLOW_RUN_PROPERTIES"]) == properties
    line = bundle.tasks("a")["a"]["spark_python_task"]["parameters"]
    assert line[line.index("--WORKFLOW_RUN_PROPERTIES") + 1] == "{{job.parameters.WORKFLOW_RUN_PROPERTIES}}"
    assert "main/default/glue2lakehouse" in bundle.findings("workflow-properties")[0].message


def test_run_properties_that_a_module_looks_up_for_the_script_are_given_too(tmp_path: Path) -> None:
    (tmp_path / "src" / "shared").mkdir(parents=True)
    (tmp_path / "src" / "shared" / "__init__.py").write_text("from .flow import properties\n")
    (tmp_path / "src" / "shared" / "flow.py").write_text(_LOOKS_UP)
    (tmp_path / "src" / "glue_compat.py").write_text("def get_workflow_run_properties(root, name, run_id): ...\n")
    for text, given in (("import shared\n", True), ("import json, glue_compat\n", False)):
        bundle = Bundle(tmp_path, job("a"), *flow(start("t", "a"), DefaultRunProperties={"x": "1"}), text=text)
        assert ("WORKFLOW_RUN_PROPERTIES" in json.dumps(bundle.tasks("flow"))) is given


def test_run_properties_of_a_workflow_that_the_source_does_not_hold_are_asked_for(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), {**start("t", "a"), "WorkflowName": "unseen"}, text=_LOOKS_UP)
    (given,) = bundle.jobs["unseen"]["parameters"]
    assert given["default"] == "${var.unseen_run_properties}"


def test_run_properties_with_braces_of_a_dynamic_reference_are_handed_off(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), *flow(start("t", "a"), DefaultRunProperties={"x": "{{y}}"}), text=_LOOKS_UP)
    assert Severity.BLOCKER in {finding.severity for finding in bundle.findings("workflow-properties")}


def test_an_argument_that_only_the_runs_of_a_trigger_give_is_told_at_the_job(tmp_path: Path) -> None:
    started = start("t", Actions=[{"JobName": "a", "Arguments": {"--day": "1"}}])
    asks = 'parser.add_argument("--day", required=True)\n'
    bundle = Bundle(tmp_path, job("a"), *flow(started), text=asks)
    assert "only the runs of t give it" in bundle.findings("job-arguments")[0].message
    assert "--day" in bundle.tasks("flow")["a"]["spark_python_task"]["parameters"]


def test_a_conditional_triggers_description_is_its_tasks_and_its_tags_are_told(tmp_path: Path) -> None:
    definitions = flow(
        start("t", "a"),
        when("u", [("a", "SUCCEEDED")], "b", Description="then b", Tags={"x": "1"}),
    )
    bundle = Bundle(tmp_path, job("a"), job("b"), *definitions)
    assert bundle.tasks("flow")["b"]["description"] == "then b"
    assert "tags x were left out" in bundle.findings("job-tags")[0].message


def test_a_schedule_with_the_tags_of_its_job_is_still_the_jobs_own(tmp_path: Path) -> None:
    tags = {"team": "data"}
    bundle = Bundle(tmp_path, job("a", Tags=tags), start("t", "a", **NIGHTLY, Tags=tags))
    assert list(bundle.jobs) == ["a"]


def test_a_state_machines_time_zone_and_timeout_are_those_of_its_job(tmp_path: Path) -> None:
    states = {
        "A": {
            "Type": "Task",
            "Resource": "arn:aws:states:::glue:startJobRun.sync",
            "Parameters": {"JobName": "a"},
            "End": True,
        }
    }
    template = {
        "Resources": {
            "Flow": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {
                    "StateMachineName": "flow",
                    "Definition": {"StartAt": "A", "TimeoutSeconds": 90, "States": states},
                },
            },
            "Nightly": {
                "Type": "AWS::Scheduler::Schedule",
                "Properties": {
                    "ScheduleExpression": "cron(0 2 * * ? *)",
                    "ScheduleExpressionTimezone": "Europe/Berlin",
                    "Target": {"Arn": {"Fn::GetAtt": ["Flow", "Arn"]}},
                },
            },
        }
    }
    bundle = Bundle(tmp_path, job("a"), more={"t.json": json.dumps(template)})
    assert bundle.jobs["flow"]["schedule"]["timezone_id"] == "Europe/Berlin"
    assert bundle.jobs["flow"]["timeout_seconds"] == 90


def test_a_task_of_its_own_keeps_the_limits_of_its_job(tmp_path: Path) -> None:
    more = {"ExecutionProperty": {"MaxConcurrentRuns": 2}, "NotificationProperty": {"NotifyDelayAfter": 5}}
    nightly = {**NIGHTLY, "Actions": [{"JobName": "a", "Arguments": {"--extra": "1"}}, {"JobName": "b"}]}
    made = Bundle(tmp_path, job("a", **more, JobRunQueuingEnabled=True), job("b"), start("t", "a", **nightly)).jobs["t"]
    assert (made["max_concurrent_runs"], made["queue"]) == (2, {"enabled": True})
    own, through = made["tasks"]
    assert ("spark_python_task" in own, "run_job_task" in through) == (True, True)
    assert own["health"]["rules"][0]["value"] == 300


def test_a_run_that_may_take_longer_than_its_job_is_a_task_of_its_own(tmp_path: Path) -> None:
    nightly = {**NIGHTLY, "Actions": [{"JobName": "a", "Timeout": 90}, {"JobName": "b", "Timeout": 90}]}
    made = Bundle(tmp_path, job("a", Timeout=60), job("b", Timeout=120), start("t", "a", **nightly)).jobs["t"]
    own, through = made["tasks"]
    assert (own["timeout_seconds"], "spark_python_task" in own) == (5400, True)
    assert (through["timeout_seconds"], "run_job_task" in through) == (5400, True)


def test_braces_in_the_arguments_of_a_run_are_a_blocker(tmp_path: Path) -> None:
    nightly = {**NIGHTLY, "Actions": [{"JobName": "a", "Arguments": {"--x": "{{job.id}}"}}]}
    found = Bundle(tmp_path, job("a", DefaultArguments={"--x": "1"}), start("t", "a", **nightly)).findings(
        "job-arguments"
    )
    assert [finding.severity for finding in found] == [Severity.BLOCKER]


def test_a_workflow_with_a_limit_refuses_what_is_too_much(tmp_path: Path) -> None:
    workflow = {"Name": "w", "MaxConcurrentRuns": 1}
    made = Bundle(tmp_path, job("a"), start("t", "a", WorkflowName="w", **NIGHTLY), workflow).jobs["w"]
    assert (made["max_concurrent_runs"], made["queue"]) == (1, {"enabled": False})


def test_what_waits_for_any_end_of_a_job_that_may_never_run_does_not_run_without_it(tmp_path: Path) -> None:
    ends = [("b", "SUCCEEDED"), ("b", "FAILED")]
    chained = when("t2", [("a", "SUCCEEDED")], "b"), when("t3", ends, "c", logical="ANY")
    bundle = Bundle(tmp_path, job("a"), job("b"), job("c"), start("t", "a", **NIGHTLY), *chained)
    tasks = bundle.tasks("t")
    assert [item["task_key"] for item in tasks["c"]["depends_on"]] == ["b_is_success", "b_is_failed"]
    assert tasks["c"]["run_if"] == "AT_LEAST_ONE_SUCCESS"


def test_what_waits_for_success_or_failure_is_told_to_run_after_a_timeout_too(tmp_path: Path) -> None:
    ends = when("t2", [("a", "SUCCEEDED"), ("a", "FAILED")], "b", logical="ANY")
    bundle = Bundle(tmp_path, job("a"), job("b"), start("t", "a", **NIGHTLY), ends)
    assert bundle.tasks("t")["b"]["run_if"] == "ALL_DONE"
    assert ["TIMEOUT or STOPPED" in finding.message for finding in bundle.findings("trigger-states")] == [True]


def test_braces_in_the_default_of_an_input_are_no_reference_of_databricks(tmp_path: Path) -> None:
    dag = """
from airflow import DAG
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
with DAG("d", schedule=None, params={"x": "{{ z }}"}):
    GlueJobOperator(task_id="a", job_name="a", script_args={"--x": "{{ params.x }}"})
"""
    bundle = Bundle(tmp_path, job("a", DefaultArguments={"--x": "1"}), more={"d.py": dag})
    assert [(f.severity, "x holds {{" in f.message) for f in bundle.findings("job-arguments")] == [
        (Severity.BLOCKER, True)
    ]


def test_run_properties_of_a_job_that_no_workflow_starts_are_told_as_such(tmp_path: Path) -> None:
    bundle = Bundle(tmp_path, job("a"), text=_LOOKS_UP)
    (found,) = [each for each in bundle.findings("job-arguments") if "run properties" in each.message]
    assert "no workflow in the source starts the job" in found.message
    assert found.action.endswith("as job parameter WORKFLOW_RUN_PROPERTIES, as JSON")
