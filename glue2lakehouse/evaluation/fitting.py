"""Fit the confidence that `resolved` evidence deserves, from conversions that were run; the parameters are kept with their data.

The share of equal runs is held back by a prior: what the formula says today counts as much as PRIOR_TRIALS runs. A hundred
clean cases of our own must not make us sure of estates that we have never seen.
"""

from collections.abc import Sequence
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.evaluation.calibration import Trial

PRIOR_TRIALS = 100
PRIOR_RESOLVED = 0.92


class Fitted(BaseModel):
    """`resolved` is the fitted base of the formula; `observed` the bare share of equal runs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    resolved: float
    observed: float
    prior: float = PRIOR_RESOLVED
    prior_trials: int = PRIOR_TRIALS
    trials: tuple[Trial, ...]


def fit(trials: Sequence[Trial]) -> Fitted:
    """Return the posterior mean of a beta distribution over the trials; needs at least one."""
    equal = sum(trial.equal for trial in trials)
    resolved = (PRIOR_RESOLVED * PRIOR_TRIALS + equal) / (PRIOR_TRIALS + len(trials))
    return Fitted(resolved=round(resolved, 4), observed=round(equal / len(trials), 4), trials=tuple(trials))


def write_fit(trials: Sequence[Trial], file: Path) -> None:
    """Write the fitted parameters with every trial that they came from."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(fit(trials).model_dump_json(indent=1, exclude_defaults=False) + "\n", encoding="utf-8")
