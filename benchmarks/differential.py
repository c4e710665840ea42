"""Make up Glue code by the thousand, run each original and its conversion, and show where they differ.

    python benchmarks/differential.py [--jobs] [--seed 1] [--count 200] [--only NUMBER] [--shrink] [--results FILE.jsonl]

A case is known by seed and number: a chain of steps on frames in memory or, with `--jobs`, a whole job, from files or catalog tables
to files or tables. Those that differ, or fail where the original does not, are printed with tables, source and
conversion; `--shrink` makes each small first. `--results` adds a JSON line for each case; `--summary FILE` counts such lines.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Any

from glue2lakehouse.evaluation.differential.chains import made_case
from glue2lakehouse.evaluation.differential.job_trial import job_session, tried_job
from glue2lakehouse.evaluation.differential.jobs import made_job
from glue2lakehouse.evaluation.differential.shrinking import shrunk
from glue2lakehouse.evaluation.differential.trial import MODES, Result, Verdict, tried
from glue2lakehouse.tools.spark import local_session

TINY = {
    "spark.master": "local[1]",
    "spark.sql.shuffle.partitions": "1",
    "spark.default.parallelism": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.codegen.factoryMode": "NO_CODEGEN",
    "spark.ui.retainedJobs": "1",
    "spark.ui.retainedStages": "1",
    "spark.ui.retainedTasks": "1",
    "spark.sql.ui.retainedExecutions": "1",
}
"""For a dozen rows, compiling a query takes longer than running it; nobody looks at what a thousand jobs did before."""
SHOWN = (Verdict.UNEQUAL, Verdict.FAILS)


def main() -> None:
    options = _options()
    if options.summary:
        _summarize([json.loads(line) for line in options.summary.read_text().splitlines()])
        return
    spark = job_session(TINY) if options.jobs else local_session("differential", delta=False, conf=TINY)
    made: Callable[[int, int], Any] = made_job if options.jobs else made_case
    run: Callable[..., Result] = tried_job if options.jobs else tried
    numbers = [options.only] if options.only is not None else range(options.first, options.first + options.count)
    started = time.monotonic()
    rows = []
    for number in numbers:
        modes = MODES if options.both or options.only is not None else (MODES[number % 2],)
        result = run(spark, made(options.seed, number), modes)
        rows.append(_row(result))
        if options.results:
            with options.results.open("a") as file:
                file.write(json.dumps(rows[-1]) + "\n")
        if result.verdict in SHOWN or options.only is not None:
            _show(_small(partial(run, spark), result, modes) if options.shrink else result)
    _summarize(rows)
    print(f"{len(rows) / (time.monotonic() - started) * 60:.0f} cases a minute")


def _row(result: Result) -> dict[str, Any]:
    return {
        "seed": result.case.seed, "number": result.case.number, "verdict": result.verdict, "reason": result.reason,
        "rows": result.rows, "conditions": result.conditions, "unknowns": result.unknowns,
        "findings": result.findings,
    }  # fmt: skip


def _small(run: Callable[[Any, tuple[str, ...]], Result], result: Result, modes: Iterable[str]) -> Result:
    def still(case: Any) -> bool:
        return run(case, tuple(modes)).verdict is result.verdict

    return run(shrunk(result.case, still), tuple(modes))


def _show(result: Result) -> None:
    case = result.case
    print(f"=== {case.seed}:{case.number} {result.verdict}: {result.reason}")
    print(*case.inputs, sep="\n")
    print(case.source.partition("functions as F\n")[2].strip())
    print("--- converted", result.conditions, result.unknowns, result.findings)
    print(result.converted, flush=True)


def _summarize(rows: list[dict[str, Any]]) -> None:
    verdicts = Counter(row["verdict"] for row in rows)
    for verdict, count in verdicts.most_common():
        print(f"{count:6} {verdict}")
        reasons = Counter(_general(row["reason"]) for row in rows if row["verdict"] == verdict and row["reason"])
        for reason, times in reasons.most_common(12):
            print(f"       {times:5} {reason}")


def _general(reason: str) -> str:
    """Return a reason without the names and numbers of its case."""
    bare = re.sub(r"^ansi=\w+: ", "", reason)
    return re.sub(r"\d+", "N", re.sub(r"""(['`"]).*?\1""", "…", bare))[:120]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--jobs", action="store_true", help="whole jobs on files and catalog tables")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0, help="number of the first case")
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--only", type=int, help="number of the one case to run and show")
    parser.add_argument(
        "--both", action="store_true", help="run each conversion in both ANSI modes, not in one by turns"
    )
    parser.add_argument("--shrink", action="store_true", help="make what is shown small")
    parser.add_argument("--results", type=Path, help="file that a JSON line is added to for each case")
    parser.add_argument("--summary", type=Path, help="count the lines of such a file, and run nothing")
    return parser.parse_args()


if __name__ == "__main__":
    main()
