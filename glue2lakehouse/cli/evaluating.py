"""`eval` and `golden`: offline evaluation against golden conversions."""

import sys
from pathlib import Path

import click

from glue2lakehouse.cli.terminal import NEEDS_REVIEW, Steps, console

CASES = Path("evals/cases")

_cases = click.option(
    "--cases", "folder", metavar="DIR", type=click.Path(path_type=Path), default=CASES, show_default=True,
    help="Folder of golden conversions.",
)  # fmt: skip
_only = click.option("--only", metavar="NAME", multiple=True, help="A case, a family, or a pattern like '*join*'.")


@click.command("eval")
@_cases
@_only
@click.option("--model", metavar="URI", help="Chat model; default: answers recorded beside the cases; `none`: rules.")
@click.option("--baseline", metavar="FILE", type=click.Path(path_type=Path), help="Scorecard to compare with.")
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), help="Write the scorecard here.")
@click.option("--no-spark", is_flag=True, help="Run nothing; takes seconds.")
@click.option("--converted", metavar="DIR", type=click.Path(path_type=Path), help="Score another converter's files.")
@click.option("--export", metavar="DIR", type=click.Path(path_type=Path), help="Write what was converted here.")
@click.option("--judge", metavar="URI", help="Chat model that also rates readability; never decides anything.")
@click.option("--plot", metavar="FILE", type=click.Path(path_type=Path), help="Draw the reliability curve as PNG.")
@click.option("--fit", metavar="FILE", type=click.Path(path_type=Path), help="Fit the confidence to what was run.")
@click.option(
    "--trials",
    metavar="FILE",
    multiple=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Conversions that were run elsewhere, one JSON object a line; they count for --plot and --fit.",
)
@click.option(
    "--home", type=click.Path(path_type=Path), default=Path(".glue2lakehouse"), help="Folder for MLflow's runs."
)
@click.option("--no-mlflow", is_flag=True, help="Keep no MLflow run.")
def evaluate(
    folder: Path,
    only: tuple[str, ...],
    model: str | None,
    baseline: Path | None,
    out: Path | None,
    no_spark: bool,
    converted: Path | None,
    export: Path | None,
    judge: str | None,
    plot: Path | None,
    fit: Path | None,
    trials: tuple[Path, ...],
    home: Path,
    no_mlflow: bool,
) -> None:
    """Convert golden cases, run what came out, and say what is better or worse than the baseline.

    Exit code 3 says that something got worse.
    """
    from glue2lakehouse.evaluation.case import load_cases
    from glue2lakehouse.evaluation.offline import Wanted, run_offline
    from glue2lakehouse.evaluation.show import show

    wanted = Wanted(
        cases=load_cases(folder, only), folder=folder, model=model, spark=not no_spark, converted=converted,
        judge=judge, baseline=baseline, trials=trials, mlflow=not no_mlflow, home=home,
    )  # fmt: skip
    with Steps() as steps:
        ended = run_offline(wanted, steps)
    ended.write(out, plot, export, fit)
    show(ended.card, ended.worse, baseline is not None, console())
    sys.exit(NEEDS_REVIEW if ended.worse else 0)


@click.group()
def golden() -> None:
    """Make golden conversions and keep them true."""


@golden.command("add")
@click.argument("entity", metavar="ENTITY")
@_cases
@click.option("--name", required=True, metavar="NAME", help="What the job does, in_words_like_this.")
@click.option("--family", default="own", show_default=True, help="Construct family that it counts under.")
@click.option("--data", metavar="FOLDER", type=click.Path(path_type=Path), help="Sample rows to prove it on.")
@click.option("--home", type=click.Path(path_type=Path), help="Folder of the migration; default: .glue2lakehouse.")
def add(entity: str, folder: Path, name: str, family: str, data: Path | None, home: Path | None) -> None:
    """Turn ENTITY (a path), converted or approved, into a golden conversion with its data."""
    from glue2lakehouse.evaluation.adding import add_golden
    from glue2lakehouse.orchestrator.run import settings_beside

    case = add_golden(entity, folder / name, settings_beside(Path.cwd(), home=home), family=family, data=data)
    click.echo(
        f"{case.folder}: added; `glue2lakehouse golden check --only {case.name}` runs it and keeps what it writes"
    )


@golden.command("check")
@_cases
@_only
def check(folder: Path, only: tuple[str, ...]) -> None:
    """Run originals and golden conversions side by side, in every variant, and keep what the originals write."""
    from glue2lakehouse.errors import Glue2LakehouseError
    from glue2lakehouse.evaluation.case import load_cases
    from glue2lakehouse.evaluation.executing import record_expected
    from glue2lakehouse.tools.sandbox.worker import Worker

    failed = 0
    with Worker() as worker:
        for case in load_cases(folder, only):
            try:
                verdicts = record_expected(case, worker)
            except Glue2LakehouseError as error:
                failed += 1
                click.echo(f"{case.name}: {error}", err=True)
                continue
            rows = sum(verdict.rows for verdict in verdicts)
            click.echo(
                f"{case.name}: {len(verdicts)} jobs equal, {rows} rows, {sum(v.seconds for v in verdicts):.1f} s"
            )
    sys.exit(1 if failed else 0)


@golden.command("record")
@_cases
def record(folder: Path) -> None:
    """Record the case authors' own answers, which `eval` replays where no --model is given."""
    from glue2lakehouse.evaluation.case import load_cases
    from glue2lakehouse.evaluation.models import ANSWERS, record_answers

    answered = record_answers(load_cases(folder), folder.absolute().parent / ANSWERS)
    click.echo(f"{len(answered)} cases answered by their authors")
