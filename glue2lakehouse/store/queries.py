"""SELECTs over one table, in the SQL that delta-rs' engine and Spark both speak; partitions named as literals."""

from collections.abc import Iterator, Mapping, Sequence

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.backend import Backend
from glue2lakehouse.store.rows import Row

Value = str | bool | None
_KEYS_IN_A_QUERY = 2000


def where(backend: Backend, kind: type[Row], project_id: str | None, equals: Mapping[str, Value]) -> str:
    """Return the WHERE clause, empty when everything is asked for; None asks for nulls. Raises StoreError for a wrong column."""
    wanted = {**({} if project_id is None else {"project_id": project_id}), **equals}
    tests = [_test(backend, column(name, kind), value) for name, value in wanted.items()]
    return f" WHERE {' AND '.join(tests)}" if tests else ""


def among(backend: Backend, kind: type[Row], project_id: str, keys: Sequence[str]) -> Iterator[str]:
    """Yield conditions that together choose the rows of a project with these keys, each short enough for one query."""
    project = _test(backend, "project_id", project_id)
    for start in range(0, len(keys), _KEYS_IN_A_QUERY):
        listed = ", ".join(backend.quote(key) for key in keys[start : start + _KEYS_IN_A_QUERY])
        yield f"{project} AND {kind.key} IN ({listed})"


def column(name: str, kind: type[Row]) -> str:
    """Return the name if the table has such a column; what a caller passes never reaches SQL unchecked."""
    if name not in kind.model_fields:
        raise StoreError(f"{kind.table} has no column {name!r}; it has {', '.join(kind.model_fields)}")
    return name


def _test(backend: Backend, name: str, value: Value) -> str:
    if value is None:
        return f"{name} IS NULL"
    return f"{name} = {str(value).lower() if isinstance(value, bool) else backend.quote(value)}"
