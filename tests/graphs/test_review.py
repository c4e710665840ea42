from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import pytest

from glue2lakehouse.agents.dialogue import ScriptedModel, ToolCall
from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import ModelUnavailable, UsageError
from glue2lakehouse.graphs.commands import COMMANDS, HELP
from glue2lakehouse.graphs.desk import Desk
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.queue import Queue, config_of, open_checkpoints, told_to_a_person
from glue2lakehouse.graphs.review import build_chat, listen, say
from glue2lakehouse.graphs.terminal import _edited
from glue2lakehouse.graphs.texts import SUPERSEDED


@pytest.fixture
def chat(make_world: Any, tmp_path: Path) -> Any:
    def begin(*answers: Any, **settings: Any) -> Any:
        world = make_world(ScriptedModel(answers) if answers else None, **settings)
        saver = open_checkpoints(tmp_path)
        # The file itself waits without a model having been asked.
        plain = build_graph(make_world().workshop(), saver)
        plain.invoke(world.task(world.blocker), config_of("t"))
        world.texts.put_thread("t", "waiting", "p")
        queue = Queue(world.workshop(), build_graph(world.workshop(), saver))
        desk = Desk(world.workshop(), queue, "t", explain=lambda rule: f"about {rule}")

        def turn(said: str, by: str = "ann") -> Any:
            return say(build_chat(desk, open_checkpoints(tmp_path)), desk, said, by)

        return world, queue, turn

    return begin


def test_every_command_is_in_the_help() -> None:
    assert all(name in HELP for name in COMMANDS)


def test_commands_work_without_a_model(chat: Any) -> None:
    _, _, turn = chat()
    assert "-old\n+new" in turn("/diff")["reply"]
    assert "a.py:1: [from-jdbc] m" in turn("/findings")["reply"]
    assert turn("/explain from-jdbc")["reply"] == "about from-jdbc"
    assert "verify" in turn("/run")["reply"]
    assert "no such command" in turn("/dance")["reply"]
    assert "No model is configured" in turn("why?")["reply"]


def test_an_edit_is_checked_can_be_undone_and_is_approved_only_by_a_word(chat: Any) -> None:
    world, queue, turn = chat()
    world.verdicts["worse"] = world.lost
    assert "the write at line 3 is gone" in turn("/edit\nworse")["reply"]
    assert "+worse" in turn("/diff")["reply"]
    turn("/undo")
    assert "+new" in turn("/diff")["reply"]
    turn("/edit\nbetter")
    assert queue.waiting()[0].code == "new"
    assert turn("/approve fine")["over"]
    assert queue.waiting() == []
    reviews = [row for row in world.rows.values() if row["agent_name"] == "review"]
    assert [(row["transformations_applied"], row["reviewer"]) for row in reviews] == [
        (["edit"], "ann"),
        (["approve"], "ann"),
    ]
    assert world.texts.get(reviews[1]["output_code"]) == "better"


def test_an_author_is_told_that_another_has_to_approve(chat: Any) -> None:
    _, _, turn = chat(authors_may_approve=False)
    turn("/edit\nbetter")
    state = turn("/approve")
    assert "another pair of eyes" in state["reply"]
    assert not state["over"]
    assert turn("/approve", by="bob")["over"]


def test_an_edit_from_outside_the_talk_is_not_overwritten_by_an_approval_of_older_code(chat: Any) -> None:
    world, queue, turn = chat()
    turn("/diff")
    queue.answer("t", "edit", "bob", code="bobs")
    refused = turn("/approve")
    assert "bob has changed it" in refused["reply"]
    assert not refused["over"]
    assert "+bobs" in turn("/diff")["reply"]
    assert turn("/approve")["over"]
    (approved,) = [row for row in world.rows.values() if row.get("transformations_applied") == ["approve"]]
    assert world.texts.get(approved["output_code"]) == "bobs"


def test_nobody_approves_what_another_changed_in_the_talk_since_they_spoke(chat: Any) -> None:
    _, queue, turn = chat()
    turn("/diff", by="ann")
    turn("/edit\nbobs", by="bob")
    assert "another reviewer has changed it" in turn("/approve", by="ann")["reply"]
    assert queue.waiting()[0].code == "new"
    assert turn("/approve", by="ann")["over"]


def test_one_who_has_not_spoken_hears_of_a_change_that_the_list_does_not_show(chat: Any) -> None:
    _, _, turn = chat()
    turn("/edit\nbobs", by="bob")
    assert not turn("/approve", by="ann")["over"]
    assert turn("/approve", by="bob")["over"]


def test_a_change_from_outside_can_be_undone_and_is_told_once(chat: Any) -> None:
    _, queue, turn = chat()
    turn("/diff")
    queue.answer("t", "edit", "bob", code="bobs")
    assert "bob has changed it" in turn("/findings")["reply"]
    assert "changed it" not in turn("/findings")["reply"]
    turn("/undo")
    assert "+new" in turn("/diff")["reply"]
    assert turn("/approve")["over"]


def test_who_speaks_while_another_does_is_told(chat: Any) -> None:
    _, queue, turn = chat()
    with queue.alone("t", lock="chat-t"), pytest.raises(UsageError, match=r"a\.py: somebody else is answering"):
        turn("/diff")


def test_a_file_that_was_migrated_anew_cannot_be_approved_in_its_old_form(chat: Any) -> None:
    world, _, turn = chat()
    turn("/diff")
    world.texts.put_thread("t", SUPERSEDED)
    with pytest.raises(UsageError, match=r"a\.py: was migrated anew"):
        turn("/approve")


def test_findings_say_what_to_do_and_what_the_rules_warn_of(chat: Any) -> None:
    _, queue, _ = chat()
    warning = Finding(rule="rdd", severity=Severity.WARNING, path="a.py", line=2, message="w", action="look")
    waiting = replace(queue.waiting()[0], findings=(*queue.waiting()[0].findings, warning))
    lines = told_to_a_person(waiting)
    assert lines[0].startswith("a.py:1: [from-jdbc] m")
    assert lines[-2:] == ["a.py:2: [rdd] w", "    look"]


def test_explaining_nothing_says_what_is_wanted(chat: Any) -> None:
    assert "name a rule" in chat()[2]("/explain")["reply"]


def test_a_rejection_ends_the_chat(chat: Any) -> None:
    _, queue, turn = chat()
    assert turn("/reject by hand")["over"]
    assert queue.waiting() == []


def test_the_model_answers_from_the_file_and_its_words_are_recorded(chat: Any) -> None:
    world, _, turn = chat("Because no rule knows it.")
    assert turn("why does it wait?")["reply"] == "Because no rule knows it."
    assert "a.py:1: [from-jdbc] m" in world.model.sent[0][0].text
    (row,) = [row for row in world.rows.values() if row["agent_name"] == "review_chat"]
    assert (row["model_name"], row["human_feedback"], row["reviewer"]) == ("scripted", "why does it wait?", "ann")


def test_a_proposal_is_checked_and_approves_nothing(chat: Any) -> None:
    propose = [ToolCall(id="1", name="propose_code", arguments={"first": 1, "last": 1, "code": "proposed"})]
    _, queue, turn = chat(propose, "Here it is.")
    assert "evidence: resolved" in turn("use a MERGE")["reply"]
    assert "+proposed" in turn("/diff")["reply"]
    assert queue.waiting()[0].code == "new"


def test_words_are_heard_while_they_are_said(chat: Any, tmp_path: Path) -> None:
    world, queue, _ = chat("One.\nTwo.")
    desk = Desk(world.workshop(), queue, "t", explain=str)
    *words, state = listen(build_chat(desk, open_checkpoints(tmp_path)), desk, "why?", "ann")
    assert words == ["One.\n", "Two."]
    assert state["reply"] == "One.\nTwo."


def test_a_wrong_line_changes_nothing(chat: Any) -> None:
    propose = [ToolCall(id="1", name="propose_code", arguments={"first": 1, "last": 9, "code": "proposed"})]
    world, _, turn = chat(propose, "I could not.")
    assert turn("use a MERGE")["reply"] == "I could not."
    assert "Refused: the conversion has lines 1 to 1" in world.model.sent[1][-1].text


def test_the_talk_is_recorded_with_what_the_model_was_sent_and_the_tools_it_used(chat: Any) -> None:
    propose = [ToolCall(id="1", name="propose_code", arguments={"first": 1, "last": 1, "code": "proposed"})]
    world, _, turn = chat(propose, "Here.")
    turn("use a MERGE")
    (row,) = [row for row in world.rows.values() if row["agent_name"] == "review_chat"]
    assert (row["prompt_name"], [used["name"] for used in row["tools"]], world.texts.get(row["output_code"])) == (
        "chat",
        ["propose_code"],
        "proposed",
    )
    assert "You help a reviewer" in world.texts.get(row["prompt"])


def test_a_chat_goes_on_in_another_process_with_what_was_said(chat: Any) -> None:
    world, _, turn = chat("First.", "Second.")
    turn("one?")
    turn("two?")
    assert [message.text for message in world.model.sent[1][1:]] == ["one?", "First.", "two?"]


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")  # MLflow warns of its own code
def test_the_same_chat_is_served_as_a_responses_agent(chat: Any, tmp_path: Path) -> None:
    from mlflow.types.responses import ResponsesAgentRequest

    from glue2lakehouse.graphs.serving import responses_agent

    world, queue, _ = chat()
    desk = Desk(world.workshop(), queue, "t", explain=lambda rule: rule)
    agent = responses_agent(lambda entity: nullcontext((desk, open_checkpoints(tmp_path))))
    request = ResponsesAgentRequest(
        input=[{"role": "user", "content": "/findings"}], custom_inputs={"entity": "t", "by": "ann"}
    )
    reply = agent.predict(request)
    assert "from-jdbc" in reply.output[0].content[0]["text"]
    assert reply.custom_outputs == {"over": False}
    (done,) = agent.predict_stream(request)
    assert (done.type, done.custom_outputs) == ("response.output_item.done", {"over": False})
    nobody = agent.predict(ResponsesAgentRequest(input=[{"role": "user", "content": "/diff"}]))
    assert "custom_inputs has to name" in nobody.output[0].content[0]["text"]


@pytest.mark.parametrize("said", ["/aprove", "/explain", "looks right", "/changes", "/reject"])
def test_a_change_is_told_with_whatever_answer_comes_first(chat: Any, said: str) -> None:
    _, queue, turn = chat()
    turn("/diff")
    queue.answer("t", "edit", "bob", code="bobs")
    assert "bob has changed it" in turn(said)["reply"]
    assert queue.waiting()[0].code == "bobs"


class Silent(ScriptedModel):
    def ask(self, *_: Any, **__: Any) -> Any:
        raise ModelUnavailable("scripted: does not answer")


def test_a_change_is_told_also_where_the_model_does_not_answer(chat: Any, tmp_path: Path) -> None:
    world, queue, turn = chat()
    turn("/diff")
    queue.answer("t", "edit", "bob", code="bobs")
    desk = Desk(replace(world.workshop(), model=Silent([])), queue, "t", explain=str)
    reply = say(build_chat(desk, open_checkpoints(tmp_path)), desk, "why?", "ann")["reply"]
    assert "bob has changed it" in reply
    assert "does not answer" in reply


def test_the_editor_opens_on_a_change_from_outside_the_talk(
    chat: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, queue, turn = chat()
    turn("/edit\nmine")
    queue.answer("t", "edit", "bob", code="bobs")
    monkeypatch.setattr(click, "edit", lambda code, extension: f"{code} and mine")
    desk = Desk(world.workshop(), queue, "t", explain=str)
    assert _edited(desk, build_chat(desk, open_checkpoints(tmp_path)), "ann") == "/edit\nbobs and mine"


def test_asking_for_changes_hands_in_the_edit_of_the_talk_first(chat: Any) -> None:
    _, queue, turn = chat("I leave it.", "I leave it.")
    turn("/edit\nmine")
    turn("/changes use a MERGE")
    assert queue.waiting()[0].code == "mine"
    assert "+mine" in turn("/diff")["reply"]
