"""Check that what a converted file imports from its own project is still there."""

import ast
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.checks.modules import Modules
from glue2lakehouse.tools.checks.units import Unit

COMPAT = "glue_compat"
_WITH_DATABRICKS = frozenset(
    "pyspark delta databricks pandas numpy pyarrow dbutils requests boto3 botocore yaml".split()
)


@dataclass(frozen=True, slots=True)
class BadImport:
    """An import of the conversion (line of the new text) that does not resolve."""

    line: int
    message: str
    severity: Severity


def bad_imports(
    new: Iterable[Unit], old: Iterable[Unit], path: str, before: Modules, after: Modules
) -> Iterator[BadImport]:
    """Yield the imports that resolved in the original project and do not in the converted one, and unknown new ones."""
    known = {name for unit in old for name, _ in _imported(unit)}
    for unit in new:
        for module, names in _imported(unit):
            found = after.find(module, path)
            root = module.lstrip(".").partition(".")[0]
            if found is not None:
                yield from _missing_names(unit, module, names, found, path, before, after)
            elif before.find(module, path) is not None or root == COMPAT:
                yield BadImport(unit.start, f"the project has no module '{module}'", Severity.BLOCKER)
            elif module not in known and not _comes_with_runtime(root) and not after.has_folder(root):
                yield BadImport(unit.start, f"'{root}' is neither in the project nor in Databricks", Severity.WARNING)


def _imported(unit: Unit) -> Iterator[tuple[str, tuple[str, ...]]]:
    node = unit.node
    if isinstance(node, ast.Import):
        for alias in node.names:
            yield alias.name, ()
    elif isinstance(node, ast.ImportFrom):
        yield "." * node.level + (node.module or ""), tuple(alias.name for alias in node.names)


def _missing_names(
    unit: Unit, module: str, names: tuple[str, ...], found: str, path: str, before: Modules, after: Modules
) -> Iterator[BadImport]:
    defined = after.star_names(module, path)
    own = after.names(found)
    if own is None:
        return
    for name in names:
        if name == "*" or name in own or defined is None or name in defined:
            continue
        if after.find(f"{module.rstrip('.')}.{name}" if module.strip(".") else f"{module}{name}", path):
            continue
        source = before.find(module, path)
        had = before.names(source) if source is not None else frozenset()
        severity = Severity.BLOCKER if source is None or had is None or name in had else Severity.INFO
        yield BadImport(unit.start, f"'{found}' does not define '{name}'", severity)


def _comes_with_runtime(root: str) -> bool:
    return not root or root in sys.stdlib_module_names or root in _WITH_DATABRICKS
