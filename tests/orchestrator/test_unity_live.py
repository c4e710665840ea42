"""The phases against a live Unity Catalog server: the example's DDL is run on it, scanned again, and has not drifted."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from glue2lakehouse import Glue2LakehouseOrchestrator
from glue2lakehouse.orchestrator.ddl import DdlOutcome, convert_all_ddl
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import ROWS, SourceEntity
from glue2lakehouse.tools.catalog import Table, scan_unity_catalog, unity_client
from glue2lakehouse.tools.catalog.from_ddl import table_of_ddl
from glue2lakehouse.tools.compare.drift import destination_drift
from glue2lakehouse.tools.ddl import extract_tables
from glue2lakehouse.tools.source import open_source

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

pytestmark = [pytest.mark.live_uc, pytest.mark.spark, pytest.mark.slow]
EXAMPLE = Path(__file__).parents[2] / "examples" / "retail"
# What this server refuses and Databricks has.
NOT_THERE = re.compile(r"MSCK REPAIR|CREATE OR REPLACE VIEW|ADD IF NOT EXISTS PARTITION")


def converted(settings: Settings) -> list[DdlOutcome]:
    with open_source(str(EXAMPLE)) as tree:
        return convert_all_ddl(read_project(tree, settings), settings)


def refused(spark: "SparkSession", outcomes: list[DdlOutcome], lake: Path) -> list[str]:
    """Run what was converted, with the example's buckets below a folder, and return what the server refuses."""
    from pyspark.errors import PySparkException

    found = []
    statements = (statement for outcome in outcomes for statement in outcome.made.statements)
    for text in (each.output for each in statements if each.outcome in ("converted", "confirm") and each.output):
        try:
            spark.sql(text.replace("'s3://", f"'{lake.as_uri()}/"))
        except PySparkException:
            found.append(text)
    return found


def source_tables() -> list[Table]:
    files = sorted((EXAMPLE / "ddl").glob("*.sql"))
    definitions = [each for file in files for each in extract_tables(file.read_text(encoding="utf-8"), file.name)]
    return [table_of_ddl(each) for each in definitions]


@pytest.mark.parametrize("table_format", ["keep", "delta"])
def test_the_ddl_of_the_example_runs_and_what_it_makes_has_not_drifted(
    table_format: str, unity_server: Any, unity_spark: "SparkSession", tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABRICKS_TOKEN", "none")
    catalog = unity_server.catalog
    settings = Settings(catalog=catalog, table_format=table_format)  # type: ignore[arg-type]
    outcomes = converted(settings)
    try:
        assert [text for text in refused(unity_spark, outcomes, tmp_path) if not NOT_THERE.search(text)] == []
        pages = scan_unity_catalog(unity_client(unity_server.host), catalog)
        there = [item for page in pages for item in page.items if isinstance(item, Table)]
        made = {f"{catalog}.{table.full_name}" for table in there}
        wanted = [table for table in source_tables() if settings.table_for(table.database, table.name) in made]
        assert len(wanted) == 9
        drifts = list(destination_drift(wanted, there, lambda each: settings.table_for(each.database, each.name)))
        assert [(drift.table, drift.difference.message) for drift in drifts] == []
    finally:
        for schema in ("retail_raw", "retail_curated", "retail_marts", "retail_streams"):
            unity_server.call("DELETE", f"schemas/{catalog}.{schema}?force=true")


def test_the_orchestrator_keeps_its_six_tables_on_the_server(
    unity_server: Any, unity_spark: "SparkSession", tmp_path: Path
) -> None:
    sdk = Glue2LakehouseOrchestrator(unity_spark, unity_server.catalog, "migration_metadata", tmp_path)
    project = sdk.register_project("Retail", str(EXAMPLE), config={"target_catalog": "production"})
    extracted = sdk.extract_from_git(project)
    assert sdk.migrate_ddl(project).tables_converted > 0
    names = {
        row.tableName for row in unity_spark.sql(f"SHOW TABLES IN {unity_server.catalog}.migration_metadata").collect()
    }
    assert names == {kind.table for kind in ROWS}
    again = Glue2LakehouseOrchestrator(unity_spark, unity_server.catalog, "migration_metadata", tmp_path)
    stored = again.store.rows(SourceEntity, project)
    assert len(stored) == extracted.entities_extracted
    assert again.validate(project).validations_run == 0
