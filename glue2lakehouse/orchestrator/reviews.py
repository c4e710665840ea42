"""The review queue of a home folder, for whoever answers it: a person on the command line, today or days later."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from glue2lakehouse.agents.models import open_model
from glue2lakehouse.errors import StoreError, UsageError
from glue2lakehouse.graphs.desk import Desk
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.project_rules import Offer, ProjectRule, kept, learn, offers
from glue2lakehouse.graphs.queue import CHECKPOINTS, TEXTS, Queue, Waiting, open_checkpoints
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.reopening import Reopened, settings_of
from glue2lakehouse.orchestrator.studio import recorder, workshop_of
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, SourceEntity, open_store

_SETTLED = ("converted", "unchanged")


def open_queue(settings: Settings) -> Queue:
    """Open the queue of the settings' home folder, to list it. Raises StoreError where no migration has been yet."""
    if not all((settings.home / name).is_file() for name in (CHECKPOINTS, TEXTS)):
        raise StoreError(f"{settings.home}: no migration has left anything here; run `migrate`, or name its --home")
    workshop = workshop_of(settings.model_copy(update={"model": ""}))
    return Queue(workshop, build_graph(workshop, open_checkpoints(settings.home)))


@contextmanager
def reviewing(settings: Settings, project_id: str, model: str | None = None) -> Iterator[tuple[Queue, Desk]]:
    """Open the queue to answer files of one project, with that project's settings, checks and sandbox.

    The model is `model`, else the one that the migration had. The desk is a chat's; its thread is for the caller to set.
    """
    (row,) = open_store(settings.home).rows(MigrationProject, project_id)
    chosen = settings_of(row, home=settings.home, model=model if model is not None else settings.model or None)
    texts = Texts(chosen.home / TEXTS)
    with Reopened(row, chosen) as project:
        opened = open_model(chosen.model, chosen)
        record = recorder(chosen, texts)
        workshop = Workshop(chosen, texts, project.gather_and_try, record, opened, project.convert)
        queue = Queue(workshop, build_graph(workshop, open_checkpoints(chosen.home)))
        # What is only looked at is checked without a run; `/run` is there for that.
        looking = Workshop(chosen, texts, project.gather, record, opened, project.convert)
        yield queue, Desk(looking, queue, "", explain=str, run=project.run)


@contextmanager
def open_desk(
    settings: Settings, name: str, explain: Callable[[str], str], model: str | None = None
) -> Iterator[tuple[Desk, Any]]:
    """Open the chat about one file that waits: its desk, and the checkpoints that keep what was said.

    Raises StoreError where no migration has been yet, UsageError where nothing of that name waits.
    """
    waiting = find_waiting(open_queue(settings), settings, name)
    with reviewing(settings, waiting.project_id, model) as (_, desk):
        yield desk.about(waiting.thread, explain), open_checkpoints(settings.home)


def waiting_now(queue: Queue, settings: Settings) -> list[Waiting]:
    """Return what waits, the longest waiting first.

    Of several runs over one file only the last counts, and a file that a later run converted waits no more.
    """
    store = open_store(settings.home)
    last = {(waiting.project_id, waiting.path): waiting for waiting in queue.waiting()}
    settled = {
        row.entity_id
        for project in {project for project, _ in last}
        for row in store.rows(SourceEntity, project)
        if row.migration_status in _SETTLED
    }
    return [waiting for waiting in last.values() if waiting.entity_id not in settled]


def find_waiting(queue: Queue, settings: Settings, name: str) -> Waiting:
    """Return the one file that waits under a path, the end of a path, or an id. Raises UsageError if it is not one."""
    waiting = waiting_now(queue, settings)
    exact = [item for item in waiting if name in (item.path, item.entity_id, item.thread)]
    found = exact or [item for item in waiting if Path(item.path).name == name or item.path.endswith(f"/{name}")]
    if len(found) == 1:
        return found[0]
    if not found:
        raise UsageError(
            f"{name}: does not wait; `glue2lakehouse review` lists what does; DDL and definitions are mended in the source"
        )
    raise UsageError(f"{name}: may be {' or '.join(item.path for item in found)}; name one")


def learned_from(waiting: Waiting, by: str) -> list[ProjectRule]:
    """Return the project rules behind the code of a file as a person left it, one for each construct that it settles."""
    found = (learn(waiting, finding, by) for finding in waiting.findings)
    return list(dict.fromkeys(rule for rule in found if rule is not None))


def offers_for(settings: Settings, waiting: list[Waiting]) -> dict[str, Offer]:
    """Return by thread what the newest project rule that fits proposes for the files that wait."""
    found: dict[str, Offer] = {}
    for offer in offers(kept(settings.home), waiting):
        found.setdefault(offer.thread, offer)
    return found
