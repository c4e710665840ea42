"""Comparing tables on Spark: equal means equal in every value, and what differs is found wherever it hides."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from glue2lakehouse.errors import UsageError
from glue2lakehouse.tools.compare.data import compare_tables
from glue2lakehouse.tools.compare.plan import Comparison, Plan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

pytestmark = pytest.mark.spark
Make = Callable[[list[Any], str], "DataFrame"]


@pytest.fixture
def frame(spark: "SparkSession") -> Make:
    return lambda rows, schema: spark.createDataFrame(rows, schema)


def results(comparison: Comparison) -> dict[str, bool]:
    return {check.type: check.passed for check in comparison.checks}


def check(comparison: Comparison, kind: str) -> Any:
    return next(check for check in comparison.checks if check.type == kind)


ORDERS = "id bigint, name string, amount double, tags array<string>, props map<string,int>, at timestamp"


def orders(spark: "SparkSession", change: str = "true") -> "DataFrame":
    return spark.sql(f"""
        SELECT id, concat('n', id) name, IF({change}, id / 3, -1d) amount, array('a', CAST(NULL AS STRING)) tags,
               map('x', CAST(id AS INT), 'y', CAST(NULL AS INT)) props,
               TIMESTAMP '2024-01-01 00:00:00.000001' + make_interval(0, 0, 0, 0, 0, 0, id) at
        FROM range(500)""")


def test_equal_tables_pass_in_any_order_of_rows_columns_and_map_entries(spark: "SparkSession") -> None:
    left = orders(spark)
    right = orders(spark).orderBy("amount", ascending=False).select("at", "NAME", "id", "amount", "props", "tags")
    right = right.withColumn("props", right["props"]).selectExpr(
        "at", "NAME", "id", "-(-amount) amount", "map_from_entries(reverse(map_entries(props))) props", "tags"
    )
    made = compare_tables(left, right, Plan(keys=("id",)))
    assert results(made) == {
        "schema": True,
        "row_count": True,
        "checksum": True,
        "aggregates": True,
        "sample_data": True,
    }
    assert check(made, "row_count").figures["source"] == 500


@pytest.mark.parametrize(
    ("left", "right", "schema"),
    [
        ([(None, 1)], [(1, None)], "a int, b int"),
        ([("ab", "")], [("a", "b")], "a string, b string"),
        ([(None,)], [("",)], "a string"),
        ([([None, 1],)], [([1, None],)], "a array<int>"),
        ([([],)], [(None,)], "a array<int>"),
        ([({"k": None},)], [({},)], "a map<string,int>"),
        ([((None, 1),)], [((1, None),)], "a struct<x:int,y:int>"),
        ([((None,),)], [(None,)], "a struct<x:int>"),
        ([(1,), (1,), (2,)], [(1,), (2,), (2,)], "a int"),
        ([("a",)], [("a ",)], "a string"),
        ([(bytearray(b"\x00"),)], [(bytearray(b""),)], "a binary"),
        ([(1, 2), (3, 4)], [(1, 4), (3, 2)], "a int, b int"),
    ],
)
def test_values_that_only_look_alike_differ(frame: Make, left: list[Any], right: list[Any], schema: str) -> None:
    made = compare_tables(frame(left, schema), frame(right, schema))
    assert results(made)["checksum"] is False
    assert results(made)["sample_data"] is False


@pytest.mark.parametrize("value", ["array({0})", "map({0}, 1)", "named_struct('x', {0})"])
def test_bytes_that_are_no_text_differ_even_where_json_shows_the_same(spark: "SparkSession", value: str) -> None:
    one, other = (spark.sql(f"SELECT {value.format(f'CAST({byte} AS STRING)')} a") for byte in ("X'FF'", "X'FE'"))
    assert not compare_tables(one, other).passed
    assert compare_tables(one, one).passed


@pytest.mark.parametrize("name", ["__bucket", "count", "a.b`c"])
def test_no_name_of_a_column_hides_its_values(spark: "SparkSession", name: str) -> None:
    quoted = "`" + name.replace("`", "``") + "`"
    one, other = (spark.sql(f"SELECT 1 k, {value} {quoted}, 7 v") for value in (1, 2))
    for plan in (Plan(), Plan(keys=("k",)), Plan(keys=(name,))):
        assert not compare_tables(one, other, plan).passed
        assert compare_tables(one, one, plan).passed


def test_decimals_that_no_common_type_holds_meet_by_their_digits(spark: "SparkSession") -> None:
    one = spark.sql("SELECT CAST(1.5 AS DECIMAL(38,2)) a, CAST(10 AS DECIMAL(38,0)) b")
    same, other = (
        spark.sql(f"SELECT CAST({text} AS DECIMAL(38,10)) a, CAST(10 AS DECIMAL(38,20)) b") for text in (1.5, 1.51)
    )
    assert results(compare_tables(one, same))["checksum"]
    assert not results(compare_tables(one, other))["checksum"]


def test_microseconds_count_on_their_own_and_inside_arrays(spark: "SparkSession") -> None:
    query = "SELECT TIMESTAMP '2024-01-01 00:00:00.{0}' t, array(TIMESTAMP '2024-01-01 00:00:00.{1}') a"
    one = spark.sql(query.format("000001", "000001"))
    assert compare_tables(one, spark.sql(query.format("000001", "000001"))).passed
    assert not compare_tables(one, spark.sql(query.format("000002", "000001"))).passed
    assert not compare_tables(one, spark.sql(query.format("000001", "000002"))).passed


def test_zero_and_minus_zero_are_equal_and_nan_equals_nan(spark: "SparkSession") -> None:
    one = spark.sql("SELECT 0.0d z, double('NaN') n, array(0.0d) a")
    other = spark.sql("SELECT -0.0d z, double('NaN') n, array(-0.0d) a")
    assert compare_tables(one, other).passed


def test_a_changed_value_is_found_with_its_key_column_and_both_values(spark: "SparkSession") -> None:
    made = compare_tables(orders(spark), orders(spark, "id <> 77"), Plan(keys=("ID",), buckets=16))
    assert results(made) == {
        "schema": True,
        "row_count": True,
        "checksum": False,
        "aggregates": False,
        "sample_data": False,
    }
    assert check(made, "checksum").figures == {"unequal_buckets": 1, "buckets": 16}
    sample = check(made, "sample_data")
    assert sample.figures["columns"] == {"amount": 1}
    assert sample.figures["samples"] == [{"key": {"id": 77}, "changed": {"amount": [77 / 3, -1.0]}}]
    assert [(issue.type, issue.severity, issue.column) for issue in sample.issues] == [
        ("ROW_MISMATCH", "critical", ""),
        ("VALUE_MISMATCH", "critical", "amount"),
    ]


def test_missing_extra_and_repeated_rows_are_counted(frame: Make) -> None:
    schema = "k int, v string"
    left = frame([(1, "a"), (2, "b"), (None, "n")], schema)
    right = frame([(1, "a"), (3, "c"), (4, "d"), (None, "n")], schema)
    keyed = check(compare_tables(left, right, Plan(keys=("k",))), "sample_data").figures
    assert (keyed["only_source"], keyed["only_destination"], keyed["changed"]) == (1, 2, 0)
    twice = compare_tables(frame([(1, "a"), (1, "a")], schema), frame([(1, "a"), (1, "b")], schema), Plan(keys=("k",)))
    assert "DUPLICATE_KEY" in [issue.type for issue in check(twice, "sample_data").issues]


def test_widened_types_hold_the_same_values_and_the_schema_check_tells(frame: Make) -> None:
    left = frame([(1, "2024-01-01", 1.5)], "a int, d string, f float").selectExpr("a", "date(d) d", "f")
    right = left.selectExpr("bigint(a) a", "d", "double(f) f")
    made = compare_tables(left, right)
    assert results(made) == dict.fromkeys(("schema", "row_count", "checksum", "aggregates", "sample_data"), True)
    assert [issue.type for issue in check(made, "schema").issues] == ["TYPE_MISMATCH", "TYPE_MISMATCH"]


def test_a_tolerance_is_absolute_and_holds_for_its_column_only(frame: Make) -> None:
    schema = "k int, a double, b double"
    left = frame([(1, 1_000_000.0, 1.0), (2, None, 2.0)], schema)
    near = frame([(1, 1_000_000.009, 1.0), (2, None, 2.0)], schema)
    far = frame([(1, 1_000_001.0, 1.0), (2, None, 2.0)], schema)
    elsewhere = frame([(1, 1_000_000.0, 1.005), (2, None, 2.0)], schema)
    null = frame([(1, None, 1.0), (2, None, 2.0)], schema)
    for keys in (("k",), ()):
        plan = Plan(keys=keys, tolerance={"A": 0.01})
        assert compare_tables(left, near, plan).passed
        for other in (far, elsewhere, null):
            assert not compare_tables(left, other, plan).passed


@pytest.mark.parametrize(
    ("left", "right", "near"),
    [
        ("9007199254740993L", "9007199254740992L", False),
        ("12345678901234567890.00BD", "12345678901234567891.00BD", False),
        ("CAST(1.00 AS DECIMAL(38,2))", "CAST(1.01 AS DECIMAL(38,20))", True),
        ("-9223372036854775808L", "9223372036854775807L", False),
        ("1.00BD", "1.50BD", True),
        ("3", "3.4BD", True),
        ("double('NaN')", "double('NaN')", True),
        ("double('NaN')", "1.0D", False),
        ("double('Infinity')", "1.0D", False),
        ("double('Infinity')", "double('-Infinity')", False),
    ],
)
def test_a_tolerance_is_exact_for_large_numbers_and_nothing_is_near_nan(
    spark: "SparkSession", left: str, right: str, near: bool
) -> None:
    one = spark.sql(f"SELECT 1 k, {left} a, 1.0D moved")
    other = spark.sql(f"SELECT 1 k, {right} a, 1.25D moved")
    for keys in (("k",), ()):
        made = compare_tables(one, other, Plan(keys=keys, tolerance={"a": 0.5, "moved": 0.5}))
        wide = "38" in left and not keys
        assert results(made)["checksum"] is (near and not wide)


@pytest.mark.parametrize("tolerance", [-0.1, float("inf"), float("nan")])
def test_a_tolerance_that_is_no_distance_is_refused(tolerance: float) -> None:
    with pytest.raises(ValidationError):
        Plan(tolerance={"a": tolerance})


def test_two_empty_tables_are_equal_and_said_to_prove_nothing(frame: Make) -> None:
    nothing = frame([], "a int")
    for one, plan in ((nothing, Plan()), (frame([(1,)], "a int"), Plan(source_filter="a > 1"))):
        made = compare_tables(one, nothing, plan)
        assert made.passed
        assert not made.reconciled
        assert [issue.type for issue in check(made, "row_count").issues] == ["NO_ROWS"]
    assert compare_tables(frame([(1,)], "a int"), frame([(1,)], "a int")).reconciled


def test_filters_renamed_and_ignored_columns_follow_the_plan(frame: Make) -> None:
    left = frame([(1, "a", "x"), (2, "b", "y")], "k int, old string, loaded string")
    right = frame([(1, "a", "z"), (9, "q", "z")], "k int, new string, loaded string")
    plan = Plan(
        keys=("k",),
        columns={"old": "new"},
        ignore=("loaded",),
        source_filter="k < 2",
        destination_filter="k < 9",
    )
    assert compare_tables(left, right, plan).passed


def test_a_plan_that_names_what_is_not_there_is_refused(frame: Make) -> None:
    one = frame([(1,)], "k int")
    for plan in (
        Plan(keys=("x",)),
        Plan(columns={"k": "x"}),
        Plan(tolerance={"x": 1.0}),
        Plan(keys=("k",), ignore=("k",)),
    ):
        with pytest.raises(UsageError):
            compare_tables(one, one, plan)
    two = frame([(1, 1)], "a int, b int")
    for other in (two, frame([(1,)], "b int")):
        with pytest.raises(UsageError, match="a and b both become b"):
            compare_tables(two, other, Plan(columns={"a": "b"}))


def test_columns_that_differ_by_case_only_are_refused(spark: "SparkSession") -> None:
    spark.conf.set("spark.sql.caseSensitive", True)
    one = spark.sql("SELECT 1 a, 2 `A`")
    with pytest.raises(UsageError, match="but for its case"):
        compare_tables(one, one)


def test_tables_that_share_no_column_are_refused(frame: Make) -> None:
    one = frame([(1,)], "k int")
    with pytest.raises(UsageError, match="share no column"):
        compare_tables(one, frame([(1,)], "other int"))
