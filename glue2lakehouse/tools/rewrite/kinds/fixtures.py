"""pytest's fixtures: a test's parameter holds what the fixture of its name returns or yields, in the module or a `conftest.py` above."""

import ast
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
    """Return what a parameter without annotation holds in a test or a fixture: its class's fixture goes before the module's."""
    if not (function.node.name.startswith("test") or FIXTURE in function.decorators) or _is_given(function, name):
        return BOTTOM
    for path in (module.path, *conftests(module.path, world.modules)):
        made = [
            info
            for info in world.modules[path].functions
            if FIXTURE in info.decorators and info is not function and _name(info) == name
        ]
        for owner in (function.owner, None):
            if found := [info for info in made if info.owner is owner]:
                return found[-1].result
    return BOTTOM


def _name(info: FunctionInfo) -> str:
    """Return the name that a fixture is asked for by: `@pytest.fixture(name="…")`, or the function's."""
    for decorator in info.node.decorator_list:
        for keyword in decorator.keywords if isinstance(decorator, ast.Call) else ():
            if keyword.arg == "name" and isinstance(keyword.value, ast.Constant):
                return str(keyword.value.value)
    return info.node.name


def _is_given(function: FunctionInfo, name: str) -> bool:
    """Whether `parametrize` gives a parameter of a test its values."""
    return any(
        isinstance(decorator, ast.Call) and decorator.args and re.search(rf"\b{name}\b", ast.unparse(decorator.args[0]))
        for decorator in function.node.decorator_list
    )


def stands_in(source: str) -> bool:
    """Whether a `conftest.py` puts something in the place of others' members: that is so in tests only, so that nothing follows it."""
    return bool(_STANDS_IN.search(source))
