"""Keep two runs of one project apart: a lock file for each project, released by the system when its process ends."""

import getpass
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from glue2lakehouse.domain import stable_id
from glue2lakehouse.errors import ProjectBusy, StoreError


@contextmanager
def project_lock(folder: Path, project_id: str, name: str = "") -> Iterator[None]:
    """Hold a project for the `with` block. Raises ProjectBusy at once, saying who holds it and since when."""
    where = folder / stable_id(project_id)[:16]
    note = where.with_suffix(".json")
    lock = FileLock(where.with_suffix(".lock"), timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise ProjectBusy(
            f"project {name or project_id!r} is held by {_holder(note)}; wait for it to end, or choose another project"
        ) from error
    except OSError as error:
        raise StoreError(
            f"{folder}: cannot lock the project: {error.strerror}; check the folder's permissions"
        ) from error
    try:
        # The lock is the system's and ends with the process; the note only serves the message and may be stale.
        note.write_text(json.dumps(_myself()), encoding="utf-8")
        yield
    finally:
        note.unlink(missing_ok=True)
        lock.release()


def _myself() -> dict[str, str | int]:
    try:
        user = getpass.getuser()
    except (OSError, KeyError):
        user = str(os.getuid())
    since = datetime.now(UTC).isoformat(timespec="seconds")
    return {"pid": os.getpid(), "user": user, "host": socket.gethostname(), "since": since}


def _holder(note: Path) -> str:
    try:
        said = json.loads(note.read_text(encoding="utf-8"))
        return f"process {said['pid']} of {said['user']}@{said['host']} since {said['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run"
