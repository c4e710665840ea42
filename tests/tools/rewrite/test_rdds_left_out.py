"""What is done without an RDD gives what the RDD gives: original lines and converted ones, run on the same frames."""

from pathlib import Path
from typing import Any

import pytest
from pyspark.errors import PySparkException
from pyspark.sql import Row

from glue2lakehouse.tools.rewrite.runtime.partitions import number_of_partitions

pytestmark = pytest.mark.spark
HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n"
    "from pyspark.sql import Row\nspark = GlueContext(SparkContext.getOrCreate()).spark_session\n"
)


@pytest.mark.parametrize("adaptive", ["true", "false"])
def test_partitions_are_counted_with_the_empty_ones(spark: Any, adaptive: str, tmp_path: Path) -> None:
    kept = {name: spark.conf.get(name) for name in ("spark.sql.adaptive.enabled", "spark.sql.shuffle.partitions")}
    spark.conf.set("spark.sql.adaptive.enabled", adaptive)
    spark.conf.set("spark.sql.shuffle.partitions", "7")
    try:
        few = spark.createDataFrame([(1, "a"), (1, "b")], "k int, v string")
        spark.range(1000).repartition(5).write.parquet(str(tmp_path / "files"))
        files = spark.read.parquet(str(tmp_path / "files"))
        frames = {
            "repartitioned, mostly empty": few.repartition(9),
            "by key": few.repartition(6, "k"),
            "all filtered away": few.repartition(4).where("k > 5"),
            "coalesced": few.repartition(9).coalesce(2),
            "a range": spark.range(0, 10, 1, 6),
            "files": files,
            "files without a column": files.select(),
            "after an aggregation": few.groupBy("k").count(),
            "after a sort": few.orderBy("v"),
            "after a join": few.join(spark.range(20).selectExpr("id AS k", "id AS w"), "k"),
            "after a join by merging": few.hint("merge").join(spark.range(20).selectExpr("id AS k"), "k"),
            "a union": few.repartition(3).union(few.repartition(4)),
            "a limit": spark.range(100).limit(3),
            "nothing": spark.createDataFrame([], "k int"),
        }
        found = {name: number_of_partitions(frame) for name, frame in frames.items()}
        assert found == {name: frame.rdd.getNumPartitions() for name, frame in frames.items()}
    finally:
        for name, value in kept.items():
            spark.conf.set(name, value)


@pytest.mark.parametrize(
    "line",
    [
        "df.rdd.map(lambda r: (r.k, r.v)).toDF(['a', 'b'])",
        "df.rdd.map(lambda r: (r.k, r.v)).toDF('a int, b string')",
        "df.rdd.map(lambda r: Row(v=r.v, twice=r.k * 2)).toDF()",
        "df.rdd.filter(lambda r: r.v).flatMap(lambda r: [(r.k, 1.5), (r.k, None)]).toDF(['a', 'b'])",
        "spark.createDataFrame(df.rdd, df.schema)",
        "spark.createDataFrame(df.rdd)",
        "spark.createDataFrame(df.rdd, 'a int, b string, c struct<x: int>')",
        "spark.createDataFrame(df.rdd, 'a string, b string, c struct<x: int>')",
        "spark.createDataFrame(df.rdd.map(lambda r: list(r)), schema=df.schema)",
        "spark.createDataFrame(spark.sparkContext.parallelize([['Mark', 1], ['Anne', None]]), 'name string, id string')",
        "spark.createDataFrame(spark.sparkContext.parallelize([{'a': 1, 'b': None}, {'b': 'x', 'a': 2}]))",
        "spark.sparkContext.parallelize([(None, [], 1.5), (2, [3], None)], 2).toDF(['a', 'b', 'c'])",
    ],
)
def test_frames_made_of_rows_are_the_same(spark: Any, convert: Any, line: str) -> None:
    original, converted = (make(_rows(spark)) for make in _both(spark, convert, line))
    assert (converted.schema, converted.collect()) == (original.schema, original.collect())


@pytest.mark.parametrize(
    "line",
    [
        "spark.createDataFrame(df.rdd, 'a string, b int, c struct<x: int>')",
        "df.rdd.map(lambda r: r.k).toDF()",
        "df.where('k > 9').rdd.map(lambda r: (r.k, r.v)).toDF(['a', 'b'])",
    ],
)
def test_rows_that_make_no_frame_make_none(spark: Any, convert: Any, line: str) -> None:
    for make in _both(spark, convert, line):
        with pytest.raises((PySparkException, TypeError, ValueError)):
            make(_rows(spark)).collect()


def _rows(spark: Any) -> Any:
    return spark.createDataFrame([(1, "a", (1,)), (2, None, None), (3, "c", (3,))], "k int, v string, s struct<x: int>")


def _both(spark: Any, convert: Any, line: str) -> list[Any]:
    """The original's function and the converted one's."""
    conversion = convert(HEAD + f"def make(df):\n    return {line}\n")
    assert ".rdd" not in conversion.after
    made = []
    for text in (f"def make(df):\n    return {line}\n", conversion.after):
        names: dict[str, Any] = {"spark": spark, "Row": Row}
        exec(text, names)
        made.append(names["make"])
    return made
