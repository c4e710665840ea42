"""Imports: what comes from Glue goes, what the new code needs comes, in the place of the first that went."""

import ast
from collections.abc import Iterable

from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import Nodes
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Place


def functions_alias(tree: ast.Module, nodes: Nodes) -> str:
    """Return the name under which the module has, or will have, `pyspark.sql.functions`."""
    bound: set[str] = set()
    for node in nodes.of(ast.Import, ast.ImportFrom, ast.Name, ast.arg):
        if isinstance(node, ast.ImportFrom | ast.Import):
            for alias in node.names:
                whole = f"{node.module}.{alias.name}" if isinstance(node, ast.ImportFrom) else alias.name
                if whole == "pyspark.sql.functions" and alias.asname and node in tree.body:
                    return alias.asname
                if whole == "pyspark.sql.functions" and isinstance(node, ast.ImportFrom) and node in tree.body:
                    return alias.name
                bound.add(alias.asname or alias.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
    return next(name for name in ("F", "SF", "sql_functions", "spark_functions_") if name not in bound)


def edit_imports(place: Place, edits: Edits, needed: dict[str, None], answered: set[ast.AST]) -> None:
    """Remove what is imported from Glue, in whatever block it stands, and add what the new code needs."""
    gone = [
        (node, kept) for node in place.nodes.of(ast.Import, ast.ImportFrom) if (kept := _without_glue(node)) is not None
    ]
    first: ast.stmt | None = None
    for node, kept in sorted(gone, key=lambda item: item[0].lineno):
        edits.statements[node] = [*kept]
        if first is None and place.parents[node] is place.module.tree:
            first = node
    present = _present(place.module)
    if _needs_json(place, present):
        needed = needed | {"import json": None}
    missing = [line for line in (_spelled(line, place.functions) for line in needed) if line not in present]
    edits.imports = sorted(grouped(missing), key=_import_order)
    if edits.imports and first is not None:
        edits.imports_at = first
    if edits.imports_at is not None and edits.imports_at not in edits.statements:
        edits.imports_at = None


def grouped(lines: Iterable[str]) -> list[str]:
    """Put names from one module into one import."""
    names: dict[str, list[str]] = {}
    for line in lines:
        module, _, name = line.partition(" import ") if " as " not in line else (line, "", "")
        names.setdefault(module, []).append(name)
    return [
        f"{module} import {', '.join(sorted(found))}" if found != [""] else module for module, found in names.items()
    ]


def _spelled(line: str, alias: str) -> str:
    if line == FUNCTIONS and alias != "F":
        return (
            f"from pyspark.sql import functions as {alias}"
            if alias != "functions"
            else "from pyspark.sql import functions"
        )
    return line


def _import_order(line: str) -> tuple[int, str]:
    return (0 if line.startswith("import ") else 2 if "glue_compat" in line else 1, line)


def _present(module: ModuleInfo) -> set[str]:
    found = set()
    for node in module.tree.body:
        if isinstance(node, ast.Import):
            for alias in node.names:
                found.add(f"import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""))
                if alias.name == "pyspark.sql.functions" and alias.asname:
                    found.add(f"from pyspark.sql import functions as {alias.asname}")
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                found.add(f"from {node.module} import {alias.name}" + (f" as {alias.asname}" if alias.asname else ""))
    return found


def _without_glue(node: ast.AST) -> list[str] | None:
    """Return the lines that stay of an import of Glue; None where the node is no such import."""
    if isinstance(node, ast.ImportFrom) and not node.level and stubs.is_glue(node.module or ""):
        return ["import json"] if _leaks_json(node) else []
    if isinstance(node, ast.Import):
        kept = [alias for alias in node.names if not stubs.is_glue(alias.name)]
        if len(kept) < len(node.names):
            return [ast.unparse(ast.Import(kept))] if kept else []
    return None


def _needs_json(place: Place, present: set[str]) -> bool:
    """Whether the module uses `json` and had it only from the star import of Glue's transforms."""
    starred = any(
        node.module == "awsglue.transforms" and node.names[0].name == "*" for node in place.nodes.of(ast.ImportFrom)
    )
    names = [node for node in place.nodes.of(ast.Name) if node.id == "json"]
    bound = any((alias.asname or alias.name.split(".")[0]) == "json" for alias in place.nodes.of(ast.alias))
    return starred and bool(names) and not bound and all(isinstance(node.ctx, ast.Load) for node in names)


def _leaks_json(node: ast.ImportFrom) -> bool:
    """Whether the import brings the module `json` along: awsglue.transforms imports it, and a star takes it."""
    return node.module == "awsglue.transforms" and any(alias.name == "json" for alias in node.names)
