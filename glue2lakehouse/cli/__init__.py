"""The command line: arguments, progress, exit codes. Everything heavy is imported inside the command that needs it."""

import click

from glue2lakehouse.cli.catalogs import drift, map_, scan, scan_jobs
from glue2lakehouse.cli.evaluating import evaluate, golden
from glue2lakehouse.cli.explaining import explain
from glue2lakehouse.cli.local_runs import run_glue
from glue2lakehouse.cli.optimizing import optimize
from glue2lakehouse.cli.portfolios import portfolio
from glue2lakehouse.cli.projects import assess, migrate, verify
from glue2lakehouse.cli.reviewing import chat, review
from glue2lakehouse.cli.terminal import Commands


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="glue2lakehouse", prog_name="glue2lakehouse")
def cli() -> None:
    """Move AWS Glue estates to Databricks; nothing changes its meaning silently.

    Exit codes: 0 all converted, 3 something needs review, 1 the run failed, 2 wrong use.
    """


for command in (
    assess,
    migrate,
    verify,
    review,
    chat,
    explain,
    run_glue,
    scan,
    scan_jobs,
    map_,
    drift,
    optimize,
    evaluate,
    golden,
    portfolio,
):
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    cli(prog_name="glue2lakehouse")
