"""`scan-jobs`: the definitions of an AWS account in one file, and their scripts beside it, as a source that `migrate` takes."""

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import CatalogError
from glue2lakehouse.orchestrator.reading import Progress, silent
from glue2lakehouse.tools.jobs import Definitions, glue_client, scan_account
from glue2lakehouse.tools.jobs.model import Kind

_ENVELOPES = {
    Kind.JOB: "Jobs", Kind.TRIGGER: "Triggers", Kind.WORKFLOW: "Workflows", Kind.CRAWLER: "Crawlers",
    Kind.CONNECTION: "ConnectionList", Kind.CLASSIFIER: "Classifiers", Kind.BLUEPRINT: "Blueprints",
    Kind.SECURITY_CONFIGURATION: "SecurityConfigurations",
}  # fmt: skip


@dataclass(frozen=True)
class ScannedJobs:
    """How many definitions of each kind are in the file, how many scripts beside it, and what could not be had."""

    counts: dict[str, int]
    scripts: int
    findings: tuple[Finding, ...]


def scan_jobs_to_file(
    out: Path,
    *,
    scripts: Path | None = None,
    region: str | None = None,
    profile: str | None = None,
    progress: Progress = silent,
) -> ScannedJobs:
    """Write the account's definitions to `out` in the form of `aws glue get-…`, and download their scripts below `scripts`.

    `out` is there only when the scan is complete; until then its pages are in `<out>.pages`, from where a repeated scan goes
    on. Values of connections that look like secrets are masked. Raises CatalogError where AWS cannot be asked.
    """
    from botocore.exceptions import BotoCoreError

    pages = out.with_name(out.name + ".pages")
    try:
        client = glue_client(region, profile)
        account = _account(region, profile)
        found = scan_account(client, account=account, state=pages, progress=lambda kind, n: progress(kind, n, n))
        findings = list(found.findings)
        loaded = _download(found, scripts, glue_client(region, profile, service="s3"), findings) if scripts else 0
    except BotoCoreError as error:
        raise CatalogError(f"AWS: {error}; name a --region and a --profile, or log in") from error
    held = {name: [item.fields() for item in found.of(kind)] for kind, name in _ENVELOPES.items()}
    out.parent.mkdir(parents=True, exist_ok=True)
    new = out.with_name(out.name + ".new")
    new.write_text(json.dumps({key: items for key, items in held.items() if items}, indent=1), encoding="utf-8")
    new.replace(out)
    pages.unlink(missing_ok=True)
    return ScannedJobs({kind: len(found.of(kind)) for kind in _ENVELOPES if found.of(kind)}, loaded, tuple(findings))


def _account(region: str | None, profile: str | None) -> str:
    """Return the account's number, which the names of tagged things hold; empty where AWS does not tell it."""
    from botocore.exceptions import ClientError

    try:
        return str(glue_client(region, profile, service="sts").get_caller_identity()["Account"])
    except ClientError:
        return ""


def _download(found: Definitions, folder: Path, s3: Any, findings: list[Finding]) -> int:
    """Fetch each job's script to `folder`/bucket/key, unless it is there; what S3 refuses is a finding."""
    from botocore.exceptions import ClientError

    count = 0
    for job in found.jobs:
        bucket, _, key = job.command.script_location.removeprefix("s3://").removeprefix("s3a://").partition("/")
        place = PurePosixPath(bucket, key)
        if not bucket or not key or ".." in place.parts:
            continue
        target = folder / place
        try:
            body = s3.get_object(Bucket=bucket, Key=key)["Body"].read()
        except ClientError as error:
            findings.append(_no_script(job.name, job.command.script_location, str(error).splitlines()[0]))
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(body)
        count += 1
    return count


def _no_script(job: str, location: str, why: str) -> Finding:
    return Finding(
        rule="account-scan",
        severity=Severity.WARNING,
        path=location,
        line=0,
        message=f"the script of job '{job}' could not be fetched: {why}",
        action="allow s3:GetObject to this role and scan again, or copy the script below the same folder",
    )
