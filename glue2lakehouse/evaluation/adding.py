"""`golden add`: what a team has approved becomes a case, with the modules that it needs and the data to prove it on."""

import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from glue2lakehouse.domain import ConversionType
from glue2lakehouse.errors import OutputNotEmpty, UsageError
from glue2lakehouse.evaluation.case import CASE_FILE, Case, load_case
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.settings import FILE_NAME, Settings
from glue2lakehouse.store import AgentDecision, MigrationProject, SourceEntity, Store, open_store
from glue2lakehouse.tools.sandbox.job_files import local_files
from glue2lakehouse.tools.source import open_source

_FILES = ("job", "module")
_DDL = ("*.sql", "*.hql", "*.ddl")


def add_golden(entity: str, folder: Path, settings: Settings, *, family: str = "own", data: Path | None = None) -> Case:
    """Write a case into `folder` and return it. `data` is a folder in the sandbox's layout, by default the source's `data`.

    Raises UsageError where the entity is not known, not one, or neither converted nor approved; OutputNotEmpty for a folder
    that holds something.
    """
    if folder.exists() and any(folder.iterdir()):
        raise OutputNotEmpty(f"{folder}: holds a case already; choose another --name")
    store = open_store(settings.home, create=False)
    project, head = _find(store, entity)
    settled = _settled(store, project.project_id)
    with open_source(str(project.repo_url), project.branch) as tree:
        job = tree.root / str(head.file_path)
        needed = [file for file in local_files(job, (job.parent, tree.root)) if file.is_relative_to(tree.root)]
        paths = [file.relative_to(tree.root).as_posix() for file in needed]
        _copy(tree.root, folder / "before", [*paths, *_around(tree.root)])
        for path in paths:
            target = folder / "after" / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(settled.get(path) or (tree.root / path).read_text(encoding="utf-8"), encoding="utf-8")
        rows = data or tree.root / "data"
        if rows.is_dir():
            shutil.copytree(rows, folder / "data")
        version = settings_beside(tree.root).glue_version
    (folder / CASE_FILE).write_text(_said(head, family, version), encoding="utf-8")
    return load_case(folder)


def _find(store: Store, name: str) -> tuple[MigrationProject, SourceEntity]:
    found: dict[tuple[str, str], tuple[MigrationProject, SourceEntity]] = {}
    for project in store.rows(MigrationProject):
        for row in store.rows(SourceEntity, project.project_id):
            path = str(row.file_path)
            if row.entity_type in _FILES and (path == name or path.endswith(f"/{name}") or row.entity_id == name):
                found[(project.project_id, path)] = (project, row)
    if len(found) != 1:
        told = "is not known here; run `migrate` first" if not found else "is more than one file; name its whole path"
        raise UsageError(f"{name}: {told}")
    ((project, row),) = found.values()
    if row.migration_status != "converted":
        raise UsageError(
            f"{name}: is {row.migration_status}; approve it with `glue2lakehouse review`, migrate, and add it then"
        )
    return project, row


def _settled(store: Store, project_id: str) -> dict[str, str]:
    """Return the newest conversion of each file, by path; secrets are hidden in it, as everywhere in the tables."""
    paths = {row.entity_id: str(row.file_path) for row in store.rows(SourceEntity, project_id)}
    rows = [row for row in store.rows(AgentDecision, project_id) if row.output_code and row.source_entity_id in paths]
    rows.sort(key=lambda row: row.executed_at or datetime.min.replace(tzinfo=UTC))
    return {paths[str(row.source_entity_id)]: str(row.output_code) for row in rows}


def _around(root: Path) -> Iterable[str]:
    """Yield what says how jobs run and what tables look like: settings, DDL, job definitions."""
    for pattern in (FILE_NAME, *_DDL, "*.json", "*.yaml", "*.yml", "*.tf"):
        for file in sorted(root.rglob(pattern)):
            parts = file.relative_to(root).parts
            if "data" not in parts and not any(part.startswith(".") for part in parts):
                yield file.relative_to(root).as_posix()


def _copy(root: Path, folder: Path, paths: Iterable[str]) -> None:
    for path in dict.fromkeys(paths):
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target)


def _said(head: SourceEntity, family: str, version: str) -> str:
    values = {
        "title": f"{Path(str(head.file_path)).stem.replace('_', ' ')} of our own estate",
        "family": family,
        "glue_version": version,
        "origin": "added with `golden add`",
        "outcome": "review" if head.conversion_type == ConversionType.MANUAL.value else "automatic",
        "why": "this is how it ended here, and how it has to end",
    }
    lines = [f"{name} = {_quoted(value)}" for name, value in values.items()]
    return (
        "\n".join(
            [
                *lines,
                f"features = [{_quoted(family)}]",
                f"needs_model = {str(head.conversion_type == ConversionType.SEMI_AUTOMATIC.value).lower()}",
            ]
        )
        + "\n"
    )


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
