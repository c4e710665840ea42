"""What the sandbox needs to know of a project to run its jobs: versions, arguments and connections of their definitions."""

from pathlib import Path

from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.local_databases import database_name
from glue2lakehouse.tools.jobs.facts import facts_for_script
from glue2lakehouse.tools.jobs.model import GlueConnection
from glue2lakehouse.tools.sandbox.verdict import Source

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
        connections=_connections(project),
        explain=explain,
    )


def _arguments(project: Project, path: str) -> dict[str, str]:
    """Return what a script's job definitions give it, without what is Glue's own and what they leave open."""
    given = facts_for_script(project.definitions, path).default_arguments
    return {
        name.removeprefix("--"): value
        for name, value in given.items()
        if name not in _NOT_THE_SCRIPTS and "job-bookmark" not in name and "${" not in value
    }


def _connections(project: Project) -> dict[str, dict[str, str]]:
    """Return the Glue connections; each is a local database that is named as in its URL."""
    found = {}
    for connection in (item for item in project.definitions.items if isinstance(item, GlueConnection)):
        url = connection.connection_properties.get("JDBC_CONNECTION_URL", "")
        database = database_name(url) if url else connection.name.lower()
        found[connection.name] = {"fullUrl": url, "url": url, "database": database}
    return found
