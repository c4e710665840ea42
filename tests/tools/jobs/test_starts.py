"""What EventBridge starts: schedules of workflows and machines, their input, and what no schedule of Databricks says."""

import json
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.jobs.definitions import Definitions

JOB = {
    "Type": "AWS::Glue::Job",
    "Properties": {"Name": "j", "Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": "s3://c/j.py"}},
}
MACHINE = {
    "Type": "AWS::StepFunctions::StateMachine",
    "Properties": {
        "StateMachineName": "m",
        "DefinitionString": json.dumps(
            {
                "StartAt": "A",
                "States": {
                    "A": {
                        "Type": "Task",
                        "Resource": "arn:aws:states:::glue:startJobRun.sync",
                        "Parameters": {"JobName": "j", "Arguments": {"--d.$": "$.day"}},
                        "End": True,
                    }
                },
            }
        ),
    },
}
WORKFLOW = {"Type": "AWS::Glue::Workflow", "Properties": {"Name": "w"}}


def trigger(**more: Any) -> dict[str, Any]:
    return {
        "Type": "AWS::Glue::Trigger",
        "Properties": {"Name": "t", "Type": "EVENT", "WorkflowName": "w", "Actions": [{"JobName": "j"}], **more},
    }


def rule(target: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Events::Rule", "Properties": {"Targets": [target], **properties}}


def schedule(target: dict[str, Any], **properties: Any) -> dict[str, Any]:
    return {"Type": "AWS::Scheduler::Schedule", "Properties": {"Target": target, **properties}}


def template(**resources: Any) -> Definitions:
    return read_definitions({"t.json": json.dumps({"Resources": {"J": JOB, **resources}}), "j.py": ""})


def said(found: Definitions) -> list[tuple[Severity, str]]:
    return [(f.severity, f.message) for f in found.findings if f.rule == "trigger-event"]


OF_WORKFLOW = {"Arn": {"Fn::Sub": "arn:aws:glue:x:1:workflow/${W}"}}


def test_a_rule_that_ticks_is_the_schedule_of_the_workflow_that_it_starts() -> None:
    found = template(W=WORKFLOW, T=trigger(), R=rule(OF_WORKFLOW, ScheduleExpression="rate(6 hours)", State="DISABLED"))
    (made,) = found.triggers
    assert (made.type, made.schedule, made.active) == ("SCHEDULED", "rate(6 hours)", False)
    assert said(found) == []


def test_a_workflow_that_waits_for_several_ticks_keeps_its_event() -> None:
    more = {"EventBatchingCondition": {"BatchSize": 3}}
    found = template(W=WORKFLOW, T=trigger(**more), R=rule(OF_WORKFLOW, ScheduleExpression="rate(6 hours)"))
    assert [made.type for made in found.triggers] == ["EVENT"]
    assert [severity for severity, _ in said(found)] == [Severity.WARNING]


def test_a_second_rule_is_told_and_does_not_take_the_place_of_the_first() -> None:
    first = rule(OF_WORKFLOW, ScheduleExpression="rate(6 hours)")
    second = rule(OF_WORKFLOW, EventPattern={"source": ["x"]})
    found = template(W=WORKFLOW, T=trigger(), R=first, R2=second)
    assert found.triggers[0].schedule == "rate(6 hours)"


def test_terraform_says_the_same() -> None:
    code = """
resource "aws_glue_workflow" "w" { name = "w" }
resource "aws_glue_trigger" "t" {
  name          = "t"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.w.name
  actions { job_name = "j" }
}
resource "aws_cloudwatch_event_rule" "r" {
  name                = "r"
  schedule_expression = "cron(0 5 * * ? *)"
}
resource "aws_cloudwatch_event_target" "x" {
  rule = aws_cloudwatch_event_rule.r.name
  arn  = aws_glue_workflow.w.arn
}
"""
    (made,) = read_definitions({"main.tf": code}).triggers
    assert (made.type, made.schedule, made.active) == ("SCHEDULED", "cron(0 5 * * ? *)", True)


@pytest.mark.parametrize("make", [rule, schedule])
def test_what_a_schedule_gives_a_machine_is_its_input(make: Any) -> None:
    target = {"Arn": {"Ref": "M"}, "Input": json.dumps({"day": "mon", "deep": {"a": 1}, "yes": True})}
    (chain,) = template(M=MACHINE, R=make(target, ScheduleExpression="rate(1 day)")).chains
    assert (chain.schedule, chain.inputs) == ("rate(1 day)", {"day": "mon"})


def test_what_only_eventbridge_fills_in_is_a_blocker() -> None:
    target = {"Arn": {"Ref": "M"}, "Input": '{"day": "<aws.scheduler.scheduled-time>"}'}
    found = template(M=MACHINE, R=schedule(target, ScheduleExpression="rate(1 day)"))
    assert found.chains[0].inputs == {}
    assert [severity for severity, _ in said(found)] == [Severity.BLOCKER]
    direct = {
        "Arn": "arn:aws:scheduler:::aws-sdk:glue:startJobRun",
        "Input": '{"JobName": "j", "Arguments": {"--d": "<aws.scheduler.scheduled-time>"}}',
    }
    found = template(R=schedule(direct, ScheduleExpression="rate(1 day)"))
    assert (found.triggers, [severity for severity, _ in said(found)]) == ([], [Severity.BLOCKER])


def test_dates_and_windows_of_a_schedule_are_told() -> None:
    direct = {"Arn": "arn:aws:scheduler:::aws-sdk:glue:startJobRun", "Input": '{"JobName": "j"}'}
    limits = {
        "StartDate": "2030-01-01T00:00:00Z",
        "FlexibleTimeWindow": {"Mode": "FLEXIBLE", "MaximumWindowInMinutes": 15},
    }
    for target in (direct, {"Arn": {"Ref": "M"}}):
        told = said(template(M=MACHINE, R=schedule(target, ScheduleExpression="rate(1 day)", **limits)))
        assert [severity for severity, _ in told] == [Severity.WARNING, Severity.INFO]
        assert "from 2030-01-01" in told[0][1]
        assert "15 minutes later" in told[1][1]


def test_a_machine_whose_definition_is_elsewhere_is_told() -> None:
    elsewhere = {"Type": MACHINE["Type"], "Properties": {"DefinitionS3Location": {"Bucket": "b", "Key": "m.json"}}}
    found = template(M=elsewhere)
    assert [
        "its definition is not in the source" in f.message for f in found.findings if f.rule == "step-functions"
    ] == [True]


@pytest.mark.parametrize("more", [{"InputTransformer": {"InputTemplate": "{}"}}, {"InputPath": "$.detail"}])
def test_an_input_that_eventbridge_makes_anew_at_each_run_is_handed_off(more: dict[str, Any]) -> None:
    found = template(M=MACHINE, R=rule({"Arn": {"Ref": "M"}, **more}, ScheduleExpression="rate(1 day)"))
    assert said(found) == [
        (
            Severity.BLOCKER,
            f"event rule 'R' makes the input of 'm' anew at each run ({next(iter(more))}), which was left out",
        )
    ]


def test_a_rule_that_starts_a_machine_twice_is_told_and_each_target_has_its_own_input() -> None:
    def give(day: str) -> dict[str, Any]:
        return {"Arn": {"Ref": "M"}, "Input": json.dumps({"day": day})}

    both = {"Type": "AWS::Events::Rule", "Properties": {"Targets": [{"Arn": "x", "Input": "{}"}, give("a"), give("b")],
            "ScheduleExpression": "rate(1 day)"}}  # fmt: skip
    found = template(M=MACHINE, R=both)
    assert found.chains[0].inputs == {"day": "a"}
    assert [severity for severity, _ in said(found)] == [Severity.WARNING]


@pytest.mark.parametrize("make", [rule, schedule])
def test_whether_a_rule_is_enabled_is_not_guessed(make: Any) -> None:
    said_so = {"State": {"Ref": "Enabled"}, "ScheduleExpression": "rate(1 day)"}
    found = template(M=MACHINE, R=make({"Arn": {"Ref": "M"}}, **said_so))
    assert found.chains[0].active is None
    (made,) = template(W=WORKFLOW, T=trigger(), R=rule(OF_WORKFLOW, **said_so)).triggers
    assert made.active is None


RULES = """
resource "aws_glue_workflow" "w" { name = "w" }
resource "aws_glue_trigger" "t" {
  name          = "t"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.w.name
  actions { job_name = "j" }
}
resource "aws_cloudwatch_event_rule" "load" { schedule_expression = "rate(1 hour)" }
resource "aws_cloudwatch_event_rule" "load_daily" {
  schedule_expression = "rate(1 day)"
  is_enabled          = var.on
}
resource "aws_cloudwatch_event_target" "x" {
  COUNT
  rule = aws_cloudwatch_event_rule.load_daily.name
  arn  = aws_glue_workflow.w.arn
}
"""


def test_a_target_of_terraform_is_that_of_its_own_rule() -> None:
    (made,) = read_definitions({"main.tf": RULES.replace("COUNT", "")}).triggers
    assert (made.schedule, made.active) == ("rate(1 day)", None)


def test_a_target_that_terraform_does_not_make_starts_nothing() -> None:
    (made,) = read_definitions({"main.tf": RULES.replace("COUNT", "count = 0")}).triggers
    assert (made.type, made.schedule) == ("EVENT", "")


@pytest.mark.parametrize(("state", "active"), [("null", False), ('"ENABLED"', True)])
def test_a_state_that_is_not_given_leaves_it_to_the_older_attribute(state: str, active: bool) -> None:
    text = RULES.replace("COUNT", "").replace("= var.on", f"= false\n  state = {state}")
    (made,) = read_definitions({"main.tf": text}).triggers
    assert made.active is active


@pytest.mark.parametrize("order", [("OFF", "ON"), ("ON", "OFF")])
def test_a_rule_that_is_disabled_gives_way_to_one_that_is_not(order: tuple[str, str]) -> None:
    target = {"Arn": {"Ref": "M"}, "Input": json.dumps({"day": "mon"})}
    rules = {
        "OFF": rule(target, ScheduleExpression="rate(1 day)", State="DISABLED"),
        "ON": rule({**target, "Input": json.dumps({"day": "tue"})}, ScheduleExpression="rate(2 hours)"),
    }
    found = template(M=MACHINE, **{name: rules[name] for name in order})
    (chain,) = found.chains
    assert (chain.schedule, chain.active, chain.inputs) == ("rate(2 hours)", True, {"day": "tue"})
    assert [(severity, "disabled" in text) for severity, text in said(found)] == [(Severity.INFO, True)]


def test_a_second_rule_that_is_enabled_is_told_by_its_name() -> None:
    events = {
        "Nightly": {"Type": "Schedule", "Properties": {"Schedule": "rate(1 day)"}},
        "Hourly": {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 hour)"}},
    }
    machine = {**MACHINE, "Type": "AWS::Serverless::StateMachine"}
    machine["Properties"] = {**machine["Properties"], "Events": events}
    found = template(M=machine)
    assert [chain.schedule for chain in found.chains] == ["rate(1 day)"]
    assert [(severity, "'Hourly'" in text) for severity, text in said(found)] == [(Severity.WARNING, True)]


JOBS = json.dumps({"Jobs": [{"Name": "load", "Command": {"ScriptLocation": "s3://c/load.py"}}]})
STARTED = {
    "Name": "nightly",
    "ScheduleExpression": "cron(0 4 ? * 2-6 *)",
    "ScheduleExpressionTimezone": "Asia/Tokyo",
    "State": "ENABLED",
    "Target": {"Arn": "arn:aws:scheduler:::aws-sdk:glue:startJobRun", "Input": '{"JobName": "load"}'},
}


def exported(data: dict[str, Any], jobs: str = JOBS) -> Definitions:
    return read_definitions({"rules.json": json.dumps(data), "jobs.json": jobs, "load.py": ""})


def test_an_exported_schedule_that_starts_a_job_is_its_trigger() -> None:
    found = exported(STARTED)
    (made,) = found.triggers
    assert (made.schedule, made.timezone, made.active) == ("cron(0 4 ? * 2-6 *)", "Asia/Tokyo", True)
    assert [action.job_name for action in made.actions] == ["load"]
    assert found.findings == []


@pytest.mark.parametrize(
    ("data", "told"),
    [
        ({"Rules": [{"Name": "r", "ScheduleExpression": "rate(1 day)", "State": "ENABLED"}]}, True),
        ({"Name": "r", "ScheduleExpression": "rate(1 day)"}, True),
        ({"Rules": [{"Name": "r", "ScheduleExpression": "rate(1 day)", "State": "DISABLED"}]}, False),
        ({"Rules": [{"Name": "r", "EventPattern": "{}"}]}, False),
        ({"Rules": "ScheduleExpression"}, False),
    ],
)
def test_an_exported_rule_that_does_not_say_what_it_starts_is_told(data: dict[str, Any], told: bool) -> None:
    found = exported(data)
    assert [(f.rule, f.severity) for f in found.findings] == [("schedule-export", Severity.WARNING)] * told
    assert exported(data, "{}").findings == []
