"""Answers written by hand over recorded HTTP: what the rules hand off, the loop settles, and poor answers are refused."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.domain import Evidence, Status
from glue2lakehouse.evaluation.recording import read_answers, replay
from glue2lakehouse.orchestrator import Run
from glue2lakehouse.store import AgentDecision, open_store
from glue2lakehouse.tools.report import FileReport
from glue2lakehouse.tools.sandbox.worker import Worker

pytestmark = pytest.mark.integration

RECORDED = Path(__file__).parents[2] / "evals/recorded"
ENTITIES = sorted(folder for folder in RECORDED.iterdir() if folder.is_dir())
POOR = [entity for entity in ENTITIES if read_answers(entity).caught]
GOOD = [entity for entity in ENTITIES if entity not in POOR]
# What can be run is run and compared with the original; the answers of some depend on what the run showed.
EXECUTED = [entity for entity in GOOD if read_answers(entity).executes and not read_answers(entity).unshown]
UNSHOWN = [entity for entity in GOOD if read_answers(entity).unshown]
UNRUN = [entity for entity in GOOD if not read_answers(entity).trials]


def by_name(entity: Path) -> str:
    return entity.name


def quick_then_slow(entities: list[Path]) -> list[Any]:
    """Two stay among the quick tests; all together they take longer than ten seconds."""
    return [*entities[:2], *(pytest.param(entity, marks=pytest.mark.slow) for entity in entities[2:])]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def job_of(run: Run) -> FileReport:
    (job,) = [file for file in run.report.files if file.path == "job.py"]
    return job


def decisions(run: Run, folder: Path) -> list[AgentDecision]:
    return open_store(folder / "home").rows(AgentDecision, run.project_id)


def converter_rows(run: Run, folder: Path) -> list[AgentDecision]:
    return [row for row in decisions(run, folder) if row.agent_name == "code_converter"]


def test_there_are_eleven_solved_entities_and_eight_poor_answers() -> None:
    assert len(GOOD) >= 11
    assert len(EXECUTED + UNSHOWN) >= 7
    assert UNSHOWN
    assert len(POOR) >= 8


@pytest.mark.parametrize("entity", quick_then_slow(UNRUN), ids=by_name)
def test_a_good_answer_settles_what_the_rules_hand_off(entity: Path, tmp_path: Path) -> None:
    run = replay(entity, tmp_path)
    job = job_of(run)
    assert job.evidence is Evidence.RESOLVED
    assert not [finding for finding in job.findings if finding.severity.value == "blocker"]
    assert 1 <= len(converter_rows(run, tmp_path)) <= 3


@pytest.mark.parametrize("entity", UNRUN[:1], ids=by_name)
def test_what_was_not_executed_waits_for_a_person(entity: Path, tmp_path: Path) -> None:
    job = job_of(replay(entity, tmp_path))
    assert (job.status, job.confidence) == (Status.NEEDS_REVIEW, 0.75)


@pytest.mark.parametrize("entity", quick_then_slow(POOR), ids=by_name)
def test_a_poor_answer_is_refused_and_the_draft_of_the_rules_stays(entity: Path, tmp_path: Path) -> None:
    run = replay(entity, tmp_path)
    job = job_of(run)
    assert job.status is Status.NEEDS_REVIEW
    assert job.confidence < 0.5
    assert not [edit for edit in job.edits if edit.rule == "model"]
    told = " ".join(str(row.manual_review_reason) for row in decisions(run, tmp_path))
    assert read_answers(entity).caught in told


@pytest.mark.spark
@pytest.mark.parametrize("entity", UNSHOWN, ids=by_name)
def test_what_equal_runs_say_nothing_about_waits_for_a_person(entity: Path, tmp_path: Path, worker: Worker) -> None:
    job = job_of(replay(entity, tmp_path, trials=True, worker=worker))
    assert (job.status, job.evidence) == (Status.NEEDS_REVIEW, Evidence.EXECUTED)
    assert job.confidence <= 0.75
    assert "model-unshown" in [finding.rule for finding in job.findings]


@pytest.mark.spark
@pytest.mark.parametrize("entity", EXECUTED, ids=by_name)
def test_a_conversion_that_gives_the_same_rows_needs_no_person(entity: Path, tmp_path: Path, worker: Worker) -> None:
    run = replay(entity, tmp_path, trials=True, worker=worker)
    job = job_of(run)
    assert (job.status, job.evidence) == (Status.CONVERTED, Evidence.EXECUTED)
    assert job.confidence >= 0.8
    assert len(converter_rows(run, tmp_path)) == read_answers(entity).attempts <= 3
