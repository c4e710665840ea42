"""What the store needs of a place that holds Delta tables: a folder (delta-rs) or a catalog (Spark)."""

from collections.abc import Sequence
from typing import Any, Protocol

from glue2lakehouse.store.types import Column


class Backend(Protocol):
    """Delta tables by name. Every method raises StoreError, in one line, when the place fails."""

    @property
    def location(self) -> str:
        """Where the tables are, for messages."""

    def create(self, table: str, columns: Sequence[Column], partition_by: Sequence[str]) -> None:
        """Create a table unless it exists."""

    def add_columns(self, table: str, columns: Sequence[Column]) -> None:
        """Add columns at the end."""

    def columns(self, table: str) -> list[str]:
        """Return the names of the columns."""

    def property_of(self, table: str, name: str) -> str | None:
        """Return a table property, None if the table or the property is not there."""

    def set_property(self, table: str, name: str, value: str) -> None:
        """Set a table property."""

    def version(self, table: str) -> int | None:
        """Return the table's newest version, or None where asking costs as much as reading."""

    def query(self, table: str, sql: str) -> list[dict[str, Any]]:
        """Return the rows of a SELECT in which `{table}` stands for the table."""

    def quote(self, text: str) -> str:
        """Return a text as a literal of the query language."""

    def append(self, table: str, rows: Sequence[dict[str, Any]]) -> None:
        """Add rows in one commit."""

    def merge(self, table: str, key: str, rows: Sequence[dict[str, Any]], project_id: str) -> None:
        """Replace the rows of a project that have the same key and add the others, in one commit."""

    def delete(self, table: str, condition: str) -> None:
        """Delete the rows for which the condition holds, in one commit."""

    def maintain(self, table: str, project_id: str | None) -> None:
        """Merge the small files of one project, or of all."""
