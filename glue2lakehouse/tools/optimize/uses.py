"""Find how the project's own code uses each table: filters and joins through `script_facts`, writes, merges and streams from the syntax."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from glue2lakehouse.tools.catalog.code_names import tables_in_code
from glue2lakehouse.tools.optimize.facts import TableUses
from glue2lakehouse.tools.sandbox.script_facts import script_facts

_CHANGES = re.compile(r"(?is)\b(?:merge\s+into|delete\s+from|update)\s+`?([\w.]+)`?")
_PYTHON_ON_ROWS = frozenset({"udf", "pandas_udf", "mapPartitions", "foreachPartition", "rdd", "Map", "FlatMap"})
_STREAMS = frozenset({"readStream", "writeStream", "forEachBatch", "create_data_frame_from_kinesis"})
_WRITES = frozenset(
    {"write_dynamic_frame", "write_data_frame", "saveAsTable", "insertInto", "setCatalogInfo", "writeTo"}
)


def uses_of(texts: Mapping[str, str]) -> dict[str, TableUses]:
    """Return the uses of each table (`database.table`, lower case) over files (path -> Python text).

    A column that two tables of one file share counts for both: nothing in the text tells them apart.
    """
    found: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    columns: dict[str, dict[str, dict[str, list[str]]]] = defaultdict(lambda: defaultdict(lambda: defaultdict(list)))
    for path, text in texts.items():
        try:
            tree = ast.parse(text)
        except (SyntaxError, ValueError):
            continue
        names = {node.attr if isinstance(node, ast.Attribute) else node.id for node in _names(tree)}
        facts = script_facts([text], {})
        compared = {name.lower() for name in facts.literals}
        joined = {name.lower() for keys in facts.keys for name in keys}
        read = {item.name.lower(): item for item in facts.reads if item.kind == "catalog"}
        for table, item in read.items():
            found[table]["readers"].append(path)
            for column in (name.lower() for name in item.columns):
                for kind, chosen in (("filters", compared), ("joins", joined)):
                    if column in chosen:
                        columns[table][kind][column].append(path)
            if names & _PYTHON_ON_ROWS:
                found[table]["python_functions"].append(path)
            if names & _STREAMS:
                found[table]["streams"].append(path)
        for table in _written(tree, text, set(read)) if names & _WRITES else ():
            found[table]["writers"].append(path)
        for table in _changed(tree):
            found[table]["merges"].append(path)
            found[table]["writers"].append(path)
    return {table: _uses(found[table], columns[table]) for table in sorted(found)}


def _uses(found: Mapping[str, Iterable[str]], columns: Mapping[str, Mapping[str, list[str]]]) -> TableUses:
    plain = {kind: tuple(dict.fromkeys(paths)) for kind, paths in found.items()}
    by_column = {
        kind: {name: tuple(dict.fromkeys(paths)) for name, paths in some.items()} for kind, some in columns.items()
    }
    return TableUses(**plain, **by_column)


def _names(tree: ast.Module) -> Iterator[ast.Attribute | ast.Name]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Attribute | ast.Name))


def _written(tree: ast.Module, text: str, read: set[str]) -> Iterator[str]:
    """Tables that the file names and does not read, and those that `saveAsTable` and `insertInto` name."""
    named, _ = tables_in_code([text])
    yield from sorted({f"{database}.{table}" for database, table in named} - read)
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if name in ("saveAsTable", "insertInto", "writeTo") and call.args and isinstance(call.args[0], ast.Constant):
            yield ".".join(str(call.args[0].value).lower().split(".")[-2:])


def _changed(tree: ast.Module) -> Iterator[str]:
    texts = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    for text in texts:
        for match in _CHANGES.finditer(text):
            if "." in match[1]:
                yield ".".join(match[1].lower().split(".")[-2:])
