"""Casts that Spark refuses at once, with try_cast too, are handed off; those that it makes are not."""

from typing import Any

import pytest

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.transforms import ApplyMapping\n\nglue = GlueContext()\n"
    "frame = glue.create_dynamic_frame.from_catalog('d', 't')\n"
)
REFUSED = [
    ("date", "int"), ("date", "long"), ("date", "double"), ("date", "boolean"), ("date", "decimal(10,2)"), ("int", "date"),
    ("double", "date"), ("decimal(10,2)", "date"), ("boolean", "date"), ("boolean", "timestamp"), ("timestamp", "boolean"),
    ("binary", "int"), ("long", "binary"), ("timestamp", "binary"),
]  # fmt: skip
MADE = [
    ("string", "date"), ("string", "boolean"), ("string", "binary"), ("date", "string"), ("date", "timestamp"),
    ("timestamp", "date"), ("timestamp", "long"), ("long", "timestamp"), ("boolean", "int"), ("decimal(10,2)", "boolean"),
    ("int", "decimal"), ("binary", "string"), ("byte", "short"),
]  # fmt: skip


def job(source: str, target: str) -> str:
    return f"{HEAD}ApplyMapping.apply(frame, [('a', '{source}', 'a', '{target}')]).toDF().show()\n"


@pytest.mark.parametrize(("source", "target"), REFUSED)
def test_a_cast_that_spark_refuses_is_handed_off(blockers: Any, source: str, target: str) -> None:
    assert any("Spark refuses that cast" in text for text in blockers(job(source, target)))


@pytest.mark.parametrize(("source", "target"), MADE)
def test_a_cast_that_spark_makes_is_converted(blockers: Any, source: str, target: str) -> None:
    assert blockers(job(source, target)) == []


@pytest.mark.spark
def test_spark_refuses_these_and_no_others(spark: Any) -> None:
    from pyspark.errors import AnalysisException

    names = {"long": "bigint", "byte": "tinyint", "short": "smallint", "decimal": "decimal(10,2)"}
    refused = []
    for source, target in REFUSED + MADE:
        try:
            spark.sql(f"SELECT try_cast(CAST(NULL AS {names.get(source, source)}) AS {names.get(target, target)})")
        except AnalysisException:
            refused.append((source, target))
    assert refused == REFUSED
