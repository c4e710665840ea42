"""`optimize`: layout advice for the tables of a project."""

import json
from pathlib import Path
from typing import Any

import click

from glue2lakehouse.cli.terminal import Steps, load, settings_options


@click.command()
@click.argument("source", metavar="SOURCE")
@click.option("--dump", "dumps", multiple=True, type=click.Path(path_type=Path), help="Exported or scanned catalog.")
@click.option(
    "--measure",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Sample rows, <database>/<table>/: count values and run before and after on this machine.",
)
@click.option("--branch", metavar="NAME", help="Branch or tag of a Git repository.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@settings_options
def optimize(
    source: str,
    dumps: tuple[Path, ...],
    measure: Path | None,
    branch: str | None,
    as_json: bool,
    config: Path | None,
    **flags: Any,
) -> None:
    """Say which Lakehouse features serve the tables of SOURCE, and why. Nothing is changed.

    Advice comes from schemas, catalog statistics and the project's own code; a figure appears only where --measure took it.
    """
    from glue2lakehouse.orchestrator.optimizing import advise_project

    with Steps() as steps:
        made = advise_project(source, load(config, **flags), dumps=dumps, sample=measure, branch=branch, progress=steps)
    if as_json:
        told = {each.target: {"recommendations": [item.model_dump() for item in each.advice]} for each in made}
        click.echo(json.dumps(told))
        return
    for each in made:
        click.echo(f"{each.table} -> {each.target}")
        for item in each.advice:
            named = f" ({', '.join(item.columns)})" if item.columns else ""
            click.echo(f"  {item.priority:<6} {item.type}{named}: {item.benefit}")
            click.echo(f"         why: {item.reason}")
            if item.estimated_improvement:
                click.echo(f"         {item.estimated_improvement}")
            click.echo(f"         see: {item.source}")
