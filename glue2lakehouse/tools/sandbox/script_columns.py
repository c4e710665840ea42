"""What the expressions of a script say of columns: names, mappings, comparisons, functions on records, SQL."""

import ast
from typing import Any

from glue2lakehouse.tools.sandbox.script_constants import Constants, argument_of, called
from glue2lakehouse.tools.sandbox.script_notes import Notes
from glue2lakehouse.tools.sandbox.script_sql import sql_facts

COLUMN_CALLS = {"col", "column"}
_NOT_COLUMNS = {"write", "read", "rdd", "columns", "schema", "dtypes", "sparkContext", "spark_session", "na", "stat"}


class Columns:
    """Notes the columns in expressions; `holds` says what sources each variable and each view (`view x`) holds."""

    def __init__(self, constants: Constants, notes: Notes, holds: dict[str, set[int]]) -> None:
        self.constants, self.notes, self.holds = constants, notes, holds
        self.followed: list[Any] = []

    def named(self, argument: ast.expr, sources: set[int]) -> None:
        """Note the columns that an argument names, one or a list."""
        value = self.constants.value(argument)
        for column in value if isinstance(value, list) else [value]:
            if isinstance(column, str):
                self.notes.use(column, sources)

    def mappings(self, call: ast.Call, sources: set[int]) -> None:
        """Note what a call maps: columns, their types, what they are cast to and called afterwards."""
        value = next(
            (
                self.constants.value(item)
                for item in [argument_of(call, ("mappings",), 1), *call.args]
                if self._is_mapping(item)
            ),
            None,
        )
        if value and sources:
            self.followed.append(value)
        for item in value or []:
            source, target = str(item[0]), str(item[-2] if len(item) == 4 else item[-1])
            self.notes.use(source, sources, str(item[1]) if len(item) >= 3 else "")
            if len(item) == 4:
                self.notes.casts[source] = str(item[3])
            if source != target:
                self.notes.made.add(target)
                self.notes.renamed[target] = source

    def _is_mapping(self, node: ast.expr | None) -> bool:
        value = self.constants.value(node)
        return (
            isinstance(value, list)
            and bool(value)
            and all(isinstance(item, list) and 2 <= len(item) <= 4 for item in value)
        )

    def function(self, function: ast.Lambda | ast.FunctionDef, parameters: list[str], sources: set[int]) -> None:
        """Note the fields of its records that a function reads; those that it writes are made."""
        written: set[str] = set()
        for node in ast.walk(function):
            if isinstance(node, ast.Subscript) and isinstance(node.value, ast.Name) and node.value.id in parameters:
                column = self.constants.value(node.slice)
                if isinstance(column, str):
                    if isinstance(node.ctx, ast.Store):
                        written.add(column)
                    else:
                        self.notes.use(column, sources)
            elif isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in parameters:
                if (
                    node.attr not in ("get", "keys", "items", "values", "pop", "update", "copy")
                    and node.attr not in _NOT_COLUMNS
                ):
                    self.notes.use(node.attr, sources)
            elif isinstance(node, ast.Compare):
                self.comparison(node)
        self.notes.made |= {name for name in written if name not in {column for column, _, _ in self.notes.uses}}

    def comparison(self, node: ast.Compare) -> None:
        """Note the values that columns are compared with."""
        sides = [node.left, *node.comparators]
        columns = [name for name in map(self.column_name, sides) if name]
        for side in sides:
            value = self.constants.value(side)
            for item in value if isinstance(value, list) else [value]:
                if isinstance(item, (str, int, float)) and item not in columns:
                    for column in columns:
                        self.notes.literals[column].append(item)

    def column_name(self, node: ast.expr) -> str:
        """Return the column that an operand of a comparison stands for, empty when it is none."""
        while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and not node.args:
            node = node.func.value
        if (
            isinstance(node, ast.Call)
            and (called(node) in {*COLUMN_CALLS, "int", "float", "str", "get", "lower", "trim"})
            and node.args
        ):
            inner = node.args[0]
            value = self.constants.value(inner)
            return value if isinstance(value, str) else self.column_name(inner)
        if isinstance(node, ast.Subscript):
            value = self.constants.value(node.slice)
            return value if isinstance(value, str) and self.constants.value(node) is None else ""
        return node.attr if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) else ""

    def sql(self, text: str, sources: set[int], *, whole: bool) -> None:
        """Note the columns of a query, or of a part of one that is put on what comes from the sources."""
        found = sql_facts(text, whole=whole)
        if found is None:
            return
        self.notes.made |= found.made
        tables = {alias: self._held_by(*table) for alias, table in found.tables.items()}
        every: set[int] = set().union(*tables.values())
        for table, column in found.columns:
            own = tables.get(table) if table else every
            self.notes.use(column, own or sources)
        for column, value in found.literals:
            self.notes.literals[column].append(value)
        self.notes.keys += found.keys

    def _held_by(self, database: str, table: str) -> set[int]:
        """Return the sources behind a table of a query: a view's, or the catalog table's itself."""
        full = f"{database}.{table}".lower()
        named = {at for at, read in enumerate(self.notes.reads) if read.kind == "catalog" and read.name == full}
        return self.holds.get(f"view {table.lower()}", set()) | named
