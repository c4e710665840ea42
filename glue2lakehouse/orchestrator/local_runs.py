"""`run-glue`: one unmodified Glue script on this machine, in the sandbox, on sample data."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from glue2lakehouse.errors import RunError, SourceNotFound
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.orchestrator.running import sandbox_source
from glue2lakehouse.orchestrator.trials import data_beside
from glue2lakehouse.orchestrator.trust import SettingsOf, settings_for
from glue2lakehouse.settings import FILE_NAME
from glue2lakehouse.tools.sandbox.job import RunReport
from glue2lakehouse.tools.sandbox.job_files import read_texts
from glue2lakehouse.tools.sandbox.runs import CannotRunError, Runs
from glue2lakehouse.tools.sandbox.tables import tables_from_ddl
from glue2lakehouse.tools.sandbox.verdict import Source
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.sandbox.world import lay_out
from glue2lakehouse.tools.source import open_source

_ROOT_MARKS = (".git", FILE_NAME, "pyproject.toml", "setup.py", "requirements.txt")
_MOST_PRINTED = 1_000_000


@dataclass(frozen=True)
class LocalRun:
    """How the script ended, what it wrote and printed, what was made up for it, and what Glue leaves undocumented in it."""

    run: RunReport
    printed: str
    refusals: tuple[str, ...]
    switches: Mapping[str, str]
    made: tuple[str, ...]
    made_arguments: Mapping[str, str]
    kept: Path | None


def run_glue(
    script: Path,
    arguments: Mapping[str, str],
    settings: SettingsOf = settings_beside,
    *,
    data: Path | None = None,
    root: Path | None = None,
    keep: Path | None = None,
    glue_version: str | None = None,
) -> LocalRun:
    """Run a Glue script; `root` is the project's folder, for modules, DDL and job definitions (default: what looks like it).

    `arguments` count before those of the data folder, and those before the job's definition; what is required beyond them and
    sources without samples are made up. `keep` is a folder to leave the buckets in afterwards. Raises SourceNotFound, RunError
    when the sandbox stops the script, RuntimeUnavailable without Java, Spark or Delta.
    """
    if not script.is_file():
        raise SourceNotFound(f"{script}: there is no such script")
    script = script.resolve()
    root = root.resolve() if root else project_root(script)
    if not script.is_relative_to(root):
        raise SourceNotFound(f"{script}: is not below the project {root}; name its folder with --root")
    path = script.relative_to(root).as_posix()
    source = _source(root, settings, data)
    if glue_version is not None:
        source.glue_versions[path] = glue_version
    texts = read_texts(script, root)
    ddl = sorted(file for pattern in ("*.sql", "*.hql", "*.ddl") for file in root.rglob(pattern))
    with Worker() as worker:
        world = lay_out(source.data, tables_from_ddl(ddl), worker.new_folder("world"))
        runs = Runs(source, world, path, worker, {"original": texts, "converted": texts}, times=1)
        given = source.arguments.get(path, {}).keys() | world.arguments.get(script.stem, {}).keys() | {"JOB_NAME"}
        runs.arguments |= arguments
        try:
            report = runs.original()
        except CannotRunError as reason:
            raise RunError(f"{script}: {reason}") from reason
        assert runs.folder is not None
        if keep is not None:
            shutil.copytree(runs.folder / "scratch" / "s3", keep, dirs_exist_ok=True)
        return LocalRun(
            run=report.runs[-1],
            printed=_printed(runs.folder / "task.log").replace(str(runs.code["original"]), str(root)),
            refusals=tuple(report.refusals),
            switches=report.switches,
            made=runs.made,
            made_arguments={
                name: value for name, value in runs.arguments.items() if name not in given | arguments.keys()
            },
            kept=keep,
        )


def project_root(script: Path) -> Path:
    """Return the nearest folder above a script that looks like a project's, else the script's own folder."""
    for folder in script.parents:
        if folder == Path.home() or folder == folder.parent:
            break
        if any((folder / mark).exists() for mark in _ROOT_MARKS):
            return folder
    return script.parent


def _source(root: Path, settings: SettingsOf, data: Path | None) -> Source:
    with open_source(str(root)) as tree:
        chosen = settings_for(settings, tree)[0]
        return sandbox_source(read_project(tree, chosen), root, chosen, data or data_beside(root))


def _printed(log: Path) -> str:
    text = log.read_text(encoding="utf-8", errors="replace") if log.is_file() else ""
    if len(text) <= _MOST_PRINTED:
        return text
    return f"… ({len(text) - _MOST_PRINTED} characters before)\n{text[-_MOST_PRINTED:]}"
