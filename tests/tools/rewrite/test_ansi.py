"""What ANSI mode changes without an error is said where nothing of ours has it off."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import JobFacts

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.sql import functions as F\n\ngc = GlueContext()\nspark = gc.spark_session\n"
    'df = spark.read.table("a.b")\n'
)


def said(conversion, severity: Severity) -> list[int]:
    return [f.line for f in conversion.findings if f.rule == "ansi-mode" and f.severity is severity]


@pytest.mark.parametrize(
    "line",
    [
        'df = df.where(F.size("items") > 0)',
        'df = df.withColumn("n", F.expr("size(items)"))',
        'df = df.where(f"size({column}) > 0")',
        'df = df.selectExpr("CARDINALITY (items) AS n")',
        'query = "SELECT id, size(items) AS n FROM b"',
        "from pyspark.sql.functions import size as count_of\ndf = df.select(count_of('items'))",
        "from pyspark.sql.functions import *\ndf = df.select(size('items'))",
    ],
)
def test_the_size_of_null_is_warned_of(convert, line: str) -> None:
    assert len(said(convert(HEAD + line + "\n"), Severity.WARNING)) == 1


@pytest.mark.parametrize(
    "line",
    [
        "n = frame.size(3)",
        'print("size(items)")',
        'df = df.where("t.size(items) > 0 OR resize(x)")',
        "n = self.F.size()",
    ],
)
def test_other_sizes_are_not(convert, line: str) -> None:
    assert said(convert(HEAD + line + "\n"), Severity.WARNING) == []


@pytest.mark.parametrize(
    ("line", "mixes"),
    [
        ('df = df.selectExpr("if(n > 1, a, n) AS x")', True),
        ('df = df.selectExpr("nvl2(a, n, a) AS x")', True),
        ('query = "SELECT a FROM t INTERSECT SELECT n FROM u"', True),
        ("df = df.subtract(other)", True),
        ('df = df.selectExpr("gift (n) AS x")', False),
    ],
)
def test_what_mixes_texts_and_numbers_is_told_once(convert, line: str, mixes: bool) -> None:
    assert bool(said(convert(HEAD + line + "\n"), Severity.INFO)) == mixes


MIXED = HEAD + 'df = df.withColumn("x", F.coalesce("n", F.lit("0")))\ndf = df.where(F.size("items") > 0)\n'


def test_a_script_without_a_definition_says_once_that_texts_and_numbers_mix_otherwise(convert) -> None:
    conversion = convert(MIXED)
    assert said(conversion, Severity.INFO) == [7]
    assert said(conversion, Severity.WARNING) == [8]


@pytest.mark.parametrize(
    ("source", "settings", "facts"),
    [
        (MIXED, Settings(), JobFacts(defined=True)),
        (MIXED, Settings(glue_version="6.0"), JobFacts()),
        (MIXED, Settings(), JobFacts(glue_version="6.0")),
        (MIXED + 'spark.conf.set("spark.sql.ansi.enabled", "false")\n', Settings(), JobFacts()),
        (MIXED.replace("from awsglue.context import GlueContext\n", "").replace("GlueContext()", "x()"), Settings(), JobFacts()),
    ],
)  # fmt: skip
def test_nothing_is_said_where_the_mode_is_the_same(convert, source: str, settings: Settings, facts: JobFacts) -> None:
    conversion = convert(source, settings=settings, facts=facts)
    assert not [finding for finding in conversion.findings if finding.rule == "ansi-mode"]


def test_serverless_compute_has_the_mode_on_whatever_defines_the_job(convert) -> None:
    conversion = convert(MIXED, settings=Settings(compute=Compute.SERVERLESS), facts=JobFacts(defined=True))
    assert said(conversion, Severity.INFO) == [7]


@pytest.mark.spark
def test_spark_does_what_the_findings_say(spark) -> None:
    query = "SELECT size(cast(null AS array<int>)) AS n, typeof(coalesce(1, '07')) AS t"
    found, before = [], spark.conf.get("spark.sql.ansi.enabled")
    for mode in ("false", "true"):
        spark.conf.set("spark.sql.ansi.enabled", mode)
        found.append(tuple(spark.sql(query).first()))
    spark.conf.set("spark.sql.ansi.enabled", before)
    assert found == [(-1, "string"), (None, "bigint")]
