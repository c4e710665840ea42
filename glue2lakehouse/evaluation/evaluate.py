"""Evaluate: every case through the converter (ours, or another's folder), the scorers, and the calibration."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from glue2lakehouse.agents.dialogue import Model
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.calibration import Trial, calibrate
from glue2lakehouse.evaluation.case import Case, Ending
from glue2lakehouse.evaluation.others import try_others
from glue2lakehouse.evaluation.scorecard import CaseScores, Scorecard, score_attempt
from glue2lakehouse.evaluation.scorers import SCORERS, Scorer
from glue2lakehouse.evaluation.trying import try_case
from glue2lakehouse.orchestrator.reading import Progress, silent
from glue2lakehouse.tools.sandbox.verdict import Outcome
from glue2lakehouse.tools.sandbox.worker import Worker

ANSWERS = "answers"
OWN = "glue2lakehouse"


@dataclass(frozen=True)
class Evaluation:
    """The scorecard, and the attempts that it was made from, in the same order."""

    card: Scorecard
    attempts: tuple[Attempt, ...]


def evaluate(
    cases: Sequence[Case],
    model: Callable[[Case], Model | None] = lambda _: None,
    *,
    model_name: str = "",
    spark: bool = True,
    converted: Path | None = None,
    extra: Sequence[Scorer] = (),
    more_trials: Sequence[Trial] = (),
    progress: Progress = silent,
) -> Evaluation:
    """Try and score the cases one after the other, in one warm sandbox.

    `model` opens the model for a case; `converted` is another converter's folder instead; `more_trials` were run
    elsewhere and count for the calibration. Raises RuntimeUnavailable where
    Spark is asked for and cannot be had.
    """
    attempts: list[Attempt] = []
    scores: list[CaseScores] = []
    with ExitStack() as stack:
        worker = stack.enter_context(Worker()) if spark else None
        for number, case in enumerate(cases, start=1):
            if converted is None:
                attempt = try_case(case, model(case) if case.said.needs_model else None, worker)
            else:
                attempt = try_others(case, converted / case.name, worker)
            attempts.append(attempt)
            scores.append(score_attempt(attempt, (*SCORERS, *extra)))
            progress("evaluate", number, len(cases))
    card = Scorecard(
        converter=OWN if converted is None else converted.name,
        model=model_name,
        executed=spark,
        cases=tuple(scores),
        calibration=calibrate([*trials_of(attempts), *more_trials]),
    )
    return Evaluation(card, tuple(attempts))


def trials_of(attempts: Iterable[Attempt]) -> Iterable[Trial]:
    """Yield what was claimed to be converted and could be run, with what spoke against it before."""
    for attempt in attempts:
        ran = [verdict for verdict in attempt.executed.values() if verdict.outcome.settles]
        if ran and attempt.ending is Ending.AUTOMATIC and attempt.doubts is not None:
            equal = all(verdict.outcome is Outcome.EQUAL for verdict in ran)
            yield Trial(name=attempt.case.name, doubts=attempt.doubts, equal=equal)
