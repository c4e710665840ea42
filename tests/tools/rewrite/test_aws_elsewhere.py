"""AWS out of the rules' sight: clients of unknown origin, other libraries, the command line, and operations told as data."""

import re

import botocore.session
import pytest
from botocore import xform_name

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite.aws.counterparts import COUNTERPARTS, UNTOUCHED
from glue2lakehouse.tools.rewrite.kinds.stubs import LOOK_UPS
from glue2lakehouse.tools.rewrite.rules.aws_jobs import JobRuns
from glue2lakehouse.tools.rewrite.rules.catalog_writes import CatalogWrites

HEAD = "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
DROP = 'delete_table(DatabaseName="a", Name="b")'
LOGS = 'boto3.client("logs").get_log_events'
_NEWER = re.compile(r"integration|glossar|asset|form_type|attachment|iterable_form|identity_center")
"""Operations on what came to Glue's API after its catalog and jobs, and that no job of theirs works on."""


def test_every_operation_of_glue_is_told_or_known_to_stay_right() -> None:
    session = botocore.session.get_session()
    told = {name.partition(".")[2] for name in COUNTERPARTS if name.startswith("glue.")}
    answered = {name.rpartition(".")[2] for name in (*JobRuns.glue, *CatalogWrites.glue)} | set(LOOK_UPS)
    operations = {xform_name(name) for name in session.get_service_model("glue").operation_names}
    assert {name for name in operations - told - answered - UNTOUCHED if not _NEWER.search(name)} == set()
    for service in {name.partition(".")[0] for name in COUNTERPARTS}:
        known = {xform_name(name) for name in session.get_service_model(service).operation_names}
        assert {name.partition(".")[2] for name in COUNTERPARTS if name.startswith(f"{service}.")} <= known


@pytest.mark.parametrize(
    ("why", "code"),
    [
        ("a client that a function makes", f'def made(name):\n    return wrap(boto3.client(name))\n\n\nmade("glue").{DROP}'),
        ("a client in a dict", f'held = {{n: boto3.client(n) for n in ("glue", "s3")}}\nheld["glue"].{DROP}'),
        ("a client from elsewhere", f"from clients import glue\nglue.{DROP}"),
        ("botocore itself", f'import botocore.session\nbotocore.session.get_session().create_client("glue").{DROP}'),
        ("arguments that are not seen", "from clients import glue\ntable = spark.conf.get('t')\nglue.create_table(**table)"),
        ("pages of such a client", 'from clients import glue\nglue.get_paginator("get_partitions")'),
        ("a method that is handed on", 'later(boto3.client("glue").delete_table)'),
        ("a definition that is frozen", 'boto3.client("glue").get_job(JobName="j")'),
        ("an old job that runs again", 'boto3.client("glue").start_trigger(Name="t")'),
        ("logs of Glue", f'{LOGS}(logGroupName="/aws-glue/jobs/output")'),
        ("logs by a default", f'def read(group="/aws-glue/jobs/error"):\n    return {LOGS}(logGroupName=group)'),
        ("pages of logs", 'group = "/aws-glue/x"\nboto3.client("logs").get_paginator("filter_log_events")'),
        ("metrics of Glue", 'boto3.client("cloudwatch").get_metric_statistics(Namespace="Glue")'),
        ("rights that stay", 'boto3.client("lakeformation").revoke_permissions(Principal={}, Resource={})'),
        ("AWS SDK for pandas on Athena", 'import awswrangler as wr\nx = wr.athena.read_sql_query("select 1", database="a")'),
        ("a table that it registers", 'import awswrangler as wr\nwr.s3.to_parquet(df=x, path="s3://b/", database="a", table="t")'),
        ("a part that is imported", 'from awswrangler import catalog\ncatalog.delete_table_if_exists("a", "b")'),
        ("PyAthena", 'from pyathena import connect\nx = connect(s3_staging_dir="s3://b/")'),
        ("an address of Athena", 'x = make("awsathena+rest://@athena.eu-west-1.amazonaws.com/a")'),
        ("a command whose end nobody looks at", 'import os\nos.system("aws s3 rm s3://b/x --recursive")'),
        ("a command on the catalog", 'import subprocess\nsubprocess.check_call(["aws", "glue", "delete-table", "--name", "x"])'),
    ],
)  # fmt: skip
def test_what_would_go_wrong_quietly_is_handed_off(convert, why: str, code: str) -> None:
    conversion = convert(HEAD + code + "\nspark.table('main.a.b').show()\n")
    assert code in conversion.after, why
    assert [f.severity for f in conversion.findings if f.severity is not Severity.INFO] == [Severity.BLOCKER], why


@pytest.mark.parametrize(
    ("why", "code", "severity"),
    [
        ("a group that is not Glue's", f'{LOGS}(logGroupName="/ecs/app")', None),
        ("a group that is not known", f"{LOGS}(logGroupName=given)", Severity.WARNING),
        ("metrics of somebody else", 'boto3.client("cloudwatch").get_metric_statistics(Namespace="Shop")', None),
        ("a schema registry", 'boto3.client("glue").get_schema_version(SchemaVersionId="x")', None),
        ("a state machine", 'boto3.client("stepfunctions").start_execution(stateMachineArn="x")', Severity.WARNING),
        ("a table of DynamoDB", 'from clients import db\ndb.delete_table(TableName="b")', None),
        ("a method of the project", 'class Repo:\n    def delete_table(self, **names): ...\n\n\nRepo().' + DROP, None),
        ("AWS SDK for pandas on files", 'import awswrangler as wr\nx = wr.s3.read_parquet("s3://b/")', None),
        ("a file of S3", 'import pandas as pd\nx = pd.read_csv("s3://b/x.csv")', None),
        ("a command that fails loudly", 'import subprocess\nsubprocess.check_call(["aws", "s3", "ls"])', Severity.WARNING),
        ("another command", 'import os\nos.system("laws of nature")', None),
        ("a secret of AWS", 'boto3.client("ssm").put_parameter(Name="/x", Value="1")', None),
    ],
)  # fmt: skip
def test_what_stays_right_or_fails_loudly_is_not(convert, why: str, code: str, severity: Severity | None) -> None:
    conversion = convert(HEAD + code + "\nspark.table('main.a.b').show()\n")
    assert code in conversion.after, why
    assert [f.severity for f in conversion.findings if f.severity is not Severity.INFO] == [severity][
        : severity is not None
    ]


def test_a_library_that_asks_s3_for_what_has_moved_is_handed_off(convert, blockers) -> None:
    source = HEAD + 'import pandas as pd\nplace = "s3://raw/b"\nx = pd.read_csv("s3://raw/a.csv")\n'
    (told,) = blockers(source, settings=Settings(paths={"s3://raw": "/Volumes/main/raw/files"}))
    assert "pandas asks S3" in told
    assert blockers(source, settings=Settings(paths={"s3://other": "/Volumes/main/raw/files"})) == []


def test_a_secret_that_is_read_from_a_scope_is_not_written_with_aws_unsaid(convert, blockers) -> None:
    named = Settings(aws_secrets={"/app/key": "app/key"})
    line = 'boto3.client("ssm").put_parameter(Name="{}", Value="1")\n'
    assert len(blockers(HEAD + line.format("/app/key"), settings=named)) == 1
    assert blockers(HEAD + line.format("/other"), settings=named) == []


def test_a_project_without_glue_is_left_alone(convert) -> None:
    source = f"from clients import glue\nglue.{DROP}\n"
    conversion = convert(source)
    assert (conversion.after, conversion.findings) == (source, ())


OTHER = 'get_tables(DatabaseName="a")\n'


@pytest.mark.parametrize(
    ("why", "code", "told"),
    [
        ("a role of another account", f'boto3.client("glue", aws_access_key_id=k, aws_secret_access_key=s).{OTHER}', 1),
        ("after one of its own", f'boto3.client("glue").{OTHER}boto3.client("glue", endpoint_url=u).{OTHER}', 1),
        ("a profile", f'boto3.Session(profile_name="p").client("glue").{OTHER}', 1),
        ("a session that is kept", f'class A:\n    s = boto3.session.Session(aws_session_token=t)\n    x = s.client("glue").{OTHER}', 1),
        ("a session that cannot be seen", f'made = [boto3.Session(profile_name="p")]\nboto3.Session().client("glue").{OTHER}', 0),
        ("the job's own", f'boto3.Session(region_name="r").client("glue", region_name="r").{OTHER}', 0),
    ],
)  # fmt: skip
def test_a_client_of_somebody_else_is_told(convert, why: str, code: str, told: int) -> None:
    findings = convert(HEAD + code).findings
    assert [f.severity for f in findings if "of its own" in f.message] == [Severity.WARNING] * told, why


@pytest.mark.parametrize(
    ("why", "code", "severity"),
    [
        ("a rule for a workflow", 'boto3.client("events").put_targets(Rule="x", Targets=[{"Arn": "arn:aws:glue:r:1:workflow/w"}])', Severity.BLOCKER),
        ("a schedule for a job", 'boto3.client("scheduler").create_schedule(Target={"Arn": "arn:aws:scheduler:::aws-sdk:glue:startJobRun"})', Severity.BLOCKER),
        ("a rule for a queue", 'arn = "arn:aws:glue:r:1:job/j"\nboto3.client("events").put_targets(Rule="x", Targets=[{"Arn": "arn:aws:sqs:r:1:q"}])', None),
        ("a rule for what is computed", 'arn = "arn:aws:glue:r:1:job/j"\nboto3.client("events").put_targets(Rule="x", Targets=[{"Arn": arn}])', Severity.BLOCKER),
        ("a function", 'boto3.client("lambda").invoke(FunctionName="start")', Severity.WARNING),
        ("a message", 'boto3.client("sns").publish(Message="x")', None),
    ],
)  # fmt: skip
def test_what_starts_glue_from_elsewhere_is_told(convert, why: str, code: str, severity: Severity | None) -> None:
    told = [f.severity for f in convert(HEAD + code + "\n").findings if f.severity is not Severity.INFO]
    assert told == ([severity] if severity else []), why


@pytest.mark.parametrize(
    ("why", "head", "severity"),
    [
        ("nobody defines it", "", Severity.WARNING),
        (
            "Glue's stars bring no client",
            "from awsglue.transforms import *\nfrom pyspark.sql.functions import *\n",
            Severity.WARNING,
        ),
        ("a star may", "from clients import *\n", Severity.BLOCKER),
        ("another notebook may", "# MAGIC %run ./clients\n", Severity.BLOCKER),
        ("exec may", "exec(text)\n", Severity.BLOCKER),
        ("somewhere else", "def make():\n    global client\n    client = found()\n", Severity.BLOCKER),
        ("a parameter", "def use(client):\n    pass\n", Severity.BLOCKER),
        ("imported", "from clients import client\n", Severity.BLOCKER),
    ],
)
def test_a_client_that_nothing_defines_fails_as_it_does_in_glue(
    convert, why: str, head: str, severity: Severity
) -> None:
    line = 'x = client.get_table(DatabaseName="a", Name="b")\n'
    told = [f for f in convert(HEAD + head + line).findings if f.rule == "aws-elsewhere"]
    assert [f.severity for f in told] == [severity], why


WRANGLER = "from awsglue.utils import getResolvedOptions\nimport awswrangler as wr\n"


@pytest.mark.parametrize(
    "code",
    [
        # What is called is not what is named.
        "write = {'csv': wr.s3.to_csv}[form]\nwrite(frame, 's3://b/a/', dataset=True, database='m', table='t')\n",
        "query = wr.athena.read_sql_query\nquery('SELECT 1', 'm')\n",
        "tables = wr.catalog\nprint(tables.databases())\n",
        "class Job:\n    def __init__(self, wrangler=wr):\n        self.wr = wrangler\n\n    def run(self, frame):\n"
        "        self.wr.s3.to_parquet(frame, 's3://b/a/', dataset=True, database='m', table='t')\n",
        "from functools import partial\nread = partial(wr.s3.read_parquet_table, database='m')\n",
        # The database is among arguments that are not seen.
        "given = {'dataset': True, 'database': 'm', 'table': 't'}\nwr.s3.to_parquet(frame, 's3://b/a/', **given)\n",
    ],
)
def test_tables_that_are_reached_by_another_name_are_handed_off(convert, code: str) -> None:
    done = convert(WRANGLER + code)
    assert [each.severity for each in done.findings if each.rule == "aws-elsewhere"].count(Severity.BLOCKER) == 1


@pytest.mark.parametrize(
    "code",
    [
        # No database is named anywhere: files alone.
        "given = {'index': False}\nwr.s3.to_csv(frame, 's3://b/a.csv', **given)\n",
        "write = {'csv': wr.s3.to_csv}[form]\nwrite(frame, 's3://b/a.csv')\n",
        "self_wr = wr\n",
        # Errors and reads of files are nobody's tables.
        "try:\n    a = wr.s3.read_csv('s3://b/a.csv')\nexcept wr.exceptions.NoFilesFound:\n    a = None\nprint(a, database='x')\n",
        "read = wr.s3.read_parquet\nprint(read('s3://b/a/'), database='x')\n",
        # A test replaces it.
        "from unittest import mock\nwith mock.patch.object(wr.athena, 'read_sql_query'):\n    run(database='m')\n",
    ],
)
def test_files_of_s3_by_another_name_are_no_tables(convert, code: str) -> None:
    done = convert(WRANGLER + code)
    assert all(each.severity is not Severity.BLOCKER for each in done.findings if each.rule == "aws-elsewhere")
