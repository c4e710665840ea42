from pathlib import Path

import pytest

from glue2lakehouse.errors import UsageError
from glue2lakehouse.evaluation.adding import add_golden
from glue2lakehouse.evaluation.case import load_cases
from glue2lakehouse.evaluation.trying import try_case
from glue2lakehouse.orchestrator.run import migrate
from glue2lakehouse.settings import Settings

pytestmark = pytest.mark.integration

CASES = Path(__file__).parents[2] / "evals" / "cases"


def migrated(tmp_path: Path, name: str) -> Settings:
    settings = Settings(home=tmp_path / "home", tracing=False)
    migrate(str(CASES / name / "before"), tmp_path / "out", settings)
    return settings


def test_a_converted_job_becomes_a_case_with_its_modules_and_data(tmp_path: Path) -> None:
    settings = migrated(tmp_path, "modules_that_share_the_context")
    data = CASES / "modules_that_share_the_context" / "data"
    add_golden("job.py", tmp_path / "cases" / "copies_orders", settings, data=data)
    (case,) = load_cases(tmp_path / "cases")
    assert set(case.golden()) == {"job.py", "tables.py"}
    assert (case.folder / "data" / "catalog").is_dir()
    assert try_case(case).ending is case.said.outcome


def test_what_waits_for_a_person_is_no_golden_conversion(tmp_path: Path) -> None:
    settings = migrated(tmp_path, "find_matches_with_a_trained_model")
    with pytest.raises(UsageError, match="approve it"):
        add_golden("job.py", tmp_path / "cases" / "waits", settings)
    with pytest.raises(UsageError, match="not known here"):
        add_golden("other.py", tmp_path / "cases" / "other", settings)
