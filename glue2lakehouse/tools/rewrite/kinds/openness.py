"""Where a module's names may be set out of sight: `exec`, writes through `globals()`, star imports of unknown modules."""

import ast
import re
import sys

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo

_BY_NAME = re.compile(r"\b(exec|globals|vars|locals|setattr|__dict__|__import__|run_path|run_module)\b")
_HARMLESS_STARS = frozenset({*sys.stdlib_module_names, *stubs.GLUE_PACKAGES, "pyspark", "delta"})
_READS = frozenset("get keys values items copy".split())


def writes_by_name(module: ModuleInfo) -> bool:
    """Whether the module may set its own names through `exec`, `globals()` and the like; reads of them are fine."""
    if not _BY_NAME.search(module.source):
        return False
    read = {
        id(node.value)
        for node in module.nodes.of(ast.Subscript, ast.Attribute)
        if (isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load))
        or (isinstance(node, ast.Attribute) and node.attr in _READS)
    }
    read |= {id(item) for node in module.nodes.of(ast.Compare) for item in node.comparators}
    return any(_may_write(node) for node in module.nodes.of(ast.Call) if id(node) not in read)


def _may_write(node: ast.Call) -> bool:
    if not isinstance(node.func, ast.Name):
        return False
    name, bare = node.func.id, not node.args and not node.keywords
    if name == "setattr":
        return bool(node.args) and "modules" in ast.unparse(node.args[0])
    return name == "exec" or (bare and name in ("globals", "vars", "locals"))


def late_stars(module: ModuleInfo) -> int:
    """Return the line of the last star import of a module that is neither Python's, Spark's nor Glue's; 0 for none."""
    return max(
        (node.lineno for node in module.nodes.of(ast.ImportFrom) if node.names[0].name == "*" and not harmless(node)),
        default=0,
    )


def harmless(node: ast.ImportFrom) -> bool:
    """Whether a star import brings names that are known: those of Python itself, Spark or Glue."""
    return not node.level and (node.module or "").partition(".")[0] in _HARMLESS_STARS
