"""The catalog that is asked through the JVM is asked by Python, with the names of the target."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "glueContext = GlueContext(SparkContext.getOrCreate())\nspark = glueContext.spark_session\n"
)
RENAMED = Settings(schemas={"a": "gold"})


@pytest.mark.parametrize(
    ("before", "plain", "renamed"),
    [
        ('spark._jsparkSession.catalog().tableExists("a", "b")', 'spark.catalog.tableExists("main.a.b")',
         'spark.catalog.tableExists("main.gold.b")'),
        ('spark._jsparkSession.catalog().tableExists("a.b")', 'spark.catalog.tableExists("main.a.b")',
         'spark.catalog.tableExists("main.gold.b")'),
        ('spark.catalog._jcatalog.tableExists("a.b")', 'spark.catalog.tableExists("main.a.b")',
         'spark.catalog.tableExists("main.gold.b")'),
        ('spark.catalog._jcatalog.tableExists("b")', 'spark.catalog.tableExists("b")', 'spark.catalog.tableExists("b")'),
        ('spark._jsparkSession.catalog().tableExists("Global_Temp", "v")',
         'spark.catalog.tableExists(".".join(["global_temp", "v"]))', 'spark.catalog.tableExists(".".join(["global_temp", "v"]))'),
        ('spark._jsparkSession.catalog().databaseExists("a")', 'spark.catalog.databaseExists("main.a")',
         'spark.catalog.databaseExists("main.gold")'),
        ("spark._jsparkSession.catalog().tableExists(db, sys.argv[2])",
         'spark.catalog.tableExists(".".join(["main", db, sys.argv[2]]))', "spark.catalog.tableExists(uc_name(db, sys.argv[2]))"),
        ("spark.catalog._jcatalog.tableExists(db)", "spark.catalog.tableExists(uc_name(db))", "spark.catalog.tableExists(uc_name(db))"),
    ],
)  # fmt: skip
def test_python_asks_for_what_java_was_asked(convert, before: str, plain: str, renamed: str) -> None:
    for settings, after in ((Settings(), plain), (RENAMED, renamed)):
        done = convert(f"{HEAD}db = sys.argv[1]\nif {before}:\n    print(db)\n", settings=settings)
        assert f"if {after}:\n" in done.after
        helpers = {"glue_compat.py": render_compat(done.compat, settings)}
        checked = check(done.before, done.after, "job.py", {"job.py": done.before}, helpers, done.findings, settings)
        assert checked.findings == ()
        assert checked.evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "line",
    [
        "spark._jsparkSession.catalog().clearCache()", 'spark.catalog._jcatalog.getTable("a", "b")',
        'java = spark._jsparkSession.catalog()\njava.tableExists("a", "b")',
    ],
)  # fmt: skip
def test_what_else_reaches_the_jvm_is_handed_off(convert, line: str) -> None:
    done = convert(f"{HEAD}{line}\n")
    assert line in done.after
    checked = check(done.before, done.after, "job.py", {}, {}, done.findings, Settings())
    assert Severity.BLOCKER in {each.severity for each in (*done.findings, *checked.findings)}
