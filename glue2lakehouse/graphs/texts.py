"""Code kept by its content's hash, beside the checkpoints, so that graph state stays small and plain.

The same file lists the threads: which there are, of which project, and whether they wait for a person.
"""

import hashlib
import sqlite3
import threading
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from glue2lakehouse.errors import StoreError

SUPERSEDED = "superseded"
NEXT = "make room on the disk and run again, or restore the file from a backup; moved away, it is begun anew"


class Texts:
    """A write-once store of texts in one SQLite file; without a file it lives in memory.

    A text is on disk when `put` returns, and the same text has the same key on every machine.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._lock = threading.Lock()
        try:
            if file is not None:
                file.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(file or ":memory:", check_same_thread=False, timeout=60, isolation_level=None)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS texts (key TEXT PRIMARY KEY, body TEXT NOT NULL) WITHOUT ROWID"
            )
            self._db.execute("CREATE TABLE IF NOT EXISTS threads (thread TEXT PRIMARY KEY, project TEXT, status TEXT)")
            self._db.execute(
                "CREATE TABLE IF NOT EXISTS drafts (thread TEXT PRIMARY KEY, draft TEXT, answered INTEGER)"
            )
        except (OSError, sqlite3.Error) as error:
            raise StoreError(f"{file}: cannot keep texts there: {error}; {NEXT}") from error

    def put(self, text: str) -> str:
        """Keep the text and return its key."""
        key = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
        self._run("INSERT OR IGNORE INTO texts VALUES (?, ?)", key, text)
        return key

    def get(self, key: str) -> str:
        """Return the text of a key. Raises StoreError when it was never put."""
        found = self._run("SELECT body FROM texts WHERE key = ?", key)
        if not found:
            raise StoreError(f"texts: no text with key {key[:12]}; was the folder of the project moved without it?")
        return str(found[0][0])

    def put_thread(self, thread: str, status: str, project: str | None = None) -> None:
        """List a thread, or change its status (`running`, `waiting`, `done`, SUPERSEDED)."""
        words = "INSERT INTO threads VALUES (?, ?, ?) ON CONFLICT (thread) DO UPDATE SET status = excluded.status"
        self._run(words, thread, project, status)

    def put_draft(self, thread: str, draft: str) -> None:
        """Say which draft a thread is about; several threads, one for each model, may be about one."""
        self._run("INSERT OR IGNORE INTO drafts VALUES (?, ?, 0)", thread, draft)

    def put_answer(self, thread: str) -> None:
        """Say that a person has decided about a thread's draft."""
        words = "UPDATE drafts SET answered = 1 + (SELECT max(answered) FROM drafts) WHERE thread = ?"
        self._run(words, thread)

    def answered(self, draft: str) -> str:
        """Return the thread in which a person decided about a draft last; empty when nobody has."""
        words = "SELECT thread FROM drafts WHERE draft = ? AND answered > 0 ORDER BY answered DESC LIMIT 1"
        return "".join(row[0] for row in self._run(words, draft))

    def status(self, thread: str) -> str:
        """Return the status of a thread; empty where it was never begun."""
        return "".join(row[0] for row in self._run("SELECT status FROM threads WHERE thread = ?", thread))

    def has_thread(self, thread: str) -> bool:
        """Whether the thread was ever begun."""
        return bool(self._run("SELECT 1 FROM threads WHERE thread = ?", thread))

    def threads(self, project: str | None, status: str) -> list[str]:
        """Return the threads of a project (of all, when None) that have a status."""
        words = "SELECT thread FROM threads WHERE status = ? AND (? IS NULL OR project = ?) ORDER BY rowid"
        return [str(row[0]) for row in self._run(words, status, project, project)]

    def _run(self, words: str, *values: str | None) -> list[Any]:
        with self._lock:
            try:
                return self._db.execute(words, values).fetchall()
            except sqlite3.Error as error:
                raise StoreError(f"texts: cannot be read or written: {error}; {NEXT}") from error

    def supersede(self, project: str, threads: Iterable[str]) -> None:
        """Say that of a project only these threads may still wait: its other files have changed or are gone."""
        listed = {*self.threads(project, "waiting"), *self.threads(project, "running")}
        for thread in sorted(listed.difference(threads)):
            self.put_thread(thread, SUPERSEDED)

    def close(self) -> None:
        """Release the file."""
        self._db.close()
