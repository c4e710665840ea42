import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.agents.dialogue import ScriptedModel
from glue2lakehouse.domain import Certainty, Edit, EntityType, Finding, Severity, Status
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.project import Batch, Draft
from glue2lakehouse.graphs.queue import Queue, open_checkpoints


def draft(path: str, *findings: Finding, after: str = "new", glue: bool = True) -> Draft:
    edits = (Edit(rule="r", certainty=Certainty.EXACT, source_line=1, target_line=1),) if after != "old" else ()
    return Draft(f"e-{path}", EntityType.JOB, path, "old", after, edits, findings, glue)


def test_every_draft_has_one_outcome_in_the_same_order(world: Any, tmp_path: Path) -> None:
    batch = Batch(world.workshop(), open_checkpoints(tmp_path), "p")
    drafts = [draft("a.py"), draft("b.py", world.blocker), draft("c.py", after="old", glue=False)]
    heard: list[str] = []
    outcomes = batch.run(drafts, lambda outcome: heard.append(outcome.path))
    assert [(item.path, item.status.value) for item in outcomes] == [
        ("a.py", "converted"),
        ("b.py", "needs_review"),
        ("c.py", "unchanged"),
    ]
    assert heard == ["a.py", "b.py", "c.py"]


def test_a_file_without_glue_makes_no_decision(world: Any, tmp_path: Path) -> None:
    Batch(world.workshop(), open_checkpoints(tmp_path), "p").run([draft("c.py", after="old", glue=False)])
    assert world.rows == {}


def test_glue_that_no_rule_touched_is_still_decided_upon(world: Any, tmp_path: Path) -> None:
    (outcome,) = Batch(world.workshop(), open_checkpoints(tmp_path), "p").run(
        [draft("c.py", world.blocker, after="old")]
    )
    assert outcome.status is Status.NEEDS_REVIEW
    assert world.rows


def test_a_clean_draft_that_the_checks_refuse_waits_in_the_queue(world: Any, tmp_path: Path) -> None:
    world.verdicts["new"] = world.lost
    saver = open_checkpoints(tmp_path)
    (outcome,) = Batch(world.workshop(), saver, "p").run([draft("a.py")])
    assert outcome.status is Status.NEEDS_REVIEW
    queue = Queue(world.workshop(), build_graph(world.workshop(), saver))
    assert [item.path for item in queue.waiting("p")] == ["a.py"]


def test_a_second_run_neither_asks_nor_records_twice(world: Any, tmp_path: Path) -> None:
    drafts = [draft("a.py"), draft("b.py", world.blocker)]
    Batch(world.workshop(), open_checkpoints(tmp_path), "p").run(drafts)
    once = set(world.rows)
    Batch(world.workshop(), open_checkpoints(tmp_path), "p").run(drafts)
    assert set(world.rows) == once
    assert len(world.texts.threads("p", "waiting")) == 1


def test_a_second_run_keeps_what_a_person_decided(world: Any, tmp_path: Path) -> None:
    drafts, saver = [draft("b.py", world.blocker)], open_checkpoints(tmp_path)
    (outcome,) = Batch(world.workshop(), saver, "p").run(drafts)
    queue = Queue(world.workshop(), build_graph(world.workshop(), saver))
    queue.answer(outcome.thread, "edit", by="ann", code="by hand")
    queue.answer(outcome.thread, "approve", by="ann")
    (again,) = Batch(world.workshop(), open_checkpoints(tmp_path), "p").run(drafts)
    assert (again.status, again.code, again.conversion_type.value) == (Status.CONVERTED, "by hand", "manual")


def test_what_a_person_decided_counts_also_where_a_model_is_asked_now(make_world: Any, tmp_path: Path) -> None:
    plain, model = make_world(), ScriptedModel([])
    drafts, saver = [draft("b.py", plain.blocker)], open_checkpoints(tmp_path)
    (outcome,) = Batch(plain.workshop(), saver, "p").run(drafts)
    Queue(plain.workshop(), build_graph(plain.workshop(), saver)).answer(outcome.thread, "approve", by="ann")
    (again,) = Batch(make_world(model).workshop(), open_checkpoints(tmp_path), "p").run(drafts)
    assert (again.status, model.sent) == (Status.CONVERTED, [])


def test_a_comment_to_nobody_reaches_the_model_that_comes_later(make_world: Any, tmp_path: Path) -> None:
    heard: list[tuple[str, ...]] = []
    world = make_world(ScriptedModel([]))

    def listening(task: Any, model: Any) -> Any:
        heard.append(task.instructions)
        return world.workshop().convert(task, None)

    told = replace(draft("b.py", world.blocker), instructions=("ask the owners",))
    batch = Batch(world.workshop(listening), open_checkpoints(tmp_path), "p")
    batch.run([told])
    assert heard == [("ask the owners",)]
    (waiting,) = Queue(world.workshop(), build_graph(world.workshop(), open_checkpoints(tmp_path))).waiting("p")
    assert waiting.comments == ("earlier: ask the owners",)


def test_a_changed_source_is_a_new_question(world: Any, tmp_path: Path) -> None:
    batch = Batch(world.workshop(), open_checkpoints(tmp_path), "p")
    first, second = draft("b.py", world.blocker), draft("b.py", world.blocker, after="other")
    assert batch.thread_of(first) == batch.thread_of(first)
    assert batch.thread_of(first) != batch.thread_of(second)


def test_files_run_side_by_side_with_a_model(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([]))
    shared = world.workshop()

    def slow(task: Any, model: Any) -> Any:
        time.sleep(0.2)
        return shared.convert(task, None)

    batch = Batch(world.workshop(slow), open_checkpoints(tmp_path), "p", concurrency=8)
    started = time.perf_counter()
    outcomes = batch.run([draft(f"{number}.py") for number in range(8)])
    assert [outcome.path for outcome in outcomes] == [f"{number}.py" for number in range(8)]
    assert time.perf_counter() - started < 8 * 0.2


def test_a_warning_lets_a_file_pass_with_less_confidence(world: Any, tmp_path: Path) -> None:
    warning = Finding(rule="w", severity=Severity.WARNING, path="a.py", line=1, message="m")
    batch = Batch(world.workshop(), open_checkpoints(tmp_path), "p")
    clean, warned = batch.run([draft("a.py"), draft("b.py", warning)])
    assert warned.status is Status.CONVERTED
    assert warned.confidence < clean.confidence


def test_a_failing_thread_stops_the_batch_with_its_own_error(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([]))

    def fails(task: Any, model: Any) -> Any:
        raise MemoryError(task.path)

    with pytest.raises(MemoryError):
        Batch(world.workshop(fails), open_checkpoints(tmp_path), "p").run([draft("a.py"), draft("b.py")])


@pytest.mark.parametrize(
    ("action", "status", "code"), [("edit", "converted", "mine"), ("reject", "needs_review", "new")]
)
def test_what_a_person_decided_counts_also_where_nothing_would_wait_now(
    world: Any, tmp_path: Path, action: str, status: str, code: str
) -> None:
    world.verdicts["new"] = world.lost
    saver = open_checkpoints(tmp_path)
    (first,) = Batch(world.workshop(), saver, "p").run([draft("a.py")])
    queue = Queue(world.workshop(), build_graph(world.workshop(), saver))
    queue.answer(first.thread, action, by="ann", code=code)
    if action == "edit":
        queue.answer(first.thread, "approve", by="ann")
    # Another file has changed, and the checks refuse the rules' draft no more.
    del world.verdicts["new"]
    (again,) = Batch(world.workshop(), saver, "p").run([draft("a.py")])
    assert (again.status.value, again.code) == (status, code)
