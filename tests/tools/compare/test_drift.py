"""What counts as drift, how grave it is, and which fixes are offered."""

from typing import TYPE_CHECKING

import pytest

from glue2lakehouse.tools.catalog import Column, Table
from glue2lakehouse.tools.compare.data import schema_table
from glue2lakehouse.tools.compare.drift import Drift, destination_drift, source_drift
from glue2lakehouse.tools.compare.schema import compare_schemas

if TYPE_CHECKING:
    from pyspark.sql import SparkSession


def table(*columns: str, keys: str = "", name: str = "t", **more: object) -> Table:
    return Table(
        database="raw",
        name=name,
        columns=tuple(column(each) for each in columns),
        partition_keys=tuple(column(each) for each in keys.split()),
        **more,  # type: ignore[arg-type]
    )


def column(text: str) -> Column:
    name, _, kind = text.partition(":")
    return Column(name=name, type=kind.removesuffix("!") or "string", nullable=not kind.endswith("!"))


def found(before: Table, after: Table, **more: object) -> list[tuple[str, str, str]]:
    return [(each.type, each.severity, each.column) for each in compare_schemas(before, after, **more)]  # type: ignore[arg-type]


def test_other_spellings_cases_and_comments_of_fields_are_no_drift() -> None:
    assert found(table("ID:bigint", "s:struct<a:int>"), table("id:long", "S:STRUCT<A: INT COMMENT 'x'>")) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (table("a", "b"), table("a"), ("MISSING_COLUMN", "critical", "b")),
        (table("a"), table("a", "b"), ("NEW_COLUMN", "warning", "b")),
        (table("a"), table("a", "b:int!"), ("NEW_COLUMN", "critical", "b")),
        (table("a:int"), table("a:bigint"), ("TYPE_MISMATCH", "warning", "a")),
        (table("a:bigint"), table("a:int"), ("TYPE_MISMATCH", "critical", "a")),
        (table("a:varchar(3)"), table("a"), ("TYPE_MISMATCH", "info", "a")),
        (table("a"), table("a:string!"), ("NULLABILITY", "critical", "a")),
        (table("a:string!"), table("a"), ("NULLABILITY", "warning", "a")),
        (table("a", "b"), table("b", "a"), ("COLUMN_ORDER", "warning", "a")),
        (table("a", keys="d:date"), table("a", "d:date"), ("PARTITION_DIFF", "warning", "")),
        (table("a", keys="d:date"), table("a", "d:date", clustering=("a",)), ("PARTITION_DIFF", "info", "")),
    ],
)
def test_each_difference_has_its_type_and_severity(before: Table, after: Table, expected: tuple[str, str, str]) -> None:
    assert found(before, after) == [expected]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("struct<x:int,y:int>", "struct<x:int>", [("MISSING_COLUMN", "critical", "s.y")]),
        ("struct<x:int>", "struct<x:int,y:int>", [("NEW_COLUMN", "warning", "s.y")]),
        ("struct<x:int>", "struct<x:bigint>", [("TYPE_MISMATCH", "warning", "s.x")]),
        ("struct<x:int,y:int>", "struct<y:int,x:int>", [("COLUMN_ORDER", "warning", "s")]),
        ("array<struct<x:int>>", "array<struct<x:string>>", [("TYPE_MISMATCH", "critical", "s.element.x")]),
        ("map<string,decimal(5,2)>", "map<string,decimal(7,2)>", [("TYPE_MISMATCH", "warning", "s.value")]),
        ("map<int,int>", "map<string,int>", [("TYPE_MISMATCH", "critical", "s.key")]),
        ("struct<x:struct<y:array<int>>>", "struct<x:struct<y:array<date>>>", [("TYPE_MISMATCH", "critical", "s.x.y.element")]),
        ("struct<x:int>", "array<int>", [("TYPE_MISMATCH", "critical", "s")]),
        ("varchar(5)", "varchar(9)", [("TYPE_MISMATCH", "info", "s")]),
        ("varchar(9)", "varchar(5)", [("TYPE_MISMATCH", "critical", "s")]),
        ("struct<X : INT, Y:decimal>", "struct<x:integer,`y`:DECIMAL(10, 0)>", []),
    ],
)  # fmt: skip
def test_a_nested_type_is_opened_down_to_the_part_that_changed(
    before: str, after: str, expected: list[tuple[str, str, str]]
) -> None:
    one, other = (Table(database="raw", name="t", columns=(Column(name="s", type=kind),)) for kind in (before, after))
    assert found(one, other) == expected


def test_a_column_in_the_place_of_one_that_is_gone_is_perhaps_its_new_name() -> None:
    missing, new = compare_schemas(table("a", "old:int", "z"), table("a", "new:int", "z"))
    assert (missing.type, new.type) == ("MISSING_COLUMN", "NEW_COLUMN")
    assert missing.recommendation.endswith("perhaps new")
    assert "perhaps" not in compare_schemas(table("a", "old:int"), table("a"))[0].recommendation


def test_a_partition_key_that_became_another_is_told_besides_its_type() -> None:
    assert found(table("a", keys="year:int month:int"), table("a", keys="year:string day:int")) == [
        ("MISSING_COLUMN", "critical", "month"),
        ("NEW_COLUMN", "warning", "day"),
        ("TYPE_MISMATCH", "critical", "year"),
        ("PARTITION_DIFF", "warning", ""),
    ]


def test_a_column_that_was_renamed_by_the_mapping_is_compared_under_its_new_name() -> None:
    assert found(table("a:int"), table("b:bigint"), columns={"A": "B"}) == [("TYPE_MISMATCH", "warning", "a")]


def test_columns_that_a_load_adds_can_be_left_out() -> None:
    assert found(table("a"), table("a", "_loaded_at:timestamp"), ignore=["_loaded_at"]) == []


def test_a_table_without_listed_columns_is_not_called_equal() -> None:
    assert [each[0] for each in found(table("a"), table(columns_known=False))] == ["NOT_KNOWN"]


def test_source_drift_tells_tables_that_came_and_went_and_moved() -> None:
    known = [table("a", name="gone"), table("a", name="moved", location="s3://x/1", format="csv")]
    present = [table("a", name="came"), table("a", name="moved", location="s3://x/2/", format="parquet")]
    drifts = [(drift.table, drift.difference.type) for drift in source_drift(known, present)]
    assert drifts == [
        ("raw.came", "NEW_TABLE"),
        ("raw.gone", "MISSING_TABLE"),
        ("raw.moved", "FORMAT"),
        ("raw.moved", "LOCATION"),
    ]


def test_a_destination_is_found_by_the_mapping_and_its_format_may_differ() -> None:
    source = [table("a:int", "b", format="csv"), table("a", name="skipped"), table("a", name="lost")]
    there = [table("a:int", "b", catalog="prod", format="delta").model_copy(update={"database": "silver"})]
    targets = {"t": "prod.silver.t", "lost": "prod.silver.lost"}
    drifts = list(destination_drift(source, there, lambda each: targets.get(each.name)))
    assert [(drift.table, drift.difference.type) for drift in drifts] == [("raw.lost", "MISSING_TABLE")]


@pytest.mark.parametrize(
    ("source", "there", "fix"),
    [
        (table("a", "group:int"), table("a"), "ALTER TABLE p.s.t ADD COLUMNS (`group` int);"),
        (
            table("a:bigint"),
            table("a:int"),
            "ALTER TABLE p.s.t SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true');\n"
            "ALTER TABLE p.s.t ALTER COLUMN a TYPE bigint;",
        ),
        (table("a:int"), table("a:bigint"), ""),
        (table("a"), table("a", "b"), ""),
        (
            Table(database="raw", name="t", columns=(Column(name="a", type="int", comment="it's"),)),
            table("a:int"),
            "ALTER TABLE p.s.t ALTER COLUMN a COMMENT 'it\\'s';",
        ),
    ],
)
def test_a_fix_is_offered_only_where_it_touches_no_row(source: Table, there: Table, fix: str) -> None:
    there = there.model_copy(update={"catalog": "p", "database": "s"})
    (drift,) = destination_drift([source], [there], lambda _: "p.s.t")
    assert drift.fix == fix


@pytest.mark.spark
def test_every_fix_runs_on_delta_and_leaves_no_drift(spark: "SparkSession") -> None:
    wide = "id BIGINT COMMENT 'it''s \\\\ x', `group` INT, s STRUCT<x: BIGINT, y: INT>, a ARRAY<STRUCT<k: INT, v: DATE>>, m MAP<STRING, STRUCT<q: INT, r: INT>>"
    narrow = "id INT, s STRUCT<x: INT>, a ARRAY<STRUCT<k: INT>>, m MAP<STRING, STRUCT<q: INT>>"
    spark.sql("CREATE DATABASE fixes")
    spark.sql(f"CREATE TABLE fixes.t ({narrow}) USING delta")
    spark.sql(
        "INSERT INTO fixes.t VALUES (1, named_struct('x', 2), array(named_struct('k', 3)), map('z', named_struct('q', 4)))"
    )
    spark.sql(f"CREATE TABLE fixes.wanted ({wide}) USING delta")
    source = schema_table(spark.table("fixes.wanted").schema, "t")

    def drifts() -> list[Drift]:
        there = schema_table(spark.table("fixes.t").schema, "t").model_copy(update={"catalog": "spark_catalog"})
        return list(destination_drift([source], [there], lambda _: "spark_catalog.spark.t"))

    first = drifts()
    kinds = [(drift.difference.type, drift.difference.column) for drift in first]
    assert kinds == [
        ("MISSING_COLUMN", "group"),
        ("TYPE_MISMATCH", "id"),
        ("COMMENT", "id"),
        ("MISSING_COLUMN", "s.y"),
        ("TYPE_MISMATCH", "s.x"),
        ("MISSING_COLUMN", "a.element.v"),
        ("MISSING_COLUMN", "m.value.r"),
    ]
    for drift in first:
        for statement in drift.fix.split("\n"):
            spark.sql(statement.replace("spark_catalog.spark.t", "spark_catalog.fixes.t").rstrip(";"))
    # ADD COLUMNS puts a column last.
    assert [drift.difference.type for drift in drifts()] == ["COLUMN_ORDER"]
    (row,) = spark.sql("SELECT id, s.x, s.y, a[0].v, m['z'].q FROM fixes.t").collect()
    assert tuple(row) == (1, 2, None, None, 4)
