"""`assess`, `migrate` and `verify`: one project from its source to its report."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps, console, load, model_options, settings_options

if TYPE_CHECKING:
    from glue2lakehouse.orchestrator.estimating import Estimate
    from glue2lakehouse.orchestrator.verifying import Verified
    from glue2lakehouse.tools.report import Report

_source = click.argument("source", metavar="SOURCE")
_branch = click.option("--branch", metavar="NAME", help="Branch or tag of a Git repository.")
_json = click.option("--json", "as_json", is_flag=True, help="Print report.json and nothing else on standard output.")
_folder = click.Path(exists=True, file_okay=False, path_type=Path)

_WIDEST = 500


@click.command()
@_source
@_branch
@settings_options
@model_options
@_json
def assess(source: str, branch: str | None, config: Path | None, as_json: bool, **flags: Any) -> None:
    """Take stock of SOURCE: what is there, what converts, what a person has to decide. Writes nothing.

    SOURCE is a folder, one file or a Git URL. With --model, says what asking the model would cost; asks nothing.
    """
    from glue2lakehouse import orchestrator

    settings = load(config, **flags)
    with Steps() as steps:
        run = orchestrator.assess(source, settings, branch=branch, progress=steps)
    if run.estimate is not None:
        _print_estimate(run.estimate)
    _finish(run.report, run.written, as_json)


@click.command()
@_source
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder to write to.")
@click.option("--force", is_flag=True, help="Write into a folder that is not empty; files of others are kept.")
@click.option("--verify", "verify_too", is_flag=True, help="Then run originals and conversions on the same data.")
@click.option("--data", metavar="FOLDER", type=_folder, help="Sample rows for --verify, which it implies.")
@click.option(
    "--dump", "catalog_dump", metavar="PATH", type=click.Path(path_type=Path), help="Glue catalog to make DDL of, too."
)
@_branch
@settings_options
@model_options
@_json
def migrate(
    source: str,
    out: Path,
    force: bool,
    verify_too: bool,
    data: Path | None,
    branch: str | None,
    config: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Convert SOURCE (a folder, one file or a Git URL) into --out, with report.json and report.html.

    Exit code 3 says that something needs review.
    """
    from glue2lakehouse import orchestrator

    settings = load(config, **flags)
    with Steps() as steps:
        run = orchestrator.migrate(source, out, settings, branch=branch, force=force, data=data, progress=steps)
        if verify_too or data is not None:
            from glue2lakehouse.orchestrator.verifying import verify as verify_output

            verified = verify_output(out, settings, source=source, branch=branch, data=data, progress=steps)
    if verify_too or data is not None:
        _print_verdicts(verified, as_json)
        _finish(verified.report, run.written, as_json)
    _finish(run.report, run.written, as_json)


@click.command()
@click.argument("out", metavar="DIR", type=click.Path(path_type=Path))
@click.option("--data", metavar="FOLDER", type=_folder, help="Sample rows; default: data in SOURCE.")
@click.option("--source", metavar="SOURCE", help="Where the original is; default: where the report says.")
@_branch
@settings_options
@_json
def verify(
    out: Path,
    data: Path | None,
    source: str | None,
    branch: str | None,
    config: Path | None,
    as_json: bool,
    **flags: Any,
) -> None:
    """Run original and conversion of the jobs in DIR, which `migrate` wrote, on the same data, and compare.

    Needs Java 17 or later and Delta's jars. The verdicts go into DIR's report: evidence `executed`, or a blocker with the
    rows that differ.
    """
    from glue2lakehouse.orchestrator.verifying import verify as verify_output

    settings = load(config, **flags)
    with Steps() as steps:
        verified = verify_output(out, settings, source=source, branch=branch, data=data, progress=steps)
    _print_verdicts(verified, as_json)
    _finish(verified.report, verified.written, as_json)


def _print_verdicts(verified: "Verified", as_json: bool) -> None:
    if as_json:
        return
    for verdict in verified.verdicts:
        click.echo(f"{verdict.outcome.value:<10} {verdict.path}  {verdict.told[:_WIDEST]}")
    click.echo()


def _print_estimate(estimate: "Estimate") -> None:
    """Say on standard error what a model would be asked, so that --json stays one object."""
    price = (
        "its price is not known; state it in model_prices"
        if estimate.cost_usd is None
        else f"at most ${estimate.cost_usd:.4f} ({estimate.price})"
    )
    click.echo(
        f"{estimate.model}: {estimate.sections} questions about {estimate.files} files, at most {estimate.tokens_in} "
        f"tokens in and {estimate.tokens_out} out for one answer each: {price}; each further turn or attempt costs "
        "about as much again",
        err=True,
    )


def _finish(report: "Report", written: Sequence[Path], as_json: bool) -> None:
    """Print the summary and end with the exit code that the report asks for."""
    if as_json:
        click.echo(report.model_dump_json())
    else:
        from glue2lakehouse.tools.report import print_summary

        print_summary(report, written, console())
    totals = report.totals
    sys.exit(NEEDS_REVIEW if totals.needs_review or totals.failed else 0)
