"""Catalog look-ups of the AWS client become look-ups in Unity Catalog."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite.runtime.catalog import get_databases, get_table, get_tables

HEAD = (
    "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'glue = boto3.client("glue", region_name=where)\n'
)
MAPPED = Settings(schemas={"sales": "shop"}, tables={"sales.orders": "lake.core.orders"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('x = glue.get_table(DatabaseName="sales", Name="orders")', 'x = get_table("lake.core.orders")'),
        ("x = glue.get_table(DatabaseName=db, Name=name)", 'x = get_table(f"main.{db}.{name}")'),
        ('x = glue.get_tables(DatabaseName="sales", MaxResults=90)', 'x = get_tables("main.shop")'),
        ("x = glue.get_databases()", 'x = get_databases("main")'),
        (
            'pages = glue.get_paginator("get_tables")\nfor page in pages.paginate(DatabaseName=db):\n    print(page)',
            'for page in [get_tables(f"main.{db}")]:\n    print(page)',
        ),
        (
            "def has(db, t):\n    try:\n        glue.get_table(DatabaseName=db, Name=t)\n        return True\n"
            "    except Exception:\n        return False",
            '        get_table(f"main.{db}.{t}")\n        return True\n',
        ),
    ],
)
def test_a_look_up_goes_to_unity_catalog_and_an_idle_client_goes(convert, before: str, after: str) -> None:
    source = HEAD + before + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source, settings=MAPPED)
    assert after in conversion.after
    assert "boto3.client" not in conversion.after
    assert {f.severity for f in conversion.findings} == {Severity.INFO}
    project = {"glue_compat.py": "def get_table(n): ...\ndef get_tables(n): ...\ndef get_databases(n): ...\n"}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, MAPPED)
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("another account", 'x = glue.get_table(CatalogId="1", DatabaseName="a", Name="b")'),
        ("tables that a pattern names", 'x = glue.get_tables(DatabaseName="a", Expression="x*")'),
        ("what is in no keyword", "x = glue.get_table(**given)"),
        (
            "an error of Glue's own is told apart",
            'try:\n    x = glue.get_table(DatabaseName="a", Name="b")\nexcept glue.exceptions.EntityNotFoundException:\n    x = None',
        ),
        ("another operation", 'x = glue.get_partitions(DatabaseName="a", TableName="b")'),
    ],
)
def test_other_look_ups_stay_with_the_counterpart(convert, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\nspark.table('main.a.b').show()\n")
    assert line in conversion.after, why
    assert [f.severity for f in conversion.findings if f.line > 5] == [Severity.WARNING]


def test_a_client_with_other_uses_stays(convert) -> None:
    after = convert(HEAD + "x = glue.get_databases()\nglue.get_jobs()\n").after
    assert "glue = boto3.client" in after


@pytest.mark.spark
def test_the_answers_have_the_shape_of_glues(spark: Any) -> None:
    spark.sql("CREATE SCHEMA IF NOT EXISTS looked_up")
    spark.sql("CREATE TABLE IF NOT EXISTS looked_up.orders (id BIGINT COMMENT 'key', item STRUCT<a: INT>, day STRING) USING parquet PARTITIONED BY (day)")  # fmt: skip
    spark.sql("CREATE OR REPLACE VIEW looked_up.seen AS SELECT id FROM looked_up.orders")
    spark.range(1).createOrReplaceTempView("local_only")
    table = get_table("looked_up.orders")["Table"]
    assert table["StorageDescriptor"]["Location"].endswith("looked_up.db/orders")
    assert table["StorageDescriptor"]["Columns"] == [
        {"Name": "id", "Type": "bigint", "Comment": "key"},
        {"Name": "item", "Type": "struct<a:int>"},
    ]
    assert (table["Name"], table["DatabaseName"]) == ("orders", "looked_up")
    assert table["PartitionKeys"] == [{"Name": "day", "Type": "string"}]
    assert {each["Name"]: each["TableType"] for each in get_tables("looked_up")["TableList"]} == {
        "orders": "EXTERNAL_TABLE",
        "seen": "VIRTUAL_VIEW",
    }
    assert "looked_up" in [each["Name"] for each in get_databases("spark_catalog")["DatabaseList"]]
    with pytest.raises(Exception, match="TABLE_OR_VIEW_NOT_FOUND"):
        get_table("looked_up.nothing")
    spark.sql("DROP SCHEMA looked_up CASCADE")
