"""Find the modules of a project by name, whatever folder puts them on the path, and look into them."""

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import PurePosixPath


class Modules:
    """The Python files of a project, path -> text, looked up by dotted name."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.files = files
        self._paths: dict[str, list[tuple[str, ...]]] = {}
        self._folders: set[str] = set()
        for path in files:
            parts = PurePosixPath(path).with_suffix("").parts
            if path.endswith(".py"):
                dotted = parts[:-1] if parts[-1] == "__init__" else parts
                if dotted:
                    self._paths.setdefault(dotted[-1], []).append((*dotted, path))
            self._folders.update(parts[:-1])

    def find(self, module: str, importer: str) -> str | None:
        """Return the path of a module, the nearest to the importing file; relative names start with dots."""
        level = len(module) - len(module.lstrip("."))
        wanted = tuple(part for part in module.split(".") if part)
        home = PurePosixPath(importer).parent.parts
        if level:
            wanted = (*home[: len(home) - level + 1], *wanted)
        if not wanted:
            return None
        found = [
            entry[-1]
            for entry in self._paths.get(wanted[-1], ())
            if (entry[:-1] == wanted if level else entry[-1 - len(wanted) : -1] == wanted)
        ]
        return max(found, key=lambda path: _shared(path, importer), default=None)

    def has_folder(self, name: str) -> bool:
        """Whether a folder of the project is called so: a package without `__init__.py`."""
        return name in self._folders

    def names(self, path: str) -> frozenset[str] | None:
        """Return what a module defines at its top; None when it does not parse or imports with a star."""
        return _defined(self.files[path])[0]

    def star_names(self, module: str, importer: str, seen: frozenset[str] = frozenset()) -> frozenset[str] | None:
        """Return what a star import of a module brings; None when that cannot be told from the project."""
        path = self.find(module, importer)
        if path is None or path in seen:
            return None if path is None else frozenset()
        names, exported, stars = _defined(self.files[path])
        if exported is not None:
            return exported
        if stars is None:
            return None
        brought = set(names or ())
        for star in stars:
            more = self.star_names(star, path, seen | {path})
            if more is None:
                return None
            brought |= more
        return frozenset(name for name in brought if not name.startswith("_"))

    def defines_function(self, name: str) -> bool:
        """Whether any file of the project defines a function of this name."""
        return any(f"def {name}(" in text for text in self.files.values())


def _shared(path: str, importer: str) -> tuple[int, int]:
    one, other = PurePosixPath(path).parts, PurePosixPath(importer).parts
    same = 0
    for left, right in zip(one, other, strict=False):
        if left != right:
            break
        same += 1
    return same, -len(one)


@lru_cache(maxsize=4096)
def _defined(source: str) -> tuple[frozenset[str] | None, frozenset[str] | None, tuple[str, ...] | None]:
    """Return the names bound at the top, `__all__`, and the star imports of a module; Nones when it does not parse."""
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError):
        return None, None, None
    names: set[str] = set()
    stars: list[str] = []
    exported: frozenset[str] | None = None
    for node in _statements(tree.body):
        if isinstance(node, ast.ImportFrom) and node.names[0].name == "*":
            stars.append("." * node.level + (node.module or ""))
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            names.update(alias.asname or alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            names.add(node.name)
        else:
            names.update(inner.id for inner in ast.walk(node) if isinstance(inner, ast.Name) and _stores(inner))
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "__all__":
            exported = _literal_names(node.value)
    return frozenset(names), exported, tuple(stars)


def _stores(name: ast.Name) -> bool:
    return isinstance(name.ctx, ast.Store)


def _literal_names(node: ast.expr) -> frozenset[str] | None:
    if not isinstance(node, (ast.List, ast.Tuple)):
        return None
    return frozenset(str(item.value) for item in node.elts if isinstance(item, ast.Constant))


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Yield the statements that run when a module is imported, also those in blocks."""
    for node in body:
        yield node
        if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            for field in ("body", "orelse", "finalbody"):
                yield from _statements(getattr(node, field, []))
            for handler in getattr(node, "handlers", []):
                yield from _statements(handler.body)


_known: dict[int, tuple[Mapping[str, str], int, Modules]] = {}


def modules_of(files: Mapping[str, str]) -> Modules:
    """Return the index of a project's files, made once for a mapping of the same size and identity."""
    known = _known.get(id(files))
    if known is not None and known[0] is files and known[1] == len(files):
        return known[2]
    made = Modules(files)
    while len(_known) > 3:
        _known.pop(next(iter(_known)))
    _known[id(files)] = (files, len(files), made)
    return made
