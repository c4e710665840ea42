"""`portfolio`: many projects side by side."""

import sys
from pathlib import Path

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps


@click.command()
@click.argument("file", metavar="PORTFOLIO.yaml", type=click.Path(path_type=Path))
@click.option(
    "--processes", type=click.IntRange(min=0), default=0, help="Projects at once; default: one for each core."
)
@click.option("--json", "as_json", is_flag=True, help="Print portfolio.json and nothing else on standard output.")
def portfolio(file: Path, processes: int, as_json: bool) -> None:
    """Migrate the projects that PORTFOLIO.yaml names, each into its folder, with one summary page over all.

    A project that fails does not stop the others. An interrupted run goes on where it was; a finished one begins anew.
    """
    from glue2lakehouse.orchestrator.portfolio import read_portfolio
    from glue2lakehouse.orchestrator.side_by_side import PAGE, run_portfolio
    from glue2lakehouse.tools.report.portfolio import FAILED

    chosen = read_portfolio(file)
    with Steps() as steps:
        state = run_portfolio(chosen, title=file.stem, processes=processes, progress=steps)
    if as_json:
        click.echo(state.model_dump_json())
    else:
        for project in sorted(state.projects.values(), key=lambda project: project.name):
            counts = f"{project.converted} converted, {project.needs_review} to review, {project.failed} failed"
            click.echo(f"{project.word:<12} {project.name}  {project.error or counts}")
        click.echo(f"\n{chosen.out / PAGE}")
    ended = list(state.projects.values())
    if any(project.word == FAILED for project in ended):
        sys.exit(1)
    sys.exit(NEEDS_REVIEW if any(project.needs_review or project.failed for project in ended) else 0)
