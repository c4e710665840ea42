"""Jobs without awsglue: a Python shell job reaches Glue over AWS clients, and a definition says that it is a job."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, JobFacts, convert_project
from glue2lakehouse.tools.rewrite.batches import Ground, batches_of, convert_batch

SHELL = (
    "import boto3\nfrom steps import names\n\nglue = boto3.client('glue')\n"
    "run = glue.start_job_run(JobName='load', Arguments={'--day': '1'})\nprint(names(), run['JobRunId'])\n"
)
FILES = {
    "shell.py": SHELL,
    "steps.py": "import boto3\n\n\ndef names():\n    glue = boto3.client('glue')\n    return glue.get_tables(DatabaseName='d')['TableList']\n",
    "deploy.py": "import boto3\n\nboto3.client('glue').start_job_run(JobName='load')\n",
}
FACTS = {"shell.py": JobFacts(defined=True), "steps.py": JobFacts(), "deploy.py": JobFacts()}


def _whole(files: dict[str, str]) -> dict[str, Conversion]:
    return {conversion.path: conversion for conversion in convert_project(files, Settings(), FACTS)}


def _in_batches(files: dict[str, str]) -> dict[str, Conversion]:
    ground = Ground(Settings(), tuple(files), {})
    made = [each for batch in batches_of(files, FACTS) for each in convert_batch(batch, ground)]
    return {conversion.path: conversion for conversion in made}


@pytest.mark.parametrize("run", [_whole, _in_batches])
def test_a_script_that_a_job_is_defined_to_run_starts_the_migrated_jobs(run) -> None:
    found = run(FILES)
    assert "run = start_job_run(job_name='load', arguments={'--day': '1'})" in found["shell.py"].after
    assert 'get_tables("main.d")' in found["steps.py"].after
    # What no definition runs, a script that deploys for instance, goes on with AWS as it did.
    assert found["deploy.py"].after == FILES["deploy.py"]


@pytest.mark.parametrize("run", [_whole, _in_batches])
def test_a_script_may_reach_glue_over_what_it_imports_only(run) -> None:
    files = {**FILES, "shell.py": "from steps import names\n\nprint(names())\n"}
    found = run(files)
    assert 'get_tables("main.d")' in found["steps.py"].after
    assert found["shell.py"].after == files["shell.py"]


@pytest.mark.parametrize(
    ("operation", "script"),
    [
        ("start_query_execution", "import boto3\n\nboto3.client('athena').start_query_execution(QueryString='select 1')\n"),
        ("start-job-run", "import subprocess\n\nsubprocess.run(['aws', 'glue', 'start-job-run', '--job-name', 'load'])\n"),
        (
            "start_job_run",
            "import botocore.session\n\nglue = botocore.session.get_session().create_client('glue')\nglue.start_job_run(JobName='load')\n",
        ),
    ],
)  # fmt: skip
def test_what_has_no_counterpart_is_told_in_such_a_job(operation: str, script: str) -> None:
    blockers = [
        item for item in _whole({**FILES, "shell.py": script})["shell.py"].findings if item.severity is Severity.BLOCKER
    ]
    assert any(operation in item.message for item in blockers)


def test_a_job_of_plain_spark_does_without_the_spark_context() -> None:
    files = {
        "shell.py": "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "spark.sparkContext.setLogLevel('WARN')\nspark.table('d.t').write.mode('append').saveAsTable('d.o')\n"
    }
    found = _whole(files)["shell.py"]
    assert "setLogLevel" not in found.after
    assert "main.d.t" in found.after


def test_a_job_that_only_computes_comes_out_byte_for_byte() -> None:
    files = {"shell.py": "import boto3, sys\n\ns3 = boto3.client( 's3' )\ns3.upload_file(sys.argv[1], 'b', 'k')\n"}
    assert _whole(files)["shell.py"].after == files["shell.py"]
