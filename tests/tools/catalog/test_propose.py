"""What is proposed for a table, before anybody has edited anything."""

import pytest

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog import Table
from glue2lakehouse.tools.catalog.code_names import tables_in_code
from glue2lakehouse.tools.catalog.propose import propose

SETTINGS = Settings(catalog="prod", schemas={"raw": "bronze"})


def one(**more: str) -> tuple[str, str, str]:
    table = Table(**({"database": "raw", "name": "t", "location": "s3://x/t"} | more))  # type: ignore[arg-type]
    (row,) = propose([table], SETTINGS)
    return row.target, row.action, row.format


@pytest.mark.parametrize(
    ("table", "action", "format_"),
    [
        ({"format": "parquet"}, "keep_external", "parquet"),
        ({"format": "delta"}, "keep_external", "delta"),
        ({"format": "iceberg"}, "convert_to_delta", "delta"),
        ({"format": "parquet", "location": ""}, "convert_to_delta", "delta"),
        ({"format": "dynamodb"}, "keep_external", ""),
        ({"format": "unknown"}, "keep_external", ""),
        ({"table_kind": "view", "location": ""}, "keep_external", ""),
        ({"table_kind": "link", "location": ""}, "skip", ""),
    ],
)
def test_the_action_follows_from_format_and_kind(table: dict[str, str], action: str, format_: str) -> None:
    assert one(**table) == ("prod.bronze.t", action, format_)


def test_two_tables_never_go_to_one_name() -> None:
    settings = Settings(catalog="prod", schemas={"a": "all", "b": "all"})
    tables = [Table(database=name, name="t", format="parquet", location=f"s3://{name}/t") for name in ("a", "b")]
    first, second = propose(tables, settings)
    assert (first.target, second.target) == ("prod.all.t", "prod.all.b_t")
    assert "prod.all.t was taken" in second.note


def test_what_a_dump_knows_fills_what_code_only_names() -> None:
    named = Table(database="raw", name="T")
    scanned = Table(database="raw", name="t", format="csv", location="s3://x/t")
    (row,) = propose([named, scanned], SETTINGS)
    assert (row.source_location, row.source_format, row.note) == ("s3://x/t", "csv", "")


def test_names_in_code_are_found_in_reads_writes_and_sinks() -> None:
    code = """
DB = "sales"
a = glueContext.create_dynamic_frame.from_catalog(database=DB, table_name="Orders")
b = glueContext.create_dynamic_frame.from_catalog("sales", "customers")
glueContext.write_dynamic_frame.from_catalog(frame=a, database=DB, table_name="out")
sink.setCatalogInfo(catalogDatabase="marts", catalogTableName="daily")
c = glueContext.create_dynamic_frame.from_catalog(database=args["db"], table_name="x")
"""
    named, open_ = tables_in_code([code, "not python ("])
    assert named == {("sales", "orders"), ("sales", "customers"), ("sales", "out"), ("marts", "daily")}
    assert open_ == 1
