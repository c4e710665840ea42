"""Jobs that read odd files and write others: where the files are as the conditions say, both sides write the same.

The original runs on the local Glue runtime and the converted text on plain Spark in ANSI mode, each on its own copy of the
files; what they wrote is read without Spark.
"""

import bz2
import csv
import gzip
import io
import json
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.plain_spark import mount_on_demand, spark_settings
from glue2lakehouse.tools.glue_runtime.runner import run_script
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat

pytestmark = pytest.mark.spark

HEAD = """import sys
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())
frame = glueContext.create_dynamic_frame.from_options("s3", {"paths": %s%s}, %r, %s)
%sglueContext.write_dynamic_frame.from_options(frame, "s3", {"path": "s3://out/t/"%s}, %r, %s)
"""


class Job(NamedTuple):
    """Files by name, how they are read, how they are written, and what is done in between."""

    files: dict[str, bytes]
    form: str
    options: str = "{}"
    more: str = ""
    sink: str = "json"
    written: str = "{}"
    target: str = ""
    paths: str = '["s3://in/d/"]'
    steps: str = ""

    @property
    def script(self) -> str:
        return HEAD % (self.paths, self.more, self.form, self.options, self.steps, self.target, self.sink, self.written)


def lines(*rows: str, end: str = "\n") -> bytes:
    return (end.join(rows) + end).encode()


HEADED = '{"withHeader": True}'
STREAM = '{"multiline": True}'
TEXTS = lines("id,name", '1,"a, b"', '2,"say ""hi"""', "3,", "4, x ", '5,"Zoë 日本"', "6,NULL", r"7,c:\dir\x", "8,\\N")
RECORDS = (
    {"id": 1, "t": "x\ny", "s": {"k": 1, "n": None}},
    {"id": 7, "t": None, "s": {"k": 2, "n": "é"}},
    {"l": [1, 2], "id": -5},
)
ITEMS = [json.dumps(record, ensure_ascii=False) for record in RECORDS]
ROWS = "<?xml version='1.0'?>\n<all><row key='1'><id>7</id><n>a &amp; b</n><p> x </p></row>\n<row key='2'><n>b</n><id>8</id></row></all>"
JOINED = """other = glueContext.create_dynamic_frame.from_options("s3", {"paths": ["s3://in/d/o/"]}, "json")
frame = frame.join(["id"], ["of"], other)
"""
PARTIES = lines('{"id": 1, "n": "House", "seats": 435}', '{"id": 2, "n": "party", "link": "l"}')
JOBS = {
    "csv": Job({"a.csv": TEXTS}, "csv", HEADED),
    "csv in several files": Job({"a.csv": TEXTS, "b.csv": lines("id,name", "9,z"), "c.csv": lines("id,name")}, "csv", HEADED),
    "csv, carriage returns": Job({"a.csv": TEXTS.replace(b"\n", b"\r\n")}, "csv", HEADED),
    "csv, byte order mark": Job({"a.csv": b"\xef\xbb\xbf" + TEXTS}, "csv", HEADED),
    "csv, compressed": Job({"a.csv.gz": gzip.compress(TEXTS), "b.csv.bz2": bz2.compress(TEXTS)}, "csv", HEADED),
    "csv, latin 1": Job({"a.csv": "id,n\n1,Zoë\n".encode("latin-1")}, "csv", '{"withHeader": True, "encoding": "ISO-8859-1"}'),
    "csv without a header": Job({"a.csv": TEXTS}, "csv"),
    "csv of many lines": Job({"a.csv": lines("id,n", '1,"two\nlines"', '2,"a ""b"""')}, "csv", '{"withHeader": True, "multiLine": "true"}'),
    "csv, other signs": Job({"a.csv": lines("id|n", "1|'a|b'", "2|'it''s'")}, "csv", '{"withHeader": "true", "separator": "|", "quoteChar": "\'"}'),
    "csv, no quotes": Job({"a.csv": lines("id;n", '1;say "hi', '2;"x"')}, "csv", '{"withHeader": True, "separator": ";", "quoteChar": -1}'),
    "csv, empty lines": Job({"a.csv": lines("id,n", "", "1,a", "", "2,b")}, "csv", HEADED),
    "csv, folders below": Job({"a.csv": TEXTS, "x/y/b.csv": TEXTS}, "csv", HEADED, ', "recurse": True'),
    "csv, folders left alone": Job({"a.csv": TEXTS, "x/b.csv": TEXTS}, "csv", HEADED),
    "csv, exclusions": Job({"a.csv": TEXTS, "b.tmp": TEXTS, "_c.csv": TEXTS}, "csv", HEADED, ", \"exclusions\": '[\"**.tmp\"]'"),
    "csv, one file by name": Job({"a.csv": TEXTS, "b.csv": TEXTS}, "csv", HEADED, paths='["s3://in/d/b.csv"]'),
    "csv, a pattern": Job({"a1.csv": TEXTS, "b1.csv": TEXTS}, "csv", HEADED, paths='["s3://in/d/a*"]'),
    "csv to partitions": Job({"a.csv": lines("d,r,n", "1,e/u,x", "2,a b,y")}, "csv", HEADED, target=', "partitionKeys": ["d", "r"]'),
    "csv to csv": Job({"a.csv": TEXTS}, "csv", HEADED, sink="csv", written='{"separator": "\\t"}'),
    "csv to csv without header or quotes": Job({"a.csv": TEXTS}, "csv", HEADED, sink="csv", written='{"writeHeader": False, "quoteChar": -1, "separator": "|"}'),
    "csv to parquet": Job({"a.csv": TEXTS}, "csv", HEADED, sink="parquet", target=', "compression": "gzip"'),
    "csv by computed options": Job({"a.csv": TEXTS}, "csv", 'sorted([{"withHeader": True}], key=len)[0]'),
    "json lines": Job({"a.json": lines(*ITEMS)}, "json", sink="parquet"),
    "json lines, byte order mark and carriage returns": Job({"a.json": b"\xef\xbb\xbf" + lines(*ITEMS, end="\r\n")}, "json"),
    "json lines in two files": Job({"a.json": lines(ITEMS[0]), "b.json.gz": gzip.compress(lines(*ITEMS[1:]))}, "json", sink="parquet"),
    "json, an array in a line": Job({"a.json": lines("[" + ",".join(ITEMS) + "]")}, "json", sink="parquet"),
    "json, an array of many lines": Job({"a.json": json.dumps(RECORDS, indent=2).encode()}, "json", STREAM, sink="parquet"),
    "json, one after another": Job({"a.json": "".join(ITEMS).encode()}, "json", '{"multiLine": "true"}', sink="parquet"),
    "json by path": Job({"a.json": lines("[" + ",\n".join(ITEMS) + "]")}, "json", '{"jsonPath": "$[*]"}', sink="parquet"),
    "json, partition folders below": Job({"y=1/a.json": lines(*ITEMS)}, "json", more=', "recurse": True'),
    "json, name of the file": Job({"a.json": lines(*ITEMS)}, "json", '{"attachFilename": "src"}'),
    "json joined, a column of both in no record on the left": Job(
        {"a.json": PARTIES, "o/b.json": lines('{"of": 1, "link": "r"}', '{"of": 1}')}, "json", sink="parquet", steps=JOINED),
    "json joined, a column of both in both": Job(
        {"a.json": PARTIES, "o/b.json": lines('{"of": 2, "link": "r"}', '{"of": 1, "link": "s"}')}, "json", sink="parquet", steps=JOINED),
    "xml": Job({"a.xml": ROWS.encode()}, "xml", '{"rowTag": "row"}', sink="parquet"),
    "xml, attributes left out": Job({"a.xml": ROWS.encode()}, "xml", '{"rowTag": "row", "excludeAttribute": True}', sink="parquet"),
    "xml, prefix": Job({"a.xml": ROWS.encode()}, "xml", '{"rowTag": "row", "attributePrefix": "at_"}', sink="json"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def buckets_here(spark: Any, tmp_path: Path) -> Iterator[None]:
    for key, value in {**spark_settings(tmp_path), "spark.hadoop.fs.s3.impl.disable.cache": "true"}.items():
        spark.conf.set(key.removeprefix("spark.hadoop."), value)
    yield
    sys.modules.pop("glue_compat", None)


def laid_out(scratch: Path, job: Job) -> Path:
    for name, data in job.files.items():
        file = scratch / "s3" / "in" / "d" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(data)
    return scratch


def converted(script: str) -> Conversion:
    (conversion,) = convert_project({"job.py": script}, Settings())
    assert [str(found) for found in conversion.findings if found.severity is Severity.BLOCKER] == []
    return conversion


def run_converted(spark: Any, conversion: Conversion, scratch: Path) -> None:
    compat = sys.modules["glue_compat"] = ModuleType("glue_compat")
    exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
    (scratch / "job.py").write_text(conversion.after)
    mount_on_demand(spark, scratch / "s3")
    spark.conf.set("spark.sql.ansi.enabled", "true")
    runpy.run_path(str(scratch / "job.py"), run_name="__main__")


def written(folder: Path, job: Job) -> tuple[set[str], list[str]]:
    """Return the folders below, and every record of the files with its folder."""
    files = [file for file in folder.rglob("*") if file.is_file() and not file.name.startswith((".", "_"))]
    places = {file: file.parent.relative_to(folder).as_posix() for file in files}
    return set(places.values()), sorted(f"{places[file]}: {record}" for file in files for record in records(file, job))


def records(file: Path, job: Job) -> list[str]:
    if job.sink == "parquet":
        from pyarrow import parquet

        table = parquet.ParquetFile(file).read()
        kinds = sorted(
            f"{field.name} {field.type}" for field in table.schema if not str(field.type).startswith("struct")
        )
        return [f"{kinds} {json.dumps(row, sort_keys=True)}" for row in table.to_pylist()]
    text = file.read_text(encoding="utf-8")
    if job.sink == "json":
        return [json.dumps(json.loads(line), sort_keys=True, ensure_ascii=False) for line in text.splitlines()]
    if "quoteChar" in job.written:
        return text.splitlines()
    head, *rows = csv.reader(io.StringIO(text, newline=""), delimiter="\t")
    return [f"{head} {row}" for row in rows]


def both(spark: Any, tmp_path: Path, job: Job) -> list[tuple[set[str], list[str]]]:
    """Return what the original and the converted job wrote."""
    conversion = converted(job.script)
    original, other = laid_out(tmp_path / "original", job), laid_out(tmp_path / "converted", job)
    (original / "job.py").write_text(job.script)
    result = run_script(original / "job.py", RuntimeEnvironment(scratch=original), session=spark)
    assert (result.outcome, result.error) == ("finished", "")
    run_converted(spark, conversion, other)
    return [written(scratch / "s3" / "out" / "t", job) for scratch in (original, other)]


@pytest.mark.parametrize("job", JOBS.values(), ids=JOBS.keys())
def test_both_sides_write_the_same(spark: Any, tmp_path: Path, job: Job) -> None:
    expected, found = both(spark, tmp_path, job)
    assert expected[1]
    assert found == expected


@pytest.mark.parametrize(("more", "rows"), [("", 2), (', "recurse": True', 5)])
def test_folders_below_parquet_files_are_read_where_it_is_asked_for(
    spark: Any, tmp_path: Path, more: str, rows: int
) -> None:
    for side in ("original", "converted"):
        folder = tmp_path / side / "s3" / "in" / "d"
        spark.range(2).coalesce(1).write.parquet(folder.as_uri())
        spark.range(3).coalesce(1).write.parquet((folder / "x" / "y").as_uri())
    expected, found = both(spark, tmp_path, Job({}, "parquet", more=more, sink="parquet"))
    assert len(expected[1]) == rows
    assert found == expected


NAMED = {
    "headers in another order": (Job({"a.csv": lines("id,n", "1,a"), "b.csv": lines("n,id", "b,2")}, "csv", HEADED), "the same columns in the same order"),
    "a name twice": (Job({"a.csv": lines("id,id", "1,2")}, "csv", HEADED), "each with a name of its own"),
    "a row that is short": (Job({"a.csv": lines("id,n", "1")}, "csv", HEADED), "all rows of all files have the same columns"),
    "a row that is long": (Job({"a.csv": lines("1,2", "3,4,5")}, "csv"), "all rows of all files have the same columns"),
    "a line of blanks": (Job({"a.csv": lines("id,n", "  ", "1,2")}, "csv", HEADED), "no line is of blanks alone"),
    "partition folders": (Job({"y=1/a.csv": lines("id", "1"), "b.csv": lines("id", "2")}, "csv", HEADED), "key=value folders"),
    "two types": (Job({"a.json": lines('{"a": 1}', '{"a": "x"}')}, "json"), "each field holds one type"),
    "int and bigint": (Job({"a.json": lines('{"a": 1}', '{"a": 3000000000}')}, "json"), "int and bigint are two"),
    "null alone": (Job({"a.json": lines('{"a": null, "b": 1}')}, "json", sink="parquet"), "null, {} or [] alone is none"),
    "several in a line": (Job({"a.json": lines('{"a": 1}{"a": 2}')}, "json"), "each line is one record"),
    "one that is broken": (Job({"a.json": lines('{"a": 1', '{"a": 2}', '{"a": 3}')}, "json"), "it may take the next line with it"),
    "an element twice": (Job({"a.xml": b"<all><row><a>1</a><a>2</a></row><row><a>3</a></row></all>"}, "xml", '{"rowTag": "row"}'), "occurs once or always as a list"),
}  # fmt: skip


@pytest.mark.parametrize(("job", "said"), NAMED.values(), ids=NAMED.keys())
def test_where_they_differ_a_condition_says_so(spark: Any, tmp_path: Path, job: Job, said: str) -> None:
    assert said in "; ".join(edit.condition for edit in converted(job.script).edits)
    expected, found = both(spark, tmp_path, job)
    assert found != expected


def test_a_join_stops_where_the_rows_do_not_tell_which_record_holds_a_column(spark: Any, tmp_path: Path) -> None:
    files = {"a.json": PARTIES, "o/b.json": lines('{"of": 2, "m": 1}', '{"of": 7, "link": "r"}')}
    with pytest.raises(ValueError, match="have a value on the left and none on the right"):
        both(spark, tmp_path, Job(files, "json", steps=JOINED))
