"""Where a project adds members to Glue's classes: by assignment or `setattr`, in a loop over a dict, by a decorator."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from glue2lakehouse.tools.rewrite.kinds.added import Refused
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import UNKNOWN, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World


@dataclass(slots=True)
class Site:
    """One member that one patch adds; `value` is the expression or function that becomes it."""

    module: ModuleInfo
    node: ast.expr
    owner: ast.expr | None
    name: str | None
    value: "ast.expr | FunctionInfo | None"
    action: Literal["remove", "bind"] = "remove"
    decorator: ast.expr | None = None
    home: ModuleInfo | None = None
    only_new: bool = False
    """Whether it is added only where the class has no such member."""


def sites_of(world: World, module: ModuleInfo, node: ast.expr) -> list[Site]:
    """Return what a patch adds; a loop and a decorator add several members."""
    parents = module.parents
    statement: ast.AST = parents[node]
    above = parents.get(statement)
    owner, name, value = _parts(node, statement)
    if above is module.tree:
        return [Site(module, node, owner, name, value, "bind" if lambda_of(value) is not None else "remove")]
    if isinstance(above, ast.For) and parents.get(above) is module.tree and above.body == [statement]:
        return [Site(module, above.iter, owner, each, given) for each, given in _looped(world, module, above, node)]
    guarded = _is_guard(above, name, owner) and not isinstance(value, ast.Lambda)
    if guarded and isinstance(above, ast.If) and parents.get(above) is module.tree:
        return [Site(module, above.test, owner, name, value, only_new=True)]
    decorated = _decorated(world, module, statement, above, parents, node)
    if decorated is None:
        raise Refused("the class is extended in a branch or a function, so that whether it is, is told at run time")
    return decorated


def _is_guard(above: ast.AST | None, name: str | None, owner: ast.expr | None) -> bool:
    """Whether the statement around a patch is `if not hasattr(DynamicFrame, "tidy"):`, and nothing else is in it."""
    if not isinstance(above, ast.If) or above.orelse or len(above.body) != 1 or owner is None:
        return False
    asked = above.test.operand if isinstance(above.test, ast.UnaryOp) and isinstance(above.test.op, ast.Not) else None
    return asked is not None and ast.unparse(asked) == f"hasattr({ast.unparse(owner)}, {name!r})"


def _parts(node: ast.expr, statement: ast.AST) -> tuple[ast.expr | None, str | None, ast.expr | None]:
    if isinstance(node, ast.Attribute):
        if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
            raise Refused("the member is not simply assigned")
        return node.value, node.attr, statement.value
    if not isinstance(node, ast.Call) or not isinstance(statement, ast.Expr) or len(node.args) != 3 or node.keywords:
        raise Refused("the class is not extended by a statement of its own")
    told = node.args[1]
    return node.args[0], told.value if _is_text(told) else None, node.args[2]  # type: ignore[attr-defined]


def lambda_of(value: "ast.expr | FunctionInfo | None") -> ast.Lambda | None:
    """Return the lambda that is added, also as a property."""
    if (
        isinstance(value, ast.Call)
        and name_of(value.func) == "property"
        and len(value.args) == 1
        and not value.keywords
    ):
        value = value.args[0]
    return value if isinstance(value, ast.Lambda) else None


def _is_text(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, str)


def _looped(world: World, module: ModuleInfo, loop: ast.For, node: ast.expr) -> Iterator[tuple[str, ast.expr]]:
    """Yield names and values of a loop over a dict of them, or over functions that are added by their own names."""
    if loop.orelse or not isinstance(node, ast.Call):
        raise Refused("the loop does more than to add members")
    key, value = node.args[1:]
    over = loop.iter
    if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and over.func.attr == "items":
        held = written_out(module, over.func.value)
        pair = loop.target.elts if isinstance(loop.target, ast.Tuple) else []
        spelled = [getattr(part, "id", "") for part in (*pair, key, value)]
        if not isinstance(held, ast.Dict) or len(pair) != 2 or spelled[:2] != spelled[2:]:
            raise Refused("the members that the loop adds are not written out")
        for name, given in zip(held.keys, held.values, strict=True):
            if name is None or not _is_text(name):
                raise Refused("the names that the loop adds are not written out")
            yield name.value, given  # type: ignore[attr-defined]
        return
    held = written_out(module, over)
    own = isinstance(key, ast.Attribute) and key.attr == "__name__" and ast.unparse(key.value) == ast.unparse(value)
    if not own or not isinstance(held, ast.List | ast.Tuple) or ast.unparse(loop.target) != ast.unparse(value):
        raise Refused("the names that the loop adds are not written out")
    for given in held.elts:
        function = world.functions.get(world.kinds.get(given, UNKNOWN).name)
        if function is None:
            raise Refused("what the loop adds are not all functions of the project")
        yield function.node.name, given


def written_out(module: ModuleInfo, node: ast.expr) -> ast.expr:
    """Return a display, also the one that a name is bound to at the top of the module, once and for good."""
    if not isinstance(node, ast.Name):
        return node
    every = [each for each in module.nodes.of(ast.Name) if each.id == node.id]
    stores = [each for each in every if not isinstance(each.ctx, ast.Load)]
    assigned = [
        each.value
        for each in module.tree.body
        if isinstance(each, ast.Assign) and len(each.targets) == 1 and each.targets[0] in stores
    ]
    return assigned[0] if len(stores) == len(assigned) == 1 and len(every) == 2 else node


def _decorated(
    world: World, module: ModuleInfo, statement: ast.AST, above: ast.AST | None, parents: dict[ast.AST, ast.AST],
    node: ast.expr,
) -> list[Site] | None:  # fmt: skip
    """Return what the decorator adds in which the patch stands; None where it is no decorator that does just that."""
    shape = _extender(statement, above, parents, node)
    if shape is None:
        return None
    made, by_call, named = shape
    functions = [info for info in world.functions.values() if info.node is made]
    if len(functions) != 1 or made not in module.tree.body:
        return None
    extender = Kind("function", functions[0].name)
    held_by = [each for each, held in world.kinds.items() if held == extender]
    uses = [each for each in held_by if isinstance(getattr(each, "ctx", None), ast.Load)]
    sites = []
    for info in world.functions.values():
        for decorator in info.node.decorator_list:
            called = decorator.func if isinstance(decorator, ast.Call) else decorator
            if called not in uses:
                continue
            given = decorator.args if isinstance(decorator, ast.Call) else []
            keywords = isinstance(decorator, ast.Call) and decorator.keywords
            if isinstance(decorator, ast.Call) is not by_call or len(given) != by_call + named or keywords:
                raise Refused("the decorator that extends the class is called in another way than it is defined")
            if len(info.node.decorator_list) != 1 or info.node not in info.module.tree.body:
                raise Refused("a function that is added has other decorators as well, or is no global")
            owner = given[0] if by_call else _parts(node, statement)[0]
            name = info.node.name if not named else getattr(given[1], "value", None)
            sites.append(Site(module, node, owner, name, info, decorator=decorator, home=info.module))
    if not sites or len(sites) != len(uses):
        raise Refused("the function that extends the class is not only used as a decorator")
    return sites


def _extender(
    statement: ast.AST, above: ast.AST | None, parents: dict[ast.AST, ast.AST], node: ast.expr
) -> tuple[ast.FunctionDef, bool, bool] | None:
    """Return the function that is a decorator, whether it is called for one, and whether it is given a name.

    `def extend(cls): def add(f): setattr(cls, f.__name__, f); return f; return add`, or the inner one by itself.
    """
    if not isinstance(above, ast.FunctionDef) or not isinstance(node, ast.Call) or above.decorator_list:
        return None
    names = [argument.arg for argument in above.args.args]
    body = _without_docstring(above.body)
    returned = body[-1] if len(body) == 2 and body[0] is statement else None
    if len(names) != 1 or not isinstance(returned, ast.Return) or name_of(returned.value) != names[0]:
        return None
    owner, key, value = node.args
    by_name = ast.unparse(key) == f"{names[0]}.__name__"
    if name_of(value) != names[0]:
        return None
    outer = parents.get(above)
    if isinstance(outer, ast.Module):
        return (above, False, False) if by_name else None
    if not isinstance(outer, ast.FunctionDef) or outer.decorator_list:
        return None
    given = [argument.arg for argument in outer.args.args]
    around = _without_docstring(outer.body)
    end = around[-1] if len(around) == 2 and around[0] is above else None
    if not isinstance(end, ast.Return) or name_of(end.value) != above.name or not given or name_of(owner) != given[0]:
        return None
    if len(given) == 1 and by_name:
        return outer, True, False
    return (outer, True, True) if len(given) == 2 and name_of(key) == given[1] else None


def _without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    documented = body and isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant)
    return body[1:] if documented else body


def name_of(node: ast.expr | None) -> str:
    """Return the name that an expression is, empty for any other."""
    return node.id if isinstance(node, ast.Name) else ""
