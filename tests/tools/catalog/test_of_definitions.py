"""Tables that only Terraform, CloudFormation or an export defines become DDL, as those of a catalog do."""

import base64
import json
from pathlib import Path

import pytest

from glue2lakehouse.orchestrator.mapping import map_names
from glue2lakehouse.orchestrator.optimizing import advise_project
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog.as_ddl import ddl_of_catalog
from glue2lakehouse.tools.catalog.model import Database, Refusal, Table
from glue2lakehouse.tools.catalog.of_definitions import created_in, items_of, places_of
from glue2lakehouse.tools.ddl import convert_ddl
from glue2lakehouse.tools.jobs import read_definitions
from glue2lakehouse.tools.source import open_source

PARQUET = "org.apache.hadoop.hive.ql.io.parquet"
TERRAFORM = f"""
variable "bucket" {{}}
resource "aws_glue_catalog_database" "d" {{
  name        = "sales"
  description = "all sales"
}}
resource "aws_glue_catalog_table" "orders" {{
  for_each      = toset(["orders", "items"])
  name          = each.key
  database_name = aws_glue_catalog_database.d.name
  description   = "one row each"
  parameters    = {{ classification = "parquet" }}
  partition_keys {{
    name = "day"
    type = "date"
  }}
  storage_descriptor {{
    location      = "s3://${{var.bucket}}/${{each.key}}/"
    input_format  = "{PARQUET}.MapredParquetInputFormat"
    output_format = "{PARQUET}.MapredParquetOutputFormat"
    ser_de_info {{
      serialization_library = "{PARQUET}.serde.ParquetHiveSerDe"
      parameters            = {{ "serialization.format" = 1 }}
    }}
    columns {{
      name    = "id"
      type    = "bigint"
      comment = "key"
    }}
    dynamic "columns" {{
      for_each = ["a", "b"]
      content {{
        name = columns.value
        type = "string"
      }}
    }}
  }}
}}
"""
TEMPLATE = {
    "Resources": {
        "Db": {"Type": "AWS::Glue::Database", "Properties": {"DatabaseInput": {"Name": "sales"}}},
        "T": {
            "Type": "AWS::Glue::Table",
            "Properties": {
                "CatalogId": {"Ref": "AWS::AccountId"},
                "DatabaseName": {"Ref": "Db"},
                "OpenTableFormatInput": {"IcebergInput": {"MetadataOperation": "CREATE"}},
                "TableInput": {
                    "Name": "ice",
                    "StorageDescriptor": {"Location": "s3://b/ice/", "Columns": [{"Name": "id", "Type": "int"}]},
                },
            },
        },
    }
}


def items(files: dict[str, str]) -> list[Table | Database | Refusal]:
    found = [item for item in items_of(read_definitions(files)) if isinstance(item, Table | Database | Refusal)]
    return sorted(found, key=lambda item: item.kind if isinstance(item, Refusal) else item.name)


def test_a_table_of_terraform_is_one_of_the_catalog_with_all_that_it_says() -> None:
    first, second, database = items({"main.tf": TERRAFORM})
    assert isinstance(first, Table)
    assert isinstance(second, Table)
    assert isinstance(database, Database)
    assert (database.name, database.comment) == ("sales", "all sales")
    assert (first.full_name, second.full_name) == ("sales.items", "sales.orders")
    assert [(c.name, c.type, c.comment) for c in first.columns] == [
        ("id", "bigint", "key"), ("a", "string", ""), ("b", "string", ""),
    ]  # fmt: skip
    assert [(key.name, key.type) for key in first.partition_keys] == [("day", "date")]
    assert (first.location, first.format, first.comment) == ("s3://${var_bucket}/items/", "parquet", "one row each")
    assert first.serde_properties == {"serialization.format": "1"}


def test_a_table_of_cloudformation_says_its_format_beside_its_input() -> None:
    ice, database = items({"t.json": json.dumps(TEMPLATE)})
    assert isinstance(ice, Table)
    assert isinstance(database, Database)
    assert (ice.full_name, ice.format, ice.location) == ("sales.ice", "iceberg", "s3://b/ice/")


def test_an_export_beside_the_code_is_read_as_well() -> None:
    table = {"Name": "t", "DatabaseName": "d", "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}}
    (found,) = items({"tables.json": json.dumps({"TableList": [table]})})
    assert isinstance(found, Table)
    assert found.full_name == "d.t"


def test_what_create_table_is_given_is_a_table() -> None:
    inner = {"Name": "t", "StorageDescriptor": {"Columns": [{"Name": "a", "Type": "int"}]}}
    (found,) = items({"create.json": json.dumps({"DatabaseName": "d", "TableInput": inner})})
    assert isinstance(found, Table)
    assert (found.full_name, [column.name for column in found.columns]) == ("d.t", ["a"])
    (database,) = items({"db.json": json.dumps({"DatabaseInput": {"Name": "d", "Description": "x"}})})
    assert isinstance(database, Database)
    assert (database.name, database.comment) == ("d", "x")
    (open_,) = items({"input.json": json.dumps(inner)})
    assert isinstance(open_, Refusal)
    assert "does not say its database" in open_.message


def test_a_view_of_athena_is_written_from_its_text() -> None:
    told = {"originalSql": "SELECT a FROM d.t", "schema": "d", "columns": []}
    text = f"/* Presto View: {base64.b64encode(json.dumps(told).encode()).decode()} */"
    code = f'resource "aws_glue_catalog_table" "v" {{\n  name = "v"\n  database_name = "d"\n  table_type = "VIRTUAL_VIEW"\n  view_original_text = "{text}"\n}}\n'
    ddl = ddl_of_catalog(items_of(read_definitions({"main.tf": code})), "x")
    assert "SELECT a FROM d.t" in ddl.files["x/views/athena.sql"]


def test_the_statement_says_where_the_table_is_defined_and_keeps_what_is_open_as_a_variable() -> None:
    found = read_definitions({"infra/main.tf": TERRAFORM})
    ddl = ddl_of_catalog(items_of(found), "defined", places_of(found)).files["defined/tables/sales.sql"]
    assert "-- infra/main.tf:7\nCREATE EXTERNAL TABLE IF NOT EXISTS `sales`.`items`" in ddl
    result = convert_ddl(ddl, "defined/tables/sales.sql", Settings())
    assert "LOCATION 's3://${var_bucket}/items/'" in result.sql
    assert any(finding.rule == "variables" for finding in result.findings)


@pytest.mark.parametrize(
    "block", ["", 'storage_descriptor {\n location = "s3://b/x/"\n schema_reference { schema_version_number = 1 }\n }']
)
def test_a_table_whose_columns_are_elsewhere_waits_for_a_person(block: str) -> None:
    code = f'resource "aws_glue_catalog_table" "t" {{\n  name = "t"\n  database_name = "d"\n  {block}\n}}\n'
    ddl = ddl_of_catalog(items_of(read_definitions({"main.tf": code})), "x").files["x/tables/d.sql"]
    outcomes = [each.outcome for each in convert_ddl(ddl, "x.sql", Settings()).statements]
    assert outcomes == ["converted", "handed_off"]


def test_what_a_sql_file_creates_counts_over_a_definition() -> None:
    known = created_in(
        ["CREATE EXTERNAL TABLE IF NOT EXISTS `Sales`.`Orders` (a int);", "create table awsdatacatalog.sales.x(a int)"]
    )
    assert known == {"sales.orders", "sales.x"}
    assert created_in(
        ["-- create table sales.no (a int)\nUSE `Sales`;\nCREATE TABLE a (x int);\nCREATE TABLE b.c (x int)"]
    ) == {
        "sales.a",
        "b.c",
    }
    left = [item for item in items_of(read_definitions({"main.tf": TERRAFORM}), known) if isinstance(item, Table)]
    assert [table.name for table in left] == ["items"]


def test_a_project_of_definitions_alone_gets_their_ddl(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    (tmp_path / "orders.sql").write_text(
        "CREATE EXTERNAL TABLE sales.orders (id int) STORED AS ORC LOCATION 's3://b/o/';"
    )
    with open_source(str(tmp_path)) as tree:
        project = read_project(tree, Settings())
    assert set(project.ddl) == {"orders.sql", "glue_definitions/tables/sales.sql"}
    text = project.ddl["glue_definitions/tables/sales.sql"]
    assert isinstance(text, str)
    assert ("`items`" in text, "`orders`" in text) == (True, False)
    assert [f.message for f in project.findings if f.rule == "catalog"] == [
        "table sales.orders is defined here and in orders.sql, which counts"
    ]


def test_the_mapping_and_the_advice_know_the_tables_that_are_defined(tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_text(TERRAFORM)
    rows = map_names(str(tmp_path), tmp_path / "mapping.csv", Settings()).rows
    assert {(row.source_database, row.source_table) for row in rows} == {("sales", "orders"), ("sales", "items")}
    assert [advice.table for advice in advise_project(str(tmp_path), Settings())] == ["sales.items", "sales.orders"]
