"""The agent behind the review chat: answers about one file from facts and tools, and proposes code when asked to."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.bench import Gather, look_up, told
from glue2lakehouse.agents.bench import Name as LookUp
from glue2lakehouse.agents.dialogue import Message, Model, Tool, Usage
from glue2lakehouse.domain import Finding
from glue2lakehouse.prompts import render

NAME = "review_chat"
_MOST_TURNS = 8


class Proposal(BaseModel):
    """Arguments of `propose_code`."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(min_length=1, description="the whole file, changed as the reviewer asked")


class ReviewInput(BaseModel):
    """What is discussed, what was said so far, and the reviewer's words."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    path: str
    source_code: str
    code: str
    evidence: str
    findings: tuple[Finding, ...] = ()
    history: tuple[Message, ...] = ()
    words: str
    gather: Gather


class ReviewReply(BaseModel):
    """The answer; `proposed` is code that the reviewer may take, with what the checks say of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    proposed: str = ""
    verdict: str = ""
    usage: Usage = Usage()


def discuss(task: ReviewInput, model: Model) -> ReviewReply:
    """Answer the reviewer's words, using tools as needed."""
    proposals: list[tuple[str, str]] = []

    def propose(given: Any) -> str:
        verdict = told(task.gather(task.source_code, given.code, task.path, task.findings))
        proposals.append((given.code, verdict))
        return verdict

    tools = (
        Tool("look_up", "Look up what a Glue callable or option does and what replaces it.", LookUp, look_up),
        Tool("propose_code", "Show the reviewer a changed file; it is checked, not approved.", Proposal, propose),
    )
    system = render(
        "chat", path=task.path, source=task.source_code, code=task.code, evidence=task.evidence, findings=task.findings
    )
    talk = [Message(role="system", text=system.text), *task.history, Message(role="user", text=task.words)]
    usage = Usage()
    for _ in range(_MOST_TURNS):
        answer = model.ask(talk, tools)
        usage += answer.usage
        talk.append(answer.message)
        if not answer.message.calls:
            return _reply(answer.message.text, proposals, usage)
        for call in answer.message.calls:
            tool = next((tool for tool in tools if tool.name == call.name), None)
            text = f"There is no tool `{call.name}`." if tool is None else tool.call(call.arguments)
            talk.append(Message(role="tool", text=text, call_id=call.id))
    return _reply(f"(no answer in {_MOST_TURNS} turns)", proposals, usage)


def _reply(text: str, proposals: list[tuple[str, str]], usage: Usage) -> ReviewReply:
    code, verdict = proposals[-1] if proposals else ("", "")
    return ReviewReply(text=text, proposed=code, verdict=verdict, usage=usage)
