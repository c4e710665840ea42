"""Figures that were measured: on these rows, with this Spark."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.errors import UsageError
from glue2lakehouse.tools.optimize.measure import FILES, count_distinct, measure_clustering

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def test_clustering_lets_delta_skip_the_files_that_cannot_hold_the_value(spark: "SparkSession", tmp_path: Path) -> None:
    rows = spark.sql("SELECT id, hash(id) % 5000 customer_id, 'x' kind FROM range(4000)")
    made = measure_clustering(rows, ["customer_id"], tmp_path)
    assert made.rows == 4000
    assert (made.before.files, made.before.files_read) == (FILES, FILES)
    assert made.after.files_read <= 2
    assert str(made).startswith("measured on 4000 sample rows, WHERE `customer_id` = ")
    distinct = count_distinct(rows, ["KIND", "id", "not_there"])
    assert distinct["kind"] == 1
    assert 3600 < distinct["id"] < 4400
    with pytest.raises(UsageError, match="no value in this column"):
        measure_clustering(rows.where("id < 0"), ["id"], tmp_path / "empty")
