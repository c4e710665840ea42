"""Streams into lake tables in plain Spark code, streams of Glue's own connectors, and tables that SQL makes in Iceberg or Hudi."""

import pytest

from glue2lakehouse.domain import Severity

HEAD = (
    "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\ndb = input()\n"
    'df = spark.readStream.format("rate").load()\n'
)


def _said(convert, source: str, severity: Severity) -> list[str]:
    return [found.message for found in convert(source).findings if found.severity is severity]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('df.writeStream.format("iceberg").foreachBatch(print).start()', "not clear"),
        ('df.writeStream.format("iceberg").option("path", db).start()', "not clear"),
        ('df.writeStream.format("iceberg").option("path", "a.t").start("a.u")', "not clear"),
        ('df.writeStream.format("iceberg").start("s3://b/t")', "not clear"),
        ('df.writeStream.format("iceberg").start(path="a.t")', "not clear"),
        ('df.writeStream.format("iceberg").option("branch", "b").toTable("a.t")', "option branch"),
        ('df.writeStream.format("iceberg").options(**{"x": 1}).toTable("a.t")', "option that is computed"),
        ('writer = df.writeStream.format("iceberg")', "not in one chain"),
        ('df.writeStream.format("hudi").start("s3://b/t")', "Hudi"),
        ('spark.readStream.format("kinesis").option("startingposition", "TRIM_HORIZON").load()', "Kinesis reader"),
        ('spark.sql("CREATE TABLE IF NOT EXISTS a.t (id INT) USING hudi TBLPROPERTIES (type = \'cow\')")', "a Hudi table"),
    ],
)  # fmt: skip
def test_what_is_not_clear_or_not_there_is_handed_off(convert, line: str, said: str) -> None:
    blockers = _said(convert, f"{HEAD}{line}\n", Severity.BLOCKER)
    assert [said in message for message in blockers] == [True], blockers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('df.writeStream.format("iceberg").outputMode("append").option("path", "glue_catalog.a.t").start()',
         'df.writeStream.format("delta").outputMode("append").toTable("main.a.t")'),
        ('df.writeStream.outputMode("append").format("iceberg").start("a.t").awaitTermination()',
         'df.writeStream.outputMode("append").format("delta").toTable("main.a.t").awaitTermination()'),
        ('df.writeStream.format("iceberg").option("fanout-enabled", "true").toTable("glue_catalog.a.t")',
         'df.writeStream.format("delta").option("fanout-enabled", "true").toTable("main.a.t")'),
    ],
)  # fmt: skip
def test_a_stream_into_an_iceberg_table_goes_to_the_delta_table(convert, before: str, after: str) -> None:
    done = convert(f"{HEAD}{before}\n")
    assert done.after.splitlines()[-1] == after
    assert not [found for found in done.findings if found.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    ("name", "shaded"),
    [
        ("software.amazon.msk.auth.iam.IAMLoginModule", "shadedmskiam."),
        ("org.apache.kafka.common.security.scram.ScramLoginModule", "kafkashaded."),
    ],
)
def test_classes_that_log_in_to_kafka_are_told(convert, name: str, shaded: str) -> None:
    line = f'spark.readStream.format("kafka").option("kafka.sasl.jaas.config", "{{}}{name} required;").load()\n'
    told = [found for found in convert(HEAD + line.format("")).findings if found.severity is Severity.WARNING]
    assert [shaded + name in found.action for found in told] == [True]
    assert not _said(convert, HEAD + line.format(shaded), Severity.WARNING)


def test_create_table_using_iceberg_makes_a_managed_delta_table(convert) -> None:
    create = "CREATE TABLE IF NOT EXISTS glue_catalog.a.t (id INT) USING iceberg LOCATION 's3://{db}/t' TBLPROPERTIES ('x'='1')"
    done = convert(f'{HEAD}spark.sql(f"{create}")\n')
    assert "CREATE TABLE IF NOT EXISTS main.a.t (id INT) USING DELTA TBLPROPERTIES ('x'='1')" in done.after
    assert [f.message for f in done.findings if f.severity is Severity.WARNING] == [
        "CREATE TABLE ... USING iceberg makes a table without a location, Delta and managed; `LOCATION 's3://{db}/t'` goes"
    ]
