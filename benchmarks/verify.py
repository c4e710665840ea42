"""How long verification takes: many small jobs in one warm sandbox, against a fresh sandbox for every run.

    python benchmarks/verify.py [--jobs 50] [--fresh 2]

Copies of one small job (catalog table and CSV in, filter, join, partitioned Parquet and a table out) from the tests' project are
verified one after the other in one sandbox. `--fresh` of them are then verified with a new sandbox for each single run (what
it would cost without sharing); both figures come from this run on this machine.
"""

import argparse
import shutil
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glue2lakehouse.tools.sandbox.limits import Limits
from glue2lakehouse.tools.sandbox.verify import JobVerification, Source, verify_project
from glue2lakehouse.tools.sandbox.worker import TaskReply, Worker

PROJECT = Path(__file__).parent.parent / "tests" / "tools" / "sandbox" / "project"
JOB = "jobs/paid_orders.py"


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
    options = parser.parse_args()
    with TemporaryDirectory() as scratch:
        source, files = _project(Path(scratch), options.jobs)
        for name, worker, chosen in (
            ("one warm sandbox", Worker(), files),
            ("a fresh sandbox for every run", FreshWorker(), files[: options.fresh]),
        ):
            started = time.monotonic()
            with worker:
                verdicts = list(verify_project(source, chosen, worker=worker))
            _print(name, verdicts, time.monotonic() - started, worker.starts)


def _project(scratch: Path, jobs: int) -> tuple[Source, list[str]]:
    for side in ("before", "after", "data"):
        shutil.copytree(PROJECT / side, scratch / side)
    files = []
    for number in range(jobs):
        name = JOB.replace(".py", f"_{number}.py")
        for side in ("before", "after"):
            shutil.copy(scratch / side / JOB, scratch / side / name)
        shutil.copy(scratch / "data/args/paid_orders.json", scratch / f"data/args/paid_orders_{number}.json")
        files.append(name)
    return Source(original=scratch / "before", converted=scratch / "after", data=scratch / "data"), files


def _print(name: str, verdicts: list[JobVerification], seconds: float, starts: int) -> None:
    outcomes = sorted(str(verdict.outcome) for verdict in verdicts)
    counts = ", ".join(f"{outcomes.count(outcome)} {outcome}" for outcome in dict.fromkeys(outcomes))
    print(
        f"{name}: {len(verdicts)} jobs ({counts}) in {seconds:.0f} s, {seconds / max(1, len(verdicts)):.1f} s a job, "
        f"{starts} JVM starts"
    )


if __name__ == "__main__":
    main()
