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
    return [(finding.rule, finding.severity) for finding in conversion.findings]


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
