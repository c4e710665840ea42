"""JSON columns of several types come out as Glue has them: original and converted run on the same files.

The original runs on the local Glue runtime, the converted text on plain Spark.
"""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.runner import run_script
from glue2lakehouse.tools.rewrite import convert_project, render_compat
from glue2lakehouse.tools.rewrite.runtime.choices import read_json_choices, resolve_json_choices

JOB = """import json

from awsglue.context import GlueContext
from awsglue.transforms import *
from pyspark.context import SparkContext

ctx = GlueContext(SparkContext.getOrCreate())
rows = ctx.create_dynamic_frame.from_options("s3", {{"paths": ["s3://raw/in/"]}}, "json"{options})
out = {expression}
df = out.toDF()
result = [sorted(df.dtypes), [row.asDict(recursive=True) for row in df.collect()]]
with open({path!r}, "w") as file:
    json.dump(result, file, default=str)
"""
Both = Callable[[str, str, str], tuple[Any, Any]]


@pytest.fixture
def both(spark: Any, tmp_path: Path) -> Iterator[Both]:
    """Run an expression on a file of records, as it is and converted, and return types and rows of each."""
    environment = RuntimeEnvironment(scratch=tmp_path / "scratch")

    def run(expression: str, text: str, options: str = "") -> tuple[Any, Any]:
        file = environment.local("s3://raw/in/rows.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        out = tmp_path / "out.json"
        source = JOB.format(options=options, expression=expression, path=str(out))
        (tmp_path / "job.py").write_text(source)
        ran = run_script(tmp_path / "job.py", environment, [], session=spark)
        assert ran.outcome == "finished", ran.traceback
        original = out.read_text()
        (conversion,) = convert_project({"job.py": source}, Settings(paths={"s3://raw/": f"{file.parent.parent}/"}))
        assert [str(f) for f in conversion.findings if f.severity is Severity.BLOCKER] == []
        compat = sys.modules["glue_compat"] = ModuleType("glue_compat")
        exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
        exec(compile(conversion.after, "job.py", "exec"), {"__name__": "converted_job"})
        return _plain(original), _plain(out.read_text())

    yield run
    sys.modules.pop("glue_compat", None)


def _plain(text: str) -> Any:
    """Return types and rows with the members of structs in alphabetical order: Glue promises none."""
    types, rows = json.loads(text)
    spelled = [(name, "".join(sorted(kind))) for name, kind in types]
    return spelled, sorted(json.dumps(row, sort_keys=True) for row in rows)


MIXED = '{"id": 1, "price": 5, "s": {"a": 1}}\n{"id": 2, "price": "n/a"}\n{"id": 3, "price": null}\n{"id": 4}\n{"id": 5, "price": "x\\n5"}\n'
CLEAN = '{"id": 1, "price": 5}\n{"id": 2, "price": 6}\n{"id": 3}\n'
TEXTS = '{"id": 1, "price": "5"}\n{"id": 2, "price": "x"}\n'
THREE = '{"price": 5}\n{"price": "n/a"}\n{"price": true}\n{"price": {"a": "é"}}\n{"price": {"a": "y", "c": 1}}\n{"price": [1, 2]}\n{"price": []}\n'
LONGS = '{"price": 3000000000}\n{"price": "n/a"}\n{"price": 9000000000}\n'
DOUBLES = '{"price": 5.25}\n{"price": "12.7"}\n{"price": 1e3}\n{"price": ""}\n'
TWO = '{"a b": 1, "id": "x"}\n{"a b": "u", "id": "y"}\n{"a b": true, "id": 7}\n'
BROKEN = '{"price": 5}\n{"price": oops}\n\n{"price": "n/a"}\n'
LISTED = '[{"price": 5},\n{"price": "n/a"}]'
TEXTS_OF = {"mixed": MIXED, "clean": CLEAN, "texts": TEXTS, "three": THREE, "longs": LONGS, "doubles": DOUBLES}
ACTIONS = {
    "make_cols": 'rows.resolveChoice(specs=[("price", "make_cols")])',
    "all in structs": 'ResolveChoice.apply(frame=rows, choice="make_struct")',
}


@pytest.mark.spark
@pytest.mark.parametrize("text", TEXTS_OF.values(), ids=TEXTS_OF)
@pytest.mark.parametrize("expression", ACTIONS.values(), ids=ACTIONS)
def test_values_of_several_types_are_taken_apart_as_in_glue(both: Both, expression: str, text: str) -> None:
    original, converted = both(expression, text, "")
    assert converted == original


NULLS = '{"id": 1, "price": 5, "note": null, "code": "x"}\n{"id": 2, "price": "n/a", "note": null, "code": null}\n'
EQUAL = {
    "null fields beside structs": ('DropNullFields.apply(ResolveChoice.apply(frame=rows, choice="make_struct"))', NULLS),
    "null fields that a filter leaves": (
        'DropNullFields.apply(rows.resolveChoice(specs=[("price", "make_cols")]).filter(lambda r: r["id"] == 1))', NULLS),
    "null fields beside what was cast": ('DropNullFields.apply(rows.resolveChoice(specs=[("code", "cast:int")]))', NULLS.replace("5", '"5"')),
    "a struct": ('ResolveChoice.apply(frame=rows, specs=[("price", "make_struct")])', MIXED),
    "all in columns": ('rows.resolveChoice(choice="make_cols")', TWO),
    "a projection of numbers": ('rows.resolveChoice(specs=[("price", "project:int")])', MIXED),
    "a projection of texts to numbers": ('rows.resolveChoice(specs=[("price", "project:Long")])', LONGS),
    "a projection without a choice": ('rows.resolveChoice(specs=[("price", "project:int")])', CLEAN),
    "a projection of texts alone": ('rows.resolveChoice(specs=[("price", "project:int")])', TEXTS),
    "a projection of a column that is not there": ('rows.resolveChoice(specs=[("cost", "project:int")])', CLEAN),
    "a cast of all": ('rows.resolveChoice(choice="cast:double")', DOUBLES),
    "a cast of all to text": ('rows.resolveChoice(choice="cast:string")', TWO),
    "casts and columns": ('rows.resolveChoice(specs=[("`a b`", "make_cols"), ("id", "cast:int")])', TWO),
    "a cast of a column of one type": ('rows.resolveChoice(specs=[("price", "make_cols"), ("id", "cast:string")])', MIXED),
    "two columns": ('rows.resolveChoice(specs=[("a b", "make_struct"), ("id", "make_cols")])', TWO),
    "no records": ('rows.resolveChoice(specs=[("price", "make_cols")])', "\n"),
    "as it is shown": (
        'ResolveChoice.apply(rows, [("price", "make_struct")])\nshown = rows.toDF()\nassert sorted(shown.dtypes) == sorted(out.toDF().dtypes)',
        MIXED,
    ),
}  # fmt: skip


@pytest.mark.spark
@pytest.mark.parametrize(("expression", "text"), EQUAL.values(), ids=EQUAL)
def test_a_choice_is_resolved_as_in_glue(both: Both, expression: str, text: str) -> None:
    original, converted = both(expression, text, "")
    assert converted == original


@pytest.mark.spark
@pytest.mark.parametrize(
    ("options", "text"),
    [
        ("", BROKEN),
        (', {"multiline": True}', BROKEN),
        (', {"multiline": True}', LISTED),
        (', {"jsonPath": "$[*]"}', LISTED),
    ],
)
def test_records_are_read_whole_or_by_line(both: Both, options: str, text: str) -> None:
    original, converted = both(ACTIONS["make_cols"], text, options)
    assert converted == original
    assert len(converted[1]) == 2


REFUSED = {
    "numbers of two kinds": ('{"v": 1}\n{"v": 2.5}\n', {"choice": "make_cols"}, "v holds int and double, and whether Glue"),
    "numbers of two kinds beside a text": ('{"v": 1}\n{"v": 3000000000}\n{"v": "x"}\n', {"choice": "make_cols"}, "v holds int and long"),
    "a projection that may convert": ('{"v": 1}\n{"v": "2"}\n', {"specs": [("v", "project:int")]}, "documents two ways to project"),
    "a projection to a type that is not there": ('{"v": 1}\n{"v": "x"}\n', {"specs": [("v", "project:long")]}, "no value would be left"),
    "a projection of structs": ('{"v": {"a": 1}}\n{"v": "x"}\n', {"specs": [("v", "project:struct")]}, "is not documented"),
    "a cast of a list": ('{"v": [1]}\n{"v": "x"}\n', {"specs": [("v", "cast:string")]}, "is not documented"),
    "several types in a struct": ('{"v": {"a": 1}}\n{"v": {"a": "x"}}\n', {"choice": "make_cols"}, r"v\.a holds int and string"),
    "several types in a list": ('{"v": [1, "x"]}\n', {"choice": "make_cols"}, r"v\[\] holds int and string"),
    "a column that is there": ('{"v": 1, "V_int": 2}\n{"v": "x"}\n', {"choice": "make_cols"}, "there is a column v_int already"),
    "a column that is left": ('{"v": 1, "w": 1}\n{"v": "x", "w": "y"}\n', {"specs": [("v", "make_cols")]}, "w: values of several types"),
    "another spelling": ('{"v": 1}\n{"v": "x"}\n', {"specs": [("V", "make_cols")]}, "V is spelled v"),
}  # fmt: skip


@pytest.mark.spark
@pytest.mark.parametrize(("text", "actions", "told"), REFUSED.values(), ids=REFUSED)
def test_what_is_not_documented_stops_the_job(spark: Any, tmp_path: Path, text: str, actions: Any, told: str) -> None:
    (tmp_path / "rows.json").write_text(text)
    with pytest.raises(ValueError, match=told):
        resolve_json_choices(read_json_choices(spark, str(tmp_path), lines=True), **actions)


@pytest.mark.spark
def test_a_field_without_a_value_in_any_record_is_text_and_a_condition_says_so(both: Both) -> None:
    original, converted = both("rows.resolveChoice(choice='make_cols')", NULLS, "")
    assert [kind for name, kind in original[0] if name == "note"] == ["".join(sorted("void"))]
    assert [kind for name, kind in converted[0] if name == "note"] == ["".join(sorted("string"))]
    source = JOB.format(options="", expression="rows.resolveChoice(choice='make_cols')", path="out")
    (conversion,) = convert_project({"job.py": source}, Settings())
    assert "no field is null, {} or [] in all records" in "; ".join(edit.condition for edit in conversion.edits)


@pytest.mark.spark
def test_what_is_not_documented_can_be_told(spark: Any, tmp_path: Path) -> None:
    (tmp_path / "rows.json").write_text('{"v": 1}\n{"v": 2.5}\n{"v": "7"}\n')
    apart = read_json_choices(spark, str(tmp_path), numbers="apart")
    assert sorted(resolve_json_choices(apart, choice="make_cols").columns) == ["v_double", "v_int", "v_string"]
    widest = read_json_choices(spark, str(tmp_path), numbers="widest")
    for way, kept in (("own", [1.0, 2.5, None]), ("convert", [1.0, 2.5, 7.0])):
        rows = resolve_json_choices(widest, [("v", "project:double")], project=way).collect()
        assert [row["v"] for row in rows] == kept
