"""What a run knows, as rows of the six tables; ids come from content, so writing them again changes nothing."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from glue2lakehouse.agents import converter, validator
from glue2lakehouse.agents.redaction import Redactor, in_all_texts, redacted
from glue2lakehouse.domain import Evidence, Status, stable_id
from glue2lakehouse.graphs.decisions import with_code
from glue2lakehouse.graphs.entity_state import AGENT
from glue2lakehouse.graphs.project import Outcome
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.settings import Settings
from glue2lakehouse.store.rows import (
    AgentDecision,
    DestinationEntity,
    MigrationProject,
    Row,
    SourceEntity,
    ValidationResult,
)
from glue2lakehouse.tools.ddl import TableDefinition
from glue2lakehouse.tools.report import Report, ReportEntity

# Free text that may hold what the user's code holds. The code first: what is found there is known in the words about it.
_HIDDEN = (
    "input_code",
    "prompt",
    "output_code",
    "input_schema",
    "human_feedback",
    "manual_review_reason",
    "recommendations",
    "transformations_applied",
    "issues",
)
_STATUS = {
    Status.CONVERTED: "converted",
    Status.NEEDS_REVIEW: "needs_review",
    Status.UNCHANGED: "unchanged",
    Status.FAILED: "failed",
}


def project_row(
    project: Project,
    settings: Settings,
    started: datetime,
    *,
    report: Report | None = None,
    outcomes: Sequence[Outcome] = (),
    failed: bool = False,
) -> MigrationProject:
    """Return the project's row: `in_progress` until there is a report, then with what was counted."""
    now = datetime.now(UTC)
    row: dict[str, Any] = {
        "project_id": project.id,
        "project_name": project.name,
        "repo_url": project.tree.location,
        "branch": project.tree.branch or None,
        "status": "failed" if failed else "in_progress" if report is None else "completed",
        "start_time": started,
        "created_at": started,
        "updated_at": now,
        "config": settings.model_dump(mode="json", exclude={"secrets"}),
    }
    if report is not None:
        row |= _counted(project, report, outcomes) | {"end_time": now}
    return MigrationProject.model_validate(row)


def _counted(project: Project, report: Report, outcomes: Sequence[Outcome]) -> dict[str, Any]:
    judged = [outcome for outcome in outcomes if outcome.status in (Status.CONVERTED, Status.NEEDS_REVIEW)]
    priced = all(outcome.usage.cost_usd is not None for outcome in judged)
    return {
        "total_files": sum(report.totals.files.values()),
        "files_parsed": len(project.units),
        "entities_extracted": len(report.entities),
        "entities_migrated": sum(entity.status is Status.CONVERTED for entity in report.entities),
        "validation_passed": sum(outcome.status is Status.CONVERTED for outcome in judged),
        "validation_failed": sum(outcome.status is Status.NEEDS_REVIEW for outcome in judged),
        # Of the conversions as they stand, also where an earlier run paid for them; the report tells what this run paid.
        "agent_calls": sum(outcome.usage.calls for outcome in judged),
        "agent_cost": sum(outcome.usage.cost_usd or 0.0 for outcome in judged) if priced else None,
    }


def entity_rows(
    project: Project, ended: Mapping[str, ReportEntity] | None = None, agents: Mapping[str, str] | None = None
) -> list[SourceEntity]:
    """Return the rows of all entities: `pending`, or as they ended, with the model or rules that did it by path."""
    now, rows = datetime.now(UTC), []
    for entity in project.entities:
        more: dict[str, Any] = {}
        if ended is not None and (found := ended.get(entity.id)) is not None:
            more = {
                "migration_status": _STATUS[found.status],
                "conversion_type": found.conversion_type.value,
                "evidence": found.evidence.value,
                "confidence": found.confidence,
                "agent_used": (agents or {}).get(entity.path),
            }
        more["code_snippet"] = redacted(entity.code)
        rows.append(SourceEntity.of(project.id, entity, now, **more))
    return rows


def table_rows(
    project: Project, settings: Settings, tables: Iterable[tuple[ReportEntity, TableDefinition]]
) -> list[Row]:
    """Return the rows of the tables that the DDL creates: what they are in Glue, and what they become."""
    now = datetime.now(UTC)
    rows: list[Row] = []
    for entity, table in tables:
        catalog, schema, name = _three_parts(settings, table)
        columns = [
            {"name": column.name, "type": column.type, "nullable": column.nullable} for column in table.all_columns
        ]
        keys = [column.name for column in table.partition_keys]
        common = {"project_id": project.id, "entity_type": entity.type.value, "entity_name": entity.name}
        source = {
            "entity_id": entity.id,
            "full_path": entity.name,
            "file_path": entity.path,
            "line_start": entity.line_start,
            "line_end": entity.line_end,
            "glue_catalog_db": table.database or None,
            "glue_catalog_table": table.name,
            "schema_definition": json.dumps(columns),
            "column_list": columns,
            "partition_keys": keys,
            "s3_path": table.location or None,
            "format": table.format or None,
            "migration_status": _STATUS[entity.status],
            "conversion_type": entity.conversion_type.value,
            "agent_used": converter.RULES,
            "evidence": entity.evidence.value,
            "confidence": entity.confidence,
            "extracted_at": now,
            "updated_at": now,
        }
        target = {
            "dest_entity_id": stable_id("destination", entity.id),
            "source_entity_id": entity.id,
            "catalog_name": catalog,
            "schema_name": schema,
            "table_name": name,
            "full_uc_name": ".".join(part for part in (catalog, schema, name) if part),
            "external_location": settings.path_for(table.location) if table.external and table.location else None,
            "partitioned": bool(keys),
            "partition_columns": keys,
            "validation_status": "pending",
            "created_flag": False,
            "deployed_flag": False,
            "created_at": now,
        }
        rows += [SourceEntity.model_validate(common | source), DestinationEntity.model_validate(common | target)]
    return rows


def _three_parts(settings: Settings, table: TableDefinition) -> tuple[str, str, str]:
    full = table.target_name or settings.table_for(table.database, table.name)
    catalog, _, rest = full.partition(".")
    schema, _, name = rest.partition(".")
    return catalog, schema, name


def decision_rows(
    decisions: Iterable[Mapping[str, Any]], texts: Texts, trace_id: str = "", thread: str = ""
) -> list[Row]:
    """Return decisions as rows: each answer of an agent, and for the validator's also what it checked."""
    rows: list[Row] = []
    for decision in decisions:
        full = with_code(decision, texts)
        hide = Redactor().hide
        full |= {name: in_all_texts(full[name], hide) for name in _HIDDEN if full.get(name)}
        known = {name: value for name, value in full.items() if name in AgentDecision.model_fields}
        known.setdefault("trace_id", trace_id or None)
        known.setdefault("thread_id", thread or None)
        # The hash is that of the code as it was, so that a row can be tied to a file.
        code = texts.get(decision["input_code"]) if decision.get("input_code") else ""
        known["input_hash"] = hashlib.sha256(code.encode("utf-8", "surrogatepass")).hexdigest()
        rows.append(AgentDecision(**known))
        if decision["agent_name"] == validator.NAME:
            rows.append(_validation_row(full))
    return rows


def _validation_row(decision: Mapping[str, Any]) -> ValidationResult:
    issues = decision["issues"]
    worst = next(
        (level for level in ("critical", "warning", "info") if any(i["severity"] == level for i in issues)), "info"
    )
    evidence = Evidence(decision["evidence"])
    counted = ", ".join(f"{sum(i['severity'] == level for i in issues)} {level}" for level in ("critical", "warning"))
    return ValidationResult.model_validate(
        {
            "validation_id": stable_id("validation", decision["decision_id"]),
            "source_entity_id": decision["source_entity_id"],
            "project_id": decision["project_id"],
            "validation_type": "function",
            "validation_level": "functional" if evidence.level >= Evidence.EXECUTED.level else "structural",
            "passed": decision["passed"],
            "severity": worst,
            "message": f"{evidence.value}; {counted}" if issues else evidence.value,
            "details": json.dumps(issues, sort_keys=True) if issues else None,
            "execution_time_ms": decision["execution_time_ms"],
            "validated_by": "agent",
            "agent_name": validator.NAME,
            "validated_at": decision["executed_at"],
            "attempt": decision["attempt"],
            "evidence": evidence.value,
        }
    )


def comments_in(decisions: Iterable[AgentDecision]) -> dict[str, tuple[str, ...]]:
    """Return by entity what reviewers said where no model was there to hear it, oldest first."""
    notes = [row for row in decisions if row.agent_name == AGENT and row.transformations_applied == ("note",)]
    said: dict[str, tuple[str, ...]] = {}
    for row in sorted(notes, key=lambda row: row.executed_at or datetime.min.replace(tzinfo=UTC)):
        if row.source_entity_id and row.human_feedback:
            said[row.source_entity_id] = (*said.get(row.source_entity_id, ()), row.human_feedback)
    return said


def agents_by_path(outcomes: Iterable[Outcome]) -> dict[str, str]:
    """Return which model, or the rules, made each file's conversion."""
    made = {}
    for outcome in outcomes:
        for row in outcome.decisions:
            if row["agent_name"] == converter.NAME:
                made[outcome.path] = row["model_name"]
    return made
