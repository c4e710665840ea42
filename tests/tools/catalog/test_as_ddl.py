"""An exported Glue catalog becomes DDL: tables, partitions and views, and nothing that no statement can say is lost."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.orchestrator import migrate
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog.as_ddl import CatalogDdl, ddl_of_catalog
from glue2lakehouse.tools.catalog.glue_shapes import database_of, partition_of, table_of
from glue2lakehouse.tools.ddl import KnownTables, convert_ddl, extract_tables

PARQUET = {
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetOutputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
}
TEXT = {
    "InputFormat": "org.apache.hadoop.mapred.TextInputFormat",
    "OutputFormat": "org.apache.hadoop.hive.ql.io.HiveIgnoreKeyTextOutputFormat",
}
CSV = {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde", "Parameters": {"separatorChar": ";"}}


def glue(name: str, columns: Mapping[str, str], storage: Mapping[str, Any] = PARQUET, **more: Any) -> dict[str, Any]:
    described = {
        "Columns": [{"Name": n, "Type": t} for n, t in columns.items()],
        "Location": f"s3://b/{name}",
        **storage,
    }
    return {
        "Name": name,
        "DatabaseName": "sales",
        "TableType": "EXTERNAL_TABLE",
        "StorageDescriptor": described,
        **more,
    }


def view(name: str, sql: str, schema: str = "sales") -> dict[str, Any]:
    told = json.dumps({"originalSql": sql, "catalog": "awsdatacatalog", "schema": schema})
    text = f"/* Presto View: {base64.b64encode(told.encode()).decode()} */"
    return {"Name": name, "DatabaseName": "sales", "TableType": "VIRTUAL_VIEW", "ViewOriginalText": text}


def made(*tables: Mapping[str, Any]) -> CatalogDdl:
    return ddl_of_catalog(table_of(table) for table in tables)


def converted(*tables: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the outcome and the text of each statement by file."""
    files = made(*tables).files
    known = KnownTables(table for path, text in files.items() for table in extract_tables(text, path))
    return {
        path: [
            statement.output or statement.outcome
            for statement in convert_ddl(text, path, Settings(), known=known).statements
        ]
        for path, text in files.items()
    }


def table_ddl(table: Mapping[str, Any]) -> str:
    return converted(table)["glue_catalog/tables/sales.sql"][1]


def test_columns_keys_comments_and_places_are_kept() -> None:
    columns = {
        "id": "int",
        "odd name": "struct<a-b:int,c:array<struct<x.y:string,z:map<string,int>>>,d:decimal(10,2)>",
        "end": "varchar(10)",
    }
    table = glue("t", columns, PartitionKeys=[{"Name": "day", "Type": "string"}], Description="it's")
    assert table_ddl(table) == (
        "CREATE TABLE IF NOT EXISTS main.sales.t (\n  id INT,\n"
        "  `odd name` STRUCT<`a-b`: INT, c: ARRAY<STRUCT<`x.y`: STRING, z: MAP<STRING, INT>>>, d: DECIMAL(10,2)>,\n"
        "  `end` VARCHAR(10),\n  day STRING\n)\nUSING PARQUET\nPARTITIONED BY (day)\nCOMMENT 'it\\'s'\n"
        "LOCATION 's3://b/t'\nTBLPROPERTIES ('nonDelta.partitionLog.enabled' = 'true')"
    )


@pytest.mark.parametrize(
    "table",
    [
        glue("t", {"u": "uniontype<int,string>"}),
        glue("t", {}),
        glue("t", {"a": "date"}, {**TEXT, "SerdeInfo": CSV}),
        glue(
            "t", {"a": "string"}, {**TEXT, "SerdeInfo": {"SerializationLibrary": "com.amazonaws.glue.serde.GrokSerDe"}}
        ),
        glue(
            "t",
            {"a": "string"},
            {**TEXT, "SerdeInfo": {"SerializationLibrary": "com.amazon.ionhiveserde.IonHiveSerDe"}},
        ),
        glue("t", {"a": "int"}, {"InputFormat": "org.apache.hudi.hadoop.HoodieParquetInputFormat"}),
        glue("t", {"a": "int"}, {}, Parameters={"classification": "postgresql", "connectionName": "c"}),
        glue("t", {"col": "array<string>"}, Parameters={"spark.sql.sources.provider": "parquet"}),
        glue("t", {"a": "int"}, TEXT, Parameters={"spark.sql.sources.provider": "csv"}),
    ],
    ids=["union", "no columns", "csv dates", "grok", "ion", "hudi", "jdbc", "placeholder", "spark csv"],
)
def test_what_unity_catalog_cannot_read_is_handed_off(table: Mapping[str, Any]) -> None:
    assert table_ddl(table) == "handed_off"


def test_lake_formats_take_their_columns_from_where_they_are() -> None:
    delta = glue("t", {"col": "array<string>"}, {}, Parameters={"spark.sql.sources.provider": "delta"})
    assert table_ddl(delta) == "CREATE TABLE IF NOT EXISTS main.sales.t\nUSING DELTA\nLOCATION 's3://b/t'"
    iceberg = glue("t", {"id": "int"}, {}, Parameters={"table_type": "ICEBERG", "metadata_location": "s3://b/m.json"})
    assert table_ddl(iceberg) == "CREATE TABLE IF NOT EXISTS main.sales.t (\n  id INT\n)\nUSING DELTA"


def test_the_columns_of_a_table_that_spark_made_are_in_its_properties() -> None:
    fields = [
        {"name": "id", "type": "long"},
        {
            "name": "tags",
            "type": {"type": "array", "elementType": {"type": "struct", "fields": [{"name": "k", "type": "integer"}]}},
        },
        {"name": "day", "type": "string"},
    ]
    text = json.dumps({"type": "struct", "fields": fields})
    parameters = {
        "spark.sql.sources.provider": "parquet",
        "spark.sql.sources.schema.numParts": "2",
        "spark.sql.sources.schema.part.0": text[:30],
        "spark.sql.sources.schema.part.1": text[30:],
    }
    keys = [{"Name": "day", "Type": "string"}]
    written = table_ddl(glue("t", {"col": "array<string>"}, Parameters=parameters, PartitionKeys=keys))
    assert "(\n  id BIGINT,\n  tags ARRAY<STRUCT<k: INT>>,\n  day STRING\n)" in written


def test_partitions_are_registered_by_their_folders_or_one_by_one() -> None:
    table = table_of(glue("t", {"a": "int"}, PartitionKeys=[{"Name": "d", "Type": "string"}]))
    partitions = [
        partition_of({"Values": [value], "StorageDescriptor": {"Location": place}}, "sales", "t")
        for value, place in (("1", "s3://b/t/d=1/"), ("2", "s3://else/where"))
    ]
    (text,) = ddl_of_catalog([database_of({"Name": "sales"}), table, *partitions]).files.values()
    assert "MSCK REPAIR TABLE `sales`.`t`;" in text
    assert "PARTITION (`d` = '2') LOCATION 's3://else/where';" in text
    assert "'1'" not in text


def test_views_stand_behind_the_views_that_they_read() -> None:
    files = converted(
        glue("t", {"a": "int"}),
        view("a_view", "SELECT a FROM b_view ORDER BY a"),
        view("b_view", "SELECT a / 2 AS a FROM sales.t"),
        {
            "Name": "h",
            "DatabaseName": "sales",
            "TableType": "VIRTUAL_VIEW",
            "ViewOriginalText": "select a + 1 as b from t",
        },
    )
    use, first, second = files["glue_catalog/views/athena.sql"]
    assert use == "USE main.sales"
    assert "VIEW main.sales.b_view" in first
    assert "a DIV 2 AS a" in first
    assert "FROM main.sales.b_view" in second
    assert "NULLS LAST" in second
    assert files["glue_catalog/views/hive.sql"][1].endswith("select a + 1 as b from main.sales.t")


def test_a_view_that_cannot_be_read_and_a_resource_link_are_told() -> None:
    broken = view("v", "SELECT 1") | {"ViewOriginalText": "/* Presto View: ?? */"}
    link = {"Name": "l", "DatabaseName": "sales", "TargetTable": {"DatabaseName": "other", "Name": "x"}}
    refused = {refusal.where: refusal.message for refusal in made(broken, link).refusals}
    assert "cannot be read" in refused["sales.v"]
    assert "other.x" in refused["sales.l"]


@pytest.mark.integration
def test_files_that_differ_in_their_ending_alone_are_both_written(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    for name in ("q.sql", "q.hql", "p.ddl"):
        (source / name).write_text(f"USE {name[0]}_{name[2:]};\n")
    migrate(str(source), tmp_path / "out", Settings(home=tmp_path / "home", tracing=False))
    written = {file.name: file.read_text() for file in (tmp_path / "out" / "ddl").iterdir()}
    assert written == {
        "q.sql": "USE main.q_sql;\n",
        "q.hql.sql": "USE main.q_hql;\n",
        "p.sql": "USE main.p_ddl;\n",
    }


@pytest.mark.integration
def test_migrate_writes_the_ddl_of_a_dump(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "q.hql").write_text("SELECT a + 1 FROM sales.t;\n")
    dump = tmp_path / "dump.json"
    link = {"Name": "l", "DatabaseName": "sales", "TargetTable": {"DatabaseName": "other", "Name": "x"}}
    dump.write_text(json.dumps({"TableList": [glue("t", {"a": "int"}), link]}))
    settings = Settings(catalog_dump=dump, home=tmp_path / "home", tracing=False, catalog="lake")
    run = migrate(str(tmp_path / "source"), tmp_path / "out", settings)
    written = (tmp_path / "out" / "ddl" / "glue_catalog" / "tables" / "sales.sql").read_text()
    assert "CREATE TABLE IF NOT EXISTS lake.sales.t" in written
    # The dump says that `a` is an int, so the query of the other file is proven.
    assert (tmp_path / "out" / "ddl" / "q.sql").read_text() == "SELECT a + 1 FROM lake.sales.t;\n"
    told = [finding.message for file in run.report.files for finding in file.findings]
    assert any("resource link" in message for message in told)
