"""Run what a model wrote: original and draft of one file in the sandbox, on given or made data.

So a conversion that no rule can vouch for reaches `executed`, or is refused with what came out differently. One sandbox serves a
run; it starts with the first draft that has to be tried, and where Spark is missing every answer says so and nothing is proved.
"""

import shutil
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from glue2lakehouse.agents.validator import LEFT_OUT, Gathered
from glue2lakehouse.domain import Evidence, Finding, Issue, Severity, stable_id
from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.graphs.project import Draft
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, Checker, helpers_used
from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.orchestrator.running import reached_files, sandbox_source
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.sandbox.job_files import job_files
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome
from glue2lakehouse.tools.sandbox.verify import verify_project
from glue2lakehouse.tools.sandbox.worker import Worker

DATA = "data"
EXECUTION = "execution"
_DATA_FOLDERS = ("catalog", "s3", "jdbc", "streams")


def data_beside(root: Path) -> Path | None:
    """Return the folder of samples in a source, if there is one that looks like it."""
    folder = root / DATA
    return folder if any((folder / name).is_dir() for name in _DATA_FOLDERS) else None


class Trials:
    """Tries drafts of one project; safe to call from several threads, which take turns. Use it as a context manager."""

    def __init__(
        self, project: Project, drafts: Sequence[Draft], settings: Settings, data: Path | None = None,
        worker: Worker | None = None,
    ) -> None:  # fmt: skip
        """`data` are samples, by default those beside the source; a given `worker` stays open."""
        self._project, self._settings, self._drafts = project, settings, {draft.path: draft for draft in drafts}
        self._data = data or data_beside(project.tree.root)
        self._own, self._worker = worker is None, worker
        self._lock = threading.Lock()
        self._missing = "" if settings.trials else "the settings ask for no trials (trials: false)"
        self._jobs: tuple[str, ...] | None = None
        self._known: dict[tuple[str, str], list[JobVerification]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._own and self._worker is not None:
            self._worker.close()

    def samples(self) -> str:
        """Return a fingerprint of the samples: names, sizes and times of their files; empty without any."""
        if self._data is None:
            return ""
        files = sorted(file for file in self._data.rglob("*") if file.is_file())
        listed = ((file.relative_to(self._data), file.stat().st_size, file.stat().st_mtime_ns) for file in files)
        return stable_id("samples", *(str(entry) for entry in listed))

    def verdicts(self, path: str, code: str) -> list[JobVerification]:
        """Return the verdict on a job file with this code, for a module that on each job that imports it."""
        with self._lock:
            if (path, code) not in self._known:
                self._known[path, code] = self._tried(path, code)
            return self._known[path, code]

    def told(self, path: str, code: str) -> str:
        """Return the verdicts as text: the same words for the same outcome."""
        return "\n".join(_told(verdict) for verdict in self.verdicts(path, code))

    def is_draft(self, path: str, code: str) -> bool:
        """Whether this is what the rules made of a file, or a file that is not of the project."""
        return path not in self._drafts or self._drafts[path].after == code

    def _tried(self, path: str, code: str) -> list[JobVerification]:
        root = self._project.tree.root
        if self._jobs is None:
            self._jobs = tuple(job for job in job_files(root) if job in self._drafts)
        jobs = [path] if path in self._jobs else [job for job in self._jobs if path in self._reached(job)]
        if not jobs:
            return [_cannot(path, "no job of the project runs this file")]
        waiting = [file for job in jobs for file in self._reached(job) if file != path and _blocked(self._drafts[file])]
        if waiting:
            return [_cannot(path, f"it runs together with {waiting[0]}, which is not converted yet")]
        if self._missing:
            return [_cannot(path, self._missing)]
        try:
            return self._run(jobs, path, code)
        except RuntimeUnavailable as error:
            self._missing = f"there is no sandbox: {error}"
            return [_cannot(path, self._missing)]

    def _reached(self, job: str) -> list[str]:
        root = self._project.tree.root
        return [file for file in reached_files(root, job) if file in self._drafts]

    def _run(self, jobs: Sequence[str], path: str, code: str) -> list[JobVerification]:
        self._worker = self._worker or Worker()
        folder = self._worker.new_folder("draft")
        _write(folder, {**{name: draft.after for name, draft in self._drafts.items()}, path: code}, self._settings)
        pair = sandbox_source(self._project, folder, self._settings, self._data, explain=False)
        try:
            return list(verify_project(pair, jobs, worker=self._worker))
        finally:
            shutil.rmtree(folder, ignore_errors=True)


class TryingChecker:
    """The deterministic checks, and a run for what was written by hand or by a model and has nothing against it."""

    def __init__(self, check: Checker, trials: Trials) -> None:
        self._check, self._trials = check, trials

    def __call__(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        """Return the evidence; equal output makes it `executed`, other output is a critical issue."""
        found = self._check(before, after, path, findings)
        refused = any(finding.severity is Severity.BLOCKER for finding in (*findings, *found.findings))
        refused = refused or any(issue.severity == "critical" for issue in found.issues)
        if refused or found.evidence.level < Evidence.RESOLVED.level or self._trials.is_draft(path, after):
            return found
        verdicts = self._trials.verdicts(path, after)
        left_out = any(finding.rule == LEFT_OUT for finding in findings)
        # Made rows cannot exercise what a model left out: nobody knew what to make them for.
        proves = not (left_out and any(verdict.made for verdict in verdicts))
        if proves and all(verdict.outcome is Outcome.EQUAL for verdict in verdicts):
            return found.model_copy(update={"evidence": Evidence.EXECUTED})
        return found.model_copy(update={"issues": (*found.issues, *map(_issue, verdicts))})


def _issue(verdict: JobVerification) -> Issue:
    different = verdict.outcome is Outcome.DIFFERENT
    return Issue(type=EXECUTION, severity="critical" if different else "info", message=_told(verdict))


def _told(verdict: JobVerification) -> str:
    if verdict.outcome is Outcome.EQUAL:
        made = f", data made for {', '.join(verdict.made)}" if verdict.made else ""
        return f"{verdict.path}: equal output: {verdict.rows} rows in {', '.join(verdict.datasets)}{made}"
    if verdict.outcome is Outcome.CANNOT_RUN:
        return f"{verdict.path}: was not run: {verdict.reason}"
    if verdict.outcome is Outcome.NOT_PROVEN:
        return f"{verdict.path}: ran, and proves nothing: {verdict.reason}"
    return f"{verdict.path}: different output: " + "; ".join(finding.message for finding in verdict.findings)


def _cannot(path: str, reason: str) -> JobVerification:
    return JobVerification(path=path, outcome=Outcome.CANNOT_RUN, reason=reason)


def _blocked(draft: Draft) -> bool:
    return any(finding.severity is Severity.BLOCKER for finding in draft.findings)


def _write(folder: Path, files: Mapping[str, str], settings: Settings) -> None:
    helpers = helpers_used(files.values())
    compat = {COMPAT_FILE: render_compat(helpers, settings)} if helpers else {}
    for path, text in {**files, **compat}.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8", newline="")
