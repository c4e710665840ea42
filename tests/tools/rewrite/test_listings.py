"""What lists schemas and tables, or makes and drops schemas, asks the project's catalog, and tells where it finds other tables."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings

HEAD = "import sys\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
MERGED = Settings(schemas={"sales": "gold", "shop": "gold"}, tables={"raw.old": "archive.hist.old"})


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('"SHOW DATABASES"', '"SHOW DATABASES IN main"'),
        ("\"show schemas like 'sales'\"", "\"show schemas IN main like 'sales'\""),
        ('"SHOW SCHEMAS IN glue_catalog"', '"SHOW SCHEMAS IN main"'),
        ('"SHOW SCHEMAS IN other"', '"SHOW SCHEMAS IN other"'),
        ("\"SHOW TABLE EXTENDED IN sales LIKE 'o'\"", "\"SHOW TABLE EXTENDED IN main.sales LIKE 'o'\""),
        ('"ANALYZE TABLES IN sales COMPUTE STATISTICS"', '"ANALYZE TABLES IN main.sales COMPUTE STATISTICS"'),
        ("\"CREATE SCHEMA IF NOT EXISTS sales COMMENT 'x'\"", "\"CREATE SCHEMA IF NOT EXISTS main.sales COMMENT 'x'\""),
        ('"CREATE SCHEMA glue_catalog.sales"', '"CREATE SCHEMA main.sales"'),
        ('"DROP SCHEMA IF EXISTS sales CASCADE"', '"DROP SCHEMA IF EXISTS main.sales CASCADE"'),
        ("\"ALTER DATABASE sales SET DBPROPERTIES ('a'='b')\"", "\"ALTER DATABASE main.sales SET DBPROPERTIES ('a'='b')\""),
        ('"DESCRIBE TABLE sales.t amount"', '"DESCRIBE TABLE main.sales.t amount"'),
        ('"DESC TABLE EXTENDED sales.t"', '"DESC TABLE EXTENDED main.sales.t"'),
        ('"DESCRIBE DETAIL sales.t"', '"DESCRIBE DETAIL main.sales.t"'),
    ],
)  # fmt: skip
def test_the_catalog_of_the_project_is_asked(convert, before: str, after: str) -> None:
    done = convert(f"{HEAD}spark.sql({before})\n")
    assert f"spark.sql({after})\n" in done.after
    assert [each for each in done.findings if each.severity is not Severity.INFO] == []


def test_several_statements_after_a_command_are_not_read_past(convert) -> None:
    done = convert(f'{HEAD}spark.sql("MSCK REPAIR TABLE sales.a; MSCK REPAIR TABLE sales.b")\n')
    assert any("could not be read" in each.message for each in done.findings)


@pytest.mark.parametrize(
    ("line", "severity", "said"),
    [
        ('spark.sql("show tables in sales")', Severity.WARNING, "sales and shop are both in gold"),
        ('spark.catalog.listTables("shop")', Severity.WARNING, "sales and shop are both in gold"),
        ('spark.catalog.listTables("raw")', Severity.WARNING, "raw.old is archive.hist.old now"),
        ("spark.catalog.listTables(sys.argv[1])", Severity.WARNING, "raw.old is archive.hist.old now"),
        ('spark.sql("drop database sales cascade")', Severity.BLOCKER, "sales and shop are both in gold"),
        ("spark.catalog.listDatabases()", Severity.WARNING, "gold for sales"),
        ("print(spark.catalog.currentDatabase())", Severity.WARNING, "gold for sales"),
        ("spark.sql(\"show databases like 'sales'\")", Severity.WARNING, "gold for sales"),
    ],
)
def test_a_listing_that_finds_something_else_is_told(convert, line: str, severity: Severity, said: str) -> None:
    done = convert(f"{HEAD}{line}\n", settings=MERGED)
    assert any(each.severity is severity and said in each.message for each in done.findings)


@pytest.mark.parametrize(
    "line",
    ['spark.sql("show tables in other")', 'spark.sql("use sales")', 'spark.sql("describe database sales")',
     'spark.sql("create schema if not exists sales")', 'spark.catalog.databaseExists("sales")'],
)  # fmt: skip
def test_what_finds_the_same_is_not_told(convert, line: str) -> None:
    done = convert(f"{HEAD}{line}\n", settings=MERGED)
    assert [each for each in done.findings if each.severity is not Severity.INFO] == []


def test_without_renamed_schemas_a_listing_needs_the_catalog_to_be_current(convert) -> None:
    done = convert(f"{HEAD}spark.catalog.listDatabases()\nprint(spark.catalog.currentDatabase())\n")
    assert ["current catalog" in each.message for each in done.findings] == [True]
