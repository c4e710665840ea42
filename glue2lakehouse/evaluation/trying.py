"""Let the project convert one case: the rules, then the entity graph, with the model where one is given."""

import shutil
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.confidence import Doubts, doubts_of, fitted, probability
from glue2lakehouse.agents.dialogue import Model, Usage
from glue2lakehouse.agents.validator import Gathered
from glue2lakehouse.domain import Evidence, Finding, Issue, Severity, Status
from glue2lakehouse.errors import ModelUnavailable
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Case, Ending
from glue2lakehouse.evaluation.executing import execute
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.project import Batch, Draft, Outcome
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, Checker, draft_all, helpers_used
from glue2lakehouse.orchestrator.ddl import DdlOutcome, convert_all_ddl
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.checks.check import CheckResult
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.sandbox.verdict import JobVerification
from glue2lakehouse.tools.sandbox.verdict import Outcome as Verdict
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import open_source


def try_case(case: Case, model: Model | None = None, worker: Worker | None = None) -> Attempt:
    """Convert a case and, given a worker, run what came out; a model without an answer ends the case, not the evaluation."""
    started = perf_counter()
    with TemporaryDirectory(prefix="glue2lakehouse-eval-") as scratch:
        source = Path(scratch) / case.name
        # A copy, so that no two cases share a name and nothing is written beside the golden files.
        shutil.copytree(case.before, source)
        with open_source(str(source)) as tree:
            settings = case.settings
            project = read_project(tree, settings)
            drafts = draft_all(project, settings)
            ddl = convert_all_ddl(project, settings)
        gather = Checker(project, drafts, settings)
        judge = _Judge(case, drafts, gather, worker)
        workshop = Workshop(
            settings,
            Texts(),
            judge,
            lambda _: None,
            model,
            partial(converter.convert, bench=Bench(settings, gather, {draft.path: draft.before for draft in drafts})),
        )
        before = {draft.path: draft.before for draft in drafts} | {one.path: one.text for one in ddl}
        try:
            outcomes = Batch(workshop, None, project.id, concurrency=1).run(drafts)
        except ModelUnavailable as error:
            return Attempt(
                case, Ending.REFUSED, before, error=str(error), model=True, could_execute=worker is not None,
                seconds=perf_counter() - started,
            )  # fmt: skip
    broken = tuple(project.broken.values())
    seconds = perf_counter() - started
    return _attempt(case, before, outcomes, ddl, broken, model is not None, judge, worker, seconds)


def _attempt(
    case: Case,
    before: Mapping[str, str],
    outcomes: Sequence[Outcome],
    ddl: Sequence[DdlOutcome],
    broken: tuple[Finding, ...],
    with_model: bool,
    judge: "_Judge",
    worker: Worker | None,
    seconds: float,
) -> Attempt:
    after = _with_helpers({outcome.path: outcome.code for outcome in outcomes}, case.settings)
    after |= {one.path: one.made.sql for one in ddl}
    statuses = [outcome.status for outcome in outcomes] + [one.report.status for one in ddl]
    changed = [outcome for outcome in outcomes if outcome.status is not Status.UNCHANGED]
    waits, failed = Status.NEEDS_REVIEW in statuses, bool(broken) or Status.FAILED in statuses
    doubts = [_unexecuted(outcome) for outcome in changed]
    ending = Ending.REFUSED if failed else Ending.REVIEW if waits else Ending.AUTOMATIC
    verdicts: Mapping[str, JobVerification] = dict(judge.verdicts)
    if worker is not None and ending is Ending.AUTOMATIC:
        verdicts = {**execute(case, after, worker, skip=tuple(verdicts)), **verdicts}
    return Attempt(
        case=case,
        ending=ending,
        before=before,
        after=after,
        findings=(
            *broken,
            *(finding for outcome in outcomes for finding in outcome.findings),
            *(finding for one in ddl for finding in one.made.findings),
        ),
        edits=tuple(edit for outcome in outcomes for edit in outcome.edits),
        evidence=min((outcome.evidence for outcome in changed), key=lambda level: level.level, default=Evidence.NONE),
        confidence=round(min([*map(_sureness, doubts), *(one.report.confidence for one in ddl)], default=0.0), 3),
        doubts=min(doubts, key=_sureness, default=None),
        checks={outcome.path: _checked(case, before, after, outcome) for outcome in changed},
        executed=verdicts,
        usage=sum((outcome.usage for outcome in outcomes), Usage()),
        attempts=max((_attempts(outcome) for outcome in changed), default=0),
        seconds=seconds,
        model=with_model,
        could_execute=worker is not None,
    )


def _unexecuted(outcome: Outcome) -> Doubts:
    """Return what stood before anything was run: that is what execution can prove right or wrong."""
    known = min(outcome.evidence, Evidence.RESOLVED, key=lambda level: level.level)
    return doubts_of(known, outcome.edits, outcome.findings)


def _sureness(doubts: Doubts) -> float:
    return probability(doubts, fitted())


def _attempts(outcome: Outcome) -> int:
    return sum(row["agent_name"] == converter.NAME for row in outcome.decisions)


def _checked(case: Case, before: Mapping[str, str], after: Mapping[str, str], outcome: Outcome) -> CheckResult:
    text = before[outcome.path]
    return check(text, outcome.code, outcome.path, before, after, outcome.findings, case.settings)


def _with_helpers(files: dict[str, str], settings: Settings) -> dict[str, str]:
    helpers = helpers_used(files.values())
    return {**files, COMPAT_FILE: render_compat(helpers, settings)} if helpers else files


class _Judge:
    """The checks of the project, and for what a model wrote the sandbox as well."""

    def __init__(self, case: Case, drafts: Sequence[Draft], gather: Checker, worker: Worker | None) -> None:
        self._case, self._gather, self._worker = case, gather, worker
        self._drafts = {draft.path: draft.after for draft in drafts}
        self.verdicts: dict[str, JobVerification] = {}

    def __call__(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        found = self._gather(before, after, path, findings)
        blocked = any(finding.severity is Severity.BLOCKER for finding in (*findings, *found.findings))
        if self._worker is None or blocked or after == self._drafts[path] or path not in self._case.jobs:
            return found
        verdict = execute(
            self._case, _with_helpers({**self._drafts, path: after}, self._case.settings), self._worker
        ).get(path)
        if verdict is None:
            return found
        self.verdicts[path] = verdict
        if verdict.outcome is Verdict.EQUAL:
            return found.model_copy(update={"evidence": Evidence.EXECUTED})
        told = "; ".join(finding.message for finding in verdict.findings) or verdict.reason
        severity = "critical" if verdict.outcome is Verdict.DIFFERENT else "info"
        issue = Issue(type="EXECUTION", severity=severity, message=told)
        return found.model_copy(update={"issues": (*found.issues, issue)})
