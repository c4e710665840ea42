"""Avro files without `version: 1.8`: written where no column is of a type that Glue spells otherwise, stopped elsewhere."""

import sys

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite.runtime import logical_types

WRITE = """from awsglue.dynamicframe import DynamicFrame


def save(frame: DynamicFrame):
    frame.write(connection_type="s3", connection_options={"path": "%s"%s}, format="avro"%s)
"""


def written(convert, path: str, more: str = "", options: str = "") -> str:
    conversion = convert(WRITE % (path, more, options))
    assert [str(found) for found in conversion.findings if found.severity is Severity.BLOCKER] == []
    return conversion.after


@pytest.mark.parametrize("options", ["", ", format_options={}", ', format_options={"version": "1.7"}'])
def test_the_older_writer_is_guarded(convert, options: str) -> None:
    assert "without_logical_types(frame).write" in written(convert, "s3://b/x/", options=options)


def test_the_newer_one_needs_no_guard(convert) -> None:
    assert "without_logical_types" not in written(convert, "s3://b/x/", options=', format_options={"version": "1.8"}')


def test_a_version_that_is_not_written_out_is_handed_off(convert, blockers) -> None:
    assert any(
        "version of Avro" in found for found in blockers(WRITE % ("s3://b", "", ', format_options={"version": v}'))
    )
    assert any(
        "version of Avro" in found for found in blockers(WRITE % ("s3://b", "", ', format_options={"version": "2"}'))
    )


@pytest.mark.spark
@pytest.mark.parametrize(
    "column",
    ["date'2024-01-05' AS c", "timestamp'2024-01-05 10:00:00' AS c", "1.10BD AS c", "timestamp_ntz'2024-01-05 10:00:00' AS c",
     "named_struct('d', date'2024-01-05') AS c", "array(named_struct('d', 1.5BD)) AS c", "map('k', array(date'2024-01-05')) AS c"],
)  # fmt: skip
def test_a_column_that_glue_makes_a_string_of_stops_the_job(convert, spark, tmp_path, monkeypatch, column: str) -> None:
    monkeypatch.setitem(sys.modules, "glue_compat", logical_types)
    space: dict = {}
    exec(written(convert, (tmp_path / "x").as_uri()), space)
    with pytest.raises(ValueError, match="makes strings of c"):
        space["save"](spark.sql(f"SELECT 1 AS a, {column}"))
    assert not (tmp_path / "x").exists()


@pytest.mark.spark
def test_other_columns_are_written(convert, spark, tmp_path, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "glue_compat", logical_types)
    space: dict = {}
    exec(written(convert, (tmp_path / "x").as_uri(), ', "partitionKeys": ["b"]'), space)
    frame = spark.sql(
        "SELECT 1 AS a, 'x' AS b, 2L AS c, 1.5D AS d, true AS e, array(named_struct('k', 'v')) AS f, map('k', 1) AS g"
    )
    space["save"](frame)
    assert spark.read.format("avro").load((tmp_path / "x").as_uri()).select(frame.columns).collect() == frame.collect()
