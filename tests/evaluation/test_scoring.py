from pathlib import Path

import pytest

from glue2lakehouse.agents.confidence import Doubts, Parameters
from glue2lakehouse.domain import Evidence
from glue2lakehouse.evaluation import calibration
from glue2lakehouse.evaluation.attempt import Attempt
from glue2lakehouse.evaluation.calibration import Trial, calibrate, draw
from glue2lakehouse.evaluation.case import Case, Ending, load_cases
from glue2lakehouse.evaluation.evaluate import evaluate
from glue2lakehouse.evaluation.others import write_converted
from glue2lakehouse.evaluation.scorecard import score_attempt
from glue2lakehouse.evaluation.scorers.similarity import likeness
from glue2lakehouse.evaluation.trying import try_case

CASES = Path(__file__).parents[2] / "evals" / "cases"


def case(name: str) -> Case:
    (found,) = load_cases(CASES, [name])
    return found


def test_layout_and_comments_do_not_count_for_likeness() -> None:
    assert likeness("a = f(1,2)  # two\n", "a = f(1, 2)\n") == 1.0
    assert likeness("a = 1\n", "print('?')\n") < 0.5
    assert likeness("a = 1\n", "a = = 1\n") == 0.0


def test_another_converter_that_leaves_glue_in_is_found_out(tmp_path: Path) -> None:
    chosen = case("copy_orders_from_catalog_to_parquet")
    lazy = tmp_path / chosen.name
    lazy.mkdir()
    (lazy / "job.py").write_text((chosen.before / "job.py").read_text().replace("job.commit()", "pass"))
    (scores,) = evaluate([chosen], spark=False, converted=tmp_path).card.cases
    assert (scores.scores["outcome_as_expected"], scores.scores["no_glue_left"]) == (1.0, 0.0)


def test_another_converter_that_drops_a_write_is_found_out(tmp_path: Path) -> None:
    chosen = case("copy_orders_from_catalog_to_parquet")
    golden = chosen.golden()["job.py"]
    (tmp_path / chosen.name).mkdir()
    (tmp_path / chosen.name / "job.py").write_text(golden.replace('orders.write.mode("append")', "# orders.write"))
    (scores,) = evaluate([chosen], spark=False, converted=tmp_path).card.cases
    assert scores.scores["nothing_lost"] == 0.0


def test_calling_converted_what_nobody_can_convert_is_silently_wrong(tmp_path: Path) -> None:
    chosen = case("resolve_choice_splits_a_table_column")
    (tmp_path / chosen.name).mkdir()
    (tmp_path / chosen.name / "job.py").write_text("print('done')\n")
    (scores,) = evaluate([chosen], spark=False, converted=tmp_path).card.cases
    assert scores.scores["silently_wrong"] == 1.0


@pytest.mark.integration
def test_our_own_files_score_as_well_when_they_come_from_a_folder(tmp_path: Path) -> None:
    chosen = [case("drop_fields_that_may_be_missing"), case("bookmarked_read")]
    for one in chosen:
        write_converted(try_case(one), tmp_path / one.name)
    for scores in evaluate(chosen, spark=False, converted=tmp_path).card.cases:
        assert scores.scores["outcome_as_expected"] == 1.0


def test_a_needless_helper_costs_idiom() -> None:
    chosen = case("split_fields_into_two_frames")
    made = try_case(chosen)
    scores = score_attempt(made)
    assert scores.scores["idiom"] == 0.5
    assert "split_fields" in scores.why["idiom"]


def test_a_case_that_was_refused_by_a_missing_answer_is_no_success() -> None:
    attempt = Attempt(case("frame_methods_by_getattr"), Ending.REFUSED, error="no answer", model=True)
    assert score_attempt(attempt).scores["outcome_as_expected"] == 0.0


@pytest.mark.integration
def test_calibration_counts_what_was_sure_and_right(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(calibration, "fitted", lambda: Parameters(resolved=0.9, conditional=1, judgement=1, warning=1))
    trials = [Trial(name=str(n), doubts=Doubts(evidence=Evidence.RESOLVED), equal=n != 0) for n in range(10)]
    found = calibrate(trials)
    assert found is not None
    assert (found.sure, found.sure_equal) == (10, 9)
    assert found.ece == pytest.approx(0.0, abs=1e-9)
    assert found.brier == pytest.approx(0.09)
    draw(found, tmp_path / "curve.png")
    assert (tmp_path / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert calibrate([]) is None
