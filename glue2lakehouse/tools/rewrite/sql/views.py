"""The temporary views that a project registers, and the schemas that it makes current."""

import ast
import re
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from glue2lakehouse.tools.rewrite.kinds.stubs import is_glue
from glue2lakehouse.tools.rewrite.kinds.world import World
from glue2lakehouse.tools.rewrite.sql.names import temporary_views

_REGISTER = {
    "createOrReplaceTempView": 0,
    "createTempView": 0,
    "createOrReplaceGlobalTempView": 0,
    "createGlobalTempView": 0,
    "registerTempTable": 0,
    "registerDataFrameAsTable": 1,
}


_USED = re.compile(r"\s*use\s+(?:(?:database|schema)\s+)?(`[^`]+`|\w+)\s*;?\s*", re.IGNORECASE)


@dataclass(slots=True)
class Views:
    """Names in lower case, "" for a schema whose name is computed; `dynamic` where a view's name is computed, `current` where a schema is made current."""

    names: set[str] = field(default_factory=set)
    dynamic: bool = False
    current: bool = False
    schemas: set[str] = field(default_factory=set)
    uses_glue: bool = False


_KNOWN: "WeakKeyDictionary[World, Views]" = WeakKeyDictionary()


def views_of(world: World) -> Views:
    """Return what the modules of a world register, found once for each world."""
    if world not in _KNOWN:
        # A job's script is moved whatever it imports. A fragment that is pasted into a session uses Glue without importing it.
        views = _KNOWN[world] = Views(uses_glue=world.runs_a_job or any(map(is_glue, world.callees.values())))
        for module in world.modules.values():
            views.uses_glue |= "awsglue" in module.source
            if any(
                word in module.source
                for word in (*_REGISTER, "TEMP", "temp", "CACHE", "cache", "setCurrentDatabase", "use ", "USE ")
            ):
                for node in module.nodes.of(ast.Constant, ast.Call):
                    _note(node, world, views)
    return _KNOWN[world]


def _note(node: ast.AST, world: World, views: Views) -> None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        views.names |= set(temporary_views(node.value))
        words = node.value.split()[:2] if node.value.lstrip()[:4].lower() == "use " else []
        if words and words[-1].lower() != "catalog":
            named = _USED.fullmatch(node.value)
            views.current = True
            views.schemas.add(named[1].strip("`").lower() if named else "")
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
        return
    if node.func.attr == "setCurrentDatabase":
        given = node.args[0] if node.args else None
        views.current = True
        views.schemas.add(
            given.value.lower() if isinstance(given, ast.Constant) and isinstance(given.value, str) else ""
        )
    position = _REGISTER.get(node.func.attr)
    if position is None:
        return
    given = node.args[position] if len(node.args) > position else next((k.value for k in node.keywords), None)
    held = world.kinds.get(given) if given is not None else None
    if isinstance(given, ast.Constant) and isinstance(given.value, str):
        views.names.add(given.value.lower())
    elif held is not None and held.tag == "text":
        views.names.add(held.name.lower())
    else:
        views.dynamic = True
