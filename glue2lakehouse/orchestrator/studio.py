"""The graphs as LangGraph's own tooling opens them (`langgraph.json`): settings and tables of the current folder.

A single file is all that such a run sees, so its imports of other modules of the project are told as unresolved.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.agents import converter
from glue2lakehouse.agents.bench import Bench
from glue2lakehouse.agents.models import open_model
from glue2lakehouse.agents.validator import Gather, Gathered, without_words_of_models
from glue2lakehouse.domain import Finding
from glue2lakehouse.graphs.desk import Desk
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.queue import TEXTS, Queue, open_checkpoints
from glue2lakehouse.graphs.review import build_chat
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.rows import decision_rows
from glue2lakehouse.orchestrator.run import settings_beside
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import open_store
from glue2lakehouse.tools.checks import check

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.graph.state import CompiledStateGraph


def entity() -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Return the graph of one entity; its input's `source` and `draft` are keys in the texts of the home folder."""
    return build_graph(workshop_of(settings_beside(Path.cwd())))


def review(config: "RunnableConfig") -> "CompiledStateGraph[Any, Any, Any, Any]":
    """Return the chat about the waiting file whose thread is `waiting` in the run's `configurable`."""
    settings = settings_beside(Path.cwd())
    workshop = workshop_of(settings)
    queue = Queue(workshop, build_graph(workshop, open_checkpoints(settings.home)))
    thread = str(config.get("configurable", {}).get("waiting", ""))
    return build_chat(
        Desk(workshop, queue, thread, explain=lambda rule: f"`glue2lakehouse explain {rule}` shows it"), None
    )


def workshop_of(settings: Settings) -> Workshop:
    """Return what the graph works with outside of a run over a project: the home folder's texts and tables."""
    texts, gather = Texts(settings.home / TEXTS), alone(settings)
    convert = partial(converter.convert, bench=Bench(settings, gather))
    return Workshop(settings, texts, gather, recorder(settings, texts), open_model(settings.model, settings), convert)


def alone(settings: Settings) -> Gather:
    """Return the checks of one file that knows of no other."""

    def gather(before: str, after: str, path: str, findings: tuple[Finding, ...]) -> Gathered:
        known = without_words_of_models(findings)
        found = check(before, after, path, {path: before}, {path: after}, known, settings)
        return Gathered(evidence=found.evidence, findings=found.findings, issues=found.issues)

    return gather


def recorder(settings: Settings, texts: Texts) -> Callable[[Sequence[Mapping[str, Any]]], None]:
    """Return what writes decisions to the home folder's tables at once."""
    store = open_store(settings.home)

    def record(decisions: Sequence[Mapping[str, Any]]) -> None:
        store.put(*decision_rows(decisions, texts))

    return record
