"""Catalog look-ups of the AWS client become look-ups in Unity Catalog."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime.catalog import AwsPages, get_databases, get_partitions, get_table, get_tables

HEAD = (
    "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'glue = boto3.client("glue", region_name=where)\n'
)
MAPPED = Settings(schemas={"sales": "shop"}, tables={"sales.orders": "lake.core.orders"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('x = glue.get_table(DatabaseName="sales", Name="orders")', 'x = get_table("lake.core.orders")'),
        ("x = glue.get_table(DatabaseName=db, Name=name)", "x = get_table(uc_name(db, name))"),
        ('x = glue.get_tables(DatabaseName="sales", MaxResults=90, NextToken=token)', 'x = get_tables("main.shop")'),
        ("x = glue.get_databases()", 'x = get_databases("main")'),
        ('x = glue.get_partitions(DatabaseName="sales", TableName="orders")', 'x = get_partitions("lake.core.orders")'),
        (
            'pages = glue.get_paginator("get_tables")\nfor page in pages.paginate(DatabaseName=db):\n    print(page)',
            "for page in [get_tables(uc_schema(db))]:\n    print(page)",
        ),
        ('x = glue.get_database(Name="sales")', 'x = get_database("main.shop")'),
        ('db = "sales"\nx = glue.get_tables(DatabaseName=db)', 'x = get_tables("main.shop")'),
        (
            'x = glue.get_paginator("get_tables").paginate(DatabaseName=db).build_full_result()',
            "x = AwsPages([get_tables(uc_schema(db))]).build_full_result()",
        ),
        (
            "try:\n    x = glue.get_table(DatabaseName=db, Name=t)\nexcept ClientError as e:\n    raise ValueError from e",
            "    x = get_table(uc_name(db, t))\n",
        ),
        (
            "try:\n    x = glue.get_table(DatabaseName=db, Name=t)\nexcept ClientError as e:\n    logger.error('no table')\n    raise e",
            "    x = get_table(uc_name(db, t))\n",
        ),
        (
            "def has(db, t):\n    try:\n        glue.get_table(DatabaseName=db, Name=t)\n        return True\n"
            "    except Exception:\n        return False",
            "        get_table(uc_name(db, t))\n        return True\n",
        ),
    ],
)
def test_a_look_up_goes_to_unity_catalog_and_an_idle_client_goes(convert, before: str, after: str) -> None:
    source = HEAD + before + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source, settings=MAPPED)
    assert after in conversion.after
    assert "boto3.client" not in conversion.after
    assert {f.severity for f in conversion.findings} == {Severity.INFO}
    project = {"glue_compat.py": render_compat(conversion.compat)}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, MAPPED)
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


@pytest.mark.parametrize(
    ("code", "handler"),
    [
        ("glue.get_table(DatabaseName=db, Name=t)", 'get_table(f"main.{db}.{t}", errors=glue.exceptions)'),
        (
            "glue.get_partitions(DatabaseName=db, TableName=t)",
            'get_partitions(f"main.{db}.{t}", errors=glue.exceptions)',
        ),
        (
            "[p for p in glue.get_paginator('get_tables').paginate(DatabaseName=db)]",
            '[p for p in [get_tables(f"main.{db}", errors=glue.exceptions)]]',
        ),
    ],
)
def test_error_classes_that_a_handler_names_are_those_of_its_client(convert, code: str, handler: str) -> None:
    source = HEAD + f"try:\n    x = {code}\nexcept glue.exceptions.EntityNotFoundException:\n    x = None\n"
    conversion = convert(source)
    assert f"    x = {handler}\nexcept glue.exceptions.EntityNotFoundException:" in conversion.after
    assert "glue = boto3.client" in conversion.after
    elsewhere = HEAD + f"from errors import tell\nx = {code}\n"
    told = convert(
        elsewhere, errors="def tell(glue, e):\n    return isinstance(e, glue.exceptions.EntityNotFoundException)"
    )
    assert f"x = {handler}" in told.after


def test_pages_that_are_kept_have_no_error_classes_at_hand(convert) -> None:
    line = "    x = pages.paginate(DatabaseName='a')\nexcept glue.exceptions.EntityNotFoundException:\n    x = None\n"
    conversion = convert(HEAD + "pages = glue.get_paginator('get_tables')\ntry:\n" + line)
    assert line in conversion.after
    assert [f.severity for f in conversion.findings if f.line == 8] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    "line",
    [
        'x = glue.get_tables(DatabaseName="a", MaxResults=1)',
        'x = glue.get_paginator("get_tables").paginate(DatabaseName="a", PaginationConfig={"MaxItems": 5})',
        'x = glue.get_paginator("get_tables").paginate(DatabaseName="a", PaginationConfig=config)',
    ],
)
def test_that_only_the_first_answers_were_wanted_is_told(convert, line: str) -> None:
    (told,) = [f for f in convert(HEAD + line + "\n").findings if f.severity is not Severity.INFO]
    assert (told.severity, told.line) == (Severity.WARNING, 6)
    assert "gives all there is" in told.message


def test_pages_are_searched_and_put_together_as_those_of_a_paginator() -> None:
    pages = AwsPages([{"TableList": [{"Name": "a", "Keys": [1]}, {"Name": "b"}]}])
    assert list(pages.search("TableList[].Name")) == ["a", "b"]
    assert list(pages.search("length(TableList)")) == [2]
    assert list(pages.search("TableList[?Name == 'c']")) == []
    assert pages.build_full_result()["TableList"][1] == {"Name": "b"}
    assert [len(page["TableList"]) for page in pages] == [2]


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("another account", 'x = glue.get_table(CatalogId="1", DatabaseName="a", Name="b")'),
        ("a crawler whose end is waited for", 'glue.start_crawler(Name="c")\nx = later("get_crawler")'),
        ("a crawler whose answer is kept", 'x = glue.start_crawler(Name="c")'),
        (
            "a crawler that may run already",
            'try:\n    glue.start_crawler(Name="c")\nexcept glue.exceptions.CrawlerRunningException:\n    pass',
        ),
    ],
)
def test_other_look_ups_stay_with_the_counterpart(convert, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\nspark.table('main.a.b').show()\n")
    assert line in conversion.after, why
    assert [f.severity for f in conversion.findings if f.line > 5] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("partitions by an expression", 'x = glue.get_partitions(DatabaseName="a", TableName="b", Expression="y=1")'),
        ("tables that a pattern names", 'x = glue.get_tables(DatabaseName="a", Expression="x*")'),
        ("what is in no keyword", "x = glue.get_table(**given)"),
        ("a look-up that is handed on", "later(glue.get_table)"),
        ("a partition that is somewhere else now", "glue.update_partition(**given)"),
        ("some partitions", 'x = glue.batch_get_partition(DatabaseName="a", TableName="b", PartitionsToGet=wanted)'),
        ("rows that go with their partition", 'glue.delete_partition(DatabaseName="a", TableName="b")'),
        ("a definition that is changed for Glue only", 'glue.update_database(Name="a", DatabaseInput=given)'),
        ("rows of tables that are frozen", 'x = boto3.client("athena").start_query_execution(QueryString="select 1")'),
        ("a partition that is taken away", "boto3.client('athena').start_query_execution(QueryString='alter table a drop partition (y=1)')"),
        ("a query that is computed", "boto3.client('athena').start_query_execution(QueryString=query)"),
        ("partitions that cannot be seen", "x = glue.batch_create_partition(**given)"),
        ("partitions of Athena that are waited for", 'x = boto3.client("athena").start_query_execution(QueryString="MSCK REPAIR TABLE a")'),
        ("a bookmark that is set back", 'glue.reset_job_bookmark(JobName="j")'),
    ],
)  # fmt: skip
def test_what_would_go_wrong_quietly_is_handed_off(convert, why: str, line: str) -> None:
    conversion = convert(HEAD + line + "\nspark.table('main.a.b').show()\n")
    assert line in conversion.after, why
    assert [f.severity for f in conversion.findings if f.line > 5 and f.rule != "aws-clients"] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    "line",
    [
        'glue.start_crawler(Name="crawl_orders")',
        "for name in names:\n    glue.start_crawler(Name=name)",
    ],
)
def test_a_crawler_goes_with_a_warning(convert, line: str) -> None:
    source = HEAD + line + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source)
    assert "start_crawler" not in conversion.after
    compile(conversion.after, "job.py", "exec")
    assert [f.severity for f in conversion.findings if f.rule == "aws-calls"] == [Severity.WARNING]
    result = check(source, conversion.after, "job.py", {}, {}, conversion.findings, Settings())
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


NAMED = Settings(aws_secrets={"prod/db": "warehouse/login", "/app/key": "app/key", "odd": "no key"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            'x = boto3.client("secretsmanager").get_secret_value(SecretId="prod/db")["SecretString"]',
            'x = get_secret_value("warehouse", "login")["SecretString"]',
        ),
        (
            'name = "/app/key"\nx = boto3.client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"]',
            'x = get_parameter("app", "key")["Parameter"]["Value"]',
        ),
    ],
)
def test_a_secret_comes_from_the_scope_that_the_settings_name(convert, before: str, after: str) -> None:
    source = HEAD + before + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source, settings=NAMED)
    assert after in conversion.after
    result = check(source, conversion.after, "job.py", {}, {"glue_compat.py": ""}, conversion.findings, NAMED)
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER and "glue_compat" not in f.message] == []


@pytest.mark.parametrize(
    "line",
    [
        'boto3.client("secretsmanager").get_secret_value(SecretId="unknown")',
        'boto3.client("secretsmanager").get_secret_value(SecretId="odd")',
        'boto3.client("secretsmanager").get_secret_value(SecretId="prod/db", VersionStage="AWSPREVIOUS")',
        'boto3.client("secretsmanager").get_secret_value(SecretId=given)',
        'boto3.client("ssm").get_parameter("/app/key")',
        'try:\n    boto3.client("ssm").get_parameter(Name="/app/key")\nexcept ClientError:\n    pass',
    ],
)
def test_another_secret_stays_with_the_aws_client(convert, line: str) -> None:
    conversion = convert(HEAD + line + "\nspark.table('main.a.b').show()\n", settings=NAMED)
    assert line in conversion.after
    assert {f.severity for f in conversion.findings} == {Severity.INFO}


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


@pytest.mark.spark
def test_partitions_are_listed_by_their_values(spark: Any) -> None:
    spark.sql("CREATE SCHEMA IF NOT EXISTS parted")
    for name, using in (("files", "parquet"), ("versions", "delta")):
        spark.sql(
            f"CREATE TABLE parted.{name} (id INT, month STRING, day DATE) USING {using} PARTITIONED BY (month, day)"
        )
        spark.sql(
            f"INSERT INTO parted.{name} VALUES (1, '02', DATE'2024-02-03'), (2, '01', NULL), (3, '02', DATE'2024-02-03')"
        )
        assert get_partitions(f"parted.{name}") == {
            "Partitions": [
                {"DatabaseName": "parted", "TableName": name, "Values": values}
                for values in (["01", "__HIVE_DEFAULT_PARTITION__"], ["02", "2024-02-03"])
            ]
        }
    spark.sql("CREATE TABLE parted.plain (id INT) USING delta")
    spark.sql("CREATE TABLE parted.numbers (id INT, month INT) USING delta PARTITIONED BY (month)")
    for name in ("plain", "numbers"):
        with pytest.raises(ValueError, match="no partition columns"):
            get_partitions(f"parted.{name}")
    spark.sql("DROP SCHEMA parted CASCADE")
