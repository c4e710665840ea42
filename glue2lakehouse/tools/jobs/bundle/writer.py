"""The whole bundle: `databricks.yml` and one file for each job, through the typed models of databricks-bundles."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, cast

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Finding, Severity, Status
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft, identifier
from glue2lakehouse.tools.jobs.bundle.emit import to_yaml
from glue2lakehouse.tools.jobs.bundle.job import write_job
from glue2lakehouse.tools.jobs.bundle.libraries import COMPAT, packages_of, wheel_projects
from glue2lakehouse.tools.jobs.bundle.project import write_root
from glue2lakehouse.tools.jobs.bundle.workflow import write_workflows
from glue2lakehouse.tools.jobs.definitions import Definitions
from glue2lakehouse.tools.jobs.fields import field_findings
from glue2lakehouse.tools.jobs.values import shown

_HEAD = "# Glue "
_ORDER = (
    "name", "description", "tags", "parameters", "schedule", "trigger", "continuous", "timeout_seconds", "max_concurrent_runs",
    "queue", "health", "performance_target", "tasks", "job_clusters", "environments",
)  # fmt: skip


class BundleJob(BaseModel):
    """One job of the bundle: its key, the Glue object that it comes from, and the scripts that it runs."""

    model_config = ConfigDict(frozen=True)

    key: str
    source: str
    kind: str
    file: str
    scripts: tuple[str, ...] = ()
    needs_review: bool = False


class BundleResult(BaseModel):
    """What was written, and what a person has to know about it."""

    files: list[str]
    findings: list[Finding]
    jobs: list[BundleJob]


def write_bundle(
    definitions: Definitions,
    out: Path,
    settings: Settings,
    scripts: Mapping[str, Status] | None = None,
    *,
    files: Iterable[str] = (),
) -> BundleResult:
    """Write the bundle of all definitions to `out`; the converted scripts are taken to be under `out/src`.

    `scripts` says how each script's conversion ended; `files` are the paths of the source, for the packages that jobs bring
    along. A resources file that an earlier run wrote and this one does not is removed. The findings of reading are not repeated. Same input, same bytes.
    """
    held = frozenset(files)
    context = Context(
        definitions, settings, held, packages_of(held), with_compat=_naming(COMPAT, out),
        with_snowflake=_naming("connect_to_snowflake", out), converted=out / "src",
    )  # fmt: skip
    by_job = {id(job): write_job(job, context, scripts or {}) for job in definitions.jobs}
    flows = write_workflows(context, by_job, scripts or {})
    drafts = [*by_job.values(), *flows]
    texts = {f"resources/{draft.key}.yml": _resource(draft) for draft in drafts}
    for draft in drafts:
        texts |= draft.loud
    project = settings.project or "glue_migration"
    texts["databricks.yml"] = write_root(project, context)
    texts |= wheel_projects(identifier(project), context)
    for stale in sorted(out.glob("resources/*.yml")):
        if f"resources/{stale.name}" not in texts and stale.read_text(encoding="utf-8").startswith(_HEAD):
            stale.unlink()
    for name, text in sorted(texts.items()):
        _write(out / name, text)
    findings = [finding for item in definitions.items for finding in field_findings(item)] + context.findings
    return BundleResult(
        files=sorted(texts), findings=list(dict.fromkeys(findings)), jobs=[_summary(draft) for draft in drafts]
    )


def typed_job(job: dict[str, Any]) -> dict[str, Any]:
    """Return a job as databricks-bundles writes it. Raises ValueError or TypeError for a field that the model does not have."""
    from databricks.bundles.jobs import Job, JobDict

    return cast(dict[str, Any], Job.from_dict(cast(JobDict, job)).as_dict())


def _resource(draft: Draft) -> str:
    typed = typed_job(draft.job)
    drafted = {name: draft.job[name] for name in (*_ORDER, *draft.job) if name in draft.job}
    value = {"resources": {"jobs": {draft.key: _like(typed, drafted)}}}
    comments = {("resources", "jobs", draft.key, *path): text for path, text in draft.comments.items()}
    head = f"{_HEAD.removeprefix('# ')}{draft.source.kind} {shown(draft.source.name)}, {draft.source.place} ({draft.source.origin})"
    if draft.notes:
        head += "\nNEEDS REVIEW: " + "; ".join(draft.notes)
    return to_yaml(value, comments, head)


def _like(typed: Any, drafted: Any) -> Any:
    """Put the typed values in the order in which they were drafted; the models sort by their own."""
    if isinstance(typed, dict) and isinstance(drafted, dict):
        names = [name for name in (*drafted, *typed) if name in typed]
        return {name: _like(typed[name], drafted.get(name)) for name in dict.fromkeys(names)}
    if isinstance(typed, list) and isinstance(drafted, list):
        return [_like(left, right) for left, right in zip(typed, drafted, strict=True)]
    return typed


def _naming(word: str, out: Path) -> frozenset[str]:
    """The converted files that hold a word, the runtime helpers or a library that they need, relative to `out/src`."""
    root = out / "src"
    files = [file for file in root.rglob("*.py") if file.name != f"{COMPAT}.py"]
    named = [file for file in files if word in file.read_text(encoding="utf-8", errors="replace")]
    return frozenset(file.relative_to(root).as_posix() for file in named)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")


def _summary(draft: Draft) -> BundleJob:
    return BundleJob(
        key=draft.key, source=draft.source.name, kind=draft.source.kind, file=f"resources/{draft.key}.yml",
        scripts=tuple(dict.fromkeys(draft.scripts)), needs_review=bool(draft.notes),
    )  # fmt: skip


def blockers(result: BundleResult) -> list[Finding]:
    """Return the findings without which a deployment would be wrong."""
    return [finding for finding in result.findings if finding.severity is Severity.BLOCKER]
