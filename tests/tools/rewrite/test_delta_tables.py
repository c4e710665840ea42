"""A Delta table's own `toDF()` is no DynamicFrame's, and nothing else becomes one by it."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.sql.types import *\n{}\n"
    "glueContext = GlueContext()\nspark = glueContext.spark_session\n"
)
IMPORTED = "from delta.tables import DeltaTable"


def evidence(done: Conversion) -> Evidence:
    texts = ({"job.py": done.before}, {"job.py": done.after})
    return check(done.before, done.after, "job.py", *texts, done.findings, Settings()).evidence


@pytest.mark.parametrize("imported", [IMPORTED, "from delta.tables import *", "from delta import DeltaTable"])
@pytest.mark.parametrize(
    "body",
    [
        't = DeltaTable.forPath(spark, "s3://x")\nrows = t.toDF().filter("a = 1")\n',
        'rows = DeltaTable.forPath(spark, "s3://x").toDF()\n',
        't = DeltaTable.forPath(spark, "s3://x").alias("t")\nrows = t.toDF()\n',
        'class L:\n    def __init__(self):\n        self.t = DeltaTable.forPath(spark, "s3://x")\n\n'
        "    def rows(self):\n        return self.t.toDF()\n",
    ],
)
def test_the_rows_of_a_delta_table_are_read_as_before(convert, imported: str, body: str) -> None:
    done = convert(HEAD.format(imported) + body)
    assert body in done.after
    assert not any(found.severity is Severity.BLOCKER for found in done.findings)
    assert evidence(done) is Evidence.RESOLVED


def test_a_variable_that_may_hold_either_stays_a_question(convert) -> None:
    body = (
        't = DeltaTable.forPath(spark, "s3://x")\n'
        "def rows(t):\n    return t.toDF()\n\n\nrows(t)\n"
        'rows(glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t"))\n'
    )
    done = convert(HEAD.format(IMPORTED) + body)
    assert any(found.severity is Severity.BLOCKER for found in done.findings)


def test_a_frame_that_takes_the_tables_name_is_converted(convert) -> None:
    body = (
        't = DeltaTable.forPath(spark, "s3://x")\nold = t.toDF()\n'
        't = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t")\nnew = t.toDF()\n'
    )
    text = convert(HEAD.format(IMPORTED) + body).after
    assert "old = t.toDF()" in text
    assert "new = t\n" in text


def test_names_that_a_star_import_may_bring_are_not_called_undefined(convert) -> None:
    body = 'schema = StructType([])\nspark.read.schema(schema).csv("s3://x").show()\n'
    done = convert(HEAD.format("import sys") + body)
    found = check(
        done.before, done.after, "job.py", {"job.py": done.before}, {"job.py": done.after}, done.findings, Settings()
    )
    assert not any("not defined in the original" in one.message for one in found.findings)


def test_a_name_that_nothing_brings_is_still_called_undefined(convert) -> None:
    body = 'print(nowhere)\nspark.read.csv("s3://x").show()\n'
    done = convert(HEAD.format("import sys").replace("from pyspark.sql.types import *\n", "") + body)
    found = check(
        done.before, done.after, "job.py", {"job.py": done.before}, {"job.py": done.after}, done.findings, Settings()
    )
    assert any("not defined in the original" in one.message for one in found.findings)
