"""Find the jobs, modules, classes and functions of a Python file, with what each imports, calls and depends on."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from radon.visitors import Class, ComplexityVisitor, Function

from glue2lakehouse.domain import Entity, EntityType, Finding, stable_id
from glue2lakehouse.tools.source.flat import BRANCHES, Definition, flatten
from glue2lakehouse.tools.source.glue_use import context_variables, is_run, uses_dynamic_frame, uses_glue_context
from glue2lakehouse.tools.source.names import imported_names, names_in
from glue2lakehouse.tools.source.project import ProjectModules, module_name, survey
from glue2lakehouse.tools.source.python import parse_python
from glue2lakehouse.tools.source.units import PythonUnit

__all__ = ["ProjectModules", "extract_entities", "extract_from_unit", "survey"]

_LINE_END = re.compile(r"\r\n|\r|\n")


def extract_from_unit(
    project_id: str, unit: PythonUnit, modules: ProjectModules | None = None, named_as_job: bool = False
) -> list[Entity]:
    """Return the entities of a unit; lines count in the unit's code."""
    return extract_entities(project_id, unit.path, unit.code, modules=modules, named_as_job=named_as_job)


def extract_entities(
    project_id: str, path: str, text: str, *, modules: ProjectModules | None = None, named_as_job: bool = False
) -> list[Entity]:
    """Return the module or job that a file is, then its classes and functions in the order of their lines.

    Methods are functions named `Class.method`; functions inside functions belong to the outer one. `modules` lets
    dependencies name other modules of the project; `named_as_job` says that a job definition names this file.
    Returns nothing for text that does not parse: reading the file has said so.
    """
    tree = parse_python(text, path)
    if isinstance(tree, Finding):
        return []
    return list(_Extraction(project_id, path, text, tree, modules or ProjectModules(), named_as_job).entities())


@dataclass
class _Extraction:
    project_id: str
    path: str
    text: str
    tree: ast.Module
    modules: ProjectModules
    named_as_job: bool

    def __post_init__(self) -> None:
        self.module = module_name(self.path)
        package = self.module if self.path.endswith("__init__.py") else self.module.rpartition(".")[0]
        self.package = package
        self.flat = flatten(self.tree)
        self.names = names_in(self.flat.nodes, package)
        self.lines = _LINE_END.split(self.text)
        self.contexts = context_variables(self.flat.nodes, self.names)
        self.complexity = _complexities(self.tree)
        self.found: dict[str, tuple[str, str]] = {}
        self.own = {node.name for node in self.tree.body if isinstance(node, Definition)}

    def entities(self) -> Iterator[Entity]:
        run = self.named_as_job or is_run(self.tree, self.flat, self.names, self._is_glue_name)
        last = max(len(self.lines) - (not self.lines[-1]), 1)
        name = self.module.rpartition(".")[2]
        yield self._entity(EntityType.JOB if run else EntityType.MODULE, name, "", self.tree, 1, last)
        seen: dict[str, int] = {}
        for qualified, node in _definitions(self.tree.body, ""):
            kind = EntityType.CLASS if isinstance(node, ast.ClassDef) else EntityType.FUNCTION
            seen[qualified] = seen.get(qualified, 0) + 1
            place = qualified if seen[qualified] == 1 else f"{qualified}#{seen[qualified]}"
            first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
            yield self._entity(kind, place, place, node, first, node.end_lineno or node.lineno)

    def _entity(self, kind: EntityType, name: str, place: str, node: ast.AST, first: int, last: int) -> Entity:
        nodes = self.flat.within(node)
        lines = self.lines[first - 1 : last]
        used = {item.id for item in nodes if isinstance(item, ast.Name)}
        return Entity(
            id=stable_id(self.project_id, self.path, place),
            type=kind,
            name=name,
            path=self.path,
            module=self.module,
            line_start=first,
            line_end=last,
            code=self.text if not place else "\n".join(lines),
            imports=self._imports(nodes, used, whole=not place),
            calls=_unique(self.names.of(item.func) for item in nodes if isinstance(item, ast.Call)),
            dependencies=self._dependencies(nodes, used, place),
            complexity=self.complexity.get(getattr(node, "lineno", 0)) or _branches(nodes),
            lines_of_code=sum(1 for line in lines if line.strip() and not line.lstrip().startswith("#")),
            uses_dynamic_frame=uses_dynamic_frame(nodes, self.names),
            uses_glue_context=uses_glue_context(nodes, self.names, self.contexts),
        )

    def _imports(self, nodes: list[ast.AST], used: set[str], whole: bool) -> tuple[str, ...]:
        """All imports of a module; of a definition, the imported names that it uses and the imports inside it."""
        inside = [name for item in nodes for name in imported_names(item, self.package)]
        outside = [] if whole else [self.names.aliases[name] for name in sorted(used) if name in self.names.aliases]
        return _unique([*inside, *outside])

    def _dependencies(self, nodes: list[ast.AST], used: set[str], place: str) -> tuple[str, ...]:
        """What it needs from the project: other modules, or of a definition also its neighbours, by dotted names."""
        found: list[str] = []
        for name in self._imports(nodes, used, whole=not place):
            path, rest = self._find(name.removesuffix(".*"))
            if path:
                target = module_name(path)
                found.append(f"{target}.{rest}" if rest and place else target)
        if place:
            top = place.partition(".")[0].partition("#")[0]
            found += [f"{self.module}.{name}" for name in sorted((used & self.own) - {top})]
        return _unique(found)

    def _is_glue_name(self, name: str) -> bool:
        return bool(name) and self._find(name)[0] in self.modules.glue

    def _find(self, name: str) -> tuple[str, str]:
        if name not in self.found:
            self.found[name] = self.modules.find(name, self.path)
        return self.found[name]


def _definitions(body: list[ast.stmt], prefix: str) -> Iterator[tuple[str, Definition]]:
    """Yield definitions with their qualified names, also those under `if`, `try`, `with` and loops."""
    for node in body:
        if isinstance(node, Definition):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from _definitions(node.body, f"{prefix}{node.name}.")
            continue
        yield from _definitions(getattr(node, "body", []), prefix)
        for branch in (*getattr(node, "handlers", []), *getattr(node, "cases", [])):
            yield from _definitions(branch.body, prefix)
        for name in ("orelse", "finalbody"):
            yield from _definitions(getattr(node, name, []), prefix)


def _complexities(tree: ast.Module) -> dict[int, int]:
    """Return cyclomatic complexity by the line of the definition; 0 stands for the module."""
    try:
        visitor = ComplexityVisitor.from_ast(tree)
    except RecursionError:
        # Radon descends recursively, a chain of hundreds of calls is deeper than Python allows: counted by hand then.
        return {}
    found = {0: visitor.total_complexity}
    waiting: list[Function | Class] = [*visitor.functions, *visitor.classes]
    while waiting:
        block = waiting.pop()
        if isinstance(block, Class):
            found[block.lineno] = block.real_complexity
            waiting += [*block.methods, *block.inner_classes]
        else:
            found[block.lineno] = block.complexity
    return found


def _branches(nodes: list[ast.AST]) -> int:
    """McCabe's number by counting: one, and one for each branch and each further operand of `and` and `or`."""
    operands = sum(len(node.values) - 1 for node in nodes if isinstance(node, ast.BoolOp))
    return 1 + operands + sum(isinstance(node, BRANCHES) for node in nodes)


def _unique(names: "Iterator[str] | list[str]") -> tuple[str, ...]:
    return tuple(name for name in dict.fromkeys(names) if name)
