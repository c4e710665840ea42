"""Fit the confidence to conversions that were run; the parameters are kept with the trials that they came from.

    python -m glue2lakehouse.evaluation.fitting evals/confidence.json    puts the fitted numbers into the package

The likelihood of the trials is held back by a prior: PRIOR, the numbers that the formula started with, each counting as much as
PRIOR_TRIALS runs. A hundred clean cases of our own must not make us sure of estates that we have never seen.
"""

import sys
from collections.abc import Sequence
from math import log
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from glue2lakehouse.agents import confidence
from glue2lakehouse.agents.confidence import Parameters, probability
from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.calibration import Trial

PRIOR = Parameters(resolved=0.92, conditional=0.995, judgement=0.97, warning=0.95)
PRIOR_TRIALS = {"resolved": 100, "conditional": 50, "judgement": 50, "warning": 50}
_LEAST, _MOST = 0.5, 0.999


class Fitted(BaseModel):
    """The fitted parameters, the bare share of equal runs, and all that they were made from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: Parameters
    observed: float
    prior: Parameters = PRIOR
    prior_trials: dict[str, int] = PRIOR_TRIALS
    trials: tuple[Trial, ...]


def fit(trials: Sequence[Trial]) -> Fitted:
    """Return the parameters of greatest posterior likelihood; needs at least one trial."""
    from scipy.optimize import minimize

    names = tuple(Parameters.model_fields)

    def unlikely(values: Sequence[float]) -> float:
        parameters = Parameters(**dict(zip(names, map(float, values), strict=True)))
        seen = (_log_likelihood(probability(one.doubts, parameters), one.equal, not one.equal) for one in trials)
        return -_prior(parameters) - sum(seen)

    start = [getattr(PRIOR, name) for name in names]
    found = minimize(unlikely, start, method="L-BFGS-B", bounds=[(_LEAST, _MOST)] * len(names))
    values = {name: round(float(value), 3) for name, value in zip(names, found.x, strict=True)}
    equal = sum(trial.equal for trial in trials)
    return Fitted(
        parameters=Parameters(**values), observed=round(equal / len(trials), 4), trials=tuple(sorted(trials, key=_name))
    )


def _name(trial: Trial) -> str:
    return trial.name


def _prior(parameters: Parameters) -> float:
    """Return the log of the prior: a beta distribution for each parameter, its mean where the formula started."""
    return sum(
        _log_likelihood(getattr(parameters, name), getattr(PRIOR, name) * runs, (1 - getattr(PRIOR, name)) * runs)
        for name, runs in PRIOR_TRIALS.items()
    )


def _log_likelihood(chance: float, right: float, wrong: float) -> float:
    return right * log(max(chance, 1e-9)) + wrong * log(max(1 - chance, 1e-9))


def write_fit(trials: Sequence[Trial], file: Path) -> None:
    """Write the fitted parameters with every trial that they came from."""
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(fit(trials).model_dump_json(indent=1) + "\n", encoding="utf-8")


def read_fit(file: Path) -> Fitted:
    """Read what `write_fit` wrote. Raises UsageError for anything else."""
    try:
        return Fitted.model_validate_json(file.read_bytes())
    except OSError as error:
        raise UsageError(f"{file}: cannot be read: {error.strerror}") from error
    except ValidationError as error:
        raise UsageError(f"{file}: holds no fitted confidence: {error.errors()[0]['msg']}") from error


def read_trials(file: Path) -> list[Trial]:
    """Read trials that something else ran, one JSON object a line. Raises UsageError, with the line, for anything else."""
    trials = []
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            trials.append(Trial.model_validate_json(line))
        except ValidationError as error:
            raise UsageError(f"{file}:{number}: is no trial: {error.errors()[0]['msg']}") from error
    return trials


if __name__ == "__main__":
    shipped = Path(str(confidence.__file__)).with_suffix(".json")
    shipped.write_text(read_fit(Path(sys.argv[1])).parameters.model_dump_json(indent=1) + "\n", encoding="utf-8")
