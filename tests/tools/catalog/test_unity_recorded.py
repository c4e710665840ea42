"""The scanner on answers of the open-source Unity Catalog server: from a recording, and from a live one where there is one.

`recorded/unity_catalog.yaml` holds what server v0.6.0 answered to this scan, with its identities, times and folders taken out.
`pytest -m live_uc --record-unity tests/tools/catalog/test_unity_recorded.py` writes it anew.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from glue2lakehouse.errors import CatalogError
from glue2lakehouse.tools.catalog import Database, Item, Table, scan_unity_catalog, unity_client

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.slow
RECORDING = Path(__file__).parent / "recorded" / "unity_catalog.yaml"
UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
NOWHERE = "http://127.0.0.1:9"
ID = json.dumps({"name": "id", "type": "integer", "nullable": True, "metadata": {}})
MADE = (
    "CREATE SCHEMA {c}.shop COMMENT 'what the shop sells'",
    "CREATE SCHEMA {c}.bare",
    """CREATE TABLE {c}.shop.orders (
        order_id BIGINT NOT NULL COMMENT 'from the till', amount DECIMAL(12,2), tags ARRAY<STRING>,
        buyer STRUCT<name: STRING, since: DATE>, extra MAP<STRING, INT>, at TIMESTAMP, local_at TIMESTAMP_NTZ, day DATE
       ) USING delta PARTITIONED BY (day) COMMENT 'one row an order' TBLPROPERTIES ('team' = 'sales')""",
    """CREATE TABLE {c}.shop.clicks (visitor STRING, page STRUCT<path: STRING, ms: INT>, at TIMESTAMP)
        USING delta CLUSTER BY (visitor, page.path)""",
    "CREATE TABLE {c}.shop.landed (id INT, `größe` VARCHAR(5)) USING parquet PARTITIONED BY (id) LOCATION '{lake}/landed'",
    "CREATE TABLE {c}.shop.outside (id INT NOT NULL, day DATE) USING delta PARTITIONED BY (day) LOCATION '{lake}/outside'",
    "CREATE VIEW {c}.shop.large AS SELECT order_id, amount * 2 AS twice FROM {c}.shop.orders WHERE amount > 100",
)


@contextmanager
def replayed(mode: str) -> Iterator[None]:
    import vcr

    recorder = vcr.VCR(
        match_on=["method", "path", "query"],
        record_mode=mode,
        before_record_request=without_identity,
        before_record_response=without_machine,
        decode_compressed_response=True,
    )
    with recorder.use_cassette(str(RECORDING), allow_playback_repeats=True):
        yield


def without_identity(request: Any) -> Any:
    request.headers = {}
    request.uri = re.sub(r"^https?://[^/]+", NOWHERE, request.uri)
    return request


def without_machine(response: Any) -> Any:
    """Take out what tells of the machine and the moment; the names and values that the scan reads stay."""
    text = response["body"]["string"].decode()
    text = re.sub(r'"(created_at|updated_at)":\d+', r'"\1":null', text)
    text = re.sub(r'"owner":"[^"]*"', '"owner":"somebody"', text)
    known: dict[str, str] = {}
    text = re.sub(UUID, lambda m: known.setdefault(m[0], f"00000000-0000-4000-8000-{len(known):012}"), text)
    text = re.sub(r"file:[^\"]*?/(?=lake/)", "file:///", text)
    text = re.sub(r"file:[^\"]*?/__unitystorage/[^\"]*", "file:///managed", text)
    response["headers"] = {"content-type": response["headers"].get("content-type", ["application/json"])}
    response["body"]["string"] = text.encode()
    return response


@pytest.fixture(params=["recorded", pytest.param("live", marks=[pytest.mark.live_uc, pytest.mark.spark])])
def items(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[Item]:
    """What a scan of the catalog finds."""
    monkeypatch.setenv("DATABRICKS_TOKEN", "none")
    if request.param == "recorded":
        with replayed("none"):
            return scanned(unity_client(NOWHERE), "recorded")
    server, spark = request.getfixturevalue("unity_server"), request.getfixturevalue("unity_spark")
    make(spark, server.catalog, tmp_path)
    try:
        return live(server, request.config.getoption("--record-unity"))
    finally:
        for schema in ("shop", "bare"):
            server.call("DELETE", f"schemas/{server.catalog}.{schema}?force=true")


def make(spark: "SparkSession", catalog: str, folder: Path) -> None:
    for statement in MADE:
        spark.sql(statement.format(c=catalog, lake=(folder / "lake").as_uri()))


def live(server: Any, record: bool) -> list[Item]:
    if not record:
        return scanned(unity_client(server.host), server.catalog)
    RECORDING.unlink(missing_ok=True)
    with replayed("all"):
        found = scanned(unity_client(server.host), server.catalog)
    RECORDING.write_text(RECORDING.read_text().replace(server.catalog, "recorded"))
    return found


def scanned(client: Any, catalog: str) -> list[Item]:
    return [item for page in scan_unity_catalog(client, catalog) for item in page.items]


def tables(items: list[Item]) -> dict[str, Table]:
    return {item.name: item for item in items if isinstance(item, Table)}


def test_every_schema_and_table_is_found(items: list[Item]) -> None:
    assert [(item.name, item.comment) for item in items if isinstance(item, Database)] == [
        ("bare", ""),
        ("shop", "what the shop sells"),
    ]
    found = tables(items)
    assert {name: (table.table_kind, table.format) for name, table in found.items()} == {
        "clicks": ("managed", "delta"),
        "landed": ("external", "parquet"),
        "large": ("view", ""),
        "orders": ("managed", "delta"),
        "outside": ("external", "delta"),
    }


def test_a_managed_table_has_its_columns_keys_comments_and_properties(items: list[Item]) -> None:
    orders = tables(items)["orders"]
    assert [(column.name, column.type) for column in orders.columns] == [
        ("order_id", "bigint"),
        ("amount", "decimal(12,2)"),
        ("tags", "array<string>"),
        ("buyer", "struct<name:string,since:date>"),
        ("extra", "map<string,int>"),
        ("at", "timestamp"),
        ("local_at", "timestamp_ntz"),
        ("day", "date"),
    ]
    first = orders.columns[0]
    assert (first.nullable, first.comment) == (False, "from the till")
    assert [key.name for key in orders.partition_keys] == ["day"]
    assert (orders.comment, orders.properties["team"]) == ("one row an order", "sales")


def test_clustering_columns_are_told_by_the_names_that_people_use(items: list[Item]) -> None:
    # The server stores them as the physical names of Delta's column mapping.
    assert tables(items)["clicks"].clustering == ("visitor", "page.path")


def test_an_external_delta_table_is_listed_without_columns_and_never_taken_for_one_that_has_none(
    items: list[Item], request: pytest.FixtureRequest
) -> None:
    outside = tables(items)["outside"]
    live_one = "live" in request.node.name
    # The recording's folder is not on this machine; the live one's Delta log is.
    assert outside.columns_known is live_one
    assert [column.name for column in outside.columns] == (["id", "day"] if live_one else [])
    assert [key.name for key in outside.partition_keys] == (["day"] if live_one else [])


def test_a_view_keeps_its_query(items: list[Item]) -> None:
    assert "amount * 2" in tables(items)["large"].view_text


def test_the_recording_tells_nothing_of_the_machine_that_made_it() -> None:
    text = RECORDING.read_text()
    assert not re.search(r"/tmp|\"root|/root|/home|authorization|user-agent", text, re.IGNORECASE)
    assert all(found.startswith("00000000-") for found in re.findall(UUID, text))
    assert json.dumps(NOWHERE)[1:-1] in text


@pytest.mark.live_uc
def test_a_schema_of_many_pages_is_read_whole(unity_server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "none")
    catalog, call = unity_server.catalog, unity_server.call
    call("POST", "schemas", name="many", catalog_name=catalog)
    for number in range(1200):
        column = {"name": "id", "type_text": "int", "type_name": "INT", "type_json": ID, "position": 0}
        place = {"storage_location": f"file:///lake/{number}", "columns": [column]}
        named = {"name": f"t{number}", "catalog_name": catalog, "schema_name": "many"}
        call("POST", "tables", table_type="EXTERNAL", data_source_format="PARQUET", **named, **place)
    found = tables(scanned(unity_client(unity_server.host), catalog))
    assert found.keys() == {f"t{number}" for number in range(1200)}
    call("DELETE", f"schemas/{catalog}.many?force=true")


@pytest.mark.live_uc
def test_a_catalog_that_the_server_does_not_have_is_one_line(
    unity_server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "none")
    with pytest.raises(CatalogError, match=r"^catalog nope: [^\n]*not found[^\n]*$"):
        list(scan_unity_catalog(unity_client(unity_server.host), "nope"))
