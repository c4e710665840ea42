"""The agent behind the review chat: answers about one file from facts and tools, and proposes code when asked to."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.bench import Name as LookUp
from glue2lakehouse.agents.bench import look_up, told
from glue2lakehouse.agents.dialogue import Heard, Message, Model, Tool, Usage, Used
from glue2lakehouse.agents.sections import LONGEST_LINES, line_map
from glue2lakehouse.agents.validator import Gather, gather_all
from glue2lakehouse.domain import Finding
from glue2lakehouse.prompts import Prompt, render

NAME = "review_chat"
_MOST_TURNS = 8
# Of a longer file the model is shown the lines around the findings, and may ask for others.
_MOST_LINES = 400
_AROUND = 12


class _Arguments(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Lines(_Arguments):
    """Arguments of `show_lines`."""

    original: bool = Field(default=False, description="of the original, instead of the conversion")
    first: int = Field(ge=1, description="first line, from 1")
    last: int = Field(ge=1, description="last line, inclusive")


class Proposal(_Arguments):
    """Arguments of `propose_code`."""

    first: int = Field(ge=1, description="first line of the conversion that is replaced")
    last: int = Field(ge=1, description="last line that is replaced, inclusive")
    code: str = Field(description="what stands there instead, with its indentation")


class Nothing(_Arguments):
    """No arguments."""


class ReviewInput(BaseModel):
    """What is discussed, what was said so far, and the reviewer's words; `run` says what running the code came to."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    path: str
    source_code: str
    code: str
    evidence: str
    findings: tuple[Finding, ...] = ()
    history: tuple[Message, ...] = ()
    words: str
    gather: Gather
    run: Callable[[str, str], str] | None = None


class ReviewReply(BaseModel):
    """The answer; `proposed` is code that the reviewer may take, with what the checks say of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    proposed: str = ""
    verdict: str = ""
    usage: Usage = Usage()
    tools_used: tuple[Used, ...] = ()
    prompt: Prompt | None = None


def discuss(task: ReviewInput, model: Model, heard: Heard | None = None) -> ReviewReply:
    """Answer the reviewer's words, using tools as needed; the answer's words go to `heard` as they come."""
    desk = _Desk(task)
    prompt = _prompt(task)
    talk = [Message(role="system", text=prompt.text), *task.history, Message(role="user", text=task.words)]
    usage, used = Usage(), list[Used]()
    for _ in range(_MOST_TURNS):
        answer = model.ask(talk, desk.tools, heard)
        usage += answer.usage
        talk.append(answer.message)
        if not answer.message.calls:
            return desk.reply(answer.message.text, usage, used, prompt)
        if heard and answer.message.text:
            heard("\n")
        for call in answer.message.calls:
            started = datetime.now(UTC)
            tool = next((tool for tool in desk.tools if tool.name == call.name), None)
            text = f"There is no tool `{call.name}`." if tool is None else tool.call(call)
            talk.append(Message(role="tool", text=text, call_id=call.id))
            used.append(Used.since(call.name, started))
    return desk.reply(f"(no answer in {_MOST_TURNS} turns)", usage, used, prompt)


class _Desk:
    """The code while one question is answered; each proposal builds on the one before."""

    def __init__(self, task: ReviewInput) -> None:
        self._task = task
        self._code = task.code
        self._verdict = ""
        self.tools = [
            Tool("look_up", "Look up what a Glue callable or option does and what replaces it.", LookUp, look_up),
            Tool("show_lines", "Show lines of the conversion, or of the original.", Lines, self._show),
            Tool("propose_code", "Show the reviewer changed lines; they are checked, not approved.", Proposal, self._propose),
        ]  # fmt: skip
        if task.run is not None:
            what = "Run original and conversion, with what you proposed, on sample data and compare what they wrote."
            self.tools.append(Tool("run_code", what, Nothing, self._run))

    def _show(self, given: Any) -> str:
        text = self._task.source_code if given.original else self._code
        return _numbered(text, range(given.first, min(given.last, given.first + LONGEST_LINES) + 1))

    def _propose(self, given: Any) -> str:
        lines = self._code.split("\n")
        if not given.first <= given.last <= len(lines):
            return f"Refused: the conversion has lines 1 to {len(lines)}; nothing was changed."
        self._code = "\n".join([*lines[: given.first - 1], *given.code.rstrip("\n").split("\n"), *lines[given.last :]])
        task = self._task
        self._verdict = told(gather_all(task.gather, task.source_code, self._code, task.path, task.findings))
        return f"{self._verdict}\nThe conversion has {self._code.count(chr(10)) + 1} lines now."

    def _run(self, given: Any) -> str:
        return self._task.run(self._task.path, self._code) if self._task.run else ""

    def reply(self, text: str, usage: Usage, used: list[Used], prompt: Prompt) -> ReviewReply:
        proposed = self._code if self._code != self._task.code else ""
        return ReviewReply(
            text=text,
            proposed=proposed,
            verdict=self._verdict if proposed else "",
            usage=usage,
            tools_used=tuple(used),
            prompt=prompt,
        )


def _prompt(task: ReviewInput) -> Prompt:
    named = {finding.line for finding in task.findings if finding.line}
    there = line_map(task.source_code, task.code)
    return render(
        "chat",
        path=task.path,
        source=_shown(task.source_code, named),
        code=_shown(task.code, {there[line] for line in named if line in there}),
        evidence=task.evidence,
        findings=task.findings,
    )


def _shown(text: str, named: set[int]) -> str:
    total = text.count("\n") + 1
    if total <= _MOST_LINES:
        return _numbered(text, range(1, total + 1))
    near = sorted({line for name in named or {1} for line in range(name - _AROUND, name + _AROUND + 1)})
    return _numbered(text, near[:_MOST_LINES])


def _numbered(text: str, wanted: "range | list[int]") -> str:
    lines, shown, last = text.split("\n"), list[str](), 0
    for number in wanted:
        if 1 <= number <= len(lines):
            if number > last + 1:
                shown.append("…")
            shown.append(f"{number:>5} {lines[number - 1]}")
            last = number
    if last < len(lines):
        shown.append(f"… {len(lines)} lines in all")
    return "\n".join(shown)
