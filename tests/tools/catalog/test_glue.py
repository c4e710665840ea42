"""Scanning the Data Catalog: moto stands in for AWS; a client that cuts off stands in for a lost network."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.errors import CatalogError, SourceNotFound
from glue2lakehouse.tools.catalog import (
    Connection,
    Crawler,
    Database,
    Partition,
    Refusal,
    Table,
    read_scan,
    scan_glue,
    write_scan,
)

pytestmark = pytest.mark.integration

PARQUET = {
    "Location": "s3://lake/sales/",
    "InputFormat": "org.apache.hadoop.hive.ql.io.parquet.MapredParquetInputFormat",
    "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
    "Columns": [{"Name": "id", "Type": "bigint"}, {"Name": "amount", "Type": "decimal(10,2)", "Comment": "gross"}],
}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    import boto3
    from moto import mock_aws

    with pytest.MonkeyPatch.context() as environment, mock_aws():
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            environment.setenv(name, "testing")
        environment.delenv("AWS_PROFILE", raising=False)
        made = boto3.client("glue", region_name="eu-west-1")
        fill(made)
        yield made


def fill(client: Any) -> None:
    for database in ("raw", "sales"):
        client.create_database(DatabaseInput={"Name": database, "Description": f"about {database}"})
        for number in range(5):
            client.create_table(
                DatabaseName=database,
                TableInput={
                    "Name": f"t{number}",
                    "TableType": "EXTERNAL_TABLE",
                    "PartitionKeys": [{"Name": "day", "Type": "date"}],
                    "Parameters": {"classification": "parquet", "recordCount": "12", "sizeKey": "3400"},
                    "StorageDescriptor": PARQUET,
                },
            )
    for day in ("2024-01-01", "2024-01-02", "2024-01-03"):
        storage = PARQUET | {"Location": f"s3://lake/sales/day={day}/"}
        values = {"Values": [day], "StorageDescriptor": storage}
        client.create_partition(DatabaseName="sales", TableName="t1", PartitionInput=values)
    properties = {
        "JDBC_CONNECTION_URL": "jdbc:postgresql://db:5432/x?user=me&password=hunter2",
        "USERNAME": "me",
        "PASSWORD": "hunter2",
    }
    client.create_connection(
        ConnectionInput={"Name": "warehouse", "ConnectionType": "JDBC", "ConnectionProperties": properties}
    )
    client.create_crawler(
        Name="crawl", Role="r", DatabaseName="raw", Targets={"S3Targets": [{"Path": "s3://lake/raw/"}]}
    )


class Cut:
    """A client whose pages are small and whose network goes away after some calls; small pages are what moto lacks."""

    def __init__(self, client: Any, calls: int) -> None:
        self.client, self.left, self.meta = client, calls, client.meta
        self.made: list[tuple[str, str]] = []

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            if self.left == 0:
                raise ConnectionError("cut off")
            self.left -= 1
            self.made.append((name, arguments.get("TableName") or arguments.get("DatabaseName", "")))
            start = int(arguments.pop("NextToken", 0))
            answer = getattr(self.client, name)(**arguments)
            key = next((key for key, value in answer.items() if isinstance(value, list)), "")
            if not key:
                return answer
            following = {"NextToken": str(start + 2)} if len(answer[key]) > start + 2 else {}
            return {key: answer[key][start : start + 2]} | following

        return call


def keys(items: Any) -> list[str]:
    return [item.model_dump_json() for item in items]


def test_a_catalog_is_read_with_types_partitions_sizes_and_formats(client: Any, tmp_path: Path) -> None:
    out = tmp_path / "catalog.jsonl"
    count = write_scan("aws", lambda start: scan_glue(client, start), out)
    items = list(read_scan(out))
    assert len(items) == count
    tables = {item.full_name: item for item in items if isinstance(item, Table)}
    assert len(tables) == 10
    table = tables["sales.t1"]
    assert (table.format, table.table_kind, table.location) == ("parquet", "external", "s3://lake/sales/")
    assert [(column.name, column.type) for column in table.all_columns][-1] == ("day", "date")
    assert (table.statistics.rows, table.statistics.bytes) == (12, 3400)
    assert [item.values for item in items if isinstance(item, Partition)] == [
        ("2024-01-01",),
        ("2024-01-02",),
        ("2024-01-03",),
    ]
    assert [item.name for item in items if isinstance(item, Database)] == ["raw", "sales"]
    assert [item.targets for item in items if isinstance(item, Crawler)] == [("s3://lake/raw/",)]


def test_no_password_of_a_connection_is_kept(client: Any, tmp_path: Path) -> None:
    out = tmp_path / "catalog.jsonl"
    write_scan("aws", lambda start: scan_glue(client, start), out)
    (found,) = [item for item in read_scan(out) if isinstance(item, Connection)]
    assert found.properties == {"JDBC_CONNECTION_URL": "jdbc:postgresql://db:5432/x?user=…&password=…"}
    assert "hunter2" not in out.read_text()


@pytest.mark.parametrize("cut_after", [2, 7, 9, 15])
def test_a_scan_that_was_cut_anywhere_goes_on_and_nothing_is_lost_or_doubled(
    client: Any, tmp_path: Path, cut_after: int
) -> None:
    whole = tmp_path / "whole.jsonl"
    write_scan("aws", lambda start: scan_glue(Cut(client, 999), start), whole)
    out = tmp_path / "catalog.jsonl"
    with contextlib.suppress(ConnectionError):
        write_scan("aws", lambda start: scan_glue(Cut(client, cut_after), start), out)
    if out.with_name("catalog.jsonl.cursor").exists():
        with pytest.raises(SourceNotFound, match="cut short"):
            list(read_scan(out))
    again = Cut(client, 999)
    write_scan("aws", lambda start: scan_glue(again, start), out)
    assert sorted(keys(read_scan(out))) == sorted(keys(read_scan(whole)))
    assert len(again.made) < 40


def test_a_scan_that_fails_leaves_the_last_complete_one_alone(client: Any, tmp_path: Path) -> None:
    out = tmp_path / "catalog.jsonl"
    write_scan("aws", lambda start: scan_glue(client, start), out)
    before = out.read_bytes()
    with pytest.raises(ConnectionError):
        write_scan("aws", lambda start: scan_glue(Cut(client, 3), start), out)
    assert out.read_bytes() == before


def test_what_aws_refuses_is_told_and_the_rest_is_read(client: Any) -> None:
    class Closed(Cut):
        def __getattr__(self, name: str) -> Any:
            from botocore.exceptions import ClientError

            def call(**arguments: Any) -> Any:
                if arguments.get("DatabaseName") == "raw":
                    raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "hidden"}}, name)
                return getattr(self.client, name)(**arguments)

            return call

    items = [item for page in scan_glue(Closed(client, 0)) for item in page.items]
    refused = [item for item in items if isinstance(item, Refusal)]
    assert any("get_tables raw" in item.where and "glue:GetTables" in item.action for item in refused)
    assert {item.database for item in items if isinstance(item, Table)} == {"sales"}


def test_a_page_token_that_aws_no_longer_takes_says_what_to_do(client: Any) -> None:
    from glue2lakehouse.tools.catalog import Position

    class Forgetful(Cut):
        def __getattr__(self, name: str) -> Any:
            from botocore.exceptions import ClientError

            def call(**arguments: Any) -> Any:
                if "NextToken" in arguments:
                    raise ClientError({"Error": {"Code": "InvalidInputException", "Message": "expired"}}, name)
                return getattr(self.client, name)(**arguments)

            return call

    with pytest.raises(CatalogError, match=r"delete the \.cursor file"):
        list(scan_glue(Forgetful(client, 0), Position(stage="tables", database="sales", token="old")))
