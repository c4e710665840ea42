"""Members that a project adds to Glue's classes at run time: which they are, and what keeps one from being a function.

    setattr(GlueContext, "read", read)        DynamicFrame.tidy = lambda frame: …
    @extend(DynamicFrame)                     for name, function in {"tidy": tidy}.items(): setattr(DynamicFrame, name, function)

An added member is understood where it is added once, at the top of a module, and is a function, lambda or property
that a global of the project holds. A program that ran without the patch would fail at a member that Glue has not; a member
that Glue has of its own is understood for the few that Glue's library never uses itself.
"""

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache

from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.added import Extension, Found, Key, Mode, Patch, Refused
from glue2lakehouse.tools.rewrite.kinds.added_names import bindings_at_top, free_name, snake
from glue2lakehouse.tools.rewrite.kinds.patch_sites import Site, lambda_of, name_of, sites_of, written_out
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT, UNKNOWN, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World

_OWNERS = frozenset({GLUE_CONTEXT, DYNAMIC_FRAME, COLLECTION})
_REPLACEABLE = frozenset({(GLUE_CONTEXT, "read"), (GLUE_CONTEXT, "readStream"), (DYNAMIC_FRAME, "write")})
"""Members that Glue has and that nothing in Glue's library uses, so that only the project's own code meets another one."""
_OF_SQL_CONTEXT = frozenset(
    "builder cacheTable clearCache createDataFrame createExternalTable dropTempTable getConf getOrCreate newSession range "
    "read readStream registerDataFrameAsTable registerFunction registerJavaFunction setConf sparkSession sql streams "
    "table tableNames tables udf udtf uncacheTable".split()
)


def find(world: World, refused: Mapping[Key, str]) -> Found:
    """Look at every patch of a finished world; `refused` are the members that are known to be out of the question."""
    found = Found()
    sites: list[tuple[ast.expr, Site]] = []
    for path, node in dict.fromkeys(world.patches):
        try:
            sites += [(node, site) for site in sites_of(world, world.modules[path], node)]
        except Refused as why:
            found.refused[node] = str(why)
            found.lost |= dict.fromkeys(_told(world, node), f"{path}:{node.lineno}")
            found.kept += [node.value] if isinstance(node, ast.Attribute) else getattr(node, "args", [])[:1]
    keys = [(_class(world, site.owner), site.name) for _, site in sites]
    for (node, site), key in zip(sites, keys, strict=True):
        try:
            if keys.count(key) > 1:
                raise Refused(f"`{site.name}` is added more than once, so that which one is called is told at run time")
            if reason := refused.get((key[0], key[1] or "")):
                raise Refused(reason)
            extension = _extension(world, site, [each.spelled for each in found.extensions.values()])
        except Refused as why:
            found.refused[node] = str(why)
            keys_lost = [key] if key[0] else [(owner, site.name) for owner in world.patched(site.owner)]
            found.lost |= {(owner, name): f"{site.module.path}:{node.lineno}" for owner, name in keys_lost if name}
            continue
        found.extensions[extension.key] = extension
        found.patches += _patches(world, site, extension)
    _drop(found, sites)
    return found


def _told(world: World, node: ast.expr) -> Iterator[Key]:
    """Yield the classes and the name of a member that is added in no way that is understood, as far as they are told."""
    if isinstance(node, ast.Attribute):
        yield from ((owner, node.attr) for owner in world.patched(node.value))
    elif isinstance(node, ast.Call) and len(node.args) > 1:
        name = world.kinds.get(node.args[1], UNKNOWN)
        yield from ((owner, name.name) for owner in world.patched(node.args[0]) if name.tag == "text")


def _class(world: World, node: ast.expr | None) -> str:
    """Return the one Glue class that an expression is."""
    found = world.patched(node)
    return found[0] if len(found) == 1 else ""


def _drop(found: Found, sites: Iterable[tuple[ast.expr, Site]]) -> None:
    """One patch that adds several members is understood as a whole or not at all."""
    lost = {id(site.node) for node, site in sites if node in found.refused}
    lost_keys = {patch.extension.key for patch in found.patches if id(patch.node) in lost}
    found.patches = [patch for patch in found.patches if patch.extension.key not in lost_keys]
    found.kept += [site.owner for node, site in sites if node in found.refused and site.owner is not None]
    found.lost |= {key: f"{found.extensions[key].path}:{found.extensions[key].line}" for key in lost_keys}
    found.extensions = {key: extension for key, extension in found.extensions.items() if key not in lost_keys}


def _patches(world: World, site: Site, extension: Extension) -> Iterator[Patch]:
    yield Patch(site.module.path, site.node, site.action, extension)
    if site.decorator is not None:
        yield Patch(extension.home, site.decorator, "undecorate", extension)
    elif extension.mode == "property" and (function := world.functions.get(extension.function)):
        yield from (
            Patch(extension.home, decorator, "undecorate", extension)
            for decorator in function.node.decorator_list
            if isinstance(decorator, ast.Name) and decorator.id == "property"
        )


def _extension(world: World, site: Site, taken: Collection[str]) -> Extension:
    """Return the member that a site adds, or raise the reason why it cannot be told; `taken` are the names of other functions."""
    owner, name = _class(world, site.owner), site.name
    if not name or name.startswith("_"):
        raise Refused("a member is added whose name is only known at run time, or may be one of Glue's internals")
    if owner not in _OWNERS:
        raise Refused("the class that is extended has no counterpart that its members could be functions of")
    replaces = name in members(owner)
    if replaces and site.only_new:
        raise Refused(f"`{name}` is added where Glue has none, which it has")
    if replaces and (owner, name) not in _REPLACEABLE:
        raise Refused(f"`{name}` of Glue's own is replaced, and Glue's library may use it itself")
    for child in world.descendants(owner):
        if name in world.classes[child].methods or name in world.classes[child].attributes:
            raise Refused(f"a class of the project that derives from it has a `{name}` of its own")
    if _is_taken_away(world, name):
        raise Refused(f"`{name}` is taken away again")
    mode, function, home, spelled = _callable(world, site, owner, name, taken)
    line, named = getattr(site.node, "lineno", 0), site.action != "bind"
    return Extension(owner, name, site.module.path, line, mode, function, home.path, spelled, named, replaces)


@cache
def members(owner: str) -> frozenset[str]:
    """Return the names of all members that a Glue class has of its own or inherits."""
    prefix = owner.removeprefix("awsglue.") + "."
    own = {
        row.name.removeprefix(prefix).split(".")[0] for row in facts.callables().values() if row.name.startswith(prefix)
    }
    inherited = _OF_SQL_CONTEXT if owner == GLUE_CONTEXT else frozenset()
    return frozenset({*own, *inherited, *stubs.ATTRIBUTES.get(owner, ())})


def _is_taken_away(world: World, name: str) -> bool:
    return any(
        (isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Del) and node.attr == name)
        or (isinstance(node, ast.Call) and name_of(node.func) == "delattr" and name in _texts(node))
        for module in world.modules.values()
        if name in module.source
        for node in module.nodes
    )


def _texts(call: ast.Call) -> list[object]:
    return [argument.value for argument in call.args if isinstance(argument, ast.Constant)]


def _callable(
    world: World, site: Site, owner: str, name: str, taken: Collection[str]
) -> tuple[Mode, str, ModuleInfo, str]:
    """Return how the member is called, the kind of its function, and the module and global that have it."""
    value, module = site.value, site.module
    if isinstance(value, FunctionInfo):
        return ("method", *_global(world, value, frozenset()))
    mode: Mode = "method" if isinstance(value, ast.Lambda) else "property"
    if site.action == "bind" and (made := lambda_of(value)) is not None:
        spelled = free_name(world, module, (name, f"{snake(owner)}_{name}"), taken)
        if spelled is None or not name.isidentifier() or module.exposed or not made.args.args:
            raise Refused(f"no name is free for the function that `{name}` is, or it takes no argument")
        return mode, world.kinds.get(made, UNKNOWN).name, module, spelled
    value = _written_out_call(module, value)
    if isinstance(value, ast.Call):
        if name_of(value.func) != "property" or len(value.args) != 1 or value.keywords:
            raise Refused(f"what `{name}` is, is made by a call")
        return ("property", *_of_value(world, value.args[0], frozenset()))
    held = written_out(module, value) if isinstance(value, ast.Name) else None
    if isinstance(value, ast.Name) and isinstance(held, ast.Lambda) and held.args.args:
        if bindings_at_top(module, value.id) != 1 or value.id in module.rebound or module.exposed:
            raise Refused(f"`{value.id}` is bound again")
        return "method", world.kinds.get(held, UNKNOWN).name, module, value.id
    mode = "property" if _is_property(world, value) else "method"
    return (mode, *_of_value(world, value, frozenset({"property"})))


def _written_out_call(module: ModuleInfo, value: ast.expr | None) -> ast.expr | None:
    if not isinstance(value, ast.Name):
        return value
    held = written_out(module, value)
    return held if isinstance(held, ast.Call) and name_of(held.func) == "property" else value


def _is_property(world: World, value: ast.expr | None) -> bool:
    function = world.functions.get(world.kinds.get(value, UNKNOWN).name) if value is not None else None
    return function is not None and "property" in function.decorators


def _of_value(world: World, value: ast.expr | None, allowed: frozenset[str]) -> tuple[str, ModuleInfo, str]:
    held = world.kinds.get(value, UNKNOWN) if value is not None else UNKNOWN
    function = world.functions.get(held.name) if held.tag == "function" else None
    if function is None:
        raise Refused("what is added is no function of the project")
    if "property" in function.decorators:
        loads = (each for each, kind in world.kinds.items() if kind == held and each is not value)
        others = [each for each in loads if isinstance(getattr(each, "ctx", None), ast.Load)]
        if others:
            raise Refused("the property that is added is used by itself as well")
    return _global(world, function, allowed)


def _global(world: World, function: FunctionInfo, allowed: frozenset[str]) -> tuple[str, ModuleInfo, str]:
    """Return the kind, module and name of a function that a global holds, and nothing else."""
    home, name = function.module, function.node.name
    held = home.scope.get(name)
    settled = held == Kind("function", function.name) and name not in home.rebound and not home.exposed
    if function.node not in home.tree.body or not settled or bindings_at_top(home, name) != 1:
        raise Refused("what is added is no function at the top of a module, or its name is bound again")
    wrapped = function.wrapper.tag == "function" and function.wrapper.name in world.functions
    if allowed and not function.decorators <= allowed and not wrapped:
        raise Refused("the function that is added has a decorator of which nothing tells what it makes of it")
    arguments = function.node.args
    if not (arguments.posonlyargs or arguments.args or arguments.vararg):
        raise Refused("the function that is added takes no argument, so it cannot be called as a method")
    return function.name, home, name
