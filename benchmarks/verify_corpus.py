"""How many converted job files of real repositories run, original and converted, with equal output on made data.

    python benchmarks/verify_corpus.py FOLDER [FOLDER …] [--seconds 1200] [--markdown FILE]

Each FOLDER holds a checkout (`/tmp/dev/*` for the repositories of the development list). A project is migrated without a model, and
every converted job file that uses awsglue is verified; nothing is verified after `--seconds`, and what was left out is counted. Every
outcome is listed with its reason, so that no difference is lost in a total.
"""

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

from glue2lakehouse.domain import Status
from glue2lakehouse.orchestrator.reading import read_project
from glue2lakehouse.orchestrator.run import migrate
from glue2lakehouse.orchestrator.running import sandbox_source
from glue2lakehouse.orchestrator.writing import SOURCES
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.sandbox.verify import JobVerification, Outcome, job_files, verify_project
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import open_source


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=1200)
    parser.add_argument("--markdown", type=Path)
    options = parser.parse_args()
    started = time.monotonic()
    verdicts: list[tuple[str, JobVerification]] = []
    counts: Counter[str] = Counter()
    with Worker() as worker, TemporaryDirectory() as scratch:
        for folder in options.folders:
            until = started + options.seconds
            for verdict in _verified(folder, Path(scratch) / folder.name, worker, until, counts):
                verdicts.append((folder.name, verdict))
                print(folder.name, verdict.path, verdict.outcome, f"{verdict.seconds:.1f} s", _why(verdict), flush=True)
    text = _summary(verdicts, counts, time.monotonic() - started)
    print(text)
    if options.markdown:
        command = f"python {' '.join(sys.argv)}"
        options.markdown.write_text(f"# Verification of converted files on made data\n\n`{command}`\n\n{text}\n")


def _verified(folder: Path, out: Path, worker: Worker, until: float, counts: Counter[str]) -> list[JobVerification]:
    settings = Settings(home=out / "home")
    report = migrate(str(folder), out / "out", settings).report
    with open_source(str(folder)) as tree:
        project = read_project(tree, settings)
        source = sandbox_source(project, out / "out" / SOURCES, settings, None)
        status = {file.path: file.status for file in report.files}
        jobs = [path for path in job_files(tree.root) if "awsglue" in project.units[path].code]
        ready = [path for path in jobs if status[path] is Status.CONVERTED]
        counts["job files"] += len(jobs)
        counts["converted"] += len(ready)
        done = []
        for path in ready:
            if time.monotonic() > until:
                counts["left out"] += 1
                continue
            done += verify_project(source, [path], worker=worker)
        return done


def _why(verdict: JobVerification) -> str:
    return verdict.reason or "; ".join(finding.message[:300] for finding in verdict.findings)


def _summary(verdicts: list[tuple[str, JobVerification]], counts: Counter[str], seconds: float) -> str:
    outcomes = Counter(verdict.outcome for _, verdict in verdicts)
    lines = [
        f"{counts['job files']} job files use awsglue; {counts['converted']} are converted; {len(verdicts)} of them were"
        f" verified in {seconds:.0f} s ({counts['left out']} left out for want of time).",
        "",
        *(f"- {outcome.value}: {outcomes[outcome]}" for outcome in Outcome),
        "",
        "| project | file | outcome | why |",
        "|---|---|---|---|",
        *(
            f"| {project} | {verdict.path} | {verdict.outcome.value} | {_why(verdict).replace('|', '/')} |"
            for project, verdict in verdicts
        ),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
