"""Keep the runtime helpers apart from names of the module's own: `from glue_compat import unnest as glue_unnest`.

A function, a variable or an import of the same name would take the helper's place, and the helper theirs.
"""

import ast
import re

from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.editing.edits import Edits
from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.rule import Place

_IMPORT = "from glue_compat import "
_TEXT = r"""'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*\""""
"""A text in the code, which is left as it is."""


def keep_apart(place: Place, edits: Edits) -> None:
    """Import helpers under other names where the module binds theirs, and call them so in all that is put in."""
    imported = [line.removeprefix(_IMPORT).split(", ") for line in edits.imports if line.startswith(_IMPORT)]
    wanted = [name for names in imported for name in names if " as " not in name]
    if not wanted:
        return
    bound = _bound(place) | _brought(place)
    other = {name: _free(name, bound) for name in wanted if name in bound}
    if not other:
        return
    edits.imports = [_renamed_import(line, other) for line in edits.imports]
    call = re.compile(rf"{_TEXT}|(?<![\w.])({'|'.join(map(re.escape, sorted(other)))})(?=\()")

    def renamed(piece: str) -> str:
        if piece in other:
            return other[piece]
        return call.sub(lambda found: other[found[1]] if found[1] else found[0], piece)

    def again(held: Code) -> Code:
        return Code(tuple(renamed(part) if isinstance(part, str) else part for part in held.parts))

    for table in (edits.expressions, edits.inside):
        table.update({node: again(held) for node, held in table.items()})
    for statement, lines in edits.statements.items():
        edits.statements[statement] = [renamed(line) if isinstance(line, str) else again(line) for line in lines]


def _renamed_import(line: str, other: dict[str, str]) -> str:
    if not line.startswith(_IMPORT):
        return line
    names = line.removeprefix(_IMPORT).split(", ")
    return _IMPORT + ", ".join(f"{name} as {other[name]}" if name in other else name for name in names)


def _free(name: str, bound: set[str]) -> str:
    free = f"glue_{name}"
    while free in bound:
        free += "_"
    return free


def _bound(place: Place) -> set[str]:
    """Return the names that the module binds itself, in whatever scope; methods and imports of Glue are none of them."""
    bound: set[str] = set()
    for node in place.nodes.of(*_BINDING):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
        elif isinstance(node, ast.arg):
            bound.add(node.arg)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            if not isinstance(place.parents[node], ast.ClassDef):
                bound.add(node.name)
        elif isinstance(node, ast.ExceptHandler) and node.name:
            bound.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            module = node.module or "" if isinstance(node, ast.ImportFrom) else ""
            bound |= {
                (alias.asname or alias.name).partition(".")[0]
                for alias in node.names
                if not stubs.is_glue(module or alias.name) and module != "glue_compat"
            }
    return bound


_BINDING = (
    ast.Name, ast.arg, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.ExceptHandler, ast.Import, ast.ImportFrom,
)  # fmt: skip


def _brought(place: Place) -> set[str]:
    """Return the names that star imports of the project's own modules bring."""
    brought: set[str] = set()
    for node in place.nodes.of(ast.ImportFrom):
        if node.names[0].name == "*":
            held = place.world.import_module(node.module or "", place.module, node.level)
            if held.name.startswith("file:"):
                brought |= set(place.world.modules[held.name.removeprefix("file:")].scope)
    return brought
