"""A script that wants out of the sandbox, or more than its share, is stopped, and the result says why."""

import os
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.sandbox.fence import fences
from glue2lakehouse.tools.sandbox.job import JobReport, JobRequest, RunReport
from glue2lakehouse.tools.sandbox.limits import Limits
from glue2lakehouse.tools.sandbox.worker import TaskReply, Worker

pytestmark = pytest.mark.spark
LIMITS = Limits(wall_seconds=120, memory_mib=2500, processes=40, disk_mib=64)


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    os.environ["SECRET_OF_THE_CALLER"] = "hunter2"
    try:
        with Worker(LIMITS) as worker:
            yield worker
    finally:
        del os.environ["SECRET_OF_THE_CALLER"]


class Ran(NamedTuple):
    reply: TaskReply
    refusals: list[str]
    report: RunReport


def _run(worker: Worker, code: str, limits: Limits | None = None) -> "Ran":
    folder = worker.new_folder("escape")
    script = folder / "job.py"
    script.write_text(textwrap.dedent(code))
    request = JobRequest(side="converted", script=script, environment=RuntimeEnvironment(scratch=folder / "scratch"))
    reply = worker.run("glue2lakehouse.tools.sandbox.job:run", request.model_dump(mode="json"), folder, limits)
    report = JobReport.model_validate(reply.answer or {})
    return Ran(reply, report.refusals, *(report.runs or [RunReport()]))


def test_the_environment_holds_nothing_of_the_callers(worker: Worker) -> None:
    reply, _, report = _run(
        worker,
        """
        import os
        from pathlib import Path
        found = dict(os.environ)
        for file in Path("/proc").glob("[0-9]*/environ"):
            try:
                found[str(file)] = file.read_text()
            except OSError:
                pass
        assert not any("hunter2" in str(value) for value in found.values()), "the secret was read"
        os.environ["SECRET_OF_THE_CALLER"]
        """,
    )
    assert not reply.failure
    if fences() == "kernel":
        assert (report.error_type, report.error) == ("KeyError", "'SECRET_OF_THE_CALLER'")


def test_a_network_connection_is_refused_and_reported(worker: Worker) -> None:
    _, refusals, report = _run(worker, "import socket\nsocket.create_connection(('192.0.2.1', 80), timeout=5)")
    assert report.error_type == "Refused"
    assert refusals == ["network connection to 192.0.2.1"]


def test_native_code_has_no_network_either(worker: Worker) -> None:
    _only_behind_kernel_fences()
    _, _refusals, report = _run(
        worker,
        """
        import ctypes, struct
        libc = ctypes.CDLL(None, use_errno=True)
        device = libc.socket(2, 1, 0)
        address = struct.pack("!HH4s8x", 0, 80, bytes([192, 0, 2, 1]))
        address = struct.pack("=H", 2) + address[2:]
        assert libc.connect(device, address, len(address)) == 0, f"errno {ctypes.get_errno()}"
        """,
    )
    assert (report.error_type, report.error) == ("AssertionError", "errno 101")


def test_writing_outside_is_refused_and_reported(worker: Worker) -> None:
    _, refusals, report = _run(worker, "open('/tmp/escaped', 'w').write('x')")
    assert report.error_type == "Refused"
    assert refusals == ["write outside the scratch folder (/tmp/escaped)"]
    assert not Path("/tmp/escaped").exists()


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos.symlink('/var/tmp', 'link')\nopen('link/escaped', 'w')",
        "open('../../../../../../var/tmp/escaped', 'w')",
        "import shutil\nshutil.copy('/etc/hostname', '/var/tmp/escaped')",
    ],
    ids=["through a link", "by dots", "by a library"],
)
def test_a_way_round_to_a_place_outside_is_refused_as_well(worker: Worker, code: str) -> None:
    _, refusals, report = _run(worker, code)
    assert report.error_type == "Refused"
    assert refusals == ["write outside the scratch folder (/var/tmp/escaped)"]
    assert not Path("/var/tmp/escaped").exists()


def test_a_folder_of_credentials_is_refused_and_reported(worker: Worker) -> None:
    place = Path.home() / ".aws" / "credentials"
    _, refusals, report = _run(worker, f"open({str(place)!r}).read()")
    assert report.error_type == "Refused"
    assert refusals == [f"reading {place}"]


@pytest.mark.parametrize(
    "code",
    [
        "print(open(SECRET).read())",
        "print(spark.read.text('file://' + SECRET).collect())",
        "print(spark._jvm.java.nio.file.Files.readString(spark._jvm.java.nio.file.Path.of(SECRET, spark._gateway.new_array(spark._jvm.String, 0))))",
        "words = spark._jvm.java.util.ArrayList()\nfor word in ('/bin/cat', SECRET): words.add(word)\n"
        "process = spark._jvm.java.lang.ProcessBuilder(words).start()\nassert process.waitFor() == 0, 'cat failed'",
    ],
    ids=["Python", "Spark", "Java", "a process of the JVM"],
)
def test_files_of_the_machine_are_not_there(worker: Worker, tmp_path: Path, code: str) -> None:
    _only_behind_kernel_fences()
    (tmp_path / "secret.txt").write_text("hunter2")
    reply, _, report = _run(worker, f"SECRET = {str(tmp_path / 'secret.txt')!r}\n{code}")
    assert report.error_type, reply
    assert "hunter2" not in reply.log


def test_a_process_of_the_jvm_writes_nowhere_and_has_no_network_and_no_secrets(worker: Worker) -> None:
    _only_behind_kernel_fences()
    command = "(echo x > /var/tmp/escaped) && echo WRITTEN; getent hosts example.com && echo RESOLVED; cat /etc/shadow; echo END"
    reply, _, report = _run(
        worker,
        f"""
        words = spark._jvm.java.util.ArrayList()
        for word in ("/bin/sh", "-c", {command!r}):
            words.add(word)
        process = spark._jvm.java.lang.ProcessBuilder(words).redirectErrorStream(True).start()
        print(spark._jvm.scala.io.Source.fromInputStream(process.getInputStream(), "UTF-8").mkString())
        """,
    )
    assert not report.error_type, report.error
    assert "END" in reply.log
    assert [word for word in ("WRITTEN", "RESOLVED", "root:") if word in reply.log] == []
    assert not Path("/var/tmp/escaped").exists()


def test_a_signal_to_another_process_is_refused_and_reported(worker: Worker) -> None:
    _, refusals, report = _run(worker, "import os\nos.kill(os.getppid(), 9)")
    assert report.error_type == "Refused"
    (refusal,) = refusals
    assert refusal.startswith("a signal to another process (os.kill ")


def test_the_process_above_cannot_be_traced_or_read(worker: Worker) -> None:
    _only_behind_kernel_fences()
    _, _, report = _run(
        worker,
        """
        import ctypes, os
        libc = ctypes.CDLL(None, use_errno=True)
        libc.ptrace(16, os.getppid(), 0, 0)
        traced = ctypes.get_errno()
        try:
            open(f"/proc/{os.getppid()}/mem", "rb")
        except PermissionError:
            raise SystemExit(f"errno {traced}, no memory")
        """,
    )
    assert (report.error_type, report.error) == ("SystemExit", "errno 1, no memory")


def _only_behind_kernel_fences() -> None:
    if fences() != "kernel":
        pytest.skip("namespaces are refused on this machine")


def test_spark_cannot_write_outside_either(worker: Worker) -> None:
    _only_behind_kernel_fences()
    _, _refusals, report = _run(worker, "spark.range(3).write.csv('file:///var/tmp/escaped')")
    assert report.error_type
    assert not Path("/var/tmp/escaped").exists()


def test_a_new_process_is_refused_and_reported(worker: Worker) -> None:
    _, refusals, report = _run(worker, "import os\nwhile True:\n    os.fork()")
    assert report.error_type == "Refused"
    assert refusals == ["starting a process (os.fork )"]


def test_forking_without_end_in_native_code_hits_the_process_limit(worker: Worker) -> None:
    reply, _, _ = _run(worker, "import ctypes\nlibc = ctypes.CDLL(None)\nwhile True:\n    libc.fork() or libc.pause()")
    assert reply.limit == "processes"
    assert reply.failure == "the processes limit of the sandbox was hit: more than 40 processes"


def test_filling_the_disk_hits_the_disk_limit(worker: Worker) -> None:
    reply, _, report = _run(
        worker,
        """
        import itertools, time
        for number in itertools.count():
            with open(f"file-{number}", "wb") as file:
                file.write(b"x" * 10_000_000)
            time.sleep(0.02)
        """,
    )
    assert reply.limit == "disk", (reply, report)
    assert "more than 64 MiB in the scratch folder" in reply.failure


def test_one_endless_file_hits_the_disk_limit(worker: Worker) -> None:
    reply, _, report = _run(worker, "file = open('big', 'wb')\nwhile True:\n    file.write(b'x' * 1_000_000)")
    assert reply.limit == "disk", (reply, report)


def test_allocating_without_end_hits_the_memory_limit(worker: Worker) -> None:
    reply, _, report = _run(worker, "held = []\nwhile True:\n    held.append(bytearray(20_000_000))")
    assert reply.limit == "memory", (reply, report)


def test_running_without_end_hits_the_clock(worker: Worker) -> None:
    reply, _, _ = _run(worker, "import time\ntime.sleep(600)", LIMITS.model_copy(update={"wall_seconds": 8.0}))
    assert reply.limit == "wall clock"


def test_after_a_limit_the_next_script_finds_a_fresh_sandbox(worker: Worker) -> None:
    reply, _, report = _run(worker, "spark.range(3).write.json('s3://lake/out')")
    assert not reply.failure
    assert not report.error_type, report.error
    (written,) = report.datasets
    assert (written.name, written.columns) == ("s3://lake/out", {"id": "bigint"})
    assert sorted(row["id"] for row in written.rows) == [0, 1, 2]
