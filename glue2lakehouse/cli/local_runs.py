"""`run-glue`: a Glue script on a laptop."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from glue2lakehouse.orchestrator.local_runs import LocalRun
    from glue2lakehouse.tools.sandbox.datasets import Dataset

_ROWS_SHOWN = 5
_COLUMNS_SIDE_BY_SIDE = 6
_RECORDS_SHOWN = 2
"""A wide dataset stands on its side, with fewer rows: names stay readable."""


@click.command("run-glue")
@click.argument("job", metavar="JOB", type=click.Path(path_type=Path))
@click.option(
    "--data",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="Sample rows: catalog/<database>/<table>.csv, s3/<bucket>/…, jdbc/<connection>/<table>.csv, streams/<name>/…, "
    "args/<job>.json. Default: data/ in the project.",
)
@click.option(
    "--root",
    metavar="FOLDER",
    type=click.Path(path_type=Path),
    help="The project: modules, DDL, job definitions. Default: the nearest folder above JOB that looks like one.",
)
@click.option(
    "--keep", metavar="FOLDER", type=click.Path(path_type=Path), help="Leave the buckets here when the job has ended."
)
@click.option(
    "--glue-version", metavar="VERSION", help="Glue version to behave like; default: the job's own, else 4.0."
)
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

    ARGS are the job's arguments, `-- --name value …`; they count before those of FOLDER/args/JOB.json and of the job's
    definition. Sources without samples get made rows, and the end of the run says which.
    """
    from glue2lakehouse.orchestrator.local_runs import run_glue as run

    ended = run(job, _pairs(arguments), data=data, root=root, keep=keep, glue_version=glue_version)
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
    for line in _notes(ended):
        click.echo(line, err=True)


def _notes(ended: "LocalRun") -> Iterator[str]:
    from glue2lakehouse.tools.glue_runtime.assumptions import SWITCHES

    run = ended.run
    if ended.kept is not None:
        yield f"the buckets are in {ended.kept}"
    elif any(dataset.kind in ("path", "object") for dataset in run.datasets):
        yield "what was written is gone now; --keep FOLDER leaves the buckets"
    if not run.error_type and not run.datasets:
        yield "the job wrote nothing"
    if ended.made:
        yield f"without samples, rows were made for: {', '.join(ended.made)}; --data FOLDER gives your own"
    if ended.made_arguments:
        given = " ".join(f"--{name} {value}" for name, value in sorted(ended.made_arguments.items()))
        yield f"arguments that nobody gave were made up: {given}"
    for refusal in ended.refusals:
        yield f"refused: {refusal}"
    if ended.switches:
        about = {switch.name: switch.doc for switch in SWITCHES}
        yield "undocumented points of Glue that this run relied on:"
        yield from (f"  {name}={answer}: {about[name]}" for name, answer in sorted(ended.switches.items()))
    if run.error_type:
        at = f" at line {run.error_line}" if run.error_line else ""
        yield f"glue2lakehouse: the job failed{at}: {run.error_type}: {run.error}"


def _print_dataset(dataset: "Dataset") -> None:
    from rich.table import Table

    click.echo(f"{dataset}: {len(dataset.rows)} rows")
    if not dataset.columns:
        return
    if len(dataset.columns) > _COLUMNS_SIDE_BY_SIDE:
        shown = Table("column", "type", *(f"row {at}" for at in range(1, len(dataset.rows[:_RECORDS_SHOWN]) + 1)))
        for name, kind in dataset.columns.items():
            shown.add_row(_shown(name), kind, *(_shown(row.get(name)) for row in dataset.rows[:_RECORDS_SHOWN]))
    else:
        shown = Table(*(f"{_shown(name)}\n{kind}" for name, kind in dataset.columns.items()))
        for row in dataset.rows[:_ROWS_SHOWN]:
            shown.add_row(*(_shown(row.get(name)) for name in dataset.columns))
    console().print(shown)


def _shown(value: object) -> str:
    from rich.markup import escape

    return "null" if value is None else escape(str(value))
