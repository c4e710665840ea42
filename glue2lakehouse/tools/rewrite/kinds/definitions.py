"""Statements that bind names: assignments, imports, functions and classes."""

import ast
from collections.abc import Sequence

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.calls import Calls
from glue2lakehouse.tools.rewrite.kinds.openness import harmless
from glue2lakehouse.tools.rewrite.kinds.project import ClassInfo, Function, FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import BOTTOM, NONE, UNKNOWN, Kind, instance, join, join_all
from glue2lakehouse.tools.rewrite.kinds.world import Env, mangled


class Definitions(Calls):
    """Binds what statements define, and notes the functions and classes of the project in the world."""

    _class: ClassInfo | None = None
    _prefix = ""

    def _block(self, body: Sequence[ast.stmt], env: Env) -> bool:
        """Run statements; the interpreter knows how."""
        raise NotImplementedError

    def _bind(self, name: str, kind: Kind, env: Env) -> None:
        env[name] = kind
        if self.function is None or name in self.function.global_names:
            self.world.learn(self.module.scope, name, kind)
            if kind.tag == "bottom":
                self.module.rebound.add(name)

    def assign(self, target: ast.expr, kind: Kind, env: Env) -> None:
        """Bind names, attributes, items and unpacked targets to a kind."""
        if isinstance(target, ast.Name):
            self._bind(target.id, kind, env)
            if kind.known:
                self.world.kinds[target] = kind
        elif isinstance(target, ast.Tuple | ast.List):
            for position, element in enumerate(target.elts):
                rest = isinstance(element, ast.Starred)
                self.assign(element, kind if rest else self.element(kind, ast.Constant(position)), env)
        elif isinstance(target, ast.Starred):
            self.assign(target.value, Kind("list", items=(("", self.element(kind)),)), env)
        elif isinstance(target, ast.Attribute):
            owner = self.kind(target.value, env)
            if kind.known:
                self.world.kinds[target] = kind
            if self.world.patched(target.value):
                self.world.patches.append((self.module.path, target))
            if owner.tag == "module" and owner.name.startswith("file:"):
                set_from_outside = self.world.modules[owner.name[5:]]
                set_from_outside.rebound.add(target.attr)
                self.world.learn(set_from_outside.scope, target.attr, kind)
            if owner.name in self.world.classes and owner.tag in ("instance", "class"):
                info = self.world.classes[owner.name]
                name = mangled(owner.name, target.attr)
                self.world.learn(info.attributes, name, kind)
                if kind.tag == "bottom":
                    info.vague.add(name)
        elif isinstance(target, ast.Subscript):
            self._assign_item(target, kind, env)

    def _assign_item(self, target: ast.Subscript, kind: Kind, env: Env) -> None:
        owner = self.kind(target.value, env)
        self.kind(target.slice, env)
        if owner.tag == "dict":
            key = str(target.slice.value) if isinstance(target.slice, ast.Constant) else ""
            self.assign(target.value, join(owner, Kind("dict", items=((key, kind),))), env)

    def _Assign(self, node: ast.Assign, env: Env) -> None:
        kind = self.kind(node.value, env)
        for target in node.targets:
            self.assign(target, kind, env)

    def _AnnAssign(self, node: ast.AnnAssign, env: Env) -> None:
        told = self._annotated(node.annotation)
        held = self.kind(node.value, env) if node.value is not None else BOTTOM
        self.assign(node.target, held if held.known and held.tag != "none" else told, env)

    def _AugAssign(self, node: ast.AugAssign, env: Env) -> None:
        held = self.kind(node.value, env)
        if isinstance(node.target, ast.Name):
            self.assign(node.target, join(self._Name(node.target, env), held), env)

    def _annotated(self, annotation: ast.expr) -> Kind:
        if isinstance(annotation, ast.Constant) and isinstance(annotation.value, str):
            try:
                annotation = ast.parse(annotation.value, mode="eval").body
            except SyntaxError:
                return UNKNOWN
        if isinstance(annotation, ast.Subscript):
            outer, inner = ast.unparse(annotation.value).rsplit(".", 1)[-1], annotation.slice
            if outer == "Optional":
                return self._annotated(inner)
            if outer in ("List", "list", "Iterable", "Sequence"):
                return Kind("list", items=(("", self._annotated(inner)),))
            if outer in ("Dict", "dict", "Mapping") and isinstance(inner, ast.Tuple) and len(inner.elts) == 2:
                return Kind("dict", items=(("", self._annotated(inner.elts[1])),))
            if outer == "Union" and isinstance(inner, ast.Tuple):
                return join_all(self._annotated(each) for each in inner.elts)
            self._children(annotation, {})
            return UNKNOWN
        if isinstance(annotation, ast.BinOp) and isinstance(annotation.op, ast.BitOr):
            return join(self._annotated(annotation.left), self._annotated(annotation.right))
        if isinstance(annotation, ast.Constant) and annotation.value is None:
            return NONE
        held = self.kind(annotation, {})
        told = held.tag == "class" and not held.name.startswith(("typing.", "typing_extensions."))
        return instance(held.name) if told else UNKNOWN

    def _Import(self, node: ast.Import, env: Env) -> None:
        for alias in node.names:
            name = alias.asname or alias.name.split(".")[0]
            dotted = alias.name if alias.asname else alias.name.split(".")[0]
            module = self.world.import_module(dotted, self.module)
            if not module.name.startswith("file:") and not alias.asname and "." in alias.name:
                whole = self.world.import_module(alias.name, self.module)
                module = module if not whole.name.startswith("file:") else Kind("module", dotted)
            self._bind(name, module, env)

    def _ImportFrom(self, node: ast.ImportFrom, env: Env) -> None:
        module = self.world.import_module(node.module or "", self.module, node.level)
        for alias in node.names:
            if alias.name == "*":
                if not module.name.startswith("file:") and not harmless(node):
                    self.module.rebound |= set(env)
                for name, kind in self._public(module).items():
                    self._bind(name, kind, env)
                continue
            kind = self.world.member(module, alias.name)
            if not kind.known:
                whole = self.world.import_module(
                    f"{node.module or ''}.{alias.name}".strip("."), self.module, node.level
                )
                kind = whole if whole.name.startswith("file:") else kind
            self._bind(alias.asname or alias.name, kind, env)

    def _public(self, module: Kind) -> Env:
        if module.name.startswith("file:"):
            scope = self.world.modules[module.name[5:]].scope
            return {name: kind for name, kind in scope.items() if not name.startswith("_")}
        if module.name == "awsglue.transforms":
            return {name: stubs.attribute_of(module, name) for name in sorted(stubs.STAR_TRANSFORMS)}
        if module.name == "delta.tables":
            return {"DeltaTable": stubs.attribute_of(module, "DeltaTable")}
        if stubs.is_glue(module.name):
            leaves = {leaf: name for leaf, name in stubs.GLUE_LEAVES.items() if name.startswith(module.name + ".")}
            return {leaf: stubs.attribute_of(module, leaf) for leaf in sorted(leaves)}
        return {}

    def _FunctionDef(self, node: Function, env: Env) -> None:
        owner = self._class
        name = f"{self._prefix}:{node.name}:{node.lineno}"
        info = self.world.functions.get(name)
        if info is None:
            info = FunctionInfo(
                name, node, self.module, owner, decorators=_decorators(node), global_names=_globals(self.module, node)
            )
            self.world.functions[name] = info
            self.module.functions.append(info)
            self.module.rebound |= info.global_names
            self.world.changed = True
        for decorator in reversed(node.decorator_list):
            held = self.kind(decorator, env)
            for target in self._targets(held) if held.tag == "function" else ():
                info.wrapper = self.call(target, [Kind("function", name)], {}, None)
        if owner is None and self.function is not None:
            info.enclosing = {**self.function.enclosing, **env}
        if owner is not None:
            owner.methods[node.name] = info
        if node.returns is not None:
            told = self._annotated(node.returns)
            if told.known and not info.result.known:
                self._returns(info, told)
        self._bind(node.name, Kind("function", name), env)

    _AsyncFunctionDef = _FunctionDef

    def _ClassDef(self, node: ast.ClassDef, env: Env) -> None:
        name = f"{self._prefix}:{node.name}"
        info = self.world.classes.get(name)
        if info is None:
            info = ClassInfo(name, node, self.module)
            self.world.classes[name] = info
            self.world.changed = True
        info.bases = [base.name for base in (self.kind(base, env) for base in node.bases) if base.tag == "class"]
        info.exposed = info.exposed or self._is_exposed(info)
        for base in info.bases:
            self.world.subclasses.setdefault(base, set()).add(name)
        outer, self._class = self._class, info
        prefix, self._prefix = self._prefix, name
        inner = dict(env)
        self._block(node.body, inner)
        self._class, self._prefix = outer, prefix
        for attribute, kind in inner.items():
            if kind != env.get(attribute) and kind.tag != "function":
                self.world.learn(info.attributes, attribute, kind)
        self._bind(node.name, Kind("class", name), env)

    def _is_exposed(self, info: ClassInfo) -> bool:
        """Whether a decorator, a base from elsewhere or the class itself may set attributes by names that are not written."""
        bases = [base for base in info.node.bases if not (isinstance(base, ast.Name) and base.id in ("object", "ABC"))]
        known = [name for name in info.bases if name in self.world.classes]
        if info.node.decorator_list or len(known) < len(bases):
            return True
        if not any(name in info.module.source for name in _OPENING):
            return False
        return any(
            (isinstance(child, ast.Attribute) and child.attr in _OPENING)
            or (isinstance(child, ast.FunctionDef) and child.name in _OPENING[1:])
            for child in below(info.node)
        )


_OPENING = ("__dict__", "__getattr__", "__getattribute__")
"""Members by which attributes of any name are set, or answered for."""


def _globals(module: ModuleInfo, node: Function) -> frozenset[str]:
    inside = below(node) if module.nodes.of(ast.Global) else ()
    return frozenset(name for child in inside if isinstance(child, ast.Global) for name in child.names)


def _decorators(node: Function) -> frozenset[str]:
    names = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return frozenset(ast.unparse(name).rsplit(".", 1)[-1] for name in names)
