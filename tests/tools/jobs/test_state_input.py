"""Arguments that a state machine takes from its input: parameters where the state still sees that input, else blockers."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import check_bundle, read_definitions, write_bundle
from glue2lakehouse.tools.jobs.definitions import Definitions

TASK = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync"}
TAKES = {"Parameters": {"JobName": "last", "Arguments": {"--d.$": "$.day"}}}
JSONATA = {"Arguments": {"JobName": "last", "Arguments": {"--d": "{% $states.input.day %}"}}}


def machine(*states: dict[str, Any], **more: Any) -> Definitions:
    """States in a row; the last one is the one that takes something."""
    names = [f"S{number}" for number in range(len(states))]
    chained = {
        name: {**state, **({"Next": following} if following else {"End": True})}
        for name, state, following in zip(names, states, [*names[1:], ""], strict=True)
    }
    return read_definitions({"m.asl.json": json.dumps({"StartAt": "S0", "States": chained, **more})})


def taken(found: Definitions) -> dict[str, str]:
    """The arguments of the last step, and the proof that nothing was both taken and told as a blocker."""
    step = found.chains[0].steps[-1]
    told = [f for f in found.findings if f.severity is Severity.BLOCKER and "from the input" in f.message]
    assert bool(step.arguments) != bool(told)
    return step.arguments


FIRST = {**TASK, "Parameters": {"JobName": "first"}}


@pytest.mark.parametrize(
    "before",
    [
        [],
        [{**FIRST, "ResultPath": None}],
        [{**FIRST, "ResultPath": "$.first"}],
        [{"Type": "Wait", "Seconds": 5}],
        [{"Type": "Pass"}],
        [{"Type": "Pass", "Result": 1, "ResultPath": "$.one"}],
        [{"Type": "Parallel", "ResultPath": None, "Branches": [{"StartAt": "P", "States": {"P": {**FIRST, "End": True}}}]}],
    ],
)  # fmt: skip
def test_a_field_that_no_state_before_has_touched_is_a_parameter(before: list[dict[str, Any]]) -> None:
    assert taken(machine(*before, {**TASK, **TAKES})) == {"--d": "⟪day⟫"}


@pytest.mark.parametrize(
    "before",
    [
        [FIRST],
        [{**FIRST, "ResultPath": "$.day"}],
        [{**FIRST, "ResultPath": "$.day.inner"}],
        [{**FIRST, "ResultPath": None, "OutputPath": "$.x"}],
        [{"Type": "Pass", "Parameters": {"day": "x"}}],
        [{"Type": "Pass", "Result": {"day": 1}}],
        [{"Type": "Wait", "Seconds": 5, "OutputPath": "$.x"}],
        [{"Type": "Parallel", "Branches": [{"StartAt": "P", "States": {"P": {**FIRST, "End": True}}}]}],
        [{"Type": "Map", "Iterator": {"StartAt": "P", "States": {"P": {**FIRST, "End": True}}}}],
    ],
)
def test_a_field_that_a_state_before_may_have_changed_is_a_blocker(before: list[dict[str, Any]]) -> None:
    assert taken(machine(*before, {**TASK, **TAKES})) == {}


@pytest.mark.parametrize(
    "path", ["$.day.of.month", "$.days[0]", "States.Format('{}', $.day)", "$$.Execution.Id", "$.time", "$"]
)
def test_what_is_no_field_of_the_input_is_a_blocker(path: str) -> None:
    assert taken(machine({**TASK, "Parameters": {"JobName": "last", "Arguments": {"--d.$": path}}})) == {}


def test_the_input_of_the_execution_is_seen_from_everywhere() -> None:
    takes = {"Parameters": {"JobName": "last", "Arguments": {"--d.$": "$$.Execution.Input.day"}}}
    assert taken(machine(FIRST, {**TASK, **takes})) == {"--d": "⟪day⟫"}
    asked = {"Arguments": {"JobName": "last", "Arguments": {"--d": "{% $states.context.Execution.Input.day %}"}}}
    assert taken(machine(FIRST, {**TASK, **asked}, QueryLanguage="JSONata")) == {"--d": "⟪day⟫"}


def test_a_jsonata_task_hands_on_its_result() -> None:
    assert taken(machine({**TASK, **JSONATA}, QueryLanguage="JSONata")) == {"--d": "⟪day⟫"}
    first = {**TASK, "Arguments": {"JobName": "first"}}
    assert taken(machine(first, {**TASK, **JSONATA}, QueryLanguage="JSONata")) == {}


@pytest.mark.parametrize(("chosen", "default"), [("X", "Z"), ("Z", "X")])
def test_a_state_that_is_reached_on_two_ways_takes_nothing(chosen: str, default: str) -> None:
    states: dict[str, dict[str, Any]] = {
        "C": {
            "Type": "Choice",
            "Choices": [{"Variable": "$.a", "IsPresent": True, "Next": chosen}],
            "Default": default,
        },
        "X": {"Type": "Pass", "Result": {"day": 1}, "Next": "Z"},
        "Z": {**TASK, **TAKES, "End": True},
    }
    found = read_definitions({"m.asl.json": json.dumps({"StartAt": "C", "States": states})})
    assert found.chains[0].steps[-1].arguments == {}


def test_the_field_is_a_parameter_of_the_bundle_and_the_limits_of_the_state_are_kept(tmp_path: Path) -> None:
    job = {"Name": "last", "Role": "r", "Timeout": 60, "GlueVersion": "4.0", "DefaultArguments": {"--d": "x", "--input_day": "y"},
           "Command": {"Name": "glueetl", "ScriptLocation": "s3://c/last.py"}}  # fmt: skip
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 30, "MaxAttempts": 2, "BackoffRate": 1}]
    takes = {"Parameters": {**TAKES["Parameters"], "Timeout": 20, "NotificationProperty": {"NotifyDelayAfter": 3}}}
    state = {**TASK, **takes, "TimeoutSeconds": 1500, "Retry": retry, "End": True}
    files = {
        "m.asl.json": json.dumps({"StartAt": "A", "States": {"A": state}}),
        "job.json": json.dumps(job),
        "last.py": "",
    }
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "last.py").write_text("")
    found = read_definitions(files)
    write_bundle(found, tmp_path, Settings(), files=files)
    assert check_bundle(tmp_path, command=None) == []
    (made,) = yaml.safe_load((tmp_path / "resources" / "m.yml").read_text())["resources"]["jobs"].values()
    assert made["parameters"] == [{"name": "input_day_of_the_chain", "default": "${var.m_day}"}]
    (task,) = made["tasks"]
    assert task["run_job_task"]["job_parameters"] == {"d": "{{job.parameters.input_day_of_the_chain}}"}
    assert (task["timeout_seconds"], task["health"]["rules"][0]["value"]) == (1200, 180)
    assert (task["max_retries"], task["min_retry_interval_millis"], task["retry_on_timeout"]) == (2, 30000, True)
    assert not [f for f in found.findings if f.severity is not Severity.INFO]
