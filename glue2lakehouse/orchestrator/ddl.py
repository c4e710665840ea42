"""The DDL of a project: converted file by file, with the tables that it creates as entities."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.domain import ConversionType, Edit, EntityType, Evidence, Finding, Status, stable_id
from glue2lakehouse.orchestrator.reading import Progress, Project, silent
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.ddl import (
    DdlConversion,
    KnownTables,
    StatementResult,
    TableDefinition,
    convert_ddl,
    extract_tables,
)
from glue2lakehouse.tools.defects import defect, tried
from glue2lakehouse.tools.report import FileReport, ReportEdit, ReportEntity, ReportFinding


@dataclass(frozen=True)
class DdlOutcome:
    """One DDL file as it ended; `text` is the source's."""

    path: str
    text: str
    made: DdlConversion
    report: FileReport


def convert_all_ddl(project: Project, settings: Settings, progress: Progress = silent) -> list[DdlOutcome]:
    """Convert every DDL file that could be read, in the order of their paths."""
    outcomes = []
    texts = {path: text for path, text in project.ddl.items() if not isinstance(text, Finding)}
    known = KnownTables(
        table for path, text in texts.items() for table in extract_tables(text, path, settings) if len(texts) > 1
    )
    for number, (path, text) in enumerate(sorted(texts.items()), start=1):
        made = _converted(text, path, settings, known)
        evidence = _evidence(made.statements)
        report = FileReport(
            path=path,
            status=made.status,
            evidence=evidence,
            confidence=_score(evidence, made.edits, made.findings) if made.statements else 1.0,
            findings=tuple(ReportFinding.of(finding) for finding in made.findings),
            edits=tuple(ReportEdit.of(edit) for edit in made.edits),
        )
        outcomes.append(DdlOutcome(path, text, made, report))
        progress("ddl", number, len(texts))
    return outcomes


def _converted(text: str, path: str, settings: Settings, known: KnownTables) -> DdlConversion:
    made = tried(lambda: convert_ddl(text, path, settings, known=known))
    if isinstance(made, Exception):
        found = defect(path, made, "the conversion of the DDL")
        return DdlConversion(path, "", text, Status.NEEDS_REVIEW, (), (found,))
    return made


def table_entities(project: Project, outcomes: Iterable[DdlOutcome]) -> list[tuple[ReportEntity, TableDefinition]]:
    """Return the tables that the files create, each with how its own statement ended."""
    found = []
    for outcome in outcomes:
        statements = {statement.source_line: statement for statement in outcome.made.statements}
        for table in outcome.made.tables:
            statement = statements.get(table.line)
            status = statement.status if statement else outcome.made.status
            evidence = statement.evidence if statement else outcome.report.evidence
            edits, findings = (statement.edits, statement.findings) if statement else ((), outcome.made.findings)
            name = f"{table.database}.{table.name}" if table.database else table.name
            entity = ReportEntity(
                id=stable_id(project.id, outcome.path, "table", name),
                type=EntityType.TABLE,
                name=name,
                path=outcome.path,
                line_start=table.line,
                line_end=table.line + (statement.source.count("\n") if statement else 0),
                status=status,
                conversion_type=_conversion_type(status),
                evidence=evidence,
                confidence=_score(evidence, edits, findings),
            )
            found.append((entity, table))
    return found


def _score(evidence: Evidence, edits: Sequence[Edit], findings: Sequence[Finding]) -> float:
    """Return the confidence in DDL.

    A statement refers to nothing outside itself and every clause of it is accounted for, so that it parses is worth what `resolved` is worth for code.
    """
    return confidence(Evidence.RESOLVED if evidence is Evidence.PARSED else evidence, edits, findings)


def _conversion_type(status: Status) -> ConversionType:
    return ConversionType.MANUAL if status is Status.NEEDS_REVIEW else ConversionType.AUTOMATIC


def _evidence(statements: Iterable[StatementResult]) -> Evidence:
    """Return the weakest evidence among what was converted; a file without a statement to convert has parsed."""
    levels = [statement.evidence for statement in statements if statement.outcome in ("converted", "confirm")]
    return min(levels, key=lambda evidence: evidence.level, default=Evidence.PARSED)
