"""The review queue of a home folder, for whoever answers it: a person on the command line, today or days later."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from glue2lakehouse.errors import StoreError, UsageError
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.queue import CHECKPOINTS, Queue, Waiting, open_checkpoints
from glue2lakehouse.graphs.review import Desk
from glue2lakehouse.orchestrator.studio import workshop_of
from glue2lakehouse.orchestrator.trials import trial_of
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import MigrationProject, SourceEntity, open_store

_SETTLED = ("converted", "unchanged")


def open_queue(settings: Settings) -> Queue:
    """Open the queue of the settings' home folder. Raises StoreError where no migration has been yet."""
    if not (settings.home / CHECKPOINTS).is_file():
        raise StoreError(f"{settings.home}: no migration has left anything here; run `migrate`, or name its --home")
    workshop = workshop_of(settings)
    return Queue(workshop, build_graph(workshop, open_checkpoints(settings.home)))


def open_desk(settings: Settings, name: str, explain: Callable[[str], str]) -> tuple[Desk, Any]:
    """Open the chat about one file that waits: its desk, and the checkpoints that keep what was said.

    Raises StoreError where no migration has been yet, UsageError where nothing of that name waits.
    """
    queue = open_queue(settings)
    waiting = find_waiting(queue, settings, name)
    (project,) = open_store(settings.home).rows(MigrationProject, waiting.project_id)
    desk = Desk(workshop_of(settings), queue, waiting.thread, explain, trial_of(project))
    return desk, open_checkpoints(settings.home)


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
        raise UsageError(f"{name}: does not wait; `glue2lakehouse review` lists what does")
    raise UsageError(f"{name}: may be {' or '.join(item.path for item in found)}; name one")
