"""What a rewrite leaves behind reads as if nobody had taken anything away."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Compute
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.job import Job\n\nglueContext = GlueContext()\n"
    "job = Job(glueContext)\nspark = glueContext.spark_session\n"
)
WORK = "    spark.sql('select 1').show()\n"


@pytest.mark.parametrize(
    ("block", "left"),
    [
        (f"try:\n{WORK}except Exception as e:\n    print(e)\nfinally:\n    job.commit()\n", ""),
        (f"try:\n{WORK}finally:\n    job.commit()\n", "finally:\n    pass\n"),
        (f"try:\n{WORK}except OSError:\n    raise\nfinally:\n    # the end\n    job.commit()\n", "    # the end\n"),
        (f"try:\n{WORK}except OSError:\n    raise\nfinally:\n    job.commit()\n    print(1)\n", "finally:\n    print(1)\n"),
        (f"if spark:\n{WORK}else:\n    job.commit()\n", ""),
        (f"if spark:\n{WORK}elif job:\n    job.commit()\n", "    pass\n"),
        ("if spark:\n    job.commit()\nelse:\n    print(1)\n", "if spark:\n    pass\nelse:\n    print(1)\n"),
        (f"if spark:\n{WORK}else:\n    pass\n", "else:\n    pass\n"),
        (f"if spark:\n{WORK}else:  # nothing came\n    job.commit()\n", "else:  # nothing came\n    pass\n"),
    ],
)  # fmt: skip
def test_a_clause_without_anything_left_goes(convert: Convert, block: str, left: str) -> None:
    after = convert(HEAD + block).after
    assert after.endswith(left)
    assert ("finally:" in after, "else:" in after) == ("finally:" in left or "the end" in left, "else:" in left)
    compile(after, "job.py", "exec")


@pytest.mark.parametrize("compute", ["standard", "classic"])
def test_the_session_that_a_context_was_made_of_is_not_made_again(convert: Convert, compute: str) -> None:
    source = (
        "from pyspark.sql import SparkSession\nfrom awsglue.context import GlueContext\n\n"
        "spark = SparkSession.builder.config('a', 'b') \\\n    .getOrCreate()\nsc = spark.sparkContext\n"
        "glueContext = GlueContext(sc)\nspark = glueContext.spark_session\nspark.sql('select 1').show()\n"
    )

    after = convert(source, settings=Settings(compute=Compute(compute))).after
    assert after.count("getOrCreate()") == 1
    assert ".config('a', 'b')" in after


def test_another_session_in_between_is_left(convert: Convert) -> None:
    source = (
        "from pyspark.sql import SparkSession\nfrom awsglue.context import GlueContext\n\n"
        "spark = SparkSession.builder.getOrCreate()\nspark = spark.newSession()\n"
        "glueContext = GlueContext()\nspark = glueContext.spark_session\nspark.sql('select 1').show()\n"
    )
    assert convert(source).after.count("getOrCreate()") == 2


@pytest.mark.parametrize(
    ("predicate", "after"),
    [
        ("\"day = '{}'\".format(day)", ".where(\"day = '{}'\".format(day))"),
        ("f\"day = '{day}'\"", ".where(f\"day = '{day}'\")"),
        ("\"day = '\" + day + \"'\"", ".where(\"day = '\" + day + \"'\")"),
        ("\"day = '%s'\" % day", ".where(\"day = '%s'\" % day)"),
        ("wanted", ".where(wanted)"),
        ("f'{day}'", ".where(f'{day}' or \"true\")"),
        ("'{}'.format(day)", ".where('{}'.format(day) or \"true\")"),
        ("'%s' % day", ".where(('%s' % day) or \"true\")"),
        ("day", ".where(day or \"true\")"),
    ],
)  # fmt: skip
def test_a_predicate_is_asked_for_only_where_it_may_be_empty(convert: Convert, predicate: str, after: str) -> None:
    source = HEAD + (
        "import sys\nday = sys.argv[1]\nwanted = f'day > {day}'\n"
        f"glueContext.create_dynamic_frame.from_catalog('d', 't', push_down_predicate={predicate}).toDF().show()\n"
    )
    assert f'spark.read.table("main.d.t"){after}.show()' in convert(source).after


@pytest.mark.parametrize(
    ("option", "message", "action"),
    [
        ("'recurs': True", "option recurs of a json read is none that Glue documents", "write recurse if that is what is meant"),
        ("'StorageClass': 'X'", "option StorageClass of a json read is none that Glue documents", "drop it if it has had no effect"),
        ("'enableSamplePath': True", "option enableSamplePath of a json read has no counterpart in Spark", "drop it where"),
    ],
)  # fmt: skip
def test_an_option_that_glue_does_not_know_is_told_as_such(
    convert: Convert, option: str, message: str, action: str
) -> None:
    line = f"glueContext.create_dynamic_frame.from_options('s3', {{'paths': ['s3://a'], {option}}}, 'json').show()\n"
    found = next(f for f in convert(HEAD + line).findings if f.message.startswith(message))
    assert found.action.startswith(action)
