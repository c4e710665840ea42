"""Run one script, original or converted, as a task of the sandbox's host, and report all that it wrote.

`run(argument)` is a task for `worker.Worker.run`. The original runs on the local Glue runtime; the converted script runs on plain
Spark with the same buckets, tables, databases and secrets, under the names that the migration gives them.
"""

import json
import os
import re
import runpy
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.runner import find_modules_in
from glue2lakehouse.tools.sandbox.connection import alias_catalogs, catalogs_in_batches, join_spark
from glue2lakehouse.tools.sandbox.datasets import Dataset
from glue2lakehouse.tools.sandbox.guard import Guard
from glue2lakehouse.tools.sandbox.harvest import Harvest
from glue2lakehouse.tools.sandbox.shown_frames import shown_frames
from glue2lakehouse.tools.sandbox.target_tables import make_target_tables

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

REGION = "us-east-1"
_CAUSE = re.compile(r"(: |Caused by: )?[A-Za-z_][\w.$]*(Error|Exception)\b")


class JobRequest(BaseModel):
    """What is run, on what."""

    model_config = ConfigDict(extra="forbid")

    side: Literal["original", "converted"]
    script: Path
    folders: tuple[Path, ...] = Field(default=(), description="folders that the script imports local modules from")
    arguments: dict[str, str] = Field(default_factory=dict, description="job arguments, without dashes")
    environment: RuntimeEnvironment
    settings: Settings = Settings()
    conf: dict[str, str] = Field(default_factory=dict)
    secrets: dict[str, dict[str, str]] = Field(default_factory=dict, description="scope -> key -> value")
    tables_to_delta: tuple[str, ...] = Field(
        default=(), description="`database.table` that the migration turns into Delta"
    )
    aws: bool = Field(default=False, description="answer boto3 from a stand-in")
    run_properties: dict[str, str] = Field(default_factory=dict, description="of the workflow that the job runs in")
    times: int = Field(default=1, ge=1, description="runs, one after the other, on what the one before left")


class TableWrite(BaseModel):
    """The shape of what an original script appends to a catalog table."""

    columns: dict[str, str] = Field(description="column -> type")
    keys: list[str] = Field(default_factory=list, description="columns that it is partitioned by")


class RunReport(BaseModel):
    """How one run ended, and everything that it and the runs before it have written."""

    model_config = ConfigDict(extra="forbid")

    error_type: str = Field(default="", description="class of the exception that ended the script")
    error: str = ""
    error_line: int = Field(default=0, description="line of the script where it ended")
    not_available: bool = Field(default=False, description="the script needs what cannot exist on this machine")
    datasets: list[Dataset] = Field(default_factory=list)
    frames: list[Dataset] = Field(
        default_factory=list, description="frames that it shows or holds at its end, where it wrote nothing"
    )
    missing_fields: list[str] = Field(
        default_factory=list, description="fields that functions on records asked for in vain"
    )
    tables: dict[str, TableWrite] = Field(default_factory=dict, description="database.table -> what was added to it")
    reached: list[int] = Field(default_factory=list, description="lines of the original script that wrote something")


class JobReport(BaseModel):
    """The runs up to the first that failed, what the guard refused, and the undocumented points that they relied on."""

    model_config = ConfigDict(extra="forbid")

    runs: list[RunReport] = Field(default_factory=list)
    refusals: list[str] = Field(default_factory=list)
    switches: dict[str, str] = Field(default_factory=dict)


def run(argument: dict[str, Any]) -> dict[str, Any]:
    """Run one JobRequest and return the JobReport, both as JSON."""
    request = JobRequest.model_validate(argument)
    _prepare_process(request)
    session = join_spark(_conf(request), tuple(str(folder) for folder in _import_folders(request)))
    # Where pyspark puts rows on their way to the JVM.
    session.sparkContext._temp_dir = str(request.environment.scratch / "tmp")
    forget_earlier_runs(session)
    guard = Guard(request.environment.scratch)
    report = JobReport()
    with ExitStack() as stack:
        write_back = stack.enter_context(_aws(request))
        if request.side == "converted":
            stack.enter_context(_converted_side(request, session))
        harvest = Harvest(session, request.environment, request.settings, request.side)
        guard.stand()
        for _ in range(request.times):
            one = _run_once(request, session, harvest, write_back, report)
            report.runs.append(one)
            if one.error_type:
                break
    report.refusals = guard.refusals
    return report.model_dump(mode="json")


def _run_once(
    request: JobRequest, session: "SparkSession", harvest: Harvest, write_back: Callable[[], None], report: JobReport
) -> RunReport:
    one = RunReport()
    ended: list[bool] = []
    with shown_frames() as shown:

        def at_end(names: dict[str, Any]) -> None:
            shown.hold(names)
            _note_run_properties(request)
            one.datasets = harvest.gather()
            one.frames = [] if one.datasets else harvest.frames(shown.frames)
            ended.append(True)

        if request.side == "original":
            report.switches |= _run_original(request, session, one, at_end)
        else:
            with _Ending(one, request.script), _fresh_modules(_import_folders(request)):
                at_end(runpy.run_path(str(request.script), run_name="__main__"))
        if not one.error_type and (request.aws or not ended):
            write_back()
            _note_run_properties(request)
            one.datasets = harvest.gather()
    return one


def _note_run_properties(request: JobRequest) -> None:
    from glue2lakehouse.tools.sandbox.run_properties import note_put_by_aws, note_put_in_volume

    scratch, told = request.environment.scratch, request.arguments
    if "WORKFLOW_RUN_ID" not in told or "WORKFLOW_NAME" not in told:
        return
    if request.side == "converted":
        folder = scratch / "volumes" / request.settings.workflow_runs_folder.removeprefix("/Volumes/")
        note_put_in_volume(scratch, folder, request.run_properties)
    elif request.aws:
        note_put_by_aws(scratch, told["WORKFLOW_NAME"], told["WORKFLOW_RUN_ID"], request.run_properties, REGION)


def _run_original(
    request: JobRequest, session: "SparkSession", report: RunReport, at_end: Callable[[dict[str, Any]], None]
) -> dict[str, str]:
    from glue2lakehouse.tools.glue_runtime.runner import run_script

    environment = request.environment.model_copy(update={"spark_conf": request.conf})
    result = run_script(
        request.script, environment, sys.argv[1:], search=request.folders, session=session, at_end=at_end
    )
    request.environment.catalog = environment.catalog
    report.missing_fields, report.reached = result.missing_fields, result.lines
    report.tables = {
        write.table: TableWrite(columns=dict(zip(write.columns, write.types, strict=True)), keys=write.partition_keys)
        for write in result.writes
        if write.table and write.types and len(set(write.columns)) == len(write.columns)
    }
    if result.outcome != "finished":
        print(result.traceback, file=sys.stderr)
        report.error_type = result.error_type or "SystemExit"
        report.error = _told(result.error) or f"exit code {result.exit_code}"
        report.not_available = result.outcome == "not_available"
        lines = re.findall(rf'File "{re.escape(str(request.script))}", line (\d+)', result.traceback)
        report.error_line = int(lines[-1]) if lines else 0
    return result.switches


def _told(text: str) -> str:
    """Return what an error says in one line: the first one, and what it was caused by where that stands further down."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return ""
    causes = [line for line in lines[1:] if _CAUSE.match(line)]
    deep = causes[-1].removeprefix(": ") if causes and lines[0].endswith((":", ".")) else ""
    return f"{lines[0]} {deep}".strip()[:1000]


@contextmanager
def _fresh_modules(folders: tuple[Path, ...]) -> Iterator[None]:
    """Forget afterwards which modules of the project were imported: the next run imports them again."""
    before = set(sys.modules)
    try:
        yield
    finally:
        roots = tuple(str(folder) for folder in folders)
        for name in set(sys.modules) - before:
            if str(getattr(sys.modules[name], "__file__", None) or "").startswith(roots):
                del sys.modules[name]


def _conf(request: JobRequest) -> dict[str, str]:
    ours = {"spark.sql.sources.default": "delta"} if request.side == "converted" else {}
    return {**ours, **request.conf}


def _import_folders(request: JobRequest) -> tuple[Path, ...]:
    return (request.script.parent, *request.folders)


def _prepare_process(request: JobRequest) -> None:
    scratch = request.environment.scratch
    for name in ("tmp", "home"):
        (scratch / name).mkdir(parents=True, exist_ok=True)
    os.environ |= {
        "HOME": str(scratch / "home"),
        "TMPDIR": str(scratch / "tmp"),
        # Made up: the stand-in wants some, and no real ones are to be found here.
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": REGION,
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    os.chdir(scratch)
    find_modules_in(_import_folders(request))
    sys.argv = [str(request.script)]
    for name, value in request.arguments.items():
        sys.argv += [f"--{name}", value]
    if request.side == "converted" and "WORKFLOW_RUN_ID" in request.arguments:
        sys.argv += ["--WORKFLOW_RUN_PROPERTIES", json.dumps(request.run_properties)]


class _Ending(AbstractContextManager["_Ending"]):
    """Note how a script ended, whatever it raised; `sys.exit(0)` is a good end."""

    def __init__(self, report: RunReport, script: Path) -> None:
        self.report, self.script = report, script

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> bool:
        if error is None or (isinstance(error, SystemExit) and not error.code):
            return True
        traceback.print_exception(error)
        self.report.error_type = type(error).__name__
        self.report.error = _told(str(error))
        for frame in traceback.extract_tb(at):
            if frame.filename == str(self.script):
                self.report.error_line = frame.lineno or 0
        return True


def forget_earlier_runs(session: "SparkSession") -> None:
    """Drop what an earlier task left in the JVM: tables, cached frames, Delta's memory of paths."""
    session.catalog.clearCache()
    jvm: Any = session._jvm
    jvm.org.apache.spark.sql.delta.DeltaLog.clearCache()
    for row in session.sql("SHOW DATABASES").collect():
        if row[0] != "default":
            session.sql(f"DROP DATABASE `{row[0]}` CASCADE")
    for row in session.sql("SHOW TABLES IN default").collect():
        session.sql(f"DROP TABLE IF EXISTS default.`{row.tableName}`")


@contextmanager
def _converted_side(request: JobRequest, session: "SparkSession") -> Iterator[None]:
    from glue2lakehouse.tools.glue_runtime.environment import Manifest
    from glue2lakehouse.tools.glue_runtime.plain_spark import mount_on_demand
    from glue2lakehouse.tools.glue_runtime.recording import spark_io
    from glue2lakehouse.tools.glue_runtime.streams_of_files import streams_of_files
    from glue2lakehouse.tools.sandbox.databricks import give_dbutils
    from glue2lakehouse.tools.sandbox.volumes import volumes_in

    environment = request.environment
    mount_on_demand(session, environment.buckets)
    make_target_tables(session, environment, request.settings, request.tables_to_delta)
    every = {request.settings.catalog, *(name.split(".")[0] for name in request.settings.tables.values())}
    names = tuple(sorted(every - {"", "spark_catalog"}))
    alias_catalogs(session, names)
    give_dbutils(session, request.secrets, environment.local)
    volumes = volumes_in(environment.scratch / "volumes")
    with spark_io(environment, Manifest()), streams_of_files(environment), catalogs_in_batches(names), volumes:
        yield


@contextmanager
def _aws(request: JobRequest) -> Iterator[Callable[[], None]]:
    if not request.aws:
        yield lambda: None
        return
    from glue2lakehouse.tools.sandbox.aws import AwsWorld, stand_in

    told = request.arguments
    world = AwsWorld(
        secrets=request.secrets, region=REGION, workflow=told.get("WORKFLOW_NAME", ""),
        workflow_run=told.get("WORKFLOW_RUN_ID", ""), run_properties=request.run_properties,
    )  # fmt: skip
    with stand_in(request.environment, world) as write_back:
        yield write_back
