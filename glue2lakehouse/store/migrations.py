"""How the tables came to be, numbered, append-only: a migration that was released is never changed.

Each step may run again after a kill: what is there already is left as it is. The number of the last complete migration is
a property of `migration_projects`.
"""

from dataclasses import dataclass

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.backend import Backend
from glue2lakehouse.store.types import Column, columns_of

PROPERTY = "glue2lakehouse.migration"
_RECORDED_ON = "migration_projects"


@dataclass(frozen=True)
class CreateTable:
    """Create a table unless it exists."""

    table: str
    partition_by: tuple[str, ...]
    columns: tuple[Column, ...]

    def run(self, backend: Backend) -> None:
        """Bring the table about."""
        backend.create(self.table, self.columns, self.partition_by)


@dataclass(frozen=True)
class AddColumns:
    """Add columns at the end of a table, except those it has."""

    table: str
    columns: tuple[Column, ...]

    def run(self, backend: Backend) -> None:
        """Bring the columns about."""
        there = set(backend.columns(self.table))
        if missing := tuple(column for column in self.columns if column.name not in there):
            backend.add_columns(self.table, missing)


@dataclass(frozen=True)
class Migration:
    """One step of the tables' history."""

    name: str
    steps: tuple[CreateTable | AddColumns, ...]


_AS_REQUIRED = Migration(
    "the six tables as the requirements have them, counts as BIGINT",
    (
        CreateTable(
            "migration_projects",
            (),
            columns_of("""
                project_id STRING NOT NULL
                project_name STRING NOT NULL
                repo_url STRING
                branch STRING
                ddl_folder STRING
                status STRING
                start_time TIMESTAMP
                end_time TIMESTAMP
                created_by STRING
                created_at TIMESTAMP
                updated_at TIMESTAMP
                total_files BIGINT
                files_parsed BIGINT
                entities_extracted BIGINT
                entities_migrated BIGINT
                validation_passed BIGINT
                validation_failed BIGINT
                agent_calls BIGINT
                agent_cost DECIMAL(10,2)
                config MAP<STRING, STRING>
            """),
        ),
        CreateTable(
            "source_entities",
            ("project_id", "entity_type"),
            columns_of("""
                entity_id STRING NOT NULL
                project_id STRING NOT NULL
                entity_type STRING
                entity_name STRING
                full_path STRING
                file_path STRING
                module_name STRING
                line_start INT
                line_end INT
                glue_catalog_db STRING
                glue_catalog_table STRING
                dynamic_frame_usage BOOLEAN
                glue_context_usage BOOLEAN
                schema_definition STRING
                column_list ARRAY<STRUCT<name: STRING, type: STRING, nullable: BOOLEAN>>
                partition_keys ARRAY<STRING>
                s3_path STRING
                format STRING
                dependencies ARRAY<STRING>
                imports ARRAY<STRING>
                function_calls ARRAY<STRING>
                code_snippet STRING
                complexity INT
                lines_of_code INT
                migration_status STRING
                conversion_type STRING
                agent_used STRING
                extracted_at TIMESTAMP
                updated_at TIMESTAMP
            """),
        ),
        CreateTable(
            "destination_entities",
            ("project_id", "catalog_name", "schema_name"),
            columns_of("""
                dest_entity_id STRING NOT NULL
                source_entity_id STRING
                project_id STRING NOT NULL
                entity_type STRING
                entity_name STRING
                catalog_name STRING
                schema_name STRING
                table_name STRING
                full_uc_name STRING
                delta_location STRING
                external_location STRING
                volume_path STRING
                format STRING
                partitioned BOOLEAN
                partition_columns ARRAY<STRING>
                liquid_clustering BOOLEAN
                liquid_cluster_columns ARRAY<STRING>
                auto_optimize_enabled BOOLEAN
                photon_enabled BOOLEAN
                predictive_optimization BOOLEAN
                databricks_repo_path STRING
                databricks_job_id STRING
                databricks_notebook_path STRING
                validation_status STRING
                schema_match BOOLEAN
                row_count_source BIGINT
                row_count_dest BIGINT
                row_count_diff BIGINT
                sample_data_match BOOLEAN
                created_flag BOOLEAN
                deployed_flag BOOLEAN
                created_at TIMESTAMP
                validated_at TIMESTAMP
                deployed_at TIMESTAMP
            """),
        ),
        CreateTable(
            "validation_results",
            ("project_id", "validation_type"),
            columns_of("""
                validation_id STRING NOT NULL
                source_entity_id STRING
                dest_entity_id STRING
                project_id STRING
                validation_type STRING
                validation_level STRING
                passed BOOLEAN
                severity STRING
                message STRING
                details STRING
                execution_time_ms BIGINT
                validated_by STRING
                agent_name STRING
                validated_at TIMESTAMP
            """),
        ),
        CreateTable(
            "agent_decisions",
            ("project_id", "agent_name"),
            columns_of("""
                decision_id STRING NOT NULL
                source_entity_id STRING
                project_id STRING
                agent_name STRING
                agent_version STRING
                model_name STRING
                input_code STRING
                input_schema STRING
                prompt STRING
                output_code STRING
                output_schema STRING
                recommendations ARRAY<STRING>
                confidence_score DOUBLE
                patterns_detected ARRAY<STRING>
                transformations_applied ARRAY<STRING>
                manual_review_needed BOOLEAN
                manual_review_reason STRING
                tokens_used BIGINT
                cost DECIMAL(10,4)
                execution_time_ms BIGINT
                human_approved BOOLEAN
                human_feedback STRING
                executed_at TIMESTAMP
                approved_at TIMESTAMP
            """),
        ),
        CreateTable(
            "schema_drift",
            ("project_id", "drift_type"),
            columns_of("""
                drift_id STRING NOT NULL
                source_entity_id STRING
                dest_entity_id STRING
                project_id STRING
                drift_type STRING
                severity STRING
                source_schema STRING
                dest_schema STRING
                diff_details STRING
                resolved BOOLEAN
                resolution_type STRING
                resolution_notes STRING
                detected_at TIMESTAMP
                resolved_at TIMESTAMP
            """),
        ),
    ),
)

_WHAT_WE_ADD = Migration(
    "evidence, attempts, traces and reviewers; the version of each row",
    (
        AddColumns("migration_projects", columns_of("schema_version INT")),
        AddColumns("source_entities", columns_of("evidence STRING\nconfidence DOUBLE\nschema_version INT")),
        AddColumns("destination_entities", columns_of("schema_version INT")),
        AddColumns("validation_results", columns_of("attempt INT\nevidence STRING\nschema_version INT")),
        AddColumns(
            "agent_decisions",
            columns_of("""
                attempt INT
                input_hash STRING
                trace_id STRING
                thread_id STRING
                model_calls BIGINT
                prompt_name STRING
                prompt_fingerprint STRING
                evidence STRING
                reviewer STRING
                schema_version INT
            """),
        ),
        AddColumns(
            "schema_drift",
            columns_of("entity_name STRING\ncolumn_name STRING\nresolved_by STRING\nschema_version INT"),
        ),
    ),
)

MIGRATIONS: tuple[Migration, ...] = (_AS_REQUIRED, _WHAT_WE_ADD)


def migrate(backend: Backend) -> int:
    """Run what the store lacks and return how many migrations that were. Raises StoreError for a newer store."""
    done = int(backend.property_of(_RECORDED_ON, PROPERTY) or 0)
    if done > len(MIGRATIONS):
        raise StoreError(
            f"{backend.location}: was written by a newer glue2lakehouse (migration {done}, this one knows "
            f"{len(MIGRATIONS)}); upgrade glue2lakehouse"
        )
    for number, migration in enumerate(MIGRATIONS[done:], start=done + 1):
        for step in migration.steps:
            step.run(backend)
        backend.set_property(_RECORDED_ON, PROPERTY, str(number))
    return len(MIGRATIONS) - done
