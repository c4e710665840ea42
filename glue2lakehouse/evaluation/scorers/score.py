"""What a scorer is: it looks at one attempt and says one number, or that there is nothing to say."""

from collections.abc import Callable
from dataclasses import dataclass

from glue2lakehouse.evaluation.attempt import Attempt


@dataclass(frozen=True)
class Score:
    """`value` is 1.0 for right and 0.0 for wrong, or a measure; None where the question does not arise. `why` explains it."""

    value: float | None
    why: str = ""


@dataclass(frozen=True)
class Scorer:
    """`tolerance` is how much worse a value may get before that is a regression; None: measured, never a regression."""

    name: str
    judge: Callable[[Attempt], Score]
    tolerance: float | None = 0.0
    less_is_better: bool = False

    def worse(self, before: float, now: float) -> bool:
        """Whether a value got worse by more than the tolerance."""
        if self.tolerance is None:
            return False
        change = now - before if self.less_is_better else before - now
        return change > self.tolerance + 1e-9


def passed(right: bool, why: str = "") -> Score:
    """Return 1 or 0; the reason counts only where it is wrong."""
    return Score(1.0) if right else Score(0.0, why)


NOTHING = Score(None)
