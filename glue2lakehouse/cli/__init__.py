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


for command, in_short in (
    (assess, "Take stock of a source: what converts, what a person decides."),
    (migrate, "Convert a source into a folder, with a report."),
    (verify, "Run originals and conversions on the same data and compare."),
    (review, "List what waits for a person; show, approve, edit or reject it."),
    (chat, "Talk one waiting file through."),
    (explain, "Say what a rule does; without a name list all rules."),
    (run_glue, "Run an unmodified Glue script on this machine."),
    (scan, "List a Glue Data Catalog or Unity Catalog into a file."),
    (scan_jobs, "List the Glue jobs of an AWS account into a file."),
    (map_, "Write where each table goes into a CSV for people to edit."),
    (drift, "Check how tables drifted since they were migrated."),
    (optimize, "Say which Lakehouse features serve which table, and why."),
    (evaluate, "Score golden cases against the baseline."),
    (golden, "Make golden conversions and keep them true."),
    (portfolio, "Migrate many projects, with one page over all."),
):
    command.short_help = in_short
    cli.add_command(command)


def main() -> None:
    """Run the command line."""
    cli(prog_name="glue2lakehouse")
