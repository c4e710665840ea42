"""Options that go without a part in the rows are said, and what tells of another source is a warning or stops."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project

HEAD = """import sys
from awsglue.context import GlueContext
from awsglue.utils import getResolvedOptions
glueContext = GlueContext()
args = getResolvedOptions(sys.argv, ["TempDir", "arn"])
"""
COMPAT = {"glue_compat.py": "def read_dynamodb(*a, **k): ...\ndef unbox_json(*a, **k): ...\n"}


def converted(line: str) -> Conversion:
    return next(iter(convert_project({"job.py": HEAD + line}, Settings())))


def proved(line: str) -> tuple[str, list[str], Evidence]:
    """Return the text, the messages of the rules, and what the checks make of both."""
    done = converted(line)
    result = check(
        done.before,
        done.after,
        "job.py",
        {"job.py": done.before},
        {"job.py": done.after, **COMPAT},
        done.findings,
        Settings(),
    )
    return done.after, [found.message for found in done.findings], result.evidence


CATALOG = 'glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t"'
BIGQUERY = 'frame = glueContext.create_dynamic_frame.from_options("bigquery", {{"connectionName": "c", "parentProject": "p"{}}})'


def test_a_parallel_read_of_a_catalog_table_says_what_goes() -> None:
    text, said, evidence = proved(f'{CATALOG}, additional_options={{"hashfield": "c", "hashpartitions": "5"}})')
    assert 'spark.read.table("main.d.t")' in text
    assert any(message.startswith("hashfield, hashpartitions go") for message in said)
    assert evidence is Evidence.RESOLVED


def test_a_staging_folder_warns_that_the_table_may_be_one_of_redshift() -> None:
    for line in (f'{CATALOG}, redshift_tmp_dir=args["TempDir"])', f'{CATALOG}, redshift_tmp_dir="s3://tmp/")'):
        done = converted(line)
        assert [found.severity for found in done.findings if "Redshift" in found.message] == [Severity.WARNING]


def test_a_write_with_a_staging_folder_warns_that_redshift_gets_no_rows() -> None:
    write = 'glueContext.write_dynamic_frame.from_catalog(frame, "d", "u", redshift_tmp_dir=args["TempDir"])'
    done = converted(f"frame = {CATALOG})\n{write}")
    assert [found.severity for found in done.findings if "written to Unity Catalog" in found.message] == [
        Severity.WARNING
    ]


@pytest.mark.parametrize("empty", ['""', "None"])
def test_an_empty_staging_folder_tells_nothing(empty: str) -> None:
    assert not any("Redshift" in found.message for found in converted(f"{CATALOG}, redshift_tmp_dir={empty})").findings)


@pytest.mark.parametrize(("source", "read", "gone"), [("query", "query=", "table="), ("table", "table=", "query=")])
def test_bigquery_is_given_the_one_that_source_type_names(source: str, read: str, gone: str) -> None:
    text, _, evidence = proved(BIGQUERY.format(f', "sourceType": "{source}", "table": "d.t", "query": "SELECT 1"'))
    assert read in text
    assert gone not in text
    assert evidence is Evidence.RESOLVED


def test_bigquery_with_a_table_and_a_query_and_no_word_which_is_handed_off() -> None:
    done = converted(BIGQUERY.format(', "table": "d.t", "query": "SELECT 1"'))
    assert any(found.severity is Severity.BLOCKER and "sourceType" in found.message for found in done.findings)


def test_a_context_that_a_union_is_given_by_position_is_no_lost_text() -> None:
    text, _, evidence = proved(f'a = {CATALOG})\nb = {CATALOG})\nc = a.union(b, "both")\nc.toDF().show()')
    assert "c = a.unionByName(b, allowMissingColumns=True)" in text
    assert evidence is Evidence.RESOLVED


def test_an_export_that_says_no_to_its_switches_is_accounted_for() -> None:
    options = '{"dynamodb.export": "ddb", "dynamodb.tableArn": args["arn"], "dynamodb.unnestDDBJson": False}'
    text, said, evidence = proved(f'frame = glueContext.create_dynamic_frame.from_options("dynamodb", {options})')
    assert 'read_dynamodb(spark, args["arn"], tagged=True)' in text
    assert "dynamodb.unnestDDBJson=False: nothing is done" in said
    assert evidence is Evidence.RESOLVED


@pytest.mark.parametrize("arn", ['args["arn"]', '"arn:aws:" + args["arn"]'])
def test_a_computed_arn_is_taken_apart_when_it_runs(arn: str) -> None:
    options = f'{{"typeOfData": "kinesis", "streamARN": {arn}, "classification": "json", "schema": "id INT"}}'
    text, _, evidence = proved(f'frame = glueContext.create_data_frame.from_options("kinesis", {options})')
    held = arn if arn.startswith("args") else f"({arn})"
    assert f'streamName={held}.split("/")[-1], region={held}.split(":")[3]' in text
    assert evidence is Evidence.RESOLVED
