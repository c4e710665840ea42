"""A rule broken on purpose and a prompt made worse on purpose are both reported by name."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse import prompts
from glue2lakehouse.evaluation.author import Author
from glue2lakehouse.evaluation.case import Case, load_cases
from glue2lakehouse.evaluation.evaluate import evaluate
from glue2lakehouse.evaluation.models import opener, record_answers
from glue2lakehouse.evaluation.scorecard import read_scorecard, regressions, write_scorecard
from glue2lakehouse.tools.rewrite import Rewrite
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.rules import RULES

pytestmark = pytest.mark.integration

CASES = Path(__file__).parents[2] / "evals" / "cases"
ASKED = "frame_methods_by_getattr"


def author(case: Case) -> Author:
    return Author(case.golden())


@pytest.fixture
def worse_prompt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The prompts without the list of what is to be settled."""
    folder = tmp_path / "prompts"
    shutil.copytree(Path(prompts.__file__).parent, folder)
    task = folder / "converter_task.md"
    head, _, rest = task.read_text().partition("{% for finding in findings %}")
    task.write_text(head + rest.partition("{% endfor %}")[2])
    monkeypatch.setattr(prompts, "_HERE", folder)


def test_nothing_is_worse_than_itself() -> None:
    cases = load_cases(CASES, ["apply-mapping", ASKED])
    card = evaluate(cases, author, spark=False).card
    assert regressions(card, evaluate(cases, author, spark=False).card) == []


def test_a_rule_broken_on_purpose_is_reported_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = load_cases(CASES, ["apply-mapping", "fields"])
    before = evaluate(cases, spark=False).card
    (rule,) = [rule for rule in RULES if rule.name == "drop-fields"]

    whole = rule.rewrite

    def forget_the_drop(self: Any, use: Any) -> Rewrite:
        whole(self, use)
        return Rewrite(code("{frame}", frame=use.frame))

    monkeypatch.setattr(rule, "rewrite", forget_the_drop)
    found = regressions(before, evaluate(cases, spark=False).card)
    assert {one.case for one in found} == {"drop_fields_that_may_be_missing", "select_drop_and_rename_fields"}
    assert ("drop_fields_that_may_be_missing", "outcome_as_expected") in {(one.case, one.scorer) for one in found}


@pytest.mark.usefixtures("worse_prompt")
def test_a_prompt_made_worse_on_purpose_is_reported_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    cases = load_cases(CASES, [ASKED, "copy_orders_from_catalog_to_parquet"])
    now = evaluate(cases, author, spark=False).card
    monkeypatch.undo()
    before = evaluate(cases, author, spark=False).card
    found = regressions(before, now)
    assert {one.case for one in found} == {ASKED}
    assert "doubts_settled" in {one.scorer for one in found}
    assert "called through a value" in str(found[0])


def test_recorded_answers_tell_of_a_changed_prompt(tmp_path: Path, worse_prompt: None) -> None:
    cases = load_cases(CASES, [ASKED])
    answers = tmp_path / "answers"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(prompts, "_HERE", Path(prompts.__file__).parent)
        assert record_answers(cases, answers) == [ASKED]
        model = opener(f"recorded:{answers}#author", tmp_path)
        before = evaluate(cases, model, spark=False).card
    found = regressions(before, evaluate(cases, model, spark=False).card)
    assert {one.case for one in found} == {ASKED}
    assert any("the prompt, the source or a fact has changed" in one.why for one in found)


def test_a_scorecard_is_read_as_it_was_written(tmp_path: Path) -> None:
    card = evaluate(load_cases(CASES, ["fields", "input"]), spark=False).card
    write_scorecard(card, tmp_path / "scorecard.json")
    again = read_scorecard(tmp_path / "scorecard.json")
    assert regressions(card, again) == []
    assert "seconds" not in again.cases[0].scores


def test_a_case_that_is_gone_is_a_regression() -> None:
    card = evaluate(load_cases(CASES, ["fields"]), spark=False).card
    fewer = card.model_copy(update={"cases": card.cases[1:]})
    assert {one.case for one in regressions(card, fewer)} == {card.cases[0].name}
