"""The second phase: the rules over all files, then every file through the entity graph."""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.agents.validator import Gathered, without_words_of_models
from glue2lakehouse.domain import ConversionType, Entity, EntityType, Evidence, Finding, Severity, Status
from glue2lakehouse.graphs.project import Draft, Outcome
from glue2lakehouse.orchestrator.engines import convert_files
from glue2lakehouse.orchestrator.reading import Progress, Project, silent
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.ddl import TableDefinition, extract_tables
from glue2lakehouse.tools.defects import defect, tried
from glue2lakehouse.tools.report import ReportEntity
from glue2lakehouse.tools.rewrite import Conversion, TableFacts, render_compat

COMPAT_MODULE = "glue_compat"
COMPAT_FILE = f"{COMPAT_MODULE}.py"
_TEXT = re.compile(r"\"([^\"\n]*)\"|'([^'\n]*)'")


def draft_all(project: Project, settings: Settings, progress: Progress = silent) -> list[Draft]:
    """Return the rules' drafts of all units, in the order of their paths."""
    heads = {entity.path: entity for entity in project.entities if entity.type in (EntityType.JOB, EntityType.MODULE)}
    files = {path: unit.code for path, unit in project.units.items()}
    tables = defined_tables(project)
    drafts = []
    for number, made in enumerate(convert_files(files, settings, project.facts, tables), start=1):
        drafts.append(_draft(project, heads, made, tables))
        progress("convert", number, len(files))
    return sorted(drafts, key=lambda draft: draft.path)


def defined_tables(project: Project) -> dict[str, TableFacts]:
    """Return what the project's DDL says of its tables, by `database.table` in lower case.

    A table that is defined twice, or that was changed in a way that nobody settled, proves nothing and is left out.
    """
    found: dict[str, TableFacts] = {}
    doubtful: set[str] = set()
    for path, text in project.ddl.items():
        for table in extract_tables(text, path) if isinstance(text, str) else ():
            name = f"{table.database}.{table.name}".lower()
            if name in found or not table.settled or not table.database:
                doubtful.add(name)
            found[name] = table_facts(table)
    return {name: table for name, table in found.items() if name not in doubtful}


def table_facts(table: TableDefinition) -> TableFacts:
    """Return what a table's definition says to the conversion of code."""
    columns = tuple((column.name, column.type.lower()) for column in table.all_columns)
    return TableFacts(table.format, columns, bool(table.location) and not table.managed_target, table.location)


class Checker:
    """The deterministic check of a file within its project, as the entity graph calls it."""

    def __init__(self, project: Project, drafts: Sequence[Draft], settings: Settings) -> None:
        self._before = {draft.path: draft.before for draft in drafts}
        self._after = {draft.path: draft.after for draft in drafts}
        helpers = helpers_used(self._after.values())
        if helpers:
            self._after.setdefault(COMPAT_FILE, render_compat(helpers, settings))
        self._facts = project.facts
        self._settings = settings

    def __call__(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        """Return the evidence for one conversion; the job's own bookmark setting counts over the project's."""
        settings, facts = self._settings, self._facts.get(path)
        if facts is not None and facts.bookmarks_enabled is not None:
            settings = settings.model_copy(update={"bookmarks_enabled": facts.bookmarks_enabled})
        catalogs = facts.glue_catalogs if facts is not None else frozenset[str]()
        known = without_words_of_models(findings)
        found = tried(lambda: check(before, after, path, self._before, self._after, known, settings, catalogs))
        if isinstance(found, Exception):
            return Gathered(evidence=Evidence.NONE, findings=(defect(path, found, "the check of the conversion"),))
        return Gathered(evidence=found.evidence, findings=found.findings, issues=found.issues)


def columns_named(code: str, tables: Mapping[str, TableFacts]) -> tuple[dict[str, str], ...]:
    """Return the columns of the tables whose database and name a code names in texts: `{"table", "name", "type"}`."""
    texts = {text.lower() for pair in _TEXT.findall(code) for text in pair if text}
    words = {word for text in texts for word in re.findall(r"\w+", text)}
    return tuple(
        {"table": table, "name": name, "type": kind}
        for table, facts in sorted(tables.items())
        if set(table.split(".")) <= words
        for name, kind in facts.columns
    )


def _draft(project: Project, heads: Mapping[str, Entity], made: Conversion, tables: Mapping[str, TableFacts]) -> Draft:
    unit, head = project.units[made.path], heads.get(made.path)
    findings, after = [*unit.findings, *made.findings], made.after
    if made.compat and COMPAT_FILE in project.units:
        findings.append(_clash(made.path))
    if after != unit.code:
        written = unit.to_bytes(after)
        if isinstance(written, Finding):
            findings.append(written)
            after = unit.code
    return Draft(
        entity_id=head.id if head else f"{project.id}-{made.path}",
        entity_type=head.type if head else EntityType.MODULE,
        path=made.path,
        before=unit.code,
        after=after,
        edits=(*unit.edits, *made.edits),
        findings=tuple(findings),
        uses_glue=made.uses_glue,
        columns=columns_named(unit.code, tables),
        dependencies=head.dependencies if head else (),
    )


def _clash(path: str) -> Finding:
    return Finding(
        rule="compat-clash",
        severity=Severity.BLOCKER,
        path=path,
        line=0,
        message=f"needs helpers in {COMPAT_FILE}, and the source has a module of that name",
        action=f"rename {COMPAT_FILE} in the source and run again",
    )


def helpers_used(codes: Iterable[str]) -> frozenset[str]:
    """Return the names that converted code imports from `glue_compat`."""
    names: set[str] = set()
    for code in codes:
        if COMPAT_MODULE not in code:
            continue
        try:
            tree = ast.parse(code)
        except (SyntaxError, ValueError, RecursionError):
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[-1] == COMPAT_MODULE:
                names |= {alias.name for alias in node.names}
    return frozenset(names)


def entity_outcomes(entities: Iterable[Entity], outcomes: Mapping[str, Outcome]) -> list[ReportEntity]:
    """Say how each entity ended: a file's own entity like the file, a definition by what lies within its lines."""
    return [_entity_outcome(entity, outcomes[entity.path]) for entity in entities if entity.path in outcomes]


def _entity_outcome(entity: Entity, file: Outcome) -> ReportEntity:
    whole = entity.type in (EntityType.JOB, EntityType.MODULE)
    lines = range(entity.line_start, entity.line_end + 1)
    findings = [finding for finding in file.findings if whole or finding.line in lines]
    edits = [edit for edit in file.edits if whole or edit.source_line in lines]
    status, score = file.status, file.confidence
    if not whole:
        status = _status_within(file, findings, bool(edits))
        score = min(confidence(file.evidence, edits, findings), 1.0) if status is not file.status else file.confidence
    return ReportEntity(
        id=entity.id,
        type=entity.type,
        name=entity.name,
        path=entity.path,
        line_start=entity.line_start,
        line_end=entity.line_end,
        status=status,
        conversion_type=ConversionType.MANUAL if status is Status.NEEDS_REVIEW else file.conversion_type,
        evidence=file.evidence,
        confidence=score,
    )


def _status_within(file: Outcome, findings: Sequence[Finding], edited: bool) -> Status:
    """A definition waits if something in its lines does, or if what the file waits for has no line of its own."""
    if file.status is Status.NEEDS_REVIEW:
        blockers = [finding for finding in file.findings if finding.severity is Severity.BLOCKER]
        homeless = not blockers or any(finding.line == 0 for finding in blockers)
        if homeless or any(finding.severity is Severity.BLOCKER for finding in findings):
            return Status.NEEDS_REVIEW
    if file.status is Status.FAILED or file.evidence is Evidence.NONE:
        return file.status
    return Status.CONVERTED if edited or file.status is Status.CONVERTED else Status.UNCHANGED
