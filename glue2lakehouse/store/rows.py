"""The rows of the six tables. Column names and types are those of the requirements, and what we add to them.

`source_entities`, `migration_projects`, `destination_entities` and `schema_drift` hold what is true now: a row replaces the
one with its key. `agent_decisions` and `validation_results` hold what happened: the first row with a key stays.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from types import UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import BaseModel, BeforeValidator, ConfigDict

from glue2lakehouse.domain import SCHEMA_VERSION, Entity
from glue2lakehouse.store.types import (
    Cents,
    Column,
    Cost,
    Count,
    Flag,
    Int,
    Key,
    Number,
    Sql,
    Text,
    Texts,
    Time,
)


def _as_map(value: Any) -> Any:
    """Arrow gives a map as pairs; values that are no text are stored as JSON."""
    if value is None:
        return None
    pairs = value.items() if isinstance(value, Mapping) else value
    return {str(name): item if isinstance(item, str) else json.dumps(item) for name, item in pairs}


class ColumnInfo(BaseModel):
    """One column of a table that is migrated."""

    model_config = ConfigDict(frozen=True)

    name: str
    type: str
    nullable: bool = True


Settings = Annotated[dict[str, str] | None, Sql("MAP<STRING, STRING>"), BeforeValidator(_as_map)]
Columns = Annotated[tuple[ColumnInfo, ...] | None, Sql("ARRAY<STRUCT<name: STRING, type: STRING, nullable: BOOLEAN>>")]


class Row(BaseModel):
    """A row of one of the tables: which table, its key, its partition columns, and whether a later row replaces it."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    table: ClassVar[str]
    key: ClassVar[str]
    partition_by: ClassVar[tuple[str, ...]] = ()
    replaces: ClassVar[bool] = False
    # Set anew by each run; a row that differs in nothing else is the same row.
    run_times: ClassVar[frozenset[str]] = frozenset()

    schema_version: Annotated[int, Sql("INT")] = SCHEMA_VERSION

    @property
    def id(self) -> str:
        """The row's key."""
        return str(getattr(self, self.key))

    def content(self) -> dict[str, Any]:
        """Return what makes the row differ from another of the same key."""
        return self.model_dump(exclude=set(self.run_times))

    @classmethod
    def columns(cls) -> tuple[Column, ...]:
        """Return the columns that the model's fields stand for."""
        fields = cls.model_fields.items()
        return tuple(
            Column(name, _sql_of(field.metadata, field.annotation), field.is_required()) for name, field in fields
        )


class MigrationProject(Row):
    """One migration."""

    table = "migration_projects"
    key = "project_id"
    replaces = True
    run_times = frozenset({"updated_at"})

    project_id: Key
    project_name: Key
    repo_url: Text = None
    branch: Text = None
    ddl_folder: Text = None
    status: Annotated[Literal["pending", "in_progress", "completed", "failed"] | None, Sql("STRING")] = None
    start_time: Time = None
    end_time: Time = None
    created_by: Text = None
    created_at: Time = None
    updated_at: Time = None
    total_files: Count = None
    files_parsed: Count = None
    entities_extracted: Count = None
    entities_migrated: Count = None
    validation_passed: Count = None
    validation_failed: Count = None
    agent_calls: Count = None
    agent_cost: Cents = None
    config: Settings = None


MigrationStatus = Literal["pending", "converted", "validated", "deployed", "needs_review", "unchanged", "failed"]


class SourceEntity(Row):
    """One thing found in a source: a table, function, job, module or class."""

    table = "source_entities"
    key = "entity_id"
    partition_by = ("project_id", "entity_type")
    replaces = True
    run_times = frozenset({"extracted_at", "updated_at"})

    entity_id: Key
    project_id: Key
    entity_type: Text = None
    entity_name: Text = None
    full_path: Text = None
    file_path: Text = None
    module_name: Text = None
    line_start: Int = None
    line_end: Int = None
    glue_catalog_db: Text = None
    glue_catalog_table: Text = None
    dynamic_frame_usage: Flag = None
    glue_context_usage: Flag = None
    schema_definition: Text = None
    column_list: Columns = None
    partition_keys: Texts = None
    s3_path: Text = None
    format: Text = None
    dependencies: Texts = None
    imports: Texts = None
    function_calls: Texts = None
    code_snippet: Text = None
    complexity: Int = None
    lines_of_code: Int = None
    migration_status: Annotated[MigrationStatus | None, Sql("STRING")] = None
    conversion_type: Text = None
    agent_used: Text = None
    extracted_at: Time = None
    updated_at: Time = None
    evidence: Text = None
    confidence: Number = None

    @classmethod
    def of(cls, project_id: str, entity: Entity, now: datetime, **more: Any) -> Self:
        """Return the row of an entity; `more` are further columns, such as `migration_status`."""
        given: dict[str, Any] = {
            "entity_id": entity.id,
            "project_id": project_id,
            "entity_type": entity.type.value,
            "entity_name": entity.name,
            "full_path": f"{entity.module}.{entity.name}" if entity.type in ("class", "function") else entity.module,
            "file_path": entity.path,
            "module_name": entity.module,
            "line_start": entity.line_start,
            "line_end": entity.line_end,
            "dynamic_frame_usage": entity.uses_dynamic_frame,
            "glue_context_usage": entity.uses_glue_context,
            "dependencies": entity.dependencies,
            "imports": entity.imports,
            "function_calls": entity.calls,
            "code_snippet": entity.code,
            "complexity": entity.complexity,
            "lines_of_code": entity.lines_of_code,
            "migration_status": "pending",
            "extracted_at": now,
            "updated_at": now,
        }
        return cls(**(given | more))


class DestinationEntity(Row):
    """What an entity became on Databricks."""

    table = "destination_entities"
    key = "dest_entity_id"
    partition_by = ("project_id", "catalog_name", "schema_name")
    replaces = True
    run_times = frozenset({"created_at"})

    dest_entity_id: Key
    source_entity_id: Text = None
    project_id: Key
    entity_type: Text = None
    entity_name: Text = None
    catalog_name: Text = None
    schema_name: Text = None
    table_name: Text = None
    full_uc_name: Text = None
    delta_location: Text = None
    external_location: Text = None
    volume_path: Text = None
    format: Text = None
    partitioned: Flag = None
    partition_columns: Texts = None
    liquid_clustering: Flag = None
    liquid_cluster_columns: Texts = None
    auto_optimize_enabled: Flag = None
    photon_enabled: Flag = None
    predictive_optimization: Flag = None
    databricks_repo_path: Text = None
    databricks_job_id: Text = None
    databricks_notebook_path: Text = None
    validation_status: Annotated[Literal["pending", "passed", "failed"] | None, Sql("STRING")] = None
    schema_match: Flag = None
    row_count_source: Count = None
    row_count_dest: Count = None
    row_count_diff: Count = None
    sample_data_match: Flag = None
    created_flag: Flag = None
    deployed_flag: Flag = None
    created_at: Time = None
    validated_at: Time = None
    deployed_at: Time = None


class ValidationResult(Row):
    """One check that was made."""

    table = "validation_results"
    key = "validation_id"
    partition_by = ("project_id", "validation_type")

    validation_id: Key
    source_entity_id: Text = None
    dest_entity_id: Text = None
    project_id: Text = None
    validation_type: Text = None
    validation_level: Annotated[Literal["structural", "functional"] | None, Sql("STRING")] = None
    passed: Flag = None
    severity: Annotated[Literal["critical", "warning", "info"] | None, Sql("STRING")] = None
    message: Text = None
    details: Text = None
    execution_time_ms: Count = None
    validated_by: Text = None
    agent_name: Text = None
    validated_at: Time = None
    attempt: Int = None
    evidence: Text = None


class AgentDecision(Row):
    """One answer of an agent, or of a person: a review is a row of its own with `reviewer` (agent `review`)."""

    table = "agent_decisions"
    key = "decision_id"
    partition_by = ("project_id", "agent_name")

    decision_id: Key
    source_entity_id: Text = None
    project_id: Text = None
    agent_name: Text = None
    agent_version: Text = None
    model_name: Text = None
    input_code: Text = None
    input_schema: Text = None
    prompt: Text = None
    output_code: Text = None
    output_schema: Text = None
    recommendations: Texts = None
    confidence_score: Number = None
    patterns_detected: Texts = None
    transformations_applied: Texts = None
    manual_review_needed: Flag = None
    manual_review_reason: Text = None
    tokens_used: Count = None
    cost: Cost = None
    execution_time_ms: Count = None
    human_approved: Flag = None
    human_feedback: Text = None
    executed_at: Time = None
    approved_at: Time = None
    attempt: Int = None
    input_hash: Text = None
    trace_id: Text = None
    thread_id: Text = None
    model_calls: Count = None
    prompt_name: Text = None
    prompt_fingerprint: Text = None
    evidence: Text = None
    reviewer: Text = None


class SchemaDrift(Row):
    """One difference between two schemas, and how it was settled."""

    table = "schema_drift"
    key = "drift_id"
    partition_by = ("project_id", "drift_type")
    replaces = True
    run_times = frozenset({"detected_at"})

    drift_id: Key
    source_entity_id: Text = None
    dest_entity_id: Text = None
    project_id: Text = None
    drift_type: Text = None
    severity: Annotated[Literal["critical", "warning", "info"] | None, Sql("STRING")] = None
    source_schema: Text = None
    dest_schema: Text = None
    diff_details: Text = None
    resolved: Flag = None
    resolution_type: Annotated[Literal["auto_fixed", "manual_fixed", "accepted"] | None, Sql("STRING")] = None
    resolution_notes: Text = None
    detected_at: Time = None
    resolved_at: Time = None
    entity_name: Text = None
    column_name: Text = None
    resolved_by: Text = None


ROWS: tuple[type[Row], ...] = (
    MigrationProject,
    SourceEntity,
    DestinationEntity,
    ValidationResult,
    AgentDecision,
    SchemaDrift,
)


def _sql_of(metadata: list[Any], annotation: Any) -> str:
    """Find the SQL type: on the field itself, or inside an optional that Pydantic has unwrapped."""
    for item in metadata:
        if isinstance(item, Sql):
            return item.type
    if get_origin(annotation) is UnionType:
        return next(_sql_of(list(get_args(part)[1:]), None) for part in get_args(annotation) if get_args(part))
    raise TypeError(f"no SQL type for {annotation}")
