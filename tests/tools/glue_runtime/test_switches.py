"""Undocumented points: each answer of a switch changes what it says it does, and is reported only when it mattered."""

import math
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

from glue2lakehouse.tools.glue_runtime import assumptions
from glue2lakehouse.tools.glue_runtime import transforms as glue
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.field_paths import parse_path
from glue2lakehouse.tools.glue_runtime.formats.csv_text import read_csv
from glue2lakehouse.tools.glue_runtime.formats.json_text import read_json
from glue2lakehouse.tools.glue_runtime.formats.xml_text import read_xml
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.records import from_python, ghost_of, plain
from glue2lakehouse.tools.glue_runtime.type_names import parse_type, type_name
from glue2lakehouse.tools.glue_runtime.widening import widened

Rows = list[dict[str, Any]]


@pytest.fixture(autouse=True)
def _default_answers() -> Iterator[None]:
    assumptions.use(assumptions.Assumptions())
    yield
    assumptions.use(assumptions.Assumptions())


def frame_of(rows: Rows) -> DynamicFrame:
    return DynamicFrame(lambda: Batch([from_python(row).value for row in rows]), None, "f")


def rows_of(frame: DynamicFrame) -> Rows:
    return [plain(record) for record in frame.batch().records]


class Case(NamedTuple):
    switch: str
    answer: str
    do: Callable[[], Any]
    by_default: Any
    otherwise: Any


def mapped(rows: Rows, *mappings: tuple[str, ...]) -> Rows:
    return rows_of(frame_of(rows).apply_mapping(list(mappings)))


def tables(rows: Rows) -> dict[str, Rows]:
    found = frame_of(rows).relationalize("r", None)
    return {name: rows_of(frame) for name, frame in found.items()}


def typed_but_empty() -> str:
    ghost = ghost_of(parse_type("struct<a:int>")).value
    return type_name(DynamicFrame(lambda: Batch([], ghost), None).schema())


CASES = [
    Case("schema_of_empty_frame", "lost", typed_but_empty, "struct<a:int>", "struct<>"),
    Case("missing_source_column", "null", lambda: mapped([{"a": 1}], ("a", "a"), ("z", "string", "z", "string")), [{"a": 1}], [{"a": 1, "z": None}]),
    Case("duplicate_target", "first", lambda: mapped([{"a": 1, "b": 2}], ("a", "x"), ("b", "x")), [{"x": 2}], [{"x": 1}]),
    Case("mapping_source_type", "declared", lambda: mapped([{"a": "1.5"}], ("a", "int", "a", "double")), [{"a": 1.5}], [{"a": None}]),
    Case("mapping_on_choice", "cast_all", lambda: mapped([{"a": 1}, {"a": "2"}], ("a", "int", "a", "long")), [{"a": 1}, {"a": None}], [{"a": 1}, {"a": 2}]),
    Case("null_after_mapping", "null_type", lambda: type_name(frame_of([{"a": None}]).apply_mapping([("a", "string", "a", "int")]).schema()), "struct<a:int>", "struct<a:string>"),
    Case("project_keeps", "convert", lambda: rows_of(frame_of([{"a": 1}, {"a": "2"}]).resolveChoice(specs=[("a", "project:int")])), [{"a": 1}, {"a": None}], [{"a": 1}, {"a": 2}]),
    Case("relationalize_null_array", "key", lambda: tables([{"a": []}, {"a": [1]}, {"a": None}])["r"], [{"a": None}, {"a": 1}, {"a": None}], [{"a": 1}, {"a": 2}, {"a": 3}]),
    Case("relationalize_null_text", "empty", lambda: tables([{"a": ["x", None]}])["r_a"][1]["a.val"], None, ""),
    Case("relationalize_choice_array", "kept", lambda: tables([{"a": [1]}, {"a": "x"}])["r"], [{"a": 1}, {"a": "x"}], [{"a": [1]}, {"a": "x"}]),
    Case("unnest_struct_in_array", "dotted", lambda: rows_of(frame_of([{"a": [{"b": {"c": 1}}]}]).unnest()), [{"a": [{"b": {"c": 1}}]}], [{"a": [{"a.val.b.c": 1}]}]),
    Case("unbox_null", "error", lambda: frame_of([{"a": None}]).unbox("a", "json").errorsCount(), 0, 1),
    Case("unbox_quoted_numbers", "number", lambda: rows_of(frame_of([{"a": '{"n": "220"}'}]).unbox("a", "json")), [{"a": {"n": "220"}}], [{"a": {"n": 220}}]),
    Case("rename_onto_existing", "keep", lambda: rows_of(frame_of([{"a": 1, "b": 2}]).rename_field("a", "b")), [{"b": 1}], [{"a": 1, "b": 2}]),
    Case("split_rows_null", "nowhere", lambda: frame_of([{"a": None}]).split_rows({"a": {">": 1}}, "x", "y")["y"].count(), 1, 0),
    Case("join_clash_winner", "right", lambda: rows_of(frame_of([{"k": 1, "v": "l"}]).join("k", "q", frame_of([{"q": 1, "v": "r"}])))[0], {"k": 1, ".v": "l", "q": 1, "v": "r"}, {"k": 1, "q": 1, "v": "r"}),
    Case("join_clash_winner", "left", lambda: rows_of(frame_of([{"k": 1, "v": "l"}]).join("k", "q", frame_of([{"q": 1, "v": "r"}])))[0], {"k": 1, ".v": "l", "q": 1, "v": "r"}, {"k": 1, "v": "l", "q": 1}),
    Case("join_dotted_side", "right", lambda: type_name(frame_of([{"k": 1}]).apply_mapping([("k", "int", "k", "long")]).join("k", "k", frame_of([{"k": 1}])).schema()), "struct<.k:bigint,k:int>", "struct<k:bigint,.k:int>"),
    Case("join_keys_in_any_order", "yes", lambda: rows_of(frame_of([{"a": 1, "b": 2}, {"a": 2, "b": 1}]).join(["a", "b"], ["a", "b"], frame_of([{"a": 1, "b": 2}]))), [{".a": 1, ".b": 2, "a": 1, "b": 2}], [{".a": 1, ".b": 2, "a": 1, "b": 2}, {".a": 2, ".b": 1, "a": 1, "b": 2}]),
    Case("nan_in_key", "nothing", lambda: frame_of([{"k": math.nan}]).join("k", "q", frame_of([{"q": math.nan}])).count(), 1, 0),
    Case("join_key_types", "as_text", lambda: frame_of([{"k": 1}]).join("k", "q", frame_of([{"q": "1"}])).count(), 0, 1),
    Case("map_keeps_types", "no", lambda: type_name(frame_of([{"a": 1}]).apply_mapping([("a", "int", "a", "long")]).map(lambda rec: rec).schema()), "struct<a:bigint>", "struct<a:int>"),
    Case("new_integer_type", "long", lambda: type_name(frame_of([{"a": "x"}]).map(lambda rec: {"n": 1}).schema()), "struct<n:int>", "struct<n:bigint>"),
    Case("csv_empty_field", "null", lambda: plain(read_csv("a,\n", {})[0][0]), {"col0": "a", "col1": ""}, {"col0": "a", "col1": None}),
    Case("csv_empty_typed", "string", lambda: plain(read_csv("1,\n", {}, {"a": parse_type("int"), "b": parse_type("int")})[0][0]), {"a": 1, "b": None}, {"a": 1, "b": ""}),
    Case("csv_extra_fields", "named", lambda: plain(read_csv("a\n1,2\n", {"withHeader": True})[0][0]), {"a": "1"}, {"a": "1", "col1": "2"}),
    Case("json_outer_array", "array_column", lambda: [plain(record) for record in read_json("[1]", {})[0]], [], [{"array": [1]}]),
    Case("xml_value_types", "strings", lambda: plain(read_xml("<d><r><a>1</a></r></d>", {"rowTag": "r"})[0][0]), {"a": 1}, {"a": "1"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=[case.switch for case in CASES])
def test_a_switch_changes_the_outcome_and_is_reported(case: Case) -> None:
    assert case.do() == case.by_default
    assert case.switch in assumptions.used()
    assumptions.use(assumptions.Assumptions({case.switch: case.answer}))
    assert case.do() == case.otherwise


def test_a_threshold_may_be_reached_or_exceeded() -> None:
    frame = frame_of([{"x": 0}])
    assumptions.use(assumptions.Assumptions())
    assert frame.filter(lambda rec: 1 / rec["x"], stageThreshold=1).count() == 0
    assumptions.use(assumptions.Assumptions({"threshold_reached": "at"}))
    with pytest.raises(RuntimeError):
        frame.filter(lambda rec: 1 / rec["x"], stageThreshold=1).count()


def test_numbers_of_one_column_may_be_widened() -> None:
    records, _ = read_json('{"a": 1}\n{"a": 3000000000}\n{"a": 1.5}', {})
    assert sorted(Batch(records).schema().getField("a").dataType.choices) == ["double", "int", "long"]
    assert type_name(Batch(widened(records)).schema()) == "struct<a:double>"


def test_plain_work_relies_on_no_switch() -> None:
    records, _ = read_json('{"a": 1, "s": {"b": "x"}}\n{"a": 2, "s": {"b": "y"}}', {})
    frame = DynamicFrame(lambda: Batch(records), None, "f")
    frame = frame.apply_mapping([("a", "int", "a", "long"), ("s.b", "string", "b", "string")]).filter(
        lambda r: r["a"] > 1
    )
    frame = frame.join("a", "c", frame_of([{"c": 2}]).apply_mapping([("c", "int", "c", "long")])).drop_fields("b")
    assert rows_of(frame) == [{"a": 2, "c": 2}]
    assert assumptions.used() == {}


def test_xml_elements_that_occur_once_or_often_make_a_choice() -> None:
    text = '<?xml version="1.0"?><d><r id="7"><i>a</i></r><r><i>a</i><i>b</i></r></d>'
    records, errors = read_xml(text, {"rowTag": "r"})
    assert [plain(record) for record in records] == [{"_id": 7, "i": "a"}, {"i": ["a", "b"]}]
    assert not errors
    assert sorted(Batch(records).schema().getField("i").dataType.choices) == ["array", "string"]


def test_glue_transforms_describe_themselves() -> None:
    assert glue.get_transform("applymapping") is glue.ApplyMapping
    assert [argument["name"] for argument in glue.Filter.describeArgs()][:2] == ["frame", "f"]


@pytest.mark.parametrize(
    ("text", "parts"),
    [("a.b", ("a", "b")), ("`a.b`", ("a.b",)), ("`.zip`", (".zip",)), ("l[].x", ("l", "x")), ("`a.b`.c", ("a.b", "c"))],
)
def test_paths_split_at_dots_outside_of_backticks(text: str, parts: tuple[str, ...]) -> None:
    assert parse_path(text) == parts
