import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

from glue2lakehouse.agents.converter import ConverterInput, ConverterReply
from glue2lakehouse.agents.dialogue import ScriptedModel, ToolCall, Usage
from glue2lakehouse.agents.validator import Gathered
from glue2lakehouse.domain import Certainty, Edit, Evidence
from glue2lakehouse.errors import ModelUnavailable, StoreError, UsageError
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.queue import LOCKS, Queue, config_of, open_checkpoints

NOTHING_READ = [ToolCall(id="1", name="report_reading", arguments={"issues": []})]


class ScriptedConverter:
    """Stands for the agent's loop: returns the next code (or fails so) each time it is asked, and keeps what it was given."""

    def __init__(self, *codes: str | BaseException) -> None:
        self.codes, self.given = list(codes), []

    def __call__(self, task: ConverterInput, model: Any) -> ConverterReply:
        self.given.append(task)
        code = self.codes[min(len(self.given), len(self.codes)) - 1]
        if isinstance(code, BaseException):
            raise code
        return ConverterReply(
            converted_code=code,
            transformations_applied=["model"],
            recommendations=[],
            confidence_score=0.5,
            manual_review_needed=False,
            edits=(Edit(rule="model", certainty=Certainty.JUDGEMENT, source_line=1, target_line=1),),
            model_name="scripted",
            usage=Usage(calls=1, tokens_in=100, tokens_out=20, cost_usd=0.01),
        )


def edges(graph: Any) -> set[tuple[str, str]]:
    return {(edge.source, edge.target) for edge in graph.get_graph().edges}


def test_the_graph_has_these_edges_and_no_others(world: Any) -> None:
    assert edges(build_graph(world.workshop())) == {
        ("__start__", "convert"),
        ("convert", "validate"),
        ("validate", "convert"),
        ("validate", "hand_off"),
        ("validate", "optimize"),
        ("hand_off", "review"),
        ("review", "optimize"),
        ("review", "validate"),
        ("review", "convert"),
        ("review", "record"),
        ("review", "review"),
        ("optimize", "record"),
        ("record", "__end__"),
    }


def test_a_file_without_doubts_ends_converted_with_its_evidence(world: Any) -> None:
    state = build_graph(world.workshop()).invoke(world.task())
    assert (state["status"], state["conversion_type"], state["evidence"]) == ("converted", "automatic", "resolved")
    assert {row["agent_name"] for row in world.rows.values()} == {"code_converter", "validation"}
    assert {row["model_name"] for row in world.rows.values()} == {"rules"}


def test_a_blocker_without_a_model_is_recorded_and_waits(world: Any, tmp_path: Path) -> None:
    graph = build_graph(world.workshop(), open_checkpoints(tmp_path))
    state = graph.invoke(world.task(world.blocker), config_of("t"))
    assert state["status"] == "needs_review"
    assert state["__interrupt__"][0].value == {"path": "a.py", "why": ["a.py:1: [from-jdbc] m"]}
    assert world.rows, "the decision is kept before anybody answers"


def test_without_a_model_nothing_is_tried_twice(world: Any, tmp_path: Path) -> None:
    converter = ScriptedConverter("bad")
    world.verdicts["bad"] = world.lost
    graph = build_graph(world.workshop(converter), open_checkpoints(tmp_path))
    graph.invoke(world.task(), config_of("t"))
    assert len(converter.given) == 1


def test_a_refused_attempt_is_tried_again_with_the_reason(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9))
    converter = ScriptedConverter("bad", "good")
    world.verdicts |= {"bad": world.lost, "good": Gathered(evidence=Evidence.EXECUTED)}
    state = build_graph(world.workshop(converter), open_checkpoints(tmp_path)).invoke(world.task(), config_of("t"))
    assert (state["status"], state["attempt"]) == ("converted", 2)
    assert [issue.message for issue in converter.given[1].issues] == ["the write at line 3 is gone"]
    assert (converter.given[1].draft_code, converter.given[1].refused_code) == ("new", "bad")


def test_a_refused_attempt_leaves_the_rules_draft_with_its_own_findings(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9), max_attempts=1)
    world.verdicts["bad"] = world.lost
    graph = build_graph(world.workshop(ScriptedConverter("bad")), open_checkpoints(tmp_path))
    state = graph.invoke(world.task(world.blocker), config_of("t"))
    assert (world.texts.get(state["code"]), [finding["rule"] for finding in state["findings"]]) == (
        "new",
        ["from-jdbc"],
    )


def test_what_only_a_model_vouches_for_waits_for_a_person(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9))
    graph = build_graph(world.workshop(ScriptedConverter("unrun")), open_checkpoints(tmp_path))
    state = graph.invoke(world.task(world.blocker), config_of("t"))
    assert (state["status"], state["attempt"], world.texts.get(state["code"])) == ("needs_review", 1, "unrun")


def test_attempts_end_and_then_a_person_is_asked(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9), max_attempts=3)
    converter = ScriptedConverter("bad")
    world.verdicts["bad"] = world.lost
    state = build_graph(world.workshop(converter), open_checkpoints(tmp_path)).invoke(world.task(), config_of("t"))
    assert (len(converter.given), state["status"]) == (3, "needs_review")


def test_the_attempt_counter_survives_a_kill(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9), max_attempts=2)
    world.verdicts["bad"] = world.lost

    class Dies(ScriptedConverter):
        def __call__(self, task: ConverterInput, model: Any) -> ConverterReply:
            if len(self.given) == 1:
                raise KeyboardInterrupt
            return super().__call__(task, model)

    graph = build_graph(world.workshop(Dies("bad")), open_checkpoints(tmp_path))
    with pytest.raises(KeyboardInterrupt):
        graph.invoke(world.task(), config_of("t"), durability="sync")
    again = ScriptedConverter("bad")
    state = build_graph(world.workshop(again), open_checkpoints(tmp_path)).invoke(None, config_of("t"))
    assert (len(again.given), state["attempt"], state["status"]) == (1, 2, "needs_review")


def test_state_in_the_checkpoint_is_plain_and_small(world: Any, tmp_path: Path) -> None:
    graph = build_graph(world.workshop(), open_checkpoints(tmp_path))
    task = world.task(world.blocker, before="old\n" * 5000, after="new\n" * 5000)
    graph.invoke(task, config_of("t"))
    values = graph.get_state(config_of("t")).values
    assert len(json.dumps(values)) < 5000


@pytest.fixture
def waiting(world: Any, tmp_path: Path) -> Any:
    def ask(**settings: Any) -> tuple[Any, Queue]:
        world.settings = world.settings.model_copy(update=settings)
        graph = build_graph(world.workshop(), open_checkpoints(tmp_path))
        graph.invoke(world.task(world.blocker), config_of("t"))
        world.texts.put_thread("t", "waiting", "p")
        return world, Queue(world.workshop(), graph)

    return ask


def test_the_queue_says_what_waits_and_why(waiting: Any) -> None:
    _, queue = waiting()
    (item,) = queue.waiting("p")
    assert (item.path, item.reasons, item.code) == ("a.py", ("a.py:1: [from-jdbc] m",), "new")
    assert queue.waiting("another") == []


def test_an_approval_is_its_own_record_with_who_when_and_what(waiting: Any) -> None:
    world, queue = waiting()
    state = queue.answer("t", "approve", by="ann", comment="looks right")
    assert (state["status"], state["conversion_type"]) == ("converted", "manual")
    (row,) = [row for row in world.rows.values() if row["agent_name"] == "review"]
    assert (row["reviewer"], row["human_approved"], row["human_feedback"]) == ("ann", True, "looks right")
    assert row["approved_at"]
    assert world.texts.get(row["output_code"]) == "new"
    assert queue.waiting() == []


def test_another_process_resumes_the_same_thread(waiting: Any, tmp_path: Path) -> None:
    world, _ = waiting()
    elsewhere = Queue(world.workshop(), build_graph(world.workshop(), open_checkpoints(tmp_path)))
    assert elsewhere.answer("t", "approve", by="ann")["status"] == "converted"


def test_of_two_who_answer_at_once_one_is_told(waiting: Any, tmp_path: Path) -> None:
    world, queue = waiting()
    (tmp_path / LOCKS).mkdir()
    with FileLock(tmp_path / LOCKS / "t"), pytest.raises(UsageError, match="somebody else is answering"):
        queue.answer("t", "approve", by="ann")
    queue.answer("t", "approve", by="ann")
    with pytest.raises(UsageError, match="waits no more"):
        queue.answer("t", "reject", by="bob")
    assert [row["reviewer"] for row in world.rows.values() if row["agent_name"] == "review"] == ["ann"]


def test_what_a_person_took_on_is_left_for_nobody(waiting: Any) -> None:
    _, queue = waiting()
    (finding,) = queue.answer("t", "approve", by="ann")["findings"]
    assert (finding["severity"], finding["message"]) == ("info", "approved by ann: m")


def test_an_edit_is_checked_and_waits_for_an_approval(waiting: Any) -> None:
    world, queue = waiting()
    world.verdicts["edited"] = world.lost
    queue.answer("t", "edit", by="ann", code="edited")
    (item,) = queue.waiting()
    assert (item.code, item.author) == ("edited", "ann")
    assert "the write at line 3 is gone" in queue.answer("t", "note", by="bob", comment="why?")["issues"][0]["message"]


def test_an_author_cannot_approve_their_own_edit_where_the_project_says_so(waiting: Any) -> None:
    _, queue = waiting(authors_may_approve=False)
    queue.answer("t", "edit", by="ann", code="edited")
    with pytest.raises(UsageError, match=r"a\.py: ann wrote this code"):
        queue.answer("t", "approve", by="ann")
    assert queue.answer("t", "approve", by="bob")["status"] == "converted"


def test_a_rejected_conversion_stays_in_need_of_review(waiting: Any) -> None:
    world, queue = waiting()
    assert queue.answer("t", "reject", by="ann", comment="rewrite by hand")["status"] == "needs_review"
    assert [row["human_approved"] for row in world.rows.values() if row["agent_name"] == "review"] == [False]


def test_a_comment_without_a_model_stays_with_the_entity(waiting: Any) -> None:
    _, queue = waiting()
    queue.answer("t", "changes", by="ann", comment="use a MERGE")
    assert queue.waiting()[0].comments == ("ann: use a MERGE",)


def test_words_that_cannot_count_are_refused(waiting: Any) -> None:
    _, queue = waiting()
    for action, by, comment in [
        ("praise", "ann", ""),
        ("approve", "", ""),
        ("edit", "ann", ""),
        ("changes", "ann", ""),
    ]:
        with pytest.raises(UsageError):
            queue.answer("t", action, by=by, comment=comment)
    with pytest.raises(UsageError, match="waits no more"):
        queue.answer("elsewhere", "approve", by="ann")


def test_asking_for_changes_sends_the_words_to_the_converter(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9))
    converter = ScriptedConverter("first", "second")
    world.verdicts["first"] = world.lost.model_copy(update={"issues": ()})
    world.settings = world.settings.model_copy(update={"max_attempts": 1})
    graph = build_graph(world.workshop(converter), open_checkpoints(tmp_path))
    graph.invoke(world.task(), config_of("t"))
    world.texts.put_thread("t", "waiting", "p")
    state = Queue(world.workshop(converter), graph).answer("t", "changes", by="ann", comment="use a MERGE")
    assert converter.given[-1].instructions == ("use a MERGE",)
    assert world.texts.get(state["code"]) == "second"


@pytest.mark.parametrize("failure", [ModelUnavailable("it does not answer"), KeyboardInterrupt()])
def test_a_word_that_could_not_be_carried_out_leaves_the_file_waiting(
    make_world: Any, tmp_path: Path, failure: BaseException
) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9))
    world.verdicts["first"] = world.lost.model_copy(update={"issues": ()})
    converter = ScriptedConverter("first", failure, "second")
    graph = build_graph(world.workshop(converter), open_checkpoints(tmp_path))
    graph.invoke(world.task(), config_of("t"))
    world.texts.put_thread("t", "waiting", "p")
    queue = Queue(world.workshop(converter), graph)
    before = queue.waiting()
    with pytest.raises(type(failure)):
        queue.answer("t", "changes", by="ann", comment="use a MERGE")
    assert queue.waiting() == before
    state = queue.answer("t", "changes", by="bob", comment="use an append")
    assert converter.given[-1].instructions == ("use an append",)
    assert world.texts.get(state["code"]) == "second"
    assert queue.waiting()[0].comments == ("bob: use an append",)


def test_an_approval_follows_a_word_that_could_not_be_carried_out(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9))
    world.verdicts["first"] = world.lost.model_copy(update={"issues": ()})
    graph = build_graph(
        world.workshop(ScriptedConverter("first", ModelUnavailable("no answer"))), open_checkpoints(tmp_path)
    )
    graph.invoke(world.task(), config_of("t"))
    world.texts.put_thread("t", "waiting", "p")
    queue = Queue(world.workshop(), graph)
    with pytest.raises(ModelUnavailable):
        queue.answer("t", "changes", by="ann", comment="use a MERGE")
    queue.answer("t", "approve", by="ann")
    assert queue.waiting() == []
    reviews = [row["transformations_applied"] for row in world.rows.values() if row["agent_name"] == "review"]
    assert reviews == [["approve"]]


def test_a_repeated_node_records_the_same_rows(world: Any) -> None:
    graph = build_graph(world.workshop())
    graph.invoke(world.task())
    once = set(world.rows)
    graph.invoke(world.task())
    assert set(world.rows) == once
    assert len(world.recorded) == 2 * len(once)


def test_checkpoints_in_a_place_that_cannot_be_written_are_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot keep checkpoints there"):
        open_checkpoints(tmp_path / "file")


def test_what_a_person_wrote_waits_for_an_approval_also_after_a_model_had_a_look(
    make_world: Any, tmp_path: Path
) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9), max_attempts=1, authors_may_approve=False)
    world.verdicts["new"] = world.lost

    def as_it_is(task: ConverterInput, model: Any) -> ConverterReply:
        return ScriptedConverter(task.draft_code)(task, model).model_copy(update={"edits": task.edits})

    graph = build_graph(world.workshop(as_it_is), open_checkpoints(tmp_path))
    graph.invoke(world.task(), config_of("t"))
    world.texts.put_thread("t", "waiting", "p")
    queue = Queue(world.workshop(as_it_is), graph)
    queue.answer("t", "edit", by="ann", code="edited")
    queue.answer("t", "changes", by="ann", comment="look again")
    assert [item.code for item in queue.waiting()] == ["edited"]


def test_changes_that_the_checks_refuse_leave_what_the_person_wrote(make_world: Any, tmp_path: Path) -> None:
    world = make_world(ScriptedModel([NOTHING_READ] * 9), max_attempts=1, authors_may_approve=False)
    world.verdicts["bad"] = world.lost
    converter = ScriptedConverter("bad")
    graph = build_graph(world.workshop(converter), open_checkpoints(tmp_path))
    graph.invoke(world.task(world.blocker), config_of("t"))
    world.texts.put_thread("t", "waiting", "p")
    queue = Queue(world.workshop(converter), graph)
    queue.answer("t", "edit", by="ann", code="edited")
    queue.answer("t", "changes", by="bob", comment="use a MERGE")
    (item,) = queue.waiting()
    assert (item.code, item.author) == ("edited", "ann")
    with pytest.raises(UsageError, match="ann wrote this code"):
        queue.answer("t", "approve", by="ann")


@pytest.mark.parametrize(("action", "code"), [("approve", None), ("edit", "anns")])
def test_who_saw_older_code_neither_approves_nor_replaces_what_stands(
    waiting: Any, action: str, code: str | None
) -> None:
    _, queue = waiting()
    queue.answer("t", "edit", by="bob", code="bobs")
    with pytest.raises(UsageError, match=r"a\.py: bob has changed it since"):
        queue.answer("t", action, by="ann", code=code, seen="new")
    assert queue.waiting()[0].code == "bobs"
    queue.answer("t", action, by="ann", code=code, seen="bobs")


def test_a_decision_counts_also_where_its_rows_cannot_be_kept(waiting: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world, queue = waiting()
    world.texts.put_draft("t", "draft")
    monkeypatch.setattr(world, "record", lambda rows: None)

    def full(rows: Any) -> None:
        raise StoreError("full")

    broken = Queue(replace(world.workshop(), record=full), queue._graph)
    with pytest.raises(StoreError):
        broken.answer("t", "edit", by="ann", code="edited")
    assert world.texts.answered("draft") == "t"
