"""Merging and spelling of types (surface rows `gluetypes.*`, semantics 0)."""

import pytest

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.type_names import parse_type, tree, type_name


def struct(**members: t.DataType) -> t.StructType:
    return t.StructType([t.Field(name, kind) for name, kind in members.items()])


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (t.NullType(), t.IntegerType(), t.IntegerType()),
        (t.StringType(), t.UnknownType(), t.StringType()),
        (t.IntegerType(), t.LongType(), t.ChoiceType([t.IntegerType(), t.LongType()])),
        (struct(a=t.IntegerType()), struct(b=t.StringType()), struct(a=t.IntegerType(), b=t.StringType())),
        (t.ArrayType(t.NullType()), t.ArrayType(t.StringType()), t.ArrayType(t.StringType())),
        (t.MapType(t.IntegerType()), t.MapType(t.StringType()), t.MapType(t.ChoiceType([t.IntegerType(), t.StringType()]))),
        (t.ChoiceType([t.IntegerType(), t.StringType()]), t.IntegerType(), t.ChoiceType([t.IntegerType(), t.StringType()])),
        (struct(a=t.IntegerType()), t.StringType(), t.ChoiceType([struct(a=t.IntegerType()), t.StringType()])),
    ],
)  # fmt: skip
def test_types_merge_as_records_of_both_need(one: t.DataType, other: t.DataType, merged: t.DataType) -> None:
    assert t.mergeDataTypes(one, other) == merged


def test_adding_a_known_field_merges_its_type() -> None:
    kind = struct(a=t.IntegerType())
    kind.add(t.Field("a", t.StringType()))
    assert kind.getField("a").dataType == t.ChoiceType([t.IntegerType(), t.StringType()])
    assert kind.hasField("a")
    assert not kind.hasField("b")


def test_a_type_survives_its_json() -> None:
    kind = struct(a=t.ArrayType(struct(b=t.DecimalType(12, 3))), m=t.MapType(t.LongType()))
    assert t.StructType.fromJsonValue(kind.jsonValue()) == kind


def test_a_decimal_has_glues_defaults_and_an_enum_has_no_json() -> None:
    assert (t.DecimalType().precision, t.DecimalType().scale) == (10, 2)
    assert t.EnumType(["a"]).jsonValue() is None


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("String", "string"),
        ("BIGINT", "bigint"),
        ("Long", "bigint"),
        ("integer", "int"),
        ("decimal(12,3)", "decimal(12,3)"),
        ("array<struct<a:int,b:array<string>>>", "array<struct<a:int,b:array<string>>>"),
        ("map<string,bigint>", "map<string,bigint>"),
        ("varchar(20)", "string"),
    ],
)
def test_type_names_are_read_whatever_their_case(text: str, name: str) -> None:
    assert type_name(parse_type(text)) == name


def test_an_unknown_type_name_is_refused() -> None:
    with pytest.raises(ValueError, match="money"):
        parse_type("money")


def test_a_choice_prints_as_a_node_with_its_types_below() -> None:
    kind = struct(id=t.ChoiceType([t.LongType(), t.StringType()]), a=t.ArrayType(t.IntegerType()))
    assert tree(kind).splitlines() == [
        "root", "|-- id: choice", "|    |-- long", "|    |-- string", "|-- a: array", "|    |-- element: int",
    ]  # fmt: skip


def test_a_record_is_a_dict_whose_items_are_attributes() -> None:
    record = t.DynamicRecord(x=1)
    record.y = 2
    assert (record.x, record["y"], record.get("z")) == (1, 2, None)
    with pytest.raises(KeyError):
        record.z  # noqa: B018
