"""Is a confidence of 0.9 right nine times in ten? Confidence before running against what running showed."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.agents.confidence import Doubts, fitted, probability

BINS = (0.0, 0.5, 0.7, 0.8, 0.85, 0.9, 0.95, 1.0)
GOAL_AT = 0.9


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Trial(_Value):
    """One conversion that was run: what spoke against it before, how sure we were of it, and whether it was equal."""

    name: str
    doubts: Doubts
    equal: bool

    @property
    def confidence(self) -> float:
        """The confidence before the run, under the parameters of this version."""
        return probability(self.doubts, fitted())


class Bin(_Value):
    """Trials whose confidence lies in `low` (inclusive) to `high`: how many, what was said, what was true."""

    low: float
    high: float
    trials: int
    said: float
    equal: float


class Calibration(_Value):
    """`brier` and `ece` are 0 for a perfect forecast; `sure` counts trials at 0.9 and above, `sure_equal` the equal ones."""

    trials: int
    brier: float
    ece: float
    sure: int
    sure_equal: int
    bins: tuple[Bin, ...]


def calibrate(trials: Sequence[Trial]) -> Calibration | None:
    """Return the reliability table with Brier score and expected calibration error; None without trials."""
    if not trials:
        return None
    bins = [found for low, high in pairwise(BINS) if (found := _bin(trials, low, high))]
    sure = [trial for trial in trials if trial.confidence >= GOAL_AT]
    total = len(trials)
    return Calibration(
        trials=total,
        brier=round(sum((trial.confidence - trial.equal) ** 2 for trial in trials) / total, 5),
        ece=round(sum(found.trials * abs(found.said - found.equal) for found in bins) / total, 5),
        sure=len(sure),
        sure_equal=sum(trial.equal for trial in sure),
        bins=tuple(bins),
    )


def _bin(trials: Sequence[Trial], low: float, high: float) -> Bin | None:
    last = high == BINS[-1]
    inside = [trial for trial in trials if low <= trial.confidence and (trial.confidence < high or last)]
    if not inside:
        return None
    said = sum(trial.confidence for trial in inside) / len(inside)
    equal = sum(trial.equal for trial in inside) / len(inside)
    return Bin(low=low, high=high, trials=len(inside), said=round(said, 4), equal=round(equal, 4))


def draw(found: Calibration, file: Path) -> None:
    """Draw the reliability curve as PNG; the number beside a point is how many trials it stands for."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots(figsize=(5, 5))
    axes.plot([0, 1], [0, 1], linestyle="--", color="grey", label="perfect")
    axes.plot([one.said for one in found.bins], [one.equal for one in found.bins], marker="o", label="measured")
    for one in found.bins:
        axes.annotate(str(one.trials), (one.said, one.equal), textcoords="offset points", xytext=(6, -12))
    axes.set(xlabel="confidence before running", ylabel="share equal when executed", xlim=(0, 1.02), ylim=(0, 1.02))
    axes.set_title(f"{found.trials} conversions, Brier {found.brier:.3f}, ECE {found.ece:.3f}")
    axes.legend(loc="lower right")
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=100, metadata={"Software": None})
    pyplot.close(figure)
