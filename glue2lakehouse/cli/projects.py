"""`assess` and `migrate`: one project from its source to its report."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps, console, load, settings_options

if TYPE_CHECKING:
    from glue2lakehouse.orchestrator import Run

_source = click.argument("source", metavar="SOURCE")
_branch = click.option("--branch", metavar="NAME", help="Branch or tag of a Git repository.")
_json = click.option("--json", "as_json", is_flag=True, help="Print report.json and nothing else on standard output.")


@click.command()
@_source
@_branch
@settings_options
@_json
def assess(source: str, branch: str | None, config: Path | None, as_json: bool, **flags: Any) -> None:
    """Take stock of SOURCE: what is there, what converts, what a person has to decide. Writes nothing.

    SOURCE is a folder, one file or a Git URL.
    """
    from glue2lakehouse import orchestrator

    settings = load(config, **flags)
    with Steps() as steps:
        run = orchestrator.assess(source, settings, branch=branch, progress=steps)
    _finish(run, as_json)


@click.command()
@_source
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--force", is_flag=True, help="Write into a folder that is not empty; files of others are kept.")
@_branch
@settings_options
@_json
def migrate(
    source: str, out: Path, force: bool, branch: str | None, config: Path | None, as_json: bool, **flags: Any
) -> None:
    """Convert SOURCE (a folder, one file or a Git URL) into --out, with report.json and report.html.

    Exit code 3 says that something needs review.
    """
    from glue2lakehouse import orchestrator

    settings = load(config, **flags)
    with Steps() as steps:
        run = orchestrator.migrate(source, out, settings, branch=branch, force=force, progress=steps)
    _finish(run, as_json)


def _finish(run: "Run", as_json: bool) -> None:
    """Print the summary and end with the exit code that the report asks for."""
    if as_json:
        click.echo(run.report.model_dump_json())
    else:
        from glue2lakehouse.tools.report import print_summary

        print_summary(run.report, run.written, console())
    totals = run.report.totals
    sys.exit(NEEDS_REVIEW if totals.needs_review or totals.failed else 0)
