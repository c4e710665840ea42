"""JSON reads keep Glue's types: what fits int is int; a warning stands where text may be lost."""

from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, TableFacts, convert_project
from glue2lakehouse.tools.rewrite.runtime.reading import narrow_integers, remaining_files

HEAD = "from awsglue.context import GlueContext\nfrom awsglue.transforms import ApplyMapping\n\nctx = GlueContext()\n"
READ = 'rows = ctx.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/"]}, "json")\n'
TABLE = 'rows = ctx.create_dynamic_frame.from_catalog(database="raw", table_name="customers")\n'


CAST = 'out = rows.resolveChoice(specs=[("zip", "cast:string"), ("n", "cast:long")])\n'


def _converted(code: str, tables: dict[str, TableFacts] | None = None) -> Conversion:
    (conversion,) = convert_project({"job.py": HEAD + code}, Settings(), tables=tables)
    return conversion


def _told(conversion: Conversion) -> list[tuple[Severity, str]]:
    return [
        (item.severity, item.message.split(":")[0]) for item in conversion.findings if item.rule == "resolve-choice"
    ]


def test_a_read_whose_every_use_is_a_typed_mapping_is_left_alone() -> None:
    mapped = READ + 'out = ApplyMapping.apply(frame=rows, mappings=[("n", "int", "n", "long")])\n'
    assert "narrow_integers" not in _converted(mapped).after


@pytest.mark.parametrize(
    "use",
    ["rows.toDF().show()\n", 'out = rows.apply_mapping([("n", "m")])\n',
     'out = rows.apply_mapping([("n", "struct", "m", "struct")])\n',
     'out = rows.apply_mapping([("n", "int", "n", "long")])\nprint(rows.count())\n'],
)  # fmt: skip
def test_any_other_use_asks_for_glues_types(use: str) -> None:
    assert (
        'narrow_integers(spark.read.option("mode", "DROPMALFORMED").json("s3://raw/"))' in _converted(READ + use).after
    )


@pytest.mark.parametrize(
    ("form", "kind", "told"),
    [
        ("csv", "string", []),
        ("parquet", "bigint", []),
        ("csv", "bigint", [(Severity.BLOCKER, "'zip' is bigint in the table, whose files hold text")]),
    ],
)
def test_a_column_cast_to_text_waits_where_the_table_would_lose_the_text(form: str, kind: str, told: list[Any]) -> None:
    tables = {"raw.customers": TableFacts(form, (("zip", kind), ("n", "bigint")))}
    assert _told(_converted(TABLE + CAST, tables)) == told


def test_a_column_of_an_unknown_table_cast_to_text_is_warned_of() -> None:
    assert _told(_converted(TABLE + CAST)) == [(Severity.WARNING, "zip")]


@pytest.mark.spark
def test_whole_numbers_are_int_where_all_values_fit(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text(
        '{"small": 1, "large": 1, "in": {"a": 2147483647, "b": 0}, "of": [{"n": 1}, {"n": 2}], "x": [1, 3000000000]}\n'
        '{"small": null, "large": -2147483649, "in": {"a": 1, "b": 2147483648}, "of": [], "text": "7"}\n'
    )
    read = spark.read.json(str(tmp_path))
    narrowed = narrow_integers(read)
    assert {field.name: field.dataType.simpleString() for field in narrowed.schema} == {
        "in": "struct<a:int,b:bigint>", "large": "bigint", "of": "array<struct<n:int>>", "small": "int", "text": "string",
        "x": "array<bigint>",
    }  # fmt: skip
    assert sorted(map(str, narrowed.collect())) == sorted(map(str, read.collect()))


EXCLUDED = 'ctx.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/"], "exclusions": "%s"}, "parquet")\n'


def test_excluded_files_are_left_out_of_the_listing() -> None:
    made = _converted("rows = " + EXCLUDED % '[\\"**.tmp\\"]')
    assert """.load(remaining_files(spark, "s3://raw/", "[\\"**.tmp\\"]"))""" in made.after
    assert "remaining_files" not in _converted("rows = " + EXCLUDED % "[]").after


def test_exclusions_by_names_of_a_mapped_path_are_handed_off() -> None:
    settings = Settings(paths={"s3://raw": "/Volumes/main/raw/files"})
    (made,) = convert_project({"job.py": HEAD + "rows = " + EXCLUDED % '[\\"**.tmp\\"]'}, settings)
    assert any(f.severity is Severity.BLOCKER and "glob" in f.message for f in made.findings)


@pytest.mark.spark
@pytest.mark.parametrize(
    ("globs", "left"),
    [
        ('["**.tmp"]', ["a.csv", "deep/b.csv", "deep/c [1].txt"]),
        (["*.csv"], ["deep/c [1].txt", "x.tmp"]),
        (["deep/**"], ["a.csv", "x.tmp"]),
        (["**/{a,b}.csv", "?.tmp"], ["deep/c [1].txt"]),
        (["**[!v]"], ["a.csv", "deep/b.csv"]),
    ],
)
def test_globs_exclude_as_in_glue(spark: Any, tmp_path: Path, globs: Any, left: list[str]) -> None:
    for name in ("a.csv", "x.tmp", "deep/b.csv", "deep/c [1].txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("1")
    found = remaining_files(spark, str(tmp_path), globs, True)
    assert [row.value for row in spark.read.text(found).collect()] == ["1"] * len(left)
    assert [path.rpartition(tmp_path.name + "/")[2].replace("\\", "") for path in found] == left


@pytest.mark.spark
def test_an_exclusion_of_everything_is_told(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("1")
    with pytest.raises(ValueError, match="leave no file"):
        remaining_files(spark, str(tmp_path), ["**"])
