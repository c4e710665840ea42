"""A batch: every file of a project through `graphs.entity`, quickly where nothing can wait, durably where something can.

A draft that nothing blocks is first run without checkpoints when there is no model (2 ms instead of 10): after a kill it
runs again and its rows have the same ids. What waits after that, and all that a model may touch, has a thread named by what went
in, so that a second run finds an answer that a person gave, or a paid model call, instead of asking again. What a spent budget
cut short, and nobody has spoken about, is begun again in its thread.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from glue2lakehouse.agents.confidence import confidence
from glue2lakehouse.agents.dialogue import Usage
from glue2lakehouse.agents.renamed import renamed_in
from glue2lakehouse.domain import (
    ConversionType,
    Edit,
    EntityType,
    Evidence,
    Finding,
    Severity,
    Status,
    stable_id,
)
from glue2lakehouse.graphs.decisions import agent_version
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.entity_state import AGENT, EntityState, EntityTask, Workshop, conversion_type
from glue2lakehouse.graphs.queue import config_of


@dataclass(frozen=True)
class Draft:
    """What the rules made of one file; `entity_id` is that of the file's job or module."""

    entity_id: str
    entity_type: EntityType
    path: str
    before: str
    after: str
    edits: tuple[Edit, ...] = ()
    findings: tuple[Finding, ...] = ()
    uses_glue: bool = True
    instructions: tuple[str, ...] = ()
    columns: tuple[dict[str, str], ...] = ()
    dependencies: tuple[str, ...] = ()

    @property
    def untouched(self) -> bool:
        """Whether there is nothing to decide: no Glue, no change, nothing that blocks."""
        return not (self.uses_glue or self.after != self.before or self.edits or _blocked(self.findings))


@dataclass(frozen=True)
class Outcome:
    """How one file ended; `thread` is empty for a file that never could wait."""

    path: str
    entity_id: str
    status: Status
    evidence: Evidence
    confidence: float
    code: str
    conversion_type: ConversionType
    edits: tuple[Edit, ...]
    findings: tuple[Finding, ...]
    recommendations: tuple[str, ...]
    decisions: tuple[dict[str, Any], ...]
    started: datetime
    ended: datetime
    thread: str = ""

    @property
    def usage(self) -> Usage:
        """What models cost for this file, over all attempts; a cost that is not known stays None."""
        costs = [row["cost"] for row in self.decisions]
        return Usage(
            calls=sum(row["model_calls"] for row in self.decisions),
            tokens_in=sum(row["tokens_in"] for row in self.decisions),
            tokens_out=sum(row["tokens_used"] - row["tokens_in"] for row in self.decisions),
            cost_usd=None if None in costs else round(sum(costs), 6),
        )


class Batch:
    """The drafts of one project on their way.

    `checkpointer` holds the threads of what waits or was paid for; without one nothing can be resumed. `samples` is a fingerprint
    of the data that a model's code is tried on: other data may prove more.
    """

    def __init__(
        self, workshop: Workshop, checkpointer: Any, project_id: str, concurrency: int = 8, samples: str = ""
    ) -> None:
        self._workshop = workshop
        self._samples = samples
        self._project_id = project_id
        self._concurrency = concurrency if workshop.model is not None else 1
        self._forgetful = checkpointer is None
        self._quick: Any = build_graph(workshop)
        self._durable: Any = build_graph(workshop, checkpointer)

    def run(self, drafts: Sequence[Draft], done: Callable[[Outcome], None] = lambda _: None) -> list[Outcome]:
        """Return the outcomes in the order of the drafts, which are all of the project; `done` hears of each as it ends."""
        ended: dict[str, Outcome] = {}
        for outcome in self._outcomes(drafts):
            ended[outcome.path] = outcome
            done(outcome)
        if not self._forgetful:
            self._workshop.texts.supersede(self._project_id, (outcome.thread for outcome in ended.values()))
        return [ended[draft.path] for draft in drafts]

    def _outcomes(self, drafts: Iterable[Draft]) -> Iterator[Outcome]:
        if self._concurrency == 1:
            yield from map(self._one, drafts)
            return
        with ThreadPoolExecutor(self._concurrency, thread_name_prefix="entity") as pool:
            waiting = [pool.submit(self._one, draft) for draft in drafts]
            try:
                for future in as_completed(waiting):
                    yield future.result()
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    def _one(self, draft: Draft) -> Outcome:
        started = self._workshop.clock.now()
        if draft.untouched:
            return self._untouched(draft, started)
        # What a person decided counts, whichever model was asked then or is now, and whether or not it would wait now.
        answered = "" if self._forgetful else self._workshop.texts.answered(self._key_of(draft))
        if self._forgetful or not (answered or self._workshop.model or _blocked(draft.findings)):
            state = self._quick.invoke(self._task(draft))
            if self._forgetful or state["status"] == Status.CONVERTED:
                return self._outcome(draft, state, started, "")
        thread = answered or self.thread_of(draft)
        return self._outcome(draft, self._lasting(draft, thread), started, thread)

    def thread_of(self, draft: Draft) -> str:
        """Return the thread's name: the same input, rules, model and way of judging continue it, else another begins.

        What the checks say of the draft is part of it, since that hangs on other files as well.
        """
        settings = self._workshop.settings
        if self._workshop.model is None:
            return stable_id(self._key_of(draft), "", *draft.instructions)
        judged = (settings.confidence_threshold, settings.max_attempts, settings.trials)
        checked = self._workshop.gather(draft.before, draft.after, draft.path, draft.findings)
        named = (self._workshop.model.name, self._samples, str(judged), checked.model_dump_json())
        return stable_id(self._key_of(draft), *named, *draft.instructions)

    def _key_of(self, draft: Draft) -> str:
        """Return a name of what was to be decided: of the settings, what a person or model may have written into the code."""
        findings = "\n".join(f"{finding.severity}{finding}" for finding in draft.findings)
        settings = self._workshop.settings
        target = (settings.catalog, settings.compute.value, str(sorted(renamed_in(draft.before, settings).items())))
        what = (draft.entity_id, draft.path, draft.before, draft.after, findings)
        return stable_id(self._project_id, *what, *target, agent_version())

    def _lasting(self, draft: Draft, thread: str) -> EntityState:
        config, texts = config_of(thread), self._workshop.texts
        durability = "sync" if self._workshop.model is not None else "exit"
        snapshot = self._durable.get_state(config) if texts.has_thread(thread) else None
        undone = snapshot is not None and self._undone(snapshot.values)
        if snapshot is not None and snapshot.values and not undone and ("review" in snapshot.next or not snapshot.next):
            # A kill may have come between the last checkpoint and the table; the ids make recording again harmless.
            self._workshop.record(snapshot.values["decisions"])
            texts.put_thread(thread, "waiting" if snapshot.next else "done")
            return cast(EntityState, snapshot.values)
        begun = snapshot is not None and bool(snapshot.values)
        if not begun:
            texts.put_thread(thread, "running", self._project_id)
            texts.put_draft(thread, self._key_of(draft))
        given: Any = None if begun else self._task(draft)
        if undone:
            given = {**self._task(draft), "attempt": 0, "issues": []}
        state = self._durable.invoke(given, config, durability=durability)
        texts.put_thread(thread, "waiting" if "__interrupt__" in state else "done")
        return cast(EntityState, state)

    def _undone(self, state: Mapping[str, Any]) -> bool:
        """Whether a spent budget left the file as it is, a model is there now, and no person has said anything."""
        said = any(row["agent_name"] == AGENT for row in state.get("decisions", ()))
        return bool(state.get("cut_short")) and self._workshop.model is not None and not said

    def _task(self, draft: Draft) -> EntityTask:
        return EntityTask(
            project_id=self._project_id,
            entity_id=draft.entity_id,
            entity_type=draft.entity_type.value,
            path=draft.path,
            source=self._workshop.texts.put(draft.before),
            draft=self._workshop.texts.put(draft.after),
            edits=[edit.model_dump(mode="json") for edit in draft.edits],
            findings=[finding.model_dump(mode="json") for finding in draft.findings],
            instructions=list(draft.instructions),
            columns=list(draft.columns),
            dependencies=list(draft.dependencies),
        )

    def _outcome(self, draft: Draft, state: EntityState, started: datetime, thread: str) -> Outcome:
        found = [*state["findings"], *state.get("noticed", [])]
        return Outcome(
            path=draft.path,
            entity_id=draft.entity_id,
            status=Status(state["status"]),
            evidence=Evidence(state["evidence"]),
            confidence=state["confidence"],
            code=self._workshop.texts.get(state["code"]),
            conversion_type=conversion_type(state),
            edits=tuple(Edit.model_validate(edit) for edit in state["edits"]),
            findings=tuple(Finding.model_validate(finding) for finding in found),
            recommendations=tuple(state.get("recommendations", ())),
            decisions=tuple(state["decisions"]),
            started=started,
            ended=self._workshop.clock.now(),
            thread=thread,
        )

    def _untouched(self, draft: Draft, started: datetime) -> Outcome:
        return Outcome(
            path=draft.path,
            entity_id=draft.entity_id,
            status=Status.UNCHANGED,
            evidence=Evidence.RESOLVED,
            # Byte for byte the original: as right as that was, whatever it may be warned of.
            confidence=confidence(Evidence.RECONCILED, (), ()),
            code=draft.before,
            conversion_type=ConversionType.AUTOMATIC,
            edits=(),
            findings=draft.findings,
            recommendations=(),
            decisions=(),
            started=started,
            ended=started,
        )


def _blocked(findings: Iterable[Finding]) -> bool:
    return any(finding.severity is Severity.BLOCKER for finding in findings)
