"""Names below a catalog that stands for Glue's go to the target's; names that need backticks get them."""

import pytest

from glue2lakehouse.domain import Evidence, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, JobFacts, convert_project

HEAD = (
    "from awsglue.context import GlueContext\nfrom pyspark.sql import SparkSession\n"
    'catalog = "glue_catalog"\nother = "lake"\ndb = "d"\nspark = SparkSession.builder'
    '.config("spark.sql.catalog.jobs.catalog-impl", "org.apache.iceberg.aws.glue.GlueCatalog")'
    '.config("spark.sql.catalog.lake.catalog-impl", "org.apache.iceberg.rest.RESTCatalog").getOrCreate()\n'
    "glueContext = GlueContext(spark.sparkContext)\n"
)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.sql(f"DELETE FROM {catalog}.{db}.t")', 'spark.sql(f"DELETE FROM main.{db}.t")'),
        ('spark.sql(f"DELETE FROM {catalog}.d.t")', 'spark.sql(f"DELETE FROM main.d.t")'),
        ('q = f"SELECT * FROM {catalog}.{db}.t"\nspark.sql(q)', 'q = f"SELECT * FROM main.{db}.t"\nspark.sql(q)'),
        ('spark.sql(f"show tables in jobs.{db}")', 'spark.sql(f"show tables in main.{db}")'),
        ('spark.sql("SELECT * FROM {}.{}.t".format(catalog, db))', 'spark.sql("SELECT * FROM {}.{}.t".format("main", db))'),
        ('spark.sql("SELECT * FROM %s.%s.t" % (catalog, db))', 'spark.sql("SELECT * FROM %s.%s.t" % ("main", db))'),
        ('spark.sql("INSERT INTO jobs.a.x SELECT * FROM jobs.a.y")', 'spark.sql("INSERT INTO main.a.x SELECT * FROM main.a.y")'),
    ],
)  # fmt: skip
def test_a_catalog_that_stands_for_glues_is_the_targets(convert, before: str, after: str) -> None:
    done = convert(f"{HEAD}{before}\n")
    assert f"\n{after}\n" in done.after
    texts = ({"job.py": done.before}, {"job.py": done.after})
    assert check(done.before, done.after, "job.py", *texts, done.findings, Settings()).evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "line",
    [
        # Another catalog is no Glue catalog; one that is given later may be any.
        'spark.sql(f"SELECT * FROM {other}.{db}.t")',
        'spark.sql("SELECT * FROM lake.d.t")',
        'def run(catalog):\n    return spark.sql(f"SELECT * FROM {catalog}.{db}.t")',
    ],
)
def test_another_catalog_stays(convert, line: str) -> None:
    assert line in convert(f"{HEAD}{line}\n").after


def test_a_hole_that_was_dropped_with_its_variable_is_a_lost_use(convert) -> None:
    line = 'spark.sql(f"SELECT * FROM {other}.{db}.t")'
    done = convert(f"{HEAD}{line}\n")
    wrong = done.after.replace("{other}.{db}", "main.{db}")
    result = check(done.before, wrong, "job.py", {"job.py": done.before}, {"job.py": wrong}, (), Settings())
    assert any("use of other" in found.message for found in result.findings)


READ = "glueContext.create_dynamic_frame.from_catalog(database={}, table_name={})"


@pytest.mark.parametrize(
    ("names", "arguments", "becomes"),
    [
        ('db = "a-b"\nname = table()\n', ("db", "name"), 'spark.read.table(f"main.`{db}`.{name}")'),
        ('db = "ab"\nname = table()\n', ("db", "name"), 'spark.read.table(f"main.{db}.{name}")'),
        ('name = "a-b"\ndb = schema()\n', ("db", "name"), 'spark.read.table(f"main.{db}.`{name}`")'),
        ('name = "a-b"\nkept = {}\n', ('kept["d"]', "name"), 'spark.read.table(".".join(["main", kept["d"], f"`{name}`"]))'),
    ],
)  # fmt: skip
def test_a_variable_whose_text_needs_backticks_gets_them(
    convert, names: str, arguments: tuple[str, str], becomes: str
) -> None:
    source = (
        HEAD.replace('db = "d"\n', "") + "from mine import schema, table\n" + names + READ.format(*arguments) + "\n"
    )
    assert becomes in convert(source).after


@pytest.mark.parametrize(
    ("held", "after", "severities"),
    [
        ("glue_catalog.sales", "{D}.orders", [Severity.BLOCKER]),
        ("main.sales", "{D}.orders", []),
        ("global_temp", "{D}.orders", []),
        ("sales", "main.{D}.orders", []),
    ],
)
def test_a_variable_before_a_table_may_hold_more_than_a_database(
    convert, held: str, after: str, severities: list[Severity]
) -> None:
    source = "from awsglue.context import GlueContext\nspark = GlueContext().spark_session\n"
    done = convert(source + f"D = '{held}'\nspark.sql(f'select * from {{D}}.orders')\n")
    assert f"from {after}" in done.after
    assert [found.severity for found in done.findings if found.severity is not Severity.INFO] == severities


GIVEN = JobFacts(defined=True, glue_catalogs=frozenset({"given"}))
PLAIN = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"


def _given(code: str) -> Conversion:
    [made] = convert_project({"job.py": PLAIN + code}, Settings(), {"job.py": GIVEN})
    return made


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('spark.sql("DELETE FROM given.d.t")', 'spark.sql("DELETE FROM main.d.t")'),
        ('spark.table("Given.d.t")', 'spark.table("main.d.t")'),
        ('frame.writeTo("given.d.t").append()', 'frame.writeTo("main.d.t").append()'),
        ('spark.sql("USE given.d")', 'spark.sql("USE main.d")'),
    ],
)
def test_a_catalog_that_a_jobs_settings_have_for_glues_is_the_targets(before: str, after: str) -> None:
    made = _given(f'frame = spark.table("d.s")\n{before}\n')
    assert f"\n{after}\n" in made.after
    texts = ({"job.py": made.before}, {"job.py": made.after})
    known = check(made.before, made.after, "job.py", *texts, made.findings, Settings(), GIVEN.glue_catalogs)
    assert known.evidence is Evidence.RESOLVED


@pytest.mark.parametrize(
    "line",
    [
        'spark.conf.set("spark.sql.catalog.given.type", "hadoop")',
        'spark.conf.set("spark.sql.catalog.given", "org.apache.iceberg.spark.SparkCatalog")',
    ],
)
def test_what_a_script_says_of_a_catalog_counts_over_the_jobs_settings(line: str) -> None:
    assert 'spark.table("given.d.t")' in _given(f'{line}\nspark.table("given.d.t").show()\n').after


def test_a_catalog_that_a_script_has_for_glues_by_its_type_is_the_targets() -> None:
    made = _given('spark.conf.set("spark.sql.catalog.own.type", "glue")\nspark.table("own.d.t").show()\n')
    assert 'spark.table("main.d.t")' in made.after


@pytest.mark.parametrize(
    ("text", "told"),
    [("glue_catalog.sales.orders", True), ("main.sales.orders", False), ("not_glue_catalog.sales.orders", False)],
)
def test_sql_that_is_not_seen_is_told_with_the_text_that_begins_with_glues_catalog(
    convert, text: str, told: bool
) -> None:
    source = (
        "from awsglue.context import GlueContext\nfrom lib import merge\n\nspark = GlueContext().spark_session\n"
        f"target = '{text}'\nspark.sql(merge(target))\n"
    )
    found = convert(source, lib="def merge(name):\n    return f'DELETE FROM {name}'\n").findings
    messages = [each.message for each in found if "put together at run time" in each.message]
    assert len(messages) == 1
    assert ("a text begins with Glue's catalog (job.py:5)" in messages[0]) is told
