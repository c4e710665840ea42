"""Iceberg tables by name, and the session of a stream's batch."""

import pytest

from glue2lakehouse.domain import Severity

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\nfrom awsglue.utils import getResolvedOptions\n"
    'from pyspark.sql.functions import days\nargs = getResolvedOptions(sys.argv, ["db", "table"])\n'
    'glueContext = GlueContext()\nspark = glueContext.spark_session\ndf = spark.table("d.t")\nname = "glue_catalog.d.t"\n'
)
WARNED = {Severity.WARNING, Severity.BLOCKER}


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('spark.read.option("as-of-timestamp", "1").table("glue_catalog.d.t")', "as-of-timestamp reads another"),
        ('spark.table("glue_catalog.d.t.branch_audit")', "branch_audit names a state"),
        ('spark.sql("select * from glue_catalog.d.t.tag_q1 join glue_catalog.d.u")', "tag_q1 names a state"),
        ('df.writeTo("glue_catalog.d.t.branch_audit").append()', "branch_audit names a state"),
        ('spark.read.option("branch", "audit").table("d.t")', "branch reads another"),
        ('spark.read.options(**{"start-snapshot-id": 1}).option("x", 2).table("d.t")', "start-snapshot-id reads"),
        ('df.writeTo("glue_catalog.d.t").using("iceberg").partitionedBy(days("at")).create()', "partitioned by days"),
        ('spark.sql("SELECT * FROM glue_catalog.d.t VERSION AS OF 10963874102873")', "VERSION AS OF names a snapshot"),
        ('spark.sql("SELECT * FROM x JOIN c.d.t FOR SYSTEM_VERSION AS OF 1 ON 1 = 1")', "VERSION AS OF names"),
    ],
)  # fmt: skip
def test_what_only_iceberg_has_is_handed_off(blockers, line: str, said: str) -> None:
    assert [said in found for found in blockers(f"{HEAD}{line}\n")] == [True]


@pytest.mark.parametrize(
    "sql",
    ["SELECT * FROM d.t VERSION AS OF 1", "SELECT * FROM spark_catalog.d.t VERSION AS OF 1",
     "SELECT * FROM glue_catalog.d.t TIMESTAMP AS OF '2024-01-01'"],
)  # fmt: skip
def test_versions_of_delta_and_times_stay(blockers, sql: str) -> None:
    assert blockers(f"{HEAD}spark.sql({sql!r})\n") == []


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('df.writeTo("glue_catalog.d.t").tableProperty("format-version", "2").create()', "is Delta"),
        ('df.writeTo("d.t").using("iceberg").tableProperty("location", "s3://b/t").createOrReplace()', "a folder of its own"),
        ('df.writeTo("glue_catalog.d.t").overwritePartitions()', "replaced as a whole"),
    ],
)  # fmt: skip
def test_what_delta_does_otherwise_is_told(convert, line: str, said: str) -> None:
    converted = convert(f"{HEAD}{line}\n")
    assert [said in found.message for found in converted.findings if found.severity in WARNED] == [True]
    assert 'writeTo("main.d.t")' in converted.after


BATCH = "def batch(part, number):\n    {}\n\n\ndf.writeStream.foreachBatch(batch).start()\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('part._jdf.sparkSession().sql("MERGE INTO glue_catalog.d.t USING u ON t.a = u.a WHEN MATCHED THEN DELETE")',
         'part.sparkSession.sql("MERGE INTO main.d.t USING u ON t.a = u.a WHEN MATCHED THEN DELETE")'),
        ('part.sparkSession.sql("DELETE FROM d.t")', 'part.sparkSession.sql("DELETE FROM main.d.t")'),
        ('part.sql_ctx.sql("DELETE FROM d.t")', 'part.sparkSession.sql("DELETE FROM main.d.t")'),
        ('part.sql_ctx.sparkSession.sql("DELETE FROM d.t")', 'part.sparkSession.sql("DELETE FROM main.d.t")'),
    ],
)  # fmt: skip
def test_a_batch_of_sparks_own_knows_its_session(convert, before: str, after: str) -> None:
    assert f"    {after}\n" in convert(HEAD + BATCH.format(before)).after


@pytest.mark.parametrize(
    "line", ['rows = part._jdf.sparkSession().sql("SELECT 1")', "part._jdf.sparkSession().catalog().clearCache()"]
)
def test_what_the_session_of_the_jvm_gives_is_not_pythons(convert, line: str) -> None:
    assert line in convert(HEAD + BATCH.format(line)).after
