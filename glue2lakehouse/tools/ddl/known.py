"""The tables that the other files of a project create, so that one file may change what another one made."""

from collections.abc import Iterable

from glue2lakehouse.tools.ddl.model import TableDefinition

Key = tuple[str, str]


class KnownTables:
    """Definitions by (database, table), in lower case. Two files that define one table differently prove nothing of it."""

    def __init__(self, tables: Iterable[TableDefinition] = ()) -> None:
        self._by_key: dict[Key, list[TableDefinition]] = {}
        self._by_name: dict[str, set[Key]] = {}
        for table in tables:
            if not table.temporary:
                key = (table.database.lower(), table.name.lower())
                self._by_key.setdefault(key, []).append(table)
                self._by_name.setdefault(key[1], set()).add(key)

    def get(self, key: Key, path: str) -> TableDefinition | None:
        """Return the table as the files other than `path` define it. Without a database the name has to be unique."""
        if not key[0]:
            keys = self._by_name.get(key[1], set())
            if len(keys) != 1:
                return None
            (key,) = keys
        found = [table for table in self._by_key.get(key, []) if table.path != path]
        return found[0] if len({_essence(table) for table in found}) == 1 else None


def _essence(table: TableDefinition) -> tuple[object, ...]:
    columns = tuple((column.name.lower(), column.type) for column in table.all_columns)
    keys = tuple(key.name.lower() for key in table.partition_keys)
    return (
        columns,
        keys,
        table.format,
        table.external,
        table.location,
        table.settled,
        table.made,
        table.managed_target,
    )
