"""Casts of single values: the table of semantics 2, the column for try_cast."""

import datetime
import decimal

import pytest

from glue2lakehouse.tools.glue_runtime import assumptions
from glue2lakehouse.tools.glue_runtime.casts import cast, java_double
from glue2lakehouse.tools.glue_runtime.records import Cell, from_python
from glue2lakehouse.tools.glue_runtime.type_names import parse_type


def cast_value(value: object, target: str) -> object:
    return cast(from_python(value), parse_type(target)).value


@pytest.mark.parametrize(
    ("value", "target", "expected"),
    [
        ("12.7", "int", None),
        (" 5 ", "int", 5),
        ("", "int", None),
        ("abc", "int", None),
        ("3000000000", "int", None),
        (3000000000, "int", None),
        (1.9, "int", 1),
        ("true", "boolean", True),
        ("12", "boolean", None),
        ("20210105", "date", None),
        ("01/05/2021", "date", None),
        ("2021-1-5", "date", datetime.date(2021, 1, 5)),
        ("2021-02-30", "date", None),
        ("2021-01-05 06:07:08.5", "timestamp", datetime.datetime(2021, 1, 5, 6, 7, 8, 500000)),
        ("2021-01-05T06:07:08+02:00", "timestamp", datetime.datetime(2021, 1, 5, 4, 7, 8)),
        ("32963.07", "double", 32963.07),
        ("NaN?", "double", None),
        ("1.005", "decimal(10,2)", decimal.Decimal("1.01")),
        ("123456789.1", "decimal(5,2)", None),
        (68007, "string", "68007"),
        (1.0, "string", "1.0"),
        (True, "string", "true"),
        (datetime.datetime(2021, 1, 5, 6, 7, 8), "string", "2021-01-05 06:07:08"),
        ({"a": 1}, "string", '{"a":1}'),
        ("x", "binary", b"x"),
        (0, "boolean", False),
    ],
)
def test_a_cast_gives_the_value_or_null(value: object, target: str, expected: object) -> None:
    assert cast_value(value, target) == expected


def test_a_null_of_any_type_casts_to_a_null_of_the_target() -> None:
    assert cast(Cell(parse_type("string"), None), parse_type("int")) == Cell(parse_type("int"), None)


def test_the_switches_change_fractions_and_overflow() -> None:
    assumptions.use(assumptions.Assumptions({"fraction_text_to_integer": "truncate", "overflowing_integer": "wrap"}))
    assert cast_value("12.7", "int") == 12
    assert cast_value(3000000000, "int") == -1294967296
    assert assumptions.used() == {"fraction_text_to_integer": "truncate", "overflowing_integer": "wrap"}
    assumptions.use(assumptions.Assumptions())


@pytest.mark.parametrize(
    ("number", "text"), [(1.0, "1.0"), (1e7, "1.0E7"), (12345678.9, "1.23456789E7"), (0.0001, "1.0E-4"), (0.1, "0.1")]
)
def test_doubles_are_spelled_as_java_spells_them(number: float, text: str) -> None:
    assert java_double(number) == text


def test_an_unknown_switch_or_answer_is_refused() -> None:
    with pytest.raises(ValueError, match="no such switch"):
        assumptions.Assumptions({"colour": "red"})
    with pytest.raises(ValueError, match="not possible"):
        assumptions.Assumptions({"project_keeps": "all"})


def test_every_switch_says_what_it_is_about() -> None:
    names = [switch.name for switch in assumptions.SWITCHES]
    assert len(set(names)) == len(names)
    assert all(switch.doc and switch.choices and switch.source for switch in assumptions.SWITCHES)
