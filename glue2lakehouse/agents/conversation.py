"""The loop that every agent with a model runs: ask, run the tools it calls, until it submits in the schema or gives up.

The submission is checked strictly; what breaks the schema, or what the agent refuses, goes back with the reason. Tools are deterministic and their results
are cut to a length, so a conversation stays within its budget.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Generic, NamedTuple

from glue2lakehouse.agents.dialogue import BadArguments, Message, Model, S, Tool, ToolCall, Usage, Used
from glue2lakehouse.errors import BudgetSpent, ModelRefused

MOST_TURNS = 12
MOST_REFUSED = 3
LONGEST_RESULT = 6000
LONGEST_TALK = 240_000


class Talk(NamedTuple, Generic[S]):
    """How a conversation ended: with a submission, or without one and why; tools used, in order, and what it cost.

    `cut_short` where the budget ended it: with more money it would have gone on.
    """

    submitted: S | None
    reason: str
    tools: tuple[Used, ...]
    usage: Usage
    messages: tuple[Message, ...]
    cut_short: bool = False


def converse(
    model: Model,
    messages: Sequence[Message],
    tools: Sequence[Tool],
    submit: str,
    schema: type[S],
    purpose: str,
    refuse: Callable[[S], str] = lambda _: "",
) -> Talk[S]:
    """Talk until the tool `submit` is called with arguments that fit `schema` and for which `refuse` gives no reason.

    A request that is turned down and a spent budget end the talk with their reason, and what was paid until then is told.
    """
    ending = Tool(name=submit, description=purpose, arguments=schema, run=lambda given: "")
    offered = (*tools, ending)
    talk, usage, refused = list(messages), Usage(), 0
    used: list[Used] = []
    for _ in range(MOST_TURNS):
        if sum(len(message.text) for message in talk) > LONGEST_TALK:
            return Talk(None, "the conversation outgrew its budget", tuple(used), usage, tuple(talk))
        try:
            answer = model.ask(talk, offered)
        except (ModelRefused, BudgetSpent) as error:
            return Talk(None, str(error), tuple(used), usage, tuple(talk), isinstance(error, BudgetSpent))
        usage += answer.usage
        talk.append(answer.message)
        if not answer.message.calls:
            refused += 1
            if refused == MOST_REFUSED:
                said = " ".join(answer.message.text.split())[:160]
                return Talk(None, f"no submission, but the words: {said}", tuple(used), usage, tuple(talk))
            talk.append(Message(role="user", text=f"That is no submission. Call the tool `{submit}`."))
        for call in answer.message.calls:
            started = datetime.now(UTC)
            if call.name == submit:
                submitted, reason = _read(schema, call, refuse)
                used.append(Used.since(call.name, started))
                if submitted is not None and not reason:
                    return Talk(submitted, "", tuple(used), usage, tuple(talk))
                refused += 1
                if refused == MOST_REFUSED:
                    return Talk(None, f"the submission was refused: {reason}", tuple(used), usage, tuple(talk))
                talk.append(_result(call, f"Refused: {reason}. Submit again."))
            else:
                talk.append(_result(call, _run(call, tools)))
                used.append(Used.since(call.name, started))
    return Talk(None, f"no submission in {MOST_TURNS} turns", tuple(used), usage, tuple(talk))


def _read(schema: type[S], call: ToolCall, refuse: Callable[[S], str]) -> tuple[S | None, str]:
    try:
        submitted = call.read(schema, strict=True)
    except BadArguments as error:
        return None, f"it breaks the schema: {error}"
    return submitted, refuse(submitted)


def _run(call: ToolCall, tools: Sequence[Tool]) -> str:
    for tool in tools:
        if tool.name == call.name:
            return tool.call(call)
    return f"There is no tool `{call.name}`; there are {', '.join(tool.name for tool in tools)}."


def _result(call: ToolCall, text: str) -> Message:
    cut = text if len(text) <= LONGEST_RESULT else text[:LONGEST_RESULT] + f"\n… cut, {len(text)} characters in all"
    return Message(role="tool", text=cut, call_id=call.id)
