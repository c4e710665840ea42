"""Tests for Spark's classes: Spark Connect has its own, which derive from none of them before Spark 4."""

import sys
from collections.abc import Callable
from types import ModuleType

import pytest
from pyspark.sql import Column, DataFrame

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion
from glue2lakehouse.tools.rewrite.runtime.classes import classes_of

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n"
    "from pyspark.sql import Column, DataFrame\n\nglue = GlueContext()\nFRAMES = (DataFrame, list)\n\n\ndef f(x):\n"
)
ASKED = {
    "isinstance(x, DataFrame)": "isinstance(x, classes_of(DataFrame))",
    "isinstance(x, Column)": "isinstance(x, classes_of(Column))",
    "isinstance(x, (DataFrame, list))": "isinstance(x, classes_of(DataFrame, list))",
    "isinstance(x, (DataFrame, DynamicFrame))": "isinstance(x, classes_of(DataFrame))",
    "issubclass(type(x), DataFrame)": "issubclass(type(x), classes_of(DataFrame))",
    "isinstance(x, FRAMES)": "isinstance(x, classes_of(*FRAMES))",
    "isinstance(x, GlueContext)": "isinstance(x, classes_of(SparkSession))",
}
EXACT = ["type(x) is DataFrame", "type(x) == DataFrame", "type(x) in (DataFrame, list)"]


@pytest.mark.parametrize("test", ASKED)
def test_both_classes_are_asked_for_where_there_is_spark_connect(convert: Convert, test: str) -> None:
    source = HEAD + f"    if {test}:\n        return 1\n    return 2\n"
    made = convert(source)
    assert f"    if {ASKED[test]}:\n" in made.after
    assert "from glue_compat import classes_of\n" in made.after
    assert made.compat == {"classes_of"}
    assert [found.severity for found in made.findings if found.rule == "spark-classes"] == [Severity.INFO]
    assert "classes_of" not in convert(source, settings=Settings(compute=Compute.CLASSIC)).after


@pytest.mark.parametrize("test", EXACT)
def test_the_very_class_is_handed_off_where_it_makes_a_difference(
    blockers: Callable[..., list[str]], test: str
) -> None:
    source = HEAD + f"    if {test}:\n        return 1\n    return 2\n"
    assert len(blockers(source)) == 1
    assert blockers(source, settings=Settings(compute=Compute.CLASSIC)) == []
    assert blockers(source.replace("return 1", "return 2")) == []


def test_a_function_that_is_registered_for_a_class_is_handed_off(blockers: Callable[..., list[str]]) -> None:
    assert len(blockers(HEAD + "    return x\n\n\nf.register(DataFrame)(print)\n")) == 1


def test_other_classes_of_these_names_stay(convert: Convert) -> None:
    source = (
        HEAD.replace("pyspark.sql import Column, DataFrame", "pandas import DataFrame")
        + "    return isinstance(x, DataFrame)\n"
    )
    assert "    return isinstance(x, DataFrame)\n" in convert(source).after


def test_a_project_without_glue_stays(convert: Convert) -> None:
    source = "from pyspark.sql import DataFrame\n\nprint(isinstance(1, DataFrame))\n"
    assert convert(source).after == source


def test_the_helper_finds_the_classes_of_spark_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = ModuleType("pyspark.sql.connect.dataframe")
    connect.DataFrame = type("DataFrame", (), {})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect", ModuleType("pyspark.sql.connect"))
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect.dataframe", connect)
    monkeypatch.setitem(sys.modules, "pyspark.sql.connect.column", None)
    assert classes_of(DataFrame, list) == (DataFrame, list, connect.DataFrame)
    assert classes_of(Column) == (Column,)
    assert not isinstance(1, classes_of(DataFrame))


@pytest.mark.parametrize(
    "added", ["DataFrame.twice = f", "setattr(DataFrame, 'twice', f)", "Column.like = DataFrame.twice = f"]
)
def test_a_member_that_is_added_to_a_class_of_sparks_is_told(blockers: Callable[..., list[str]], added: str) -> None:
    source = HEAD + f"    return x\n\n\n{added}\n"
    assert blockers(source)
    assert blockers(source, settings=Settings(compute=Compute.CLASSIC)) == []
    assert blockers(source.replace("pyspark.sql import Column, DataFrame", "pandas import Column, DataFrame")) == []


def test_a_table_by_the_very_class_is_handed_off(blockers: Callable[..., list[str]]) -> None:
    source = HEAD + "    return {DataFrame: len, list: len}[type(x)](x)\n"
    assert len(blockers(source)) == 1
    assert blockers(source, settings=Settings(compute=Compute.CLASSIC)) == []
