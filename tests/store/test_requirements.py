"""The six tables as the requirements write them down, column by column, and what we add or widen on purpose."""

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from glue2lakehouse import Glue2LakehouseOrchestrator
from glue2lakehouse.store import ROWS, Row, open_store
from glue2lakehouse.store.embedded import FolderBackend

pytestmark = pytest.mark.integration

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# Copied from the requirements' CREATE TABLE statements: name, type, in their order.
REQUIRED = {
    "migration_projects": """
        project_id STRING NOT NULL, project_name STRING NOT NULL, repo_url STRING, branch STRING, ddl_folder STRING,
        status STRING, start_time TIMESTAMP, end_time TIMESTAMP, created_by STRING, created_at TIMESTAMP,
        updated_at TIMESTAMP, total_files INT, files_parsed INT, entities_extracted INT, entities_migrated INT,
        validation_passed INT, validation_failed INT, agent_calls INT, agent_cost DECIMAL(10,2),
        config MAP<STRING, STRING>""",
    "source_entities": """
        entity_id STRING NOT NULL, project_id STRING NOT NULL, entity_type STRING, entity_name STRING, full_path STRING,
        file_path STRING, module_name STRING, line_start INT, line_end INT, glue_catalog_db STRING,
        glue_catalog_table STRING, dynamic_frame_usage BOOLEAN, glue_context_usage BOOLEAN, schema_definition STRING,
        column_list ARRAY<STRUCT<name:STRING, type:STRING, nullable:BOOLEAN>>, partition_keys ARRAY<STRING>,
        s3_path STRING, format STRING, dependencies ARRAY<STRING>, imports ARRAY<STRING>, function_calls ARRAY<STRING>,
        code_snippet STRING, complexity INT, lines_of_code INT, migration_status STRING, conversion_type STRING,
        agent_used STRING, extracted_at TIMESTAMP, updated_at TIMESTAMP""",
    "destination_entities": """
        dest_entity_id STRING NOT NULL, source_entity_id STRING, project_id STRING NOT NULL, entity_type STRING,
        entity_name STRING, catalog_name STRING, schema_name STRING, table_name STRING, full_uc_name STRING,
        delta_location STRING, external_location STRING, volume_path STRING, format STRING, partitioned BOOLEAN,
        partition_columns ARRAY<STRING>, liquid_clustering BOOLEAN, liquid_cluster_columns ARRAY<STRING>,
        auto_optimize_enabled BOOLEAN, photon_enabled BOOLEAN, predictive_optimization BOOLEAN,
        databricks_repo_path STRING, databricks_job_id STRING, databricks_notebook_path STRING,
        validation_status STRING, schema_match BOOLEAN, row_count_source BIGINT, row_count_dest BIGINT,
        row_count_diff BIGINT, sample_data_match BOOLEAN, created_flag BOOLEAN, deployed_flag BOOLEAN,
        created_at TIMESTAMP, validated_at TIMESTAMP, deployed_at TIMESTAMP""",
    "validation_results": """
        validation_id STRING NOT NULL, source_entity_id STRING, dest_entity_id STRING, project_id STRING,
        validation_type STRING, validation_level STRING, passed BOOLEAN, severity STRING, message STRING,
        details STRING, execution_time_ms INT, validated_by STRING, agent_name STRING, validated_at TIMESTAMP""",
    "agent_decisions": """
        decision_id STRING NOT NULL, source_entity_id STRING, project_id STRING, agent_name STRING,
        agent_version STRING, model_name STRING, input_code STRING, input_schema STRING, prompt STRING,
        output_code STRING, output_schema STRING, recommendations ARRAY<STRING>, confidence_score DOUBLE,
        patterns_detected ARRAY<STRING>, transformations_applied ARRAY<STRING>, manual_review_needed BOOLEAN,
        manual_review_reason STRING, tokens_used INT, cost DECIMAL(10,4), execution_time_ms INT,
        human_approved BOOLEAN, human_feedback STRING, executed_at TIMESTAMP, approved_at TIMESTAMP""",
    "schema_drift": """
        drift_id STRING NOT NULL, source_entity_id STRING, dest_entity_id STRING, project_id STRING,
        drift_type STRING, severity STRING, source_schema STRING, dest_schema STRING, diff_details STRING,
        resolved BOOLEAN, resolution_type STRING, resolution_notes STRING, detected_at TIMESTAMP,
        resolved_at TIMESTAMP""",
}
PARTITIONED = {
    "migration_projects": (),
    "source_entities": ("project_id", "entity_type"),
    "destination_entities": ("project_id", "catalog_name", "schema_name"),
    "validation_results": ("project_id", "validation_type"),
    "agent_decisions": ("project_id", "agent_name"),
    "schema_drift": ("project_id", "drift_type"),
}
# A count of rows, files, tokens or milliseconds has no bound at 2^31 (the design says so).
WIDENED = {
    "total_files", "files_parsed", "entities_extracted", "entities_migrated", "validation_passed", "validation_failed",
    "agent_calls", "tokens_used", "execution_time_ms",
}  # fmt: skip
ADDED = {
    "migration_projects": {"schema_version"},
    "source_entities": {"schema_version", "evidence", "confidence"},
    "destination_entities": {"schema_version"},
    "validation_results": {"schema_version", "attempt", "evidence"},
    "agent_decisions": {
        "schema_version", "attempt", "input_hash", "trace_id", "thread_id", "model_calls", "prompt_name",
        "prompt_fingerprint", "evidence", "reviewer",
    },
    "schema_drift": {"schema_version", "entity_name", "column_name", "resolved_by"},
}  # fmt: skip


def wanted(table: str) -> dict[str, tuple[str, bool]]:
    """Column -> (type without blanks in lower case, may be null)."""
    found = {}
    for piece in re.split(r",\s+(?=\w+ [A-Z])", REQUIRED[table].strip()):
        name, _, rest = piece.strip().partition(" ")
        kind = re.sub(r"\s", "", rest.removesuffix("NOT NULL")).lower()
        found[name] = ("bigint" if kind == "int" and name in WIDENED else kind, not rest.endswith("NOT NULL"))
    return found


def test_the_six_tables_of_the_requirements_are_there_and_no_other() -> None:
    assert {kind.table for kind in ROWS} == REQUIRED.keys()


@pytest.mark.parametrize("kind", ROWS, ids=lambda kind: kind.table)
def test_each_column_has_the_name_type_and_nullability_that_was_asked_for(kind: type[Row], tmp_path: Path) -> None:
    from deltalake import DeltaTable

    open_store(tmp_path)
    table = DeltaTable(str(tmp_path / "tables" / kind.table))
    spark_names = {"integer": "int", "long": "bigint"}
    there = {
        field.name: (spark_names.get(name := spelled(field.type), name), field.nullable)
        for field in table.schema().fields
    }
    assert {name: there.get(name) for name in wanted(kind.table)} == wanted(kind.table)
    assert there.keys() - wanted(kind.table).keys() == ADDED[kind.table]
    assert tuple(table.metadata().partition_columns) == PARTITIONED[kind.table]


def spelled(kind: object) -> str:
    import json

    from glue2lakehouse.tools.catalog.unity import delta_type

    return delta_type(json.loads(kind.to_json()))  # type: ignore[attr-defined]


@pytest.mark.spark
def test_the_orchestrator_creates_the_same_tables_through_a_spark_session(
    spark: "SparkSession", tmp_path: Path
) -> None:
    made = Glue2LakehouseOrchestrator(spark, catalog="spark_catalog", schema="migration_metadata", home=tmp_path)
    assert made.store.location == "spark_catalog.migration_metadata"
    names = {row.tableName for row in spark.sql("SHOW TABLES IN migration_metadata").collect()}
    assert names == REQUIRED.keys()
    for name in REQUIRED:
        schema = spark.table(f"migration_metadata.{name}").schema
        there = {field.name: (field.dataType.simpleString(), field.nullable) for field in schema.fields}
        assert {column: there.get(column) for column in wanted(name)} == wanted(name)
        detail = spark.sql(f"DESCRIBE DETAIL migration_metadata.{name}").collect()[0]
        assert (detail.format, tuple(detail.partitionColumns)) == ("delta", PARTITIONED[name])


def test_a_table_folder_that_is_no_delta_table_is_told_in_one_line(tmp_path: Path) -> None:
    from glue2lakehouse.errors import StoreError

    (tmp_path / "tables" / "migration_projects").mkdir(parents=True)
    (tmp_path / "tables" / "migration_projects" / "part-0.parquet").write_bytes(b"x")
    with pytest.raises(StoreError) as caught:
        FolderBackend(tmp_path / "tables").columns("migration_projects")
    assert "\n" not in str(caught.value)
    assert "migration_projects" in str(caught.value)
