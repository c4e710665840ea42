"""`run-glue`: one unmodified Glue script on this machine, in the sandbox, on sample data."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from glue2lakehouse.errors import RunError, SourceNotFound
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.sandbox.job import JobReport, JobRequest, RunReport
from glue2lakehouse.tools.sandbox.tables import tables_from_ddl
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.sandbox.world import lay_out

_TASK = "glue2lakehouse.tools.sandbox.job:run"


@dataclass(frozen=True)
class LocalRun:
    """How the script ended, all that it wrote, what it printed last, and the undocumented points that it relied on."""

    run: RunReport
    printed: str
    refusals: tuple[str, ...]
    switches: Mapping[str, str]
    seconds: float


def run_glue(
    script: Path,
    arguments: Mapping[str, str],
    settings: Settings,
    *,
    data: Path | None = None,
    root: Path | None = None,
    keep: Path | None = None,
) -> LocalRun:
    """Run a Glue script; `root` is the project's folder, for its modules and DDL (default: the script's own folder).

    Without `arguments`, those of the data folder are used. `keep` is a folder to leave the buckets in afterwards. Raises
    SourceNotFound, RunError when the sandbox stops the script, RuntimeUnavailable without Java, Spark or Delta.
    """
    if not script.is_file():
        raise SourceNotFound(f"{script}: there is no such script")
    root = root or script.parent
    with Worker() as worker:
        world = lay_out(data, tables_from_ddl(sorted(root.rglob("*.sql"))), worker.new_folder("world"))
        folder = worker.new_folder("run")
        request = JobRequest(
            side="original",
            script=script.resolve(),
            folders=(root.resolve(),),
            arguments={"JOB_NAME": script.stem, **(dict(arguments) or world.arguments.get(script.stem, {}))},
            environment=world.environment(folder / "scratch", glue_version=settings.glue_version),
            settings=settings,
            secrets=world.secrets,
            aws="boto" in script.read_text(encoding="utf-8", errors="replace"),
        )
        reply = worker.run(_TASK, request.model_dump(mode="json"), folder)
        if reply.failure:
            raise RunError(f"{script}: was stopped: {reply.failure}")
        report = JobReport.model_validate(reply.answer)
        if keep is not None:
            shutil.copytree(folder / "scratch" / "s3", keep, dirs_exist_ok=True)
    return LocalRun(report.runs[-1], reply.log, tuple(report.refusals), report.switches, reply.seconds)
