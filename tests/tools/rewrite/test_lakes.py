"""Delta, Iceberg and Hudi as formats and connection types, and in plain Spark code."""

import pytest

HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\nspark = glueContext.spark_session\n"
    'frame = glueContext.create_dynamic_frame.from_catalog("a", "b")\n'
)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("Databricks has no Hudi", 'glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/"]}, "hudi")'),
        ("Iceberg goes by name", 'glueContext.create_dynamic_frame.from_options("iceberg", {"path": "s3://b/t"})'),
        ("another snapshot", 'glueContext.create_dynamic_frame.from_options("iceberg", {"path": "a.b", "snapshot-id": 3})'),
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
        ('glueContext.write_data_frame.from_catalog(frame.toDF(), "d", "t", additional_options={"saveMode": input()})',
         'frame.write.mode(input()).saveAsTable("main.d.t")'),
        ('spark.read.format("iceberg").load("glue_catalog.d.t")', 'spark.read.table("main.d.t")'),
        ('anything.write.mode("overwrite").saveAsTable("d.t")', 'anything.write.mode("overwrite").saveAsTable("main.d.t")'),
    ],
)  # fmt: skip
def test_a_lake_table_is_read_and_written_as_databricks_does(convert, blockers, before: str, after: str) -> None:
    assert convert(HEAD + before + "\n").after.splitlines()[-1] == after
    assert blockers(HEAD + before + "\n") == []
