"""The catalog tables that code names: read and written, as far as their names are constants."""

import ast
from collections.abc import Iterable

from glue2lakehouse.tools.sandbox.script_facts import script_facts

_DATABASE = ("database", "catalogDatabase", "name_space", "catalog_database")
_TABLE = ("table_name", "catalogTableName", "tableName", "catalog_table_name")


def tables_in_code(texts: Iterable[str]) -> tuple[set[tuple[str, str]], int]:
    """Return (database, table) in lower case of all calls, and how many calls name theirs at run time only."""
    named: set[tuple[str, str]] = set()
    open_ = 0
    for text in texts:
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        for read in script_facts([text], {}).reads:
            parts = read.name.split(".")
            if read.kind == "catalog" and len(parts) == 2 and all(parts) and not set("{}$*") & set(read.name):
                named.add((parts[0].lower(), parts[1].lower()))
        constants = _constants(tree)
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            given = {keyword.arg: keyword.value for keyword in call.keywords}
            database = next((given[name] for name in _DATABASE if name in given), None)
            table = next((given[name] for name in _TABLE if name in given), None)
            if database is None or table is None:
                continue
            pair = _text(database, constants), _text(table, constants)
            if pair[0] and pair[1]:
                named.add((pair[0].lower(), pair[1].lower()))
            else:
                open_ += 1
    return named, open_


def _constants(tree: ast.Module) -> dict[str, str]:
    """Names that the module gives one text and never another."""
    found: dict[str, set[str | None]] = {}
    for node in (each for each in ast.walk(tree) if isinstance(each, ast.Assign)):
        value = node.value.value if isinstance(node.value, ast.Constant) else None
        for target in node.targets:
            if isinstance(target, ast.Name):
                found.setdefault(target.id, set()).add(value if isinstance(value, str) else None)
    return {name: value for name, values in found.items() if len(values) == 1 and (value := next(iter(values)))}


def _text(node: ast.expr, constants: dict[str, str]) -> str:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    return constants.get(node.id, "") if isinstance(node, ast.Name) else ""
