"""`run-glue`: a Glue script on a laptop."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from glue2lakehouse.orchestrator.local_runs import LocalRun
    from glue2lakehouse.tools.sandbox.datasets import Dataset

_ROWS_SHOWN = 5


@click.command("run-glue")
@click.argument("job", metavar="JOB", type=click.Path(path_type=Path))
@click.option(
    "--data", metavar="FOLDER", type=click.Path(path_type=Path), help="Sample rows: catalog/, s3/, jdbc/, args/."
)
@click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The project: modules and DDL; default: JOB's folder.",
)
@click.option(
    "--keep", metavar="FOLDER", type=click.Path(path_type=Path), help="Leave the buckets here when the job has ended."
)
@click.option("--glue-version", metavar="VERSION", help="Glue version to behave like; default: 4.0.")
@click.argument("arguments", metavar="[-- ARGS]", nargs=-1)
def run_glue(
    job: Path,
    data: Path | None,
    root: Path | None,
    keep: Path | None,
    glue_version: str | None,
    arguments: tuple[str, ...],
) -> None:
    """Run JOB, an unmodified Glue script, on this machine: no AWS account, no network, S3 and catalog in a scratch folder.

    ARGS are the job's arguments, `-- --name value …`; without them, those of FOLDER/args/JOB.json.
    """
    from glue2lakehouse.orchestrator.local_runs import run_glue as run
    from glue2lakehouse.settings import load_settings

    settings = load_settings(None, glue_version=glue_version)
    ended = run(job, _pairs(arguments), settings, data=data, root=root, keep=keep)
    _print(ended)
    sys.exit(1 if ended.run.error_type else 0)


def _pairs(arguments: tuple[str, ...]) -> dict[str, str]:
    pairs: dict[str, str] = {}
    words = list(arguments)
    while words:
        name = words.pop(0)
        if not name.startswith("--"):
            raise UsageError(f"'{name}': job arguments come as `-- --name value`")
        name, equals, value = name[2:].partition("=")
        pairs[name] = value if equals else words.pop(0) if words else ""
    return pairs


def _print(ended: "LocalRun") -> None:
    if ended.printed.strip():
        click.echo(ended.printed.rstrip())
    for dataset in ended.run.datasets:
        _print_dataset(dataset)
    for refusal in ended.refusals:
        click.echo(f"refused: {refusal}", err=True)
    if ended.switches:
        named = ", ".join(f"{name}={answer}" for name, answer in sorted(ended.switches.items()))
        click.echo(f"undocumented points of Glue that this run relied on: {named}", err=True)
    if ended.run.error_type:
        at = f" at line {ended.run.error_line}" if ended.run.error_line else ""
        click.echo(f"glue2lakehouse: the job failed{at}: {ended.run.error_type}: {ended.run.error}", err=True)


def _print_dataset(dataset: "Dataset") -> None:
    from rich.table import Table

    shown = Table(title=f"{dataset}: {len(dataset.rows)} rows", title_justify="left")
    for name, kind in dataset.columns.items():
        shown.add_column(f"{name}\n{kind}")
    for row in dataset.rows[:_ROWS_SHOWN]:
        shown.add_row(*(_shown(row.get(name)) for name in dataset.columns))
    console().print(shown)


def _shown(value: object) -> str:
    from rich.markup import escape

    return "null" if value is None else escape(str(value))
