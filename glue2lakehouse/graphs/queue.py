"""The review queue: which files wait for a person, and what a person's words do to them.

Threads are listed in a table beside the texts; the checkpoints hold where each thread stands. Any process with the same
home folder can answer, days later.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from glue2lakehouse.agents.dialogue import Usage
from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import StoreError, UsageError
from glue2lakehouse.graphs.decisions import decision
from glue2lakehouse.graphs.entity_state import AGENT, Workshop, why
from glue2lakehouse.graphs.texts import NEXT, SUPERSEDED

ACTIONS = ("approve", "edit", "changes", "reject", "note")
DECIDES = ("approve", "edit", "reject")
CHECKPOINTS = "checkpoints.sqlite"
LOCKS = "review-locks"
TEXTS = "texts.sqlite"


@dataclass(frozen=True)
class Waiting:
    """One file that waits: since when, why, who wrote the code as it stands when a person did, and who said what."""

    thread: str
    project_id: str
    entity_id: str
    path: str
    since: datetime
    reasons: tuple[str, ...]
    author: str
    code: str
    source: str
    comments: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    draft: str = ""


def open_checkpoints(home: Path) -> Any:
    """Return a SqliteSaver in the project's home, tuned as measured (WAL, NORMAL: twice as fast, safe from kill -9)."""
    from langgraph.checkpoint.sqlite import SqliteSaver

    file = home / CHECKPOINTS

    class Checkpoints(SqliteSaver):
        """A saver whose errors are told in one line, also in the middle of a run."""

        @contextmanager
        def cursor(self, transaction: bool = True) -> Iterator[sqlite3.Cursor]:
            try:
                with super().cursor(transaction) as opened:
                    yield opened
            except sqlite3.Error as error:
                raise StoreError(f"{file}: cannot be read or written: {error}; {NEXT}") from error

    try:
        home.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(file, check_same_thread=False, timeout=60)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=NORMAL")
        saver = Checkpoints(connection)
        saver.setup()
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{file}: cannot keep checkpoints there: {error}; {NEXT}") from error
    return saver


def config_of(thread: str) -> dict[str, Any]:
    """Return the LangGraph configuration of a thread."""
    return {"configurable": {"thread_id": thread}}


class Queue:
    """What waits in one home folder. `graph` is `build_graph(workshop, checkpointer)`."""

    def __init__(self, workshop: Workshop, graph: Any) -> None:
        self._workshop = workshop
        self._graph = graph

    @property
    def has_model(self) -> bool:
        """Whether asking for changes asks a model at once."""
        return self._workshop.model is not None

    def waiting(self, project_id: str | None = None) -> list[Waiting]:
        """Return the files that wait, the longest waiting first."""
        texts = self._workshop.texts
        # A kill may have come between the checkpoint and the list.
        threads = texts.threads(project_id, "waiting") + texts.threads(project_id, "running")
        found = [self._waiting(thread) for thread in threads]
        return sorted((item for item in found if item is not None), key=lambda item: item.since)

    def find(self, thread: str) -> Waiting:
        """Return what waits in a thread. Raises UsageError when nothing does, or no longer."""
        waiting = self._waiting(thread)
        if waiting is None:
            raise UsageError(f"{self._path(thread)}: waits no more; `glue2lakehouse review` lists what does")
        if self._workshop.texts.status(thread) == SUPERSEDED:
            raise UsageError(
                f"{waiting.path}: was migrated anew, with another source or conversion; `glue2lakehouse review` lists it anew"
            )
        return waiting

    def answer(
        self, thread: str, action: str, by: str, comment: str = "", code: str | None = None, *, seen: str | None = None
    ) -> Mapping[str, Any]:
        """Resume one thread with a person's word and return its state. Raises UsageError when the word cannot count.

        `seen` is the code that the person speaks of: where another stands by now, the word does not count.
        A word that is not carried out to the end, because a model does not answer or the process is killed, leaves the file
        waiting as before.
        """
        from langgraph.types import Command

        with self.alone(thread):
            waiting = self.find(thread)
            if seen not in (None, waiting.code):
                by_whom = waiting.author or "somebody"
                raise UsageError(f"{waiting.path}: {by_whom} has changed it since you looked at it; look again")
            self._rewind(thread)
            self._refuse(waiting, action, by, comment, code)
            said = self._said(waiting, action, by, comment, code)
            state: dict[str, Any] = self._graph.invoke(Command(resume=said), config_of(thread), durability="sync")
            # What follows can fail, and what a person decided has to be found again all the same.
            if action in DECIDES:
                self._workshop.texts.put_answer(thread)
            self._workshop.texts.put_thread(thread, status="waiting" if "__interrupt__" in state else "done")
            self._workshop.record(state["decisions"])
            return state

    @contextmanager
    def alone(self, thread: str, lock: str = "") -> Iterator[None]:
        """Two people who answer the same file at the same moment would both be believed; the second one is told instead."""
        folder = self._workshop.settings.home / LOCKS
        folder.mkdir(parents=True, exist_ok=True)
        try:
            with FileLock(folder / (lock or thread), timeout=0):
                yield
        except Timeout as error:
            raise UsageError(
                f"{self._path(thread)}: somebody else is answering this file right now; try again in a moment"
            ) from error

    def _path(self, thread: str) -> str:
        return str(self._graph.get_state(config_of(thread)).values.get("path", thread))

    def _resting(self, thread: str) -> Any:
        """Return where a thread stands; where a person's word was not carried out, how it waited before that."""
        config = config_of(thread)
        snapshot = self._graph.get_state(config)
        if not snapshot.next or "review" in snapshot.next or not snapshot.values.get("review"):
            return snapshot
        return next((past for past in self._graph.get_state_history(config) if "review" in past.next), snapshot)

    def _rewind(self, thread: str) -> None:
        resting = self._resting(thread)
        if resting.config != self._graph.get_state(config_of(thread)).config:
            self._graph.update_state(resting.config, None, as_node="__copy__")

    def _waiting(self, thread: str) -> Waiting | None:
        snapshot = self._resting(thread)
        if "review" not in snapshot.next:
            return None
        state = snapshot.values
        said = [row for row in state["decisions"] if row["agent_name"] == AGENT]
        return Waiting(
            thread=thread,
            project_id=state["project_id"],
            entity_id=state["entity_id"],
            path=state["path"],
            since=datetime.fromisoformat(state["decisions"][0]["executed_at"]),
            reasons=tuple(why(state)),
            author=state.get("author", ""),
            code=self._workshop.texts.get(state["code"]),
            source=self._workshop.texts.get(state["source"]),
            comments=_comments(state, said),
            findings=tuple(Finding.model_validate(finding) for finding in state["findings"]),
            draft=self._workshop.texts.get(state["draft"]),
        )

    def _refuse(self, waiting: Waiting, action: str, by: str, comment: str, code: str | None) -> None:
        own = waiting.author == by and not self._workshop.settings.authors_may_approve
        problem = ""
        if action not in ACTIONS:
            problem = f"'{action}' is not one of {', '.join(ACTIONS)}"
        elif not by:
            problem = "a review needs a name; pass --as NAME or set USER"
        elif action == "approve" and own:
            problem = f"{by} wrote this code and the project asks for another pair of eyes (authors_may_approve)"
        elif action == "edit" and code is None:
            problem = "an edit needs the new code"
        elif action in ("changes", "note") and not comment:
            problem = f"'{action}' needs a comment"
        if problem:
            raise UsageError(f"{waiting.path}: {problem}")

    def _said(self, waiting: Waiting, action: str, by: str, comment: str, code: str | None) -> dict[str, Any]:
        clock, texts = self._workshop.clock, self._workshop.texts
        began, key = clock.now(), texts.put(waiting.code if code is None else code)
        state = self._graph.get_state(config_of(waiting.thread)).values
        nth = sum(row["agent_name"] == AGENT for row in state["decisions"]) + 1
        row = decision(
            clock,
            state,
            agent=AGENT,
            attempt=nth,
            started=began,
            model_name="person",
            input_code=state["code"],
            given=(action, by, comment, key),
            output_code=key,
            confidence_score=None,
            usage=Usage(),
            reviewer=by,
            human_approved={"approve": True, "reject": False}.get(action),
            human_feedback=comment,
            approved_at=began.isoformat() if action == "approve" else None,
            transformations_applied=[action],
        )
        return {"action": action, "by": by, "comment": comment, "code": key, "at": began.isoformat(), "decision": row}


def told_to_a_person(waiting: Waiting) -> list[str]:
    """Return why a file waits and what the rules warn of in it, each with what to do, as lines."""
    reasons = {str(finding): finding for finding in waiting.findings}
    warnings = (finding for finding in waiting.findings if finding.severity is Severity.WARNING)
    told = dict.fromkeys((*waiting.reasons, *map(str, warnings)))
    actions = {line: reasons[line].action for line in told if line in reasons}
    return [text for line in told for text in (line, *([f"    {actions[line]}"] if actions.get(line) else []))]


def _comments(state: Mapping[str, Any], said: list[dict[str, Any]]) -> tuple[str, ...]:
    """Return what people said in this thread, after what the thread began with."""
    here = [row["human_feedback"] for row in said if row["human_feedback"]]
    before = [f"earlier: {words}" for words in state.get("instructions", []) if words not in here]
    return (*before, *(f"{row['reviewer']}: {row['human_feedback']}" for row in said if row["human_feedback"]))
