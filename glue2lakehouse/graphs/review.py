"""The chat of a review: one turn of one reviewer about one waiting file.

    START -> hear --command--> obey -> remember -> END
                --words-----> talk -> remember

Slash commands need no model. What was said and every version of the code lie in the checkpoint of the chat's own thread, so a
chat goes on another day; what counts (an edit, an approval, a rejection) goes through `graphs.queue` like any other word.
"""

from collections.abc import Hashable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from glue2lakehouse.agents import reviewer
from glue2lakehouse.agents.dialogue import Message
from glue2lakehouse.errors import Glue2LakehouseError
from glue2lakehouse.graphs.commands import COMMANDS, HELP
from glue2lakehouse.graphs.decisions import decision
from glue2lakehouse.graphs.desk import ChatState, ChatTurn, Desk, answer, verdict
from glue2lakehouse.graphs.entity import asked
from glue2lakehouse.graphs.queue import config_of
from glue2lakehouse.graphs.seen import seen, standing

if TYPE_CHECKING:
    from langgraph.graph.state import CompiledStateGraph

_NO_MODEL = (
    "No model is configured, so nobody can answer that: `glue2lakehouse chat FILE --model URI` asks one. What works:"
)
_HEARD: dict[Hashable, str] = {"command": "obey", "words": "talk"}
_OF_THE_CODE = ("/approve", "/changes", "/reject")
_MOST_HISTORY = 20


def build_chat(desk: Desk, checkpointer: Any) -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Wire the drawing above."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(ChatState, input_schema=ChatTurn)
    for name, node in (("hear", hear), ("obey", obey), ("talk", talk), ("remember", remember)):
        graph.add_node(name, partial(node, desk))
    graph.add_edge(START, "hear")
    graph.add_conditional_edges("hear", route, _HEARD)
    graph.add_edge("obey", "remember")
    graph.add_edge("talk", "remember")
    graph.add_edge("remember", END)
    return graph.compile(checkpointer=checkpointer, name="review")


def say(graph: Any, desk: Desk, said: str, by: str) -> ChatState:
    """Take one turn and return the chat's state; `reply` is the answer, `over` says that the file waits no more.

    Raises UsageError when the file waits no more, and while another speaks about it.
    """
    with desk.queue.alone(desk.thread, lock=_name(desk)):
        state: ChatState = graph.invoke({"said": said, "by": by}, chat_config(desk), durability="sync")
    return state


def listen(graph: Any, desk: Desk, said: str, by: str) -> Iterator[str | ChatState]:
    """Take one turn; yield the words of a model's answer as they come, and the chat's state at the end."""
    state: ChatState | None = None
    turn = {"said": said, "by": by}
    with desk.queue.alone(desk.thread, lock=_name(desk)):
        for kind, given in graph.stream(turn, chat_config(desk), stream_mode=["custom", "values"], durability="sync"):
            if kind == "custom":
                yield str(given)
            else:
                state = given
    if state is not None:
        yield state


def chat_config(desk: Desk) -> dict[str, Any]:
    """Return the LangGraph configuration of a chat's own thread."""
    return config_of(_name(desk))


def _name(desk: Desk) -> str:
    return f"chat-{desk.thread}"


def hear(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Note what was said, and how the code stands; the first turn begins with the code as it waits."""
    waiting = desk.waiting()
    stands = standing(state, desk.workshop.texts.put(waiting.code), waiting.author)
    return {**stands, "history": [{"role": "user", "text": state["said"]}], "over": False}


def route(state: ChatState) -> Literal["command", "words"]:
    """Tell a slash command from words."""
    return "command" if state["said"].lstrip().startswith("/") else "words"


def obey(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Carry out a slash command; what cannot be done is told, and the chat goes on."""
    head, _, rest = state["said"].strip().partition("\n")
    name, _, words = head.partition(" ")
    command = COMMANDS.get(name)
    news = state["news"]
    if command is None:
        return _with_news(news, answer(f"{name}: no such command\n{HELP}"))
    if news and name in _OF_THE_CODE:
        return answer(f"{name}: {news}; then say it again")
    try:
        return _with_news(news, command(desk, state, words.strip() or rest if name != "/edit" else rest))
    except Glue2LakehouseError as error:
        return _with_news(news, answer(str(error)))


def _with_news(news: str, done: dict[str, Any]) -> dict[str, Any]:
    """Return what a turn leaves, the news before its answer: whoever has been answered counts as told."""
    return done | answer(f"({news})\n{done['reply']}") if news else done


def remember(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Note which version the one who spoke knows now."""
    return {"seen": seen(state)}


def talk(desk: Desk, state: ChatState) -> dict[str, Any]:
    """Ask the model; code that it proposes becomes the version as it stands, which nobody has approved."""
    model = desk.workshop.model
    if model is None:
        return _with_news(state["news"], answer(f"{_NO_MODEL}\n{HELP}"))
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
        evidence=verdict(desk, waiting, code).split("\n")[0],
        findings=waiting.findings,
        history=history,
        words=state["said"],
        gather=desk.workshop.gather,
        run=desk.run,
    )
    from langgraph.config import get_stream_writer

    heard = desk.heard or get_stream_writer()
    if state["news"]:
        heard(f"({state['news']})\n\n")
    try:
        reply = reviewer.discuss(task, model, heard)
    except Glue2LakehouseError as error:
        return _with_news(state["news"], answer(str(error)))
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
    done = answer(reply.text + proposed) | ({"versions": [*state["versions"], key]} if key else {})
    return _with_news(state["news"], done)
