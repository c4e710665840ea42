"""A kill, a second run, a broken disk: nothing acknowledged is lost, nothing is there twice, and the message is one line."""

import os
import random
import re
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from textwrap import dedent

import pytest

from glue2lakehouse.errors import ProjectBusy, StoreError
from glue2lakehouse.store import AgentDecision, MigrationProject, SourceEntity, Store, Writer, open_store

pytestmark = pytest.mark.integration

SETUP = """
import sys
from pathlib import Path
from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.store import AgentDecision, MigrationProject, SourceEntity, Writer, open_store

home = Path(sys.argv[1])
def decision(number, project="p"):
    return AgentDecision(decision_id=f"{project}{number:06}", project_id=project, agent_name="a", input_code="x" * 2000)
"""
# Each line says, after the commit, how far it is: decisions are added, the entity's complexity counts up.
ENDLESS = """
store = open_store(home)
with store.hold("p"):
    for number in range(int(sys.argv[2]), 1_000_000):
        entity = SourceEntity(entity_id="e", project_id="p", entity_type="job", complexity=number)
        store.put(decision(number), entity)
        print(number, flush=True)
"""
ENDLESS_BEHIND = """
store = open_store(home)
with Writer(store) as writer:
    for number in range(int(sys.argv[2]), 1_000_000):
        writer.put(decision(number)).add_done_callback(lambda _, number=number: print(number, flush=True))
"""


def start(code: str, *arguments: object, errors: int = subprocess.STDOUT) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", SETUP + dedent(code), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True)


def killed_after(code: str, home: Path, first: int, seconds: float) -> int:
    """Run until it has acknowledged something, a little longer, kill -9, and return the last number that it said."""
    with start(code, home, first) as process:
        assert process.stdout is not None
        said = [process.stdout.readline()]
        time.sleep(seconds)
        process.send_signal(signal.SIGKILL)
        said += process.stdout.read().splitlines()
    numbers = [int(line) for line in said if line.strip().isdigit()]
    assert numbers, said
    return max(numbers)


def counted(store: Store) -> tuple[int, int]:
    """How many rows the table really has, and how many keys."""
    return store.counts(AgentDecision, project_id="p")[0]["row_count"], len(store.keys(AgentDecision, "p"))


@pytest.mark.slow
@pytest.mark.parametrize("code", [ENDLESS, ENDLESS_BEHIND], ids=["put", "writer"])
def test_a_kill_loses_and_doubles_nothing_that_was_acknowledged(code: str, tmp_path: Path) -> None:
    acknowledged = -1
    for round_number in range(3):
        # Begin before the last one, as a resumed run does that cannot know what came through.
        first = max(acknowledged - 5, 0)
        acknowledged = killed_after(code, tmp_path, first, random.uniform(0, 0.15))
        store = open_store(tmp_path)
        with store.hold("p"):
            keys = store.keys(AgentDecision, "p")
            assert {f"p{number:06}" for number in range(acknowledged + 1)} <= keys, round_number
        rows, different = counted(store)
        assert rows == different
    if code is ENDLESS:
        (entity,) = store.rows(SourceEntity, "p")
        assert entity.complexity is not None
        assert entity.complexity >= acknowledged


@pytest.mark.slow
def test_processes_write_their_own_projects_side_by_side(tmp_path: Path) -> None:
    open_store(tmp_path)
    code = """
        store = open_store(home)
        project = sys.argv[2]
        with store.hold(project):
            for number in range(15):
                store.put(decision(number, project), MigrationProject(project_id=project, project_name="n", total_files=number))
        print("done")
    """
    running = [start(code, tmp_path, f"p{number}") for number in range(3)]
    assert [process.communicate()[0] for process in running] == ["done\n"] * 3
    store = open_store(tmp_path)
    assert [project.total_files for project in store.rows(MigrationProject)] == [14] * 3
    assert store.counts(AgentDecision, ["project_id"]) == [
        {"project_id": f"p{number}", "row_count": 15} for number in range(3)
    ]


def test_threads_that_write_at_once_share_commits(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    barrier = threading.Barrier(8)

    def write(number: int) -> int:
        barrier.wait()
        rows = [AgentDecision(decision_id=f"d{number}-{n}", project_id="p", agent_name="a") for n in range(5)]
        return sum(store.put(row, rows[0]) for row in rows)

    with ThreadPoolExecutor(8) as pool:
        written = list(pool.map(write, range(8)))
    assert len(store.rows(AgentDecision, "p")) == 40
    assert min(written) >= 5
    log = tmp_path / "tables/agent_decisions/_delta_log"
    assert len(list(log.glob("*.json"))) < 40


def test_two_runs_of_one_project_are_kept_apart(tmp_path: Path) -> None:
    code = """
        with open_store(home).hold("p", "Risk Engine"):
            print("held", flush=True)
            sys.stdin.read()
    """
    command = [sys.executable, "-c", SETUP + dedent(code), str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        store = open_store(tmp_path)
        with pytest.raises(ProjectBusy) as caught, store.hold("p", "Risk Engine"):
            pass
        pattern = (
            rf"project 'Risk Engine' is held by process {other.pid} of \S+@\S+ since 20\S+; wait for it to end, or .*"
        )
        assert re.fullmatch(pattern, str(caught.value))
        with store.hold("another"):
            pass
        other.send_signal(signal.SIGKILL)
        other.wait()
    with store.hold("p"), pytest.raises(ProjectBusy, match=f"process {os.getpid()} "), open_store(tmp_path).hold("p"):
        pass


def test_a_writer_says_at_the_end_what_went_wrong(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    with Writer(store) as writer:
        done = [writer.put(AgentDecision(decision_id=f"d{n}", project_id="p", agent_name="a")) for n in range(500)]
        writer.flush()
        assert all(future.done() for future in done)
    assert counted(store) == (500, 500)
    assert len(list((tmp_path / "tables/agent_decisions/_delta_log").glob("*.json"))) < 250
    (tmp_path / "tables").rename(tmp_path / "gone")
    with pytest.raises(StoreError), Writer(store) as writer:
        writer.put(AgentDecision(decision_id="x", project_id="p", agent_name="a"))


def one_line(error: pytest.ExceptionInfo[StoreError]) -> str:
    assert "\n" not in str(error.value)
    return str(error.value)


def test_no_tables_yet_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there are no tables here yet") as caught:
        open_store(tmp_path / "nowhere", create=False)
    assert one_line(caught)


def test_a_home_that_is_a_file_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(StoreError, match="cannot be made: Not a directory") as caught:
        open_store(tmp_path / "home")
    assert one_line(caught)


@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("damage", ["{", None], ids=["garbage", "gone"])
def test_a_broken_log_is_one_line(number: int, damage: str | None, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put(AgentDecision(decision_id="d", project_id="p", agent_name="a"))
    file = tmp_path / f"tables/agent_decisions/_delta_log/{number:020}.json"
    file.write_text(damage) if damage is not None else file.unlink()
    with pytest.raises(StoreError, match="agent_decisions") as caught:
        open_store(tmp_path).rows(AgentDecision, "p")
    assert one_line(caught)


@pytest.mark.parametrize("damage", [b"garbage", None], ids=["garbage", "gone"])
def test_a_broken_data_file_is_one_line(damage: bytes | None, tmp_path: Path) -> None:
    store = open_store(tmp_path)
    store.put(AgentDecision(decision_id="d", project_id="p", agent_name="a"))
    (file,) = (tmp_path / "tables/agent_decisions").rglob("*.parquet")
    file.write_bytes(damage) if damage is not None else file.unlink()
    with pytest.raises(StoreError, match="agent_decisions") as caught:
        open_store(tmp_path).rows(AgentDecision, "p")
    assert one_line(caught)


@pytest.mark.slow
def test_a_disk_that_takes_no_more_is_one_line_and_keeps_what_was_written(tmp_path: Path) -> None:
    code = """
        import random, resource, signal
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        store = open_store(home)
        store.put(decision(1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
        noise = random.Random(0).randbytes(100_000).hex()
        try:
            store.put(AgentDecision(decision_id="p2", project_id="p", agent_name="a", prompt=noise))
        except Glue2LakehouseError as error:
            print(type(error).__name__, str(error).count("\\n"))
    """
    # A thread of delta-rs reports to stderr on its own.
    with start(code, tmp_path, errors=subprocess.DEVNULL) as process:
        said = process.communicate()[0]
    assert said == "StoreError 0\n"
    assert open_store(tmp_path).keys(AgentDecision, "p") == {"p000001"}


def test_a_newer_store_is_refused(tmp_path: Path) -> None:
    open_store(tmp_path)
    from deltalake import DeltaTable

    table = DeltaTable(str(tmp_path / "tables/migration_projects"))
    table.alter.set_table_properties({"glue2lakehouse.migration": "99"}, raise_if_not_exists=False)
    with pytest.raises(StoreError, match=r"newer glue2lakehouse .* upgrade glue2lakehouse"):
        open_store(tmp_path)
