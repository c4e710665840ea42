"""What a later Spark makes of the same code without an error is said where the job's Glue version is older."""

import datetime

import pyarrow
import pyarrow.parquet
import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import JobFacts
from glue2lakehouse.tools.rewrite.remarks.spark_versions import NTZ_CONF

HEAD = "from awsglue.context import GlueContext\n\ngc = GlueContext()\nspark = gc.spark_session\n"


def said(conversion, severity: Severity) -> list[str]:
    return [f.message for f in conversion.findings if f.rule == "spark-version" and f.severity is severity]


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('df = spark.read.option("header", True).option("inferSchema", "true").csv("s3://b/x")', 1),
        ('df = spark.read.csv("s3://b/x", header=True, inferSchema=True)', 1),
        ('df = spark.read.format("csv").options(header=True, inferSchema=True).load("s3://b/x")', 1),
        ('df = spark.read.options(**{"inferSchema": "true"}).csv("s3://b/x")', 1),
        ('how = {"inferSchema": True}\ndf = spark.read.options(**how).csv("s3://b/x")', 1),
        ('df = spark.read.csv("s3://b/x", header=True, inferSchema=flag)', 1),
        ('df = spark.read.option("inferSchema", "false").csv("s3://b/x")', 0),
        ('df = spark.read.option("inferSchema", True).option("preferDate", False).csv("s3://b/x")', 0),
        ('df = spark.read.option("header", True).csv("s3://b/x")', 0),
        ('f = gc.create_dynamic_frame.from_options("s3", {"paths": ["s3://b"]}, "csv", {"inferSchema": True})', 0),
    ],
)
def test_dates_that_are_inferred_are_warned_of(convert, line: str, told: int) -> None:
    messages = said(convert(HEAD + line + "\n"), Severity.WARNING)
    assert len(messages) == told
    assert all("as date from Spark 3.4 on" in message for message in messages)


@pytest.mark.parametrize(
    "line",
    [
        'df = spark.read.parquet("s3://b/x")',
        'df = spark.read.format("parquet").load("s3://b/x")',
        'f = gc.create_dynamic_frame.from_options(connection_type="s3", connection_options={"paths": ["s3://b"]}, format="parquet")',
    ],
)
def test_times_without_a_zone_are_told_once(convert, line: str) -> None:
    (message,) = said(convert(HEAD + line + "\n" + line + "\n"), Severity.INFO)
    assert "timestamp_ntz" in message


@pytest.mark.parametrize(
    "line",
    [
        'df.write.parquet("s3://b/x")',
        'df = spark.read.json("s3://b/parquet")',
        'df = spark.read.table("a.parquet_copy")',
        'gc.write_dynamic_frame.from_options(frame=f, connection_type="s3", connection_options={"path": "s3://b"}, format="parquet")',
    ],
)
def test_other_uses_of_parquet_are_not(convert, line: str) -> None:
    assert said(convert(HEAD + "df = f = None\n" + line + "\n"), Severity.INFO) == []


READ = HEAD + 'df = spark.read.parquet("s3://b/x")\nd = spark.read.option("inferSchema", True).csv("s3://b/y")\n'


@pytest.mark.parametrize(
    ("settings", "facts", "warnings", "infos"),
    [
        (Settings(), JobFacts(), 1, 1),
        (Settings(), JobFacts(defined=True), 1, 0),
        (Settings(compute=Compute.SERVERLESS), JobFacts(defined=True), 1, 1),
        (Settings(), JobFacts(glue_version="5.0"), 0, 0),
        (Settings(glue_version="5.1"), JobFacts(), 0, 0),
    ],
)
def test_what_the_version_and_the_bundle_settle_is_not_told(
    convert, settings: Settings, facts: JobFacts, warnings: int, infos: int
) -> None:
    conversion = convert(READ, settings=settings, facts=facts)
    assert len(said(conversion, Severity.WARNING)) == warnings
    assert len(said(conversion, Severity.INFO)) == infos


@pytest.mark.parametrize(
    ("version", "line", "told"),
    [
        ("3.0", 'df.write.option("header", True).csv("s3://b/x")', 1),
        ("3.0", 'df.write.mode("append").format("csv").save("s3://b/x")', 1),
        ("3.0", 'df.write.option("nullValue", "NULL").csv("s3://b/x")', 0),
        ("3.0", 'df = spark.read.csv("s3://b/x")', 0),
        ("4.0", 'df.write.csv("s3://b/x")', 0),
    ],
)
def test_nulls_in_csv_are_warned_of_before_glue_4(convert, version: str, line: str, told: int) -> None:
    conversion = convert(HEAD + 'df = spark.read.table("a.b")\n' + line + "\n", settings=Settings(glue_version=version))
    assert len(said(conversion, Severity.WARNING)) == told


@pytest.mark.spark
def test_spark_does_what_is_said_of_dates(spark, tmp_path) -> None:
    (tmp_path / "a.csv").write_text("d\n2020-01-01\n")
    read = spark.read.option("header", True).option("inferSchema", True)
    assert read.csv(str(tmp_path)).dtypes == [("d", "date")]
    assert read.option("preferDate", False).csv(str(tmp_path)).dtypes == [("d", "timestamp")]


@pytest.mark.spark
def test_spark_does_what_is_said_of_times_without_a_zone(spark, tmp_path) -> None:
    schema = pyarrow.schema([("t", pyarrow.timestamp("us"))])
    (tmp_path / "t").mkdir()
    pyarrow.parquet.write_table(
        pyarrow.table({"t": [datetime.datetime(2020, 1, 1)]}, schema), tmp_path / "t" / "a.parquet"
    )
    assert spark.read.parquet(str(tmp_path / "t")).dtypes == [("t", "timestamp_ntz")]
    spark.conf.set(NTZ_CONF, "false")
    assert spark.read.parquet(str(tmp_path / "t")).dtypes == [("t", "timestamp")]
