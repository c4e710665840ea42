"""The Asset Bundle of a project: made beside the output, checked, and only then put into it."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

from glue2lakehouse.domain import Finding
from glue2lakehouse.graphs.project import Outcome
from glue2lakehouse.orchestrator.reading import Project
from glue2lakehouse.orchestrator.writing import SOURCES, code_files
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.defects import defect, tried
from glue2lakehouse.tools.jobs import check_bundle, write_bundle


def bundle_of(
    project: Project, outcomes: Sequence[Outcome], settings: Settings
) -> tuple[dict[str, bytes], tuple[Finding, ...]]:
    """Return the files of the bundle by path, and what a person has to know; no files where nothing becomes a job."""
    if not project.definitions.items:
        return {}, ()
    named = settings.model_copy(update={"project": project.name})
    status = {outcome.path: outcome.status for outcome in outcomes}
    with tempfile.TemporaryDirectory(prefix="glue2lakehouse-bundle-") as scratch:
        folder = Path(scratch)
        for path, data in code_files(project, outcomes, settings).items():
            target = folder / SOURCES / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        paths = [file.path for file in project.tree.files]
        made = tried(lambda: write_bundle(project.definitions, folder, named, status, files=paths))
        if isinstance(made, Exception):
            return {}, (defect(project.definitions.items[0].place.path, made, "the bundle of all jobs"),)
        if not made.jobs:
            return {}, tuple(made.findings)
        wrong = check_bundle(folder, command=None)
        return {name: (folder / name).read_bytes() for name in made.files}, (*made.findings, *wrong)
