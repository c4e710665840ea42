"""The columns of a Map come in the order that its records have them in, as on the local Glue: a CSV file without a header tells."""

from collections.abc import Callable
from typing import Any

import pytest

from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.records import from_python
from glue2lakehouse.tools.rewrite.runtime.records import map_records

Change = Callable[[dict[str, Any]], dict[str, Any]]
ROWS = [{"b": 1, "a": "x", "c": 2.5}, {"b": 2, "a": "y", "c": 1.5}]


def functions() -> dict[str, Change]:
    """Functions that Spark's workers are sent whole: they do not find this module."""

    def added(record: dict[str, Any]) -> dict[str, Any]:
        record["aa"] = record["c"]
        return record

    def renamed(record: dict[str, Any]) -> dict[str, Any]:
        record["a2"] = record.pop("b")
        return record

    def made_anew(record: dict[str, Any]) -> dict[str, Any]:
        return {"z": record["a"], "c": record["c"], "b": {"y": 1, "x": 2}}

    return {"added": added, "renamed": renamed, "made anew": made_anew}


@pytest.mark.spark
@pytest.mark.parametrize("function", functions().values(), ids=functions())
def test_columns_come_in_the_order_of_the_records(spark: Any, function: Change) -> None:
    glue = DynamicFrame(lambda: Batch([from_python(row).value for row in ROWS]), None).map(function)
    frame = spark.createDataFrame([tuple(row.values()) for row in ROWS], "b int, a string, c double")
    assert map_records(frame, function).columns == [field.name for field in glue.schema()]


@pytest.mark.spark
def test_what_only_some_records_have_comes_behind_whichever_of_them_is_first(spark: Any) -> None:
    def change(record: dict[str, Any]) -> dict[str, Any]:
        record["n" if record["b"] == 1 else "m"] = 1
        return record

    frames = [spark.createDataFrame(rows, "b int, a string") for rows in ([(1, "x"), (2, "y")], [(2, "y"), (1, "x")])]
    columns = [map_records(frame, change).columns for frame in frames]
    assert columns[0] == columns[1]
    assert columns[0][:2] == ["b", "a"]
