"""Uses of the members that a project adds to Glue's classes which nothing can follow, so that the member has to stay one.

An owner that is not known may be the Glue object: on Databricks it is a DataFrame or a session, which has not the member, or
has one of the same name that does something else.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.kinds.added import Extension, Key, Refused
from glue2lakehouse.tools.rewrite.kinds.added_names import spelled
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import BOTTOM, UNKNOWN, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr", "attrgetter", "methodcaller"})


def out_of_sight(world: World, uses: dict[ast.AST, str]) -> dict[Key, str]:
    """Return the members of which a use cannot be followed, each with the lines; the uses themselves go into `uses`."""
    found: dict[Key, str] = {}
    for key, extension in world.extensions.items():
        reasons: dict[str, list[str]] = {}
        for module in world.modules.values():
            if extension.name in module.source:
                for node, reason in _unfollowed(world, module, extension):
                    where = f"{module.path}:{getattr(node, 'lineno', 0)}"
                    reasons.setdefault(reason, []).append(where)
                    uses[node] = reason
        if reasons:
            found[key] = "; ".join(f"{reason} ({_some(places)})" for reason, places in reasons.items())
    return found


def uses_of_lost(world: World) -> Iterator[tuple[ast.AST, str]]:
    """Yield the uses of members that are added in a way that is not understood."""
    for (owner, name), where in world.found.lost.items():
        path, line = where.rsplit(":", 1)
        for module in world.modules.values():
            if (
                name not in module.source
                or world.load_order.effect(path, int(line), module, module.tree, False) == "never"
            ):
                continue
            for node in module.nodes:
                if not isinstance(node, ast.Attribute) or node.attr != name or not isinstance(node.ctx, ast.Load):
                    continue
                if any(_is_a(world, member, owner) for member in world.kinds.get(node.value, UNKNOWN).members()):
                    yield node, f"`{name}` may be the member that {where} adds"


def _some(places: list[str]) -> str:
    named = list(dict.fromkeys(places))
    return ", ".join(named[:5]) + (f" and {len(named) - 5} more" if len(named) > 5 else "")


def _unfollowed(world: World, module: ModuleInfo, extension: Extension) -> Iterator[tuple[ast.AST, str]]:
    patched = {node for _, node in world.patches}
    patched |= {each for patch in world.found.patches if patch.action == "remove" for each in ast.walk(patch.node)}  # type: ignore[misc]
    for node in module.nodes:
        reason: str | None = None
        if isinstance(node, ast.Attribute) and node.attr == extension.name and node not in patched:
            reason = _attribute(world, module, node, extension)
        elif isinstance(node, ast.Call) and node not in patched:
            reason = _by_name(world, module, node, extension)
        elif isinstance(node, ast.Compare) and _is_listed(node, extension.name):
            reason = f"`{extension.name}` is asked for by its name"
        if reason is not None:
            yield node, reason


def _attribute(world: World, module: ModuleInfo, node: ast.Attribute, extension: Extension) -> str | None:
    owner, name = world.kinds.get(node.value, UNKNOWN), extension.name
    if not isinstance(node.ctx, ast.Load):
        return f"`{name}` is set on one object" if _may_be(world, owner, extension) else None
    if world.doubtful.get(node) is extension:
        return f"`{name}` may be used before it is added, or without"
    if world.extended.get(node) is extension:
        return _followed(world, module, node, owner, extension)
    unknown = any(not member.known or _hands_on(world, member, name) for member in owner.members())
    if unknown and not _cannot_be(world, module, node, extension) and _in_effect(world, module, node, extension):
        return f"`{name}` is used where nothing tells what `{ast.unparse(node.value)[:40]}` is"
    return None


def _followed(world: World, module: ModuleInfo, node: ast.Attribute, owner: Kind, extension: Extension) -> str | None:
    """Return what keeps a use that is understood from becoming a call of the function."""
    name = extension.name
    others = [member for member in owner.members() if not _is_owner(world, member, extension)]
    if any(member.tag != "none" for member in others):
        return f"`{name}` is used where `{ast.unparse(node.value)[:40]}` may also be something else"
    if len({member.tag for member in owner.members()} - {"none"}) > 1:
        return f"`{name}` is used where `{ast.unparse(node.value)[:40]}` may be the class or an object of it"
    if extension.mode == "property" and owner.tag == "class":
        return f"the property `{name}` of the class itself is used"
    try:
        spelled(world, module, extension)
    except Refused as refused:
        return str(refused)
    return None


def _is_owner(world: World, member: Kind, extension: Extension) -> bool:
    return _is_a(world, member, extension.owner)


def _is_a(world: World, member: Kind, owner: str) -> bool:
    name = world.glue_base(member.name) if member.name in world.classes else member.name
    return member.tag in ("instance", "class") and name == owner


def _may_be(world: World, owner: Kind, extension: Extension) -> bool:
    return any(not member.known or _is_owner(world, member, extension) for member in owner.members())


def _in_effect(world: World, module: ModuleInfo, node: ast.AST, extension: Extension) -> bool:
    return world.load_order.effect(extension.path, extension.line, module, node, at_once=False) != "never"


def _cannot_be(world: World, module: ModuleInfo, node: ast.Attribute, extension: Extension) -> bool:
    """Whether the member does not fit what is done with it: another number of arguments, a method that it has not."""
    function = world.functions.get(extension.function)
    parent = module.parents.get(node)
    called = isinstance(parent, ast.Call) and parent.func is node
    if function is None or function.wrapper.known:
        return False
    if extension.mode == "method":
        return isinstance(parent, ast.Call) and called and not _fits(parent, function.node.args)
    made = function.result.members()
    if not all(member.tag == "instance" and member.name in world.classes for member in made):
        return False
    wanted = "__call__" if called else parent.attr if isinstance(parent, ast.Attribute) else ""
    return bool(wanted) and not any(_has(world, member.name, wanted) for member in made)


def _hands_on(world: World, member: Kind, name: str) -> bool:
    """Whether an object of the project has no such member and looks for it elsewhere, for instance in a frame that it holds."""
    if member.tag != "instance" or member.name not in world.classes or world.attribute(member, name) != BOTTOM:
        return False
    infos = [world.classes[base] for base in world.lineage(member.name) if base in world.classes]
    return any({"__getattr__", "__getattribute__"} & info.methods.keys() for info in infos)


def _has(world: World, owner: str, name: str) -> bool:
    infos = [world.classes[base] for base in world.lineage(owner) if base in world.classes]
    held = world.attribute(Kind("instance", owner), name)
    return held != BOTTOM or any(info.exposed and not _is_plain(world, info.bases) for info in infos)


def _is_plain(world: World, bases: list[str]) -> bool:
    return all(base in world.classes for base in bases)


def _fits(call: ast.Call, arguments: ast.arguments) -> bool:
    """Whether a call could be one of the function with its first argument given."""
    if any(isinstance(argument, ast.Starred) for argument in call.args) or any(not each.arg for each in call.keywords):
        return True
    names = [each.arg for each in (*arguments.posonlyargs, *arguments.args)][1:]
    keywords = {each.arg for each in call.keywords if each.arg}
    if len(call.args) > len(names) and not arguments.vararg:
        return False
    if keywords - {*names, *(each.arg for each in arguments.kwonlyargs)} and not arguments.kwarg:
        return False
    needed = names[: max(len(names) - len(arguments.defaults), 0)]
    return {*needed[len(call.args) :]} <= keywords


def _is_listed(node: ast.Compare, name: str) -> bool:
    """Whether a name is looked for in the members of something: `"tidy" in dir(frame)`."""
    asked = isinstance(node.left, ast.Constant) and node.left.value == name
    return asked and bool(re.search(r"\b(dir|vars)\(|\b(__dict__|getmembers)\b", ast.unparse(node)))


def _by_name(world: World, module: ModuleInfo, call: ast.Call, extension: Extension) -> str | None:
    """Return what a call does that names the member as a text: `hasattr`, a mock's `patch`."""
    name = extension.name
    texts = [each.value for each in call.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    leaf = ast.unparse(call.func).rsplit(".", 1)[-1]
    owner = world.kinds.get(call.args[0], UNKNOWN) if call.args else UNKNOWN
    if leaf in _BY_NAME and name in texts:
        asked = leaf in ("attrgetter", "methodcaller") or _may_be(world, owner, extension)
        return f"`{name}` is asked for by its name" if asked and _in_effect(world, module, call, extension) else None
    class_name = extension.owner.rsplit(".", 1)[-1]
    mocked = any(text.endswith(f"{class_name}.{name}") for text in texts)
    if mocked or (name in texts and owner == Kind("class", extension.owner)):
        return f"`{name}` is replaced or asked for by its name"
    return None
