"""How a module spells a function that was a member of a Glue class, and the import that it needs for it."""

import ast
import builtins
from collections.abc import Collection, Iterable
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.compat import helper_names
from glue2lakehouse.tools.rewrite.kinds.added import Extension, Refused
from glue2lakehouse.tools.rewrite.kinds.openness import late_stars
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo, module_name
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World

_PUT_IN = frozenset("F SF sql_functions spark dbutils SparkSession DataFrame".split()) | frozenset(dir(builtins))
"""Names that the converted text may bring, or use of Python's own, besides those of the helpers."""


class Spelled(NamedTuple):
    """The name, and the import of it, if one is needed; it has to come after the statement `anchor`, if there is one."""

    name: str
    anchor: ast.stmt | None = None
    line: str = ""


def spelled(world: World, user: ModuleInfo, extension: Extension) -> Spelled:
    """Return the name under which a module has, or can have, the function of a member; raises Refused where it cannot."""
    home, name = world.modules[extension.home], extension.spelled
    if user.exposed:
        raise Refused(f"{user.path} may set its names out of sight")
    if user is home:
        if bindings(user, name) != extension.named or late_stars(user):
            raise Refused(f"`{name}` is the name of something else as well in {user.path}")
        return Spelled(name)
    held = user.scope.get(name)
    imported = any(isinstance(each, ast.ImportFrom) and name in map(_alias, each.names) for each in user.tree.body)
    if held == Kind("function", extension.function) and imported and bindings(user, name) == 1 and not late_stars(user):
        return Spelled(name)
    anchor = world.load_order.anchor(user.path, home.path)
    alone = not extension.replaces and world.load_order.always_with(user.path, home.path)
    if anchor is None and not alone:
        raise Refused(f"{user.path} uses `{extension.name}` and does not import, at its top, the module that has it")
    if user.path in world.load_order.may_load(home.path):
        raise Refused(f"{home.path}, which has `{extension.name}`, itself imports {user.path}, which uses it")
    if late_stars(user) > (anchor.lineno if anchor is not None else 0):
        raise Refused(f"a star import in {user.path} may bring another `{name}`")
    taken = {each.spelled for each in world.extensions.values() if each.function != extension.function}
    free = free_name(world, user, (name, f"{snake(extension.owner)}_{extension.name}"), taken)
    origin = _origin(world, user, home, anchor)
    if free is None or origin is None:
        raise Refused(f"`{name}` cannot be imported into {user.path}: the name is taken, or the module's is not known")
    return Spelled(free, anchor, f"from {origin} import {name}" + (f" as {free}" if free != name else ""))


def snake(owner: str) -> str:
    """Return a Glue class as the start of a function's name."""
    return {GLUE_CONTEXT: "glue_context", DYNAMIC_FRAME: "dynamic_frame", COLLECTION: "collection"}[owner]


def free_name(world: World, module: ModuleInfo, names: Iterable[str], taken: Collection[str]) -> str | None:
    """Return the first name that a module can be given: a star import hands it on, and `taken` are those of other functions."""
    taken = {*taken, *helper_names(), *_PUT_IN}
    reached = [world.modules[path] for path in world.load_order.star_importers(module.path)]
    return next((name for name in names if name not in taken and all(is_free(each, name) for each in reached)), None)


def is_free(module: ModuleInfo, name: str) -> bool:
    """Whether a module neither binds nor looks up a name, a builtin of Python's included."""
    loads = any(isinstance(node, ast.Name) and node.id == name for node in module.nodes)
    return not loads and not bindings(module, name)


def bindings(module: ModuleInfo, name: str) -> int:
    """Return how often a module binds a name, in any scope."""
    return sum(name in _bound(node) for node in module.nodes)


def bindings_at_top(module: ModuleInfo, name: str) -> int:
    """Return how often a module binds a global name at its top."""
    return sum(name in _bound(node) and _is_at_top(module, node) for node in module.nodes)


def _is_at_top(module: ModuleInfo, node: ast.AST) -> bool:
    above = module.parents.get(node)
    while above is not None and not isinstance(above, _SCOPES):
        above = module.parents.get(above)
    return above is None


_SCOPES = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)


def _bound(node: ast.AST) -> tuple[str, ...]:
    if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
        return (node.id,)
    if isinstance(node, ast.arg):
        return (node.arg,)
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return (node.name,)
    if isinstance(node, ast.alias):
        return (_alias(node),)
    if isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar):
        return (node.name or "",)
    if isinstance(node, ast.MatchMapping):
        return (node.rest or "",)
    return ()


def _alias(node: ast.alias) -> str:
    return (node.asname or node.name).partition(".")[0]


def _origin(world: World, user: ModuleInfo, home: ModuleInfo, anchor: ast.stmt | None) -> str | None:
    """Return how `user` names the module `home` in an import."""
    if isinstance(anchor, ast.ImportFrom) and anchor.level:
        return _relative(user.path, home.path, anchor.level)
    for module in (user, *world.modules.values()):
        for node in module.nodes:
            for dotted in _imported(node):
                root = _root(world.index.find(dotted, module.path), dotted)
                if root is None or not home.path.startswith(root):
                    continue
                origin = module_name(home.path[len(root) :])
                if origin and world.index.find(origin, user.path) == home.path:
                    return origin
    return None


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    return [node.module] if isinstance(node, ast.ImportFrom) and node.module and not node.level else []


def _root(path: str | None, dotted: str) -> str | None:
    """Return the folder that a module is found from: its path without what its name spells."""
    if path is None:
        return None
    spelling = dotted.replace(".", "/")
    for ending in (f"{spelling}.py", f"{spelling}/__init__.py"):
        if path == ending or path.endswith("/" + ending):
            return path[: len(path) - len(ending)]
    return None


def _relative(user: str, home: str, deepest: int) -> str | None:
    """Return the relative name of a module, at most as many packages up as `deepest` dots lead."""
    package, parts = user.split("/")[:-1], module_name(home).split(".")
    shared = 0
    while shared < min(len(package), len(parts)) and package[shared] == parts[shared]:
        shared += 1
    dots = len(package) - shared + 1
    return "." * dots + ".".join(parts[shared:]) if dots <= deepest else None
