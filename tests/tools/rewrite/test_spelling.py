"""What is known of a frame's columns tells where Glue and Spark take a name or a type for something else."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project
from glue2lakehouse.tools.rewrite.engine import Conversion

HEAD = """import sys
from awsglue.context import GlueContext
from awsglue.transforms import *

glueContext = GlueContext()
one = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="one")
two = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="two")
left = ApplyMapping.apply(one, [("id", "int", "id", "int"), ("note", "string", "Note", "string"), ("n", "long", "n", "long")])
"""
RIGHT = 'right = ApplyMapping.apply(two, [("id", "int", "{id}", "{kind}"), ("m", "string", "m", "string")])\n'


def converted(lines: str) -> Conversion:
    (conversion,) = convert_project({"job.py": HEAD + lines}, Settings())
    return conversion


def told(lines: str, severity: Severity) -> list[str]:
    return [found.message for found in converted(lines).findings if found.severity is severity]


@pytest.mark.parametrize(
    "line",
    [
        'out = DropFields.apply(left, ["ID"])\n',
        'out = left.drop_fields(["n", "NOTE"])\n',
        'out = SelectFields.apply(left, ["id", "note"])\n',
        'out = RenameField.apply(left, "note", "remark")\n',
        'out = left.resolveChoice(specs=[("note", "cast:int")])\n',
    ],
)
def test_a_column_that_is_known_in_another_spelling_is_handed_off(line: str) -> None:
    (message,) = told(line, Severity.BLOCKER)
    assert "is spelled" in message


@pytest.mark.parametrize(
    "line",
    [
        'out = DropFields.apply(left, ["Note", "nothing"])\n',
        'out = DropFields.apply(one, ["ID"])\n',
        'out = RenameField.apply(left, "Note", "note")\n',
        'out = RenameField.apply(left, "nothing", "id")\n',
        'out = RenameField.apply(DropFields.apply(left, ["n"]), "id", "n")\n',
        'out = left.resolveChoice(specs=[("Note", "cast:int")])\n',
    ],
)
def test_names_that_are_the_columns_or_of_no_known_column_are_converted(line: str) -> None:
    assert told(line, Severity.BLOCKER) == []


@pytest.mark.parametrize("new", ["n", "N"])
def test_a_rename_to_a_name_that_is_taken_is_handed_off(new: str) -> None:
    (message,) = told(f'out = RenameField.apply(left, "id", "{new}")\n', Severity.BLOCKER)
    assert f"has a column {new} already" in message


@pytest.mark.parametrize(
    ("name", "kind", "severity", "said"),
    [
        ("id", "int", Severity.INFO, ""),
        ("id", "integer", Severity.INFO, ""),
        ("id", "long", Severity.WARNING, "id is int in one frame and bigint"),
        ("id", "string", Severity.BLOCKER, "id is int in one frame and string"),
        ("id", "double", Severity.BLOCKER, "id is int in one frame and double"),
        ("ID", "int", Severity.BLOCKER, "id and ID differ in case only"),
        ("other", "string", Severity.INFO, ""),
    ],
)
def test_a_union_of_known_columns_is_of_one_type_and_spelling(
    name: str, kind: str, severity: Severity, said: str
) -> None:
    found = converted(RIGHT.format(id=name, kind=kind) + "out = left.union(right)\n").findings
    assert [f.message for f in found if f.rule == "union" and said not in f.message] == []
    assert [f.severity for f in found if f.rule == "union"] == ([severity] if said else [])


def test_a_second_column_of_a_union_may_be_what_stops_it() -> None:
    lines = RIGHT.format(id="id", kind="long").replace('"m", "string")', '"n", "string")')
    (message,) = told(lines + "out = left.union(right)\n", Severity.BLOCKER)
    assert "n is bigint" in message


JSON = 'raw = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://b/x/"]}, "json")\n'


@pytest.mark.parametrize(
    ("kind", "said"), [("string", "1 becomes the text 1.0"), ("long", "1.5 becomes null"), ("double", "")]
)
def test_what_spark_makes_of_numbers_before_a_cast_is_said(kind: str, said: str) -> None:
    found = told(JSON + f'out = raw.resolveChoice(specs=[("id", "cast:{kind}")])\n', Severity.WARNING)
    assert [message for message in found if said and said in message] == found
    assert bool(found) == bool(said)


@pytest.mark.parametrize(
    ("read", "target", "told"),
    [
        (JSON, "p.id", True),
        (JSON, "id", False),
        (JSON.replace('"json"', '"parquet"'), "p.id", False),
    ],
)
def test_a_struct_that_is_built_of_fields_that_may_be_absent_is_a_condition(read: str, target: str, told: bool) -> None:
    edits = converted(read + f'out = ApplyMapping.apply(raw, [("id", "int", "{target}", "long")])\n').edits
    assert any("a struct of nulls" in edit.condition for edit in edits) == told


@pytest.mark.parametrize(("source", "told"), [("s.id", True), ("`s.id`", False), ("id", False)])
def test_so_is_one_of_fields_that_are_taken_out_of_a_struct_which_may_be_null(source: str, told: bool) -> None:
    read = JSON.replace('"json"', '"parquet"')
    edits = converted(read + f'out = ApplyMapping.apply(raw, [("{source}", "int", "p.id", "long")])\n').edits
    assert any("a struct of nulls" in edit.condition for edit in edits) == told
