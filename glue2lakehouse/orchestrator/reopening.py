"""A registered project opened again for a reviewer, who may come days later: its checks, its sandbox, its converter.

Nothing is read before it is needed, because approving needs none of it. Where the source is there no more, one file is checked by
itself, so that imports of the project's other files are told as unresolved.
"""

import json
from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import Any, Self

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.dialogue import Model
from glue2lakehouse.agents.validator import Gather, Gathered
from glue2lakehouse.domain import Finding
from glue2lakehouse.errors import SourceNotFound, SourceUnreadable
from glue2lakehouse.orchestrator.converting import Checker, draft_all
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.orchestrator.studio import alone
from glue2lakehouse.orchestrator.trials import Trials, TryingChecker
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject
from glue2lakehouse.tools.source import open_source


def settings_of(row: MigrationProject, **flags: Any) -> Settings:
    """Return the settings that a project was migrated with; flags that are not None count over them."""
    given = {name: _plain(name, value) for name, value in (row.config or {}).items() if name in Settings.model_fields}
    return Settings.model_validate(given | {name: value for name, value in flags.items() if value is not None})


class Reopened:
    """One project on the reviewer's desk. Use it as a context manager; it holds a clone and a sandbox once it needs them."""

    def __init__(self, row: MigrationProject, settings: Settings) -> None:
        self._row, self._settings = row, settings
        self._held = ExitStack()
        self._parts: tuple[Gather, Trials | None, Bench] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._held.close()

    def gather(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        """Check one file within its project."""
        return self._opened()[0](before, after, path, findings)

    def gather_and_try(self, before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        """Check one file, and run it where that can prove something."""
        gather, trials, _ = self._opened()
        if trials is None or not isinstance(gather, Checker):
            return gather(before, after, path, findings)
        return TryingChecker(gather, trials)(before, after, path, findings)

    def run(self, path: str, code: str) -> str:
        """Run original and conversion of a file, and say how they compare."""
        trials = self._opened()[1]
        return trials.told(path, code) if trials else f"{path}: the source is not there any more: {self._row.repo_url}"

    def convert(self, task: converter.ConverterInput, model: Model | None) -> converter.ConverterReply:
        """Ask the converter, with all tools over the project."""
        return converter.convert(task, model, self._opened()[2])

    def _opened(self) -> tuple[Gather, Trials | None, Bench]:
        if self._parts is None:
            try:
                self._parts = self._open()
            except (SourceNotFound, SourceUnreadable):
                gather = alone(self._settings)
                self._parts = gather, None, Bench(self._settings, gather)
        return self._parts

    def _open(self) -> tuple[Gather, Trials | None, Bench]:
        settings = self._settings
        tree = self._held.enter_context(open_source(self._row.repo_url or "", self._row.branch))
        project = read_project(tree, settings)
        drafts = draft_all(project, settings)
        gather = Checker(project, drafts, settings)
        trials = self._held.enter_context(Trials(project, drafts, settings))
        originals = {draft.path: draft.before for draft in drafts}
        run: Callable[[str, str], str] | None = trials.told if settings.trials else None
        return gather, trials, Bench(settings, gather, originals, run)


def _plain(name: str, value: str) -> Any:
    """The store keeps what is no text as JSON; a version such as 4.0 is text."""
    if Settings.model_fields[name].annotation is str:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value
