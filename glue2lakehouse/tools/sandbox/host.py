"""The process inside the fences: it owns one JVM and forks a fresh Python for every task.

`python -m glue2lakehouse.tools.sandbox.host SETTINGS.json` reads one request a line from standard input and answers one
line for each. Python never talks to the JVM before the fork, so each task is a process of its own, with modules,
environment and working folder of its own, while the JVM, which takes ten seconds to start, stays. A task's own output goes
to `task.log`, its answer to `reply.json`, both in its folder.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import struct
import subprocess
import sys
import time
import traceback
from importlib import import_module
from pathlib import Path
from typing import Any

START_SECONDS = 120
_PR_SET_DUMPABLE = 4
_MIB = 1024 * 1024


def serve(settings: dict[str, str]) -> None:
    """Answer requests until standard input ends. A request names task (`module:function`), argument, folder, limits."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.set_inheritable(answers.fileno(), False)
    os.dup2(2, 1)
    _close_to_other_processes(True)
    jvm = _launch_jvm(settings)
    _import_early()
    print(json.dumps({"ready": True}), file=answers)
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            answers.close()
            _run_child(request)
        _, status = os.waitpid(child, 0)
        _end_python_workers(jvm.pid)
        _reap(jvm)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(status), "jvm": jvm.poll() is None}), file=answers)


def _close_to_other_processes(closed: bool) -> None:
    """Let no task trace this process or look into its memory, although both have one user; tasks are open to themselves."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_DUMPABLE, int(not closed), 0, 0, 0)


def _launch_jvm(settings: dict[str, str]) -> "subprocess.Popen[bytes]":
    """Start Spark's JVM as pyspark does, but leave the first connection to the tasks; sets pyspark's two variables."""
    from pyspark.find_spark_home import _find_spark_home

    where = Path(os.environ["TMPDIR"]) / "jvm"
    command = [os.path.join(_find_spark_home(), "bin", "spark-submit")]
    for name, value in settings.items():
        command += ["--conf", f"{name}={value}"]
    environment = os.environ | {"SPARK_CONNECT_MODE": "0", "_PYSPARK_DRIVER_CONN_INFO_PATH": str(where)}
    # The JVM ends when this pipe does.
    jvm = subprocess.Popen([*command, "pyspark-shell"], stdin=subprocess.PIPE, env=environment)
    deadline = time.monotonic() + START_SECONDS
    while not where.is_file():
        if jvm.poll() is not None or time.monotonic() > deadline:
            raise SystemExit("Spark's JVM does not start")
        time.sleep(0.05)
    told = where.read_bytes()
    port, size = struct.unpack_from("!ii", told)
    os.environ["PYSPARK_GATEWAY_PORT"] = str(port)
    os.environ["PYSPARK_GATEWAY_SECRET"] = told[8 : 8 + size].decode()
    return jvm


def _import_early() -> None:
    for module in ("pandas", "pyarrow", "pyspark.sql.functions", "pyspark.sql.types", "pyspark.sql.streaming"):
        import_module(module)


def _end_python_workers(jvm: int) -> None:
    """Spark would keep the task's Python workers to its own end; no later task asks for them."""
    import psutil

    with contextlib.suppress(psutil.Error):
        for process in psutil.Process(jvm).children(recursive=True):
            with contextlib.suppress(psutil.Error):
                process.kill()


def _reap(jvm: "subprocess.Popen[bytes]") -> None:
    """Bury what the task left behind: inside a process namespace this process inherits orphans."""
    jvm.poll()
    while jvm.returncode is None:
        try:
            pid, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if pid == 0:
            return


def _run_child(request: dict[str, Any]) -> None:
    folder = Path(request["folder"])
    log = os.open(folder / "task.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    null = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((null, 0), (log, 1), (log, 2)):
        os.dup2(source, target)
    status = 1
    try:
        _close_to_other_processes(False)
        os.chdir(folder)
        _limit(request["limits"])
        module, function = request["task"].split(":")
        # Opened now: a task may shut itself in its scratch folder.
        with (folder / "reply.json").open("w") as reply:
            json.dump(getattr(import_module(module), function)(request["argument"]), reply)
        status = 0
    finally:
        if status:
            traceback.print_exc()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)


def _limit(limits: dict[str, Any]) -> None:
    disk, memory, cpu = limits["disk_mib"] * _MIB, limits["memory_mib"] * _MIB, int(limits["cpu_seconds"]) + 1
    for which, value in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, disk),
        # Address space, not memory: libraries reserve what they never touch.
        (resource.RLIMIT_AS, memory + 2048 * _MIB),
        (resource.RLIMIT_CPU, cpu),
    ):
        hard = resource.getrlimit(which)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(which, (value, value))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    serve(json.loads(Path(sys.argv[1]).read_text()))
