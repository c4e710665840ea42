"""Rows that an RDD is made of on the driver: whether a list of them gives the same frame, and who takes one as well."""

import ast
from collections.abc import Iterable

from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, SPARK_SESSION, UNKNOWN
from glue2lakehouse.tools.rewrite.kinds.world import World
from glue2lakehouse.tools.rewrite.rule import Place, Use

_FROM_RDD = frozenset({f"{READER}.from_rdd", f"{GLUE_CONTEXT}.create_dynamic_frame_from_rdd"})
_TAKERS = _FROM_RDD | {
    f"{SPARK_SESSION}.createDataFrame", "pyspark.sql.SQLContext.createDataFrame", f"{GLUE_CONTEXT}.createDataFrame",
    "pyspark.sql.DataFrameReader.json",
}  # fmt: skip
SAME_FIELDS = "rows that are dicts all have the fields of the first, which tells the fields of an RDD"


def fields_differ(use: Use, rows: ast.expr | None, schema: ast.expr | None) -> bool:
    """Whether the rows are dicts of several shapes and nothing gives their types: of an RDD only the first one's fields are read."""
    told = use.value_of(schema)
    if isinstance(told, ast.Call) or (isinstance(told, ast.Constant) and told.value is not None):
        return False
    held = use.value_of(rows)
    if not isinstance(held, ast.List | ast.Tuple):
        return False
    shapes = {
        frozenset(key.value if isinstance(key, ast.Constant) else key for key in row.keys)
        for row in (use.value_of(each) for each in held.elts)
        if isinstance(row, ast.Dict)
    }
    return len(shapes) > 1


def only_rows(use: Use, name: ast.Name) -> bool:
    """Whether every use of the name takes a list as well as an RDD, or is rewritten to take one."""
    uses = [n for n in use.place.nodes.of(ast.Name) if n.id == name.id and n is not name]
    return all(isinstance(node.ctx, ast.Load) and _takes_list(use.place, node) for node in uses)


def _takes_list(place: Place, node: ast.Name) -> bool:
    parent = place.parents[node]
    if isinstance(parent, ast.Attribute):
        return parent.attr == "toDF"
    keyword = parent.arg if isinstance(parent, ast.keyword) else None
    call = place.parents[parent] if isinstance(parent, ast.keyword) else parent
    if not isinstance(call, ast.Call):
        return False
    if place.world.callees.get(call) in _TAKERS:
        return _is_data(call, node)
    targets = _targets(place.world, call)
    return bool(targets) and all(_hands_on(place.world, target, call, node, keyword) for target in targets)


def _is_data(call: ast.Call, node: ast.expr) -> bool:
    return call.args[:1] == [node] or any(each.arg == "data" and each.value is node for each in call.keywords)


def _targets(world: World, call: ast.Call) -> list[FunctionInfo]:
    callee = world.kinds.get(call.func, UNKNOWN)
    if callee.tag == "method" and callee.receiver is not None and callee.receiver.tag == "instance":
        return world.overrides(callee.receiver.name, callee.name.rsplit(".", 1)[-1])
    info = world.functions.get(callee.name) if callee.tag == "function" and callee.receiver is None else None
    return [info] if info is not None else []


def _hands_on(world: World, function: FunctionInfo, call: ast.Call, node: ast.expr, keyword: str | None) -> bool:
    """Whether a function of the project does nothing with the argument but to make a frame of it."""
    if any(isinstance(each, ast.Starred) for each in call.args):
        return False
    arguments = function.node.args
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    names = names[1:] if function.owner is not None and "staticmethod" not in function.decorators else names
    if keyword is None:
        position = call.args.index(node)
        keyword = names[position] if position < len(names) else None
    if keyword not in (*names, *(each.arg for each in arguments.kwonlyargs)):
        return False
    inside = [each for each in below(function.node) if isinstance(each, ast.Name) and each.id == keyword]
    parents = function.module.parents
    return bool(inside) and _passes_on(world, function) and all(
        isinstance(each.ctx, ast.Load) and _is_data_of(world, parents, each) for each in inside
    )  # fmt: skip


def _is_data_of(world: World, parents: dict[ast.AST, ast.AST], node: ast.Name) -> bool:
    parent = parents[node]
    call = parents[parent] if isinstance(parent, ast.keyword) else parent
    return isinstance(call, ast.Call) and world.callees.get(call) in _FROM_RDD and _is_data(call, node)


def _passes_on(world: World, function: FunctionInfo) -> bool:
    """Whether the decorators of a function are the project's own and only hand its arguments on."""
    for decorator in function.node.decorator_list:
        made = world.functions.get(world.kinds.get(decorator, UNKNOWN).name)
        inner = [each for each in made.node.body if isinstance(each, ast.FunctionDef)] if made is not None else []
        if len(inner) != 1 or not _only_stars(inner[0]):
            return False
    return True


def _only_stars(function: ast.FunctionDef) -> bool:
    arguments = function.args
    names = {each.arg for each in (arguments.vararg, arguments.kwarg) if each is not None}
    nodes = below(function)
    starred: Iterable[ast.AST] = (each.value for each in nodes if isinstance(each, ast.Starred))
    mapped = (each.value for each in nodes if isinstance(each, ast.keyword) and each.arg is None)
    handed = {id(each) for each in (*starred, *mapped)}
    used = [each for each in nodes if isinstance(each, ast.Name) and each.id in names]
    rest = [each.arg for each in (*arguments.posonlyargs, *arguments.args)]
    return len(names) == 2 and rest in ([], ["self"]) and all(id(each) in handed for each in used)
