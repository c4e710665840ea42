"""Iceberg by its format, and names that begin with a catalog of Glue's wherever they are put together."""

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'CATALOG = "glue_catalog"\nDB = "d"\nFULL = f"{CATALOG}.d.t"\nPREFIX = CATALOG + ".d"\ndf = spark.range(1)\n'
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.read.format("iceberg").option("split-size", "9").load("glue_catalog.d.t")',
         'spark.read.option("split-size", "9").table("main.d.t")'),
        ('spark.read.format("iceberg").load(f"{CATALOG}.{DB}.t")', 'spark.read.table(uc_name(f"{CATALOG}.{DB}.t"))'),
        ('NAME = "glue_catalog.d.t"\nspark.read.format("iceberg").load(NAME)', 'spark.read.table("main.d.t")'),
        ('spark.read.format("iceberg").load(sys.argv[1])', "spark.read.table(uc_name(sys.argv[1]))"),
        ('df.write.format("iceberg").mode("append").save("glue_catalog.d.t")', 'df.write.mode("append").saveAsTable("main.d.t")'),
        ('df.write.mode("append").format("iceberg").save(f"{CATALOG}.d.{sys.argv[1]}")',
         'df.write.mode("append").saveAsTable(uc_name(f"{CATALOG}.d.{sys.argv[1]}"))'),
        ("spark.table(FULL)", "spark.table(uc_name(FULL))"),
        ("df.writeTo(FULL).append()", "df.writeTo(uc_name(FULL)).append()"),
        ('spark.sql(f"delete from {FULL}")', 'spark.sql(f"delete from {uc_name(FULL)}")'),
        ('spark.table(f"{CATALOG}.d.t")', 'spark.table(f"main.d.t")'),
        ('spark.table(f"{PREFIX}.t")', 'spark.table(uc_name(f"{PREFIX}.t"))'),
        ('spark.table(CATALOG + "." + DB + ".t")', 'spark.table(uc_name(CATALOG + "." + DB + ".t"))'),
        ('spark.table("{}.{}.t".format(CATALOG, DB))', 'spark.table(uc_name("{}.{}.t".format(CATALOG, DB)))'),
        ('spark.sql("delete from {}.{}.t".format(CATALOG, DB))', 'spark.sql("delete from {}.{}.t".format("main", DB))'),
        ('spark.sql("delete from {} where a = {}".format(FULL, 1))', 'spark.sql("delete from {} where a = {}".format(uc_name(FULL), 1))'),
        ('spark.sql("delete from %s.%s.t" % (CATALOG, DB))', 'spark.sql("delete from %s.%s.t" % ("main", DB))'),
        ('spark.sql("select * from {c}.d.t join {c}.d.u".format(c=CATALOG))',
         'spark.sql("select * from {c}.d.t join {c}.d.u".format(c="main"))'),
    ],
)  # fmt: skip
def test_the_target_takes_the_place_of_glues_catalog(convert, blockers, before: str, after: str) -> None:
    done = convert(f"{HEAD}{before}\n")
    assert done.after.splitlines()[-1] == after
    assert blockers(f"{HEAD}{before}\n") == []
    helpers = {"glue_compat.py": render_compat(done.compat, Settings())}
    checked = check(done.before, done.after, "job.py", {"job.py": done.before}, helpers, done.findings, Settings())
    assert checked.findings == ()


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("another snapshot", 'spark.read.format("iceberg").option("snapshot-id", 1).load("glue_catalog.d.t")'),
        ("another snapshot", 'spark.read.option("as-of-timestamp", "1").format("iceberg").load("glue_catalog.d.t")'),
        ("options that are computed", 'spark.read.format("iceberg").options(**given).load("glue_catalog.d.t")'),
        ("metadata", 'spark.read.format("iceberg").load("glue_catalog.d.t.snapshots")'),
        ("metadata of the session's catalog", 'spark.read.format("iceberg").load("d.t.history")'),
        ("metadata by name", 'spark.table("glue_catalog.d.t.files")'),
        ("a path", 'spark.read.format("iceberg").load("s3://b/t")'),
        ("a path", 'df.write.format("iceberg").mode("append").save("s3://b/t")'),
        ("rows are overwritten as Iceberg says", 'df.write.format("iceberg").mode("overwrite").save("d.t")'),
        ("no mode", 'df.write.format("iceberg").save("d.t")'),
        ("a mode that is computed", 'df.write.format("iceberg").mode(sys.argv[1]).save("d.t")'),
        ("a branch", 'df.write.format("iceberg").option("branch", "b").mode("append").save("d.t")'),
        ("over variables", 'w = df.write.format("iceberg")\nw.mode("append").save("d.t")'),
        ("over variables", 'r = spark.read.format("iceberg")\nr.load("d.t")'),
        ("an argument of load", 'spark.read.load("glue_catalog.d.t", format="iceberg")'),
        ("an argument of save", 'df.write.save("glue_catalog.d.t", "iceberg", mode="append")'),
        ("a catalog in a sum", 'spark.sql("delete from " + CATALOG + ".d.t")'),
        ("a catalog in a sum", 'spark.sql("delete from a.b where c = " + x + " and d in (select 1 from " + CATALOG + ".d.t)")'),
        ("a catalog that is a schema, too", 'spark.sql("select * from {c}.d.t join {c}.u".format(c=CATALOG))'),
    ],
)  # fmt: skip
def test_what_the_target_does_not_know_is_handed_off(blockers, why: str, line: str) -> None:
    assert blockers(f"{HEAD}{line}\n"), why


def test_a_table_that_names_itself_keeps_its_format(convert, blockers) -> None:
    line = 'df.write.format("iceberg").mode("append").saveAsTable("glue_catalog.d.t")'
    assert convert(f"{HEAD}{line}\n").after.splitlines()[-1] == line.replace("glue_catalog", "main")
    assert blockers(f"{HEAD}{line}\n") == []


CONFIGURED = 'NAME = "ice"\nspark.conf.set(f"spark.sql.catalog.{NAME}.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.sql("select * from ice.d.t")', 'spark.sql("select * from main.gold.t")'),
        ('spark.table(f"{NAME}.d.t")', 'spark.table(f"main.gold.t")'),
        ('full = f"{NAME}.d.t"\nspark.table(full)', 'spark.table("main.gold.t")'),
        ('full = f"{NAME}.d.t"\nspark.sql(f"select * from {full}")', 'spark.sql(f"select * from main.gold.t")'),
    ],
)
def test_a_catalog_that_an_f_string_configures_is_glues(convert, before: str, after: str) -> None:
    done = convert(f"{HEAD}{CONFIGURED}{before}\n", settings=Settings(schemas={"d": "gold"}))
    assert done.after.splitlines()[-1] == after


def test_a_name_in_it_that_is_not_known_is_handed_off(blockers) -> None:
    assert blockers(f'{HEAD}{CONFIGURED}spark.table("ice." + sys.argv[1])\n')


@pytest.mark.parametrize(
    ("named", "told"),
    [("glue_catalog.d.t", False), ("d.t", False), ("lake.d.t", False), ("tables.d.t", True)],
)
@pytest.mark.parametrize(
    "line",
    [
        'spark.read.format("iceberg").load("{name}")', 'df.write.format("iceberg").mode("append").save("{name}")',
        'GlueContext().create_dynamic_frame.from_options("iceberg", {{"path": "{name}"}})',
        'df.writeStream.format("iceberg").option("checkpointLocation", "s3://c/").start("{name}")',
    ],
)  # fmt: skip
def test_a_catalog_that_may_not_be_glues_is_told(convert, line: str, named: str, told: bool) -> None:
    settings = 'spark.conf.set("spark.sql.catalog.lake.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")\n'
    done = convert(HEAD + settings + line.format(name=named) + "\n")
    assert '"main.d.t"' in done.after
    assert any("is taken for Glue's" in each.message for each in done.findings) == told
