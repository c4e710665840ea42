"""A warm sandbox: start the host once, hand it task after task, watch it, and start afresh after a limit."""

import contextlib
import json
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from tempfile import mkdtemp
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, Field

from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.tools.glue_runtime.plain_spark import spark_settings
from glue2lakehouse.tools.sandbox.fence import SHOWN, Fences, fenced, fences
from glue2lakehouse.tools.sandbox.limits import MIB, LimitName, Limits, Usage, describe_limit, limit_hit
from glue2lakehouse.tools.spark import (
    avro_jars,
    check_pyspark,
    delta_jars,
    java_home,
    launch_variables,
    session_settings,
)

TASKS_PER_HOST = 200
START_SECONDS = 180.0
_POLL_SECONDS = 0.1
_RAISED = re.compile(r"[A-Za-z_][\w.]*(Error|Exception|Refused|Interrupt|Exit)\b")
_HOST = "glue2lakehouse.tools.sandbox.host"
_JVM = {
    "spark.executor.pyspark.memory": "6g",
    "spark.sql.catalogImplementation": "in-memory",
}


class TaskReply(BaseModel):
    """How a task ended: its answer, or why there is none."""

    answer: Any = None
    limit: LimitName | None = None
    failure: str = Field(default="", description="why there is no answer, in one line")
    log: str = Field(default="", description="end of what the task printed")
    seconds: float = 0
    fences: Fences = "kernel"
    usage: Usage = Usage()


class Worker:
    """One host process with one JVM. Use it as a context manager; `run` may be called any number of times.

    `remembered` is for callers that would ask the same twice: it lives as long as the worker.
    """

    def __init__(self, limits: Limits | None = None, folder: Path | None = None) -> None:
        """`folder` is where scratch folders go, a temporary one when None; it is removed at the end."""
        self.limits = limits or Limits()
        self.folder = Path(os.path.realpath(folder or mkdtemp(prefix="glue2lakehouse-sandbox-")))
        self.starts = 0
        self.remembered: dict[str, Any] = {}
        self._host: subprocess.Popen[str] | None = None
        self._tasks = 0
        self._log = self.folder

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """End the host and everything that it started, and remove the scratch folders."""
        self._kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_folder(self, name: str) -> Path:
        """Return a new, empty folder that tasks may write to."""
        self.folder.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=f"{name}-", dir=self.folder))

    def run(self, task: str, argument: dict[str, Any], folder: Path, limits: Limits | None = None) -> TaskReply:
        """Run `module:function` on an argument in a fresh process whose working folder is `folder`.

        Raises RuntimeUnavailable when Java, Spark or Delta cannot be had.
        """
        limits = limits or self.limits
        self._ready()
        started = time.monotonic()
        request = {"task": task, "argument": argument, "folder": str(folder), "limits": limits.model_dump()}
        said, limit, usage = self._exchange(request, folder, limits)
        reply = _read_reply(folder, said, limit, limits, self._log)
        self._tasks += 1
        if limit or not said.get("jvm") or self._tasks >= TASKS_PER_HOST:
            self._kill()
        return reply.model_copy(
            update={"seconds": time.monotonic() - started, "fences": fences(), "usage": usage, "log": _tail(folder)}
        )

    def _exchange(
        self, request: dict[str, Any], folder: Path, limits: Limits
    ) -> tuple[dict[str, Any], LimitName | None, Usage]:
        assert self._host is not None
        assert self._host.stdin is not None
        meter = _Meter(self._host.pid, folder)
        try:
            self._host.stdin.write(json.dumps(request) + "\n")
            self._host.stdin.flush()
        except BrokenPipeError:
            return {}, None, Usage()
        for line in self._lines():
            usage = meter.read()
            if line is not None:
                # One endless file meets the system's limit, which the script sees as an error, before the meter looks.
                full: LimitName | None = "disk" if usage.disk_mib > limits.disk_mib else None
                return (json.loads(line) if line else {}), full, usage
            limit = limit_hit(usage, limits)
            if limit == "memory":
                # Forked processes share pages that the quick figure counts for each of them.
                usage = meter.read(exact=True)
                limit = limit_hit(usage, limits)
            if limit:
                return {}, limit, usage
        return {}, None, meter.read()

    def _lines(self) -> Iterator[str | None]:
        """Yield None at every look at the clock, and the host's next line, or "" when it has died."""
        assert self._host is not None
        assert self._host.stdout is not None
        with selectors.DefaultSelector() as selector:
            selector.register(self._host.stdout, selectors.EVENT_READ)
            while True:
                if selector.select(_POLL_SECONDS):
                    yield self._host.stdout.readline()
                    return
                yield None

    def _ready(self) -> None:
        if self._host is not None and self._host.poll() is None:
            return
        check_pyspark()
        place = self.new_folder("host")
        for name in ("tmp", "home", "spark"):
            (place / name).mkdir()
        ours = _JVM | spark_settings(place / "no buckets yet") | {"spark.local.dir": str(place / "spark")}
        settings = session_settings(conf=ours, warehouse=place / "warehouse")
        settings["spark.driver.extraJavaOptions"] += f" -XX:-UsePerfData -Djava.io.tmpdir={place / 'tmp'}"
        self._log = place / "host.log"
        (place / "settings.json").write_text(json.dumps(settings))
        command = fenced([sys.executable, "-m", _HOST, str(place / "settings.json")], self.folder)
        with self._log.open("w") as log:
            self._host = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, text=True, cwd=place,
                env=_environment(place), start_new_session=True,
            )  # fmt: skip
        self.starts += 1
        self._tasks = 0
        deadline = time.monotonic() + START_SECONDS
        for line in self._lines():
            if line:
                return
            if line == "" or time.monotonic() > deadline:
                self._kill()
                raise RuntimeUnavailable(f"the sandbox does not start: {_last_line(self._log)}")

    def _kill(self) -> None:
        if self._host is None:
            return
        for process in _family(self._host.pid):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.kill(process, signal.SIGKILL)
        self._host.wait()
        for pipe in (self._host.stdin, self._host.stdout):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()
        self._host = None


class _Meter:
    """What the host's family and a scratch folder use, against where the task began."""

    def __init__(self, pid: int, folder: Path) -> None:
        self._pid, self._folder = pid, folder
        self._started = time.monotonic()
        self._cpu = self._measure()[0]

    def read(self, *, exact: bool = False) -> Usage:
        cpu, memory, count = self._measure(exact)
        return Usage(
            wall_seconds=time.monotonic() - self._started,
            cpu_seconds=max(0.0, cpu - self._cpu),
            memory_mib=memory / MIB,
            processes=count,
            disk_mib=_size(self._folder) / MIB,
        )

    def _measure(self, exact: bool = False) -> tuple[float, int, int]:
        import psutil

        cpu, memory, count = 0.0, 0, 0
        for pid in _family(self._pid):
            with contextlib.suppress(psutil.Error):
                process = psutil.Process(pid)
                times, used = process.cpu_times(), process.memory_info()
                private = max(0, used.rss - getattr(used, "shared", 0))
                # The time of children that have ended stays with their parents.
                cpu += (
                    times.user
                    + times.system
                    + getattr(times, "children_user", 0)
                    + getattr(times, "children_system", 0)
                )
                memory += getattr(process.memory_full_info(), "pss", private) if exact else private
                count += 1
        return cpu, memory, count


def _family(pid: int) -> list[int]:
    import psutil

    try:
        return [pid, *(child.pid for child in psutil.Process(pid).children(recursive=True))]
    except psutil.Error:
        return [pid]


def _size(folder: Path) -> int:
    total = 0
    for root, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(root, name)).st_blocks * 512
    return total


def _environment(place: Path) -> dict[str, str]:
    """Return the whole environment of the sandbox: nothing of the caller's but the search path and the language."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    return kept | launch_variables() | {
        "PYTHONPATH": str(Path(__file__).parents[3]),
        "PYTHONHASHSEED": "0",
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
        "HOME": str(place / "home"),
        "TMPDIR": str(place / "tmp"),
        "GLUE2LAKEHOUSE_REAL_HOME": str(Path.home()),
        SHOWN: os.pathsep.join(_shown()),
    }  # fmt: skip


def _shown() -> list[str]:
    """Return what Spark is started from that lies outside of the system's and Python's own folders."""
    return [str(java_home()), *{str(jar.parent) for jar in (*delta_jars(), *avro_jars())}]


def _read_reply(folder: Path, said: dict[str, Any], limit: LimitName | None, limits: Limits, log: Path) -> TaskReply:
    if limit is None and said.get("exit") == -signal.SIGXCPU:
        limit = "cpu"
    if limit:
        return TaskReply(limit=limit, failure=describe_limit(limit, limits))
    if not said:
        return TaskReply(failure=f"the sandbox's host process died in the middle of it: {_last_line(log)}")
    try:
        return TaskReply(answer=json.loads((folder / "reply.json").read_text()))
    except (OSError, ValueError):
        status = said.get("exit")
        return TaskReply(
            failure=f"the task ended without an answer (exit status {status}): {_last_line(folder / 'task.log')}"
        )


def _tail(folder: Path, size: int = 8000) -> str:
    try:
        return (folder / "task.log").read_bytes()[-size:].decode(errors="replace")
    except OSError:
        return ""


def _last_line(file: Path) -> str:
    lines = file.read_text(errors="replace").splitlines() if file.is_file() else []
    raised = [line.strip() for line in lines if _RAISED.match(line)]
    if raised:
        return raised[-1][:500]
    return next((line.strip() for line in reversed(lines) if line.strip()), "nothing was said")
