from pathlib import Path

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.evaluation.scorecard import read_scorecard

pytestmark = pytest.mark.integration

CASES = Path(__file__).parents[2] / "evals" / "cases"
RUN = ["eval", "--cases", str(CASES), "--only", "fields", "--no-spark", "--no-mlflow"]


def test_an_evaluation_prints_a_line_for_each_family_and_writes_the_scorecard(tmp_path: Path) -> None:
    ended = CliRunner().invoke(cli, [*RUN, "--out", str(tmp_path / "card.json")])
    assert ended.exit_code == 0, ended.output
    assert "fields" in ended.output
    assert "2 cases: 2 automatic" in ended.output
    assert len(read_scorecard(tmp_path / "card.json").cases) == 2


def test_a_regression_comes_first_and_the_exit_code_says_so(tmp_path: Path) -> None:
    card = tmp_path / "card.json"
    assert CliRunner().invoke(cli, [*RUN, "--out", str(card)]).exit_code == 0
    card.write_text(card.read_text().replace('"attempts": 1.0', '"attempts": 0.0', 1))
    ended = CliRunner().invoke(cli, [*RUN, "--baseline", str(card)])
    assert ended.exit_code == 3
    shown = ended.stdout.lstrip()
    assert shown.startswith("worse than the baseline: 1\n  drop_fields_that_may_be_missing: attempts 0 -> 1")


def test_a_baseline_that_is_no_scorecard_is_wrong_use(tmp_path: Path) -> None:
    (tmp_path / "card.json").write_text("[]")
    ended = CliRunner().invoke(cli, [*RUN, "--baseline", str(tmp_path / "card.json")])
    assert ended.exit_code == 2
    assert "is no scorecard" in ended.output
