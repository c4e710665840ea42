"""What the sandbox needs to know of a project to run its jobs: versions, arguments and connections of their definitions."""

import re
from collections.abc import Iterable
from pathlib import Path

from glue2lakehouse.domain import Severity
from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.local_databases import database_name
from glue2lakehouse.tools.jobs.facts import facts_for_script
from glue2lakehouse.tools.jobs.model import GlueConnection
from glue2lakehouse.tools.report import FileReport
from glue2lakehouse.tools.sandbox.job_files import local_files, module_folders
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome, Source

WAITS = "it runs together with"
_OPEN = re.compile(r"\$\{|⟦|<[A-Za-z]")
_NOT_THE_SCRIPTS = ("--conf", "--extra-py-files", "--additional-python-modules", "--job-language")


def sandbox_source(
    project: Project, converted: Path, settings: Settings, data: Path | None, *, explain: bool = True
) -> Source:
    """Return a project and its conversion in the folder `converted` as the sandbox runs them, on samples in `data`."""
    return Source(
        original=project.tree.root,
        converted=converted,
        settings=settings,
        data=data,
        glue_versions={
            path: facts.glue_version for path, facts in project.facts.items() if facts.glue_version is not None
        },
        arguments={path: arguments for path in project.units if (arguments := _arguments(project, path))},
        bookmarks=_bookmarked(project, settings),
        connections=_connections(project),
        explain=explain,
    )


def reached_files(root: Path, path: str) -> list[str]:
    """Return a script of a project and the modules of the project that it runs, relative to the root."""
    found = local_files(root / path, module_folders(root / path, root))
    return [file.relative_to(root).as_posix() for file in found]


def blocked_module(root: Path, path: str, files: Iterable[FileReport]) -> str:
    """Return a module that a job runs and that has a blocker, empty where there is none: such a job cannot run yet."""
    blocked = {file.path for file in files if any(found.severity is Severity.BLOCKER for found in file.findings)}
    return next((file for file in reached_files(root, path) if file != path and file in blocked), "")


def waits_for_module(path: str, module: str) -> JobVerification:
    """Return the verdict on a job that cannot run yet, see `blocked_module`."""
    reason = f"{WAITS} {module}, which is not converted yet"
    return JobVerification(path=path, outcome=Outcome.CANNOT_RUN, reason=reason)


def _arguments(project: Project, path: str) -> dict[str, str]:
    """Return what a script's job definitions give it, without what is Glue's own and what they leave open."""
    given = facts_for_script(project.definitions, path).default_arguments
    return {
        name.removeprefix("--"): value
        for name, value in given.items()
        if name not in _NOT_THE_SCRIPTS and "job-bookmark" not in name and not _OPEN.search(value)
    }


def _bookmarked(project: Project, settings: Settings) -> frozenset[str]:
    """Return the scripts that run with bookmarks and have to keep them: `full_read` is the project's word that they need not."""
    if settings.bookmarks == "full_read":
        return frozenset()
    known = {path: facts.bookmarks_enabled for path, facts in project.facts.items()}
    return frozenset(path for path, on in known.items() if (settings.bookmarks_enabled if on is None else on))


def _connections(project: Project) -> dict[str, dict[str, str]]:
    """Return the Glue connections; each is a local database that is named as in its URL."""
    found = {}
    for connection in (item for item in project.definitions.items if isinstance(item, GlueConnection)):
        url = connection.connection_properties.get("JDBC_CONNECTION_URL", "")
        database = database_name(url) if url else connection.name.lower()
        found[connection.name] = {"fullUrl": url, "url": url, "database": database}
    return found
