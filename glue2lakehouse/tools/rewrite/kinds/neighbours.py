"""The modules that one module works with: those that it imports, and those that import it."""

from weakref import WeakKeyDictionary

from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo, imported_modules
from glue2lakehouse.tools.rewrite.kinds.world import World

_KNOWN: "WeakKeyDictionary[World, dict[str, list[ModuleInfo]]]" = WeakKeyDictionary()


def neighbours(world: World, own: ModuleInfo) -> list[ModuleInfo]:
    """Return the module and all that it works with; looked up once for each world."""
    if world not in _KNOWN:
        modules = {module.path: module for module in world.modules.values()}
        near: dict[str, dict[str, ModuleInfo]] = {path: {path: module} for path, module in modules.items()}
        for path, module in modules.items():
            for other in imported_modules(module.tree, path, world.index) & modules.keys():
                near[path][other] = modules[other]
                near[other][path] = module
        _KNOWN[world] = {path: list(found.values()) for path, found in near.items()}
    return _KNOWN[world].get(own.path, [own])
