"""How long verification takes: many small jobs in one warm sandbox, against a fresh sandbox for every run.

    python benchmarks/verify.py [--jobs 50] [--fresh 2] [--results FILE.jsonl]

Copies of one small job (catalog table and CSV in, filter, join, partitioned Parquet and a table out) from the tests' project are
verified one after the other in one sandbox, each with a name of its own in its text, so that no run of it is remembered.
`--fresh` of them are then verified with a new sandbox for each single run (what it would cost without sharing); both figures
come from this machine. Each job is printed when it is done. With `--results` it is written down as well, and a call with the
same file goes on after the last one.
"""

import argparse
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from glue2lakehouse.tools.sandbox.limits import Limits
from glue2lakehouse.tools.sandbox.verify import Source, verify_project
from glue2lakehouse.tools.sandbox.worker import TaskReply, Worker

PROJECT = Path(__file__).parent.parent / "tests" / "tools" / "sandbox" / "project"
JOB = "jobs/paid_orders.py"
Row = dict[str, Any]


class FreshWorker(Worker):
    """A sandbox that starts anew for every run."""

    def run(self, task: str, argument: dict[str, Any], folder: Path, limits: Limits | None = None) -> TaskReply:
        reply = super().run(task, argument, folder, limits)
        self._kill()
        return reply


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--jobs", type=int, default=50)
    parser.add_argument("--fresh", type=int, default=2)
    parser.add_argument("--results", type=Path, help="file of results, one JSON object a line")
    options = parser.parse_args()
    known = _known(options.results)
    with TemporaryDirectory() as scratch:
        source, files = _project(Path(scratch), options.jobs)
        for name, make, chosen in (
            ("one warm sandbox", Worker, files),
            ("a fresh sandbox for every run", FreshWorker, files[: options.fresh]),
        ):
            rows = [row for row in known if row["sandbox"] == name]
            todo = [file for file in chosen if file not in {row["job"] for row in rows}]
            if todo:
                with make() as worker:
                    rows += _measured(name, source, todo, worker, options.results)
            _print(name, rows)


def _known(results: Path | None) -> list[Row]:
    lines = results.read_text(encoding="utf-8").splitlines() if results and results.is_file() else []
    return [json.loads(line) for line in lines]


def _measured(name: str, source: Source, files: list[str], worker: Worker, results: Path | None) -> Iterator[Row]:
    """Verify the jobs and yield one row for each; the start of the sandbox counts for the first."""
    started = time.monotonic()
    for verdict in verify_project(source, files, worker=worker):
        seconds = time.monotonic() - started
        row = {"sandbox": name, "job": verdict.path, "outcome": str(verdict.outcome), "seconds": seconds}
        print(f"{verdict.path} {verdict.outcome} {seconds:.1f} s", flush=True)
        if results:
            with results.open("a", encoding="utf-8") as file:
                file.write(json.dumps(row) + "\n")
        yield row
        started = time.monotonic()


def _project(scratch: Path, jobs: int) -> tuple[Source, list[str]]:
    for side in ("before", "after", "data"):
        shutil.copytree(PROJECT / side, scratch / side)
    files = []
    for number in range(jobs):
        name = JOB.replace(".py", f"_{number}.py")
        for side in ("before", "after"):
            text = (scratch / side / JOB).read_text(encoding="utf-8")
            (scratch / side / name).write_text(f"{text}\n# job {number}\n", encoding="utf-8")
        shutil.copy(scratch / "data/args/paid_orders.json", scratch / f"data/args/paid_orders_{number}.json")
        files.append(name)
    return Source(original=scratch / "before", converted=scratch / "after", data=scratch / "data"), files


def _print(name: str, rows: list[Row]) -> None:
    outcomes = sorted(row["outcome"] for row in rows)
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(outcomes))
    seconds = [row["seconds"] for row in rows]
    print(
        f"{name}: {len(rows)} jobs ({counts}) in {sum(seconds):.0f} s, median {median(seconds or [0]):.1f} s, "
        f"slowest {max(seconds, default=0):.1f} s"
    )


if __name__ == "__main__":
    main()
