"""What counts as drift, how grave it is, and which fixes are offered."""

import pytest

from glue2lakehouse.tools.catalog import Column, Table
from glue2lakehouse.tools.compare.drift import destination_drift, source_drift
from glue2lakehouse.tools.compare.schema import compare_schemas


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
