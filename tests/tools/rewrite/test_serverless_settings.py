"""Settings of Spark that serverless compute does not take."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark import SparkConf\nfrom pyspark.context import SparkContext\n"
    "from pyspark.sql import SparkSession\n\nspark = GlueContext(SparkContext.getOrCreate()).spark_session\n"
)
MODE = "spark.sql.sources.partitionOverwriteMode"


def told(convert, line: str, compute: Compute = Compute.SERVERLESS) -> list[Severity]:
    found = convert(HEAD + line + "\n", settings=Settings(compute=compute)).findings
    return [each.severity for each in found if each.rule == "serverless-settings"]


@pytest.mark.parametrize(
    "line",
    [
        f"spark.conf.set('{MODE}', 'dynamic')",
        f"spark = SparkSession.builder.config('{MODE}', 'dynamic').getOrCreate()",
        f"spark = SparkSession.builder.config(key='{MODE}', value='dynamic').getOrCreate()",
        f"spark = SparkSession.builder.config(map={{'{MODE}': 'dynamic'}}).getOrCreate()",
        f"conf = SparkConf().set('{MODE}', 'dynamic')",
        f"conf = SparkConf().setAll([('{MODE}', 'dynamic')])",
        f"spark.sql('SET {MODE} = dynamic')",
        "spark.conf.set('spark.sql.caseSensitive', True)",
        "spark.conf.set('spark.sql.sources.partitionColumnTypeInference.enabled', False)",
        "spark.conf.set('spark.hadoop.mapreduce.input.fileinputformat.input.dir.recursive', 'true')",
    ],
)
def test_a_setting_that_may_change_rows_is_handed_off_on_serverless_alone(convert, line: str) -> None:
    assert told(convert, line) == [Severity.BLOCKER]
    assert told(convert, line, Compute.STANDARD) == told(convert, line, Compute.CLASSIC) == []


@pytest.mark.parametrize(
    "key",
    [
        "spark.sql.adaptive.enabled",
        "spark.executor.memory",
        "spark.sql.execution.arrow.pyspark.enabled",
        "hive.exec.dynamic.partition.mode",
        "spark.hadoop.fs.s3.canned.acl",
        "spark.sql.catalog.glue_catalog.warehouse",
    ],
)
def test_a_setting_that_only_tunes_is_warned_of(convert, key: str) -> None:
    assert told(convert, f"spark.conf.set('{key}', 'true')") == [Severity.WARNING]


@pytest.mark.parametrize(
    "line",
    [
        "spark.conf.set('spark.sql.session.timeZone', 'UTC')",
        "spark.conf.set('spark.sql.shuffle.partitions', 8)",
        "spark = SparkSession.builder.config('spark.app.name', 'x').getOrCreate()",
        "names.set('a', 'spark.sql.caseSensitive')",
        "print(spark.conf.get('spark.sql.caseSensitive'))",
    ],
)
def test_what_serverless_takes_is_not_told(convert, line: str) -> None:
    assert told(convert, line) == []
