"""The third phase: what `migrate --out DIR` leaves behind (DESIGN 5.2)."""

import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path, PurePosixPath

from glue2lakehouse.domain import Finding, Status
from glue2lakehouse.graphs.project import Outcome
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, helpers_used
from glue2lakehouse.orchestrator.ddl import DdlOutcome
from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.output import OutputFolder
from glue2lakehouse.tools.report import Report, SourcePair, write_report
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.source import goes_along

SOURCES = "src"
DDL = "ddl"


def code_files(project: Project, outcomes: Sequence[Outcome], settings: Settings) -> dict[str, bytes]:
    """Return every Python file by its path, converted, unchanged or broken as it was found, and what modules open beside them."""
    files: dict[str, bytes] = {}
    for outcome in outcomes:
        unit = project.units[outcome.path]
        data = unit.original_bytes() if outcome.code == unit.code else unit.to_bytes(outcome.code)
        # A person's edit may hold a character that the file's encoding lacks: the original stays, and waits again.
        files[outcome.path] = unit.original_bytes() if isinstance(data, Finding) else data
    listed = {file.path: file for file in project.tree.files}
    for path in sorted(project.broken.keys() & listed.keys()):
        # What cannot even be read has a finding that says so.
        with suppress(OSError):
            files[path] = listed[path].absolute.read_bytes()
    for file in project.beside:
        if goes_along(file):
            with suppress(OSError):
                files.setdefault(file.path, file.absolute.read_bytes())
    helpers = helpers_used(outcome.code for outcome in outcomes)
    # Where the source has a module of that name, every file that needs helpers waits for a person.
    if helpers and COMPAT_FILE not in project.units:
        files[COMPAT_FILE] = render_compat(helpers, settings).encode()
    return files


def write_code(folder: OutputFolder, files: Mapping[str, bytes]) -> None:
    """Write the files of the code below `src`."""
    for path, data in files.items():
        folder.write(f"{SOURCES}/{path}", data)


def write_reports(folder: OutputFolder, report: Report, pairs: Mapping[str, SourcePair]) -> tuple[Path, ...]:
    """Write report.json and report.html like any other file, so that half a report is never taken for somebody else's."""
    with tempfile.TemporaryDirectory(prefix="glue2lakehouse-report-") as scratch:
        return tuple(folder.write(file.name, file.read_bytes()) for file in write_report(report, pairs, Path(scratch)))


def code_pairs(project: Project, outcomes: Sequence[Outcome]) -> dict[str, SourcePair]:
    """Return the texts of the files that the report shows side by side."""
    return {
        outcome.path: SourcePair(project.units[outcome.path].code, outcome.code, f"{SOURCES}/{outcome.path}")
        for outcome in outcomes
        if outcome.status is not Status.UNCHANGED
    }


def write_ddl(folder: OutputFolder, outcomes: Sequence[DdlOutcome]) -> None:
    """Write the Unity Catalog DDL."""
    targets = ddl_targets(outcome.path for outcome in outcomes)
    for outcome in outcomes:
        folder.write(targets[outcome.path], outcome.made.sql.encode())


def ddl_targets(paths: Iterable[str]) -> dict[str, str]:
    """Return where each DDL file goes: its place below `ddl`, as `.sql`; `a.hql` beside an `a.sql` keeps its ending too."""
    named = {path: str(PurePosixPath(path).with_suffix(".sql")) for path in paths}
    count = Counter(named.values())
    return {
        path: f"{DDL}/{target}" if count[target] == 1 or path == target else f"{DDL}/{path}.sql"
        for path, target in named.items()
    }


def ddl_pairs(outcomes: Sequence[DdlOutcome]) -> dict[str, SourcePair]:
    """Return the DDL that the report shows side by side."""
    targets = ddl_targets(outcome.path for outcome in outcomes)
    return {
        outcome.path: SourcePair(outcome.text, outcome.made.sql, targets[outcome.path])
        for outcome in outcomes
        if outcome.made.status is not Status.UNCHANGED
    }
