"""Errors of reads that a job catches: Spark raises others, and Spark Connect raises them later."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom py4j.protocol import Py4JJavaError\n\nglueContext = GlueContext()\n"
)
READ = "    frame = glueContext.create_dynamic_frame.from_catalog('d', 't')\n"


def told(conversion: Conversion) -> list[tuple[str, Severity]]:
    return [(finding.rule, finding.severity) for finding in conversion.findings if finding.rule != "spark-version"]


def test_an_error_of_the_jvm_is_another_one_in_spark(convert: Convert) -> None:
    source = HEAD + "try:\n" + READ + "    frame.count()\nexcept Py4JJavaError as e:\n    print(e)\n"
    assert told(convert(source)) == [("caught-error", Severity.BLOCKER)]


def test_a_missing_table_is_told_after_the_try_on_spark_connect(convert: Convert) -> None:
    source = HEAD + "try:\n" + READ + "except Exception:\n    frame = None\n"
    assert told(convert(source)) == [("late-error", Severity.WARNING)]
    assert told(convert(source, settings=Settings(compute=Compute.CLASSIC))) == []


@pytest.mark.parametrize(
    "use", ["n = frame.count()", "frame.toDF().write.parquet('s3://b')", "names = frame.toDF().columns"]
)
def test_a_frame_that_is_used_inside_the_try_fails_there(convert: Convert, use: str) -> None:
    assert told(convert(HEAD + "try:\n" + READ + f"    {use}\nexcept Exception:\n    pass\n")) == []


def test_a_try_that_ends_in_finally_catches_nothing(convert: Convert) -> None:
    assert told(convert(HEAD + "try:\n" + READ + "finally:\n    print('end')\n")) == []


ARGUMENTS = "import sys\nfrom awsglue.utils import getResolvedOptions\n"
READS = "opts = getResolvedOptions(sys.argv, ['n'])\n"
LOAD = f"def load():\n    {READS}    return opts['n']\n"


@pytest.mark.parametrize(
    "source",
    [
        f"try:\n    {READS}    n = opts['n']\nexcept Exception:\n    n = '1'\n",
        f"try:\n    {READS}    n = opts['n']\nexcept (KeyError, SystemExit):\n    n = '1'\n",
        f"import contextlib\nwith contextlib.suppress(Exception):\n    {READS}    print(opts['n'])\n",
        LOAD + "try:\n    n = load()\nexcept:\n    n = '1'\n",
        LOAD + "def run():\n    print(load())\ntry:\n    run()\nexcept Exception as e:\n    print(e)\n",
        f"import retry\n@retry.on_error(3)\n{LOAD}print(load())\n",
        f"class A:\n    def __init__(self):\n        {READS}        self.n = opts['n']\ntry:\n    A()\nexcept Exception:\n    pass\n",
    ],
)
def test_an_argument_that_is_missing_is_caught_where_glue_raises_an_exception(convert: Convert, source: str) -> None:
    assert "resolved_options(sys.argv, ['n'])" in convert(ARGUMENTS + source).after


@pytest.mark.parametrize(
    "source",
    [
        f"try:\n    {READS}    print(opts['n'])\nfinally:\n    print('end')\n",
        f"try:\n    {READS}    print(int(opts['n']))\nexcept ValueError:\n    print('no number')\n",
        f"try:\n    import json\nexcept Exception:\n    {READS}    print(opts['n'])\n",
        LOAD + "print(load())\n",
        LOAD + "class Other:\n    pass\ntry:\n    Other()\nexcept Exception:\n    pass\nprint(load())\n",
    ],
)
def test_an_argument_that_ends_the_job_where_it_is_missing_is_argparses(convert: Convert, source: str) -> None:
    assert "argparse.ArgumentParser()" in convert(ARGUMENTS + source).after


def test_a_caller_in_another_module_may_catch_it_too(convert: Convert) -> None:
    other = "import job\n\ntry:\n    print(job.load())\nexcept Exception:\n    print('no n')\n"
    assert "resolved_options(" in convert(ARGUMENTS + LOAD, main=other).after


@pytest.mark.parametrize(
    "read",
    [
        "parquet('s3://b/x')",
        "option('header', True).csv('s3://b/x')",
        "table('d.t')",
        "schema('a int').json('s3://b/x')",
    ],
)
def test_a_missing_path_of_a_read_of_sparks_own_is_told_late_as_well(convert: Convert, read: str) -> None:
    source = (
        HEAD
        + f"spark = glueContext.spark_session\ntry:\n    old = spark.read.{read}\nexcept Exception:\n    old = None\n"
    )
    assert told(convert(source)) == [("late-error", Severity.WARNING)]
    assert told(convert(source.replace("\nexcept", "\n    old.count()\nexcept"))) == []


def test_a_query_is_told_late_and_a_command_at_once(convert: Convert) -> None:
    source = (
        HEAD
        + "spark = glueContext.spark_session\ntry:\n    old = spark.sql('select * from t')\nexcept Exception:\n    old = None\n"
    )
    assert [rule for rule, _ in told(convert(source))].count("late-error") == 1
    assert "late-error" not in [rule for rule, _ in told(convert(source.replace("select * from t", "refresh table t")))]
