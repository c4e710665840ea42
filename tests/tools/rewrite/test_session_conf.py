"""Settings of a SparkConf reach the session, however the context is made, and no context is made beside the one that is there."""

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings

HEAD = """import pyspark
from awsglue.context import GlueContext
from pyspark import SparkConf
from pyspark.context import SparkContext

conf = SparkConf().set('spark.sql.sources.partitionOverwriteMode', 'dynamic')
"""
END = (
    "spark = glue.spark_session\nspark.table('a.b').write.mode('overwrite').partitionBy('day').parquet('s3://b/out/')\n"
)
CLASSIC = Settings(compute=Compute.CLASSIC)


@pytest.mark.parametrize("settings", [Settings(), CLASSIC])
@pytest.mark.parametrize(
    ("made", "kept"),
    [
        ("GlueContext(SparkContext.getOrCreate(conf=conf))", "config(conf=conf)"),
        ("GlueContext(SparkContext.getOrCreate(conf))", "config(conf=conf)"),
        ("GlueContext(sparkContext=SparkContext(conf=conf), minPartitions=1)", "config(conf=conf)"),
        ("GlueContext(pyspark.SparkContext(conf=SparkConf().set('a', 'b')))", "config(conf=SparkConf().set('a', 'b'))"),
    ],
)
def test_a_conf_in_the_call_of_glue_context_is_kept(convert, settings: Settings, made: str, kept: str) -> None:
    conversion = convert(HEAD + f"glue = {made}\n" + END, settings=settings)
    assert f"SparkSession.builder.{kept}.getOrCreate()" in conversion.after
    assert [f.line for f in conversion.findings if "settings of a SparkConf" in f.message] == [7]


@pytest.mark.parametrize(
    "made", ["SparkContext.getOrCreate(conf=conf)", "SparkContext.getOrCreate(conf)", "SparkContext(conf=conf)"]
)
def test_a_conf_of_a_context_is_kept_on_classic_compute(convert, made: str) -> None:
    conversion = convert(HEAD + f"sc = {made}\nglue = GlueContext(sc)\n" + END, settings=CLASSIC)
    assert "sc = SparkSession.builder.config(conf=conf).getOrCreate().sparkContext\n" in conversion.after
    assert "settings of a SparkConf" in conversion.findings[0].message


def test_a_conf_that_may_be_none_is_asked_for(convert) -> None:
    made = "def make(given=None):\n    return GlueContext(SparkContext.getOrCreate(conf=given))\n"
    after = convert(HEAD + made, settings=CLASSIC).after
    assert (
        "(SparkSession.builder.config(conf=given) if given is not None else SparkSession.builder).getOrCreate()"
        in after
    )


@pytest.mark.parametrize(
    "made", ["SparkContext()", "pyspark.SparkContext()", "SparkContext('local', 'x')", "SparkContext(appName='x')"]
)
def test_classic_compute_takes_the_context_that_is_there(convert, made: str) -> None:
    conversion = convert(
        HEAD + f"sc = {made}\nglue = GlueContext(sc)\nprint(sc.parallelize([1]).count())\n", settings=CLASSIC
    )
    assert f"sc = {made.partition('(')[0]}.getOrCreate()\n" in conversion.after
    assert not [f for f in conversion.findings if f.severity is Severity.BLOCKER]


@pytest.mark.parametrize(
    "made", ["SparkContext('local', 'x', conf=conf)", "SparkContext(pyFiles=['a.py'])", "SparkContext(*given)"]
)
@pytest.mark.parametrize("settings", [Settings(), CLASSIC])
def test_a_context_of_settings_of_its_own_is_handed_off(convert, made: str, settings: Settings) -> None:
    conversion = convert(HEAD + f"sc = {made}\nglue = GlueContext(sc)\nprint(sc.version)\n", settings=settings)
    assert [f.line for f in conversion.findings if f.severity is Severity.BLOCKER] == [7]


def test_a_master_goes_with_a_word(convert) -> None:
    conversion = convert(HEAD + "sc = SparkContext('local', 'x')\nglue = GlueContext(sc)\nprint(sc.version)\n")
    assert "SparkSession.builder.appName('x').getOrCreate()" in conversion.after
    assert any("'local'" in f.message for f in conversion.findings)


def test_a_project_without_glue_keeps_its_context(convert) -> None:
    source = "from pyspark import SparkContext\n\nsc = SparkContext()\nprint(sc.version)\n"
    assert convert(source, settings=CLASSIC).after == source
