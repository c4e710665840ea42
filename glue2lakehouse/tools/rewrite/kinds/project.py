"""The modules of a project: their names, what they define, and which file an import means.

A job's modules are put on `sys.path` in ways that the source does not tell (extra-py-files, zips, sibling folders), so
an import is matched with the file whose path ends like it, the nearest one first.
"""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from glue2lakehouse.tools.rewrite.kinds.tree import Nodes
from glue2lakehouse.tools.rewrite.kinds.values import BOTTOM, Kind

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class FunctionInfo:
    """A function or method of the project and what is known of its parameters and result; `wrapper` is what a decorator makes of it.

    `vague` says that it also returns what nothing is known of, `omitted` are the parameters that some call leaves to their
    defaults; `client_for` is the parameter for whose service it makes an AWS client, "" for none, None before anybody asked.
    """

    name: str
    node: Function
    module: "ModuleInfo"
    owner: "ClassInfo | None" = None
    parameters: dict[str, Kind] = field(default_factory=dict)
    result: Kind = BOTTOM
    decorators: frozenset[str] = frozenset()
    wrapper: Kind = BOTTOM
    called: bool = False
    enclosing: dict[str, Kind] = field(default_factory=dict)
    global_names: frozenset[str] = frozenset()
    vague: bool = False
    omitted: set[str] = field(default_factory=set)
    client_for: str | None = None


@dataclass(slots=True)
class ClassInfo:
    """A class of the project; `bases` are qualified names, `attributes` what its instances hold.

    `exposed` says that code out of sight may set attributes: a decorator, a base from elsewhere, `setattr`, `__dict__`.
    `vague` are attributes that are also given what nothing is known of.
    """

    name: str
    node: ast.ClassDef
    module: "ModuleInfo"
    bases: list[str] = field(default_factory=list)
    methods: dict[str, FunctionInfo] = field(default_factory=dict)
    attributes: dict[str, Kind] = field(default_factory=dict)
    exposed: bool = False
    vague: set[str] = field(default_factory=set)


@dataclass(slots=True)
class ModuleInfo:
    """One parsed file. `scope` holds what its global names are, over all that the module does to them.

    `rebound` are those that a function, another module or a star import may set, `exposed` whether all of them may be.
    """

    path: str
    name: str
    tree: ast.Module
    source: str
    scope: dict[str, Kind] = field(default_factory=dict)
    functions: list[FunctionInfo] = field(default_factory=list)
    rebound: set[str] = field(default_factory=set)
    exposed: bool = False
    nodes: Nodes = field(init=False)
    parents: dict[ast.AST, ast.AST] = field(init=False)

    def __post_init__(self) -> None:
        self.nodes = Nodes(self.tree)
        self.parents = self.nodes.parents


class Modules:
    """The modules of a project by path, and the answer to an import."""

    def __init__(self, paths: list[str]) -> None:
        self.names = {path: module_name(path) for path in paths}
        self._found: dict[tuple[str, str], str | None] = {}
        self._by_leaf: dict[str, list[str]] = {}
        for path, name in self.names.items():
            self._by_leaf.setdefault(name.rsplit(".", 1)[-1], []).append(path)

    def find(self, dotted: str, importer: str) -> str | None:
        """Return the path of the module that `import dotted` means in the file `importer`, if the project has it; remembered."""
        if (dotted, importer) not in self._found:
            self._found[dotted, importer] = self._nearest(dotted, importer)
        return self._found[dotted, importer]

    def _nearest(self, dotted: str, importer: str) -> str | None:
        parts = dotted.split(".")
        matches = [
            path
            for path in self._by_leaf.get(parts[-1], ())
            if path != importer and self.names[path].split(".")[-len(parts) :] == parts
        ]
        if not matches:
            return None
        return min(matches, key=lambda path: (-_shared_depth(path, importer), len(path), path))

    def shared_depth(self, first: str, second: str) -> int:
        """Return how many folders two paths have in common from the top."""
        return _shared_depth(first, second)

    def relative(self, dotted: str, level: int, importer: str) -> str | None:
        """Return the path that a relative import means: `level` dots, then `dotted`."""
        folder = PurePosixPath(importer).parent
        for _ in range(level - 1):
            folder = folder.parent
        target = folder.joinpath(*dotted.split(".")) if dotted else folder
        for candidate in (f"{target}.py", f"{target}/__init__.py"):
            if candidate in self.names:
                return candidate
        return None


def module_name(path: str) -> str:
    """Return the dotted name that a path spells; a package's `__init__.py` has the package's name."""
    pure = PurePosixPath(path)
    parts = list(pure.parts[:-1] if pure.name == "__init__.py" and len(pure.parts) > 1 else pure.with_suffix("").parts)
    return ".".join(parts)


def _shared_depth(first: str, second: str) -> int:
    depth = 0
    for one, other in zip(first.split("/"), second.split("/"), strict=False):
        if one != other:
            break
        depth += 1
    return depth


def statements(tree: ast.Module) -> Iterator[ast.stmt]:
    """Yield all statements of a module, those inside of others too, without looking into expressions."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        if isinstance(node, ast.stmt):
            yield node
        for block in _BLOCKS[type(node)]:
            todo += getattr(node, block)


class _Blocks(dict[type[ast.AST], tuple[str, ...]]):
    """The fields of each type of nodes that hold statements, or what holds statements, found when first asked for."""

    def __missing__(self, kind: type[ast.AST]) -> tuple[str, ...]:
        fields = ("body", "orelse", "finalbody", "handlers", "cases")
        around = issubclass(kind, ast.mod | ast.stmt | ast.excepthandler | ast.match_case)
        self[kind] = tuple(name for name in fields if name in kind._fields) if around else ()
        return self[kind]


_BLOCKS = _Blocks()


def imported_modules(tree: ast.Module, path: str, modules: Modules) -> set[str]:
    """Return the paths of the project's modules that a file imports anywhere."""
    found: set[str | None] = set()
    for node in statements(tree):
        if isinstance(node, ast.Import):
            found |= {modules.find(alias.name, path) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            prefix = node.module or ""
            if node.level:
                found.add(modules.relative(prefix, node.level, path))
                found |= {modules.relative(f"{prefix}.{a.name}".strip("."), node.level, path) for a in node.names}
            else:
                found.add(modules.find(prefix, path))
                found |= {modules.find(f"{prefix}.{alias.name}", path) for alias in node.names}
    return {item for item in found if item}


def components(imports: Mapping[str, set[str]], roots: Iterable[str]) -> list[list[str]]:
    """Return the groups of files that have to be understood together, each sorted, in the order of their first file.

    A group holds connected files out of: the roots, whatever imports a root directly or not (a frame made there reaches
    it), and whatever those import (a frame is passed there).
    """
    importers: dict[str, set[str]] = {path: set() for path in imports}
    for path, targets in imports.items():
        for target in targets:
            importers[target].add(path)
    wanted = _reachable(_reachable(roots, importers), imports)
    neighbours = {path: (imports[path] | importers[path]) & wanted for path in wanted}
    seen: set[str] = set()
    groups = []
    for path in imports:
        if path in wanted and path not in seen:
            group = _reachable([path], neighbours)
            seen |= group
            groups.append(sorted(group))
    return groups


def _reachable(starts: Iterable[str], edges: Mapping[str, set[str]]) -> set[str]:
    found = set(starts)
    todo = list(found)
    while todo:
        fresh = edges[todo.pop()] - found
        found |= fresh
        todo.extend(fresh)
    return found
