"""Modules that are loaded by a name put together at run time: `importlib.import_module(f"jobs.{name}")`.

Where the text begins with a package of the project, what it can mean are the modules below that package; all of them are
understood together with the loader.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.tools.rewrite.kinds.project import Modules
from glue2lakehouse.tools.rewrite.kinds.tree import below

_ANY = r"[\w.]*"

BY_NAME = re.compile(r"\b(import_module|__import__|run_path|run_module|exec)\b")
"""What loads modules that no import names."""


def named_modules(tree: ast.Module, path: str, index: Modules) -> set[str]:
    """Return the modules that a text of the file names, as `a.b` or `a/b.py`: what it loads by name may be each of them."""
    texts = {node.value for node in below(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    dotted = {text.removesuffix(".py").replace("/", ".").strip(".") for text in texts if re.fullmatch(r"[\w./]+", text)}
    return {found for name in dotted if name and (found := index.find(name, path)) is not None}


def loads(tree: ast.Module, path: str, index: Modules) -> Iterator[tuple[ast.Call, tuple[str, ...]]]:
    """Yield each call that loads a module, with the paths that its name can mean; those without such a package are left out."""
    nodes = below(tree)
    names = set(_loaders(nodes))
    for node in nodes:
        if (
            not isinstance(node, ast.Call)
            or len(node.args) != 1
            or node.keywords
            or ast.unparse(node.func) not in names
        ):
            continue
        pattern = _pattern(node.args[0], nodes)
        found = _meant(pattern, path, index) if pattern else ()
        if found:
            yield node, found


def _loaders(nodes: list[ast.AST]) -> Iterator[str]:
    """Yield how the file spells `importlib.import_module`; of a dotted name, `__import__` gives the package."""
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (
                f"{alias.asname or alias.name}.import_module" for alias in node.names if alias.name == "importlib"
            )
        elif isinstance(node, ast.ImportFrom) and node.module == "importlib":
            yield from (alias.asname or alias.name for alias in node.names if alias.name == "import_module")


def _pattern(node: ast.expr, nodes: list[ast.AST], depth: int = 3) -> str:
    """Return a regular expression for the values of a text, nothing where it does not begin with a package and a dot."""
    if isinstance(node, ast.Name):
        return _of_name(node.id, nodes, depth - 1) if depth else ""
    parts = list(_parts(node))
    begun = parts[0] if parts and parts[0] is not None else ""
    if not re.match(r"[A-Za-z_]\w*\.", begun):
        return ""
    return "".join(_ANY if part is None else re.escape(part) for part in parts)


def _parts(node: ast.expr) -> Iterator[str | None]:
    """Yield the written pieces of a text in order, None for what is only known when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for value in node.values:
            yield from _parts(value)
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        yield from _parts(node.left)
        yield from _parts(node.right)
    elif _is_format(node):
        template = node.func.value.value  # type: ignore[attr-defined]
        pieces = re.split(r"\{[^{}]*\}", template)
        for position, piece in enumerate(pieces):
            yield from [piece] if position == 0 else [None, piece]
    else:
        yield None


def _is_format(node: ast.expr) -> bool:
    func = node.func if isinstance(node, ast.Call) else None
    return (
        isinstance(func, ast.Attribute)
        and func.attr == "format"
        and isinstance(func.value, ast.Constant)
        and isinstance(func.value.value, str)
        and "{{" not in func.value.value
    )


def _of_name(name: str, nodes: list[ast.AST], depth: int) -> str:
    """Return the pattern of a name, whatever scope gives it a value: all of them have to begin with a package."""
    patterns: set[str] = set()
    given = 0
    for node in nodes:
        if isinstance(node, ast.arg) and node.arg == name:
            return ""
        if isinstance(node, ast.alias) and name in (node.asname, node.name):
            return ""
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            given += 1
        if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
            patterns.add(_pattern(node.value, nodes, depth))
            given -= 1
    return "" if given or "" in patterns else "|".join(sorted(patterns))


def _meant(pattern: str, path: str, index: Modules) -> tuple[str, ...]:
    """Return the modules whose names fit, below the one folder of the project that is nearest to the file."""
    found: dict[str, list[str]] = {}
    for candidate, name in index.names.items():
        match = re.fullmatch(rf"(?P<base>(?:[^.]+\.)*?)(?:{pattern})", name)
        if match and candidate != path:
            found.setdefault(match["base"], []).append(candidate)
    depths = {base: index.shared_depth(paths[0], path) for base, paths in found.items()}
    nearest = [base for base in found if depths[base] == max(depths.values())]
    return tuple(sorted(found[nearest[0]])) if len(nearest) == 1 else ()
