"""Names and places that the settings map, in DDL and queries: names before columns, folders beside moved ones, variables."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import convert_ddl

MAPPED = Settings(
    schemas={"sales": "gold", "raw": "bronze"},
    tables={"sales.old": "archive.hist.old2"},
    paths={"s3://raw": "s3://new", "s3://raw/vol": "/Volumes/main/raw/vol"},
)


def converted(text: str, dialect: str = "athena"):
    return convert_ddl(text, "a.sql", MAPPED, dialect)  # type: ignore[arg-type]


@pytest.mark.parametrize("dialect", ["athena", "hive"])
@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SELECT sales.old.x, old.y FROM sales.old", "SELECT old.x, old.y FROM archive.hist.old2 AS old"),
        ("SELECT sales.old.x FROM sales.old", "SELECT hist.old2.x FROM archive.hist.old2"),
        ("SELECT sales.orders.x, orders.y FROM sales.orders", "SELECT gold.orders.x, orders.y FROM main.gold.orders"),
        ("SELECT sales.old.a.b FROM sales.old", "SELECT hist.old2.a.b FROM archive.hist.old2"),
        ("SELECT old.a.b AS b FROM sales.old", "SELECT old.a.b AS b FROM archive.hist.old2 AS old"),
        ("SELECT sales.t.x FROM sales.t JOIN raw.t ON sales.t.i = raw.t.i",
         "SELECT gold.t.x FROM main.gold.t JOIN main.bronze.t ON gold.t.i = bronze.t.i"),
        ("WITH old AS (SELECT old.x FROM sales.old) SELECT old.x FROM old",
         "WITH old AS ( SELECT old.x FROM archive.hist.old2 AS old ) SELECT old.x FROM old"),
        ("WITH old AS (SELECT x FROM raw.t) SELECT o.x FROM sales.old AS o JOIN old ON old.x = o.x",
         "WITH old AS ( SELECT x FROM main.bronze.t ) SELECT o.x FROM archive.hist.old2 AS o JOIN old ON old.x = o.x"),
        ("SELECT x FROM sales.old WHERE x IN (SELECT y FROM sales.old)",
         "SELECT x FROM archive.hist.old2 WHERE x IN ( SELECT y FROM archive.hist.old2 )"),
        ("SELECT sales.old.x FROM sales.old UNION ALL SELECT sales.old.y FROM sales.old",
         "SELECT hist.old2.x FROM archive.hist.old2 UNION ALL SELECT hist.old2.y FROM archive.hist.old2"),
        ("SELECT t.x FROM raw.t WHERE t.x IN (SELECT old.x FROM sales.old WHERE old.y = t.y)",
         "SELECT t.x FROM main.bronze.t WHERE t.x IN ( SELECT old.x FROM archive.hist.old2 AS old WHERE old.y = t.y )"),
    ],
)  # fmt: skip
def test_names_before_columns_follow_their_table(dialect: str, before: str, after: str) -> None:
    made = converted(f"CREATE VIEW sales.v AS {before};", dialect)
    assert "".join(made.sql.split()) == "".join(f"CREATE VIEW main.gold.v AS {after};".split())


def test_the_name_of_glues_catalog_goes_from_before_columns() -> None:
    made = converted("CREATE VIEW sales.v AS SELECT AwsDataCatalog.sales.old.x FROM AwsDataCatalog.sales.old;")
    assert "archive.hist.old2.x\n" in made.sql
    assert "AwsDataCatalog" not in made.sql


def test_a_table_that_is_written_and_read_is_renamed_in_both_places() -> None:
    made = converted("INSERT INTO sales.old SELECT old.x FROM raw.t JOIN sales.old ON old.x = t.x;", "hive")
    assert "INSERT INTO archive.hist.old2 SELECT" in made.sql
    assert "JOIN archive.hist.old2 AS old ON" in made.sql


def test_a_table_that_is_changed_is_named_before_its_columns_as_it_is_called_now() -> None:
    made = converted("UPDATE sales.old SET a = 1 WHERE old.b = 2;\nDELETE FROM sales.old WHERE sales.old.b = 2;")
    assert "old2.b = 2" in made.sql
    assert "hist.old2.b = 2" in made.sql


@pytest.mark.parametrize(
    ("text", "severity", "said"),
    [
        ("CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3://raw'", Severity.BLOCKER, "holds s3://raw/vol"),
        ("CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3a://raw/${env}/x'", Severity.WARNING, "filled in"),
        ("CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3://${bucket}/x'", Severity.WARNING, "filled in"),
        ("CREATE VIEW raw.v AS SELECT a FROM sales.${table}", Severity.WARNING, "sales.${table} is filled in"),
        ("INSERT INTO ${db}.old SELECT a FROM raw.t", Severity.WARNING, "${db}.old is filled in"),
    ],
)  # fmt: skip
def test_what_the_mapping_does_not_settle_is_told(text: str, severity: Severity, said: str) -> None:
    assert any(each.severity is severity and said in each.message for each in converted(text).findings)


@pytest.mark.parametrize(
    "text",
    [
        "CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3://raw/x'",
        "CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3://other/${env}/x'",
        "CREATE EXTERNAL TABLE raw.t (a int) STORED AS PARQUET LOCATION 's3://rawer'",
        "CREATE VIEW raw.v AS SELECT a FROM sales.t WHERE b = '${day}'",
    ],
)
def test_what_is_settled_is_not_told(text: str) -> None:
    assert [each for each in converted(text).findings if each.severity is not Severity.INFO] == []


def test_a_query_does_not_make_a_table_in_a_volume() -> None:
    made = converted("CREATE TABLE raw.c WITH (external_location='s3://raw/vol/c', format='ORC') AS SELECT 1 AS a")
    assert "USING DELTA" in made.sql
    assert "/Volumes/" not in made.sql


def test_the_address_of_an_avro_schema_is_mapped() -> None:
    text = "CREATE EXTERNAL TABLE raw.t (x int) STORED AS AVRO LOCATION 's3://raw/t' TBLPROPERTIES ('avro.schema.url'='s3://raw/x.avsc')"
    assert "'avroSchemaUrl' 's3://new/x.avsc'" in converted(text, "hive").sql


PROJECTED = (
    "CREATE EXTERNAL TABLE raw.p (i int) PARTITIONED BY (day string, region string) STORED AS PARQUET LOCATION 's3://b/p/'\n"
    "TBLPROPERTIES ('projection.enabled'='true', {})"
)


@pytest.mark.parametrize(
    ("properties", "blocked"),
    [
        ("'projection.day.format'='yyyy-MM-dd'", False),
        ("'storage.location.template'='s3://b/p/day=${day}/region=${region}/'", False),
        ("'storage.location.template'='s3://b/p/data/day=${day}/region=${region}'", True),
        ("'storage.location.template'='s3://b/other/day=${day}/region=${region}'", True),
        ("'storage.location.template'='s3://b/p/region=${region}/day=${day}'", True),
        ("'projection.day.format'='yyyy/MM/dd'", True),
    ],
)
def test_projected_folders_are_those_that_are_listed_or_handed_off(properties: str, blocked: bool) -> None:
    made = converted(PROJECTED.format(properties))
    assert any(each.severity is Severity.BLOCKER for each in made.findings) is blocked
