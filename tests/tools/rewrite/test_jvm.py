"""What jobs do through the JVM: lines that only tune go, the rest is handed off in words."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings

HEAD = (
    "from awsglue.context import GlueContext\nfrom py4j.java_gateway import java_import\n\nglue = GlueContext()\n"
    "spark = glue.spark_session\nsnow = spark._jvm.net.snowflake.spark.snowflake\nframe = glue.create_dynamic_frame.from_catalog('d', 't')\n"
)
ENABLE = "snow.SnowflakeConnectorUtils.enablePushdownSession(spark._jvm.org.apache.spark.sql.SparkSession.builder().getOrCreate())\n"


@pytest.mark.parametrize(
    "line", [ENABLE, "java_import(spark._jvm, 'net.snowflake.spark.snowflake')\n", "java_import(glue._jvm, 'a.b.*')\n"]
)
def test_what_only_names_or_tunes_goes_with_a_word(convert, line: str) -> None:
    conversion = convert(HEAD + line)
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]
    assert line.split("(")[0] + "(" not in conversion.after
    assert "_jvm" not in conversion.after
    assert any("goes" in found.message for found in conversion.findings if found.severity is Severity.INFO)


def test_classic_compute_reaches_the_jvm(convert) -> None:
    assert ENABLE in convert(HEAD + ENABLE, settings=Settings(compute=Compute.CLASSIC)).after


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            "rows = snow.Utils.runQuery(options, 'select 1')\nrows.next()\n",
            "a statement is run in Snowflake through the JVM",
        ),
        (
            "snow.SnowflakeConnectorUtils.disablePushdownSession(spark._jsparkSession)\n",
            "pushdown to Snowflake is switched off",
        ),
        (
            "done = snow.SnowflakeConnectorUtils.enablePushdownSession(spark._jsparkSession)\n",
            "is part of another expression",
        ),
    ],
)
def test_what_does_something_in_the_jvm_stays_and_is_told(convert, blockers, line: str, told: str) -> None:
    assert any(told in text for text in blockers(HEAD + line))
    assert line in convert(HEAD + line).after
