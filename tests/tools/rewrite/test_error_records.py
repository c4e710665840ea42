"""Projects that count error records keep them beside the frames of their stages; all others come out plain."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pyspark.sql import functions as F

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.choices import match_catalog
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.formats.json_text import read_json
from glue2lakehouse.tools.glue_runtime.gluetypes import IntegerType, LongType, StringType
from glue2lakehouse.tools.glue_runtime.records import to_python
from glue2lakehouse.tools.glue_runtime.runner import run_script
from glue2lakehouse.tools.glue_runtime.widening import widened
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat
from glue2lakehouse.tools.rewrite.runtime.documents import read_json_stream
from glue2lakehouse.tools.rewrite.runtime.frames import match_choices

Convert = Callable[..., Conversion]
Blockers = Callable[..., list[str]]

HEAD = """import json
from awsglue.context import GlueContext
from awsglue.dynamicframe import DynamicFrame
from awsglue.transforms import *
from pyspark.context import SparkContext

ctx = GlueContext(SparkContext.getOrCreate())


def change(record):
    record["half"] = 10 / record["n"]
    return record if record["n"] != 3 else None


frame = ctx.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/in/"]}, "json")
"""
STAGE = "print(frame.stageErrorsCount())\n"
ALL = "print(frame.errorsCount())\n"


def last_line(conversion: Conversion) -> str:
    return conversion.after.strip().splitlines()[-1]


def test_a_project_that_counts_no_errors_comes_out_plain(convert: Convert) -> None:
    after = convert(HEAD + "out = DynamicFrame.fromDF(frame.map(change).toDF(), ctx, 'x').drop_fields(['a.b'])\n").after
    assert 'spark.read.option("mode", "DROPMALFORMED").json("s3://raw/in/")' in after
    assert "counted" not in after
    assert "next_stage" not in after


def test_counting_stages_needs_frames_of_their_own_only(convert: Convert) -> None:
    body = "one = frame.map(change)\ntwo = one.drop_fields(['a.b'])\nthree = two.select_fields(['n'])\n"
    body += "four = DynamicFrame.fromDF(three.toDF(), ctx, 'x')\n"
    after = convert(HEAD + body + STAGE).after
    for line in (
        'frame = read_json_counted(spark, "s3://raw/in/")',
        "one = map_records_counted(frame, change)",
        "two = next_stage(drop_fields(one, ['a.b']))",
        "three = two.select('n')" if "two.select('n')" in after else 'three = two.select("n")',
        "four = next_stage(three)",
        "print(stage_errors_count(frame))",
    ):
        assert line in after


def test_counting_all_stages_needs_their_predecessors(convert: Convert) -> None:
    body = "one = frame.apply_mapping([('n', 'int', 'n', 'long')])\ntwo = one.union(frame)\n"
    body += "three = frame.map(change).drop_fields(['half']).repartition(1)\n"
    after = convert(HEAD + body + "print(three.errorsAsDynamicFrame().count())\n").after
    assert "), frame)\n" in after
    assert "two = next_stage(one.unionByName(frame" in after
    assert ", one, frame)\n" in after
    assert '(lambda stage: next_stage(stage.drop("half"), stage))(map_records_counted(frame, change))' in after
    assert "print(errors_as_frame(three).count())" in after


def test_a_module_that_only_makes_the_frames_is_counted_as_well(convert: Convert) -> None:
    maker = HEAD.replace("frame =", "def made():\n    return").replace("ctx.create", "ctx.create")
    after = convert("from maker import made\nframe = made()\n" + STAGE, maker=maker)
    assert last_line(after) == "print(stage_errors_count(frame))"
    (other,) = [c for c in convert_project({"job.py": "from maker import made\nframe = made()\n" + STAGE, "maker.py": maker},
                                           Settings()) if c.path == "maker.py"]  # fmt: skip
    assert "return read_json_counted(" in other.after


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("two = frame.union(frame.map(change))\n" + ALL, "second frame is put together"),
        ("part = ctx.create_sample_dynamic_frame_from_options('s3', {'paths': ['s3://raw/in/']}, 5, {}, 'json')\n" + STAGE,
         "cannot be counted: it is filtered or sampled"),
        ("parts = frame.relationalize('root', 's3://tmp/', totalThreshold=3)\n", "no frame to count them in"),
        ("out = frame.map(change, False, '', '', 0, 5)\n", "totalThreshold is given by its position"),
        ("x = frame.assertErrorThreshold()\n", "what assertErrorThreshold returns is used"),
    ],
)  # fmt: skip
def test_what_cannot_be_counted_waits(blockers: Blockers, body: str, why: str) -> None:
    (found,) = blockers(HEAD + body)
    assert why in found


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("out = frame.map(change, stageThreshold=0, totalThreshold='0')\n", "out = map_records(frame, change)"),
        ("out = frame.map(change, stageThreshold=5)\n", "out = fail_at_errors(map_records_counted(frame, change), stage=5)"),
        ("out = frame.map(change, stageThreshold=limit)\n", "out = fail_at_errors(map_records_counted(frame, change), stage=limit)"),
        ("out = frame.filter(f=lambda r: r['n'] > 1, totalThreshold=7)\n",
         'out = fail_at_errors(next_stage(filter_typed(frame, (F.col("n") > 1) & ~F.isnan(F.col("n")), {"n": "number"}), frame), total=7)'),
        ("out = frame.select_fields(['n'], stageThreshold=5)\n", 'out = frame.select("n")'),
        ("out = frame.map(change, totalThreshold=5)\nout.assertErrorThreshold()\n",
         "out = fail_at_errors(map_records_counted(frame, change), total=5)"),
    ],
)  # fmt: skip
def test_a_threshold_is_checked_where_it_is_set(convert: Convert, body: str, line: str) -> None:
    conversion = convert(HEAD + "limit = 3\n" + body)
    assert last_line(conversion) == line
    assert [f for f in conversion.findings if f.severity is Severity.BLOCKER] == []
    dropped = [f.message for f in conversion.findings if "stageThreshold=5 goes" in f.message]
    assert len(dropped) == ("select_fields" in body)


def test_a_read_by_computed_options_says_that_its_malformed_records_are_not_counted(convert: Convert) -> None:
    read = "x = ctx.create_dynamic_frame.from_options(kind, where)\nprint(x.stageErrorsCount())\n"
    (edit,) = [e for e in convert(HEAD + read).edits if "the helper raises" in e.condition]
    assert "no record that is read is malformed" in edit.condition


def test_choices_are_matched_where_the_reader_has_found_some(convert: Convert) -> None:
    match = "out = {}.resolveChoice(choice='match_catalog', database='d', table_name='t')\n"
    for frame, counted, line in (
        ("frame", False, 'out = match_table(frame, "main.d.t")'),
        ("frame", True, 'out = match_choices(frame, "main.d.t")'),
        ("frame.map(change)", False, "out = map_records(frame, change)"),
    ):
        after = convert(HEAD + (STAGE if counted else "") + match.format(frame)).after
        assert line in after.replace("next_stage(", "").replace("'main", '"main')


def test_errors_that_are_written_as_they_are_wait(convert: Convert, blockers: Blockers) -> None:
    sink = "ctx.write_dynamic_frame.from_options({}, 's3', {{'path': 's3://out/'}}, 'json')\n"
    for body in (
        "bad = frame.errorsAsDynamicFrame()\n" + sink.format("bad"),
        sink.format("frame.errorsAsDynamicFrame()"),
    ):
        (found,) = blockers(HEAD + body)
        assert "error records are written as they are" in found
    logged = convert(HEAD + "print(frame.errorsAsDynamicFrame().toDF().head())\n" + sink.format("frame"))
    assert [f for f in logged.findings if f.rule == "error-records"] == []
    assert [e.certainty for e in logged.edits if e.rule == "error-records"] == [Certainty.CONDITIONAL]


@pytest.mark.parametrize(
    ("options", "read"),
    [
        ("'json'", '.option("mode", "DROPMALFORMED").json("s3://raw/")'),
        ("'json', {'multiline': False}", '.option("mode", "DROPMALFORMED").json("s3://raw/")'),
        ("'json', {'multiline': True}", 'read_json_stream(spark, "s3://raw/")'),
        ("'json', {'multiline': 'true', 'jsonPath': '$[*]'}", 'read_json_stream(spark, "s3://raw/")'),
        ("'json', {'multiline': wanted}", 'read_json_stream(spark, "s3://raw/")'),
        ("'json', {}, isFailFast", '.option("mode", "FAILFAST").json("s3://raw/")'),
        (
            "'xml', {'rowTag': 'r'}, isFailFast",
            '.options(rowTag="r", ignoreSurroundingSpaces=False, mode="FAILFAST").format("xml").load("s3://raw/")',
        ),
        (
            "'xml', {'rowTag': 'r'}",
            '.options(rowTag="r", ignoreSurroundingSpaces=False, mode="FAILFAST").format("xml").load("s3://raw/")',
        ),
    ],
)
def test_malformed_records_are_set_aside_or_stop_the_read(convert: Convert, options: str, read: str) -> None:
    asked, fails, _ = options.partition(", isFailFast")
    source = "{'paths': ['s3://raw/'], 'isFailFast': True}" if fails else "{'paths': ['s3://raw/']}"
    after = convert(HEAD + f"x = ctx.create_dynamic_frame.from_options('s3', {source}, {asked})\n")
    assert read.replace("'", '"') in last_line(after).replace("'", '"')


def test_a_stream_of_values_keeps_what_else_is_asked_of_the_read(convert: Convert) -> None:
    read = ("x = ctx.create_dynamic_frame.from_options('s3', {'paths': ['s3://a/', 's3://b/'], 'recurse': True, 'isFailFast': True, "
            "'attachFilename': 'file'}, 'json', {'multiline': True})\n")  # fmt: skip
    assert last_line(convert(HEAD + read)).replace("'", '"') == (
        'x = read_json_stream(spark, ["s3://a/", "s3://b/"], attach={"file": "file_path"}, recursiveFileLookup=True, fail=True)'
    )


TEXTS = {
    "the documented one": '{"id": 1, "n": "a"}\n{"id": 2, "n": "franklin",\n{"id": 3, "n": "b"}\n{"id": 4, "n": "c"}\n',
    "values after each other": '{"id": 1}{"id": 2} {"id": 3}\n{"id": 4}',
    "over many lines": '{\n "id": 1,\n "n": "x"\n}\n{\n "id": 2\n}\n',
    "lists and commas": '[{"id": 1}, {"id": 2, "n": {"a": [1, 2.5]}}],\n{"id": 3}\n[]\n',
    "no objects": '5\n"text"\n{"id": 1}\nnull\n[7, {"id": 2}]\n',
    "rubbish": 'rubbish {"id": 0}\n{"id": 1}\n{"id": 2} rubbish {"id": 3}\n{"id": "x}\n{"id": 4}',
    "many types": '{"v": 1, "w": 1, "x": {"a": 1}}\n{"v": 3000000000, "w": 1.5, "x": {"b": null}}\n',
    "a mark at the start": '\ufeff{"id": 1, "n": null}\n\n\n{"id": 2}\n',
    "nothing": "\n",
}


@pytest.mark.spark
@pytest.mark.parametrize("name", TEXTS)
def test_files_are_read_as_the_streams_that_they_are_to_glue(spark: Any, tmp_path: Path, name: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text(TEXTS[name], encoding="utf-8")
    records, errors = read_json(TEXTS[name], {})
    expected = [{key: to_python(cell) for key, cell in record.items()} for record in records]
    frame = read_json_stream(spark, str(tmp_path / "in"))
    assert [_bare(row.asDict(recursive=True)) for row in frame.collect()] == [_bare(row) for row in expected]
    if errors:
        with pytest.raises(Exception, match="ValueError"):
            read_json_stream(spark, str(tmp_path / "in"), fail=True).collect()


def _bare(value: Any) -> Any:
    """Leave nulls out: a field that is not there is null in a DataFrame."""
    if isinstance(value, dict):
        return {key: _bare(item) for key, item in sorted(value.items()) if item is not None}
    return [_bare(item) for item in value] if isinstance(value, list) else value


@pytest.mark.spark
def test_only_what_holds_several_types_is_cast_to_the_types_of_a_table(spark: Any, tmp_path: Path) -> None:
    text = (
        '{"id": 1, "v": "7", "n": "5", "d": 1}\n{"id": 2, "v": 8, "n": "6", "d": 2.5}\n{"id": 3, "v": "x", "n": null}\n'
    )
    (tmp_path / "rows.json").write_text(text)
    spark.sql("CREATE TABLE target (id BIGINT, V INT, n INT, d STRING) USING parquet")
    kinds = {"id": LongType(), "v": IntegerType(), "n": IntegerType(), "d": StringType()}
    batch = match_catalog(Batch(widened(read_json(text, {})[0])), kinds)
    expected = [{key: to_python(cell) for key, cell in record.items()} for record in batch.records]
    frame = match_choices(read_json_stream(spark, str(tmp_path)).where("id > 0"), "target")
    assert [_bare(row.asDict()) for row in frame.collect()] == [_bare(row) for row in expected]
    assert [(row["id"], row["v"], row["n"], row["d"]) for row in frame.collect()] == [
        (1, 7, "5", 1.0), (2, 8, "6", 2.5), (3, None, None, None)
    ]  # fmt: skip
    (tmp_path / "nested.json").write_text('{"v": {"a": 1}}\n')
    with pytest.raises(ValueError, match="holds several types"):
        match_choices(
            read_json_stream(spark, str(tmp_path)).select(F.col("id").alias("v", metadata={"several_types": True})),
            "target",
        )


@pytest.fixture
def both(spark: Any, tmp_path: Path) -> Iterator[Callable[[str, str], tuple[Any, Any]]]:
    """Run a body on a file at s3://raw/in/, as it is and converted, and return what each assigns to `result`."""
    environment = RuntimeEnvironment(scratch=tmp_path / "scratch")

    def run(body: str, text: str) -> tuple[Any, Any]:
        file = environment.local("s3://raw/in/rows.json")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
        out = tmp_path / "out.json"
        source = HEAD + body + f"with open({str(out)!r}, 'w') as file:\n    json.dump(result, file, default=str)\n"
        (tmp_path / "job.py").write_text(source)
        ran = run_script(tmp_path / "job.py", environment, [], session=spark)
        assert ran.outcome == "finished", ran.traceback
        original = json.loads(out.read_text())
        (conversion,) = convert_project({"job.py": source}, Settings(paths={"s3://raw/": f"{file.parent.parent}/"}))
        assert [str(f) for f in conversion.findings if f.severity is Severity.BLOCKER] == []
        compat = sys.modules["glue_compat"] = ModuleType("glue_compat")
        exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
        exec(compile(conversion.after, "job.py", "exec"), {"__name__": "converted_job"})
        return original, json.loads(out.read_text())

    yield run
    sys.modules.pop("glue_compat", None)


ROWS = """{"n": 0, "t": "{\\"a\\": 1}"}
{"n": 1, "t": "{\\"a\\": 2}"}
{"n": 3, "t": "{"}
{"n": 5, "t": "7"}
{"n": 0, "t": "x"}
"""
BROKEN = '{"n": 1, "t": "{}"}\n{"n": 2, "t": "[]",\n{"n": 3, "t": "x"}\n{"n": 5, "t": "{}"}\n'
CLEAN = '{"n": 1, "t": "{}"}\n{"n": 2, "t": "{}"}\n'
COUNTS = "result = [[f.count(), f.stageErrorsCount()] for f in ({})]\n"
TOTALS = (
    "result = [[f.count(), f.stageErrorsCount(), f.errorsCount(), f.errorsAsDynamicFrame().count()] for f in ({})]\n"
)
STAGES = """one = frame.map(change)
two = one.rename_field('x', 'y')
three = DynamicFrame.fromDF(two.toDF(), ctx, 'three')
four = frame.drop_fields(['nothing.here']).filter(lambda r: [r['n'], r['n']][r['n']] >= 0)
five = frame.unbox('t', 'json')
six = frame.filter(lambda r: r['n'] > 1)
seven = frame.filter(f=lambda r: r['absent'] > 1 or int(r['t']) > 0)
eight = frame.resolveChoice(specs=[('n', 'cast:int')]).spigot('s3://raw/aside/')
"""
NAMES = "frame, one, two, three, four, five, six, seven, eight"


@pytest.mark.spark
@pytest.mark.parametrize("text", [ROWS, BROKEN, CLEAN], ids=["rows", "broken", "clean"])
@pytest.mark.parametrize("asked", [COUNTS, TOTALS], ids=["stage", "all"])
def test_each_stage_counts_what_glue_counts(both: Any, asked: str, text: str) -> None:
    original, converted = both(STAGES + asked.format(NAMES), text)
    assert converted == original


@pytest.mark.spark
def test_errors_of_both_sides_come_together(both: Any) -> None:
    body = "one = frame.map(change)\ntwo = one.union(frame)\nthree = two.mergeDynamicFrame(one, ['n'])\n"
    original, converted = both(body + TOTALS.format("one, two, three"), ROWS + BROKEN)
    assert converted == original


@pytest.mark.spark
def test_an_error_says_what_failed_and_on_which_record(both: Any) -> None:
    body = """mapped = frame.map(change)
rows = mapped.errorsAsDynamicFrame().toDF().select('error.callsite.site', 'error.msg', 'error.input', 'error.bytesread',
                                                   'error.dynamicRecord.n').collect()
result = sorted([list(row) for row in rows], key=str)
"""
    original, converted = both(body, ROWS + BROKEN)
    assert converted == original
    assert len(original) == 4


@pytest.mark.spark
def test_a_job_without_errors_has_a_frame_of_none(both: Any) -> None:
    original, converted = both("result = len(frame.map(change).errorsAsDynamicFrame().toDF().take(1))\n", CLEAN)
    assert original == converted == 0


@pytest.mark.spark
@pytest.mark.parametrize(("limit", "fails"), [(1, True), (2, True), (3, False), (0, False)])
def test_a_threshold_stops_the_job_above_its_number(both: Any, limit: int, fails: bool) -> None:
    body = f"try:\n    result = frame.map(change, stageThreshold={limit}).count()\nexcept Exception:\n    result = 'failed'\n"
    original, converted = both(body, ROWS)
    assert converted == original == ("failed" if fails else 2)


@pytest.mark.spark
def test_a_frame_from_elsewhere_counts_its_own_errors_only(both: Any) -> None:
    body = "parts = frame.map(change).split_fields(['n'], 'a', 'b')\n"
    original, converted = both(body + COUNTS.format("parts['a'], parts['b']"), ROWS)
    assert converted == original
    with pytest.raises(ValueError, match="nothing is known of the error records"):
        both(body + TOTALS.format("parts['a'], parts['b']"), ROWS)
