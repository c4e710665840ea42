"""Iceberg tables that go by their name: what a reader's options ask for, and what Delta does otherwise in a `writeTo`.

Source: iceberg.apache.org/docs/latest (spark-queries, spark-writes). Delta passes over an option that it does not know.
"""

import ast

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.rule import GlueCall

_STATES = frozenset(
    "snapshot-id as-of-timestamp branch tag start-snapshot-id end-snapshot-id start-timestamp end-timestamp "
    "stream-from-timestamp".split()
)
_TRANSFORMS = frozenset("years months days hours bucket truncate year month day hour".split())
_CREATE = frozenset(("create", "createOrReplace", "replace"))


def states(call: GlueCall) -> list[Finding]:
    """Say which options before `table(name)` ask for a state of an Iceberg table that the table in its place does not have."""
    asked: set[str] = set()
    node = call.receiver
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr == "option" and node.args:
            asked.add(str(call.literal(node.args[0])).lower())
        for keyword in node.keywords if node.func.attr == "options" else ():
            held = call.value_of(keyword.value) if keyword.arg is None else None
            asked |= {str(call.literal(key)).lower() for key in held.keys} if isinstance(held, ast.Dict) else set()
        node = node.func.value
    if not asked & _STATES:
        return []
    message = (
        f"{', '.join(sorted(asked & _STATES))} reads another state of an Iceberg table, whose snapshots are not there"
    )
    return [call.blocker(message, "read a version of the Delta table: versionAsOf, timestampAsOf or its change feed")]


def written_to(call: GlueCall) -> list[Finding]:
    """Say what Delta does otherwise than Iceberg in a chain from `writeTo`."""
    calls = _calls_after(call)
    names = {leaf for leaf, _ in calls}
    found: list[Finding] = []
    for part in [part for leaf, one in calls if leaf == "partitionedBy" for part in one.args]:
        leaf = _leaf(part) if isinstance(part, ast.Call) else ""
        if leaf in _TRANSFORMS:
            what = f"the table is partitioned by {leaf}(...), which tables of Unity Catalog cannot be"
            found.append(call.blocker(what, "cluster the table, or partition by a generated column", part))
    if names & _CREATE and "using" not in names:
        message = "the table that this makes is Delta, where Glue's catalog makes an Iceberg table"
        found.append(call.warning(message, 'let its readers read the table; add .using("iceberg") to keep the format'))
    for leaf, one in calls:
        if leaf == "tableProperty" and one.args and call.literal(one.args[0]) == "location":
            message = "the table that this makes has a folder of its own, which Unity Catalog has to know"
            found.append(call.warning(message, "make it an external location, or drop the property location", one))
    if "overwritePartitions" in names:
        message = "overwritePartitions replaces partitions of the target: a table without them is replaced as a whole"
        found.append(call.warning(message, "see that the table is partitioned by the columns of the Iceberg table"))
    return found


def _calls_after(call: GlueCall) -> list[tuple[str, ast.Call]]:
    """Return the calls that a chain goes on with, by their last name."""
    found: list[tuple[str, ast.Call]] = []
    node: ast.expr = call.node
    parents = call.place.parents
    while isinstance(method := parents.get(node), ast.Attribute) and isinstance(above := parents.get(method), ast.Call):
        if above.func is not method:
            break
        found.append((method.attr, above))
        node = above
    return found


def _leaf(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
