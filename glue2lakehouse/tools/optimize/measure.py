"""Measure on sample rows: how many values columns have, and what clustering changes for a query, before and after.

What is measured is files and bytes that Delta's own statistics let a query skip, and seconds on this machine. Both are true of
the sample; they say how a layout compares with another, not how fast Databricks is.
"""

import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FILES = 32
_ORDER = "__order"
_RUNS = 3


@dataclass(frozen=True)
class Measured:
    """One query on one layout: files in the table, files that it read, and the median seconds of three runs."""

    files: int
    files_read: int
    seconds: float


@dataclass(frozen=True)
class BeforeAfter:
    """The same query on the rows as they came and clustered."""

    columns: tuple[str, ...]
    condition: str
    rows: int
    before: Measured
    after: Measured

    def __str__(self) -> str:
        """Tell both, with what they were measured on."""
        return (
            f"measured on {self.rows} sample rows, WHERE {self.condition}: {self.before.files_read} of {self.before.files} files "
            f"read as the rows came, {self.after.files_read} of {self.after.files} with the rows laid out by "
            f"{', '.join(self.columns)}; {self.before.seconds:.2f} s and {self.after.seconds:.2f} s"
        )


def count_distinct(frame: "DataFrame", columns: Sequence[str]) -> dict[str, int]:
    """Return how many values each column has, within 5% (HyperLogLog), in one pass."""
    from pyspark.sql import functions as f

    there = {name.lower(): name for name in frame.columns}
    wanted = [there[name.lower()] for name in columns if name.lower() in there]
    if not wanted:
        return {}
    counted = frame.agg(*(f.approx_count_distinct(f.col(f"`{name}`"), 0.05).alias(name) for name in wanted)).collect()
    return {name.lower(): int(counted[0][name]) for name in wanted}


def measure_clustering(frame: "DataFrame", columns: Sequence[str], folder: Path) -> BeforeAfter:
    """Write the rows twice, as they come and clustered, and ask both for one value of the first column.

    `folder` is scratch. The value asked for is the one in the middle, so that it is there. Raises UsageError for an empty sample.
    """
    from pyspark.sql import functions as f

    key = columns[0]
    rows = frame.count()
    middle = frame.where(f"`{key}` IS NOT NULL").selectExpr(f"percentile_disc(0.5) WITHIN GROUP (ORDER BY `{key}`)")
    value = middle.collect()[0][0] if rows else None
    if value is None:
        raise UsageError(f"{key}: the sample has no value in this column, so nothing can be measured; give more rows")
    condition = f"`{key}` = {_literal(value)}"
    spark = frame.sparkSession
    plain, clustered = folder / "before", folder / "after"
    # The order in which the rows came counts: data often arrives sorted by time.
    arrived = frame.withColumn(_ORDER, f.monotonically_increasing_id()).repartitionByRange(FILES, _ORDER)
    arrived.sortWithinPartitions(_ORDER).drop(_ORDER).write.format("delta").save(str(plain))
    # Liquid clustering lays rows out along a Hilbert curve; sorted ranges are its form for one column.
    ordered = frame.repartitionByRange(FILES, *(f"`{name}`" for name in columns)).sortWithinPartitions(*columns)
    ordered.write.format("delta").save(str(clustered))
    before, after = (_ask(spark, place, condition) for place in (plain, clustered))
    return BeforeAfter(tuple(columns), condition, rows, before, after)


def _ask(spark: "SparkSession", place: Path, condition: str) -> Measured:
    table = spark.read.format("delta").load(str(place))
    files = len(table.inputFiles())
    seconds = []
    for _ in range(_RUNS):
        begun = time.perf_counter()
        table.where(condition).write.format("noop").mode("overwrite").save()
        seconds.append(time.perf_counter() - begun)
    return Measured(files, _files_read(place, condition, spark), statistics.median(seconds))


def _files_read(place: Path, condition: str, spark: "SparkSession") -> int:
    """Ask the executed plan how many files Delta left after skipping."""
    chosen = spark.read.format("delta").load(str(place)).where(condition)
    chosen.collect()
    plan: Any = chosen._jdf.queryExecution().executedPlan()
    leaves = plan.collectLeaves()
    for number in range(leaves.size()):
        metrics = leaves.apply(number).metrics()
        if metrics.contains("numFiles"):
            return int(metrics.apply("numFiles").value())
    return len(chosen.inputFiles())


def _literal(value: Any) -> str:
    if isinstance(value, bool | int | float):
        return str(value)
    text = str(value).replace("\\", "\\\\").replace("'", "\\'")
    return f"'{text}'"
