"""Paths in SQL text follow the mapping; a text that is no path stays, and one that is not known is a blocker."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, convert_project

HEAD = "import sys\nfrom awsglue.context import GlueContext\nspark = GlueContext().spark_session\npath = sys.argv[1]\n"
SETTINGS = Settings(paths={"s3://raw": "/Volumes/main/raw/files", "s3://lake": "s3://new-lake/all"})


def converted(text: str, settings: Settings = SETTINGS) -> tuple[Conversion, list[Severity]]:
    (made,) = convert_project({"job.py": HEAD + f"spark.sql({text})\n"}, settings)
    return made, [f.severity for f in made.findings if f.rule in ("sql-names", "mapped-paths")]


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("\"select * from csv.`s3://raw/x`\"", "\"select * from csv.`/Volumes/main/raw/files/x`\""),
        ("f\"select * from csv.`s3://raw/{path}`\"", "f\"select * from csv.`/Volumes/main/raw/files/{path}`\""),
        ("\"insert overwrite directory 's3a://raw/x' using csv select 1\"",
         "\"insert overwrite directory '/Volumes/main/raw/files/x' using csv select 1\""),
        ("\"create table main.a.b using delta location 's3://lake/x'\"",
         "\"create table main.a.b using delta location 's3://new-lake/all/x'\""),
        ("\"alter table main.a.b add partition (d=1) location 's3://lake/x'\"",
         "\"alter table main.a.b add partition (d=1) location 's3://new-lake/all/x'\""),
        ("\"create temporary view v using csv options (header true, path 's3://raw/x')\"",
         "\"create temporary view v using csv options (header true, path '/Volumes/main/raw/files/x')\""),
        ("\"copy into main.a.b from 's3://raw/x' fileformat = csv\"",
         "\"copy into main.a.b from '/Volumes/main/raw/files/x' fileformat = csv\""),
        ("f\"create table main.a.b using delta location '{path}'\"",
         "f\"create table main.a.b using delta location '{mapped_path(path)}'\""),
        ("f\"create table main.a.b using delta location '{path}/x'\"",
         "f\"create table main.a.b using delta location '{mapped_path(path)}/x'\""),
    ],
)  # fmt: skip
def test_a_path_of_a_statement_follows_the_mapping(text: str, after: str) -> None:
    made, told = converted(text)
    assert f"spark.sql({after})" in made.after
    assert Severity.BLOCKER not in told
    assert ("mapped_path" in after) == ("mapped_path" in made.compat)


@pytest.mark.parametrize(
    "text",
    [
        "\"select * from main.a.b where path = 's3://raw/x'\"",
        "\"select trim(both 's' from 's3://raw/x')\"",
        "\"create table main.a.b using delta location 's3://rawer/x'\"",
        "\"select 's3://other/x' as location\"",
    ],
)
def test_a_text_that_is_no_moved_path_stays(text: str) -> None:
    assert f"spark.sql({text})" in converted(text)[0].after


@pytest.mark.parametrize(
    "text",
    [
        "\"create table main.a.b using delta location 's3://raw/x'\"",
        "f\"create table main.a.b using delta location 's3://{path}/x'\"",
        "\"create table main.a.b using delta location '{}'\".format(path)",
        "f\"create table main.a.b using delta location '{path}x'\"",
        "f\"create table main.a.b using delta location '{sys.argv[1]}'\"",
        "f\"create external table a.b (x int) stored as parquet location 's3://{path}/x'\"",
    ],
)
def test_a_path_that_is_not_known_and_a_table_in_a_volume_are_blockers(text: str) -> None:
    made, told = converted(text)
    assert Severity.BLOCKER in told
    assert "location" in made.after.lower()


def test_a_hive_table_looks_its_path_up_when_it_runs() -> None:
    made, _ = converted("f\"create external table a.b (x int) stored as parquet location '{path}'\"")
    assert "LOCATION '{mapped_path(path)}'" in made.after
    assert "from glue_compat import mapped_path\n" in made.after


def test_a_table_that_is_saved_into_a_volume_is_a_blocker() -> None:
    for line in ('spark.range(1).write.saveAsTable("main.a.b", path="s3://raw/x")',
                 'spark.range(1).write.option("path", "s3://raw/x").mode("append").saveAsTable("main.a.b")'):  # fmt: skip
        (made,) = convert_project({"job.py": HEAD + line + "\n"}, SETTINGS)
        assert [f.severity for f in made.findings if "no tables on folders of volumes" in f.message] == [
            Severity.BLOCKER
        ]
