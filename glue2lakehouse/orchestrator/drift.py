"""`drift`: how tables moved since the migration knew them, kept in `schema_drift` until each difference is settled."""

import getpass
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Literal

from glue2lakehouse.domain import EntityType, stable_id
from glue2lakehouse.errors import UsageError
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, SchemaDrift, SourceEntity, Store, ValidationResult
from glue2lakehouse.tools.catalog import Column, Refusal, Table, scan_dump
from glue2lakehouse.tools.compare.drift import Between, Drift, destination_drift, source_drift
from glue2lakehouse.tools.compare.schema import SchemaDifference

Resolution = Literal["auto_fixed", "manual_fixed", "accepted"]
AGENT = "drift_check"
_OTHER_CALLS = ("get_connections", "get_crawlers", "get_classifiers", "get_partitions")


@dataclass(frozen=True)
class DriftCheck:
    """What one check did: rows still open (gravest first), how many are new, settled by themselves, and tables looked at."""

    project_id: str
    open: tuple[SchemaDrift, ...]
    new: int
    closed: int
    tables: int


def check_drift(
    store: Store,
    settings: Settings,
    project: str,
    source: Path,
    *,
    known: Path | None = None,
    destination: Path | None = None,
) -> DriftCheck:
    """Compare catalogs and bring the project's rows of `schema_drift` up to date.

    `source` is the catalog as scanned now; it is compared with `known` (an earlier scan; by default the tables that the
    migration stored) and, where it is given, with `destination`. A difference that is gone settles itself: `auto_fixed`
    where a fix had been offered, else `manual_fixed`. One that was accepted stays settled until it changes; one that was
    called fixed and is still there is open again. Raises UsageError for an unknown project.
    """
    clock, now = perf_counter(), datetime.now(UTC)
    project_id = _project(store, project)
    entities = [row for row in store.rows(SourceEntity, project_id) if row.entity_type == EntityType.TABLE.value]
    present, unread = _tables(source)
    before = _tables(known)[0] if known else [_stored_table(row) for row in entities]
    after = present if known else [_as_stored(table) for table in present]
    between: Between = "earlier_scan" if known else "known_source"
    found = list(source_drift(before, after, between))
    found += [_not_read(refusal, between) for refusal in unread]
    if destination:
        there, unread = _tables(destination)
        found += destination_drift(present, there, _target_of(settings))
        found += [_not_read(refusal, "destination") for refusal in unread]
    ids = {str(row.entity_name).lower(): row.entity_id for row in entities}
    scope = {between, "destination"} if destination else {between}
    old = {row.drift_id: row for row in store.rows(SchemaDrift, project_id)}
    rows = {row.drift_id: row for row in (_row(project_id, ids, drift, now) for drift in found)}
    fresh = [_carried(row, old.get(key)) for key, row in rows.items()]
    gone = [
        _gone(row, now)
        for key, row in old.items()
        if key not in rows and not row.resolved and json.loads(row.diff_details or "{}").get("between") in scope
    ]
    open_ = sorted((row for row in fresh if not row.resolved), key=_gravity)
    store.put(*fresh, *gone, _result(project_id, open_, len(present), now, int((perf_counter() - clock) * 1000)))
    return DriftCheck(project_id, tuple(open_), sum(key not in old for key in rows), len(gone), len(present))


def open_drift(store: Store, project: str) -> list[SchemaDrift]:
    """Return what is not settled yet, gravest first."""
    rows = store.rows(SchemaDrift, _project(store, project))
    return sorted((row for row in rows if not row.resolved), key=_gravity)


def settle(
    store: Store, project: str, drift_ids: Sequence[str], resolution: Resolution, note: str, by: str = ""
) -> list[SchemaDrift]:
    """Settle differences by id, or by the first digits of one. Raises UsageError when a prefix fits none or several."""
    project_id, now = _project(store, project), datetime.now(UTC)
    rows = store.rows(SchemaDrift, project_id)
    settled = []
    for wanted in drift_ids:
        fitting = [row for row in rows if row.drift_id.startswith(wanted)]
        if len(fitting) != 1:
            raise UsageError(
                f"{wanted}: {len(fitting) or 'no'} differences have an id that starts so; `drift` lists them"
            )
        update = {
            "resolved": True,
            "resolution_type": resolution,
            "resolution_notes": note,
            "resolved_by": by or getpass.getuser(),
            "resolved_at": now,
        }
        settled.append(fitting[0].model_copy(update=update))
    store.put(*settled)
    return settled


def fixes(rows: Iterable[SchemaDrift]) -> list[str]:
    """Return the statements that bring destinations in line, each with the difference as a comment."""
    found = []
    for row in rows:
        told = json.loads(row.diff_details or "{}")
        if told.get("fix"):
            found.append(f"-- {row.drift_id[:12]} {row.entity_name}: {told['message']}\n{told['fix']}\n")
    return found


def _project(store: Store, name: str) -> str:
    rows = [row for row in store.rows(MigrationProject) if name in (row.project_id, row.project_name)]
    if len(rows) != 1:
        known = ", ".join(sorted(row.project_name for row in store.rows(MigrationProject))) or "none"
        many = "several projects have this name, give the id" if rows else f"no such project; there are: {known}"
        raise UsageError(f"{name}: {many}")
    return rows[0].project_id


def _tables(file: Path) -> tuple[list[Table], list[Refusal]]:
    """Return the tables of a scan, and what of its tables could not be read."""
    tables, refusals = [], []
    for item in scan_dump(file):
        if isinstance(item, Table):
            tables.append(item)
        elif isinstance(item, Refusal) and not any(call in item.where for call in _OTHER_CALLS):
            refusals.append(item)
    return tables, refusals


def _not_read(refusal: Refusal, between: Between) -> Drift:
    """What was not read may have drifted: it stays open until it is."""
    message = f"{refusal.where}: {refusal.message}, so its tables were not compared"
    difference = SchemaDifference(
        type="NOT_KNOWN", severity="critical", message=message, recommendation=refusal.action or "scan again"
    )
    return Drift(between=between, table=refusal.where, difference=difference)


def _target_of(settings: Settings) -> Callable[[Table], str | None]:
    def target(table: Table) -> str | None:
        skipped = settings.action_for(table.database, table.name) == "skip"
        return None if skipped else settings.table_for(table.database, table.name)

    return target


def _stored_table(row: SourceEntity) -> Table:
    columns = tuple(Column(name=column.name, type=column.type) for column in row.column_list or ())
    by_name = {column.name: column for column in columns}
    keys = tuple(by_name[name] for name in row.partition_keys or () if name in by_name)
    # A table that the migration makes a managed Delta one is stored as that; what its files were is not known any more.
    format_ = "" if row.format == "delta" and not row.s3_path else row.format or ""
    return Table(
        database=row.glue_catalog_db or "",
        name=row.glue_catalog_table or str(row.entity_name),
        columns=tuple(column for column in columns if column not in keys),
        partition_keys=keys,
        columns_known=bool(columns),
        location=row.s3_path or "",
        format=format_,
    )


def _as_stored(table: Table) -> Table:
    """The store keeps neither comments nor what Glue does not know, whether a column may be null."""
    bare = {"comment": "", "nullable": True}
    return table.model_copy(
        update={
            "columns": tuple(column.model_copy(update=bare) for column in table.columns),
            "partition_keys": tuple(column.model_copy(update=bare) for column in table.partition_keys),
        }
    )


def _row(project_id: str, ids: dict[str, str], drift: Drift, now: datetime) -> SchemaDrift:
    difference = drift.difference
    entity = ids.get(drift.table)
    details = difference.model_dump(exclude={"type", "severity", "column"}) | {
        "between": drift.between,
        "fix": drift.fix,
    }
    return SchemaDrift(
        drift_id=stable_id("drift", project_id, drift.between, drift.table, difference.type, difference.column.lower()),
        source_entity_id=entity,
        dest_entity_id=stable_id("destination", entity) if entity else None,
        project_id=project_id,
        drift_type=difference.type,
        severity=difference.severity,
        source_schema=_schema(drift.before),
        dest_schema=_schema(drift.after),
        diff_details=json.dumps(details, sort_keys=True),
        resolved=False,
        detected_at=now,
        entity_name=drift.table,
        column_name=difference.column or None,
    )


def _schema(table: Table | None) -> str | None:
    if table is None:
        return None
    columns = [column.model_dump() for column in table.columns]
    keys = [column.name for column in table.partition_keys]
    return json.dumps({"table": table.full_name, "columns": columns, "partition_keys": keys}, sort_keys=True)


def _carried(row: SchemaDrift, old: SchemaDrift | None) -> SchemaDrift:
    """Keep when it was first seen, and that it was accepted as long as it has not changed."""
    if old is None:
        return row
    if old.resolved and old.resolution_type == "accepted" and old.diff_details == row.diff_details:
        return old
    return row if old.resolved else row.model_copy(update={"detected_at": old.detected_at})


def _gone(row: SchemaDrift, now: datetime) -> SchemaDrift:
    offered = bool(json.loads(row.diff_details or "{}").get("fix"))
    note = "no longer there, and a fix had been offered" if offered else "no longer there"
    update = {
        "resolved": True,
        "resolution_type": "auto_fixed" if offered else "manual_fixed",
        "resolution_notes": note,
        "resolved_by": AGENT,
        "resolved_at": now,
    }
    return row.model_copy(update=update)


def _gravity(row: SchemaDrift) -> tuple[int, str, str, str]:
    order = {"critical": 0, "warning": 1, "info": 2}
    return order.get(str(row.severity), 3), str(row.entity_name), str(row.drift_type), str(row.column_name)


def _result(
    project_id: str, rows: Sequence[SchemaDrift], tables: int, now: datetime, milliseconds: int
) -> ValidationResult:
    severities = {row.severity for row in rows}
    severity: Literal["critical", "warning", "info"] = (
        "critical" if "critical" in severities else "warning" if "warning" in severities else "info"
    )
    issues = [
        {
            "type": row.drift_type,
            "severity": row.severity,
            "column": row.column_name or "",
            "message": f"{row.entity_name}: {json.loads(row.diff_details or '{}').get('message', '')}",
        }
        for row in rows
    ]
    return ValidationResult(
        validation_id=stable_id("validation", project_id, "drift", now.isoformat()),
        project_id=project_id,
        validation_type="drift",
        validation_level="structural",
        passed="critical" not in severities,
        severity=severity,
        message=f"{len(rows)} open differences in {tables} tables",
        details=json.dumps(issues),
        execution_time_ms=milliseconds,
        validated_by="agent",
        agent_name=AGENT,
        validated_at=now,
    )
