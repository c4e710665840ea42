"""Partitions that boto3 registers, through Glue or Athena, are registered in Unity Catalog where they have to be."""

from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.runtime.partition_log import (
    batch_create_partition,
    batch_delete_partition,
    create_partition,
    delete_partition,
    get_partition,
    register_partitions,
)

HEAD = "import boto3\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
ATHENA = "boto3.client('athena').start_query_execution"
MAPPED = Settings(schemas={"sales": "shop"}, tables={"sales.orders": "lake.core.orders"})


@pytest.mark.parametrize(
    ("before", "after", "severity"),
    [
        (
            "x = boto3.client('glue').batch_create_partition(DatabaseName='sales', TableName='orders', PartitionInputList=parts)",
            'x = batch_create_partition("lake.core.orders", parts)',
            Severity.INFO,
        ),
        (
            "boto3.client('glue').create_partition(DatabaseName=db, TableName=t, PartitionInput=part)",
            "create_partition(uc_name(db, t), part)",
            Severity.INFO,
        ),
        (
            "try:\n    boto3.client('glue').get_partition(DatabaseName=db, TableName=t, PartitionValues=[day])\nexcept ClientError:\n    pass",
            "    get_partition(uc_name(db, t), [day])",
            Severity.INFO,
        ),
        (
            "boto3.client('glue').delete_partition(DatabaseName='sales', TableName='items', PartitionValues=values)",
            'delete_partition("main.shop.items", values)',
            Severity.INFO,
        ),
        (
            f"{ATHENA}(QueryString='MSCK REPAIR TABLE orders', QueryExecutionContext={{'Database': 'sales'}}, WorkGroup='primary', ResultConfiguration={{'OutputLocation': 's3://b/results'}})",
            "register_partitions(\"main\", 'MSCK REPAIR TABLE orders', database='sales', name=\"lake.core.orders\")",
            Severity.INFO,
        ),
        (
            f"{ATHENA}(QueryString='alter table sales.items add partition (d=1)')",
            'register_partitions("main", \'alter table sales.items add partition (d=1)\', name="main.shop.items")',
            Severity.INFO,
        ),
        (
            f"query = f'alter table a.{{t}} add if not exists partition (d=1)'\n{ATHENA}(QueryString=query)",
            'register_partitions("main", query)',
            Severity.WARNING,
        ),
    ],
)
def test_partitions_are_registered_by_helpers(convert: Any, before: str, after: str, severity: Severity) -> None:
    source = HEAD + before + "\nspark.table('main.a.b').show()\n"
    conversion = convert(source, settings=MAPPED)
    assert after in conversion.after
    assert severity in {f.severity for f in conversion.findings} <= {Severity.INFO, severity}
    project = {"glue_compat.py": render_compat(conversion.compat)}
    result = check(source, conversion.after, "job.py", {}, project, conversion.findings, MAPPED)
    assert [str(f) for f in result.findings if f.severity is Severity.BLOCKER] == []


@pytest.fixture
def tables(spark: Any, tmp_path: Path) -> Path:
    """The folder of `shop.logged`, whose partitions are registered, and of `shop.folders` and `shop.rows`, whose are not."""
    spark.sql("CREATE SCHEMA shop")
    for name in ("logged", "folders"):
        spark.sql("SELECT id, day FROM VALUES (1, '01'), (2, '02'), (3, '03') AS t(id, day)").write.partitionBy(
            "day"
        ).parquet(str(tmp_path / name))
        log = " TBLPROPERTIES ('nonDelta.partitionLog.enabled' = 'true')" if name == "logged" else ""
        spark.sql(
            f"CREATE TABLE shop.{name} (id INT, day STRING) USING parquet PARTITIONED BY (day) LOCATION '{tmp_path / name}'{log}"
        )
    spark.sql("CREATE TABLE shop.rows (id INT, day STRING) USING delta PARTITIONED BY (day)")
    return tmp_path


def _days(spark: Any) -> list[str]:
    return sorted(row.day for row in spark.table("shop.logged").collect())


@pytest.mark.spark
def test_a_partition_is_seen_once_it_is_registered(spark: Any, tables: Path) -> None:
    create_partition("shop.logged", {"Values": ["01"]})
    assert _days(spark) == ["01"]
    with pytest.raises(ClientError, match=r"AlreadyExistsException.*CreatePartition"):
        create_partition("shop.logged", {"Values": ["01"]})
    place = {"Location": str(tables / "logged" / "day=03") + "/"}
    given = [{"Values": ["01"]}, {"Values": ["it's"], "StorageDescriptor": place}]
    (error,) = batch_create_partition("shop.logged", given)["Errors"]
    assert (error["PartitionValues"], error["ErrorDetail"]["ErrorCode"]) == (["01"], "AlreadyExistsException")
    assert [(row.id, row.day) for row in spark.table("shop.logged").orderBy("id").collect()] == [(1, "01"), (3, "it's")]
    assert batch_create_partition("shop.logged", [])["Errors"] == []
    with pytest.raises(ValueError, match="other values"):
        create_partition("shop.logged", {"Values": ["01", "02"]})
    for call in (create_partition, lambda name, given: batch_create_partition(name, [given])):
        with pytest.raises(ClientError, match="EntityNotFoundException"):
            call("shop.nothing", {"Values": ["01"]})


@pytest.mark.spark
def test_a_partition_is_asked_for_and_taken_away_without_its_files(spark: Any, tables: Path) -> None:
    batch_create_partition("shop.logged", [{"Values": ["01"]}, {"Values": ["02"]}, {"Values": ["03"]}])
    told = {"Partition": {"Values": ["01"], "DatabaseName": "shop", "TableName": "logged"}}
    assert get_partition("spark_catalog.shop.`logged`", ["01"]) == told
    delete_partition("shop.logged", ["01"])
    assert _days(spark) == ["02", "03"]
    for call in (get_partition, delete_partition):
        with pytest.raises(ClientError, match="EntityNotFoundException"):
            call("shop.logged", ["01"])
    (error,) = batch_delete_partition("shop.logged", [{"Values": ["01"]}, {"Values": ["02"]}])["Errors"]
    assert (error["PartitionValues"], error["ErrorDetail"]["ErrorCode"]) == (["01"], "EntityNotFoundException")
    assert _days(spark) == ["03"]
    assert spark.read.parquet(str(tables / "logged")).count() == 3
    spark.sql("INSERT INTO shop.rows VALUES (1, '01')")
    assert get_partition("shop.rows", ["01"])["Partition"]["Values"] == ["01"]
    with pytest.raises(ClientError, match="EntityNotFoundException"):
        get_partition("shop.rows", ["02"])
    spark.sql(
        "CREATE TABLE shop.own (id INT, day STRING) USING parquet PARTITIONED BY (day) TBLPROPERTIES ('nonDelta.partitionLog.enabled' = 'true')"
    )
    spark.sql("INSERT INTO shop.own VALUES (1, '01')")
    for name in ("rows", "own", "folders"):
        with pytest.raises(ValueError, match="DELETE FROM"):
            delete_partition(f"shop.{name}", ["01"])
        with pytest.raises(ValueError, match="DELETE FROM"):
            batch_delete_partition(f"shop.{name}", [{"Values": ["01"]}])


@pytest.mark.spark
def test_nothing_is_registered_where_folders_or_rows_tell_the_partitions(spark: Any, tables: Path) -> None:
    folder = str(tables / "folders" / "day=01")
    create_partition("shop.folders", {"Values": ["01"], "StorageDescriptor": {"Location": folder}})
    create_partition("shop.rows", {"Values": ["01"]})
    register_partitions("spark_catalog", "msck repair table shop.rows")
    register_partitions("spark_catalog", "MSCK REPAIR TABLE shop.folders")
    assert spark.sql("SHOW PARTITIONS shop.folders").collect() == []
    with pytest.raises(ValueError, match="is not found"):
        create_partition(
            "shop.folders", {"Values": ["01"], "StorageDescriptor": {"Location": str(tables / "elsewhere")}}
        )


@pytest.mark.spark
def test_files_that_no_table_would_read_are_refused(spark: Any, tables: Path) -> None:
    there, elsewhere = str(tables / "logged" / "day=02"), str(tables / "nothing")
    spark.sql("INSERT INTO shop.rows VALUES (1, '01'), (2, NULL)")
    for values in (["01"], ["__HIVE_DEFAULT_PARTITION__"]):
        create_partition("shop.rows", {"Values": values, "StorageDescriptor": {"Location": there}})
    create_partition("shop.rows", {"Values": ["02"], "StorageDescriptor": {"Location": elsewhere}})
    given = {"Values": ["02"], "StorageDescriptor": {"Location": there}}
    added = f"ALTER TABLE shop.%s ADD PARTITION (day='01') PARTITION (day = '02') LOCATION '{there}'"
    for table in ("rows", "folders"):
        for call in (
            lambda table=table: create_partition(f"shop.{table}", given),
            lambda table=table: batch_create_partition(f"shop.{table}", [{"Values": ["01"]}, given]),
            lambda table=table: register_partitions("spark_catalog", added % table),
        ):
            with pytest.raises(ValueError, match="without rows of .*02" if table == "rows" else "is not found"):
                call()
    folder = tables / "folders" / "day=02"
    register_partitions("spark_catalog", f"ALTER TABLE shop.folders ADD PARTITION (DAY='02') LOCATION '{folder}/'")
    spark.sql("CREATE TABLE shop.flat (id INT, day STRING) USING delta")
    with pytest.raises(ValueError, match="without rows"):
        create_partition("shop.flat", given)


@pytest.mark.spark
def test_a_partition_that_is_taken_away_may_come_back(spark: Any, tables: Path) -> None:
    for _ in range(2):
        create_partition("shop.logged", {"Values": ["01"]})
        assert _days(spark) == ["01"]
        delete_partition("shop.logged", ["01"])
        assert _days(spark) == []


@pytest.mark.spark
@pytest.mark.parametrize(
    ("statement", "given", "days"),
    [
        ("MSCK REPAIR TABLE logged;\n", {"database": "shop"}, ["01", "02", "03"]),
        ("msck repair table `AwsDataCatalog`.shop.logged", {}, ["01", "02", "03"]),
        ("ALTER TABLE old.name ADD IF NOT EXISTS PARTITION (day='02')", {"name": "shop.logged"}, ["02"]),
        (
            "alter table shop.logged add partition (day='02') location 'PLACE/logged/day=02' partition (day='x') location 'PLACE/logged/day=03'",
            {},
            ["02", "x"],
        ),
    ],
)
def test_athenas_statements_register_partitions(
    spark: Any, tables: Path, statement: str, given: dict[str, str], days: list[str]
) -> None:
    register_partitions("spark_catalog", statement.replace("PLACE", str(tables)), **given)
    assert _days(spark) == days
    with pytest.raises(ValueError, match="the database of logged is not known"):
        register_partitions("spark_catalog", "MSCK REPAIR TABLE logged")
