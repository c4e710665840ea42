"""The chat of a review: one turn of one reviewer about one waiting file.

    START -> hear --command--> obey -> END
                --words-----> talk -> END

Slash commands need no model. What was said and every version of the code lie in the checkpoint of the chat's own thread, so a
chat goes on another day; what counts (an edit, an approval, a rejection) goes through `graphs.queue` like any other word.
"""

import difflib
import operator
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict

from glue2lakehouse.agents import reviewer
from glue2lakehouse.agents.bench import told
from glue2lakehouse.agents.dialogue import Heard, Message
from glue2lakehouse.agents.validator import gather_all
from glue2lakehouse.domain import Finding
from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.graphs.decisions import decision
from glue2lakehouse.graphs.entity import asked
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.queue import Queue, Waiting, config_of

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

HELP = """\
/diff            original against the conversion as it stands
/findings        what waits for you, and what the checks say of the code as it stands
/run             run original and conversion on sample data
/explain RULE    what a rule does
/edit [FILE]     change the code in your editor, or take what FILE holds
/changes WORDS   have the converter do it again as you say; needs a model, which is asked now
/undo            go back one version
/approve [WORDS] take the code as it stands
/reject [WORDS]  do not take it
/help            this list; anything else is a question to the model
Ctrl-C stops an answer or clears the line, Ctrl-D leaves; the talk is kept"""
_HEARD: dict[Hashable, str] = {"command": "obey", "words": "talk"}
_MOST_HISTORY = 20


class ChatTurn(TypedDict):
    """What the reviewer said, and who they are."""

    said: str
    by: str


class ChatState(ChatTurn, total=False):
    """What stays: the answer, all that was said, and the keys of the code's versions, oldest first."""

    reply: str
    over: bool
    history: Annotated[list[dict[str, str]], operator.add]
    versions: list[str]


@dataclass(frozen=True)
class Desk:
    """What a chat works with. `run` and `explain` say in text what they found; `heard` takes an answer's words as they come."""

    workshop: Workshop
    queue: Queue
    thread: str
    explain: Callable[[str], str]
    run: Callable[[str, str], str] | None = None
    heard: Heard | None = None

    def about(self, thread: str, explain: Callable[[str], str]) -> "Desk":
        """Return the same desk with another file on it."""
        return replace(self, thread=thread, explain=explain)

    def waiting(self) -> Waiting:
        """Return the file that is discussed. Raises UsageError when it waits no more."""
        return self.queue.find(self.thread)


def build_chat(desk: Desk, checkpointer: Any) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Wire the drawing above."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(ChatState, input_schema=ChatTurn)
    for name, node in (("hear", hear), ("obey", obey), ("talk", talk)):
        graph.add_node(name, partial(node, desk))
    graph.add_edge(START, "hear")
    graph.add_conditional_edges("hear", route, _HEARD)
    graph.add_edge("obey", END)
    graph.add_edge("talk", END)
    return graph.compile(checkpointer=checkpointer, name="review")


def say(graph: Any, desk: Desk, said: str, by: str) -> ChatState:
    """Take one turn and return the chat's state; `reply` is the answer, `over` says that the file waits no more."""
    state: ChatState = graph.invoke({"said": said, "by": by}, chat_config(desk), durability="sync")
    return state


def listen(graph: Any, desk: Desk, said: str, by: str) -> Iterator[str | ChatState]:
    """Take one turn; yield the words of a model's answer as they come, and the chat's state at the end."""
    state: ChatState | None = None
    turn = {"said": said, "by": by}
    for kind, given in graph.stream(turn, chat_config(desk), stream_mode=["custom", "values"], durability="sync"):
        if kind == "custom":
            yield str(given)
        else:
            state = given
    if state is not None:
        yield state


def chat_config(desk: Desk) -> dict[str, Any]:
    """Return the LangGraph configuration of a chat's own thread."""
    return config_of(f"chat-{desk.thread}")


def hear(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Note what was said; the first turn begins with the code as it waits."""
    versions = state.get("versions") or [desk.workshop.texts.put(desk.waiting().code)]
    return {"versions": versions, "history": [{"role": "user", "text": state["said"]}], "over": False}


def route(state: ChatState) -> Literal["command", "words"]:
    """Tell a slash command from words."""
    return "command" if state["said"].lstrip().startswith("/") else "words"


def obey(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Carry out a slash command; what cannot be done is told, and the chat goes on."""
    head, _, rest = state["said"].strip().partition("\n")
    name, _, words = head.partition(" ")
    command = COMMANDS.get(name)
    if command is None:
        return _answer(f"{name}: no such command\n{HELP}")
    try:
        return command(desk, state, words.strip() or rest if name != "/edit" else rest)
    except Glue2LakehouseError as error:
        return _answer(str(error))


def talk(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Ask the model; code that it proposes becomes the version as it stands, which nobody has approved."""
    model = desk.workshop.model
    if model is None:
        return _answer("No model is configured (--model), so I can only obey commands.\n" + HELP)
    waiting, texts, started = desk.waiting(), desk.workshop.texts, desk.workshop.clock.now()
    code = texts.get(state["versions"][-1])
    history = tuple(
        Message(role="user" if turn["role"] == "user" else "assistant", text=turn["text"])
        for turn in state["history"][-_MOST_HISTORY:-1]
    )
    task = reviewer.ReviewInput(
        path=waiting.path,
        source_code=waiting.source,
        code=code,
        evidence=_verdict(desk, waiting, code).split("\n")[0],
        findings=waiting.findings,
        history=history,
        words=state["said"],
        gather=desk.workshop.gather,
        run=desk.run,
    )
    from langgraph.config import get_stream_writer

    heard = desk.heard or get_stream_writer()
    try:
        reply = reviewer.discuss(task, model, heard)
    except Glue2LakehouseError as error:
        return _answer(str(error))
    key = texts.put(reply.proposed) if reply.proposed else None
    row = decision(
        desk.workshop.clock,
        {"project_id": waiting.project_id, "entity_id": waiting.entity_id},
        agent=reviewer.NAME,
        attempt=len(state["history"]),
        started=started,
        model_name=model.name,
        input_code=state["versions"][-1],
        given=(state["said"], desk.thread),
        output_code=key,
        recommendations=[reply.text],
        confidence_score=None,
        usage=reply.usage,
        **(asked(desk.workshop, reply.prompt, reply.tools_used) if reply.prompt else {}),
        reviewer=state["by"],
        human_feedback=state["said"],
    )
    desk.workshop.record([row])
    proposed = f"\n\nProposed (see /diff, /undo): {reply.verdict}" if key else ""
    if proposed:
        heard(proposed)
    return _answer(reply.text + proposed) | ({"versions": [*state["versions"], key]} if key else {})


def _diff(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    waiting = desk.waiting()
    code = desk.workshop.texts.get(state["versions"][-1])
    lines = difflib.unified_diff(waiting.source.split("\n"), code.split("\n"), "original", "conversion", lineterm="")
    return _answer("\n".join(lines) or "The conversion is the original.")


def _findings(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    waiting = desk.waiting()
    code = desk.workshop.texts.get(state["versions"][-1])
    return _answer("\n".join([*waiting.reasons, "", _verdict(desk, waiting, code)]))


def _run(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if desk.run is None:
        return _answer("Nothing can be run here; `glue2lakehouse verify DIR` runs what was written.")
    return _answer(desk.run(desk.waiting().path, desk.workshop.texts.get(state["versions"][-1])))


def _explain(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    return _answer(desk.explain(words))


def _edit(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if not words.strip():
        return _answer("/edit: the new code goes on the lines below the command, or in a file: /edit FILE")
    waiting = desk.waiting()
    told_of = _verdict(desk, waiting, words)
    return _answer(f"Noted, not approved. {told_of}") | {
        "versions": [*state["versions"], desk.workshop.texts.put(words)]
    }


def _changes(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if desk.workshop.model is None:
        return _answer("/changes: no model is configured (--model); /edit changes the code yourself")
    after = desk.queue.answer(desk.thread, "changes", state["by"], words)
    if "__interrupt__" not in after:
        told_of = f"Done, on {after['evidence']} evidence; `glue2lakehouse migrate` writes it."
        return _answer(told_of) | {"over": True}
    versions = [*state["versions"], after["code"]]
    why = "\n".join(desk.waiting().reasons)
    return _answer(f"The converter has tried; it waits for you (/diff shows it):\n{why}") | {"versions": versions}


def _undo(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if len(state["versions"]) == 1:
        return _answer("This is the first version; there is nothing to undo.")
    return _answer("Gone back one version.") | {"versions": state["versions"][:-1]}


def _approve(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    code = desk.workshop.texts.get(state["versions"][-1])
    if code != desk.waiting().code:
        desk.queue.answer(desk.thread, "edit", state["by"], words, code)
    desk.queue.answer(desk.thread, "approve", state["by"], words)
    return _answer("Approved; `glue2lakehouse migrate` writes it.") | {"over": True}


def _reject(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    desk.queue.answer(desk.thread, "reject", state["by"], words)
    return _answer("Rejected; the file stays unconverted.") | {"over": True}


def _help(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    return _answer(HELP)


COMMANDS: dict[str, Callable[[Desk, ChatState, str], dict[str, Any]]] = {
    "/diff": _diff,
    "/findings": _findings,
    "/run": _run,
    "/explain": _explain,
    "/edit": _edit,
    "/changes": _changes,
    "/undo": _undo,
    "/approve": _approve,
    "/reject": _reject,
    "/help": _help,
}


def _verdict(desk: Desk, waiting: Waiting, code: str) -> str:
    known: tuple[Finding, ...] = waiting.findings
    return told(gather_all(desk.workshop.gather, waiting.source, code, waiting.path, known))


def _answer(text: str) -> dict[str, Any]:
    return {"reply": text, "history": [{"role": "assistant", "text": text}]}
