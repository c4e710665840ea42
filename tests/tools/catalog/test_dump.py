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


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
@pytest.mark.parametrize("suffix", [".json", ".jsonl"])
def test_what_powershell_wrote_is_read(encoding: str, suffix: str, tmp_path: Path) -> None:
    page = json.dumps({"TableList": [TABLE | {"Name": "größe"}]}, ensure_ascii=False)
    file = tmp_path / f"tables{suffix}"
    file.write_bytes(f"{page}\r\n{page}\r\n".encode(encoding))
    assert [item.name for item in scan_dump(file) if isinstance(item, Table)] == ["größe", "größe"]


def test_a_page_that_was_appended_with_its_byte_order_mark_is_read(tmp_path: Path) -> None:
    file = tmp_path / "tables.json"
    file.write_bytes(json.dumps({"TableList": [TABLE]}).encode("utf-8-sig") * 2)
    assert [item.kind for item in scan_dump(file)] == ["table", "table"]


def pages(folder: Path, *answers: dict[str, object]) -> list[str]:
    """The kinds of items of answers, first in one file, and the same in a file each."""
    (folder / "one").mkdir()
    (folder / "each").mkdir()
    (folder / "one" / "all.json").write_text("\n".join(map(json.dumps, answers)))
    for number, answer in enumerate(answers):
        (folder / "each" / f"{number}.json").write_text(json.dumps(answer))
    one, each = ([item.kind for item in scan_dump(folder / name)] for name in ("one", "each"))
    assert one == each
    return one


def test_an_export_that_stops_after_a_page_is_not_taken_for_the_whole(tmp_path: Path) -> None:
    first = {"TableList": [TABLE], "NextToken": "abc"}
    other = {"TableList": [TABLE | {"DatabaseName": "raw"}]}
    assert pages(tmp_path, first, other) == ["table", "table", "refusal"]


def test_pages_that_reach_the_end_are_the_whole(tmp_path: Path) -> None:
    crawlers = [{"Crawlers": [{"Name": name, "DatabaseName": name}]} for name in ("a", "b")]
    answers = [
        {"TableList": [TABLE], "NextToken": "abc"},
        {"TableList": []},
        crawlers[0] | {"NextToken": "x"},
        crawlers[1],
    ]
    assert pages(tmp_path, *answers) == ["table", "crawler", "crawler"]


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("jdbc:oracle:thin:scott/s3cret@//db:1521/orcl", "jdbc:oracle:thin:…@//db:1521/orcl"),
        ("jdbc:oracle:thin:@db:1521:orcl", "jdbc:oracle:thin:@db:1521:orcl"),
        ("jdbc:mysql://root:s3/cret@db:3306/x", "jdbc:mysql://…@db:3306/x"),
        ("mongodb+srv://user:s3@cret@db/x", "mongodb+srv://…@db/x"),
        ("mongodb://user:s3?cret@db/x", "mongodb://…"),
        ("jdbc:sqlserver://db:1433;databaseName=x;password=s3@cret", "jdbc:sqlserver://…"),
        ("jdbc:sqlserver://db:1433;databaseName=x;user=sa;password={s3;cret}", "jdbc:sqlserver://db:1433;databaseName=x;user=…;password=…"),
        ("jdbc:redshift://db:5439/x?user=me&password=s3&cret=1&ssl=true", "jdbc:redshift://db:5439/x?user=…&password=…&ssl=true"),
        ("jdbc:postgresql://db:5432/x", "jdbc:postgresql://db:5432/x"),
    ],
)  # fmt: skip
def test_no_part_of_a_password_is_kept_whatever_it_is_made_of(given: str, kept: str, tmp_path: Path) -> None:
    place = {"JDBC_CONNECTION_URL": given, "PASSWORD": "s3cret", "ENCRYPTED_PASSWORD": "s3cret", "USERNAME": "me"}
    file = tmp_path / "connections.json"
    file.write_text(json.dumps({"ConnectionList": [{"Name": "c", "ConnectionProperties": place}]}))
    (found,) = scan_dump(file)
    assert found.properties == {"JDBC_CONNECTION_URL": kept}  # type: ignore[union-attr]
    assert "s3" not in found.model_dump_json()
    assert "cret" not in found.model_dump_json()


def test_a_secret_among_the_properties_of_a_table_is_not_kept(tmp_path: Path) -> None:
    file = tmp_path / "tables.json"
    given = {"jdbc.password": "s3cret", "aws_secret_access_key": "s3cret", "classification": "csv"}
    file.write_text(json.dumps({"TableList": [TABLE | {"Parameters": given}]}))
    (table,) = scan_dump(file)
    assert isinstance(table, Table)
    assert table.properties == {"jdbc.password": "…", "aws_secret_access_key": "…", "classification": "csv"}


def test_each_kind_of_target_of_a_crawler_is_told_by_name(tmp_path: Path) -> None:
    targets = {
        "S3Targets": [{"Path": "s3://x"}],
        "JdbcTargets": [{"ConnectionName": "c", "Path": "db/%"}],
        "CatalogTargets": [{"DatabaseName": "raw", "Tables": ["a", "b"]}],
        "DeltaTargets": [{"DeltaTables": ["s3://d"]}],
        "IcebergTargets": [{"Paths": ["s3://i"]}],
    }
    file = tmp_path / "crawlers.json"
    file.write_text(json.dumps({"Crawlers": [{"Name": "c", "Targets": targets}]}))
    (found,) = scan_dump(file)
    assert found.targets == ("s3://x", "db/%", "raw.a", "raw.b", "s3://d", "s3://i")  # type: ignore[union-attr]


def test_a_table_of_a_stream_has_no_files_whatever_its_classification_says(tmp_path: Path) -> None:
    given = {"typeOfData": "kinesis", "streamARN": "arn:aws:kinesis:eu-west-1:1:stream/clicks"}
    storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": "clicks", "Parameters": given}
    file = tmp_path / "tables.json"
    file.write_text(
        json.dumps({"TableList": [TABLE | {"StorageDescriptor": storage, "Parameters": {"classification": "json"}}]})
    )
    (table,) = scan_dump(file)
    assert isinstance(table, Table)
    assert table.format == "stream"
