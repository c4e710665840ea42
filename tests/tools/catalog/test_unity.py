"""Scanning Unity Catalog with the real SDK against a local server that answers as the open-source one does."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.catalog import Database, Refusal, Table, scan_unity_catalog, unity_client

# Importing the SDK alone takes seconds.
pytestmark = pytest.mark.slow
COLUMNS = [
    {"name": "id", "type_text": "bigint", "type_name": "LONG", "nullable": False, "position": 0},
    {"name": "day", "type_text": "date", "type_name": "DATE", "nullable": True, "partition_index": 0, "position": 1},
]
TABLES = {
    "sales": [
        {
            "name": "orders",
            "table_type": "MANAGED",
            "data_source_format": "DELTA",
            "columns": COLUMNS,
            "properties": {"clusteringColumns": '[["id"],["a","b"]]'},
        },
        {"name": "bare", "table_type": "EXTERNAL", "data_source_format": "DELTA", "storage_location": "s3://x/bare"},
    ],
    "empty": [],
}


class Answers(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        status, body = 200, {}
        if url.path.endswith("/schemas"):
            if query["catalog_name"] != ["main"]:
                status, body = 404, {"error_code": "CATALOG_DOES_NOT_EXIST", "message": "no such catalog"}
            else:
                names = [*TABLES, "closed", "information_schema"]
                body = {"schemas": [{"name": name, "catalog_name": "main"} for name in names]}
        elif url.path.endswith("/tables"):
            schema = query["schema_name"][0]
            if schema == "closed":
                status, body = 403, {"error_code": "PERMISSION_DENIED", "message": "not yours"}
            else:
                body = {"tables": self.server.tables[schema]}  # type: ignore[attr-defined]
        else:
            status = 404
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture
def server() -> Iterator[ThreadingHTTPServer]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    made.tables = {name: list(tables) for name, tables in TABLES.items()}  # type: ignore[attr-defined]
    thread = threading.Thread(target=made.serve_forever, args=(0.01,))
    thread.start()
    yield made
    made.shutdown()
    thread.join()
    made.server_close()


@pytest.fixture
def client(server: ThreadingHTTPServer, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("DATABRICKS_TOKEN", "none")
    return unity_client(f"http://127.0.0.1:{server.server_port}")


def scanned(client: Any, **more: Any) -> list[Any]:
    return [item for page in scan_unity_catalog(client, "main", **more) for item in page.items]


def test_schemas_and_tables_are_read_although_the_server_leaves_out_full_names(client: Any) -> None:
    items = scanned(client)
    assert [item.name for item in items if isinstance(item, Database)] == ["closed", "empty", "sales"]
    orders, bare = [item for item in items if isinstance(item, Table)]
    assert orders.full_name == "sales.orders"
    assert [(c.name, c.type, c.nullable) for c in orders.all_columns] == [
        ("id", "bigint", False),
        ("day", "date", True),
    ]
    assert [key.name for key in orders.partition_keys] == ["day"]
    assert orders.clustering == ("id", "a.b")
    assert (bare.columns, bare.columns_known) == ((), False)


def test_a_schema_that_may_not_be_listed_is_told(client: Any) -> None:
    (refused,) = [item for item in scanned(client) if isinstance(item, Refusal)]
    assert refused.where == "main.closed"


def test_columns_that_the_server_does_not_know_come_from_the_delta_log(
    client: Any, server: ThreadingHTTPServer, tmp_path: Path
) -> None:
    import pyarrow as pa
    from deltalake import write_deltalake

    table = pa.table({"id": [1], "tags": [["a"]], "day": ["d"]})
    write_deltalake(str(tmp_path / "t"), table, partition_by=["day"])
    server.tables["empty"].append(  # type: ignore[attr-defined]
        {
            "name": "t",
            "table_type": "EXTERNAL",
            "data_source_format": "DELTA",
            "storage_location": f"file://{tmp_path}/t",
        }
    )
    found = next(item for item in scanned(client) if isinstance(item, Table) and item.name == "t")
    assert [(column.name, column.type) for column in found.columns] == [
        ("id", "long"),
        ("tags", "array<string>"),
        ("day", "string"),
    ]
    assert [key.name for key in found.partition_keys] == ["day"]


def test_a_scan_goes_on_after_the_last_schema_that_was_kept(client: Any) -> None:
    pages = list(scan_unity_catalog(client, "main"))
    rest = scanned(client, start=pages[0].after)
    assert rest == [item for page in pages[1:] for item in page.items]


def test_a_catalog_that_is_not_there_is_one_line(client: Any) -> None:
    with pytest.raises(CatalogError, match="catalog nope: no such catalog"):
        list(scan_unity_catalog(client, "nope"))
