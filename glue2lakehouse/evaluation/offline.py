"""One offline evaluation from its options to its files: try, score, compare with the baseline, tell MLflow."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from glue2lakehouse.agents.models import open_model
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.calibration import Trial, draw
from glue2lakehouse.evaluation.case import Case
from glue2lakehouse.evaluation.evaluate import evaluate, trials_of
from glue2lakehouse.evaluation.fitting import read_trials, write_fit
from glue2lakehouse.evaluation.judging import judge_with
from glue2lakehouse.evaluation.models import opener, uri_of
from glue2lakehouse.evaluation.others import write_converted
from glue2lakehouse.evaluation.scorecard import Regression, Scorecard, read_scorecard, regressions, write_scorecard
from glue2lakehouse.evaluation.tracking import track
from glue2lakehouse.orchestrator.reading import Progress, silent
from glue2lakehouse.settings import Settings


@dataclass(frozen=True)
class Wanted:
    """What to evaluate; `model` None means the answers recorded beside the cases, where there are any.

    `trials` are files of conversions that were run elsewhere.
    """

    cases: Sequence[Case]
    folder: Path
    model: str | None = None
    spark: bool = True
    converted: Path | None = None
    judge: str | None = None
    baseline: Path | None = None
    trials: Sequence[Path] = ()
    mlflow: bool = True
    home: Path = Path(".glue2lakehouse")


@dataclass(frozen=True)
class Ended:
    """The scorecard, what got worse, and the attempts behind it."""

    card: Scorecard
    worse: tuple[Regression, ...]
    attempts: tuple[Attempt, ...]
    trials: tuple[Trial, ...] = ()

    def write(self, out: Path | None, plot: Path | None, export: Path | None, fitted: Path | None = None) -> None:
        """Write scorecard, curve, conversions and fitted parameters where they are wanted."""
        if out is not None:
            write_scorecard(self.card, out)
        if plot is not None and self.card.calibration is not None:
            draw(self.card.calibration, plot)
        if fitted is not None and self.trials:
            write_fit(self.trials, fitted)
        for attempt in self.attempts if export is not None else ():
            write_converted(attempt, Path(str(export)) / attempt.case.name)


def run_offline(wanted: Wanted, progress: Progress = silent) -> Ended:
    """Evaluate. Raises UsageError for a baseline that is none, ModelUnavailable, RuntimeUnavailable."""
    more = [trial for file in wanted.trials for trial in read_trials(file)]
    before = read_scorecard(wanted.baseline) if wanted.baseline is not None else None
    uri = uri_of(wanted.model, wanted.folder)
    judge = open_model(wanted.judge, Settings(home=wanted.home)) if wanted.judge else None
    found = evaluate(
        wanted.cases,
        opener(uri, wanted.home),
        model_name=uri.rpartition("#")[2] if uri.startswith("recorded:") else uri,
        spark=wanted.spark,
        converted=wanted.converted,
        extra=(judge_with(judge),) if judge is not None else (),
        more_trials=more,
        progress=progress,
    )
    if wanted.mlflow:
        track(found.card, wanted.home)
    names = [case.name for case in wanted.cases]
    chosen = names if set(names) != {file.parent.name for file in wanted.folder.glob("*/case.toml")} else []
    worse = regressions(before, found.card, chosen) if before is not None else []
    return Ended(found.card, tuple(worse), found.attempts, (*trials_of(found.attempts), *more))
