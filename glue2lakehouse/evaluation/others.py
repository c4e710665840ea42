"""Score another converter: a folder of converted files for each case.

    <folder>/<case>/<the same relative paths>.py    what that converter wrote
    <folder>/<case>/findings.json                   optional: [{"path", "line", "message", "rule"}], what it hands to a person

A case with findings counts as handed to a person, one without files as refused, any other as converted.
"""

import json
from pathlib import Path
from time import perf_counter

from pydantic import TypeAdapter, ValidationError

from glue2lakehouse.domain import Evidence, Finding, Severity
from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.case import Case, Ending
from glue2lakehouse.evaluation.executing import execute
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.sandbox.worker import Worker

FINDINGS = "findings.json"


def try_others(case: Case, folder: Path, worker: Worker | None) -> Attempt:
    """Return what another converter made of a case, judged by the same checks and runs; it claims no confidence."""
    started = perf_counter()
    before, after = _texts(case.before), _texts(folder)
    findings = _findings(folder / FINDINGS)
    written = [path for path in before if path in after]
    ending = Ending.REVIEW if findings else Ending.AUTOMATIC if written else Ending.REFUSED
    checks = {
        path: check(before[path], after[path], path, before, after, findings, case.settings)
        for path in written
        if after[path] != before[path] or "awsglue" in before[path]
    }
    verdicts = execute(case, after, worker) if worker is not None and ending is Ending.AUTOMATIC else {}
    return Attempt(
        case=case,
        ending=ending,
        before=before,
        after=after,
        findings=findings,
        evidence=min((found.evidence for found in checks.values()), key=lambda one: one.level, default=Evidence.NONE),
        confidence=1.0 if ending is Ending.AUTOMATIC else 0.0,
        checks=checks,
        executed=verdicts,
        attempts=1,
        seconds=perf_counter() - started,
        model=True,
        could_execute=True,
    )


def write_converted(attempt: Attempt, folder: Path) -> None:
    """Write an attempt of ours in the shape that this module reads."""
    blockers = [found for found in attempt.findings if found.severity is Severity.BLOCKER]
    for path, text in attempt.after.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if attempt.ending is Ending.REVIEW:
        folder.mkdir(parents=True, exist_ok=True)
        told = [found.model_dump(mode="json", include={"path", "line", "message", "rule"}) for found in blockers]
        (folder / FINDINGS).write_text(json.dumps(told or [{"message": "low confidence"}], indent=1) + "\n", "utf-8")


def _texts(folder: Path) -> dict[str, str]:
    files = sorted(folder.rglob("*.py")) if folder.is_dir() else []
    return {file.relative_to(folder).as_posix(): file.read_text(encoding="utf-8", errors="replace") for file in files}


def _findings(file: Path) -> tuple[Finding, ...]:
    if not file.is_file():
        return ()
    try:
        rows = TypeAdapter(list[dict[str, object]]).validate_json(file.read_bytes())
        blank = {"rule": "handed-off", "severity": "blocker", "path": "", "line": 0, "message": ""}
        return tuple(Finding.model_validate({**blank, **row}) for row in rows)
    except ValidationError as error:
        raise UsageError(f"{file}: is no list of findings: {error.errors()[0]['msg']}") from error
