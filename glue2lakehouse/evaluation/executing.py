"""Run what was made of a case on the case's data, and compare with what the original wrote when the case was made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.case import Case
from glue2lakehouse.orchestrator.converting import COMPAT_FILE, helpers_used
from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.sandbox.verdict import JobVerification, Outcome, Source
from glue2lakehouse.tools.sandbox.verify import record_original, verify_project
from glue2lakehouse.tools.sandbox.worker import Worker


def execute(
    case: Case, files: Mapping[str, str], worker: Worker, skip: tuple[str, ...] = ()
) -> dict[str, JobVerification]:
    """Return the verdict on each job of a case whose outputs were kept, as Databricks runs it (ANSI mode)."""
    recorded = case.expected()
    jobs = [job for job in case.jobs if job in recorded and job not in skip]
    with _written(files) as folder:
        source = case.source(folder).model_copy(update={"recorded": recorded, "every_variant": False})
        return {verdict.path: verdict for verdict in verify_project(source, jobs, worker=worker)}


def record_expected(case: Case, worker: Worker) -> list[JobVerification]:
    """Run the originals, keep what they wrote, and return the verdicts on the golden conversion in every variant.

    A case that ends with a person has nothing to compare. Raises RunError for an original that cannot be run, UsageError for a
    golden conversion that differs.
    """
    if not case.after.is_dir():
        return []
    source = case.source(case.after)
    for job in case.jobs:
        file = case.expected_file(job)
        report = record_original(source, job, worker)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(report.model_dump_json(indent=1, exclude_defaults=True) + "\n", encoding="utf-8")
    return _golden_verdicts(case, source, worker)


def _golden_verdicts(case: Case, source: Source, worker: Worker) -> list[JobVerification]:
    golden = case.golden()
    helpers = helpers_used(golden.values())
    if helpers and COMPAT_FILE not in golden:
        golden[COMPAT_FILE] = render_compat(helpers, case.settings)
    with _written(golden) as folder:
        pair = source.model_copy(update={"converted": folder, "recorded": case.expected()})
        verdicts = list(verify_project(pair, case.jobs, worker=worker))
    for verdict in verdicts:
        if verdict.outcome is not Outcome.EQUAL:
            told = "; ".join(finding.message for finding in verdict.findings) or verdict.reason
            raise UsageError(f"{case.after / verdict.path}: the golden conversion is {verdict.outcome.value}: {told}")
    return verdicts


@contextmanager
def _written(files: Mapping[str, str]) -> Iterator[Path]:
    with TemporaryDirectory(prefix="glue2lakehouse-eval-") as scratch:
        for path, text in files.items():
            file = Path(scratch) / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        yield Path(scratch)
