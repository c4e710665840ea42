"""Exported JSON in the forms that people have: what the AWS command line prints, one definition, other spellings."""

import json
from pathlib import Path

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs import read_definitions, write_bundle
from glue2lakehouse.tools.jobs.model import GlueJob, Kind

JOB = {
    "Name": "load",
    "Role": "arn:aws:iam::1:role/glue",
    "Command": {"Name": "glueetl", "ScriptLocation": "s3://code/jobs/load.py", "PythonVersion": "3"},
    "DefaultArguments": {"--source": "s3://raw/"},
    "GlueVersion": "4.0",
    "NumberOfWorkers": 5,
    "WorkerType": "G.1X",
}


def read_one(text: str) -> GlueJob:
    found = read_definitions({"jobs/load.py": "", "defs/job.json": text})
    assert found.findings == []
    (job,) = found.jobs
    return job


@pytest.mark.parametrize(
    "document",
    [{"Jobs": [JOB]}, {"Job": JOB}, JOB, [JOB], {"Jobs": [JOB], "JobsNotFound": []}],
    ids=["get-jobs", "get-job", "bare", "list", "batch-get-jobs"],
)
def test_a_job_is_the_same_in_every_envelope(document: object) -> None:
    job = read_one(json.dumps(document, indent=2))
    assert job.fields() == JOB
    assert job.script == "jobs/load.py"


def test_other_spellings_are_put_into_the_names_of_the_api() -> None:
    snake = {
        "name": "load", "role_arn": "r", "glue_version": 4.0, "number_of_workers": "5", "timeout": 30.0,
        "command": {"script_location": "s3://code/jobs/load.py"}, "default_arguments": {"--some_key": True},
    }  # fmt: skip
    job = read_one(json.dumps(snake))
    assert (job.role, job.glue_version, job.number_of_workers, job.timeout) == ("r", "4.0", 5, 30)
    assert job.default_arguments == {"--some_key": "true"}


def test_each_definition_and_each_field_has_its_line() -> None:
    text = json.dumps({"Jobs": [JOB, {**JOB, "Name": "second", "GlueVersion": "5.0"}]}, indent=1)
    first, second = read_definitions({"d.json": text}).jobs
    rows = text.splitlines()
    assert "load" in rows[first.place.line - 1]
    assert "second" in rows[second.place.line - 1]
    assert "5.0" in rows[second.at("GlueVersion") - 1]


def test_fields_that_the_model_does_not_know_are_kept() -> None:
    job = read_one(json.dumps({**JOB, "FutureField": {"A": 1}}))
    assert job.fields()["FutureField"] == {"A": 1}


def test_every_kind_of_export_is_read() -> None:
    documents = {
        "triggers.json": {"Triggers": [{"Name": "t", "Type": "ON_DEMAND", "Actions": [{"JobName": "load"}]}]},
        "workflow.json": {"Workflow": {"Name": "w", "DefaultRunProperties": {"a": "b"}}},
        "crawlers.json": {"Crawlers": [{"Name": "c", "Role": "r", "Targets": {"S3Targets": [{"Path": "s3://x/"}]}}]},
        "connections.json": {"ConnectionList": [{"Name": "pg", "ConnectionType": "JDBC", "ConnectionProperties": {}}]},
        "classifiers.json": {"Classifiers": [{"CsvClassifier": {"Name": "csv", "Delimiter": "|"}}]},
        "security.json": {"SecurityConfigurations": [{"Name": "sec", "EncryptionConfiguration": {}}]},
        "blueprint.json": {"Blueprint": {"Name": "b", "BlueprintLocation": "s3://b/"}},
    }
    found = read_definitions({name: json.dumps(document) for name, document in documents.items()})
    assert {item.kind for item in found.items} == {
        Kind.TRIGGER, Kind.WORKFLOW, Kind.CRAWLER, Kind.CONNECTION, Kind.CLASSIFIER, Kind.SECURITY_CONFIGURATION, Kind.BLUEPRINT,
    }  # fmt: skip
    assert found.findings == []
    assert {item.name for item in found.of(Kind.CLASSIFIER)} == {"csv"}


def test_studio_nodes_do_not_hide_the_job() -> None:
    job = read_one(
        json.dumps(
            {**JOB, "JobMode": "VISUAL", "CodeGenConfigurationNodes": {"node-1": {"ApplyMapping": {"Inputs": ["n"]}}}}
        )
    )
    assert job.code_gen_configuration_nodes == {"node-1": {"ApplyMapping": {"Inputs": ["n"]}}}


def test_a_password_is_masked_and_a_secret_id_is_kept() -> None:
    connection = {
        "Name": "pg",
        "ConnectionType": "JDBC",
        "ConnectionProperties": {"PASSWORD": "hunter2", "SECRET_ID": "pg/login"},
    }
    found = read_definitions({"c.json": json.dumps({"Connection": connection})})
    assert found.items[0].fields()["ConnectionProperties"] == {"PASSWORD": "(masked)", "SECRET_ID": "pg/login"}


def test_a_list_of_names_and_a_cut_export_are_findings() -> None:
    found = read_definitions(
        {"names.json": json.dumps({"JobNames": ["a", "b"]}), "cut.json": json.dumps({"Jobs": [JOB], "NextToken": "x"})}
    )
    assert {finding.rule for finding in found.findings} >= {"definition-names-only", "export-incomplete"}


def test_a_field_of_the_wrong_shape_is_set_aside_with_a_blocker_and_the_rest_is_read(tmp_path: Path) -> None:
    odd = {**JOB, "Name": "odd", "DefaultArguments": ["--a"], "Timeout": 5}
    found = read_definitions({"load.py": "", "d.json": json.dumps({"Jobs": [JOB, odd]})})
    assert [(job.name, job.timeout) for job in found.jobs] == [("load", None), ("odd", 5)]
    findings = write_bundle(found, tmp_path, Settings()).findings
    (finding,) = [finding for finding in findings if "'odd': DefaultArguments" in finding.message]
    assert finding.severity is Severity.BLOCKER
    assert "dictionary" in finding.action


def test_the_json_that_studio_writes_to_git_is_a_job() -> None:
    config = {
        "command": "glueetl", "description": "", "role": "r", "scriptName": "load.py", "version": "4.0", "language": "python-3",
        "scriptLocation": "s3://code/jobs/", "temporaryDirectory": "s3://tmp/", "timeout": 60, "maxConcurrentRuns": 2,
        "workerType": "G.1X", "numberOfWorkers": 4, "maxRetries": 1, "metrics": True, "bookmark": "job-bookmark-enable",
        "flexExecution": True, "etlAutoScaling": True, "jobParameters": [{"key": "--day", "value": "1"}], "name": "load", "brandNew": 7,
    }  # fmt: skip
    job = read_one(json.dumps({"jobConfig": config, "dag": {"node-1": {}}, "script": "print()"}))
    assert (job.name, job.execution_class, job.execution_property.max_concurrent_runs) == ("load", "FLEX", 2)
    assert job.arguments == {
        "--TempDir": "s3://tmp/", "--job-bookmark-option": "job-bookmark-enable", "--enable-metrics": "true",
        "--enable-auto-scaling": "true", "--day": "1",
    }  # fmt: skip
    assert job.script == "jobs/load.py"
    assert job.fields()["BrandNew"] == 7


def test_the_input_of_update_job_is_a_job() -> None:
    update = {name: value for name, value in JOB.items() if name != "Name"}
    assert read_one(json.dumps({"JobName": "load", "JobUpdate": update})).name == "load"


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("stack.py", "from aws_cdk import aws_glue as glue\nglue.CfnJob(self, 'x')\n"),
        ("stack.ts", "import * as glue from 'aws-cdk-lib/aws-glue';\nnew glue.CfnJob(this, 'x')\n"),
        ("Stack.java", 'import software.amazon.awscdk.services.glue.*;\nCfnJob.Builder.create(this, "x")\n'),
        ("stack.go", 'import "github.com/aws/aws-cdk-go/awscdk/v2/awsglue"\nawsglue.NewCfnJob(stack, id, props)\n'),
        ("l2.ts", "import * as glue from '@aws-cdk/aws-glue-alpha';\nnew glue.PySparkEtlJob(this, 'J', {})\n"),
        ("index.ts", 'import * as aws from "@pulumi/aws";\nnew aws.glue.Job("j", {});\n'),
        ("main.py", "import pulumi_aws as aws\naws.glue.Trigger('t', type='SCHEDULED')\n"),
        ("make.py", "import boto3\nboto3.client('glue').create_job(Name='x')\n"),
        ("make.sh", "#!/bin/sh\naws glue create-job --name x\n"),
    ],
)
def test_definitions_that_only_code_makes_are_told(path: str, text: str) -> None:
    (finding,) = read_definitions({path: text}).findings
    assert (finding.rule, finding.line, finding.severity) == ("definition-in-code", 2, Severity.BLOCKER)
    beside = read_definitions({path: text, "jobs.json": json.dumps({"Jobs": [JOB]}), "jobs/load.py": ""})
    assert [f.severity for f in beside.findings if f.rule == "definition-in-code"] == [Severity.WARNING]


def test_json_that_is_something_else_is_passed_over() -> None:
    found = read_definitions(
        {
            "package.json": '{"name": "x", "scripts": {"Trigger": "y"}}',
            "data.json": '[{"Name": "row"}]',
            "args.json": '{"--a": "b"}',
        }
    )
    assert (found.items, found.findings) == ([], [])


def test_broken_json_that_looks_like_a_job_is_a_finding_with_its_line() -> None:
    (finding,) = read_definitions({"d.json": '{"Jobs": [\n  {"ScriptLocation": }\n]}'}).findings
    assert (finding.rule, finding.line) == ("definition-unreadable", 2)


def test_the_same_definition_in_two_files_is_one_and_a_different_one_is_told() -> None:
    same = {"load.py": "", "a.json": json.dumps(JOB), "b.json": json.dumps(JOB)}
    assert len(read_definitions(same).jobs) == 1
    other = read_definitions({**same, "b.json": json.dumps({**JOB, "Timeout": 5})})
    assert len(other.jobs) == 2
    assert [finding.rule for finding in other.findings] == ["definition-twice"]


def test_an_export_in_yaml_has_its_lines_too() -> None:
    text = "Jobs:\n- Command:\n    Name: glueetl\n    ScriptLocation: s3://c/load.py\n  GlueVersion: '4.0'\n  Name: load\n  Role: r\n"
    (job,) = read_definitions({"load.py": "", "jobs.yaml": text}).jobs
    assert (job.place.line, job.at("GlueVersion"), job.at("Role")) == (6, 5, 7)


def test_an_export_in_utf_16_as_powershell_writes_it_is_read(tmp_path: Path) -> None:
    for encoding in ("utf-16", "utf-8-sig"):
        (tmp_path / "jobs.json").write_text(json.dumps({"Jobs": [JOB]}), encoding=encoding)
        assert [job.name for job in read_definitions({"jobs.json": tmp_path / "jobs.json"}).jobs] == ["load"]


def test_a_file_that_is_no_text_and_looks_like_definitions_is_told(tmp_path: Path) -> None:
    (tmp_path / "jobs.json").write_bytes(b'{"ScriptLocation": "\xe9"}')
    (finding,) = read_definitions({"jobs.json": tmp_path / "jobs.json"}).findings
    assert finding.rule == "definition-unreadable"
    assert "UTF-8" in finding.message


@pytest.mark.parametrize("between", ["\n", "", ",\n"])
def test_pages_that_were_appended_to_one_file_are_all_read(between: str) -> None:
    pages = [json.dumps({"Jobs": [{**JOB, "Name": name}]}, indent=2) for name in ("a", "b")]
    assert [job.name for job in read_definitions({"jobs.json": between.join(pages)}).jobs] == ["a", "b"]


@pytest.mark.parametrize("key", ["JobNames", "TriggerNames", "CrawlerNames", "Workflows", "Blueprints"])
def test_a_list_of_names_is_told_whatever_it_lists(key: str) -> None:
    (finding,) = read_definitions({"list.json": json.dumps({key: ["a", "b"]})}).findings
    assert finding.rule == "definition-names-only"


def test_the_triggers_in_a_workflows_graph_are_read_and_do_not_count_twice() -> None:
    trigger = {"Name": "t", "Type": "ON_DEMAND", "State": "CREATED", "Actions": [{"JobName": "load"}]}
    nodes = [{"Type": "TRIGGER", "Name": "t", "TriggerDetails": {"Trigger": trigger}}, {"Type": "JOB", "Name": "load"}]
    graph = json.dumps({"Workflow": {"Name": "w", "Graph": {"Nodes": nodes, "Edges": []}}})
    assert [t.workflow_name for t in read_definitions({"w.json": graph}).triggers] == ["w"]
    whole = json.dumps({"Triggers": [{**trigger, "WorkflowName": "w", "State": "ACTIVATED"}]})
    found = read_definitions({"w.json": graph, "triggers.json": whole})
    assert [t.state for t in found.triggers] == ["ACTIVATED"]


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("handler.py", "import boto3\nboto3.client('glue').start_job_run(JobName='x')\n"),
        ("lambda/index.js", "const glue = new AWS.Glue();\nglue.startJobRun({JobName: 'x'})\n"),
        (
            "lambda/index.ts",
            "import {GlueClient} from '@aws-sdk/client-glue'\nnew StartJobRunCommand({JobName: 'x'})\n",
        ),
        ("start.sh", "#!/bin/sh\naws glue start-job-run --job-name x\n"),
        (".github/workflows/run.yml", "steps:\n  - run: aws --region eu-west-1 glue start-workflow-run --name x\n"),
    ],
)
def test_what_starts_glue_jobs_from_code_is_told(path: str, text: str) -> None:
    (finding,) = read_definitions({path: text}).findings
    assert (finding.rule, finding.line) == ("start-in-code", 2)


def test_a_glue_script_that_starts_another_job_is_told_by_the_rules_that_convert_it() -> None:
    text = "import boto3\nfrom awsglue.context import GlueContext\nboto3.client('glue').start_job_run(JobName='x')\n"
    assert read_definitions({"job.py": text}).findings == []


@pytest.mark.parametrize(
    ("path", "text", "line"),
    [
        ("q.tf", 'resource "aws_athena_named_query" "q" {\n  name = "q"\n  query = "SELECT 1"\n}\n', 1),
        ("t.yaml", "Resources:\n  Q:\n    Type: AWS::Athena::NamedQuery\n    Properties: {QueryString: SELECT 1}\n", 2),
    ],
)
def test_a_query_that_only_a_definition_holds_is_told(path: str, text: str, line: int) -> None:
    (finding,) = read_definitions({path: text}).findings
    assert (finding.rule, finding.severity, finding.line) == ("definition-query", Severity.WARNING, line)
