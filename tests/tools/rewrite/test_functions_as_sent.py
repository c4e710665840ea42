"""What a function on records reads from around it counts as it was when the function was handed over, as in Glue."""

from collections.abc import Callable

import pytest
from pyspark.sql import types as T

from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.records import Cell, from_python
from glue2lakehouse.tools.rewrite.runtime import records


class Anything:
    """Stands for a frame, a column and Spark's functions; keeps the functions that are to be sent, as Spark Connect does."""

    columns = ("a",)

    def __init__(self) -> None:
        self.sent: list[Callable[[object], object]] = []

    def __getattr__(self, name: str) -> "Anything":
        return self

    def __call__(self, *given: object, **named: object) -> "Anything":
        self.sent += [each for each in given if callable(each) and not isinstance(each, Anything)]
        return self


class Row(dict):  # type: ignore[type-arg]
    def asDict(self, recursive: bool) -> dict[str, object]:
        return dict(self)


@pytest.mark.parametrize(
    "make",
    [
        lambda frame, f: records.filter_records(frame, f),
        lambda frame, f: records.map_records(frame, f, T.StructType().add("kept", "boolean")),
        lambda frame, f: records.map_records_as(frame, f, {"kept": "boolean"}),
    ],
)
def test_the_helpers_send_a_function_with_what_it_reads_at_the_call(make, monkeypatch: pytest.MonkeyPatch) -> None:
    spark = Anything()
    monkeypatch.setattr(records, "F", spark)
    wanted, limit = ["x"], 5

    def keeps(record: dict[str, object]) -> dict[str, object]:
        return {"kept": True} if len(wanted) == 1 and limit == 5 else {}

    make(spark, keeps)
    wanted.append("y")
    limit = 10
    assert [bool(function(Row(a=1))) for function in spark.sent] == [True] * len(spark.sent)
    assert spark.sent


def test_the_local_glue_sends_it_at_the_call_too() -> None:
    limit = 5
    one: dict[str, Cell] = from_python({"a": 7}).value
    frame = DynamicFrame(lambda: Batch([one]), None)
    frames = [
        frame.filter(lambda record: record["a"] > limit),
        frame.map(lambda record: {"a": 7} if limit == 5 else {}),
        frame.mapPartitions(lambda items: ({"record": {"a": limit + 2}} for _ in items)),
        frame.mapPartitionsWithIndex(lambda index, items: ({"record": {"a": limit + 2}} for _ in items)),
    ]
    limit = 10
    assert [[record["a"].value for record in made.batch().records] for made in frames] == [[7]] * 4
