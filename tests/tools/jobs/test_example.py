"""The example project: every definition is converted, and the two that cannot be are found."""

from pathlib import Path

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import load_settings
from glue2lakehouse.tools.jobs import Outcome, account, check_bundle, read_definitions, write_bundle

EXAMPLE = Path(__file__).parents[3] / "examples" / "retail"


@pytest.mark.parametrize("compute", Compute)
def test_the_example_is_converted_and_its_two_unmappable_jobs_are_found(compute: Compute, tmp_path: Path) -> None:
    files = {path.relative_to(EXAMPLE).as_posix(): path for path in EXAMPLE.rglob("*") if path.is_file()}
    definitions = read_definitions(files)
    assert len(definitions.items) == definitions.seen
    assert not [row for item in definitions.items for row in account(item) if row.outcome is Outcome.UNKNOWN]
    for path, file in files.items():
        if path.endswith(".py"):
            (tmp_path / "src" / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / "src" / path).write_bytes(file.read_bytes())

    settings = load_settings(EXAMPLE / "glue2lakehouse.yaml", {}, compute=compute)
    result = write_bundle(definitions, tmp_path, settings, files=files)

    blockers = {finding.message.split("'")[1] for finding in result.findings if finding.severity is Severity.BLOCKER}
    assert blockers == {"retail-forecast-demand", "retail-customer-match"}
    assert {job.source for job in result.jobs if job.needs_review} == blockers
    assert check_bundle(tmp_path, command=None) == []
    assert {job.name for job in definitions.jobs} <= {job.source for job in result.jobs}
