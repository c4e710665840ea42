"""Streams into Iceberg tables, `df.writeStream.format("iceberg")`, go to the Delta tables in their place by name.

Source: iceberg.apache.org/docs/latest (spark-structured-streaming): `toTable(name)`, or the table's name as the path of `start`.
"""

import ast

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.io.lakes import iceberg_name, told_of_catalog
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite

_KNOWN = frozenset({"checkpointLocation", "fanout-enabled", "mergeSchema", "path"})


def stream_to_table(call: GlueCall) -> Answer:
    """Answer for the format of a stream's writer in one chain with `toTable` or `start`."""
    chain = _chain(call)
    end = chain[-1]
    if _leaf(end) not in ("toTable", "start"):
        return call.blocker(
            "a stream is written to an Iceberg table, and not in one chain", "write it by name: toTable(name)"
        )
    held = [one for one in chain if _leaf(one) in ("option", "options")]
    names = [call.literal(one.args[0]) if _leaf(one) == "option" and one.args else None for one in held]
    if left := [name for name in names if name not in _KNOWN]:
        shown = ", ".join(str(name or "that is computed") for name in left)
        return call.blocker(
            f"a stream is written to an Iceberg table with the option {shown}", "write it by name: toTable(name)"
        )
    delta = (call.node.args[0], Code(('"delta"',)))
    if _leaf(end) == "toTable":
        told = call.info("format iceberg goes: the stream is written to the Delta table of that name", "")
        return Rewrite(others=(delta,), findings=(told,))
    placed = [one for one, name in zip(held, names, strict=True) if name == "path"]
    given = [*end.args, *(one.args[1] for one in placed)]
    table = iceberg_name(call, given[0]) if len(given) == 1 and not end.keywords else None
    if table is None:
        return call.blocker(
            "which Iceberg table a stream is written to is not clear", "write it by name: toTable(name)"
        )
    findings = (_told(call), *told_of_catalog(call, given[0]))
    return Rewrite(others=(delta, *_by_name(end, placed, table)), findings=findings)


def _by_name(end: ast.Call, placed: list[ast.Call], table: Code) -> list[tuple[ast.expr, Code]]:
    assert isinstance(end.func, ast.Attribute)
    edits: list[tuple[ast.expr, Code]] = [(end, code("{base}.toTable({table})", base=end.func.value, table=table))]
    for one in placed:
        assert isinstance(one.func, ast.Attribute)
        edits.append((one, code("{before}", before=one.func.value)))
    return edits


def _told(call: GlueCall) -> Finding:
    message = (
        "format iceberg, option path and start() become toTable: the stream is written to the Delta table of that name"
    )
    return call.info(message, "")


def _leaf(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""


def _chain(call: GlueCall) -> list[ast.Call]:
    """Return the calls from the first after `writeStream` to the last one, or to the one that starts the stream."""
    found = [call.node]
    while isinstance(inner := found[0].func, ast.Attribute) and isinstance(inner.value, ast.Call):
        found.insert(0, inner.value)
    start = next(i for i, one in enumerate(found) if _follows_stream(one))
    parents = call.place.parents
    while _leaf(found[-1]) not in ("toTable", "start"):
        attribute = parents.get(found[-1])
        after = parents.get(attribute) if isinstance(attribute, ast.Attribute) else None
        if not isinstance(after, ast.Call) or after.func is not attribute:
            break
        found.append(after)
    return found[start:]


def _follows_stream(node: ast.Call) -> bool:
    before = node.func.value if isinstance(node.func, ast.Attribute) else None
    return isinstance(before, ast.Attribute) and before.attr == "writeStream"
