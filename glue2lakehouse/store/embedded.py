"""The embedded backend: Delta tables in a folder through delta-rs, no server and no JVM.

Measured (ENVIRONMENT.md): a one-row append takes 6-7 ms, a merge 28-71 ms; appends of several processes succeed when they
may retry, merges when the predicate names the partition as a literal.
"""

import random
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from glue2lakehouse.errors import StoreError
from glue2lakehouse.store.types import Column, arrow_schema

if TYPE_CHECKING:
    import pyarrow as pa
    from deltalake import CommitProperties, DeltaTable

_COMMIT_RETRIES = 100
_MERGE_TRIES = 30
_KEEP_HOURS = 7 * 24
LEAST_FREE_BYTES = 1 << 20


class FolderBackend:
    """Tables as sub-folders of one folder. Threads of one process share it; processes may use it side by side."""

    def __init__(self, folder: Path, create: bool = True) -> None:
        self._folder = folder
        self._tables: dict[str, DeltaTable] = {}
        self._schemas: dict[str, pa.Schema] = {}
        if not create and not folder.is_dir():
            raise StoreError(f"{folder}: there are no tables here yet; run `glue2lakehouse migrate` first")
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(f"{folder}: cannot be made: {error.strerror}; choose another home folder") from error

    @property
    def location(self) -> str:
        """Where the tables are, for messages."""
        return str(self._folder)

    def create(self, table: str, columns: Sequence[Column], partition_by: Sequence[str]) -> None:
        """Create a table unless it exists."""
        from deltalake import DeltaTable

        with self._guard(table):
            schema = arrow_schema(tuple(columns))
            DeltaTable.create(str(self._path(table)), schema, mode="ignore", partition_by=list(partition_by))

    def add_columns(self, table: str, columns: Sequence[Column]) -> None:
        """Add columns at the end."""
        from deltalake.schema import Schema

        with self._guard(table):
            fields = Schema.from_arrow(arrow_schema(tuple(columns))).fields
            self._open(table).alter.add_columns(fields)
            self._tables.pop(table, None)
            self._schemas.pop(table, None)

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns."""
        with self._guard(table):
            return [field.name for field in self._open(table).schema().fields]

    def property_of(self, table: str, name: str) -> str | None:
        """Return a table property, None if the table or the property is not there."""
        from deltalake import DeltaTable

        with self._guard(table):
            if not DeltaTable.is_deltatable(str(self._path(table))):
                return None
            return dict(self._open(table).metadata().configuration).get(name)

    def set_property(self, table: str, name: str, value: str) -> None:
        """Set a table property."""
        with self._guard(table):
            self._open(table).alter.set_table_properties({name: value}, raise_if_not_exists=False)

    def version(self, table: str) -> int:
        """Return the table's newest version."""
        with self._guard(table):
            return int(self._open(table).version())

    def query(self, table: str, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT in which `{table}` stands for the table."""
        import pyarrow as pa
        from deltalake import QueryBuilder

        with self._guard(table):
            builder = QueryBuilder().register(table, self._open(table))
            found = pa.table(builder.execute(sql.replace("{table}", table)).read_all())
            rows: list[dict[str, Any]] = found.to_pylist()
            return rows

    def quote(self, text: str) -> str:
        """Return a text as a literal of DataFusion's SQL."""
        return "'" + text.replace("'", "''") + "'"

    def append(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows in one commit."""
        from deltalake import write_deltalake

        def attempt() -> None:
            data = self._arrow(table, rows)
            write_deltalake(self._open(table), data, mode="append", commit_properties=_commit_properties())

        with self._guard(table):
            # delta-rs counts an append as a reader of the table, so even that may lose against another's merge.
            _again_on_conflict(attempt)

    def merge(self, table: str, key: str, rows: Sequence[dict[str, Any]], project_id: str) -> None:
        """Replace the rows of a project that have the same key and add the others, in one commit."""
        literal = self.quote(project_id)
        predicate = f"t.project_id = {literal} AND s.project_id = {literal} AND t.{key} = s.{key}"

        def attempt() -> None:
            merger = self._open(table).merge(
                self._arrow(table, rows),
                predicate,
                source_alias="s",
                target_alias="t",
                commit_properties=_commit_properties(),
            )
            merger.when_matched_update_all().when_not_matched_insert_all().execute()

        with self._guard(table):
            _again_on_conflict(attempt)

    def delete(self, table: str, condition: str) -> None:
        """Delete the rows for which the condition holds, in one commit."""
        with self._guard(table):
            _again_on_conflict(lambda: self._open(table).delete(condition, commit_properties=_commit_properties()))

    def maintain(self, table: str, project_id: str | None) -> None:
        """Merge small files (of one project, or all) and drop files that no version of the last week needs."""

        def attempt() -> None:
            opened = self._open(table)
            partitioned = "project_id" in opened.metadata().partition_columns
            chosen = [("project_id", "=", project_id)] if project_id is not None and partitioned else None
            opened.optimize.compact(partition_filters=chosen, commit_properties=_commit_properties())

        with self._guard(table):
            _again_on_conflict(attempt)
            opened = self._open(table)
            opened.vacuum(retention_hours=_KEEP_HOURS, dry_run=False, commit_properties=_commit_properties())
            opened.create_checkpoint()

    def _path(self, table: str) -> Path:
        return self._folder / table

    def _open(self, table: str) -> "DeltaTable":
        """Return the table at its newest version; the log is read once and then only what was added to it."""
        from deltalake import DeltaTable

        opened = self._tables.get(table)
        if opened is None:
            opened = self._tables[table] = DeltaTable(str(self._path(table)))
        else:
            opened.update_incremental()
        return opened

    def _arrow(self, table: str, rows: Sequence[dict[str, Any]]) -> "pa.Table":
        import pyarrow as pa

        if table not in self._schemas:
            self._schemas[table] = _plain_schema(pa.schema(self._open(table).schema().to_arrow()))
        return pa.Table.from_pylist(list(rows), schema=self._schemas[table])

    def _guard(self, table: str) -> "_Guard":
        """Turn what delta-rs, Arrow and the disk raise into one line."""
        return _Guard(lambda error: self._failure(table, error))

    def _failure(self, table: str, error: BaseException) -> StoreError:
        self._tables.pop(table, None)
        return StoreError(f"{self._path(table)}: {self._reason(error)}")

    def _reason(self, error: BaseException) -> str:
        said = " ".join(str(error).split())[:300] or type(error).__name__
        free = shutil.disk_usage(self._folder).free if self._folder.is_dir() else None
        if free is None:
            return f"the folder is gone: {said}; restore it, or start anew with an empty home folder"
        if free < LEAST_FREE_BYTES or "No space left" in said or "os error 28" in said:
            return "no space is left on the disk; free some and run this again, nothing that was written is lost"
        return f"cannot be read or written: {said}; restore this folder from a backup, or move it away to start anew"


class _Guard:
    """A `with` block that raises StoreError for what delta-rs raises, among it a bare Exception from its query engine."""

    def __init__(self, failure: Callable[[BaseException], StoreError]) -> None:
        self._failure = failure

    def __enter__(self) -> None:
        """Nothing to prepare."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Replace the error of a library by ours; errors of the program itself pass."""
        import pyarrow as pa
        from deltalake.exceptions import DeltaError

        if error is None or isinstance(error, StoreError):
            return
        foreign = isinstance(error, (DeltaError, OSError, pa.ArrowException, ValueError)) or type(error) is Exception
        if foreign or type(error).__name__ == "PanicException":
            raise self._failure(error) from error


def _plain_schema(schema: "pa.Schema") -> "pa.Schema":
    """Rows are made in Arrow's ordinary types, also where delta-rs hands out views."""
    import pyarrow as pa

    return pa.schema([pa.field(field.name, _plain_type(field.type), field.nullable) for field in schema])


def _plain_type(kind: "pa.DataType") -> "pa.DataType":
    import pyarrow as pa

    if pa.types.is_string_view(kind) or pa.types.is_large_string(kind):
        return pa.string()
    return kind


def _again_on_conflict(attempt: Callable[[], object]) -> None:
    """Run a change again when another process committed first; the wait grows, with chance in it."""
    from deltalake.exceptions import CommitFailedError

    for number in range(1, _MERGE_TRIES + 1):
        try:
            attempt()
            return
        except CommitFailedError:
            if number == _MERGE_TRIES:
                raise
            time.sleep(random.uniform(0, min(0.02 * number, 0.3)))


def _commit_properties() -> "CommitProperties":
    from deltalake import CommitProperties

    return CommitProperties(max_commit_retries=_COMMIT_RETRIES)
