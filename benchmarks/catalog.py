"""Scan a large Data Catalog (made in moto) with bounded memory, and check a thousand tables for drift.

python benchmarks/catalog.py [--tables 10000] [--drift 1000]
"""

import argparse
import json
import os
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

from glue2lakehouse.orchestrator.drift import check_drift
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, open_store
from glue2lakehouse.tools.catalog import Column, Table, scan_glue, write_scan

COLUMNS = [{"Name": f"column_{number}", "Type": "decimal(10,2)", "Comment": "as found"} for number in range(30)]
PAGE = 100


class Paged:
    """moto answers GetTables with all tables at once; AWS with at most 100 a page, which this puts in between."""

    def __init__(self, client: Any) -> None:
        self.client, self.meta, self.calls = client, client.meta, 0
        self.kept: dict[str, list[Any]] = {}

    def __getattr__(self, name: str) -> Any:
        def call(**arguments: Any) -> Any:
            self.calls += 1
            start = int(arguments.pop("NextToken", 0))
            if name != "get_tables":
                return getattr(self.client, name)(**arguments)
            database = arguments["DatabaseName"]
            if database not in self.kept:
                self.kept = {database: getattr(self.client, name)(**arguments)["TableList"]}
            listed = self.kept[database]
            following = {"NextToken": str(start + PAGE)} if len(listed) > start + PAGE else {}
            return {"TableList": listed[start : start + PAGE]} | following

        return call


def fill(client: Any, tables: int) -> None:
    """Make databases of 500 tables each."""
    for number in range(tables):
        database = f"db_{number // 500:03}"
        if number % 500 == 0:
            client.create_database(DatabaseInput={"Name": database})
        storage = {
            "Columns": COLUMNS,
            "Location": f"s3://lake/{database}/t{number}/",
            "SerdeInfo": {"SerializationLibrary": "org.apache.hadoop.hive.ql.io.parquet.serde.ParquetHiveSerDe"},
        }
        given = {"Name": f"t{number:05}", "TableType": "EXTERNAL_TABLE", "StorageDescriptor": storage}
        client.create_table(DatabaseName=database, TableInput=given)


def scan_all(tables: int) -> None:
    """Measure the scan; a tenth of the tables shows whether memory grows with their number."""
    import boto3
    from moto import mock_aws

    os.environ |= {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}
    with mock_aws(), tempfile.TemporaryDirectory() as folder:
        client = boto3.client("glue", region_name="eu-west-1")
        begun = time.perf_counter()
        fill(client, tables)
        print(
            f"{tables} tables of {len(COLUMNS)} columns made in moto: {time.perf_counter() - begun:.0f} s", flush=True
        )
        paged, out = Paged(client), Path(folder, "catalog.jsonl")
        begun = time.perf_counter()
        count = write_scan("moto", lambda start: scan_glue(paged, start), out)
        seconds = time.perf_counter() - begun
        size = out.stat().st_size / 1e6
        peak = traced(client, out.with_name("traced.jsonl"))
        print(
            f"scanned {count} items in {paged.calls} calls: {seconds:.1f} s with moto's share, {size:.0f} MB written, "
            f"peak memory {peak:.1f} MB above what moto keeps",
            flush=True,
        )


def traced(client: Any, out: Path) -> float:
    """Scan once more and return the most that Python held for it at once, in MB; one database's raw answer is part of it."""
    tracemalloc.start()
    write_scan("traced", lambda start: scan_glue(Paged(client), start), out)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    return peak


def drift_of(tables: int) -> None:
    """Check a catalog of which every tenth table has changed, into an empty store, and once more."""
    columns = tuple(Column(name=each["Name"], type=each["Type"]) for each in COLUMNS)
    known = [Table(database="db", name=f"t{number:05}", columns=columns) for number in range(tables)]
    moved = (*columns[1:], Column(name="new", type="int"))
    present = [
        table.model_copy(update={"columns": moved}) if number % 10 == 0 else table for number, table in enumerate(known)
    ]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        for name, listed in (("known", known), ("present", present)):
            Path(home, f"{name}.jsonl").write_text("".join(table.model_dump_json() + "\n" for table in listed))
        store = open_store(home)
        store.put(MigrationProject(project_id="p", project_name="p"))
        for which in ("first", "second"):
            begun = time.perf_counter()
            made = check_drift(store, Settings(), "p", home / "present.jsonl", known=home / "known.jsonl")
            seconds = time.perf_counter() - begun
            print(
                f"drift of {made.tables} tables, {which} check: {seconds:.2f} s, {len(made.open)} open, {made.new} new"
            )


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--tables", type=int, default=10_000)
    parser.add_argument("--drift", type=int, default=1_000)
    chosen = parser.parse_args()
    print(json.dumps({"cores": os.cpu_count(), "tables": chosen.tables}))
    drift_of(chosen.drift)
    for tables in (chosen.tables // 10, chosen.tables):
        scan_all(tables)


if __name__ == "__main__":
    main()
