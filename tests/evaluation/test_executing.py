"""Conversions of golden cases, run in the sandbox."""

from pathlib import Path

import pytest

from glue2lakehouse.evaluation.author import Author
from glue2lakehouse.evaluation.case import Ending, load_cases
from glue2lakehouse.evaluation.evaluate import evaluate

CASES = Path(__file__).parents[2] / "evals" / "cases"


@pytest.mark.spark
def test_what_a_model_wrote_is_converted_once_running_it_has_proved_it(tmp_path: Path) -> None:
    cases = load_cases(CASES, ["frame_methods_by_getattr", "filter_not_equal_keeps_nulls"])
    found = evaluate(cases, lambda case: Author(case.golden()))
    assert [case.ending for case in found.card.cases] == [Ending.AUTOMATIC, Ending.AUTOMATIC]
    assert [case.scores["executed_equal"] for case in found.card.cases] == [1.0, 1.0]
    assert found.card.calibration is not None
    assert found.card.calibration.trials == 2


@pytest.mark.spark
def test_a_conversion_that_differs_when_run_is_silently_wrong(tmp_path: Path) -> None:
    (case,) = load_cases(CASES, ["filter_not_equal_keeps_nulls"])
    wrong = case.golden()["job.py"].replace('~F.col("status").eqNullSafe("CLOSED")', 'F.col("status") != "CLOSED"')
    (tmp_path / case.name).mkdir()
    (tmp_path / case.name / "job.py").write_text(wrong)
    (scores,) = evaluate([case], converted=tmp_path).card.cases
    assert (scores.scores["silently_wrong"], scores.scores["executed_equal"]) == (1.0, 0.0)
    assert "only in the original" in scores.why["executed_equal"]
