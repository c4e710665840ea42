"""CSV that is written without any quotes: what the files hold, byte for byte."""

from collections.abc import Callable
from pathlib import Path

import pytest
from pyspark.sql import SparkSession

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, render_compat
from glue2lakehouse.tools.rewrite.runtime.unquoted import join_columns

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
    "frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"
)
HELPERS = {"glue_compat.py": render_compat(frozenset({"join_columns"}))}
ALONE: dict[str, str | bool] = {
    "sep": "\x01",
    "quote": "",
    "emptyValue": "",
    "ignoreLeadingWhiteSpace": False,
    "ignoreTrailingWhiteSpace": False,
}
SINK = (
    "sink = glueContext.getSink('s3', path='s3://out/')\nsink.setFormat('csv', quoteChar=-1)\nsink.writeFrame(frame)\n"
)


def written(options: str, more: str = "") -> str:
    return f"glueContext.write_dynamic_frame.from_options(frame, 's3', {{'path': 's3://out/'{more}}}, 'csv', {{{options}}})\n"


@pytest.mark.parametrize(
    ("line", "joined"),
    [
        (written("'quoteChar': -1"), "join_columns(frame, sep=\",\").write.mode(\"append\").options(header=True, "),
        (written("'quoteChar': '-1', 'separator': '|'"), "join_columns(frame, sep='|').write"),
        (written("'quoteChar': -1, 'writeHeader': False"), '.write.mode("append").options(header=False, '),
        (written("'quoteChar': -1", ", 'partitionKeys': ['a', 'b']"), "sep=\",\", keys=['a', 'b']).write.mode(\"append\").partitionBy('a', 'b')"),
        (written("'quoteChar': -1", ", 'partitionKeys': []"), 'join_columns(frame, sep=",").write.mode("append").options('),
        (SINK, 'join_columns(frame, sep=",").write.mode("append").options('),
    ],
)  # fmt: skip
def test_the_columns_are_joined_before_they_are_written(convert: Convert, line: str, joined: str) -> None:
    converted = convert(HEAD + line)
    assert joined in converted.after
    checked = check(HEAD + line, converted.after, "job.py", {}, HELPERS, converted.findings, Settings())
    assert [f for f in (*converted.findings, *checked.findings) if f.severity is Severity.BLOCKER] == []


@pytest.mark.spark
def test_no_value_gets_quotes_and_none_is_lost(spark: SparkSession, tmp_path: Path) -> None:
    rows = [(1, ' a,b "x" ', None, True, 1.5), (None, "", 2, None, None), (3, "'#\\n", None, False, 1e20)]
    frame = spark.createDataFrame(rows, "id int, `n.m` string, k bigint, f boolean, d double")
    join_columns(frame).coalesce(1).write.options(header=True, **ALONE).csv(str(tmp_path / "out"))
    (file,) = (tmp_path / "out").glob("*.csv")
    assert file.read_bytes().decode() == 'id,n.m,k,f,d\n1, a,b "x" ,,true,1.5\n,,2,,\n3,\'#\\n,,false,1.0E20\n'


@pytest.mark.spark
def test_keys_stay_columns_of_their_own(spark: SparkSession) -> None:
    frame = spark.createDataFrame([("x", 1, None)], "a string, Day int, b string")
    assert join_columns(frame, "|", ["day"]).columns == ["a|b", "day"]
    assert [row[0] for row in join_columns(frame, "|", "day").collect()] == ["x|"]


@pytest.mark.spark
def test_a_struct_is_refused_as_by_the_writer(spark: SparkSession) -> None:
    frame = spark.createDataFrame([((1,),)], "s struct<a: int>")
    with pytest.raises(ValueError, match="the column s is struct<a:int>"):
        join_columns(frame)
