"""A frame out of a collection is known as the one that the collection was made of: the order of its columns, its types, its fields."""

import pytest

from glue2lakehouse.domain import Severity
from tests.tools.rewrite.conftest import Convert

JOB = """from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrameCollection
from awsglue.transforms import *
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())
frame = glueContext.create_dynamic_frame.from_options("s3", {{"paths": ["s3://in/d/"]}}, "{form}")
{lines}
"""
PARTS = {
    "rows": "frame.split_rows({'a': {'>': 1}}, 'one', 'two')['one']",
    "rows, by class": "SelectFromCollection.apply(dfc=SplitRows.apply(frame, {'a': {'>': 1}}, 'one', 'two'), key='one')",
    "fields": "frame.split_fields(['a'], 'one', 'two').select('two')",
    "relationalized": "frame.relationalize('root', 's3://temp/')['root']",
    "gathered": "DynamicFrameCollection({'x': frame}, glueContext)['x']",
    "gathered by name": "DynamicFrameCollection(dynamic_frames={'x': frame}, glue_ctx=glueContext).select('x')",
}
HEADLESS = (
    "glueContext.write_dynamic_frame.from_options(out, 's3', {'path': 's3://out/t'}, 'csv', {'writeHeader': False})"
)


def found(convert: Convert, lines: str, form: str) -> list[tuple[Severity, str]]:
    findings = convert(JOB.format(form=form, lines=lines)).findings
    return [(finding.severity, finding.message) for finding in findings if finding.severity is not Severity.INFO]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize(("form", "blocked"), [("json", True), ("parquet", False)])
def test_columns_that_spark_sorts_are_not_written_without_a_header(
    convert: Convert, part: str, form: str, blocked: bool
) -> None:
    said = found(convert, f"out = {part}\n{HEADLESS}", form)
    assert any(level is Severity.BLOCKER and "another order than Glue's" in text for level, text in said) is blocked


def test_columns_of_a_map_over_sorted_ones_are_not_either(convert: Convert) -> None:
    lines = f"out = frame.map(lambda r: r)\n{HEADLESS}"
    assert [level for level, text in found(convert, lines, "json") if "another order" in text] == [Severity.BLOCKER]
    assert not [level for level, text in found(convert, lines, "parquet") if "another order" in text]


@pytest.mark.parametrize("part", PARTS.values(), ids=PARTS)
@pytest.mark.parametrize(("form", "blocked"), [("json", True), ("parquet", False)])
def test_choices_in_a_part_of_records_are_handed_off(convert: Convert, part: str, form: str, blocked: bool) -> None:
    said = found(convert, f"out = {part}.resolveChoice(choice='make_cols')", form)
    assert any(level is Severity.BLOCKER and "holds several types" in text for level, text in said) is blocked


@pytest.mark.parametrize(("form", "level"), [("json", Severity.BLOCKER), ("parquet", None)])
def test_a_field_that_a_part_of_records_may_lack_is_told(convert: Convert, form: str, level: Severity | None) -> None:
    lines = f"out = {PARTS['rows']}.filter(lambda r: r.get('x', 'none') == 'none')"
    told = [severity for severity, text in found(convert, lines, form) if "tells a field that a record lacks" in text]
    assert told == ([level] if level else [])


def test_frames_that_a_loop_takes_out_of_a_collection_are_known(convert: Convert) -> None:
    lines = f"for out in frame.split_rows({{'a': {{'>': 1}}}}).values():\n    {HEADLESS}"
    assert any("another order than Glue's" in text for _, text in found(convert, lines, "json"))
