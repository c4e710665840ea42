"""Compare the tables of a project with what they became, on Spark, and keep every check in `validation_results`."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, cast

from glue2lakehouse.domain import EntityType, stable_id
from glue2lakehouse.errors import UsageError
from glue2lakehouse.store import DestinationEntity, SourceEntity, Store, ValidationResult
from glue2lakehouse.tools.compare.data import compare_tables
from glue2lakehouse.tools.compare.plan import Check, Comparison, Plan

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

AGENT = "table_comparison"


def compare_project(
    store: Store, spark: "SparkSession", project_id: str, plans: Mapping[str, Plan] | None = None
) -> dict[str, Comparison]:
    """Compare every stored table that has a destination; return the comparisons by source name.

    `plans` are by `database.table`. The source is read from its files; a table whose files or whose destination Spark
    cannot read has a failed check that says so. `destination_entities` gets counts and verdicts.
    """
    chosen = {name.lower(): plan for name, plan in (plans or {}).items()}
    sources = {
        row.entity_id: row for row in store.rows(SourceEntity, project_id) if row.entity_type == EntityType.TABLE.value
    }
    made: dict[str, Comparison] = {}
    for destination in store.rows(DestinationEntity, project_id):
        source = sources.get(str(destination.source_entity_id))
        if source is None:
            continue
        name = str(source.entity_name)
        plan = chosen.get(name.lower(), Plan())
        made[name] = _compare(spark, source, destination, plan)
        keep(store, project_id, made[name], source, destination)
    return made


def keep(
    store: Store,
    project_id: str,
    comparison: Comparison,
    source: SourceEntity | None = None,
    destination: DestinationEntity | None = None,
) -> None:
    """Store a comparison: one row of `validation_results` a check, and the verdict with its destination."""
    now = datetime.now(UTC)
    rows = [_row(project_id, comparison, check, source, destination, now) for check in comparison.checks]
    store.put(*rows)
    if destination is not None:
        store.put(destination.model_copy(update=_verdict(comparison, now)))


def _compare(spark: "SparkSession", source: SourceEntity, destination: DestinationEntity, plan: Plan) -> Comparison:
    from pyspark.errors import PySparkException

    names = str(source.entity_name), str(destination.full_uc_name)
    try:
        return compare_tables(_source(spark, source), spark.read.table(names[1]), plan, names=names)
    except (PySparkException, UsageError) as error:
        reason = str(error).splitlines()[0]
        check = Check(type="schema", passed=False, message=f"could not be compared: {reason}")
        return Comparison(source=names[0], destination=names[1], checks=(check,))


def _source(spark: "SparkSession", source: SourceEntity) -> "DataFrame":
    if source.format not in ("parquet", "orc", "delta", "avro"):
        kind = source.format or "unknown"
        raise UsageError(f"{source.entity_name}: {kind} files need the options of their SerDe; compare them by hand")
    if not source.s3_path:
        raise UsageError(f"{source.entity_name}: no location is known")
    found = spark.read.format(str(source.format)).load(source.s3_path)
    declared = _declared_keys(source)
    guessed = [field.name for field in found.schema.fields if field.name.lower() in declared]
    if source.format == "delta" or not guessed:
        return found
    # Spark guesses the types of partition folders: `month=01` of a string column would be the number 1.
    columns = [f"{_quoted(name)} {declared.get(name.lower()) or kind}" for name, kind in found.dtypes]
    return spark.read.format(str(source.format)).schema(", ".join(columns)).load(source.s3_path)


def _declared_keys(source: SourceEntity) -> dict[str, str]:
    keys = {name.lower() for name in source.partition_keys or ()}
    return {column.name.lower(): column.type for column in source.column_list or () if column.name.lower() in keys}


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _row(
    project_id: str,
    comparison: Comparison,
    check: Check,
    source: SourceEntity | None,
    destination: DestinationEntity | None,
    now: datetime,
) -> ValidationResult:
    issues = [issue.model_dump() for issue in check.issues]
    if check.figures:
        issues.append({"type": "FIGURES", "severity": "info", "message": check.message, **_plain(check.figures)})
    severity = check.severity if check.passed or check.issues else "critical"
    return ValidationResult(
        validation_id=stable_id(
            "validation", project_id, comparison.source, comparison.destination, check.type, now.isoformat()
        ),
        source_entity_id=source.entity_id if source else None,
        dest_entity_id=destination.dest_entity_id if destination else None,
        project_id=project_id,
        validation_type=check.type,
        validation_level="structural" if check.type == "schema" else "functional",
        passed=check.passed,
        severity=cast(Literal["critical", "warning", "info"], severity),
        message=check.message,
        details=json.dumps(issues, default=str),
        execution_time_ms=check.milliseconds,
        validated_by="agent",
        agent_name=AGENT,
        validated_at=now,
        evidence="reconciled" if comparison.reconciled else None,
    )


def _plain(figures: Mapping[str, object]) -> dict[str, object]:
    """Keep the words of an issue out of the figures' way."""
    return {"figures": dict(figures)}


def _verdict(comparison: Comparison, now: datetime) -> dict[str, object]:
    checks = {check.type: check for check in comparison.checks}
    counts = checks["row_count"].figures if "row_count" in checks else {}
    sample = checks.get("sample_data")
    return {
        "validation_status": "passed" if comparison.passed else "failed",
        "schema_match": checks["schema"].passed and not checks["schema"].issues,
        "row_count_source": counts.get("source"),
        "row_count_dest": counts.get("destination"),
        "row_count_diff": counts.get("difference"),
        "sample_data_match": sample.passed if sample else None,
        "validated_at": now,
    }
