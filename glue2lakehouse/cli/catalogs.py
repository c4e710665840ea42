"""`scan`, `scan-jobs`, `map` and `drift`: catalogs, where their tables go, and how they change."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps, load, settings_options
from glue2lakehouse.errors import Glue2LakehouseError, UsageError


@click.command()
@click.option("--out", required=True, type=click.Path(path_type=Path), help="File to write: one JSON object a line.")
@click.option("--dump", metavar="PATH", type=click.Path(path_type=Path), help="Exported catalog: a file or a folder.")
@click.option("--unity-catalog", metavar="NAME", help="Scan this catalog of Unity Catalog instead of Glue.")
@click.option("--region", metavar="NAME", help="AWS region; default: the profile's.")
@click.option("--profile", metavar="NAME", help="AWS profile, or Databricks profile with --unity-catalog.")
@click.option("--host", metavar="URL", help="Databricks workspace; default: the profile's or $DATABRICKS_HOST.")
@click.option("--partitions/--no-partitions", default=True, help="List the partitions of Glue tables as well.")
def scan(
    out: Path,
    dump: Path | None,
    unity_catalog: str | None,
    region: str | None,
    profile: str | None,
    host: str | None,
    partitions: bool,
) -> None:
    """List a catalog into --out: the Glue Data Catalog of an AWS account, a dump of it, or Unity Catalog.

    A scan that was cut short goes on when it is repeated. Exit code 3 says that something could not be read.
    """
    from glue2lakehouse.orchestrator.scanning import scan_to_file

    if dump is not None and unity_catalog is not None:
        raise UsageError("--dump and --unity-catalog: name one of them")
    with Steps() as steps:
        scanned = scan_to_file(
            out,
            dump=dump,
            unity_catalog=unity_catalog,
            region=region,
            profile=profile,
            host=host,
            partitions=partitions,
            progress=steps,
        )
    click.echo(f"{out}: " + ", ".join(f"{count} {kind}s" for kind, count in sorted(scanned.counts.items())))
    for refusal in scanned.refusals:
        click.echo(f"{refusal.where}: {refusal.message}" + (f"; {refusal.action}" if refusal.action else ""), err=True)
    sys.exit(NEEDS_REVIEW if scanned.refusals else 0)


@click.command("scan-jobs")
@click.option(
    "--out", required=True, type=click.Path(path_type=Path), help="File to write, in the form of `aws glue get-jobs`."
)
@click.option(
    "--scripts", metavar="FOLDER", type=click.Path(path_type=Path), help="Download the jobs' scripts below it."
)
@click.option("--region", metavar="NAME", help="AWS region; default: the profile's.")
@click.option("--profile", metavar="NAME", help="AWS profile.")
def scan_jobs(out: Path, scripts: Path | None, region: str | None, profile: str | None) -> None:
    """List the Glue jobs, triggers, workflows, crawlers and connections of an AWS account into --out.

    A folder that holds the file and the scripts is a SOURCE. A scan that was cut short goes on when it is repeated. Exit code 3
    says that something could not be read.
    """
    from glue2lakehouse.orchestrator.scanning_jobs import scan_jobs_to_file

    with Steps() as steps:
        scanned = scan_jobs_to_file(out, scripts=scripts, region=region, profile=profile, progress=steps)
    counts = [f"{count} {kind}s" for kind, count in scanned.counts.items()] or ["no definitions"]
    click.echo(f"{out}: " + ", ".join(counts) + (f"; {scanned.scripts} scripts in {scripts}" if scripts else ""))
    for finding in scanned.findings:
        click.echo(f"{finding}; {finding.action}", err=True)
    sys.exit(NEEDS_REVIEW if scanned.findings else 0)


@click.command("map")
@click.argument("source", metavar="SOURCE")
@click.option("--out", default="mapping.csv", type=click.Path(path_type=Path), help="Default: mapping.csv.")
@click.option("--dump", "dumps", multiple=True, type=click.Path(path_type=Path), help="Exported or scanned catalog.")
@click.option("--branch", metavar="NAME", help="Branch or tag of a Git repository.")
@settings_options
def map_(
    source: str, out: Path, dumps: tuple[Path, ...], branch: str | None, config: Path | None, **flags: Any
) -> None:
    """Write where each table of SOURCE goes into a CSV that people edit; `mapping: FILE` in the settings obeys it.

    SOURCE is a project, or an exported catalog. A second run keeps what people wrote and adds new tables.
    """
    from glue2lakehouse.mapping import write_mapping
    from glue2lakehouse.orchestrator.mapping import map_names

    first = not out.exists()
    if first:
        # The settings may name the file already, which must not keep its first version from being written.
        write_mapping(out, [])
    try:
        with Steps() as steps:
            made = map_names(source, out, load(config, **flags), dumps=dumps, branch=branch, progress=steps)
    except Glue2LakehouseError:
        if first:
            out.unlink()
        raise
    click.echo(f"{out}: {len(made.rows)} tables, {made.added} of them new")
    for finding in made.findings:
        click.echo(f"{finding}; {finding.action}", err=True)
    sys.exit(NEEDS_REVIEW if made.findings else 0)


@click.command()
@click.argument("project", metavar="PROJECT")
@click.option("--source", type=click.Path(path_type=Path), help="The source's catalog now: a scan or a dump.")
@click.option("--known", type=click.Path(path_type=Path), help="An earlier scan; default: what the migration stored.")
@click.option("--destination", type=click.Path(path_type=Path), help="A scan of Unity Catalog.")
@click.option("--fix", type=click.Path(path_type=Path), help="Write SQL here that brings destinations in line.")
@click.option("--accept", metavar="ID", multiple=True, help="Accept a difference; the first digits of its id do.")
@click.option("--fixed", metavar="ID", multiple=True, help="Say that somebody fixed it.")
@click.option("--note", default="", help="Why, for --accept and --fixed.")
@click.option("--config", type=click.Path(path_type=Path), help="Settings file, for the names of destinations.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the tables; default: .glue2lakehouse.")
def drift(
    project: str,
    source: Path | None,
    known: Path | None,
    destination: Path | None,
    fix: Path | None,
    accept: tuple[str, ...],
    fixed: tuple[str, ...],
    note: str,
    config: Path | None,
    home: Path | None,
) -> None:
    """Check how tables of PROJECT (name or id) drifted since they were migrated, and settle differences.

    Without --source it lists what is open. Exit code 3 says that something is.
    """
    from glue2lakehouse.orchestrator import drift as drifting
    from glue2lakehouse.orchestrator import settings_beside
    from glue2lakehouse.settings import load_settings
    from glue2lakehouse.store import open_store

    if (known or destination) and not source:
        raise UsageError("--known and --destination are compared with --source; name it")
    settings = load_settings(config, home=home) if config else settings_beside(Path.cwd(), home=home)
    store = open_store(settings.home, create=False)
    if source:
        made = drifting.check_drift(store, settings, project, source, known=known, destination=destination)
        click.echo(f"{made.tables} tables: {made.new} differences are new, {made.closed} are gone", err=True)
    for ids, resolution in ((accept, "accepted"), (fixed, "manual_fixed")):
        if ids:
            drifting.settle(store, project, ids, resolution, note)  # type: ignore[arg-type]
    rows = drifting.open_drift(store, project)
    for row in rows:
        click.echo(
            f"{row.drift_id[:12]} {row.severity:<8} {row.drift_type:<14} {row.entity_name}: {_told(row.diff_details)}"
        )
    if fix:
        statements = drifting.fixes(rows)
        fix.write_text("\n".join(statements), encoding="utf-8")
        click.echo(f"{fix}: {len(statements)} fixes; look at them, run them, and check again", err=True)
    sys.exit(NEEDS_REVIEW if rows else 0)


def _told(details: str | None) -> str:
    told = json.loads(details or "{}")
    return f"{told.get('message', '')}; {told.get('recommendation', '')}".rstrip("; ")
