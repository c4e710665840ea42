"""Run an unmodified Glue script in this process: `run_script(path, environment, argv)`."""

import os
import runpy
import sys
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, Field

from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.tools.glue_runtime import assumptions, plain_spark, run
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment, Written
from glue2lakehouse.tools.glue_runtime.modules import install, uninstall
from glue2lakehouse.tools.glue_runtime.record_functions import Attempt
from glue2lakehouse.tools.glue_runtime.recording import spark_io
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally
from glue2lakehouse.tools.glue_runtime.streams_of_files import streams_of_files
from glue2lakehouse.tools.spark import local_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

BASE_CONF = {"spark.sql.session.timeZone": "UTC", "spark.sql.ansi.enabled": "false"}


class RunResult(BaseModel):
    """How a script ended, and what it did to its environment."""

    outcome: str = Field(description="finished, raised, exited or not_available")
    exit_code: int = 0
    error_type: str = ""
    error: str = ""
    traceback: str = ""
    seconds: float = 0
    writes: list[Written] = Field(default_factory=list)
    switches: dict[str, str] = Field(default_factory=dict, description="undocumented points that the run relied on")
    catalog: dict[str, Any] = Field(default_factory=dict, description="catalog tables after the run")
    lines: list[int] = Field(default_factory=list, description="lines of the script that wrote something")
    missing_fields: list[str] = Field(
        default_factory=list, description="fields that functions on records asked for in vain"
    )


def run_script(
    path: Path,
    environment: RuntimeEnvironment,
    argv: Sequence[str] = (),
    *,
    search: Sequence[Path] = (),
    session: "SparkSession | None" = None,
    at_end: Callable[[dict[str, Any]], None] = lambda names: None,
) -> RunResult:
    """Run a Glue script as `__main__` with `sys.argv = [path, *argv]`; extra modules are found in `search`.

    The session (one is made where none is given) has S3 paths, catalog and JDBC of the environment; `SparkContext()`
    in the script gives that session's context, and `stop()` does not end it. What the script raises is in the result.
    `at_end` is called with the script's global names, while its frames can still be evaluated.
    """
    started = time.monotonic()
    answers = assumptions.Assumptions(environment.assumptions)
    assumptions.use(answers)
    present = run.Run(environment)
    present.manifest.script = str(path)
    attempt = Attempt()
    exit_code = 0
    with ExitStack() as stack:
        spark = session or start_session(environment)
        stack.enter_context(_one_session(spark))
        stack.enter_context(_process_state(path, argv, search))
        _prepare(spark, environment)
        present.session = spark
        run.begin(present)
        stack.callback(run.end)
        stack.enter_context(spark_io(environment, present.manifest))
        stack.enter_context(streams_of_files(environment))
        install()
        stack.callback(uninstall)
        try:
            with attempt:
                at_end(runpy.run_path(str(path), run_name="__main__"))
        except SystemExit as stop:
            exit_code = stop.code if isinstance(stop.code, int) else 0 if stop.code is None else 1
    result = _result(attempt.error, exit_code)
    return result.model_copy(
        update={
            "seconds": round(time.monotonic() - started, 3),
            "writes": present.manifest.writes,
            "switches": answers.used,
            "missing_fields": sorted(present.missing_fields),
            "lines": sorted(present.manifest.lines),
            "catalog": {name: table.model_dump() for name, table in environment.catalog.items()},
        }
    )


def _result(error: Exception | None, exit_code: int) -> RunResult:
    if error is None:
        return RunResult(outcome="exited" if exit_code else "finished", exit_code=exit_code)
    outcome = "not_available" if _chain(error, NotAvailableLocally) else "raised"
    text = "".join(traceback.format_exception(error))
    return RunResult(outcome=outcome, exit_code=1, error_type=type(error).__name__, error=str(error), traceback=text)


def _chain(error: BaseException | None, kind: type[BaseException]) -> bool:
    while error is not None:
        if isinstance(error, kind):
            return True
        error = error.__cause__ or error.__context__
    return False


def start_session(environment: RuntimeEnvironment) -> "SparkSession":
    """Start a local session with the environment's paths; Delta comes along where its jars are at hand."""
    settings = {**BASE_CONF, **plain_spark.spark_settings(environment.buckets), **environment.spark_conf}
    warehouse = (environment.scratch / "warehouse").resolve()
    try:
        return local_session("glue-runtime", conf=settings, warehouse=warehouse)
    except RuntimeUnavailable:
        # Most jobs need no Delta; without Java this raises again.
        return local_session("glue-runtime", delta=False, conf=settings, warehouse=warehouse)


def _prepare(spark: "SparkSession", environment: RuntimeEnvironment) -> None:
    environment.buckets.mkdir(parents=True, exist_ok=True)
    plain_spark.mount_on_demand(spark, environment.buckets)
    plain_spark.apply_settings(spark, {**BASE_CONF, **environment.spark_conf})
    plain_spark.register_tables(spark, environment)


@contextmanager
def _process_state(path: Path, argv: Sequence[str], search: Sequence[Path]) -> Iterator[None]:
    """Set argv, module path and time zone as a Glue worker has them, and put the old ones back."""
    saved_argv, saved_path, saved_modules, zone = sys.argv, list(sys.path), set(sys.modules), os.environ.get("TZ")
    sys.argv = [str(path), *argv]
    find_modules_in((path.parent, *search))
    os.environ["TZ"] = "UTC"
    time.tzset()
    folders = [str(folder.resolve()) for folder in (path.parent, *search)]
    try:
        yield
    finally:
        sys.argv, sys.path[:] = saved_argv, saved_path
        for name in set(sys.modules) - saved_modules:
            if any(str(getattr(sys.modules[name], "__file__", "") or "").startswith(folder) for folder in folders):
                del sys.modules[name]
        if zone is None:
            del os.environ["TZ"]
        else:
            os.environ["TZ"] = zone
        time.tzset()


def find_modules_in(folders: Sequence[Path]) -> None:
    """Let imports find a job's modules: before what is installed, but never before Python's own.

    Glue runs a copy of the script alone, so a neighbour called `configparser.py` is not what boto3 imports there.
    """
    names = [str(folder) for folder in folders]
    at = next((number for number, place in enumerate(sys.path) if place.endswith("-packages")), len(sys.path))
    sys.path[at:at] = [name for name in dict.fromkeys(names) if name not in sys.path]


@contextmanager
def _one_session(spark: "SparkSession") -> Iterator[None]:
    """Let `SparkContext(...)` give the running context, and keep a script's `stop()` from ending it."""
    from pyspark import SparkContext
    from pyspark.sql import SparkSession

    running = spark.sparkContext
    saved: list[tuple[type, str, Callable[..., Any]]] = []

    def join_running(self: Any, *args: Any, **kwargs: Any) -> None:
        conf = kwargs.get("conf") or next((arg for arg in args if hasattr(arg, "getAll")), None)
        if conf is not None:
            plain_spark.apply_settings(spark, conf.getAll())
        self.__dict__ = running.__dict__

    def stay(self: Any) -> None:
        return None

    patches: tuple[tuple[type, str, Any], ...] = (
        (SparkContext, "__init__", join_running),
        (SparkContext, "stop", stay),
        (SparkSession, "stop", stay),
    )
    for kind, name, replacement in patches:
        saved.append((kind, name, kind.__dict__[name]))
        setattr(kind, name, replacement)
    try:
        yield
    finally:
        for kind, name, original in saved:
            setattr(kind, name, original)
