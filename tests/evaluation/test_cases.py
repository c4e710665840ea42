from pathlib import Path

import pytest

from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.case import CASE_FILE, Ending, load_case, load_cases

CASES = Path(__file__).parents[2] / "evals" / "cases"
SAID = """\
title = "Copies a table"
family = "catalog-read"
features = ["from_catalog"]
origin = "written for this test"
outcome = "review"
why = "because it has to"
"""


def _case(folder: Path, said: str = SAID) -> Path:
    (folder / "before").mkdir(parents=True)
    (folder / CASE_FILE).write_text(said)
    return folder


def test_there_are_enough_golden_conversions_of_every_sort() -> None:
    cases = load_cases(CASES)
    assert len(cases) >= 60
    assert sum(case.said.needs_model for case in cases) >= 6
    assert sum(case.said.outcome is Ending.REVIEW for case in cases) >= 8
    assert len({case.said.family for case in cases}) >= 20


def test_every_case_that_ends_converted_has_its_golden_files() -> None:
    for case in load_cases(CASES):
        if case.said.outcome is Ending.AUTOMATIC:
            assert set(case.golden()) >= set(case.said.arguments), case.name


def test_a_case_says_nothing_that_is_not_in_the_format(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="outcme"):
        load_case(_case(tmp_path / "copies_a_table", SAID + 'outcme = "x"\n'))


def test_an_automatic_case_without_a_golden_conversion_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="has no folder after/"):
        load_case(_case(tmp_path / "copies_a_table", SAID.replace("review", "automatic")))


def test_cases_are_chosen_by_name_family_and_pattern(tmp_path: Path) -> None:
    for name in ("copies_a_table", "moves_a_table"):
        _case(tmp_path / name)
    assert [case.name for case in load_cases(tmp_path, ["moves_*"])] == ["moves_a_table"]
    assert len(load_cases(tmp_path, ["catalog-read"])) == 2
    with pytest.raises(UsageError, match="nowhere"):
        load_cases(tmp_path, ["nowhere"])
