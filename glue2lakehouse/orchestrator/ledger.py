"""Decisions on their way from the graphs to the tables: gathered, tied to their trace, written in batches."""

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator.rows import decision_rows
from glue2lakehouse.store.rows import Row

BATCH_ROWS = 500


class Ledger:
    """Collects rows from many threads and writes them with one writer.

    A kill loses at most what was not written yet, and the next run records that again under the same ids.
    """

    def __init__(self, write: Callable[[Sequence[Row]], object], texts: Texts) -> None:
        self._write = write
        self._texts = texts
        self._lock = threading.Lock()
        self._open: dict[str, dict[str, Mapping[str, Any]]] = {}
        self._settled: list[Row] = []

    def record(self, decisions: Sequence[Mapping[str, Any]]) -> None:
        """Take decisions of an entity, which may come several times."""
        with self._lock:
            for decision in decisions:
                self._open.setdefault(decision["source_entity_id"], {})[decision["decision_id"]] = decision

    def settle(self, entity_id: str, trace_id: str, thread: str = "") -> None:
        """Tie an entity's decisions to their trace and thread; they are written with the next batch."""
        with self._lock:
            taken = self._open.pop(entity_id, {})
            self._settled += decision_rows(taken.values(), self._texts, trace_id, thread)
            full = len(self._settled) >= BATCH_ROWS
        if full:
            self.flush()

    def flush(self) -> None:
        """Write what is settled."""
        with self._lock:
            rows, self._settled = self._settled, []
        if rows:
            self._write(rows)

    def close(self, trace_id: str = "") -> None:
        """Settle and write everything."""
        for entity_id in list(self._open):
            self.settle(entity_id, trace_id)
        self.flush()
