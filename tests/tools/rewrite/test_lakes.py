"""Delta, Iceberg and Hudi as formats and connection types, and in plain Spark code."""

from pathlib import Path
from typing import Any

import pytest

HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\nspark = glueContext.spark_session\n"
    'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
)
HUDI = (
    '{"path": "s3://b/", "hoodie.table.name": "t", "hoodie.datasource.write.recordkey.field": "id", '
    '"hoodie.datasource.write.precombine.field": "at", "hoodie.datasource.write.operation": "OPERATION"}'
)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("Databricks has no Hudi", 'glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/"]}, "hudi")'),
        ("Iceberg goes by name", 'glueContext.create_dynamic_frame.from_options("iceberg", {"path": "s3://b/t"})'),
        ("another snapshot", 'glueContext.create_dynamic_frame.from_options("iceberg", {"path": "a.b", "snapshot-id": 3})'),
        ("rows are deleted", f'glueContext.write_dynamic_frame.from_options(frame, "hudi", {HUDI.replace("OPERATION", "delete")})'),
        ("no key", 'glueContext.write_dynamic_frame.from_options(frame, "hudi", {"path": "s3://b/", "hoodie.table.name": "t"})'),
        ("a Hudi option with a meaning of its own", 'glueContext.write_dynamic_frame.from_options(frame, "hudi", '
         '{"path": "s3://b/", "hoodie.datasource.write.payload.class": "x"})'),
        ("plain Spark", 'spark.read.format("hudi").load("s3://b/")'),
        ("plain Spark on what nothing is known of", 'input().write.format("org.apache.hudi").mode("append").save("s3://b/")'),
    ],
)  # fmt: skip
def test_what_databricks_does_not_have_is_handed_off(convert, blockers, why: str, line: str) -> None:
    assert line.replace("glueContext.", "spark.") in convert(HEAD + line + "\n").after, why
    assert len(blockers(HEAD + line + "\n")) == 1


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/"], "versionAsOf": 3}, "delta").toDF()',
         'spark.read.format("delta").option("versionAsOf", 3).load("s3://b/")'),
        ('glueContext.create_data_frame.from_options(connection_type="delta", connection_options={"path": "s3://b/"})',
         'spark.read.format("delta").load("s3://b/")'),
        ('glueContext.create_data_frame.from_options("iceberg", {"path": "glue_catalog.d.t", "connectionName": "c"})',
         'spark.read.table("main.d.t")'),
        ('glueContext.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://b/", "partitionKeys": ["day"]}, "delta")',
         'frame.write.format("delta").mode("append").partitionBy("day").save("s3://b/")'),
        (f'glueContext.write_dynamic_frame.from_options(frame, "s3", {HUDI.replace("OPERATION", "upsert")}, "hudi")',
         'upsert_rows(frame, "s3://b/", "id", "at")'),
        (f'glueContext.write_dynamic_frame.from_options(frame, "marketplace.spark", {HUDI.replace("OPERATION", "bulk_insert")})',
         'frame.write.mode("append").format("delta").save("s3://b/")'),
        ('glueContext.write_data_frame.from_catalog(frame.toDF(), "d", "t", additional_options={"hoodie.datasource.write.recordkey.field": "id"})',
         'upsert_rows(frame, "main.d.t", "id", None)'),
        ('glueContext.write_data_frame.from_catalog(frame.toDF(), "d", "t", additional_options={"saveMode": input()})',
         'frame.write.mode(input()).saveAsTable("main.d.t")'),
        ('spark.read.format("iceberg").load("glue_catalog.d.t")', 'spark.read.table("main.d.t")'),
        ('anything.write.mode("overwrite").saveAsTable("d.t")', 'anything.write.mode("overwrite").saveAsTable("main.d.t")'),
    ],
)  # fmt: skip
def test_a_lake_table_is_read_and_written_as_databricks_does(convert, blockers, before: str, after: str) -> None:
    assert convert(HEAD + before + "\n").after.splitlines()[-1] == after
    assert blockers(HEAD + before + "\n") == []


@pytest.mark.spark
def test_an_upsert_replaces_by_key_adds_the_rest_and_takes_the_newest_of_several(spark: Any, tmp_path: Path) -> None:
    from glue2lakehouse.tools.rewrite.runtime.upserting import upsert_rows

    place = str(tmp_path / "orders")
    columns = "id int, at int, name string"
    spark.createDataFrame([(1, 1, "old"), (2, 1, "kept")], columns).write.format("delta").save(place)
    upsert_rows(spark.createDataFrame([(1, 5, "late"), (1, 3, "early"), (3, None, "new")], columns), place, "id", "at")
    rows = spark.read.format("delta").load(place).orderBy("id").collect()
    assert [tuple(row) for row in rows] == [(1, 5, "late"), (2, 1, "kept"), (3, None, "new")]
    upsert_rows(spark.createDataFrame([(3, 9, "once")], columns), place, "id, name")
    assert spark.read.format("delta").load(place).count() == 4
