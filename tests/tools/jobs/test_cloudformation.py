"""CloudFormation, SAM and CDK templates: intrinsic functions with the parameters' defaults, conditions, event rules."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import Outcome, account, read_definitions, write_bundle
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.readers.cloudformation import arrival_url
from glue2lakehouse.tools.jobs.readers.intrinsics import reference_name
from glue2lakehouse.tools.jobs.values import open_references

TEMPLATE = """\
Parameters:
  Stage: {Type: String, Default: prod}
  Bucket: {Type: String}
  Password: {Type: String, NoEcho: true}
  Workers: {Type: Number, Default: 7}
  Sizes: {Type: CommaDelimitedList, Default: "G.1X, G.2X"}
Mappings:
  ByStage:
    prod: {Timeout: 90}
    test: {Timeout: 10}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsTest: !Not [!Condition IsProd]
  Never: !And [!Condition IsProd, !Condition IsTest]
Resources:
  Role: {Type: AWS::IAM::Role, Properties: {}}
  Code:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub "code-${Stage}"}
  Load:
    Type: AWS::Glue::Job
    Properties:
      Name: !Join ["-", [load, !Ref Stage]]
      Role: !GetAtt Role.Arn
      GlueVersion: "4.0"
      NumberOfWorkers: !Ref Workers
      WorkerType: !Select [1, !Ref Sizes]
      Timeout: !FindInMap [ByStage, !Ref Stage, Timeout]
      MaxRetries: !If [IsProd, 2, 0]
      Description: !If [IsTest, only in test, !Ref AWS::NoValue]
      Command:
        Name: glueetl
        ScriptLocation: !Sub "s3://${Code}/jobs/load.py"
      DefaultArguments:
        "--bucket": !Sub "s3://${Bucket}/in/"
        "--password": !Ref Password
        "--stage": !Select [1, !Split ["/", !Sub "x/${Stage}/y"]]
        "--literal": !Sub "${!Kept}"
        "--account": !Ref AWS::AccountId
        "--flag": true
  Cleanup:
    Type: AWS::Glue::Job
    Condition: IsTest
    Properties: {Name: cleanup, Role: r, Command: {Name: glueetl, ScriptLocation: s3://c/x.py}}
  Nightly:
    Type: AWS::Glue::Trigger
    Properties:
      Type: SCHEDULED
      Schedule: cron(0 3 * * ? *)
      StartOnCreation: true
      Actions: [{JobName: !Ref Load}]
"""


def read(text: str, name: str = "template.yaml") -> Definitions:
    return read_definitions({name: text, "src/jobs/load.py": "", "other/load.py": ""})


def test_intrinsic_functions_are_evaluated_with_the_defaults() -> None:
    (job,) = read(TEMPLATE).jobs
    assert job.name == "load-prod"
    assert (job.number_of_workers, job.worker_type, job.timeout, job.max_retries) == (7, "G.2X", 90, 2)
    assert "Description" not in job.fields()
    assert job.command.script_location == "s3://code-prod/jobs/load.py"
    assert job.default_arguments["--stage"] == "prod"
    assert job.default_arguments["--literal"] == "${Kept}"
    assert job.default_arguments["--flag"] == "true"


def test_what_the_template_does_not_hold_stays_open_and_is_remembered_with_its_place() -> None:
    found = read(TEMPLATE)
    arguments = found.jobs[0].default_arguments
    assert arguments["--bucket"] == "s3://⟦bucket⟧/in/"
    assert arguments["--account"] == "⟦aws_account_id⟧"
    assert str(found.references["bucket"].place) == "template.yaml:3"
    assert found.references["password"].secret
    assert not found.references["bucket"].secret


def test_the_script_is_the_file_whose_folders_agree_most_with_the_key() -> None:
    assert read(TEMPLATE).jobs[0].script == "src/jobs/load.py"


def test_a_resource_under_a_false_condition_is_left_out_and_told() -> None:
    found = read(TEMPLATE)
    (finding,) = [finding for finding in found.findings if finding.rule == "definition-condition"]
    assert "Cleanup" in finding.message
    assert finding.severity is Severity.WARNING
    assert found.seen == 3


def test_a_reference_to_a_job_is_its_name_and_lines_are_those_of_the_template() -> None:
    found = read(TEMPLATE)
    assert found.triggers[0].actions[0].job_name == "load-prod"
    row = TEMPLATE.splitlines()[found.jobs[0].at("Timeout") - 1]
    assert "FindInMap" in row


def test_a_json_template_gives_the_same_as_yaml() -> None:
    resources = {"J": {"Type": "AWS::Glue::Job", "Properties": {"Name": {"Fn::Sub": "a-${AWS::Partition}"}, "Role": "r",
                       "Command": {"Name": "glueetl", "ScriptLocation": "s3://c/jobs/load.py"}, "Tags": {"a": "b"}}}}  # fmt: skip
    (job,) = read(json.dumps({"Resources": resources}), "stack.template.json").jobs
    assert (job.name, job.tags) == ("a-aws", {"a": "b"})


def test_a_synthesised_cdk_template_finds_its_script_through_the_asset() -> None:
    digest = "ab" * 32
    location = {"Fn::Sub": f"s3://cdk-assets-${{AWS::AccountId}}/{digest}.py"}
    resources = {
        "J": {
            "Type": "AWS::Glue::Job",
            "Properties": {"Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": location}},
        }
    }
    files = {
        "cdk.out/S.template.json": json.dumps({"Resources": resources}),
        f"cdk.out/asset.{digest}.py": "x = 1\n",
        "glue/sales.py": "x = 1\n",
        "glue/b.py": "",
    }
    assert read_definitions(files).jobs[0].script == "glue/sales.py"


def test_a_state_machine_of_sam_is_a_chain_with_the_schedule_of_its_rule() -> None:
    text = """\
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      Name: nightly
      DefinitionSubstitutions: {JobName: load}
      Definition:
        StartAt: A
        States:
          A: {Type: Task, Resource: "arn:aws:states:::glue:startJobRun.sync", Parameters: {JobName: "${JobName}"}, End: true}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      ScheduleExpression: rate(1 day)
      Targets: [{Arn: !GetAtt Machine.Arn, Id: x}]
"""
    (chain,) = read(text).chains
    assert [step.job_name for step in chain.steps] == ["load"]
    assert (chain.schedule, chain.active) == ("rate(1 day)", True)


def test_an_event_trigger_gets_the_folder_of_the_rule_that_starts_its_workflow() -> None:
    text = """\
Resources:
  Flow: {Type: AWS::Glue::Workflow, Properties: {Name: flow}}
  Start:
    Type: AWS::Glue::Trigger
    Properties: {Type: EVENT, WorkflowName: !Ref Flow, Actions: [{JobName: load}]}
  Rule:
    Type: AWS::Events::Rule
    Properties:
      EventPattern: {source: [aws.s3], detail: {bucket: {name: [landing]}, object: {key: [{prefix: orders/}]}}}
      Targets: [{Arn: !Sub "arn:aws:glue:${AWS::Region}:1:workflow/${Flow}", Id: x}]
"""
    assert read(text).triggers[0].arrival_url == "s3://landing/orders/"


def test_kinds_without_counterpart_and_macros_are_findings() -> None:
    text = """\
Resources:
  Rules: {Type: AWS::Glue::DataQualityRuleset, Properties: {}}
  Load: {Type: AWS::Glue::Workflow, Properties: {Name: w}}
  Fn::Transform: {Name: AWS::Include, Parameters: {Location: s3://c/more.yaml}}
"""
    assert {finding.rule for finding in read(text).findings} == {"definition-kind", "template-macro"}


def test_a_field_under_a_condition_that_is_not_known_does_not_take_the_job_with_it() -> None:
    text = """\
Parameters: {Alarm: {Type: String}}
Conditions: {HasAlarm: !Equals [!Ref Alarm, "yes"]}
Resources:
  J:
    Type: AWS::Glue::Job
    Properties:
      Name: j
      Role: r
      NotificationProperty: !If [HasAlarm, {NotifyDelayAfter: 5}, !Ref AWS::NoValue]
      Command: {Name: glueetl, ScriptLocation: s3://c/jobs/load.py}
"""
    (job,) = read(text).jobs
    assert list(job.set_aside) == ["NotificationProperty"]
    assert any(row.field == "NotificationProperty" and row.outcome is Outcome.UNKNOWN for row in account(job))


def test_a_template_of_the_serverless_framework_keeps_its_own_variables_open() -> None:
    text = """\
service: x
resources:
  Resources:
    J:
      Type: AWS::Glue::Job
      Properties: {Name: "j-${self:provider.stage}", Role: r, Command: {Name: glueetl, ScriptLocation: s3://c/jobs/load.py}}
"""
    found = read(text, "serverless.yml")
    assert found.jobs[0].name == "j-⟦self_provider_stage⟧"
    assert found.jobs[0].place.line == 4
    assert found.references["self_provider_stage"].text == "${self:provider.stage}"


def test_sam_schedules_and_definition_files_of_state_machines_are_read() -> None:
    text = """\
Resources:
  Machine:
    Type: AWS::Serverless::StateMachine
    Properties:
      DefinitionUri: flows/night.asl.json
      DefinitionSubstitutions: {Load: load}
      Events:
        Nightly: {Type: Schedule, Properties: {Schedule: cron(0 3 * * ? *)}}
        Other: {Type: Api, Properties: {Path: /x}}
"""
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "${Load}"},
        "End": True,
    }
    flow = json.dumps({"StartAt": "A", "States": {"A": task}})
    found = read_definitions({"template.yaml": text, "flows/night.asl.json": flow})
    (chain,) = found.chains
    assert ([step.job_name for step in chain.steps], chain.schedule) == (["load"], "cron(0 3 * * ? *)")
    assert [finding.rule for finding in found.findings] == ["trigger-event"]


NESTED = """\
Parameters: {Name: {Type: String, Default: alone}, Workers: {Type: Number, Default: 2}}
Resources:
  Job:
    Type: AWS::Glue::Job
    Properties: {Name: !Ref Name, Role: r, NumberOfWorkers: !Ref Workers, Command: {ScriptLocation: s3://c/jobs/load.py}}
"""


@pytest.mark.parametrize(
    "stack",
    [
        "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: nested/child.yaml, Parameters: {Name: given}}}",
        "{Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: !Sub 'https://${B}.s3.amazonaws.com/x/nested/child.yaml', Parameters: {Name: given}}}",
        "{Type: AWS::Serverless::Application, Properties: {Location: ./nested/child.yaml, Parameters: {Name: given}}}",
    ],
)
def test_a_nested_stack_has_the_values_that_its_parent_gives_and_is_not_read_by_itself(stack: str) -> None:
    found = read_definitions(
        {"main.yaml": f"Resources:\n  Inner: {stack}\n", "nested/child.yaml": NESTED, "jobs/load.py": ""}
    )
    assert [(job.name, job.number_of_workers) for job in found.jobs] == [("given", 2)]


def test_a_nested_stack_that_is_not_in_the_source_is_told() -> None:
    text = """\
Resources:
  GlueJobs: {Type: AWS::CloudFormation::Stack, Properties: {TemplateURL: s3://c/glue.yaml}}
"""
    (finding,) = read_definitions({"main.yaml": text}).findings
    assert finding.rule == "template-nested"
    assert finding.line == 2


def test_a_loop_over_resources_is_written_out() -> None:
    text = """\
Transform: AWS::LanguageExtensions
Parameters: {Names: {Type: CommaDelimitedList, Default: "a,b-1"}}
Resources:
  Fn::ForEach::Jobs:
    - Name
    - !Ref Names
    - Job&{Name}:
        Type: AWS::Glue::Job
        Properties: {Name: !Sub "job-${Name}", Role: r, Command: {ScriptLocation: !Sub "s3://c/jobs/${Name}.py"}}
"""
    found = read_definitions({"t.yaml": text, "jobs/a.py": "", "jobs/b-1.py": ""})
    assert [(job.name, job.address, job.script, job.place.line) for job in found.jobs] == [
        ("job-a", "Joba", "jobs/a.py", 4),
        ("job-b-1", "Jobb1", "jobs/b-1.py", 4),
    ]


def test_defaults_that_were_taken_are_told_once_for_a_template() -> None:
    found = read_definitions({"child.yaml": NESTED, "jobs/load.py": ""})
    assert [f.message for f in found.findings if f.rule == "definition-defaults"] == [
        "the defaults of the template's parameters were taken: Name=alone, Workers=2"
    ]


def test_a_malformed_function_is_an_open_reference_and_takes_nothing_with_it() -> None:
    text = """\
Resources:
  J:
    Type: AWS::Glue::Job
    Properties: {Name: j, Role: !Join 5, Description: !Sub [], Timeout: !Select [], Command: {ScriptLocation: s3://c/jobs/load.py}}
"""
    (job,) = read_definitions({"t.yaml": text, "jobs/load.py": ""}).jobs
    assert job.name == "j"
    assert "⟦" in job.role


def test_a_schedule_that_starts_a_job_by_itself_is_its_trigger_with_its_time_zone() -> None:
    text = """\
Resources:
  J: {Type: AWS::Glue::Job, Properties: {Name: j, Role: r, Command: {ScriptLocation: s3://c/jobs/load.py}}}
  Nightly:
    Type: AWS::Scheduler::Schedule
    Properties:
      ScheduleExpression: cron(0 2 * * ? *)
      ScheduleExpressionTimezone: Europe/Berlin
      Target: {Arn: "arn:aws:scheduler:::aws-sdk:glue:startJobRun", Input: !Sub '{"JobName": "${J}", "Arguments": {"--a": "1"}}'}
"""
    (trigger,) = read_definitions({"t.yaml": text, "jobs/load.py": ""}).triggers
    assert (trigger.actions[0].job_name, trigger.timezone, trigger.active) == ("j", "Europe/Berlin", True)


def test_a_rule_does_not_schedule_a_machine_whose_name_its_target_only_begins_with() -> None:
    machine = '{Type: AWS::StepFunctions::StateMachine, Properties: {DefinitionString: \'{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync", "Parameters": {"JobName": "j"}, "End": true}}}\'}}'
    text = f"""\
Resources:
  Flow: {machine}
  FlowB: {machine}
  Rule: {{Type: AWS::Events::Rule, Properties: {{ScheduleExpression: rate(1 day), Targets: [{{Arn: !Ref FlowB, Id: x}}]}}}}
"""
    found = read_definitions({"t.yaml": text})
    assert {chain.address: chain.schedule for chain in found.chains} == {"Flow": "", "FlowB": "rate(1 day)"}


ODD = [
    None,
    5,
    "x",
    [],
    {},
    [1],
    {"Ref": "X"},
    {"Fn::Sub": 5},
    {"Fn::If": ["C", 1, 2]},
    {"a": {"b": None}},
    {"Fn::GetAtt": 1},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
@pytest.mark.parametrize(
    "place",
    [
        ("Parameters",), ("Parameters", "P"), ("Mappings",), ("Conditions",), ("Conditions", "C"), ("Resources", "J"),
        ("Resources", "J", "Type"), ("Resources", "J", "Properties"), ("Resources", "J", "Properties", "Command"),
        ("Resources", "J", "Condition"), ("Resources", "S", "Properties"), ("Resources", "S", "Type"),
        ("Resources", "M", "Properties", "Definition", "States", "A"), ("Resources", "M", "Properties", "Definition", "States", "A", "Type"),
    ],
)  # fmt: skip
def test_a_part_of_the_wrong_shape_does_not_take_the_other_jobs_with_it(place: tuple[str, ...], odd: object) -> None:
    job = {
        "Type": "AWS::Glue::Job",
        "Properties": {"Name": "good", "Command": {"ScriptLocation": "s3://c/jobs/load.py"}},
    }
    state = {
        "Type": "Task",
        "Resource": "arn:aws:states:::glue:startJobRun.sync",
        "Parameters": {"JobName": "good"},
        "End": True,
    }
    template: dict[str, Any] = {
        "Parameters": {"P": {"Type": "String", "Default": "x"}},
        "Mappings": {},
        "Conditions": {"C": {"Fn::Equals": [{"Ref": "P"}, "x"]}},
        "Resources": {
            "J": {**job, "Condition": "C", "Properties": {**job["Properties"], "Name": {"Ref": "P"}}},
            "S": {"Type": "AWS::CloudFormation::Stack", "Properties": {"TemplateURL": "x.yaml"}},
            "M": {
                "Type": "AWS::StepFunctions::StateMachine",
                "Properties": {"Definition": {"StartAt": "A", "States": {"A": state}}},
            },
            "Good": job,
        },
    }
    held = template
    for name in place[:-1]:
        held = held[name]
    held[place[-1]] = odd
    found = read_definitions({"t.json": json.dumps(template), "jobs/load.py": ""})
    assert "good" in [each.name for each in found.jobs]


def test_expressions_that_begin_alike_or_are_of_another_script_have_variables_of_their_own() -> None:
    long = "data.aws_ssm_parameter.the_very_long_name_of_a_parameter_of_the_data_platform"
    names = [reference_name(text) for text in (f"{long}.a", f"{long}.b", "値", "名", "9", "")]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch(r"[a-z]([a-z0-9_]*[a-z0-9])?", name) and len(name) <= 70 for name in names)


def test_a_value_that_two_templates_leave_open_under_one_name_says_so(tmp_path: Path) -> None:
    one = """\
Parameters: {Bucket: {Type: String}}
Resources:
  J: {Type: AWS::Glue::Job, Properties: {Name: NAME, DefaultArguments: {--b: !Ref Bucket}, Command: {ScriptLocation: s3://c/jobs/load.py}}}
"""
    files = {"a.yaml": one.replace("NAME", "a"), "b.yaml": one.replace("NAME", "b"), "jobs/load.py": ""}
    write_bundle(read_definitions(files), tmp_path, Settings())
    assert "Bucket in a.yaml:1, b.yaml:1" in (tmp_path / "databricks.yml").read_text()


@pytest.mark.parametrize(
    ("object_", "url"),
    [
        ({"key": [{"prefix": "orders/"}]}, "s3://landing/orders/"),
        ({}, "s3://landing/"),
        ({"key": [{"suffix": ".csv"}]}, ""),
        ({"key": [{"prefix": "orders/2024-"}]}, ""),
        ({"key": [{"prefix": "a/"}, {"prefix": "b/"}]}, ""),
        ({"key": [{"wildcard": "a/*.csv"}]}, ""),
        ({"key": ["a/b.csv"]}, ""),
        ({"size": [{"numeric": [">", 0]}]}, ""),
    ],
)
def test_only_new_files_of_a_folder_are_file_arrival(object_: dict[str, Any], url: str) -> None:
    assert arrival_url({"source": ["aws.s3"], "detail": {"bucket": {"name": ["landing"]}, "object": object_}}) == url


OPEN = """
Parameters:
  Env: {Type: String}
  Names: {Type: CommaDelimitedList}
Mappings: {M: {dev: {a: x}}}
Conditions:
  IsProd: !Equals [!Ref Env, prod]
Resources:
  J:
    Type: AWS::Glue::Job
    Properties:
      Name: j
      Role: r
      Command: {Name: glueetl, ScriptLocation: s3://c/j.py}
      DefaultArguments:
        --x: EXPRESSION
"""


def argument(expression: str) -> str:
    found = read_definitions({"t.yaml": OPEN.replace("EXPRESSION", expression), "j.py": ""})
    assert set(open_references(found.jobs[0].default_arguments["--x"])) <= found.references.keys()
    return found.jobs[0].default_arguments["--x"]


@pytest.mark.parametrize(
    "expression",
    [
        "!Select [0, !Split ['-', !Ref Env]]", "!Select [1, !Split ['-', !Sub 'a-${Env}']]", "!Select [0, !Ref Names]",
        "!If [IsProd, a, b]", "!Join [',', !Ref Names]", "!FindInMap [M, !Ref Env, b, {DefaultValue: z}]",
        "{'Fn::Length': !Ref Names}",
    ],
)  # fmt: skip
def test_what_is_made_of_an_open_value_is_another_open_value(expression: str) -> None:
    assert argument(expression).startswith("⟦")
    assert argument(expression) not in ("⟦env⟧", "⟦names⟧")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("!If [IsProd, a, b]", "!If [IsProd, c, d]"),
        ("!Join [',', !Ref Names]", "!Join ['-', !Ref Names]"),
        ("!Select [0, !Split ['-', !Ref Env]]", "!Select [0, !Split ['_', !Ref Env]]"),
    ],
)
def test_two_open_values_do_not_share_a_variable(one: str, other: str) -> None:
    assert argument(one) == argument(one)
    assert argument(one) != argument(other)


def test_json_keeps_its_open_values_open() -> None:
    assert argument("{'Fn::ToJsonString': {a: 1, b: !Ref Env}}") == '{"a":1,"b":"⟦env⟧"}'


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("'{{resolve:ssm:/app/path:1}}'", False),
        ("!Sub 's3://{{resolve:ssm:/app/${Env}}}/x'", False),
        ("'{{resolve:secretsmanager:db:SecretString:password}}'", True),
        ("'{{resolve:ssm-secure:pw:1}}'", True),
    ],
)
def test_what_a_deployment_looks_up_is_a_variable(text: str, secret: bool) -> None:
    found = read_definitions({"t.yaml": OPEN.replace("EXPRESSION", text), "j.py": ""})
    value = found.jobs[0].default_arguments["--x"]
    assert "resolve" not in value
    looked_up = [found.references[name] for name in open_references(value) if name != "env"]
    assert [reference.secret for reference in looked_up] == [secret]


def test_two_expressions_whose_names_are_alike_are_two_variables() -> None:
    arguments = {
        "--a": {"Fn::GetAtt": ["GlueRole", "Arn"]},
        "--b": {"Ref": "GlueRoleArn"},
        "--c": {"Ref": "GlueRoleArn"},
    }
    job = {"Name": "j", "Role": "r", "Command": {"ScriptLocation": "s3://c/j.py"}, "DefaultArguments": arguments}
    template = {
        "Parameters": {"GlueRoleArn": {"Type": "String"}},
        "Resources": {"GlueRole": {"Type": "AWS::IAM::Role"}, "J": {"Type": "AWS::Glue::Job", "Properties": job}},
    }
    found = read_definitions({"t.json": json.dumps(template)})
    given = found.jobs[0].default_arguments
    assert given["--a"] != given["--b"] == given["--c"]
    assert {found.references[given[name].strip("⟦⟧")].text for name in ("--a", "--b")} == {
        "GlueRole.Arn",
        "GlueRoleArn",
    }


def test_an_empty_default_that_settles_a_condition_is_told() -> None:
    job = {"Name": "j", "Role": "r", "Command": {"ScriptLocation": "s3://c/j.py"},
           "MaxRetries": {"Fn::If": ["Retries", 3, 0]}}  # fmt: skip
    template = {
        "Parameters": {"Alarm": {"Type": "String", "Default": ""}},
        "Conditions": {"Retries": {"Fn::Not": [{"Fn::Equals": [{"Ref": "Alarm"}, ""]}]}},
        "Resources": {"J": {"Type": "AWS::Glue::Job", "Properties": job}},
    }
    found = read_definitions({"t.json": json.dumps(template)})
    assert found.jobs[0].max_retries == 0
    assert any(f.rule == "definition-defaults" and "Alarm=" in f.message for f in found.findings)


def test_a_variable_that_stands_for_two_expressions_of_two_templates_is_a_blocker() -> None:
    def template(name: str, value: dict[str, Any]) -> str:
        job = {
            "Name": name,
            "Role": "r",
            "Command": {"ScriptLocation": "s3://c/j.py"},
            "DefaultArguments": {"--b": value},
        }
        parameters = {"MyBucket": {"Type": "String"}}
        return json.dumps({"Parameters": parameters, "Resources": {"J": {"Type": "AWS::Glue::Job", "Properties": job}}})

    taken, of_another = {"Ref": "MyBucket"}, {"Fn::GetAtt": ["My", "Bucket"]}
    same = read_definitions({"a.json": template("a", taken), "b.json": template("b", taken)})
    other = read_definitions({"a.json": template("a", taken), "b.json": template("b", of_another)})
    assert [f.message for f in same.findings if f.rule == "definition-variables"] == []
    assert [(f.severity, f.message) for f in other.findings if f.rule == "definition-variables"] == [
        (Severity.BLOCKER, "variable my_bucket stands for My.Bucket here and for MyBucket in a.json:1")
    ]


@pytest.mark.parametrize(
    ("value", "severity"),
    [
        ("!If [Prod, job-bookmark-enable, job-bookmark-disable]", Severity.WARNING),
        ("!FindInMap [Marks, !Ref Env, Mark]", Severity.WARNING),
        ("!Ref Env", Severity.INFO),
    ],
)
def test_a_default_that_chooses_what_a_job_is_is_warned_of(value: str, severity: Severity) -> None:
    conditions = "Conditions: {Prod: !Equals [!Ref Env, prod]}\n" if "If" in value else ""
    text = f"""\
Parameters: {{Env: {{Type: String, Default: dev}}, Size: {{Type: Number, Default: 3}}}}
Mappings: {{Marks: {{dev: {{Mark: job-bookmark-disable}}, prod: {{Mark: job-bookmark-enable}}}}}}
{conditions}Resources:
  J:
    Type: AWS::Glue::Job
    Properties:
      Name: j
      Role: r
      NumberOfWorkers: !Ref Size
      Command: {{Name: glueetl, ScriptLocation: s3://c/jobs/load.py}}
      DefaultArguments: {{--job-bookmark-option: {value}}}
"""
    (told,) = [finding for finding in read(text).findings if finding.rule == "definition-defaults"]
    assert told.severity is severity
    assert ("choose by Env" in told.message) is (severity is Severity.WARNING)


@pytest.mark.parametrize(("default", "capacity"), [("5", 5.0), ("0.0625", 0.0625), ('"2.0"', 2.0)])
def test_a_capacity_that_a_parameter_gives_is_a_number(default: str, capacity: float) -> None:
    template = (
        f"Parameters:\n  Capacity: {{Type: Number, Default: {default}}}\n"
        "Resources:\n  Load:\n    Type: AWS::Glue::Job\n    Properties:\n      Name: load\n      Role: r\n"
        "      MaxCapacity: !Ref Capacity\n      Command: {Name: glueetl, ScriptLocation: s3://code/load.py}\n"
    )
    (job,) = read_definitions({"t.yaml": template}).jobs
    assert job.max_capacity == capacity
