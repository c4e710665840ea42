"""The scorecard: every case with its scores, as JSON that is committed and compared."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.calibration import Calibration
from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorers import SCORERS, Scorer

MEASURED = ("seconds",)


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseScores(_Value):
    """One case; `why` holds the reasons of scores that are not what they should be."""

    name: str
    family: str
    needs_model: bool = False
    ending: Ending
    confidence: float
    scores: dict[str, float]
    why: dict[str, str] = {}


class Scorecard(_Value):
    """One evaluation; `executed` says whether Spark ran."""

    schema_version: int = 1
    converter: str
    model: str = ""
    executed: bool
    cases: tuple[CaseScores, ...]
    calibration: Calibration | None = None

    def mean(self, scorer: str, family: str = "") -> float | None:
        """Return a score's mean over the cases (of a family) that have it."""
        values = [case.scores[scorer] for case in self.cases if scorer in case.scores and family in ("", case.family)]
        return sum(values) / len(values) if values else None

    @property
    def families(self) -> list[str]:
        """The construct families in it."""
        return sorted({case.family for case in self.cases})


class Regression(_Value):
    """One score of one case that got worse; `now` is None where a case or score is gone."""

    case: str
    scorer: str
    before: float
    now: float | None
    why: str = ""

    def __str__(self) -> str:
        now = "gone" if self.now is None else f"{self.now:g}"
        return f"{self.case}: {self.scorer} {self.before:g} -> {now}" + (f": {self.why}" if self.why else "")


def score_attempt(attempt: Attempt, scorers: Sequence[Scorer] = SCORERS) -> CaseScores:
    """Return what the scorers say of one attempt."""
    found = {scorer.name: scorer.judge(attempt) for scorer in scorers}
    return CaseScores(
        name=attempt.case.name,
        family=attempt.case.said.family,
        needs_model=attempt.case.said.needs_model,
        ending=attempt.ending,
        confidence=attempt.confidence,
        scores={name: score.value for name, score in found.items() if score.value is not None},
        why={name: score.why for name, score in found.items() if score.why and score.value is not None},
    )


def regressions(baseline: Scorecard, now: Scorecard, evaluated: Iterable[str] = ()) -> list[Regression]:
    """Return what got worse since the baseline, the gravest scorer first.

    Only `evaluated` cases count where some are named. A score that needs Spark is not missed by an evaluation without it.
    """
    chosen = set(evaluated)
    present = {case.name: case for case in now.cases}
    found = []
    for scorer in SCORERS:
        for case in baseline.cases:
            if scorer.tolerance is None or scorer.name not in case.scores or (chosen and case.name not in chosen):
                continue
            if not _comparable(scorer.name, case, baseline, now):
                continue
            worse = _worse(scorer, case, present.get(case.name))
            found += [worse] if worse else []
    return found


def _comparable(scorer: str, case: CaseScores, baseline: Scorecard, now: Scorecard) -> bool:
    if scorer == "executed_equal" and not now.executed:
        return False
    # What only a run can settle ends otherwise without one.
    return not case.needs_model or baseline.executed == now.executed


def _worse(scorer: Scorer, before: CaseScores, now: CaseScores | None) -> Regression | None:
    was = before.scores[scorer.name]
    if now is None:
        return Regression(case=before.name, scorer=scorer.name, before=was, now=None, why="the case is gone")
    value = now.scores.get(scorer.name)
    if value is None or not scorer.worse(was, value):
        return None
    return Regression(case=before.name, scorer=scorer.name, before=was, now=value, why=now.why.get(scorer.name, ""))


def read_scorecard(file: Path) -> Scorecard:
    """Read a scorecard. Raises UsageError for a file that is none."""
    try:
        return Scorecard.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(f"{file}: is no scorecard: {error.errors()[0]['msg']}") from error


def write_scorecard(card: Scorecard, file: Path) -> None:
    """Write a scorecard without what differs from run to run, so that a diff shows what changed."""
    stable = [
        case.model_copy(update={"scores": {name: n for name, n in case.scores.items() if name not in MEASURED}})
        for case in card.cases
    ]
    text = card.model_copy(update={"cases": tuple(stable)}).model_dump_json(indent=1, exclude_defaults=True)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text + "\n", encoding="utf-8")
