"""JSON reads keep Glue's types: what fits int is int; a warning stands where text may be lost."""

from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, TableFacts, convert_project
from glue2lakehouse.tools.rewrite.runtime.reading import narrow_integers

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
