"""Spellings of types that mean the same, and what a change of type does to values."""

import pytest

from glue2lakehouse.tools.compare.types import change_of, normal_type


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("BIGINT", "long"),
        ("int", "Integer"),
        ("smallint", "short"),
        ("tinyint", "byte"),
        ("double precision", "DOUBLE"),
        ("decimal", "DECIMAL(10, 0)"),
        ("decimal(7)", "numeric(7,0)"),
        ("timestamp", "TIMESTAMP_LTZ"),
        ("timestamp(3)", "timestamp"),
        ("array<int>", "ARRAY< INTEGER >"),
        ("map<string,array<bigint>>", "MAP<STRING, ARRAY<LONG>>"),
        ("struct<a:int,b:struct<c:string>>", "STRUCT<a: INT NOT NULL COMMENT 'x, y', `B`: STRUCT<C STRING>>"),
        ("character varying(9)", "varchar(9)"),
    ],
)
def test_spellings_of_one_type_are_one(one: str, other: str) -> None:
    assert normal_type(one) == normal_type(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("int", "bigint"),
        ("timestamp", "timestamp_ntz"),
        ("varchar(9)", "varchar(10)"),
        ("varchar(9)", "string"),
        ("struct<a:int,b:int>", "struct<b:int,a:int>"),
        ("decimal(10,2)", "decimal(10,3)"),
        ("array<int>", "array<string>"),
        ("struct<a:int", "struct<a:int>"),
        ("", "string"),
    ],
)
def test_types_that_differ_stay_different(one: str, other: str) -> None:
    assert normal_type(one) != normal_type(other)


@pytest.mark.parametrize(
    ("before", "after", "change"),
    [
        ("int", "integer", "same"),
        ("int", "bigint", "wider"),
        ("int", "double", "wider"),
        ("bigint", "double", "other"),
        ("bigint", "int", "other"),
        ("float", "double", "wider"),
        ("decimal(10,2)", "decimal(12,2)", "wider"),
        ("decimal(10,2)", "decimal(12,4)", "wider"),
        ("decimal(10,2)", "decimal(10,4)", "other"),
        ("int", "decimal(12,2)", "wider"),
        ("bigint", "decimal(18,0)", "other"),
        ("varchar(5)", "string", "looser"),
        ("string", "varchar(5)", "other"),
        ("double", "decimal(10,2)", "other"),
        ("string", "int", "other"),
    ],
)
def test_only_a_change_that_keeps_every_value_is_called_wider(before: str, after: str, change: str) -> None:
    assert change_of(before, after) == change
