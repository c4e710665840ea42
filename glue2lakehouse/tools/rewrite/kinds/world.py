"""The state of one interpretation: modules, classes and functions of a project, and how names lead to them."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Literal

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.added import Extension, Found
from glue2lakehouse.tools.rewrite.kinds.load_order import LoadOrder
from glue2lakehouse.tools.rewrite.kinds.loading import loads
from glue2lakehouse.tools.rewrite.kinds.openness import late_stars
from glue2lakehouse.tools.rewrite.kinds.project import ClassInfo, FunctionInfo, ModuleInfo, Modules
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    UNKNOWN,
    Kind,
    TableFacts,
    general,
    instance,
    join,
    join_all,
)

Env = dict[str, Kind]
_COUNT_ALL = frozenset({"errorsCount", "errorsAsDynamicFrame", "ErrorsAsDynamicFrame"})


def _has_total(module: ModuleInfo) -> bool:
    """Whether some call of the module sets a threshold on the errors of all stages so far."""
    return "totalThreshold" in module.source and any(
        isinstance(node, ast.keyword)
        and node.arg == "totalThreshold"
        and not (isinstance(node.value, ast.Constant) and node.value.value in (0, "0"))
        for node in module.nodes
    )


class World:
    """What is known so far; `changed` tells the interpreter that another round may find out more."""

    def __init__(
        self, modules: Iterable[ModuleInfo], index: Modules, tables: Mapping[str, TableFacts] | None = None
    ) -> None:
        self.tables = tables or {}
        self.modules = {module.path: module for module in modules}
        self.runs_a_job = False
        """Whether a definition of the project runs one of the modules as a job."""
        self.index = index
        self.functions: dict[str, FunctionInfo] = {}
        self.classes: dict[str, ClassInfo] = {}
        self.subclasses: dict[str, set[str]] = {}
        self.kinds: dict[ast.AST, Kind] = {}
        self.callees: dict[ast.Call, str] = {}
        self.guesses: dict[ast.AST, str] = {}
        self.patches: list[tuple[str, ast.expr]] = []
        self.extensions: dict[tuple[str, str], Extension] = {}
        """Members that the project adds to Glue's classes, by class and name."""
        self.extended: dict[ast.Attribute, Extension] = {}
        """Where such a member is used, and which one."""
        self.doubtful: dict[ast.Attribute, Extension] = {}
        """Where one may be used, or a member of Glue's or Spark's own of the same name."""
        self.found = Found()
        self.changed = False
        self.loaded: dict[ast.Call, tuple[str, ...]] = {
            call: paths
            for module in self.modules.values()
            if "import_module" in module.source
            for call, paths in loads(module.tree, module.path, index)
            if all(path in self.modules for path in paths)
        }
        """Calls that load one of several modules of the project by its name."""

    @cached_property
    def counted_errors(self) -> Literal["", "stage", "all"]:
        """Whose error records the project asks for; to be read when the world is finished."""
        asked = {name.removesuffix(".apply").rsplit(".", 1)[-1] for name in self.callees.values()}
        if asked & _COUNT_ALL or any(_has_total(module) for module in self.modules.values()):
            return "all"
        return "stage" if "stageErrorsCount" in asked else ""

    def let_go(self) -> None:
        """Break what refers back, so that a group's trees are freed at once instead of by the cycle collector."""
        for module in self.modules.values():
            module.functions.clear()
        for info in self.classes.values():
            info.methods.clear()
        self.functions.clear()

    def added(self, owner: Kind, name: str) -> Extension | None:
        """Return the member of this name that the project adds to the Glue class of an object or class."""
        if owner.tag not in ("instance", "class"):
            return None
        if owner.name not in self.classes:
            return self.extensions.get((owner.name, name))
        held = self._project_attribute(owner, name, with_glue=False)
        return self.extensions.get((self.glue_base(owner.name), name)) if held.tag == "bottom" else None

    def patched(self, node: ast.expr | None) -> list[str]:
        """Return the Glue classes that an expression may be: by name, or as the class of an object (`type(frame)`)."""
        if node is None:
            return []
        found = [member.name for member in self.kinds.get(node, UNKNOWN).members() if member.tag == "class"]
        if isinstance(node, ast.Call) and len(node.args) == 1 and getattr(node.func, "id", "") == "type":
            held = self.kinds.get(node.args[0], UNKNOWN)
        elif isinstance(node, ast.Attribute) and node.attr == "__class__":
            held = self.kinds.get(node.value, UNKNOWN)
        else:
            held = UNKNOWN
        found += [member.name for member in held.members() if member.tag == "instance"]
        return [name for name in found if stubs.is_glue(name)]

    @cached_property
    def load_order(self) -> LoadOrder:
        """Which modules have run when others do."""
        return LoadOrder(self.modules, self.index)

    def learn(self, table: Env, name: str, kind: Kind) -> None:
        """Join a kind into a table that outlives a round, and note whether that told anything new."""
        before = table.get(name, BOTTOM)
        after = join(before, kind)
        if after != before:
            table[name] = after
            self.changed = True

    def expose(self, info: ClassInfo) -> None:
        """Note that code out of sight may set attributes of a class, which another round has to know."""
        if not info.exposed:
            info.exposed = self.changed = True

    def import_module(self, dotted: str, importer: ModuleInfo, level: int = 0) -> Kind:
        """Return the module that an import names: the project's own, else an external one."""
        path = self.index.relative(dotted, level, importer.path) if level else self.index.find(dotted, importer.path)
        if path in self.modules and not (stubs.is_glue(dotted) and not level and self._vendors_glue(path)):
            return Kind("module", "file:" + path)
        return Kind("module", dotted)

    def _vendors_glue(self, path: str) -> bool:
        """Whether the file is a copy of Glue's own library inside the project."""
        return any(part in stubs.GLUE_PACKAGES for part in path.split("/"))

    def member(self, module: Kind, name: str) -> Kind:
        """Return the kind of a module's member."""
        if not module.name.startswith("file:"):
            return stubs.attribute_of(module, name)
        info = self.modules[module.name[5:]]
        if name in info.scope:
            return self.settled(info, name, info.scope[name])
        package = info.path.removesuffix("__init__.py")
        for candidate in (f"{package}{name}.py", f"{package}{name}/__init__.py"):
            if info.path.endswith("__init__.py") and candidate in self.modules:
                return Kind("module", "file:" + candidate)
        return BOTTOM

    def reached(self, member: Kind) -> list[FunctionInfo] | None:
        """Return the functions that a name may mean in one of several modules; None where it may be anything else in one of them."""
        paths = member.receiver.name.split("\n") if member.receiver is not None else []
        found: list[FunctionInfo] = []
        for module in (self.modules[path] for path in paths):
            held = module.scope.get(member.name, BOTTOM)
            function = self.functions.get(held.name) if held.tag == "function" else None
            open_ended = "__getattr__" in module.scope or (held.tag == "bottom" and late_stars(module))
            if member.name in module.rebound or module.exposed or open_ended:
                return None
            if function is not None:
                found.append(function)
            elif held.tag != "bottom":
                return None
        return found or None

    def settled(self, module: ModuleInfo, name: str, held: Kind) -> Kind:
        """Return what a global name holds where code out of sight may have set it: any text, whatever was learned."""
        if name not in module.rebound and not module.exposed:
            return held
        return general(join(held, module.scope.get(name, BOTTOM)) if held.tag == "none" else held)

    def lineage(self, name: str) -> Iterator[str]:
        """Yield the class and its bases, nearest first; external bases come by their canonical name."""
        seen: set[str] = set()
        todo = [name]
        while todo:
            current = todo.pop(0)
            if current in seen:
                continue
            seen.add(current)
            yield current
            if current in self.classes:
                todo.extend(self.classes[current].bases)

    def descendants(self, name: str) -> Iterator[str]:
        """Yield the project's classes below a class."""
        for child in sorted(self.subclasses.get(name, ())):
            yield child
            yield from self.descendants(child)

    def glue_base(self, name: str) -> str:
        """Return the Glue class that a project class derives from, or an empty string."""
        return next((base for base in self.lineage(name) if base in stubs.GLUE_TYPES), "")

    def method(self, owner: str, name: str) -> FunctionInfo | None:
        """Return the project's method that an attribute of a class resolves to."""
        for base in self.lineage(owner):
            if base in self.classes and name in self.classes[base].methods:
                return self.classes[base].methods[name]
        return None

    def overrides(self, owner: str, name: str) -> list[FunctionInfo]:
        """Return the method and everything that overrides it below the class: what a call may reach."""
        found = [self.method(owner, name)]
        found += [self.classes[child].methods.get(name) for child in self.descendants(owner)]
        return [info for info in found if info is not None]

    def attribute(self, owner: Kind, name: str) -> Kind:
        """Return the kind of an attribute of an object, class or module."""
        if owner.tag == "module":
            return self.member(owner, name)
        if owner.tag == "union":
            return join_all(self.attribute(member, name) for member in owner.members())
        if owner.tag == "modules":
            member = Kind("member", name, receiver=owner)
            return member if self.reached(member) is not None else BOTTOM
        if owner.tag not in ("instance", "class"):
            return UNKNOWN if owner.tag != "bottom" else BOTTOM
        if owner.name not in self.classes:
            return stubs.attribute_of(owner, name)
        return self._project_attribute(owner, name)

    def is_enum(self, name: str) -> bool:
        """Whether a class of the project is an enumeration, whose members are its instances."""
        return self._has_enums and any(base.startswith("enum.") for base in self.lineage(name))

    @cached_property
    def _has_enums(self) -> bool:
        return any("Enum" in module.source for module in self.modules.values())

    def _member_of_enum(self, owner: Kind, name: str) -> Kind | None:
        """Return a member of an enumeration, or the value that a member holds; None for anything else."""
        if owner.tag == "class" and not name.startswith("_") and name in self.classes[owner.name].attributes:
            return instance(owner.name)
        if owner.tag == "instance" and name == "value":
            return general(join_all(self.classes[owner.name].attributes.values()))
        return instance("str") if owner.tag == "instance" and name == "name" else None

    def _project_attribute(self, owner: Kind, name: str, with_glue: bool = True) -> Kind:
        if self.is_enum(owner.name) and (member := self._member_of_enum(owner, name)) is not None:
            return member
        key = mangled(owner.name, name)
        related = [*self.lineage(owner.name), *self.descendants(owner.name)]
        held = join_all(
            self.classes[related_name].attributes.get(key, BOTTOM)
            for related_name in related
            if related_name in self.classes
        )
        if held.tag != "bottom":
            classes = [self.classes[item] for item in related if item in self.classes]
            exposed = any(info.exposed or key in info.vague for info in classes)
            return general(held) if exposed else held
        if targets := self.overrides(owner.name, name):
            if targets[0].decorators & {"property", "cached_property"}:
                return join_all(target.result for target in targets)
            return Kind("method", f"{owner.name}.{name}", receiver=owner)
        if with_glue and (base := self.glue_base(owner.name)):
            return stubs.attribute_of(instance(base), name)
        return BOTTOM

    def has_method(self, name: str) -> bool:
        """Whether any class of the project defines a method of this name."""
        return any(name in info.methods for info in self.classes.values())


def mangled(owner: str, name: str) -> str:
    """Return the name under which Python keeps a private attribute of a class."""
    if name.startswith("__") and not name.endswith("__"):
        return f"_{owner.rsplit('.', 1)[-1].lstrip('_')}{name}"
    return name
