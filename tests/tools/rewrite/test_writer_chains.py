"""Plain Spark writes to formats that only Glue brings: Hudi goes to Delta where the whole chain is seen, else it is handed off."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check

HEAD = (
    "from awsglue.context import GlueContext\n\nglueContext = GlueContext()\nspark = glueContext.spark_session\n"
    'conf = {"hoodie.table.name": "orders", "hoodie.datasource.write.recordkey.field": "id", '
    '"hoodie.datasource.write.precombine.field": "at", "path": "s3://b/orders/"}\n'
    'df = glueContext.create_dynamic_frame.from_catalog("a", "b").toDF()\n'
)
UPSERT = 'upsert_rows(df, conf["path"], conf["hoodie.datasource.write.recordkey.field"], conf["hoodie.datasource.write.precombine.field"])'
COMPAT = {"glue_compat.py": "def upsert_rows(*a, **k): ...\ndef delete_rows(*a, **k): ...\n"}
SYNC = (
    '.option("hoodie.datasource.hive_sync.enable", "true").option("hoodie.datasource.hive_sync.database", "a")'
    '.option("hoodie.datasource.hive_sync.table", "t")'
)
KEY = '.option("hoodie.datasource.write.recordkey.field", "id")'


@pytest.mark.parametrize(
    ("line", "becomes"),
    [
        ('df.write.format("hudi").options(**conf).mode("append").save()', UPSERT),
        ('df.write.mode("append").options(**conf).format("org.apache.hudi").save()', UPSERT),
        ('df.write.format("hudi").options(**conf).mode("append").save("s3://b/other/")', UPSERT.replace('conf["path"]', '"s3://b/other/"')),
        (f'df.write.format("hudi"){KEY}{SYNC}.mode("append").save("s3://b/x/")', 'upsert_rows(df, "main.a.t", "id")'),
        (f'df.filter("a = 1").write.format("hudi"){KEY}.mode("append").save("s3://b/x/")',
         'upsert_rows(df.filter("a = 1"), "s3://b/x/", "id")'),
        ('df.write.format("hudi").options(**conf).option("hoodie.datasource.write.operation", "delete").mode("append").save()',
         'delete_rows(df, conf["path"], conf["hoodie.datasource.write.recordkey.field"])'),
        ('df.write.format("hudi").options(**conf).option("hoodie.datasource.write.operation", "bulk_insert").mode("overwrite").save()',
         'df.write.mode("overwrite").option("overwriteSchema", True).format("delta").save(conf["path"])'),
    ],
)  # fmt: skip
def test_a_hudi_write_in_one_chain_goes_to_delta(convert, line: str, becomes: str) -> None:
    done = convert(f"{HEAD}{line}\n")
    assert f"\n{becomes}\n" in done.after
    texts = ({"job.py": done.before}, {"job.py": done.after, **COMPAT})
    assert check(done.before, done.after, "job.py", *texts, done.findings, Settings()).evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "line",
    [
        # An upsert that replaces the table keeps one row of each key; a write without a mode fails where the table is there.
        'df.write.format("hudi").options(**conf).mode("overwrite").save()',
        'df.write.format("hudi").options(**conf).save()',
        'df.write.format("hudi").options(**conf).mode("ignore").save()',
        'df.write.format("hudi").options(**conf).mode(conf["m"]).save()',
        'df.write.format("hudi").options(**conf).option(conf["k"], "v").mode("append").save()',
        'df.write.format("hudi").options(**conf).partitionBy("day").mode("append").save()',
        'df.write.format("hudi").options(**conf).option("hoodie.unknown", "1").mode("append").save()',
        'df.write.format("hudi").options(**conf).mode("append").saveAsTable("t")',
        'writer = df.write.format("hudi").options(**conf)\nwriter.mode("append").save()',
        'spark.read.format("hudi").load("s3://b/orders/")',
    ],
)
def test_what_is_not_seen_or_not_the_same_is_handed_off_as_it_stands(convert, line: str) -> None:
    done = convert(f"{HEAD}{line}\n")
    assert line in done.after
    assert any(found.severity is Severity.BLOCKER and found.rule == "lake-formats" for found in done.findings)


def test_a_later_option_counts_over_an_earlier_one(convert) -> None:
    line = (
        'df.write.format("hudi").option("hoodie.datasource.write.operation", "delete").options(**conf)'
        '.option("hoodie.datasource.write.operation", "upsert").mode("append").save()'
    )
    assert UPSERT in convert(f"{HEAD}{line}\n").after
