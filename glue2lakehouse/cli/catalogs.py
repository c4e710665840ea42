"""`scan`, `map` and `drift`: catalogs, where their tables go, and how they change."""

import sys
from pathlib import Path
from typing import Any

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps, load, settings_options
from glue2lakehouse.errors import UsageError


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
    from glue2lakehouse.orchestrator.mapping import map_names

    with Steps() as steps:
        made = map_names(source, out, load(config, **flags), dumps=dumps, branch=branch, progress=steps)
    click.echo(f"{out}: {len(made.rows)} tables, {made.added} of them new")
    for finding in made.findings:
        click.echo(f"{finding}; {finding.action}", err=True)
    sys.exit(NEEDS_REVIEW if made.findings else 0)
