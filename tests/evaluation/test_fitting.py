"""The confidence is fitted to conversions that were run, held back by a prior, and the package ships what was fitted."""

from pathlib import Path

import pytest

from glue2lakehouse.agents.confidence import Doubts, fitted, probability
from glue2lakehouse.domain import Evidence
from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.calibration import Trial
from glue2lakehouse.evaluation.fitting import PRIOR, fit, read_fit, read_trials, write_fit

# The fit is scipy's, whose import alone takes a second.
pytestmark = pytest.mark.integration

KEPT = Path(__file__).parents[2] / "evals" / "confidence.json"
CLEAN = Doubts(evidence=Evidence.RESOLVED)
WARNED = Doubts(evidence=Evidence.RESOLVED, warnings=1)


def trials(doubts: Doubts, equal: int, different: int) -> list[Trial]:
    return [Trial(name=f"{n}", doubts=doubts, equal=n < equal) for n in range(equal + different)]


def test_a_few_runs_hardly_move_the_prior() -> None:
    assert fit(trials(CLEAN, 1, 0)).parameters.resolved == pytest.approx(PRIOR.resolved, abs=0.002)


def test_many_equal_runs_raise_the_base_and_different_ones_lower_it() -> None:
    assert fit(trials(CLEAN, 900, 0)).parameters.resolved > 0.98
    assert fit(trials(CLEAN, 50, 50)).parameters.resolved < 0.75


def test_only_what_went_wrong_loses_trust() -> None:
    found = fit([*trials(CLEAN, 200, 0), *trials(WARNED, 60, 40)]).parameters
    assert found.warning < 0.8
    assert found.resolved > 0.93
    assert found.judgement == pytest.approx(PRIOR.judgement, abs=0.03)


def test_what_was_fitted_is_kept_with_its_trials(tmp_path: Path) -> None:
    ran = [*trials(CLEAN, 3, 1), *trials(WARNED, 2, 0)]
    write_fit(ran, tmp_path / "confidence.json")
    kept = read_fit(tmp_path / "confidence.json")
    assert kept.observed == pytest.approx(5 / 6, abs=1e-4)
    assert fit(kept.trials) == kept


def test_a_line_that_is_no_trial_is_named(tmp_path: Path) -> None:
    file = tmp_path / "trials.jsonl"
    file.write_text(trials(CLEAN, 1, 0)[0].model_dump_json() + "\nnonsense\n")
    with pytest.raises(UsageError, match=r"trials\.jsonl:2: is no trial"):
        read_trials(file)


def test_the_package_ships_what_the_kept_trials_give() -> None:
    kept = read_fit(KEPT)
    assert fit(kept.trials).parameters == kept.parameters == fitted()


def test_doubts_multiply() -> None:
    both = Doubts(evidence=Evidence.RESOLVED, judgement=1, warnings=1)
    expected = PRIOR.resolved * PRIOR.judgement * PRIOR.warning
    assert probability(both, PRIOR) == pytest.approx(expected)
