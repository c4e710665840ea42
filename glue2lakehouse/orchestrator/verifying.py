"""`verify`: run original and conversion of what `migrate` wrote, side by side, and put the verdicts into report and tables."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.domain import Edit, Entity, EntityType, Evidence, Finding, Severity, Status, stable_id
from glue2lakehouse.orchestrator.reading import Progress, Project, read_project, silent
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.running import blocked_module, sandbox_source, waits_for_module
from glue2lakehouse.orchestrator.trials import data_beside
from glue2lakehouse.orchestrator.trust import SettingsOf, settings_for
from glue2lakehouse.orchestrator.writing import SOURCES, ddl_targets, write_reports
from glue2lakehouse.store import SourceEntity, Store, ValidationResult, open_store
from glue2lakehouse.tools.output import OutputFolder
from glue2lakehouse.tools.report import (
    FileReport,
    Report,
    ReportEntity,
    ReportFinding,
    SourcePair,
    build_report,
    read_report,
)
from glue2lakehouse.tools.sandbox.verify import RULE, JobVerification, Outcome, Source, job_files, verify_project
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import PythonUnit, open_source, read_all_units

_HEADS = (EntityType.JOB, EntityType.MODULE)


@dataclass(frozen=True)
class Verified:
    """The report with what running showed, and the verdict on each job."""

    report: Report
    verdicts: tuple[JobVerification, ...]
    written: tuple[Path, ...]


def verify(
    out: Path,
    settings: SettingsOf = settings_beside,
    *,
    source: str | None = None,
    branch: str | None = None,
    data: Path | None = None,
    worker: Worker | None = None,
    progress: Progress = silent,
) -> Verified:
    """Verify the converted jobs below `out`; the original is where the report says, or at `source`.

    `data` is a folder with samples, by default `data` in the source if it looks like one. Jobs that wait for a person are
    not run. Raises SourceNotFound where there is no report or no source, RuntimeUnavailable without Java or Spark.
    """
    report = read_report(out)
    with open_source(source or report.source, branch, exclude=[out.absolute()]) as tree:
        chosen = settings_for(settings, tree)[0]
        project = read_project(tree, chosen)
        pair = sandbox_source(project, out.absolute() / SOURCES, chosen, data or data_beside(tree.root))
        ready = {file.path for file in report.files if _can_be_judged(file)}
        jobs = [path for path in job_files(tree.root) if path in ready]
        verdicts = tuple(_verdicts(pair, report.files, jobs, worker, progress))
        verified = _with_verdicts(report, {verdict.path: verdict for verdict in verdicts})
        written = _write(verified, _pairs(project, verified, out), out)
        _keep(open_store(chosen.home), project, verified, verdicts)
        return Verified(verified, verdicts, written)


def _can_be_judged(file: FileReport) -> bool:
    """Whether nothing but an earlier verification keeps a changed file from being called converted."""
    changed = file.status in (Status.CONVERTED, Status.NEEDS_REVIEW)
    blocked = any(finding.severity is Severity.BLOCKER and finding.rule != RULE for finding in file.findings)
    waits = file.status is Status.NEEDS_REVIEW and not any(finding.rule == RULE for finding in file.findings)
    return changed and not blocked and not waits


def _verdicts(
    pair: Source, files: Sequence[FileReport], jobs: Sequence[str], worker: Worker | None, progress: Progress
) -> Iterator[JobVerification]:
    progress("verify", 0, len(jobs))
    waits = {path: module for path in jobs if (module := blocked_module(pair.original, path, files))}
    yield from (waits_for_module(path, module) for path, module in waits.items())
    ready = [path for path in jobs if path not in waits]
    for number, verdict in enumerate(verify_project(pair, ready, worker=worker), start=1 + len(waits)):
        yield verdict
        progress("verify", number, len(jobs))


def _with_verdicts(report: Report, verdicts: Mapping[str, JobVerification]) -> Report:
    """Return the report anew: what an earlier verification said is replaced."""
    files = {file.path: _judged(file, verdicts.get(file.path)) for file in report.files}
    return build_report(
        project=report.project,
        source=report.source,
        started_at=report.started_at,
        seconds=report.seconds + sum(verdict.seconds for verdict in verdicts.values()),
        file_types=report.totals.files,
        files=files.values(),
        entities=[
            _judged_entity(entity, files[entity.path]) if entity.path in verdicts else entity
            for entity in report.entities
        ],
        model_calls=report.totals.model_calls,
        cost_usd=report.totals.cost_usd,
    )


def _judged(file: FileReport, verdict: JobVerification | None) -> FileReport:
    if verdict is None:
        return file
    findings = [finding for finding in file.findings if finding.rule != RULE]
    findings += [ReportFinding.of(finding) for finding in _findings(verdict)]
    evidence, status = file.evidence, file.status
    if verdict.outcome is Outcome.EQUAL:
        evidence = max(evidence, Evidence.EXECUTED, key=lambda level: level.level)
        status = Status.CONVERTED
    if verdict.outcome is Outcome.DIFFERENT:
        evidence = min(evidence, Evidence.RESOLVED, key=lambda level: level.level)
        status = Status.NEEDS_REVIEW
    score = confidence(
        evidence,
        [Edit(**edit.model_dump()) for edit in file.edits],
        [Finding(path=file.path, **finding.model_dump()) for finding in findings],
    )
    return FileReport(
        path=file.path, status=status, evidence=evidence, confidence=score, findings=tuple(findings), edits=file.edits
    )


def _findings(verdict: JobVerification) -> tuple[Finding, ...]:
    if verdict.outcome is Outcome.EQUAL:
        told = Finding(rule=RULE, severity=Severity.INFO, path=verdict.path, line=0, message=verdict.told, action="")
        return (*verdict.findings, told)
    if verdict.outcome is Outcome.DIFFERENT:
        return verdict.findings
    told = Finding(
        rule=RULE,
        severity=Severity.INFO,
        path=verdict.path,
        line=0,
        message=f"{'was not run' if verdict.outcome is Outcome.CANNOT_RUN else 'ran, and proves nothing'}: {verdict.reason}",
        action="give rows that it can work on with --data, or compare on real tables",
    )
    return (*verdict.findings, told)


def _judged_entity(entity: ReportEntity, file: FileReport) -> ReportEntity:
    if entity.type not in _HEADS:
        return entity.model_copy(update={"evidence": file.evidence})
    return entity.model_copy(update={"evidence": file.evidence, "status": file.status, "confidence": file.confidence})


def _pairs(project: Project, report: Report, out: Path) -> dict[str, SourcePair]:
    """Return the texts of everything that changed, read back from source and output."""
    with open_source(str(out / SOURCES)) as written:
        units = [unit for unit in read_all_units(written.files) if isinstance(unit, PythonUnit)]
    after = {unit.path: unit.code for unit in units}
    pairs = {
        path: SourcePair(unit.code, after[path], f"{SOURCES}/{path}")
        for path, unit in project.units.items()
        if path in after
    }
    texts = {path: text for path, text in project.ddl.items() if isinstance(text, str)}
    for path, target in ddl_targets(texts).items():
        text = texts[path]
        if (out / target).is_file():
            pairs[path] = SourcePair(text, (out / target).read_text(encoding="utf-8"), target)
    return pairs


def _write(report: Report, pairs: Mapping[str, SourcePair], out: Path) -> tuple[Path, ...]:
    return write_reports(OutputFolder(out, force=True), report, pairs)


def _keep(store: Store, project: Project, report: Report, verdicts: Sequence[JobVerification]) -> None:
    """Write each verdict as a check, and what it changed about the entities of its file."""
    heads = {entity.path: entity for entity in project.entities if entity.type in _HEADS}
    rows = [_row(project.id, heads.get(verdict.path), verdict) for verdict in verdicts]
    told = {verdict.path for verdict in verdicts}
    changed = {entity.id: entity for entity in report.entities if entity.path in told}
    entities = [
        row.model_copy(update=_columns(changed[row.entity_id]))
        for row in store.rows(SourceEntity, project.id)
        if row.entity_id in changed
    ]
    store.put(*rows, *entities)


def _columns(entity: ReportEntity) -> dict[str, Any]:
    return {
        "evidence": entity.evidence.value,
        "confidence": entity.confidence,
        "migration_status": entity.status.value,
        "updated_at": datetime.now(UTC),
    }


def _row(project_id: str, entity: Entity | None, verdict: JobVerification) -> ValidationResult:
    equal = verdict.outcome is Outcome.EQUAL
    return ValidationResult(
        validation_id=stable_id("verification", project_id, verdict.path, verdict.model_dump_json(exclude={"seconds"})),
        source_entity_id=entity.id if entity else None,
        project_id=project_id,
        validation_type="function",
        validation_level="functional",
        passed=equal if verdict.outcome.settles else None,
        severity="critical" if verdict.outcome is Outcome.DIFFERENT else "info",
        message=f"{verdict.outcome.value}: {verdict.rows} rows" if equal else verdict.reason or verdict.outcome.value,
        details=verdict.model_dump_json(),
        execution_time_ms=round(verdict.seconds * 1000),
        validated_by="sandbox",
        validated_at=datetime.now(UTC),
        evidence=Evidence.EXECUTED.value if equal else None,
    )
