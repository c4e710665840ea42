"""Which modules of a project have run when a line of another one runs: what patches of classes are in effect there."""

import ast
from collections.abc import Callable, Iterator
from typing import Literal

from glue2lakehouse.tools.rewrite.kinds.loading import BY_NAME
from glue2lakehouse.tools.rewrite.kinds.project import ModuleInfo, Modules, imported_modules

Effect = Literal["sure", "maybe", "never"]


class LoadOrder:
    """The imports of one group of modules; `index` says which file an import means."""

    def __init__(self, modules: dict[str, ModuleInfo], index: Modules) -> None:
        self._modules = modules
        self._index = index
        self._sure: dict[str, list[tuple[ast.stmt, set[str]]]] = {}
        self._surely: dict[str, set[str]] = {}
        self._any: dict[str, set[str]] = {}
        self._starred: dict[str, set[str]] = {}

    def effect(self, patch: str, line: int, user: ModuleInfo, use: ast.AST, at_once: bool) -> Effect:
        """Tell whether what line `line` of module `patch` does at its top has been done when `use` runs.

        `at_once` says that the use stands at the top of its module and not in a function.
        """
        if user.path == patch:
            done = next(each for each in user.tree.body if each.lineno <= line <= (each.end_lineno or line))
        elif (found := self.anchor(user.path, patch)) is not None:
            done = found
        else:
            return "maybe" if self.may_meet(user.path, patch) else "never"
        if at_once:
            circular = user.path != patch and user.path in self.may_load(patch)
            return "sure" if done.lineno < getattr(use, "lineno", 0) and not circular else "maybe"
        return "maybe" if _calls_before(user.tree, done) else "sure"

    def anchor(self, user: str, wanted: str) -> ast.stmt | None:
        """Return the first import at the top of a module after which another one has run for sure."""
        loading = (each for each, loaded in self.at_top(user) if any(wanted in self.surely_loads(m) for m in loaded))
        return next(loading, None)

    def always_with(self, user: str, wanted: str) -> bool:
        """Whether every program that may run a module runs another one for sure, at the top of its first module."""
        programs = [path for path in self._modules if user in self.may_load(path) and not self._is_loaded(path)]
        return bool(programs) and all(wanted in self.surely_loads(path) for path in programs)

    def _is_loaded(self, path: str) -> bool:
        return any(path in self._any_import(other) for other in self._modules if other != path)

    def at_top(self, path: str) -> list[tuple[ast.stmt, set[str]]]:
        """Return the imports at the top of a module that no branch stands around, with the modules that each loads itself."""
        if path not in self._sure:
            tree = self._modules[path].tree
            imports = [each for each in tree.body if isinstance(each, ast.Import | ast.ImportFrom)]
            self._sure[path] = [(each, self._loaded(each, path)) for each in imports]
        return self._sure[path]

    def surely_loads(self, path: str) -> set[str]:
        """Return the modules that have run, or have begun to, when a module has been imported; itself included."""
        if path not in self._surely:
            self._surely[path] = _closure(path, lambda each: set().union(*(loaded for _, loaded in self.at_top(each))))
        return self._surely[path]

    def may_load(self, path: str) -> set[str]:
        """Return the modules that may run because of a module, by imports anywhere in it; itself included."""
        if path not in self._any:
            self._any[path] = _closure(path, self._any_import)
        return self._any[path]

    def star_importers(self, path: str) -> set[str]:
        """Return the modules that have the globals of a module by star imports; itself included."""
        if path not in self._starred:
            self._starred[path] = _closure(path, lambda each: {o for o in self._modules if each in self._stars(o)})
        return self._starred[path]

    def _stars(self, path: str) -> set[str]:
        stars = [node for node in self._modules[path].nodes.of(ast.ImportFrom) if node.names[0].name == "*"]
        return imported_modules(ast.Module([*stars], []), path, self._index) if stars else set()

    def may_meet(self, one: str, other: str) -> bool:
        """Whether some program may run both modules."""
        return any({one, other} <= self.may_load(path) for path in self._modules)

    def _any_import(self, path: str) -> set[str]:
        module = self._modules[path]
        if BY_NAME.search(module.source):  # it may be any of the group
            return set(self._modules)
        direct = imported_modules(module.tree, path, self._index) & self._modules.keys()
        return direct.union(*(self._packages(each, 99) for each in (path, *direct)))

    def _loaded(self, node: ast.Import | ast.ImportFrom, path: str) -> set[str]:
        direct = imported_modules(ast.Module([node], []), path, self._index) & self._modules.keys()
        if isinstance(node, ast.ImportFrom) and node.level:
            return direct
        dotted = [node.module or ""] if isinstance(node, ast.ImportFrom) else [alias.name for alias in node.names]
        depth = max(name.count(".") for name in dotted) + isinstance(node, ast.ImportFrom)
        return direct.union(*(self._packages(each, depth) for each in direct))

    def _packages(self, path: str, depth: int) -> Iterator[str]:
        """Yield the packages around a module, `depth` of them at most, that are modules of the group."""
        parts = path.split("/")[: -2 if path.endswith("__init__.py") else -1]
        for _ in range(min(depth, len(parts))):
            package = "/".join((*parts, "__init__.py"))
            if package in self._modules:
                yield package
            parts = parts[:-1]


def _closure(start: str, following: Callable[[str], set[str]]) -> set[str]:
    found, todo = {start}, [start]
    while todo:
        fresh = following(todo.pop()) - found
        found |= fresh
        todo.extend(fresh)
    return found


def _calls_before(tree: ast.Module, done: ast.stmt) -> bool:
    """Whether the module may run one of its own functions before a statement at its top."""
    defined = False
    for statement in tree.body:
        if statement is done:
            return False
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            defined = True
        elif defined and any(isinstance(node, ast.Call) for node in ast.walk(statement)):
            return True
    return True
