"""Exported catalogs: what the AWS command line prints, alone, appended, in folders, and broken."""

import json
from pathlib import Path

import pytest

from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.tools.catalog import Classifier, Partition, Refusal, Table, read_scan, scan_dump
from glue2lakehouse.tools.catalog.glue_shapes import format_of

TABLE = {
    "Name": "orders",
    "DatabaseName": "sales",
    "TableType": "EXTERNAL_TABLE",
    "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "int"}], "Location": "s3://x/orders"},
}


def test_pages_that_were_appended_to_one_file_are_all_read(tmp_path: Path) -> None:
    pages = [{"TableList": [TABLE | {"Name": f"t{number}"}]} for number in range(3)]
    file = tmp_path / "tables.json"
    file.write_text("\n".join(json.dumps(page, indent=2) for page in pages))
    assert [item.name for item in scan_dump(file) if isinstance(item, Table)] == ["t0", "t1", "t2"]


def test_a_folder_of_answers_is_one_catalog(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "table.json").write_text(json.dumps({"Table": TABLE}))
    (tmp_path / "partitions.json").write_text(
        json.dumps({"Partitions": [{"DatabaseName": "sales", "TableName": "orders", "Values": ["1"]}]})
    )
    (tmp_path / "classifiers.json").write_text(json.dumps({"Classifiers": [{"CsvClassifier": {"Name": "c"}}]}))
    items = list(scan_dump(tmp_path))
    assert [type(item) for item in items] == [Table, Classifier, Partition]


def test_a_file_that_breaks_off_is_told_with_its_line_and_the_others_are_read(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text(json.dumps({"TableList": [TABLE]})[:-5])
    (tmp_path / "2.json").write_text(json.dumps({"TableList": [TABLE]}))
    refused, table = scan_dump(tmp_path)
    assert isinstance(refused, Refusal)
    assert "1.json:1" in refused.where
    assert isinstance(table, Table)


@pytest.mark.parametrize("content", ["{}", "[]", '{"Jobs": []}', "7"])
def test_a_file_that_is_no_catalog_is_told(tmp_path: Path, content: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(content)
    assert isinstance(next(scan_dump(file)), Refusal)


def test_a_table_without_a_name_or_a_database_is_told_not_dropped(tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    nameless = {key: value for key, value in TABLE.items() if key != "Name"}
    homeless = {key: value for key, value in TABLE.items() if key != "DatabaseName"}
    file.write_text(json.dumps({"TableList": [nameless, homeless, TABLE]}))
    assert [item.kind for item in scan_dump(file)] == ["refusal", "refusal", "table"]


def test_what_scan_wrote_is_read_back(tmp_path: Path) -> None:
    from glue2lakehouse.tools.catalog import Page, Position, write_scan

    file = tmp_path / "scan.jsonl"
    table = Table(database="sales", name="orders")
    write_scan("x", lambda _: [Page((table,), Position(stage="tables"))], file)
    assert list(scan_dump(file)) == [table] == list(read_scan(file))


def test_a_dump_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound):
        list(scan_dump(tmp_path / "nowhere"))


@pytest.mark.parametrize(
    ("storage", "properties", "format_"),
    [
        ({}, {"table_type": "ICEBERG"}, "iceberg"),
        ({}, {"spark.sql.sources.provider": "delta", "classification": "parquet"}, "delta"),
        ({"SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.serde2.OpenCSVSerde"}}, {}, "csv"),
        ({"SerdeInfo": {"SerializationLibrary": "org.openx.data.jsonserde.JsonSerDe"}}, {}, "json"),
        ({"SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.orc.OrcSerde"}}, {}, "orc"),
        ({}, {"classification": "dynamodb"}, "dynamodb"),
        ({}, {}, "unknown"),
    ],
)
def test_the_format_is_what_the_table_says(
    storage: dict[str, object], properties: dict[str, str], format_: str
) -> None:
    assert format_of(storage, properties) == format_
