"""The store: typed rows in the six tables, written once however often they are handed in."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import Future
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.backend import Backend
from glue2lakehouse.store.ledger import Ledger, read
from glue2lakehouse.store.lock import project_lock
from glue2lakehouse.store.migrations import migrate
from glue2lakehouse.store.queries import Value, among, column, where
from glue2lakehouse.store.rows import ROWS, Row

R = TypeVar("R", bound=Row)


class Store:
    """The six tables. Safe to share between threads: what several hand in at once goes into one commit a table.

    When `put` returns, its rows are committed, and a kill at any moment loses none of them; what was not yet
    acknowledged is there or not, table by table, and handing it in again adds nothing twice.
    """

    def __init__(self, backend: Backend, locks: Path) -> None:
        self._backend = backend
        self._ledger = Ledger(backend)
        self._locks = locks
        self._waiting: list[tuple[Sequence[Row], Future[int]]] = []
        self._queue = threading.Lock()
        self._turn = threading.RLock()
        migrate(backend)

    @property
    def location(self) -> str:
        """Where the tables are."""
        return self._backend.location

    def put(self, *rows: Row) -> int:
        """Write rows and return how many were new or changed. Raises StoreError; then none of them is acknowledged."""
        done: Future[int] = Future()
        with self._queue:
            self._waiting.append((rows, done))
        with self._turn:
            # Whoever comes first writes for all who wait; the others find their rows written.
            if not done.done():
                with self._queue:
                    group, self._waiting = self._waiting, []
                self._write(group)
        return done.result()

    def rows(self, kind: type[R], project_id: str | None = None, **equals: Value) -> list[R]:
        """Return the rows of a table, of one project or all, whose columns equal the given values, in key order."""
        by_key: dict[str, R] = {}
        for values in self._select("*", kind, project_id, equals):
            row = read(kind, values, self.location)
            # Two processes that did not hold the project may both have added a row; it counts once.
            by_key.setdefault(row.id, row)
        return [by_key[key] for key in sorted(by_key)]

    def row(self, kind: type[R], key: str, project_id: str | None = None) -> R | None:
        """Return the row with this key, or None; naming the project keeps the search to its files."""
        found = self.rows(kind, project_id, **{kind.key: key})
        return found[0] if found else None

    def keys(self, kind: type[Row], project_id: str) -> set[str]:
        """Return the keys of a project's rows."""
        return {str(values[kind.key]) for values in self._select(kind.key, kind, project_id, {})}

    def counts(
        self,
        kind: type[Row],
        by: Sequence[str] = (),
        project_id: str | None = None,
        sums: Sequence[str] = (),
        **equals: Value,
    ) -> list[dict[str, Any]]:
        """Return one dictionary a group: the columns of `by`, `row_count`, and `<column>_sum` for each of `sums`."""
        groups = [column(name, kind) for name in by]
        totals = [f"sum({column(name, kind)}) AS {name}_sum" for name in sums]
        tail = f" GROUP BY {', '.join(groups)} ORDER BY {', '.join(groups)}" if groups else ""
        return self._select(", ".join([*groups, "count(*) AS row_count", *totals]), kind, project_id, equals, tail)

    def remove(self, kind: type[Row], project_id: str, keys: Sequence[str]) -> None:
        """Delete rows of a project by key, such as entities whose file is gone."""
        with self._turn:
            for condition in among(self._backend, kind, project_id, keys):
                self._backend.delete(kind.table, condition)
            self._ledger.forget(project_id)

    def maintain(self, project_id: str | None = None) -> None:
        """Merge the small files that many commits leave, of one project or of all; worth it at the end of a run."""
        with self._turn:
            for kind in ROWS:
                self._backend.maintain(kind.table, project_id)

    @contextmanager
    def hold(self, project_id: str, name: str = "") -> Iterator[None]:
        """Keep other runs off a project for the `with` block. Raises ProjectBusy, saying who holds it since when."""
        with project_lock(self._locks, project_id, name):
            self._trust(project_id, True)
            try:
                yield
            finally:
                self._trust(project_id, False)

    def _trust(self, project_id: str, held: bool) -> None:
        with self._turn:
            self._ledger.forget(project_id)
            (self._ledger.held.add if held else self._ledger.held.discard)(project_id)

    def _write(self, group: Sequence[tuple[Sequence[Row], "Future[int]"]]) -> None:
        """Write what several callers handed in; if that fails, one by one, so that each learns of its own rows."""
        try:
            written = self._ledger.write([row for rows, _ in group for row in rows])
        except StoreError as error:
            if len(group) == 1:
                group[0][1].set_exception(error)
                return
            for item in group:
                self._write([item])
        except BaseException as error:
            for _, done in group:
                done.set_exception(StoreError(f"{self.location}: writing was interrupted: {error!r}"))
            raise
        else:
            for rows, done in group:
                done.set_result(len({row.id for row in rows if (row.table, row.id) in written}))

    def _select(
        self, what: str, kind: type[Row], project_id: str | None, equals: "dict[str, Value]", tail: str = ""
    ) -> list[dict[str, Any]]:
        chosen = where(self._backend, kind, project_id, equals)
        return self._backend.query(kind.table, f"SELECT {what} FROM {{table}}{chosen}{tail}")
