"""Appends to tables that stay external files: `saveAsTable` would ask for Delta, and be refused."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, TableFacts, convert_project

JOB = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
    "rows = glueContext.create_dynamic_frame.from_catalog('a', 'b')\n"
    "glueContext.write_dynamic_frame.from_catalog(frame=rows, database='a', table_name='t', additional_options={options})\n"
)


def converted(facts: TableFacts, options: str = "{}", **settings: Any) -> Conversion:
    (made,) = convert_project({"job.py": JOB.format(options=options)}, Settings(**settings), tables={"a.t": facts})
    return made


def test_a_table_that_stays_files_is_appended_to_in_its_own_format() -> None:
    made = converted(TableFacts("parquet", located=True), "{'partitionKeys': ['d'], 'enableUpdateCatalog': True}")
    assert made.after.splitlines()[-1] == 'append_table(rows, "main.a.t")'
    assert [f.severity for f in made.findings] == [Severity.WARNING, Severity.INFO]


@pytest.mark.parametrize(
    ("facts", "settings"),
    [
        (TableFacts("parquet", located=False), {}),
        (TableFacts("delta", located=True), {}),
        (TableFacts("parquet", located=True), {"table_format": "delta"}),
        (TableFacts("parquet", located=True), {"table_actions": {"a.t": "convert_to_delta"}}),
    ],
)
def test_a_table_that_is_delta_is_saved_as_a_table(facts: TableFacts, settings: dict[str, Any]) -> None:
    assert converted(facts, **settings).after.splitlines()[-1] == 'rows.write.mode("append").saveAsTable("main.a.t")'


PLACED = "{'path': 's3a://lake/t/', 'partitionKeys': ['d']}"


@pytest.mark.parametrize("location", ["s3://lake/t", "s3n://lake/t/"])
def test_a_path_that_is_the_tables_own_folder_says_nothing_new(location: str) -> None:
    made = converted(TableFacts("delta", located=True, location=location), PLACED)
    assert made.after.splitlines()[-1] == 'rows.write.mode("append").partitionBy(\'d\').saveAsTable("main.a.t")'
    assert not [f for f in made.findings if "path" in f.message]


def test_another_path_than_the_tables_is_documented_nowhere() -> None:
    made = converted(TableFacts("parquet", located=True, location="s3://lake/other/"), PLACED)
    assert [f.message.split(":")[0] for f in made.findings if f.severity is Severity.BLOCKER] == ["path 's3a"]
    assert "{'path': 's3a://lake/t/', 'partitionKeys': ['d']}" in made.after


@pytest.mark.parametrize(
    ("location", "options"), [("", PLACED), ("s3://${bucket}/t/", PLACED), ("s3://lake/t/", "{'path': place}")]
)
def test_a_path_that_cannot_be_compared_is_taken_for_the_tables_own_in_words(location: str, options: str) -> None:
    made = converted(TableFacts("delta", located=bool(location), location=location), options)
    assert made.after.splitlines()[-1].endswith('.saveAsTable("main.a.t")')
    assert [f.message.split(" is ")[1] for f in made.findings if f.severity is Severity.WARNING] == [
        "taken for the table's own folder and goes: the rows go to the table"
    ]
    assert any("path names the table's own folder" in edit.condition for edit in made.edits)


@pytest.mark.spark
def test_rows_go_into_the_columns_of_their_names(spark: Any, tmp_path: Any) -> None:
    from glue2lakehouse.tools.rewrite.runtime.dynamic import append_table

    spark.sql("CREATE DATABASE IF NOT EXISTS files_db")
    spark.sql(
        f"CREATE TABLE files_db.t (id INT, name STRING, d STRING) USING parquet PARTITIONED BY (d) LOCATION '{tmp_path}/t'"
    )
    try:
        append_table(spark.sql("SELECT '2024' AS d, 1 AS ID, 'x' AS extra"), "files_db.t")
        append_table(spark.sql("SELECT 'n' AS name, '2025' AS d, 2 AS id"), "files_db.t")
        rows = spark.table("files_db.t").orderBy("id").collect()
        assert [tuple(row) for row in rows] == [(1, None, "2024"), (2, "n", "2025")]
    finally:
        spark.sql("DROP DATABASE files_db CASCADE")
