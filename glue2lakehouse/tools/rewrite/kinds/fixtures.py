"""pytest's fixtures: a test's parameter holds what the fixture of its name returns or yields, in the module or a `conftest.py` above."""

import re
from collections.abc import Collection

from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import BOTTOM, Kind
from glue2lakehouse.tools.rewrite.kinds.world import World

FIXTURE = "fixture"
_CONFTEST = "conftest.py"
_STANDS_IN = re.compile(r"\bmonkeypatch\b|\bpatch\(|\bsetattr\(|\b(GlueContext|DynamicFrame\w*|Job)\.\w+\s*=[^=]")


def conftests(path: str, paths: Collection[str]) -> list[str]:
    """Return the `conftest.py` files that a test module sees, the nearest first; none for other modules."""
    folder, _, name = path.rpartition("/")
    if not (name == _CONFTEST or name.startswith("test_") or name.endswith("_test.py")):
        return []
    parts = folder.split("/") if folder else []
    above = ("/".join([*parts[:depth], _CONFTEST]) for depth in range(len(parts), -1, -1))
    return [found for found in above if found in paths and found != path]


def fixture(world: World, module: ModuleInfo, function: FunctionInfo, name: str) -> Kind:
    """Return what a parameter without annotation holds in a test or a fixture."""
    if not (function.node.name.startswith("test") or FIXTURE in function.decorators):
        return BOTTOM
    for path in (module.path, *conftests(module.path, world.modules)):
        for info in world.modules[path].functions:
            if info.node.name == name and FIXTURE in info.decorators and info is not function:
                return info.result
    return BOTTOM


def stands_in(source: str) -> bool:
    """Whether a `conftest.py` puts something in the place of others' members: that is so in tests only, so that nothing follows it."""
    return bool(_STANDS_IN.search(source))
