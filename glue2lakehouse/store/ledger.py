"""Decide which rows are new, which replace another and which are there already, and write the first two.

Rows of what happened are appended (one commit for all projects); the keys that a project has are kept in memory while
nobody else can add any. Rows of what is true now are compared with what is there: unchanged ones are left out, new ones
appended, changed ones merged under a literal project, which is what lets several processes merge side by side.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import ValidationError

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.backend import Backend
from glue2lakehouse.store.queries import among, where
from glue2lakehouse.store.rows import Row

R = TypeVar("R", bound=Row)
Place = tuple[str, str]


@dataclass
class _Known:
    """The keys of one table in one project, as of a version of the table."""

    version: int | None
    keys: set[str]


@dataclass
class _Fresh:
    """What is not in the table yet: new rows by project, and rows that replace others."""

    new: list[Row] = field(default_factory=list)
    changed: dict[str, list[Row]] = field(default_factory=dict)


class Ledger:
    """Writes rows to one backend; not for several threads at once."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._known: dict[Place, _Known] = {}
        # Projects that nobody else writes to; only their keys may be trusted without asking again.
        self.held: set[str] = set()

    def write(self, rows: Sequence[Row]) -> set[tuple[str, str]]:
        """Write the rows that are new or changed, one commit a table if all are new; return their tables and keys."""
        written: set[tuple[str, str]] = set()
        for kind, projects in _grouped(rows).items():
            fresh = self._fresh(kind, projects)
            if fresh.new:
                self._append(kind, fresh.new)
            for project_id, changed in fresh.changed.items():
                self._backend.merge(kind.table, kind.key, [stored(row) for row in changed], project_id)
            for row in (*fresh.new, *(row for changed in fresh.changed.values() for row in changed)):
                written.add((kind.table, row.id))
                self._remember(row)
        return written

    def forget(self, project_id: str) -> None:
        """Forget which keys a project has."""
        self._known = {place: known for place, known in self._known.items() if place[1] != project_id}

    def _append(self, kind: type[Row], rows: Sequence[Row]) -> None:
        places = {(kind.table, project_of(row)) for row in rows}
        before = {self._known[place].version for place in places if place in self._known}
        self._backend.append(kind.table, [stored(row) for row in rows])
        after = self._backend.version(kind.table) if before - {None} else None
        for place in places & self._known.keys():
            known = self._known[place]
            # One version further means that the only commit since was this one.
            if known.version is not None and after == known.version + 1:
                known.version = after

    def _fresh(self, kind: type[Row], projects: Mapping[str, Mapping[str, Row]]) -> _Fresh:
        fresh = _Fresh()
        for project_id, rows in projects.items():
            if kind.replaces:
                self._compare(kind, project_id, rows, fresh)
            else:
                known = self._keys(kind, project_id)
                fresh.new += [row for key, row in rows.items() if key not in known]
        return fresh

    def _compare(self, kind: type[Row], project_id: str, rows: Mapping[str, Row], fresh: _Fresh) -> None:
        there = self._there(kind, project_id, list(rows))
        new = [row for key, row in rows.items() if key not in there]
        changed = [row for key, row in rows.items() if key in there and row.content() != there[key].content()]
        if changed:
            fresh.changed[project_id] = changed + new
        else:
            fresh.new += new

    def _there(self, kind: type[R], project_id: str, keys: Sequence[str]) -> dict[str, R]:
        found: dict[str, R] = {}
        for condition in among(self._backend, kind, project_id, keys):
            for values in self._backend.query(kind.table, f"SELECT * FROM {{table}} WHERE {condition}"):
                row = read(kind, values, self._backend.location)
                found[row.id] = row
        return found

    def _keys(self, kind: type[Row], project_id: str) -> set[str]:
        place, version = (kind.table, project_id), None
        known = self._known.get(place)
        if project_id not in self.held:
            version = self._backend.version(kind.table)
            if known is not None and (version is None or known.version != version):
                known = None
        if known is None:
            chosen = where(self._backend, kind, project_id, {})
            found = self._backend.query(kind.table, f"SELECT {kind.key} FROM {{table}}{chosen}")
            known = self._known[place] = _Known(version, {str(values[kind.key]) for values in found})
        return known.keys

    def _remember(self, row: Row) -> None:
        known = self._known.get((row.table, project_of(row)))
        if known is not None:
            known.keys.add(row.id)


def project_of(row: Row) -> str:
    """Return the project that a row belongs to."""
    return str(getattr(row, "project_id", None) or "")


def stored(row: Row) -> dict[str, Any]:
    """Return a row as a table takes it."""
    values = row.model_dump()
    return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}


def read(kind: type[R], values: Mapping[str, Any], location: str) -> R:
    """Return what a table gives as a row; columns that a later version added are left out."""
    fields = kind.model_fields
    known = {name: value for name, value in values.items() if value is not None and name in fields}
    try:
        return kind.model_validate(known)
    except ValidationError as error:
        first = error.errors()[0]
        column = ".".join(map(str, first["loc"]))
        raise StoreError(f"{location}: {kind.table}.{column} holds what it should not: {first['msg']}") from error


def _grouped(rows: Sequence[Row]) -> dict[type[Row], dict[str, dict[str, Row]]]:
    """Sort rows by table, project and key; of two with one key the last counts where rows replace, else the first."""
    groups: dict[type[Row], dict[str, dict[str, Row]]] = defaultdict(lambda: defaultdict(dict))
    for row in rows:
        same_project = groups[type(row)][project_of(row)]
        if row.replaces or row.id not in same_project:
            same_project[row.id] = row
    return groups
