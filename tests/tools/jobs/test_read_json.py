"""Exported JSON in the forms that people have: what the AWS command line prints, one definition, other spellings."""

import json

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.jobs import read_definitions
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


def test_a_definition_of_the_wrong_shape_is_a_finding_and_the_others_are_read() -> None:
    found = read_definitions(
        {"load.py": "", "d.json": json.dumps({"Jobs": [JOB, {**JOB, "Name": "odd", "DefaultArguments": ["--a"]}]})}
    )
    (finding,) = [finding for finding in found.findings if finding.rule == "definition-unreadable"]
    assert finding.severity is Severity.BLOCKER
    assert "odd" in finding.message
    assert [job.name for job in found.jobs] == ["load"]
    assert found.seen == 2


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
