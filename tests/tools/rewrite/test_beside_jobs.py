"""Python that neither uses Glue nor is a job's, and works on the catalog that is left behind: byte for byte, and told."""

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.rewrite.batches import Ground, batches_of, convert_batch

GLUE = "import boto3\nglue = boto3.client('glue')\n"


def _told(code: str) -> list[Finding]:
    [made] = convert_project({"f.py": code}, Settings())
    assert made.after == code
    return list(made.findings)


@pytest.mark.parametrize(
    "code",
    [
        GLUE + "glue.batch_create_partition(DatabaseName='s', TableName='o', PartitionInputList=parts)\n",
        GLUE + "glue.create_table(DatabaseName='s', TableInput=made)\n",
        GLUE + "for page in glue.get_paginator('get_partitions').paginate(DatabaseName='s', TableName='o'): print(page)\n",
        GLUE + "glue.start_crawler(Name='c')\n",
        GLUE + "glue.reset_job_bookmark(JobName='a')\n",
        GLUE + "glue.update_table(**changes)\n",
        "import boto3\nboto3.client('athena').start_query_execution(QueryString='MSCK REPAIR TABLE o')\n",
        "import boto3\nboto3.client('lakeformation').grant_permissions(Principal=p, Resource=r, Permissions=['SELECT'])\n",
        "import awswrangler as wr\nwr.s3.to_parquet(df=df, path=p, dataset=True, database='m', table='o', mode='append')\n",
        "import awswrangler as wr\nframe = wr.athena.read_sql_query('SELECT 1', database='m')\n",
        "from awswrangler import catalog\ncatalog.add_parquet_partitions(database='m', table='o', partitions_values=v)\n",
        "from pyathena import connect\nconnection = connect(s3_staging_dir='s3://q/')\n",
        # A file that works on Spark is understood with its kinds, and told all the same.
        "import boto3\nfrom pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().range(3).show()\n"
        "boto3.client('glue').start_crawler(Name='c')\n",
    ],
)  # fmt: skip
def test_what_works_on_the_catalog_that_is_left_behind_is_told(code: str) -> None:
    [finding] = _told(code)
    assert (finding.rule, finding.severity) == ("aws-beside-jobs", Severity.WARNING)
    assert finding.line == len(code.splitlines())


def test_a_write_is_told_beside_a_read_and_each_operation_once() -> None:
    code = (
        "import awswrangler as wr\na = wr.athena.read_sql_query('q', database='m')\nb = wr.athena.read_sql_query('r', database='m')\n"
        "wr.s3.to_csv(a, 's3://b/a/', dataset=True, database='m', table='o')\n"
    )
    assert [finding.line for finding in _told(code)] == [2, 4]


@pytest.mark.parametrize(
    "code",
    [
        # What starts and makes jobs is told where definitions are read.
        GLUE + "glue.start_job_run(JobName='a')\n",
        # Tables of another service, and a look-up of another library.
        "import boto3\nboto3.client('dynamodb').create_table(TableName='glue', KeySchema=k)\n",
        "import boto3\nregistry.get_tables(DatabaseName='s')\n",
        "import boto3\nboto3.client('stepfunctions').start_execution(stateMachineArn=a)\n",
        "import awswrangler as wr\nwr.s3.to_csv(frame, 's3://b/a.csv')\n",
        # A test that stands in for AWS.
        "import boto3\nfrom moto import mock_aws\nglue = boto3.client('glue')\nglue.create_table(DatabaseName='s', TableInput=t)\n",
    ],
)
def test_what_is_not_the_catalogs_is_not_told(code: str) -> None:
    assert _told(code) == []


def test_a_module_of_a_job_is_told_as_the_jobs() -> None:
    files = {
        "job.py": "from awsglue.context import GlueContext\nfrom lib import crawl\n\nspark = GlueContext().spark_session\ncrawl()\n",
        "lib.py": "import boto3\n\n\ndef crawl():\n    boto3.client('athena').start_query_execution(QueryString='q')\n",
        "beside.py": "import boto3\nboto3.client('athena').start_query_execution(QueryString='q')\n",
    }
    ground = Ground(Settings(), tuple(files), {})
    made = [each for batch in batches_of(files, {}) for each in convert_batch(batch, ground)]
    rules = {each.path: {finding.rule for finding in each.findings} for each in made}
    assert "aws-beside-jobs" not in rules["lib.py"]
    assert rules["beside.py"] == {"aws-beside-jobs"}


def test_what_is_handed_on_beside_the_jobs_is_told_as_well() -> None:
    [finding] = _told("import awswrangler as wr\nquery = wr.athena.read_sql_query\nquery('SELECT 1', database='m')\n")
    assert (finding.line, finding.severity) == (2, Severity.WARNING)
