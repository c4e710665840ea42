"""Two runs are equal when every dataset has the same columns, partitions and rows, in whatever order."""

from typing import Any

import pytest

from glue2lakehouse.tools.sandbox.comparison import Difference, compare_datasets, unstable_columns
from glue2lakehouse.tools.sandbox.datasets import Dataset
from glue2lakehouse.tools.sandbox.rekeying import generated_columns, rekey


def _path(rows: list[dict[str, Any]], **changes: Any) -> Dataset:
    values: dict[str, Any] = {
        "kind": "path", "name": "s3://lake/out", "format": "parquet", "columns": {"id": "bigint", "price": "double"},
        "rows": rows,
    }  # fmt: skip
    return Dataset(**(values | changes))


def _one(before: Dataset, after: Dataset) -> Difference:
    (difference,) = compare_datasets([before], [after])
    return difference


def test_order_of_rows_and_columns_does_not_count() -> None:
    before = _path([{"id": 1, "price": 0.5}, {"id": 2, "price": None}])
    after = _path([{"price": None, "id": 2}, {"price": 0.5, "id": 1}], columns={"price": "double", "id": "bigint"})
    assert compare_datasets([before], [after]) == []


def test_floats_are_equal_within_the_tolerance_and_nan_equals_nan() -> None:
    nan = {"id": 2, "price": {"float": "nan"}}
    before, after = _path([{"id": 1, "price": 0.1 + 0.2}, nan]), _path([{"id": 1, "price": 0.3}, nan])
    assert compare_datasets([before], [after]) == []


def test_the_stack_trace_of_an_error_record_does_not_count_and_all_else_of_it_does() -> None:
    def errors(trace: str, msg: str) -> Dataset:
        error = {"callsite": {"site": "Map", "info": None}, "msg": msg, "stackTrace": trace}
        return _path([{"error": error, "stackTrace": msg}], columns={"error": "struct<>", "stackTrace": "string"})

    assert compare_datasets([errors("line 1", "a")], [errors("line 2", "a")]) == []
    assert _one(errors("line 1", "a"), errors("line 1", "b")).aspect == "rows"


def test_a_float_beyond_the_tolerance_is_shown_with_its_column() -> None:
    difference = _one(_path([{"id": 1, "price": 1.0}]), _path([{"id": 1, "price": 1.001}]))
    assert difference.aspect == "rows"
    assert difference.message.endswith("first: price was 1.0 and became 1.001")


@pytest.mark.parametrize(("holds", "differences"), [("main.db.t", 0), ("", 1)])
def test_the_case_of_a_column_counts_but_in_the_files_of_a_table(holds: str, differences: int) -> None:
    before = _path([{"Id": 1}], columns={"Id": "int"}, partitions=("Id",), holds_table=holds)
    after = _path([{"id": 1}], columns={"id": "int"}, partitions=("id",), holds_table=holds)
    assert len(compare_datasets([before], [after])) == differences


def test_a_duplicate_row_counts() -> None:
    row = {"id": 1, "price": 1.0}
    difference = _one(_path([row]), _path([row, row]))
    assert difference.message.startswith("rows differ (1 and 2 rows; 0 only in the original, 1 only in the converted)")
    assert difference.only_converted == [row]


def test_null_is_neither_zero_nor_an_empty_text() -> None:
    columns = {"name": "string"}
    difference = _one(_path([{"name": None}], columns=columns), _path([{"name": ""}], columns=columns))
    assert 'name was null and became ""' in difference.message


def test_the_nearest_row_is_the_one_that_is_shown() -> None:
    before = _path([{"id": 7, "price": None}])
    after = _path([{"id": 8, "price": 3.0}, {"id": 7, "price": 1.0}])
    assert "price was null and became 1.0" in _one(before, after).message


@pytest.mark.parametrize(
    ("changes", "aspect", "text"),
    [
        ({"columns": {"id": "bigint"}}, "columns", "lost price"),
        ({"columns": {"id": "bigint", "price": "double", "x": "int"}}, "columns", "gained x"),
        ({"columns": {"ID": "bigint", "price": "double"}}, "columns", "lost id; gained ID"),
        ({"columns": {"id": "int", "price": "double"}}, "types", "column id was bigint and became int"),
        ({"partitions": ("id",)}, "partitions", "were none and became id"),
        ({"format": "orc"}, "format", "format parquet became orc"),
        ({"unreadable": "broken footer"}, "unreadable", "the converted script wrote cannot be read: broken footer"),
    ],
)
def test_layout_differences_are_named(changes: dict[str, Any], aspect: str, text: str) -> None:
    rows = [{"id": 1, "price": 1.0}]
    difference = _one(_path(rows), _path(rows, **changes))
    assert difference.aspect == aspect
    assert text in difference.message


def test_tables_ignore_case_and_format() -> None:
    before = Dataset(kind="table", name="main.db.t", format="parquet", columns={"id": "int"}, rows=[{"id": 1}])
    after = Dataset(kind="table", name="main.db.t", format="delta", columns={"ID": "int"}, rows=[{"ID": 1}])
    assert compare_datasets([before], [after]) == []


def test_fields_of_a_struct_have_no_order() -> None:
    row = {"s": {"a": 1, "b": "x"}}
    before = _path([row], columns={"s": "struct<a:int,b:string>"})
    assert compare_datasets([before], [_path([row], columns={"s": "struct<b:string,a:int>"})]) == []
    assert _one(before, _path([row], columns={"s": "struct<b:string,a:bigint>"})).aspect == "types"


@pytest.mark.parametrize(
    ("was", "became", "same"),
    [
        ("array<struct<b:int,a:string>>", "array<struct<a:string,b:int>>", True),
        ("map<string,array<struct<b:decimal(10,2),a:int>>>", "map<string,array<struct<a:int,b:decimal(10,2)>>>", True),
        ("struct<x:array<struct<b:int,a:int>>,n:int>", "struct<n:int,x:array<struct<a:int,b:int>>>", True),
        ("array<struct<b:int,a:string>>", "array<struct<a:int,b:string>>", False),
        ("map<string,int>", "map<int,string>", False),
        ("array<int>", "struct<int>", False),
        ("decimal(10,2)", "decimal(2,10)", False),
    ],
)
def test_fields_within_arrays_and_maps_may_stand_in_another_order(was: str, became: str, same: bool) -> None:
    found = compare_datasets([_path([{"s": None}], columns={"s": was})], [_path([{"s": None}], columns={"s": became})])
    assert [difference.aspect for difference in found] == ([] if same else ["types"])


def test_a_sink_that_only_one_side_wrote_is_a_difference() -> None:
    written = _path([{"id": 1, "price": 1.0}])
    assert [d.aspect for d in compare_datasets([written], [])] == ["missing"]
    assert [d.aspect for d in compare_datasets([], [written])] == ["extra"]


def test_the_files_of_a_table_that_both_wrote_are_compared_as_the_table_only() -> None:
    table = Dataset(kind="table", name="main.db.t", columns={"id": "int"}, rows=[{"id": 1}])
    files = _path([{"id": 1}], columns={"id": "int"}, holds_table="main.db.t")
    assert compare_datasets([table, files], [table]) == []
    assert [d.aspect for d in compare_datasets([files], [])] == ["missing"]


def test_a_column_that_changes_from_run_to_run_is_found_and_left_out() -> None:
    first, second = _path([{"id": 1, "price": 1.0}]), _path([{"id": 1, "price": 2.0}])
    unstable = unstable_columns([first], [second])
    assert unstable == {"path s3://lake/out": frozenset({"price"})}
    assert compare_datasets([first], [second], unstable=unstable) == []
    assert compare_datasets([first], [_path([{"id": 9, "price": 1.0}])], unstable=unstable) != []


def _relationalized(keys: tuple[int, int, int], friends: dict[int, list[str]]) -> list[Dataset]:
    root = Dataset(
        kind="path", name="s3://lake/people", columns={"name": "string", "friends": "bigint"},
        rows=[{"name": name, "friends": key} for name, key in zip(("Nancy", "Nathan", "Zoe"), keys, strict=True)],
    )  # fmt: skip
    child = Dataset(
        kind="path", name="s3://lake/people_friends", columns={"id": "bigint", "index": "int", "friends.val": "string"},
        rows=[{"id": key, "index": at, "friends.val": v} for key, vs in friends.items() for at, v in enumerate(vs)],
    )  # fmt: skip
    return [root, child]


def test_generated_keys_are_compared_by_what_they_link() -> None:
    before = _relationalized((1, 2, 3), {1: ["Fred", "Ann"], 2: ["Karen"]})
    after = _relationalized((70, 10, 30), {70: ["Fred", "Ann"], 10: ["Karen"]})
    assert compare_datasets(before, after) != []
    assert compare_datasets(rekey(before), rekey(after)) == []


def test_rekeying_does_not_hide_friends_given_to_the_wrong_person() -> None:
    before = _relationalized((1, 2, 3), {1: ["Fred", "Ann"], 2: ["Karen"]})
    swapped = _relationalized((10, 70, 30), {70: ["Fred", "Ann"], 10: ["Karen"]})
    reordered = _relationalized((1, 2, 3), {1: ["Ann", "Fred"], 2: ["Karen"]})
    assert compare_datasets(rekey(before), rekey(swapped)) != []
    assert compare_datasets(rekey(before), rekey(reordered)) != []


def test_rekeying_follows_a_child_of_a_child() -> None:
    def nested(outer: int, inner: int) -> list[Dataset]:
        root = Dataset(kind="path", name="s3://b/r", columns={"a": "bigint"}, rows=[{"a": outer}])
        child = Dataset(
            kind="path", name="s3://b/r_a", columns={"id": "bigint", "index": "int", "a.val.b": "bigint"},
            rows=[{"id": outer, "index": 0, "a.val.b": inner}],
        )  # fmt: skip
        grandchild = Dataset(
            kind="path", name="s3://b/r_a.val.b", columns={"id": "bigint", "index": "int", "a.val.b.val": "string"},
            rows=[{"id": inner, "index": 0, "a.val.b.val": "x"}],
        )  # fmt: skip
        return [root, child, grandchild]

    assert compare_datasets(rekey(nested(1, 1)), rekey(nested(5, 9))) == []


def test_keys_in_a_frame_that_joins_root_and_child_are_named_so_that_the_rest_can_be_compared() -> None:
    def joined(key: int) -> Dataset:
        row = {"name": "Nancy", "friends": key, "id": key, "index": 0, "friends.val": "Fred"}
        kinds = {"name": "string", "friends": "bigint", "id": "bigint", "index": "int", "friends.val": "string"}
        return Dataset(kind="frame", name="show() number 1", columns=kinds, rows=[row])

    root = Dataset(kind="frame", name="variable root", columns={"friends": "bigint"}, rows=[{"friends": 1}])
    keys = generated_columns([root, joined(1)])
    assert keys == {
        "frame variable root": frozenset({"friends"}),
        "frame show() number 1": frozenset({"friends", "id"}),
    }
