"""Sinks and writes of the project that go to tables, by the paths where Glue keeps the files of those tables.

Who deletes the files of such a path empties a table of Glue's. The table that takes its place is managed and keeps its rows.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.constants import scope_of
from glue2lakehouse.tools.rewrite.kinds.neighbours import neighbours
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.rule import Use

_DELETES = re.compile(
    r"\.objects\b[^;]{0,200}?\.delete\(|\bdelete_objects?\(|\bs3 rm\b|[\"']s3[\"'],\s*[\"']rm[\"']|\brm_(?:r|tree)\(|\bs3fs\b[\s\S]*?\.rm\("
)
"""What deletes objects of S3 other than Glue's own purges."""


@dataclass(frozen=True, slots=True)
class TableSink:
    """A sink of a catalog table: where it is made, its path (None: not seen), and the table's names."""

    module: ModuleInfo
    maker: ast.Call
    path: ast.expr | None
    database: ast.expr | None
    table: ast.expr | None


def table_sinks(use: Use) -> Iterator[TableSink]:
    """Yield the sinks of the project that `setCatalogInfo` gives a table, and the writes to tables by their names."""
    for module in neighbours(use.place.world, use.place.module):
        if "setCatalogInfo" in module.source:
            yield from _sinks_of(module)
        if "write_dynamic_frame" in module.source:
            yield from _writes_of(module)


def deleted_elsewhere(use: Use) -> tuple[Finding, ...]:
    """Say at a write to a table that the project deletes objects of S3, which may be those of the table in Glue."""
    memory = use.place.memory
    if "deletes" not in memory:
        memory["deletes"] = [
            f"{module.path}:{module.source.count(chr(10), 0, found.start()) + 1}"
            for module in neighbours(use.place.world, use.place.module)
            if (found := _DELETES.search(module.source))
        ]
    places = memory["deletes"]
    assert isinstance(places, list)
    if not places:
        return ()
    return (
        use.warning(
            f"{', '.join(sorted(places)[:3])} deletes objects of S3: a managed Delta table keeps its rows where its files of Glue are meant",
            "where the table's files are deleted there, delete its rows: DELETE FROM",
        ),
    )


def _sinks_of(module: ModuleInfo) -> Iterator[TableSink]:
    """Yield the sinks that are named by the variable that holds them, and with unknown names those that go elsewhere."""
    nodes = list(ast.walk(module.tree))
    calls = [node for node in nodes if isinstance(node, ast.Call)]
    makers = [node for node in calls if _leaf(node) == "getSink"]
    holders = {
        node.value: ast.unparse(node.targets[0])
        for node in nodes
        if isinstance(node, ast.Assign) and len(node.targets) == 1 and node.value in makers
    }
    for maker in makers:
        given = {keyword.arg: keyword.value for keyword in maker.keywords}
        if _is_false(given.get("enableUpdateCatalog")):
            continue
        holder = holders.get(maker, "")
        names = _naming(maker, holder, calls, [one for one in holders if holders[one] == holder])
        if names is None and holder and not _goes_elsewhere(nodes, holder):
            continue
        parts = {keyword.arg: keyword.value for keyword in names.keywords} if names is not None else {}
        parts |= dict(zip(("catalogDatabase", "catalogTableName"), names.args, strict=False)) if names else {}
        yield TableSink(
            module, maker, given.get("path"), parts.get("catalogDatabase"), parts.get("catalogTableName")
        )  # fmt: skip


def _naming(maker: ast.Call, holder: str, calls: list[ast.Call], makers: list[ast.Call]) -> ast.Call | None:
    """Return the call that names the table of a sink: by its variable, before that holds another sink."""
    until = min((one.lineno for one in makers if one.lineno > maker.lineno), default=None)
    named = [
        node
        for node in calls
        if isinstance(node.func, ast.Attribute)
        and node.func.attr == "setCatalogInfo"
        and ast.unparse(node.func.value) == holder
        and node.lineno >= maker.lineno
        and (until is None or node.lineno < until)
    ]
    return min(named, key=lambda node: node.lineno, default=None)


def _goes_elsewhere(nodes: list[ast.AST], holder: str) -> bool:
    """Whether what a variable holds is used otherwise than for calls of its methods."""
    receivers = {id(node.value) for node in nodes if isinstance(node, ast.Attribute)}
    uses = (node for node in nodes if isinstance(node, ast.Name | ast.Attribute) and isinstance(node.ctx, ast.Load))
    return any(id(node) not in receivers and ast.unparse(node) == holder for node in uses)


def _writes_of(module: ModuleInfo) -> Iterator[TableSink]:
    for node in (each for each in ast.walk(module.tree) if isinstance(each, ast.Call)):
        owner = node.func.value if isinstance(node.func, ast.Attribute) else None
        method = _leaf(node) == "from_catalog" and getattr(owner, "attr", "") == "write_dynamic_frame"
        if method or _leaf(node) == "write_dynamic_frame_from_catalog":
            yield TableSink(module, node, None, None, None)


def _leaf(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")


def _is_false(node: ast.expr | None) -> bool:
    return isinstance(node, ast.Constant) and node.value in (False, "false", "False")


def is_folder_of(use: Use, path: ast.expr, sink: TableSink) -> bool | None:
    """Whether the sink's files are below the path, or it below theirs; None where nothing tells."""
    own = sink.module is use.place.module
    one, other = use.literal(path), _literal(use, sink)
    if isinstance(one, str) and isinstance(other, str):
        shorter, longer = sorted((one.rstrip("/") + "/", other.rstrip("/") + "/"), key=len)
        return longer.startswith(shorter)
    if sink.path is None or not own or ast.unparse(path) != ast.unparse(sink.path):
        return None
    return True if ast.unparse(path).startswith("self.") or same_scope(use, sink) else None


def _literal(use: Use, sink: TableSink) -> object:
    if isinstance(sink.path, ast.Constant):
        return sink.path.value
    return use.literal(sink.path) if sink.module is use.place.module else None


def same_scope(use: Use, sink: TableSink) -> bool:
    """Whether the sink is made in the function (or module) that the use stands in."""
    parents = use.place.parents
    return sink.module is use.place.module and scope_of(sink.maker, parents) is scope_of(use.node, parents)


def means_the_same(use: Use, sink: TableSink) -> bool:
    """Whether the table's names and path say at the use what they say at the sink: constants, and names that are not bound between."""
    parts = [part for part in (sink.database, sink.table) if part is not None]
    if len(parts) < 2 or sink.module is not use.place.module:
        return False
    path = [sink.path] if sink.path is not None and not isinstance(_literal(use, sink), str) else []
    used = {node.id for part in (*parts, *path) for node in ast.walk(part) if isinstance(node, ast.Name)}
    if not used:
        return all(isinstance(part, ast.Constant) for part in parts)
    if not same_scope(use, sink) or any(isinstance(node, ast.Call) for part in parts for node in ast.walk(part)):
        return False
    scope = scope_of(use.node, use.place.parents)
    for name in used:
        bound = [
            node.lineno
            for node in use.place.nodes.of(ast.Name)
            if node.id == name
            and isinstance(node.ctx, ast.Store | ast.Del)
            and scope_of(node, use.place.parents) is scope
        ]
        if bound and any(line >= use.node.lineno for line in bound):
            return False
    return True
