"""Comparisons in the store: every check a row, every verdict with its destination."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from glue2lakehouse.orchestrator.comparing import compare_project
from glue2lakehouse.store import ColumnInfo, DestinationEntity, SourceEntity, ValidationResult, open_store
from glue2lakehouse.tools.compare.plan import Plan

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = pytest.mark.spark


def entity(name: str, place: Path, kind: str = "parquet") -> tuple[SourceEntity, DestinationEntity]:
    common: dict[str, Any] = {"project_id": "p", "entity_type": "table", "entity_name": f"raw.{name}"}
    source = SourceEntity(entity_id=name, s3_path=str(place), format=kind, **common)
    target = f"spark_catalog.silver.{name}"
    return source, DestinationEntity(dest_entity_id=f"d-{name}", source_entity_id=name, full_uc_name=target, **common)


def test_each_table_gets_its_checks_and_its_verdict(spark: "SparkSession", tmp_path: Path) -> None:
    spark.sql("CREATE DATABASE silver")
    rows = spark.sql("SELECT id, id * 2 twice FROM range(50)")
    rows.write.parquet(str(tmp_path / "same"))
    rows.write.saveAsTable("silver.same", format="delta")
    rows.where("id <> 7").write.saveAsTable("silver.less", format="delta")
    store = open_store(tmp_path / "home")
    pairs = [
        entity("same", tmp_path / "same"),
        entity("less", tmp_path / "same"),
        entity("text", tmp_path / "same", "csv"),
        entity("gone", tmp_path / "nowhere"),
    ]
    store.put(*(row for pair in pairs for row in pair))
    made = compare_project(store, spark, "p", {"raw.less": Plan(keys=("id",))})
    assert {name: comparison.passed for name, comparison in made.items()} == {
        "raw.same": True,
        "raw.less": False,
        "raw.text": False,
        "raw.gone": False,
    }
    rows_of: dict[str, dict[str, ValidationResult]] = {}
    for row in store.rows(ValidationResult, "p"):
        rows_of.setdefault(str(row.source_entity_id), {})[str(row.validation_type)] = row
    assert {name for name, row in rows_of["same"].items() if row.passed} == {
        "schema",
        "row_count",
        "checksum",
        "aggregates",
        "sample_data",
    }
    sample = rows_of["less"]["sample_data"]
    assert (sample.passed, sample.severity, sample.validation_level) == (False, "critical", "functional")
    assert json.loads(sample.details or "")[0]["type"] == "ROW_MISMATCH"
    assert "SerDe" in str(rows_of["text"]["schema"].message)
    assert rows_of["gone"]["schema"].passed is False
    ended = {row.source_entity_id: row for row in store.rows(DestinationEntity, "p")}
    less = ended["less"]
    assert (less.validation_status, less.row_count_source, less.row_count_dest, less.row_count_diff) == (
        "failed",
        50,
        49,
        -1,
    )
    assert (ended["same"].validation_status, ended["same"].schema_match, ended["same"].sample_data_match) == (
        "passed",
        True,
        True,
    )


def test_partition_folders_are_read_as_the_catalog_declares_them(spark: "SparkSession", tmp_path: Path) -> None:
    spark.sql("CREATE DATABASE silver")
    rows = spark.sql("SELECT id, IF(id % 2 = 0, '01', '1') month, DATE '2024-01-01' day FROM range(9)")
    rows.write.partitionBy("month", "day").parquet(str(tmp_path / "parts"))
    rows.write.saveAsTable("silver.parts", format="delta")
    source, destination = entity("parts", tmp_path / "parts")
    columns = [
        ColumnInfo(name=name, type=kind) for name, kind in (("id", "BIGINT"), ("month", "STRING"), ("day", "DATE"))
    ]
    source = source.model_copy(update={"column_list": tuple(columns), "partition_keys": ("month", "day")})
    store = open_store(tmp_path / "home")
    store.put(source, destination)
    made = compare_project(store, spark, "p")["raw.parts"]
    assert made.passed, made.checks
    assert made.checks[1].figures["source"] == 9
