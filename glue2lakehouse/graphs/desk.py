"""What a review chat works with and what stays of it; see `graphs.review` for the drawing."""

import operator
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, TypedDict

from glue2lakehouse.agents.bench import told
from glue2lakehouse.agents.dialogue import Heard
from glue2lakehouse.agents.validator import gather_all
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.queue import Queue, Waiting


class ChatTurn(TypedDict):
    """What the reviewer said, and who they are."""

    said: str
    by: str


class ChatState(ChatTurn, total=False):
    """What stays: the answer, all that was said, the keys of the code's versions, oldest first, and who knows which."""

    reply: str
    over: bool
    history: Annotated[list[dict[str, str]], operator.add]
    versions: list[str]
    stood: str
    news: str
    seen: dict[str, str]


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


def verdict(desk: Desk, waiting: Waiting, code: str) -> str:
    """Return what the checks say of a version of the code, the evidence in the first line."""
    return told(gather_all(desk.workshop.gather, waiting.source, code, waiting.path, waiting.findings))


def answer(text: str) -> dict[str, Any]:
    """Return what is said back, for the state and for the history."""
    return {"reply": text, "history": [{"role": "assistant", "text": text}]}
