"""How many converted job files of real repositories run, original and converted, with equal output on made data.

    python benchmarks/verify_corpus.py FOLDER [FOLDER …] --verdicts FILE.jsonl [--markdown FILE] [--seconds 3600]

Each FOLDER holds a checkout (`/tmp/dev/*` for the repositories of the development list). A project is migrated without a model, and
every converted job file that uses awsglue is verified in one warm sandbox, each run of it within `--job-seconds`. Every verdict is
added to the file of verdicts as one JSON object a line, with what the conversion claimed before it was run (path, confidence,
evidence) and what running it showed (verdict, reason). A second call goes on where the first one ended: a job is verified anew
where its conversion has changed, or where its verdict is among `--again`. `--trials` writes what ran, equal or different, as
`glue2lakehouse eval --trials` takes it.
"""

import argparse
import ast
import hashlib
import json
import shlex
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from glue2lakehouse.agents.confidence import doubts_of
from glue2lakehouse.domain import Evidence, Status
from glue2lakehouse.evaluation.calibration import Trial
from glue2lakehouse.orchestrator.reading import Project, read_project
from glue2lakehouse.orchestrator.run import migrate
from glue2lakehouse.orchestrator.running import WAITS, blocked_module, sandbox_source, waits_for_module
from glue2lakehouse.orchestrator.writing import SOURCES
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.report import FileReport
from glue2lakehouse.tools.sandbox.limits import Limits
from glue2lakehouse.tools.sandbox.verify import JobVerification, Outcome, job_files, verify_project
from glue2lakehouse.tools.sandbox.worker import Worker
from glue2lakehouse.tools.source import open_source

Row = dict[str, Any]
LEFT_OUT = "left out"
_RAN = (Outcome.EQUAL.value, Outcome.DIFFERENT.value)


def main() -> None:
    options = _options()
    known = _known(options.verdicts)
    until = time.monotonic() + options.seconds
    rows: list[Row] = []
    limits = Limits(wall_seconds=options.job_seconds)
    with Worker(limits) as worker, TemporaryDirectory() as scratch:
        for folder in options.folders:
            for row in _rows(folder, Path(scratch) / folder.name, worker, until, known, options):
                rows.append(row)
                if not row.pop("known", False) and row["verdict"] != LEFT_OUT:
                    with options.verdicts.open("a", encoding="utf-8") as file:
                        file.write(json.dumps(row) + "\n")
                    print(
                        row["project"],
                        row["path"],
                        row["verdict"],
                        f"{row['seconds']:.0f} s",
                        row["reason"][:300],
                        flush=True,
                    )
    if options.trials:
        options.trials.write_text(
            "".join(_trial(row) + "\n" for row in rows if row["verdict"] in _RAN), encoding="utf-8"
        )
    text = _summary(rows)
    print(text)
    if options.markdown:
        options.markdown.write_text(
            f"{_HEAD.format(command=shlex.join(['python', *sys.argv]))}\n{text}\n", encoding="utf-8"
        )


_HEAD = """# Verification of converted files on made data

    {command}
"""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--verdicts", type=Path, required=True, help="file of verdicts, one JSON object a line")
    parser.add_argument("--markdown", type=Path)
    parser.add_argument("--trials", type=Path, help="file of trials to write, for the calibration of confidence")
    parser.add_argument("--seconds", type=float, default=3600, help="no job is begun after that many seconds")
    parser.add_argument("--job-seconds", type=float, default=120, help="limit of one run of one script")
    parser.add_argument("--again", default="", help="verdicts that count for nothing: different,cannot_run")
    parser.add_argument("--frames", action="store_true", help="verify only scripts that work on DynamicFrames")
    parser.add_argument("--only", default="", help="verify only files whose path has this text")
    return parser.parse_args()


def _known(file: Path) -> dict[tuple[str, str], Row]:
    lines = file.read_text(encoding="utf-8").splitlines() if file.is_file() else []
    return {(row["project"], row["path"]): row for row in map(json.loads, lines)}


def _rows(
    folder: Path, out: Path, worker: Worker, until: float, known: dict[tuple[str, str], Row], options: argparse.Namespace
) -> Iterator[Row]:  # fmt: skip
    settings = Settings(home=out / "home", tracing=False)
    report = migrate(str(folder), out / "out", settings).report
    converted = out / "out" / SOURCES
    with open_source(str(folder)) as tree:
        project = read_project(tree, settings)
        source = sandbox_source(project, converted, settings, None)
        files = {file.path: file for file in report.files}
        for path in _glue_jobs(project, options.only):
            row = _claimed(folder.name, files[path], project.units[path].code, converted / path)
            before = known.get((folder.name, path))
            if row["status"] != Status.CONVERTED.value:
                yield {**row, "verdict": "not converted", "known": True}
            elif before and before["code"] == row["code"] and before["verdict"] not in options.again.split(","):
                yield {**row, **before, "known": True}
            elif time.monotonic() > until or (options.frames and not row["dynamic_frame"]):
                yield {**row, "verdict": LEFT_OUT}
            elif module := blocked_module(tree.root, path, report.files):
                yield {**row, **_shown(waits_for_module(path, module))}
            else:
                (verdict,) = verify_project(source, [path], worker=worker)
                yield {**row, **_shown(verdict)}


def _glue_jobs(project: Project, only: str) -> list[str]:
    return [path for path in job_files(project.tree.root) if "awsglue" in project.units[path].code and only in path]


def _claimed(project: str, file: FileReport, before: str, converted: Path) -> Row:
    code = converted.read_bytes() if converted.is_file() else b""
    known = min(file.evidence, Evidence.RESOLVED, key=lambda level: level.level)
    return {
        "project": project,
        "path": file.path,
        "status": file.status.value,
        "confidence": file.confidence,
        "evidence": file.evidence.value,
        "doubts": doubts_of(known, file.edits, file.findings).model_dump(mode="json"),
        "code": hashlib.sha256(code).hexdigest()[:16],
        "dynamic_frame": _uses_dynamic_frames(before),
        "verdict": "",
        "reason": "",
        "seconds": 0.0,
    }


def _trial(row: Row) -> str:
    name = f"{row['project']}/{row['path']}"
    return Trial(name=name, doubts=row["doubts"], equal=row["verdict"] == Outcome.EQUAL.value).model_dump_json()


def _uses_dynamic_frames(code: str) -> bool:
    """Whether a script works on DynamicFrames; many of Glue's templates only import the class."""
    for node in ast.walk(ast.parse(code)):
        name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
        if "dynamic_frame" in name or name in ("DynamicFrame", "DynamicFrameCollection"):
            return True
    return False


def _shown(verdict: JobVerification) -> Row:
    shown = verdict.model_dump(mode="json", include={"rows", "datasets", "made", "switches", "unstable", "variants"})
    why = verdict.reason or "; ".join(finding.message for finding in verdict.findings)
    return {**shown, "verdict": verdict.outcome.value, "reason": why, "seconds": verdict.seconds}


def _summary(rows: Sequence[Row]) -> str:
    verdicts = " | ".join(outcome.value.replace("_", " ") for outcome in Outcome)
    lines = [
        f"| | job files | converted | with all their modules | {verdicts} | left out | equal of those |",
        "|---|" + "---|" * (len(Outcome) + 5),
        _counts("with DynamicFrames", [row for row in rows if row["dynamic_frame"]]),
        _counts("other Glue jobs", [row for row in rows if not row["dynamic_frame"]]),
        _counts("all", rows),
        "",
        f"{sum(row['seconds'] for row in rows):.0f} seconds of verification in all.",
    ]
    for outcome in Outcome:
        if outcome is not Outcome.EQUAL:
            lines += ["", f"## {outcome.value.replace('_', ' ')}", "", *_ranked(rows, outcome)]
    return "\n".join(lines)


def _counts(name: str, rows: Sequence[Row]) -> str:
    """Return a line of figures; a job that waits for one of its modules is not among those that can be run."""
    converted = [row for row in rows if row["status"] == Status.CONVERTED.value]
    whole = [row for row in converted if not row["reason"].startswith(WAITS)]
    verdicts = Counter(row["verdict"] for row in whole)
    share = f"{verdicts[Outcome.EQUAL.value] / len(whole):.0%}" if whole else ""
    figures = [len(rows), len(converted), len(whole), *(verdicts[outcome.value] for outcome in Outcome)]
    return f"| {name} | {' | '.join(map(str, [*figures, verdicts[LEFT_OUT]]))} | {share} |"


def _ranked(rows: Sequence[Row], outcome: Outcome) -> list[str]:
    """List the reasons of one verdict, the most frequent first, with the files."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        if row["verdict"] == outcome.value:
            groups.setdefault(_kind_of(row["reason"]), []).append(row)
    return [
        f"- {len(found)} × {reason}: " + ", ".join(f"{row['project'].split('+')[-1]}/{row['path']}" for row in found)
        for reason, found in sorted(groups.items(), key=lambda item: -len(item[1]))
    ]


def _kind_of(reason: str) -> str:
    return reason.replace("\n", " ")[:200]


if __name__ == "__main__":
    main()
