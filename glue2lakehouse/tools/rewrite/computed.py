"""Options that are put together at run time: helpers take them as they are, and what is seen of their keys is checked before.

A dict that is written out and then given further items is known by its keys, whatever path the job takes; the values are looked at
when it runs. So a key that one path alone sets, another name of the dict or a change in a loop cannot be missed.
"""

import ast
from typing import NamedTuple

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.connection_types import CONNECTORS
from glue2lakehouse.tools.rewrite.connectors import TYPES
from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.dynamodb import CONDITIONS, READ_OPTIONS, WRITE_OPTIONS
from glue2lakehouse.tools.rewrite.rule import GlueCall, Use

FILE_TYPES = frozenset({"s3", "file", "parquet", "orc"})
DATABASES = frozenset(
    "mysql postgresql oracle sqlserver jdbc custom.jdbc marketplace.jdbc azuresql teradata saphana redshift snowflake mongodb "
    "documentdb".split()
)
FORMATS = frozenset({"parquet", "glueparquet", "orc", "csv", "json"})
"""What the helpers `read_source` and `write_target` take; they raise for anything else."""
CONDITION = (
    "the options name only what Spark has as well; the helper raises for any other when it runs, and takes a Glue connection "
    "for a secret scope of its name; where CSV files have an escaper, it escapes quotes within quotes and nothing else, and text files "
    "that are written hold no timestamps"
)
_CONNECTION = {"connectionname", "useconnectionproperties"}
_URI = {"username", "password", "ssl", "ssl.domain_match", "retrywrites"}


class Helper(NamedTuple):
    """The helper for a connection's options: its name, whether it is told the connection's type, and what has to hold."""

    name: str
    told: bool
    condition: str


def helper_for(call: GlueCall, verb: str) -> Helper | Finding:
    """Return the helper that reads or writes by computed options; a finding where it would raise whatever they are.

    `verb` is read or write.
    """
    connection, form = call.constant("connection_type"), call.constant("format")
    general = Helper("read_source" if verb == "read" else "write_target", True, CONDITION)
    kind = connection.lower() if isinstance(connection, str) else ""
    if not kind:
        return general
    if kind in FILE_TYPES:
        known = not isinstance(form, str) or form.lower() in FORMATS
        return general if known else _unchecked(call, f"the format {form}")
    if kind == "dynamodb":
        found = Helper(
            f"{verb}_dynamodb_by", False, f"{CONDITIONS[verb]}; the helper raises for an option that it does not know"
        )
    elif kind in TYPES:
        found = Helper(
            f"{verb}_connector_by", False, "the same version of the connector is installed as a library; " + CONDITION
        )
    elif kind in DATABASES:
        found = general
    else:
        return _unchecked(call, f"a {connection} connection")
    seen = seen_keys(call, call.argument("connection_options"))
    if kind in TYPES and any(key.lower().startswith("hoodie.") for key in seen):
        return call.blocker(
            "the options of a Hudi table are put together at run time, and Databricks has neither a reader nor a writer for Hudi",
            "write one dict of options at the call for each way there is, or MERGE by the record key into the Delta table by hand",
        )
    beyond = sorted(key for key in seen if not _is_known(kind, verb, key))
    if not beyond:
        return found
    return call.blocker(
        f"option {', '.join(beyond)} of a {connection} connection has no counterpart in Spark, and the options that it may stand "
        "among are put together at run time",
        "drop it where it is not needed, or rewrite this call by hand",
    )


def never_unpacked(call: GlueCall) -> Finding | None:
    """Answer for unpacked arguments of a connection that is written out and that the helper raises for whatever they are."""
    connection = call.constant("connection_type")
    if not isinstance(connection, str) or connection.lower() in FILE_TYPES | DATABASES:
        return None
    return _unchecked(call, f"a {connection} connection")


def _unchecked(call: GlueCall, what: str) -> Finding:
    return call.blocker(
        f"the options of {what} are put together at run time, so they cannot be checked",
        "write the options out as a dict at the call, then convert again",
    )


def _is_known(kind: str, verb: str, key: str) -> bool:
    lowered = key.lower()
    if kind == "dynamodb":
        return lowered in {name.lower() for name in (READ_OPTIONS if verb == "read" else WRITE_OPTIONS)}
    if kind in TYPES:
        return lowered != "partitionkeys"
    connector = CONNECTORS[kind]
    known = {name.lower() for name in (*connector.options, *connector.dropped)} | _CONNECTION
    if connector.format == "mongodb":
        known |= _URI
    return lowered in known or lowered.startswith(("hash", "enablepartitioningforsample"))


def seen_keys(use: Use, node: ast.expr | None, within: frozenset[str] = frozenset()) -> set[str]:
    """Return the written-out keys that a dict may hold, as far as the code around shows them; there may be others.

    `within` are the names whose dicts are being looked at already.
    """
    if isinstance(node, ast.Dict):
        pairs = zip(node.keys, node.values, strict=True)
        return set().union(*(seen_keys(use, v, within) if key is None else _key(use, key) for key, v in pairs))
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return seen_keys(use, node.left, within) | seen_keys(use, node.right, within)
    if isinstance(node, ast.IfExp):
        return seen_keys(use, node.body, within) | seen_keys(use, node.orelse, within)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return _given_keys(use, node, within)
    known = isinstance(node, ast.Name) and node.id not in within
    return _keys_of_name(use, node, within | {node.id}) if known and isinstance(node, ast.Name) else set()


def _key(use: Use, node: ast.expr) -> set[str]:
    spelled = use.literal(node)
    return {spelled} if isinstance(spelled, str) else set()


def _given_keys(use: Use, call: ast.Call, within: frozenset[str]) -> set[str]:
    """Return the keys that `dict(...)` or `update(...)` is given."""
    named = {keyword.arg for keyword in call.keywords if keyword.arg is not None}
    unpacked = [keyword.value for keyword in call.keywords if keyword.arg is None]
    return named.union(*(seen_keys(use, argument, within) for argument in (*call.args, *unpacked)))


def _keys_of_name(use: Use, name: ast.Name, within: frozenset[str]) -> set[str]:
    """Return the keys that the scope around gives a name, on any path: by its dict, an item, `update` or `setdefault`."""
    parents = use.place.parents
    found: set[str] = set()
    scope = scope_of(name, parents)
    named = [node for node in use.place.nodes.of(ast.Name) if node.id == name.id]
    for node in _reaching(use, name, [node for node in named if scope_of(node, parents) is scope]):
        parent = parents[node]
        if isinstance(node.ctx, ast.Store):
            if isinstance(parent, ast.Assign | ast.AnnAssign | ast.AugAssign):
                found |= seen_keys(use, parent.value, within)
        elif isinstance(parent, ast.Subscript) and isinstance(parent.ctx, ast.Store):
            found |= _key(use, parent.slice)
        elif (
            isinstance(parent, ast.Attribute) and isinstance(call := parents[parent], ast.Call) and call.func is parent
        ):
            if parent.attr == "setdefault" and call.args:
                found |= _key(use, call.args[0])
            elif parent.attr == "update":
                found |= _given_keys(use, call, within)
    return found


def _reaching(use: Use, name: ast.Name, named: list[ast.Name]) -> list[ast.Name]:
    """Leave out what stands before the last assignment that every way to the name passes, and what comes after the name."""
    around = _around(use, name)
    starts = [
        place
        for node in named
        if isinstance(node.ctx, ast.Store) and isinstance(place := use.place.parents[node], ast.Assign)
        if place.lineno < name.lineno and place not in around and use.place.parents[place] in around
        if _same_block(around, place, use.place.parents[place])
    ]
    start = max(starts, key=lambda place: place.lineno, default=None)
    first = start.lineno if start is not None else 0
    held = _around(use, start) if start is not None else []
    again = any(isinstance(place, ast.For | ast.AsyncFor | ast.While) and place not in held for place in around)
    last = around[0].end_lineno if isinstance(around[0], ast.stmt) else None
    return [node for node in named if node.lineno >= first and (again or last is None or node.lineno <= last)]


def _around(use: Use, node: ast.AST) -> list[ast.AST]:
    """Return the statement of a node and all that is around it, inside out."""
    found: list[ast.AST] = [use.place.statement(node) if isinstance(node, ast.expr) else node]
    while (place := use.place.parents.get(found[-1])) is not None:
        found.append(place)
    return found


def _same_block(around: list[ast.AST], place: ast.stmt, parent: ast.AST) -> bool:
    """Whether a statement stands in the same list of statements of its parent as the way to the name does."""
    blocks = [
        block for field in ("body", "orelse", "finalbody") if place in (block := getattr(parent, field, None) or [])
    ]
    return any(inner in block for block in blocks for inner in around)
