"""Inputs and outputs of the public Glue guide's examples, transcribed: one row a statement, with where it stands.

Pages: `scala` glue-etl-scala-apis-glue-dynamicframe-class, `python` aws-glue-api-crawler-pyspark-extensions-dynamic-frame,
`map`, `join`, `filter`, … the transform pages, `medicaid` and `legislators` the samples, `semantics N` the project's facts.
"""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

from glue2lakehouse.tools.glue_runtime import transforms as glue
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.formats.csv_text import read_csv
from glue2lakehouse.tools.glue_runtime.formats.json_text import read_json
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.records import plain
from glue2lakehouse.tools.glue_runtime.type_names import parse_type, type_name

Rows = list[dict[str, Any]]
Do = Callable[[DynamicFrame], Any]


class Context:
    """What a frame asks of its context when no Spark is about."""

    def empty_frame(self, name: str) -> DynamicFrame:
        return DynamicFrame(lambda: Batch([]), self, name)


def frame_of(rows: Rows, name: str = "frame") -> DynamicFrame:
    records, errors = read_json("\n".join(json.dumps(row) for row in rows), {})
    return DynamicFrame(lambda: Batch(records, None, errors, errors), Context(), name)


def rows_of(frame: DynamicFrame) -> Rows:
    return [plain(record) for record in frame.batch().records]


def schema_of(frame: DynamicFrame) -> str:
    return type_name(frame.schema()).removeprefix("struct<").removesuffix(">")


class Vector(NamedTuple):
    source: str
    rows: Rows
    do: Do
    expected: Any


SALLY = [{"name": "Sally", "age": 36, "address": {"state": "NE", "zip": 68007}, "junk": "x"}]
FLAT_SALLY = [{"name": "Sally", "age": 36, "state": "NE", "zip": 68007}]
PEOPLE = [
    {"name": "Nancy", "age": 47, "friends": ["Fred", "Lakshmi"]},
    {"name": "Stephanie", "age": 28, "friends": ["Yao", "Phil", "Alvin"]},
    {"name": "Nathan", "age": 54, "friends": ["Nicolai", "Karen"]},
]
FRIENDS = [
    {"id": 1, "index": 0, "friends.val": "Fred"},
    {"id": 1, "index": 1, "friends.val": "Lakshmi"},
    {"id": 2, "index": 0, "friends.val": "Yao"},
    {"id": 2, "index": 1, "friends.val": "Phil"},
    {"id": 2, "index": 2, "friends.val": "Alvin"},
    {"id": 3, "index": 0, "friends.val": "Nicolai"},
    {"id": 3, "index": 1, "friends.val": "Karen"},
]
CHOICE = [{"id": 1}, {"id": "2"}, {"id": "x"}]
PRICES = [{"myList": [{"price": 100.0}, {"price": "$100.00"}]}]
SALLY_FRIENDS = [
    {"name": "Sally", "age": 23, "location": {"state": "WY", "county": "Fremont"}, "friends": []},
    {"name": "Varun", "age": 34, "location": {"state": "NE", "county": "Douglas"}, "friends": [{"name": "Arjun", "age": 3}]},
    {"name": "George", "age": 52, "location": {"state": "NY"}, "friends": [{"name": "Fred"}, {"name": "Amy", "age": 15}]},
]  # fmt: skip
HOSPITAL = [
    {"DRG Definition": "039", "Provider Id": "10001", "Provider Name": "SOUTHEAST", "Provider Street Address": "1108 ROSS",
     "Provider City": "DOTHAN", "Provider State": "AL", "Provider Zip Code": "36301", "Total Discharges": "91"}
]  # fmt: skip
CONTACTS = [
    {"id": 10, "contact_details": [{"type": "fax", "value": "202"}, {"type": "phone", "value": "203"}]},
    {"id": 11, "contact_details": [{"type": "phone", "value": "204"}]},
]


def merge_address(rec: Any) -> Any:
    """The guide's Map example, in its own words' order."""
    parts = ["Provider Street Address", "Provider City", "Provider State", "Provider Zip Code"]
    names = ["Street", "City", "State", "Zip.Code"]
    rec["Address"] = {name: rec[part] for name, part in zip(names, parts, strict=True)}
    rec["Address"]["Array"] = [rec[part] for part in parts]
    for part in parts:
        del rec[part]
    return rec


def then(transform: Any, look: Callable[[Any], Any] = rows_of, **arguments: Any) -> Do:
    return lambda frame: look(transform.apply(frame=frame, **arguments))


def frames(collection: Any) -> dict[str, Rows]:
    return {name: rows_of(collection[name]) for name in collection.keys()}  # noqa: SIM118


def mapped(*mappings: tuple[str, ...]) -> Do:
    return then(glue.ApplyMapping, mappings=list(mappings))


def resolved(look: Callable[[Any], Any], **arguments: Any) -> Do:
    return then(glue.ResolveChoice, look, **arguments)


def joined(other: Rows, keys1: Any, keys2: Any) -> Do:
    return lambda frame: rows_of(glue.Join.apply(frame, frame_of(other), keys1, keys2))


VECTORS = {
    "a mapping unnests a struct": Vector("scala applyMapping", SALLY, mapped(("name", "string", "name", "string"), ("age", "int", "age", "int"), ("address.state", "string", "state", "string"), ("address.zip", "int", "zip", "int")), FLAT_SALLY),
    "a mapping nests columns": Vector("scala applyMapping", FLAT_SALLY, mapped(("name", "string", "name", "string"), ("age", "int", "age", "int"), ("state", "string", "address.state", "string"), ("zip", "int", "address.zip", "int")), [{"name": "Sally", "age": 36, "address": {"state": "NE", "zip": 68007}}]),
    "a mapping drops what it does not name and casts": Vector("semantics 2", SALLY, mapped(("name", "string", "name", "string"), ("address.state", "string", "state", "string"), ("address.zip", "int", "zip", "string")), [{"name": "Sally", "state": "NE", "zip": "68007"}]),
    "a mapping casts money text to double": Vector("medicaid", [{"charge": "32963.07", "paid": "6653.80"}], mapped(("charge", "string", "charges.covered", "double"), ("paid", "string", "charges.total_pay", "double")), [{"charges": {"covered": 32963.07, "total_pay": 6653.8}}]),
    "backticks quote a dot in a mapping": Vector("scala applyMapping", [{"a.b": 1, "a": {"b": 2}}], mapped(("`a.b`", "int", "dotted", "int"), ("a.b", "int", "nested", "int")), [{"dotted": 1, "nested": 2}]),
    "type names have any case": Vector("semantics 2", [{"a": 1}], mapped(("a", "Int", "a", "String")), [{"a": "1"}]),
    "a source may be mapped twice": Vector("semantics 2", [{"ts": "5"}], mapped(("ts", "string", "a", "string"), ("ts", "string", "b", "long")), [{"a": "5", "b": 5}]),
    "a pair renames without a cast": Vector("semantics 2", [{"a": 1}], mapped(("a", "b")), [{"b": 1}]),
    "source names are found whatever their case": Vector("semantics 2", [{"Id": 1}], mapped(("id", "int", "id", "int")), [{"id": 1}]),
    "cast makes one type of a choice": Vector("semantics 3", CHOICE, resolved(rows_of, specs=[("id", "cast:int")]), [{"id": 1}, {"id": 2}, {"id": None}]),
    "cast to string keeps all": Vector("semantics 3", CHOICE, resolved(rows_of, specs=[("id", "cast:string")]), [{"id": "1"}, {"id": "2"}, {"id": "x"}]),
    "make_cols makes a column per type": Vector("python resolveChoice", CHOICE, resolved(rows_of, choice="make_cols"), [{"id_int": 1, "id_string": None}, {"id_int": None, "id_string": "2"}, {"id_int": None, "id_string": "x"}]),
    "make_cols names columns by type": Vector("scala resolveChoice", CHOICE, resolved(schema_of, choice="make_cols"), "id_int:int,id_string:string"),
    "make_struct makes a member per type": Vector("python resolveChoice", CHOICE, resolved(rows_of, specs=[("id", "make_struct")]), [{"id": {"int": 1, "string": None}}, {"id": {"int": None, "string": "2"}}, {"id": {"int": None, "string": "x"}}]),
    "project keeps values of its type": Vector("scala resolveChoice", CHOICE, resolved(rows_of, specs=[("id", "project:int")]), [{"id": 1}, {"id": None}, {"id": None}]),
    "one tuple is a list of specs": Vector("semantics 3", CHOICE, resolved(schema_of, specs=("id", "cast:long")), "id:bigint"),
    "a nested choice is cast by its path": Vector("scala resolveChoice", [{"user": {"id": 1}}, {"user": {"id": "2"}}], resolved(rows_of, specs=[("user.id", "cast:int")]), [{"user": {"id": 1}}, {"user": {"id": 2}}]),
    "project:struct keeps structs only": Vector("scala resolveChoice", [{"address": {"a": 1}}, {"address": "x"}], resolved(rows_of, specs=[("address", "project:struct")]), [{"address": {"a": 1}}, {"address": None}]),
    "brackets address array members": Vector("python resolveChoice", PRICES, resolved(rows_of, specs=[("myList[].price", "cast:double")]), [{"myList": [{"price": 100.0}, {"price": None}]}]),
    "a choice-free frame is left alone": Vector("semantics 3", FLAT_SALLY, resolved(rows_of, choice="make_struct"), FLAT_SALLY),
    "mixed values have a choice type": Vector("semantics 3", CHOICE, lambda frame: sorted(frame.schema().getField("id").dataType.choices), ["int", "string"]),
    "relationalize gives the root keys": Vector("scala relationalize", PEOPLE, lambda frame: rows_of(frame.relationalize("people", "s3://b/t")["people"]), [{"name": "Nancy", "age": 47, "friends": 1}, {"name": "Stephanie", "age": 28, "friends": 2}, {"name": "Nathan", "age": 54, "friends": 3}]),
    "relationalize gives one row an element": Vector("scala relationalize", PEOPLE, lambda frame: rows_of(frame.relationalize("people", "s3://b/t")["people_friends"]), FRIENDS),
    "relationalized structs have val in their names": Vector("legislators", CONTACTS, lambda frame: rows_of(frame.relationalize("hist_root", "s3://b/t")["hist_root_contact_details"]), [{"id": 1, "index": 0, "contact_details.val.type": "fax", "contact_details.val.value": "202"}, {"id": 1, "index": 1, "contact_details.val.type": "phone", "contact_details.val.value": "203"}, {"id": 2, "index": 0, "contact_details.val.type": "phone", "contact_details.val.value": "204"}]),
    "relationalize names its frames": Vector("legislators", CONTACTS, lambda frame: list(frame.relationalize("hist_root", "s3://b/t").keys()), ["hist_root", "hist_root_contact_details"]),
    "relationalize goes into nested arrays": Vector("semantics 4", [{"a": [{"b": [1, 2]}]}], lambda frame: frames(frame.relationalize("r", "s3://b/t")), {"r": [{"a": 1}], "r_a": [{"id": 1, "index": 0, "a.val.b": 1}], "r_a.val.b": [{"id": 1, "index": 0, "a.val.b.val": 1}, {"id": 1, "index": 1, "a.val.b.val": 2}]}),
    "relationalize keys are long and indexes int": Vector("semantics 4", PEOPLE, lambda frame: schema_of(frame.relationalize("p", "s3://b/t")["p_friends"]), "id:bigint,index:int,friends.val:string"),
    "unnest makes dotted names": Vector("scala unnest", [{"name": "S", "age": 36, "address": {"state": "NE", "city": "Omaha"}}], then(glue.UnnestFrame), [{"name": "S", "age": 36, "address.state": "NE", "address.city": "Omaha"}]),
    "unnest keeps arrays": Vector("map", [{"Address": {"Street": "s", "Zip.Code": "1", "Array": ["a"]}}], then(glue.UnnestFrame), [{"Address.Street": "s", "Address.Zip.Code": "1", "Address.Array": ["a"]}]),
    "unbox parses JSON in place": Vector("scala unbox", [{"name": "Sally", "age": 36, "address": '{"state": "NE", "city": "Omaha"}'}], then(glue.Unbox, path="address", format="json"), [{"name": "Sally", "age": 36, "address": {"state": "NE", "city": "Omaha"}}]),
    "unbox types its members": Vector("scala unbox", [{"name": "Sally", "age": 36, "address": '{"state": "NE", "city": "Omaha"}'}], then(glue.Unbox, schema_of, path="address", format="json"), "name:string,age:int,address:struct<state:string,city:string>"),
    "unbox reads CSV with a separator": Vector("python unbox", [{"c": "1|2"}], then(glue.Unbox, path="c", format="csv", separator="|"), [{"c": {"col0": "1", "col1": "2"}}]),
    "unbox makes errors of broken text": Vector("semantics 5", [{"c": "{"}, {"c": "{}"}], then(glue.Unbox, lambda frame: (frame.count(), frame.errorsCount()), path="c", format="json"), (1, 1)),
    "drop removes a top-level field": Vector("python drop_fields", SALLY_FRIENDS, then(glue.DropFields, lambda frame: sorted(rows_of(frame)[0]), paths=["age"]), ["friends", "location", "name"]),
    "drop removes a member of a struct": Vector("python drop_fields", SALLY_FRIENDS, then(glue.DropFields, lambda frame: [row.get("location") for row in rows_of(frame)], paths=["location.county"]), [{"state": "WY"}, {"state": "NE"}, {"state": "NY"}]),
    "drop removes a struct with its last member": Vector("python drop_fields", SALLY_FRIENDS, then(glue.DropFields, lambda frame: ["location" in row for row in rows_of(frame)], paths=["location.county", "location.state"]), [False, False, False]),
    "drop reaches into arrays": Vector("python drop_fields", SALLY_FRIENDS, then(glue.DropFields, lambda frame: [row["friends"] for row in rows_of(frame)], paths=["friends.age"]), [[], [{"name": "Arjun"}], [{"name": "Fred"}, {"name": "Amy"}]]),
    "an unknown path drops nothing": Vector("semantics 7", CHOICE, then(glue.DropFields, paths=["nothing.here"]), CHOICE),
    "select keeps listed fields": Vector("scala selectFields", SALLY, then(glue.SelectFields, paths=["name", "age", "missing"]), [{"name": "Sally", "age": 36}]),
    "rename changes a nested field": Vector("scala renameField", SALLY, then(glue.RenameField, lambda frame: rows_of(frame)[0]["address"], old_name="address.state", new_name="address.state_code"), {"state_code": "NE", "zip": 68007}),
    "rename takes a quoted name": Vector("semantics 7", [{"a.b": 1}], then(glue.RenameField, old_name="`a.b`", new_name="ab"), [{"ab": 1}]),
    "split fields gives the rest too": Vector("python split_fields", SALLY, then(glue.SplitFields, frames, paths=["name", "junk"], name1="one", name2="two"), {"one": [{"name": "Sally", "junk": "x"}], "two": [{"age": 36, "address": {"state": "NE", "zip": 68007}}]}),
    "split fields names by the frame": Vector("semantics 7", SALLY, then(glue.SplitFields, lambda found: list(found.keys()), paths=["name"]), ["frame1", "frame2"]),
    "split rows ands its comparisons": Vector("python split_rows", [{"age": 5}, {"age": 15}, {"age": 25}], then(glue.SplitRows, frames, comparison_dict={"age": {">": 10, "<": 20}}, name1="in", name2="out"), {"in": [{"age": 15}], "out": [{"age": 5}, {"age": 25}]}),
    "split rows puts the limit with the rest": Vector("semantics 7", [{"id": 9}, {"id": 10}, {"id": 11}], then(glue.SplitRows, frames, comparison_dict={"id": {">": 10}}, name1="high", name2="low"), {"high": [{"id": 11}], "low": [{"id": 9}, {"id": 10}]}),
    "split rows compares nested columns with texts": Vector("scala splitRows", [{"age": 70, "address": {"country": "USA"}}, {"age": 70, "address": {"country": "CA"}}], then(glue.SplitRows, lambda found: found["frame1"].count(), comparison_dict={"age": {">=": 65}, "address.country": {"=": "USA"}}), 1),
    "join dots one of two equal key names": Vector("join", [{"customers": "a", "zip": 1}], joined([{"zip": 1}], ["zip"], ["zip"]), [{"customers": "a", "zip": 1, ".zip": 1}]),
    "join takes one key as text": Vector("semantics 8", [{"a": 1}], joined([{"b": 1, "c": 2}, {"b": 3, "c": 4}], "a", "b"), [{"a": 1, "b": 1, "c": 2}]),
    "join keeps a column once that the left records lack": Vector("legislators", [{"id": 1, "seats": 435}, {"id": 2, "links": "l"}], joined([{"org": 1, "links": "r"}], "id", "org"), [{"id": 1, "seats": 435, "links": "r", "org": 1}]),
    "join dots the left one of two columns": Vector("semantics 8", [{"id": 1, "name": "Weight"}], joined([{"org": 1, "name": "Getting Active"}], "id", "org"), [{"id": 1, ".name": "Weight", "org": 1, "name": "Getting Active"}]),
    "join never matches nulls": Vector("semantics 8", [{"a": None}, {"a": 1}], joined([{"b": None}, {"b": 1}], "a", "b"), [{"a": 1, "b": 1}]),
    "a predicate keeps what is true": Vector("filter", [{"x": 12}, {"x": 3}], then(glue.Filter, f=lambda rec: rec["x"] > 10), [{"x": 12}]),
    "a missing field drops the record": Vector("semantics 9", [{"x": 12}, {"y": 1}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec["x"] > 10), (1, 0)),
    "a missing attribute drops the record": Vector("semantics 9", [{"y": 1}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec.x > 10), (0, 0)),
    "a null compared drops the record": Vector("semantics 9", [{"x": None}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec["x"] > 10), (0, 0)),
    "text that is no number drops the record": Vector("semantics 9", [{"x": "abc"}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: int(rec["x"]) > 10), (0, 0)),
    "a short list makes an error record": Vector("semantics 9", [{"l": [1]}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec["l"][5]), (0, 1)),
    "an unknown method makes an error record": Vector("semantics 9", [{"x": 1}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec["x"].foo()), (0, 1)),
    "a division by zero makes an error record": Vector("semantics 9", [{"x": 0}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: 1 / rec["x"] > 0), (0, 1)),
    "null differs from text in Python": Vector("semantics 9", [{"x": None}, {"x": "a"}], then(glue.Filter, f=lambda rec: rec["x"] != "a"), [{"x": None}]),
    "records have get": Vector("semantics 9", [{"y": 1}], then(glue.Filter, f=lambda rec: rec.get("x") is None), [{"y": 1}]),
    "attributes work two levels deep": Vector("semantics 9", [{"a": {"b": {"c": 1}}}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec.a.b["c"] == 1), (1, 0)),
    "attributes do not work three levels deep": Vector("semantics 9", [{"a": {"b": {"c": 1}}}], then(glue.Filter, lambda frame: (frame.count(), frame.errorsCount()), f=lambda rec: rec.a.b.c == 1), (0, 1)),
    "map merges an address": Vector("map", HOSPITAL, then(glue.Map, lambda frame: rows_of(frame)[0]["Address"], f=merge_address), {"Street": "1108 ROSS", "City": "DOTHAN", "State": "AL", "Zip.Code": "36301", "Array": ["1108 ROSS", "DOTHAN", "AL", "36301"]}),
    "map drops what it deletes": Vector("map", HOSPITAL, then(glue.Map, lambda frame: sorted(rows_of(frame)[0]), f=merge_address), ["Address", "DRG Definition", "Provider Id", "Provider Name", "Total Discharges"]),
    "map without a result makes an error record": Vector("semantics 9", [{"x": 1}], then(glue.Map, lambda frame: (frame.count(), rows_of(frame.errorsAsDynamicFrame())[0]["error"]["msg"]), f=lambda rec: None), (0, "User-specified function returned None instead of DynamicRecord")),
    "map that raises makes an error record": Vector("scala map", [{"x": 1}], then(glue.Map, lambda frame: (frame.count(), frame.stageErrorsCount(), rows_of(frame.errorsAsDynamicFrame())[0]["error"]["msg"]), f=lambda rec: rec["nope"]), (0, 1, "'nope'")),
    "staged records replace those of their key": Vector("python mergeDynamicFrame", [{"id": 1, "v": "a"}, {"id": 1, "v": "a2"}, {"id": 2, "v": "b"}], lambda frame: rows_of(frame.mergeDynamicFrame(frame_of([{"id": 2, "v": "B"}, {"id": 2, "v": "B2"}, {"id": 3, "v": "C"}]), ["id"])), [{"id": 1, "v": "a"}, {"id": 1, "v": "a2"}, {"id": 2, "v": "B"}, {"id": 2, "v": "B2"}, {"id": 3, "v": "C"}]),
    "union matches by name": Vector("semantics 10", [{"a": 1, "b": 2}], lambda frame: rows_of(frame.union(frame_of([{"b": 3, "c": 4}]))), [{"a": 1, "b": 2}, {"b": 3, "c": 4}]),
    "null columns go": Vector("scala dropNulls", [{"a": 1, "b": None}, {"a": 2, "b": None}], then(glue.DropNullFields), [{"a": 1}, {"a": 2}]),
    "single nulls stay": Vector("scala dropNulls", [{"a": 1, "b": None}, {"a": 2, "b": "x"}], then(glue.DropNullFields), [{"a": 1, "b": None}, {"a": 2, "b": "x"}]),
    "small JSON integers are int": Vector("semantics 14", [{"a": 1, "b": 3000000000, "c": 1.5, "d": [None]}], schema_of, "a:int,b:bigint,c:double,d:array<string>"),
    "split fields and select agree": Vector("scala splitFields", SALLY, then(glue.SplitFields, frames, paths="age", name1="a", name2="b"), {"a": [{"age": 36}], "b": [{"name": "Sally", "address": {"state": "NE", "zip": 68007}, "junk": "x"}]}),
    "merge takes several keys": Vector("scala mergeDynamicFrames", [{"id1": 1, "id2": 1, "v": "a"}, {"id1": 1, "id2": 2, "v": "b"}], lambda frame: rows_of(frame.mergeDynamicFrame(frame_of([{"id1": 1, "id2": 2, "w": "B"}]), ["id1", "id2"])), [{"id1": 1, "id2": 1, "v": "a"}, {"id1": 1, "id2": 2, "w": "B"}]),
    "a renamed field keeps its values": Vector("python rename_field", [{"org": "x", "id": 1}], then(glue.RenameField, old_name="org", new_name="org_name"), [{"org_name": "x", "id": 1}]),
    "a missing key of a collection gives an empty frame": Vector("semantics collections", PEOPLE, lambda frame: glue.SelectFromCollection.apply(dfc=frame.relationalize("r", "s3://b/t"), key="nope").count(), 0),
}  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS.values(), ids=VECTORS.keys())
def test_the_guides_example_comes_out_as_printed(vector: Vector) -> None:
    assert vector.do(frame_of(vector.rows)) == vector.expected


def test_there_are_forty_vectors_beyond_the_worked_ones() -> None:
    assert sum(not vector.source.startswith("semantics") for vector in VECTORS.values()) >= 40


def test_a_truncated_json_line_swallows_the_next_one() -> None:
    lines = (
        '{"id":1,"name":"a","x":1}\n{"id":2,"name":"franklin",\n{"id":3,"name":"c","x":3}\n{"id":4,"name":"d","x":4}\n'
    )
    records, errors = read_json(lines, {})
    assert [plain(record)["id"] for record in records] == [1, 4]
    assert len(errors) == 1
    assert plain(errors[0].as_record())["error"]["dynamicRecord"] == {"id": 2, "name": "franklin"}


def test_csv_with_a_header_is_all_strings_with_names_verbatim() -> None:
    records, _ = read_csv('DRG Definition,Provider Id\n"039 - A, B",10001\n', {"withHeader": True})
    assert [plain(record) for record in records] == [{"DRG Definition": "039 - A, B", "Provider Id": "10001"}]


def test_csv_without_a_header_numbers_its_columns() -> None:
    records, _ = read_csv("a,b\nc,d\n", {})
    assert [plain(record) for record in records] == [{"col0": "a", "col1": "b"}, {"col0": "c", "col1": "d"}]


def test_a_catalog_type_is_applied_value_by_value() -> None:
    records, _ = read_csv("10001\nx\n", {}, {"provider id": parse_type("bigint")})
    kind = Batch(records).schema().getField("provider id").dataType
    assert sorted(kind.choices) == ["long", "string"]
    cast_frame = DynamicFrame(lambda: Batch(records), Context()).resolveChoice(specs=[("provider id", "cast:long")])
    assert rows_of(cast_frame) == [{"provider id": 10001}, {"provider id": None}]


def test_specs_and_choice_exclude_each_other() -> None:
    with pytest.raises(Exception, match="not both"):
        frame_of(CHOICE).resolveChoice(specs=[("id", "cast:int")], choice="make_cols")
    with pytest.raises(Exception, match="Either specs or choice"):
        frame_of(CHOICE).resolveChoice()


@pytest.mark.parametrize("mappings", [[["a", "b"]], "ab"])
def test_a_mapping_must_be_a_tuple(mappings: Any) -> None:
    with pytest.raises(TypeError):
        frame_of([{"a": 1}]).apply_mapping(mappings)


def test_one_bare_tuple_is_one_mapping() -> None:
    assert rows_of(frame_of([{"a": 1}]).apply_mapping(("a", "int", "b", "string"))) == [{"b": "1"}]


def test_thresholds_of_zero_never_fail_and_others_do() -> None:
    broken = frame_of([{"x": 0}, {"x": 1}])
    assert broken.filter(lambda rec: 1 / rec["x"] > 0).count() == 1
    assert broken.filter(lambda rec: 1 / rec["x"] > 0, stageThreshold=1).count() == 1
    worse = frame_of([{"x": 0}, {"x": 0}, {"x": 1}])
    strict = worse.filter(lambda rec: 1 / rec["x"] > 0, stageThreshold=1)
    with pytest.raises(RuntimeError, match="threshold 1 reached"):
        strict.assertErrorThreshold()


def test_errors_pass_on_and_stage_errors_are_the_last_transforms() -> None:
    frame = frame_of([{"x": 0}, {"x": 1}]).filter(lambda rec: 1 / rec["x"] > 0).drop_fields("y")
    assert (frame.errorsCount(), frame.stageErrorsCount()) == (1, 0)


def test_the_published_union_class_is_broken_and_join_cannot_describe_itself() -> None:
    with pytest.raises(NameError):
        glue.Union.apply(frame_of(CHOICE), frame_of(CHOICE))
    with pytest.raises(NameError):
        glue.Join.describeArgs()


def test_a_function_works_on_a_copy_of_its_globals() -> None:
    seen: list[int] = []

    def remember(rec: Any) -> Any:
        seen.append(rec["x"])
        return rec

    assert frame_of([{"x": 1}]).map(remember).count() == 1
    assert seen == []


def test_a_long_that_map_returns_unchanged_stays_long() -> None:
    frame = frame_of([{"n": 5}]).apply_mapping([("n", "int", "n", "long")]).map(lambda rec: {**rec, "m": 1})
    assert schema_of(frame) == "n:bigint,m:int"


def test_dynamodb_json_loses_its_type_tags() -> None:
    item = {"Item": {"id": {"S": "a"}, "n": {"N": "1"}, "tags": {"L": [{"S": "x"}]}, "m": {"M": {"k": {"BOOL": True}}}}}
    assert rows_of(frame_of([item]).simplify_ddb_json()) == [{"id": "a", "n": "1", "tags": ["x"], "m": {"k": True}}]
