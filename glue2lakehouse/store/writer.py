"""Write behind the caller's back: rows are queued, one thread commits whatever has gathered, and `flush` waits for it."""

import queue
import threading
from concurrent.futures import Future
from types import TracebackType
from typing import Self

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.rows import Row
from glue2lakehouse.store.tables import Store

_MOST_IN_A_COMMIT = 5000
_MOST_WAITING = 1000


class Writer:
    """A queue in front of a store, for runs that would otherwise commit thousands of times.

    `put` returns at once with a Future; its rows are acknowledged when the Future is done. Leaving the `with` block
    flushes, and raises StoreError if anything could not be written.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._queue: queue.Queue[tuple[tuple[Row, ...], Future[None]] | None] = queue.Queue(_MOST_WAITING)
        self._failed: StoreError | None = None
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def put(self, *rows: Row) -> "Future[None]":
        """Queue rows, waiting while the queue is full. Raises StoreError if an earlier commit failed."""
        if self._failed is not None:
            raise self._failed
        done: Future[None] = Future()
        self._queue.put((rows, done))
        return done

    def flush(self) -> None:
        """Wait until all that was queued is committed. Raises StoreError if anything could not be written."""
        self.put().result()
        if self._failed is not None:
            raise self._failed

    def close(self) -> None:
        """Flush and end the thread."""
        try:
            self.flush()
        finally:
            self._queue.put(None)
            self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _run(self) -> None:
        ended = False
        while not ended:
            taken, ended = self._take()
            rows = [row for queued, _ in taken for row in queued]
            try:
                if rows:
                    self._store.put(*rows)
            except BaseException as error:
                told = error if isinstance(error, StoreError) else StoreError(f"writing was interrupted: {error!r}")
                self._failed = told
                for _, done in taken:
                    done.set_exception(told)
                if told is not error:
                    raise
            else:
                for _, done in taken:
                    done.set_result(None)

    def _take(self) -> tuple[list[tuple[tuple[Row, ...], "Future[None]"]], bool]:
        """Wait for something, then take all that has gathered; True when the end was among it."""
        taken: list[tuple[tuple[Row, ...], Future[None]]] = []
        size = 0
        while size < _MOST_IN_A_COMMIT and (not taken or not self._queue.empty()):
            item = self._queue.get()
            if item is None:
                return taken, True
            taken.append(item)
            size += len(item[0])
        return taken, False
