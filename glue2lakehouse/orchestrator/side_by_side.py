"""The projects of a portfolio side by side: one process each, so many at once, and none stops another.

`portfolio.json` in the output folder is written after every project. While it says that the run has not finished, the next run
goes on with what is not done; a run that finished begins anew, because the sources may have changed.
"""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from glue2lakehouse.domain import stable_id
from glue2lakehouse.errors import RunError
from glue2lakehouse.orchestrator.portfolio import Portfolio, PortfolioProject
from glue2lakehouse.orchestrator.reading import Progress, silent
from glue2lakehouse.settings import ENVIRONMENT_PREFIX
from glue2lakehouse.store import open_store
from glue2lakehouse.tools.report import read_report
from glue2lakehouse.tools.report.portfolio import FAILED, ProjectSummary, summary_of, write_portfolio
from glue2lakehouse.tools.report.writer import HTML_NAME
from glue2lakehouse.tools.rewrite.processes import cores

STATE = "portfolio.json"
PAGE = "portfolio.html"
ENDS_WITH_STDIN = "GLUE2LAKEHOUSE_ENDS_WITH_STDIN"
_ENDED_WELL = (0, 3)


class State(BaseModel):
    """How far a portfolio is; `keys` are hashes of the entries, so that a changed entry is done again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_version: int = 1
    finished: bool = False
    keys: dict[str, str] = {}
    projects: dict[str, ProjectSummary] = {}


def run_portfolio(
    portfolio: Portfolio, *, title: str = "Portfolio", processes: int = 0, progress: Progress = silent
) -> State:
    """Migrate every project and write the summary page; what failed is told there, and the others go on.

    Raises ProjectBusy while another run works on the same output folder, RunError when it cannot be written.
    """
    portfolio.out.mkdir(parents=True, exist_ok=True)
    # Made once, before many processes look for it.
    store = open_store(portfolio.home)
    with store.hold(stable_id("portfolio", str(portfolio.out)), title):
        state = _begun(portfolio)
        todo = [project for project in portfolio.projects if project.name not in state.projects]
        at_once = min(processes or portfolio.processes or cores(), len(portfolio.projects))
        progress("projects", len(state.projects), len(portfolio.projects))
        with _Children() as children, ThreadPoolExecutor(at_once, thread_name_prefix="project") as pool:
            try:
                running = {pool.submit(_one, portfolio, project, at_once, children): project for project in todo}
                for done in as_completed(running):
                    project = running[done]
                    state = _with(state, project, _key(portfolio, project), done.result())
                    _write(portfolio.out, state, title)
                    progress("projects", len(state.projects), len(portfolio.projects))
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                children.end()
                raise
        state = state.model_copy(update={"finished": True})
        _write(portfolio.out, state, title)
        return state


class _Children:
    """The processes that run, so that none outlives an interrupted portfolio."""

    def __init__(self) -> None:
        self._running: set[subprocess.Popen[str]] = set()
        self._lock = threading.Lock()
        self._ended = False

    def __enter__(self) -> "_Children":
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def run(self, command: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
        """Run a command and return its exit code and what it said on standard error."""
        with self._lock:
            if self._ended:
                raise RunError("the portfolio was interrupted")
            # The child ends when this pipe does, so that it does not hold its project after a parent that was killed.
            theirs, ours = os.pipe()
            child = subprocess.Popen(
                command, stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                env={**environment, ENDS_WITH_STDIN: "1"}, errors="replace",
            )  # fmt: skip
            os.close(theirs)
            self._running.add(child)
        said = child.communicate()[1]
        os.close(ours)
        with self._lock:
            self._running.discard(child)
        return child.returncode, said

    def end(self) -> None:
        """End what runs; a migration that was ended can be repeated."""
        with self._lock:
            self._ended = True
            for child in self._running:
                child.terminate()


def _one(portfolio: Portfolio, project: PortfolioProject, at_once: int, children: _Children) -> ProjectSummary:
    out = portfolio.out / project.name
    command = [sys.executable, "-m", "glue2lakehouse.cli", "migrate", project.source, "--out", str(out), "--json"]
    command += ["--project", project.name, "--home", str(portfolio.home), "--force"]
    command += ["--workers", str(max(1, cores() // at_once))]
    command += ["--branch", project.branch] if project.branch else []
    command += ["--config", str(project.config)] if project.config else []
    chosen = portfolio.settings_of(project)
    told = {ENVIRONMENT_PREFIX + name.upper(): json.dumps(value) for name, value in chosen.items()}
    code, said = children.run(command, {**os.environ, **told})
    if code in _ENDED_WELL:
        return summary_of(read_report(out), project.name, f"{project.name}/{HTML_NAME}")
    lines = [line for line in said.splitlines() if line.strip()]
    reason = lines[-1].removeprefix("glue2lakehouse: ") if lines else "said nothing"
    error = f"ended by signal {-code}" if code < 0 else reason
    return ProjectSummary(name=project.name, source=project.source, word=FAILED, error=error)


def _key(portfolio: Portfolio, project: PortfolioProject) -> str:
    settings = json.dumps(portfolio.settings_of(project), sort_keys=True, default=str)
    return stable_id(project.model_dump_json(), settings)


def _begun(portfolio: Portfolio) -> State:
    """Return what an interrupted run has done; what failed in it is tried again."""
    try:
        before = State.model_validate_json((portfolio.out / STATE).read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError):
        return State()
    if before.finished:
        return State()
    keys = {project.name: _key(portfolio, project) for project in portfolio.projects}
    kept = {
        name: summary
        for name, summary in before.projects.items()
        if summary.word != FAILED and before.keys.get(name) == keys.get(name)
    }
    return State(keys={name: keys[name] for name in kept}, projects=kept)


def _with(state: State, project: PortfolioProject, key: str, summary: ProjectSummary) -> State:
    projects = {**state.projects, project.name: summary}
    return state.model_copy(update={"projects": projects, "keys": {**state.keys, project.name: key}})


def _write(out: Path, state: State, title: str) -> None:
    partial = out / f".{STATE}"
    try:
        write_portfolio(title, list(state.projects.values()), out / PAGE)
        partial.write_text(state.model_dump_json(indent=1), encoding="utf-8")
        partial.replace(out / STATE)
    except OSError as error:
        raise RunError(f"{out}: cannot be written: {error.strerror}") from error
