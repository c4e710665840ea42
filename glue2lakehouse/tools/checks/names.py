"""Find names that nothing defines. A symbol table settles scopes as Python itself does (comprehensions, class bodies,
`global`, `nonlocal`, `del`, names bound in `except` and `import`), faster than a walk over the tree.
"""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from glue2lakehouse.tools.checks.modules import Modules
from glue2lakehouse.tools.checks.syntax import children, walk
from glue2lakehouse.tools.checks.units import Unit

_ALWAYS = frozenset(dir(builtins)) | frozenset(
    "__name__ __file__ __doc__ __builtins__ __package__ __spec__ __loader__ __path__ __annotations__ __class__".split()
)
AMBIENT = frozenset(
    "spark sc sqlContext dbutils display displayHTML get_ipython sql table udf spark_session __glue__".split()
)
"""Names that a notebook finds there without defining them."""


_WORD = re.compile(r"[^\W\d]\w*")


@lru_cache(maxsize=512)
def scopes(source: str) -> tuple[frozenset[str], frozenset[str]]:
    """Return the names that a module binds and those that it looks up globally. Raises SyntaxError."""
    top = symtable.symtable(source, "<module>", "exec")
    bound: set[str] = set()
    looked_up: set[str] = set()
    for symbol in top.get_symbols():
        name = symbol.get_name()
        if symbol.is_assigned() or symbol.is_imported() or symbol.is_namespace():
            bound.add(name)
        if symbol.is_referenced():
            looked_up.add(name)
    pending = list(top.get_children())
    while pending:
        table = pending.pop()
        pending.extend(table.get_children())
        for symbol in table.get_symbols():
            if symbol.is_declared_global() and symbol.is_assigned():
                bound.add(symbol.get_name())
            if symbol.is_referenced() and symbol.is_global():
                looked_up.add(symbol.get_name())
    return frozenset(bound), frozenset(looked_up)


def undefined(source: str, stars: Iterable[str], path: str, modules: Modules) -> tuple[frozenset[str], bool]:
    """Return the names that nothing defines, and whether a star import hides what it brings.

    `stars` are the modules that are imported with a star; those of the project are looked into.
    """
    bound, looked_up = scopes(source)
    missing = looked_up - bound - _ALWAYS
    if path.endswith(".ipynb"):
        missing -= AMBIENT
    opaque = False
    for star in stars:
        names = modules.star_names(star, path)
        if names is None:
            opaque = True
        else:
            missing -= names
    return frozenset(name for name in missing if not re.match(r"_\w*[^_]__\w", name)), opaque


def star_imports(units: Iterable[Unit]) -> Iterator[str]:
    """Yield the modules that are imported with a star, relative ones with their dots."""
    for unit in units:
        if isinstance(unit.node, ast.ImportFrom) and unit.node.names[0].name == "*":
            yield "." * unit.node.level + (unit.node.module or "")


def too_early(units: Sequence[Unit], changed: Iterable[Unit], source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, name) where a name that a changed statement binds is used above all its bindings, in one scope."""
    candidates = {(unit.scope, name) for unit in changed for name in binds(unit) if name not in _ALWAYS}
    if not candidates:
        return
    names = {name for _, name in candidates}
    seen: dict[str, list[int]] = {name: [] for name in names}
    for number, line in enumerate(source.split("\n"), start=1):
        for name in set(_WORD.findall(line)) & names:
            seen[name].append(number)
    unit_at = {line: unit for unit in units for line in range(unit.start, unit.end + 1)}
    for scope, name in sorted(candidates):
        for number in seen[name]:
            unit = unit_at.get(number)
            if unit is None or unit.scope != scope:
                continue
            if _loads(unit, name):
                yield number, name
                break
            if name in binds(unit):
                break


def binds(unit: Unit) -> set[str]:
    """Return the variables, functions, classes and modules that a unit defines."""
    node = unit.node
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        return {(alias.asname or alias.name).partition(".")[0] for alias in node.names}
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        return {node.name}
    stored = (name for target in _targets(node) for name in walk(target) if isinstance(name, ast.Name))
    return {name.id for name in stored if isinstance(name.ctx, ast.Store)}


def _targets(node: ast.stmt) -> list[ast.expr]:
    if isinstance(node, ast.Assign):
        return node.targets
    if isinstance(node, (ast.AugAssign, ast.AnnAssign, ast.For, ast.AsyncFor)):
        return [node.target]
    if isinstance(node, (ast.With, ast.AsyncWith)):
        return [item.optional_vars for item in node.items if item.optional_vars is not None]
    return []


def _loads(unit: Unit, name: str) -> bool:
    """Whether a unit uses a name at once, not within a function that runs later nor bound by itself."""
    pending = list(unit.parts)
    while pending:
        node = pending.pop()
        if isinstance(node, (ast.Lambda, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.arg)):
            continue
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return True
        pending.extend(children(node))
    return False
