"""Audit two folders: what did the conversion lose, file by file, that no finding of the report owns up to?

python -m glue2lakehouse.tools.checks BEFORE_DIR AFTER_DIR [--report report.json]
"""

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from pydantic import ValidationError

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.settings import FILE_NAME, load_settings
from glue2lakehouse.tools.checks.check import APPEARED, VANISHED, check


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the audit; return 0 when nothing was lost, 3 when something was, 2 for wrong use."""
    parser = argparse.ArgumentParser(prog="python -m glue2lakehouse.tools.checks", description=__doc__)
    parser.add_argument("before", type=Path, help="folder of the Glue project")
    parser.add_argument("after", type=Path, help="folder of the converted project, or one that holds it in `src`")
    parser.add_argument("--report", type=Path, help="report.json of the run, for its findings")
    given = parser.parse_args(arguments)
    try:
        return _audit(given.before, given.after, given.report)
    except (OSError, ValueError, ValidationError, Glue2LakehouseError) as error:
        print(f"checks: {str(error).splitlines()[0]}", file=sys.stderr)
        return 2


def _audit(before_dir: Path, after_dir: Path, report: Path | None) -> int:
    after_dir = after_dir / "src" if (after_dir / "src").is_dir() and not (before_dir / "src").is_dir() else after_dir
    before, after = _read(before_dir), _read(after_dir)
    if not before:
        raise ValueError(f"{before_dir}: no Python files here; name the folder of the Glue project")
    findings = _findings(report) if report else {}
    file = before_dir / FILE_NAME
    settings = load_settings(file if file.is_file() else None)
    evidence: Counter[str] = Counter()
    silent = 0
    for path in sorted(before):
        if path not in after:
            print(f"{path}:0: the conversion has no such file")
            silent += 1
            continue
        result = check(before[path], after[path], path, before, after, findings.get(path, []), settings)
        evidence[result.evidence.value] += 1
        lost = [f for f in result.findings if f.rule in (VANISHED, APPEARED) and f.severity is Severity.BLOCKER]
        silent += bool(lost)
        for finding in lost:
            print(finding)
    counts = ", ".join(f"{number} {name}" for name, number in evidence.most_common())
    print(f"{len(before)} files: {counts or 'none checked'}; {silent} with a silent loss")
    return 3 if silent else 0


def _read(folder: Path) -> dict[str, str]:
    if not folder.is_dir():
        raise ValueError(f"{folder}: no such folder")
    return dict(_texts(folder))


def _texts(folder: Path) -> Iterator[tuple[str, str]]:
    for path in sorted(folder.rglob("*.py")):
        if path.is_file():
            yield path.relative_to(folder).as_posix(), path.read_text(encoding="utf-8", errors="replace")


def _findings(report: Path) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for file in json.loads(report.read_text(encoding="utf-8"))["files"]:
        found[file["path"]] = [Finding(path=file["path"], **_known(finding)) for finding in file["findings"]]
    return found


def _known(finding: dict[str, object]) -> dict[str, object]:
    return {key: finding[key] for key in ("rule", "severity", "line", "message", "action") if key in finding}


if __name__ == "__main__":
    sys.exit(main())
