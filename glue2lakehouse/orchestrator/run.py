"""The phases over one project: read, convert, check, write, report. `assess` writes nothing, `migrate` everything."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.limits import Metered
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.domain import Evidence, Finding, Severity, Status
from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.project import Batch, Draft, Outcome
from glue2lakehouse.graphs.queue import TEXTS, open_checkpoints
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.bundle import bundle_of
from glue2lakehouse.orchestrator.converting import Checker, draft_all, entity_outcomes
from glue2lakehouse.orchestrator.ddl import DdlOutcome, convert_all_ddl, table_entities
from glue2lakehouse.orchestrator.estimating import Estimate, estimate_of
from glue2lakehouse.orchestrator.ledger import Ledger
from glue2lakehouse.orchestrator.reading import Progress, Project, project_id_of, read_project, silent
from glue2lakehouse.orchestrator.rows import agents_by_path, comments_in, entity_rows, project_row, table_rows
from glue2lakehouse.orchestrator.trials import Trials, TryingChecker
from glue2lakehouse.orchestrator.trust import SettingsOf, settings_for
from glue2lakehouse.orchestrator.writing import code_files, code_pairs, ddl_pairs, write_code, write_ddl, write_reports
from glue2lakehouse.settings import FILE_NAME, Settings, load_settings
from glue2lakehouse.store import AgentDecision, Store, open_store
from glue2lakehouse.tools.output import OutputFolder, opened_folder
from glue2lakehouse.tools.report import (
    FileReport,
    Report,
    ReportEdit,
    ReportEntity,
    ReportFinding,
    SourcePair,
    build_report,
)
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import open_source
from glue2lakehouse.tools.tracing import Span, Trace, open_trace


@dataclass(frozen=True)
class Run:
    """What a run found and wrote; `sources` are the texts that the report shows, `written` is empty for `assess`."""

    project_id: str
    report: Report
    sources: Mapping[str, SourcePair]
    out: Path | None = None
    written: tuple[Path, ...] = ()
    estimate: Estimate | None = None


def settings_beside(root: Path, **flags: Any) -> Settings:
    """Return the settings of the file beside a source, if there is one, then the environment's, then the flags'."""
    file = root / FILE_NAME
    return load_settings(file if file.is_file() else None, **flags)


def assess(
    source: str, settings: SettingsOf = settings_beside, *, branch: str | None = None, progress: Progress = silent
) -> Run:
    """Say how a migration would go, and write nothing.

    Raises SourceNotFound or SourceUnreadable for the source, SettingsError for the settings.
    """
    started, clock = datetime.now(UTC), perf_counter()
    with open_source(source, branch) as tree:
        chosen, ignored = settings_for(settings, tree)
        project = _told_of(read_project(tree, chosen, progress), ignored)
        work = _Work(project, chosen, progress)
        outcomes = work.convert(Texts(), record=lambda _: None, checkpointer=None, done=lambda _: None)
        work.bundle(outcomes)
        report, _ = work.report(outcomes, started, clock)
        return Run(project.id, report, work.pairs(outcomes), estimate=estimate_of(work.drafts, chosen))


def migrate(
    source: str,
    out: Path,
    settings: SettingsOf = settings_beside,
    *,
    branch: str | None = None,
    force: bool = False,
    store: Store | None = None,
    data: Path | None = None,
    worker: Worker | None = None,
    progress: Progress = silent,
) -> Run:
    """Convert a project into the folder `out`, keep every decision in the store, and report.

    A run killed at any moment can be repeated: no decision is lost or doubled, no answer asked for twice. Decisions go to
    the tables in the settings' home folder, or to `store`. What a model writes is tried in a sandbox (`worker`, or one of the
    run's own) on samples in `data`, by default those beside the source, or on made rows. Raises
    OutputNotEmpty before anything is written, ProjectBusy while another run holds the project or the output, RunError when the
    output or the store cannot be written.
    """
    started, clock = datetime.now(UTC), perf_counter()
    out = out.absolute()
    with open_source(source, branch, exclude=[out]) as tree, opened_folder(out, force) as folder:
        chosen, ignored = settings_for(settings, tree)
        name = chosen.project or tree.name
        store = store or open_store(chosen.home)
        with store.hold(project_id_of(name, tree.location), name):
            trace = open_trace(chosen.home, name, {"source": tree.location}, chosen.tracing)
            error = "ended before it was done"
            try:
                project = _told_of(read_project(tree, chosen, progress), ignored)
                work = _Work(project, chosen, progress, data, worker)
                run = _migrate(work, store, folder, trace, started, clock, out)
                error = ""
                return run
            except Glue2LakehouseError as failure:
                error = str(failure)
                raise
            finally:
                trace.close({}, error)


def _told_of(project: Project, findings: tuple[Finding, ...]) -> Project:
    return replace(project, findings=(*project.findings, *findings))


def _migrate(
    work: "_Work",
    store: Store,
    folder: OutputFolder,
    trace: Trace,
    started: datetime,
    clock: float,
    out: Path,
) -> Run:
    project, settings = work.project, work.settings
    store.put(project_row(project, settings, started))
    texts = Texts(settings.home / TEXTS)
    ledger = Ledger(lambda rows: store.put(*rows), texts)
    outcomes = work.convert(
        texts,
        ledger.record,
        open_checkpoints(settings.home),
        lambda outcome: _traced(outcome, trace, ledger),
        comments_in(store.rows(AgentDecision, project.id)),
    )
    write_code(folder, code_files(project, outcomes, settings))
    write_ddl(folder, work.ddl)
    bundle = work.bundle(outcomes)
    for path, data in bundle.items():
        folder.write(path, data)
    report, tables = work.report(outcomes, started, clock)
    pairs = work.pairs(outcomes)
    ledger.close(trace.trace_id)
    ended = {entity.id: entity for entity in report.entities}
    rows = [*entity_rows(project, ended, agents_by_path(outcomes)), *table_rows(project, settings, tables)]
    store.put(*rows, project_row(project, settings, started, report=report, outcomes=outcomes))
    store.maintain(project.id)
    write_reports(folder, report, pairs)
    folder.finish()
    parts = dict.fromkeys(path.partition("/")[0] for path in folder.written)
    return Run(project.id, report, pairs, out, tuple(out / part for part in parts))


def _traced(outcome: Outcome, trace: Trace, ledger: Ledger) -> None:
    """Hang a file under the run's trace; one that a model touched has a trace of its own as well."""
    span = Span(
        name=outcome.path,
        started=outcome.started,
        ended=outcome.ended,
        outputs={"status": outcome.status.value, "evidence": outcome.evidence.value, "confidence": outcome.confidence},
        attributes={"findings": len(outcome.findings), "edits": len(outcome.edits), "thread": outcome.thread},
    )
    trace.add(span)
    # A thread that an earlier run left has its talks with a model in that run's trace.
    talks = [_asked(row) for row in outcome.decisions if row.get("prompt")]
    new = tuple(talk for talk in talks if talk.started >= outcome.started)
    own = ""
    if new:
        waits = outcome.status is Status.NEEDS_REVIEW
        whole = replace(span, children=new)
        own = trace.separate(whole, {"thread": outcome.thread, "interrupted": str(waits).lower()})
    ledger.settle(outcome.entity_id, own or trace.trace_id, outcome.thread)


def _asked(row: Mapping[str, Any]) -> Span:
    """Return an agent's talk with a model as a span, its tools below it: how many tokens, what it cost; no text."""
    tools = tuple(
        Span(
            name=used["name"],
            started=datetime.fromisoformat(used["started_at"]),
            ended=datetime.fromisoformat(used["ended_at"]),
            kind="TOOL",
        )
        for used in row.get("tools", [])
    )
    return Span(
        name=row["agent_name"],
        started=datetime.fromisoformat(row["started_at"]),
        ended=datetime.fromisoformat(row["executed_at"]),
        kind="LLM",
        attributes={
            "model": row["model_name"],
            "attempt": row["attempt"],
            "calls": row["model_calls"],
            "prompt": row.get("prompt_fingerprint"),
        },
        tokens=(row["tokens_in"], row["tokens_used"] - row["tokens_in"]),
        cost_usd=row["cost"],
        children=tools,
    )


@dataclass
class _Work:
    """One project between its phases."""

    project: Project
    settings: Settings
    progress: Progress
    data: Path | None = None
    worker: Worker | None = None
    ddl: list[DdlOutcome] = field(default_factory=list)
    drafts: list[Draft] = field(default_factory=list)
    told: tuple[Finding, ...] = ()
    model: Metered | None = None

    def convert(
        self,
        texts: Texts,
        record: Callable[[Sequence[dict[str, Any]]], None],
        checkpointer: Any,
        done: Callable[[Outcome], None],
        comments: Mapping[str, tuple[str, ...]] | None = None,
    ) -> list[Outcome]:
        """Return how every Python file ended; `comments` are what reviewers said to no model yet, by entity."""
        self.ddl = convert_all_ddl(self.project, self.settings, self.progress)
        drafts = self.drafts = draft_all(self.project, self.settings, self.progress)
        gather = Checker(self.project, drafts, self.settings)
        opened = open_model(self.settings.model, self.settings) if checkpointer is not None else None
        model = self.model = Metered(opened) if opened is not None else None
        if model is not None and comments:
            drafts = [replace(draft, instructions=comments.get(draft.entity_id, ())) for draft in drafts]
        originals = {draft.path: draft.before for draft in drafts}
        ended = 0

        def tell(outcome: Outcome) -> None:
            nonlocal ended
            ended += 1
            done(outcome)
            self.progress("validate", ended, len(drafts))

        with Trials(self.project, drafts, self.settings, self.data, self.worker) as trials:
            bench = Bench(self.settings, gather, originals, trials.told)
            work = partial(converter.convert, bench=bench)
            workshop = Workshop(self.settings, texts, TryingChecker(gather, trials), record, model, work)
            samples = trials.samples() if model is not None else ""
            batch = Batch(workshop, checkpointer, self.project.id, self.settings.model_concurrency, samples)
            return batch.run(drafts, tell)

    def bundle(self, outcomes: Sequence[Outcome]) -> dict[str, bytes]:
        """Return the files of the Asset Bundle; what has to be known of them goes into the report."""
        files, self.told = bundle_of(self.project, outcomes, self.settings)
        return files

    def report(self, outcomes: Sequence[Outcome], started: datetime, clock: float) -> tuple[Report, list[Any]]:
        """Return the report, and the tables with their definitions."""
        tables = table_entities(self.project, self.ddl)
        by_path = {outcome.path: outcome for outcome in outcomes}
        entities: list[ReportEntity] = entity_outcomes(self.project.entities, by_path)
        files = [_file(outcome) for outcome in outcomes] + [item.report for item in self.ddl]
        files += [_failed(finding) for finding in self._unread()]
        report = build_report(
            project=self.project.name,
            source=self.project.tree.location,
            started_at=started,
            seconds=perf_counter() - clock,
            file_types=self.project.tree.counts,
            files=sorted(_with_others(files, (*self.project.findings, *self.told)), key=lambda file: file.path),
            entities=[*entities, *(entity for entity, _ in tables)],
            model_calls=self.model.usage.calls if self.model else 0,
            cost_usd=self.model.usage.cost_usd if self.model else 0.0,
        )
        return report, tables

    def pairs(self, outcomes: Sequence[Outcome]) -> dict[str, SourcePair]:
        """Return the texts that the report shows side by side."""
        return code_pairs(self.project, outcomes) | ddl_pairs(self.ddl)

    def _unread(self) -> Iterable[Finding]:
        yield from self.project.broken.values()
        yield from (found for found in self.project.ddl.values() if isinstance(found, Finding))


def _file(outcome: Outcome) -> FileReport:
    return FileReport(
        path=outcome.path,
        status=outcome.status,
        evidence=outcome.evidence,
        confidence=outcome.confidence,
        findings=tuple(ReportFinding.of(finding) for finding in outcome.findings),
        edits=tuple(ReportEdit.of(edit) for edit in outcome.edits),
    )


def _failed(finding: Finding) -> FileReport:
    found = (ReportFinding.of(finding),)
    return FileReport(path=finding.path, status=Status.FAILED, evidence=Evidence.NONE, confidence=0.0, findings=found)


def _with_others(files: Sequence[FileReport], findings: Iterable[Finding]) -> Iterator[FileReport]:
    """Add what was found outside of code: to the file's own entry, or as one that waits or is only told of."""
    by_path: dict[str, list[Finding]] = {}
    # Reading the definitions and writing the bundle may both miss the same script.
    for finding in dict.fromkeys(findings):
        by_path.setdefault(finding.path, []).append(finding)
    for file in files:
        more = by_path.pop(file.path, [])
        said = {"findings": file.findings + tuple(ReportFinding.of(finding) for finding in more)}
        # A DAG is no Glue code and comes out unchanged; what its job of the bundle lacks waits for a person all the same.
        blocked = any(finding.severity is Severity.BLOCKER for finding in more) and file.status is not Status.FAILED
        waits = {"status": Status.NEEDS_REVIEW, "confidence": 0.0} if blocked else {}
        yield file.model_copy(update={**said, **waits}) if more else file
    for path, rest in by_path.items():
        blocked = any(finding.severity is Severity.BLOCKER for finding in rest)
        yield FileReport(
            path=path,
            status=Status.NEEDS_REVIEW if blocked else Status.UNCHANGED,
            evidence=Evidence.PARSED,
            confidence=0.0 if blocked else 1.0,
            findings=tuple(ReportFinding.of(finding) for finding in rest),
        )
