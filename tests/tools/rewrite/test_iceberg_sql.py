"""What only Iceberg's catalog understands is a blocker where it stands in SQL; what reads like it is none."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite.sql.iceberg import iceberg_only

HEAD = (
    "import sys\nfrom awsglue.context import GlueContext\nfrom awsglue.utils import getResolvedOptions\n"
    'args = getResolvedOptions(sys.argv, ["db", "table"])\nspark = GlueContext().spark_session\n'
)


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("CALL glue_catalog.system.expire_snapshots(table => 'sales.orders')", "procedure expire_snapshots"),
        ("call system.rewrite_data_files('sales.orders')", "procedure rewrite_data_files"),
        ("SELECT * FROM glue_catalog.sales.orders.snapshots", "metadata table snapshots"),
        ("SELECT 1 FROM x JOIN glue_catalog.sales.orders.history h ON 1 = 1", "metadata table history"),
        ("call run_compaction(op => 'run', table => 'lake.cust')", "procedure run_compaction of Hudi"),
        ("CALL show_commits(table => 'lake.cust', limit => 10)", "procedure show_commits of Hudi"),
        ("ALTER TABLE glue_catalog.sales.orders ADD PARTITION FIELD days(ts)", "ADD PARTITION FIELD"),
        ("ALTER TABLE sales.orders WRITE ORDERED BY id", "WRITE ORDERED"),
        ("ALTER TABLE sales.orders SET IDENTIFIER FIELDS id", "SET IDENTIFIER FIELDS"),
        ("CREATE TABLE a.b (id INT, ts TIMESTAMP) USING iceberg PARTITIONED BY (days(ts))", "days(...)"),
        ("CREATE TABLE a.b USING iceberg PARTITIONED BY (c, bucket(16, id)) AS SELECT 1", "bucket(...)"),
    ],
)
def test_what_only_iceberg_knows_is_handed_off(convert, sql: str, said: str) -> None:
    done = convert(f"{HEAD}spark.sql({sql!r})\n")
    assert [said in found.message for found in done.findings if found.severity is Severity.BLOCKER] == [True]


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT * FROM sales.snapshots",
        "SELECT * FROM glue_catalog.sales.snapshots s",
        "SELECT * FROM glue_catalog.sales.history",
        "SELECT * FROM glue_catalog.sales.files WHERE days(ts) > 3",
        "CREATE TABLE a.b (days INT, day DATE) PARTITIONED BY (day)",
        "CREATE TABLE a.b PARTITIONED BY (day) AS SELECT year(ts) AS y, bucket(3, x) AS day FROM c.d",
        "ALTER TABLE a.b ADD COLUMNS (partition_field STRING)",
        "SELECT days(ts) FROM a.b",
        "CALL my_procedure(1)",
        "GENERATE symlink_format_manifest FOR TABLE delta.`s3://b/t`",
    ],
)
def test_what_only_reads_like_it_is_not(sql: str) -> None:
    assert iceberg_only(sql) is None


def test_a_name_in_glues_catalog_whose_parts_are_filled_in_goes_to_the_target(convert) -> None:
    line = """spark.sql(f"SELECT * FROM glue_catalog.{args['db']}.{args['table']}")\n"""
    assert """f"SELECT * FROM main.{args['db']}.{args['table']}\"""" in convert(HEAD + line).after


def test_a_name_of_two_levels_whose_parts_are_filled_in_gets_the_catalog(convert) -> None:
    line = """spark.sql(f"SELECT * FROM {args['db']}.orders")\n"""
    assert """f"SELECT * FROM main.{args['db']}.orders\"""" in convert(HEAD + line).after


def test_a_manifest_of_a_path_is_no_unread_sql(convert) -> None:
    done = convert(HEAD + "spark.sql(f\"GENERATE symlink_format_manifest FOR TABLE delta.`{args['table']}`\")\n")
    assert not any("could not be read" in found.message for found in done.findings)


def test_a_manifest_of_a_named_table_is_one_of_the_target(convert) -> None:
    done = convert(HEAD + 'spark.sql("GENERATE symlink_format_manifest FOR TABLE sales.orders")\n')
    assert "FOR TABLE main.sales.orders" in done.after
