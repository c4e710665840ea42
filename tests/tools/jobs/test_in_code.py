"""What is told of code that makes, starts or feeds Glue: nothing of it is read, so nothing of it may pass unnoticed."""

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.read import read_definitions

JOB = '{"Name": "a", "Role": "r", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/a.py"}}'


def _told(path: str, text: str) -> list[Finding]:
    """Return what is said of one file of a source that defines a job elsewhere."""
    found = read_definitions({"a.json": JOB, "a.py": "import awsglue\n", path: text})
    return [finding for finding in found.findings if finding.path == path]


def _rules(path: str, text: str) -> dict[str, int]:
    return {finding.rule: finding.line for finding in _told(path, text)}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("Pulumi.yaml", "name: x\nruntime: yaml\nresources:\n  j:\n    type: aws:glue:Job\n"),
        ("play.yml", "- hosts: all\n  tasks:\n    - name: j\n\n      community.aws.glue_job:\n        name: a\n"),
        ("play.yml", "- tasks:\n  - name: x\n\n\n    glue_job:\n      command_script_location: s3://b/a.py\n"),
        ("deploy.mk", "a:\n\n\n\n\taws --profile=x --region eu-west-1 glue create-job --name a\n"),
        ("justfile", "#!/usr/bin/env just\n\n\n\naws glue update-job --job-name a\n"),
        ("live/terragrunt.hcl", 'terraform {\n  source = "git::https://x//glue-job"\n}\n\ninputs = {\n  script_location = "s3://b/a.py"\n}\n'),
    ],
)  # fmt: skip
def test_a_job_that_a_deployment_makes_is_told_at_its_line(path: str, text: str) -> None:
    assert _rules(path, text) == {"definition-in-code": 5}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("run", "#!/bin/sh\naws glue start-job-run --job-name a\n"),
        (
            "f.tsx",
            'import {GlueClient} from "@aws-sdk/client-glue";\nc.send(new StartJobRunCommand({JobName: "a"}));\n',
        ),
        ("s.rb", "require 'aws-sdk-glue'\nAws::Glue::Client.new.start_job_run(job_name: 'a')\n"),
        ("m.go", 'import "github.com/aws/aws-sdk-go-v2/service/glue"\nc.StartJobRun(ctx, &in)\n'),
        ("P.cs", "using Amazon.Glue;\nawait client.StartJobRunAsync(request);\n"),
        ("S.scala", "import com.amazonaws.services.glue.AWSGlueClientBuilder\nclient.startJobRun(request)\n"),
        ("S.java", "import software.amazon.awssdk.services.glue.GlueClient;\nclient.startJobRun(request);\n"),
    ],
)
def test_a_job_that_code_of_any_language_starts_is_told(path: str, text: str) -> None:
    assert _rules(path, text) == {"start-in-code": 2}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("p.sh", "set -e\naws glue batch-create-partition --database-name s --table-name o\n"),
        ("p.sh", "set -e\naws --region us-east-1 glue start-crawler --name c\n"),
        ("p.sh", "set -e\naws athena start-query-execution --query-string 'MSCK REPAIR TABLE o'\n"),
        ("p.sh", "set -e\naws lakeformation grant-permissions --principal x\n"),
        ("p.sh", "set -e\naws glue reset-job-bookmark --job-name a\n"),
        ("f.js", "const athena = new AWS.Athena();\nathena.startQueryExecution({QueryString: q}).promise();\n"),
        ("f.ts", 'import {GlueClient} from "@aws-sdk/client-glue";\nc.send(new BatchCreatePartitionCommand({}));\n'),
        ("t.yaml", "InlineCode: |\n  boto3.client('glue').create_partition(DatabaseName='s')\n"),
    ],
)
def test_what_works_on_the_catalog_that_is_left_behind_is_told(path: str, text: str) -> None:
    [finding] = _told(path, text)
    assert (finding.rule, finding.line, finding.severity) == ("catalog-in-code", 2, Severity.WARNING)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("s.py", "import aws_cdk.aws_glue_alpha as glue\nglue.S3Table(self, 'T', database=db)\n"),
        ("s.ts", "import * as glue from 'aws-cdk-lib/aws-glue';\nnew glue.CfnDatabase(this, 'd', {});\n"),
        ("s.ts", "import { S3Table } from '@aws-cdk/aws-glue-alpha';\nnew S3Table(this, 't', {});\n"),
        ("i.ts", 'import * as aws from "@pulumi/aws";\nnew aws.glue.CatalogTable("o", {});\n'),
        ("Pulumi.yaml", "runtime: yaml\ntype: aws:glue/catalogTable:CatalogTable\n"),
    ],
)
def test_tables_that_only_code_makes_are_told_as_missing_from_the_ddl(path: str, text: str) -> None:
    assert _rules(path, text) == {"tables-in-code": 2}


@pytest.mark.parametrize(
    ("path", "text"),
    [
        # A key of somebody's own configuration is no module of Ansible.
        ("conf.yml", "glue_job:\n  name: a\n"),
        # Another service has operations of the same name.
        (
            "s.ts",
            "import * as ddb from 'aws-cdk-lib/aws-dynamodb'; // no aws_glue here\nnew ddb.CfnTable(this, 't');\n",
        ),
        ("d.js", "const ddb = new AWS.DynamoDB();\nddb.createTable({TableName: 'o'});\n"),
        ("s.sh", "aws s3 cp glue.py s3://b/\naws dynamodb create-table --table-name glue\n"),
        # Terragrunt for something else, and a root that only says where the state is.
        ("live/terragrunt.hcl", 'inputs = {\n  cidr = "10.0.0.0/16"\n}\n'),
        ("terragrunt.hcl", 'remote_state {\n  backend = "s3"\n  config = { key = "glue" }\n}\n'),
        # No script: what has no ending is read only where its first line names an interpreter.
        ("NOTES", "aws glue start-job-run --job-name a\n"),
    ],
)
def test_what_makes_and_starts_nothing_of_glue_is_not_told(path: str, text: str) -> None:
    assert _rules(path, text) == {}


def test_a_job_that_only_code_makes_is_a_blocker_where_nothing_else_defines_one() -> None:
    [finding] = read_definitions({"play.yml": "- community.aws.glue_job:\n    name: a\n"}).findings
    assert (finding.rule, finding.severity) == ("definition-in-code", Severity.BLOCKER)
