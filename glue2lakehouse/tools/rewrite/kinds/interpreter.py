"""Run a project on kinds instead of values, statement by statement, until nothing new is found out.

A round runs every module's top level in order and then every function with what its callers are known to pass; branches
join, loops run twice, an `isinstance` test narrows. Rounds repeat until parameters, results, attributes and globals
stay as they are.
"""

import ast
from collections.abc import Sequence

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.calls import Calls
from glue2lakehouse.tools.rewrite.kinds.fixtures import fixture
from glue2lakehouse.tools.rewrite.kinds.openness import harmless, writes_by_name
from glue2lakehouse.tools.rewrite.kinds.project import ClassInfo, Function, FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import below
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    NONE,
    UNKNOWN,
    Kind,
    either,
    instance,
    join,
    join_all,
)
from glue2lakehouse.tools.rewrite.kinds.world import Env, World, mangled

MAX_ROUNDS = 8


class Interpreter(Calls):
    """Fills `world.kinds` and `world.callees` for all modules of the world."""

    def run(self) -> World:
        """Interpret until a round finds nothing new."""
        world = self.world
        for _ in range(MAX_ROUNDS):
            world.changed = False
            world.kinds.clear()
            world.callees.clear()
            world.patches.clear()
            world.extended.clear()
            world.doubtful.clear()
            for module in world.modules.values():
                self._run_module(module)
            for added in world.extensions.values():
                self.receives(added)
            for function in list(world.functions.values()):
                self._run_function(function)
            straight = len(world.modules) == 1 and not world.functions and not world.classes
            if straight or not world.changed:
                # Without functions nobody reads what a later statement of the module finds out.
                break
        return world

    def _run_module(self, module: ModuleInfo) -> None:
        self.module, self.function = module, None
        module.exposed = module.exposed or writes_by_name(module)
        self._prefix = "file:" + module.path
        self._block(module.tree.body, {})

    def _run_function(self, function: FunctionInfo) -> None:
        self.module, self.function = function.module, function
        self._prefix = function.name
        env: Env = dict(function.parameters)
        arguments = function.node.args
        positional = (*arguments.posonlyargs, *arguments.args)
        for argument in (*positional, *arguments.kwonlyargs):
            if argument.annotation is not None:
                told = self._annotated(argument.annotation)
                if told.known and not env.get(argument.arg, BOTTOM).known:
                    self.world.learn(function.parameters, argument.arg, told)
                    env[argument.arg] = told
            elif argument.arg not in env and (made := fixture(self.world, self.module, function, argument.arg)).known:
                env[argument.arg] = made
            env.setdefault(argument.arg, BOTTOM)
        for name, default in _defaults(arguments):
            held = self.kind(default, {})
            held = instance("str") if held.tag == "text" else held
            if held.tag != "none" and (name in function.omitted or not env.get(name, BOTTOM).known):
                env[name] = join(env.get(name, BOTTOM), held)
        if function.owner is not None and positional and "staticmethod" not in function.decorators:
            tag = "class" if "classmethod" in function.decorators else "instance"
            env[positional[0].arg] = Kind("class" if tag == "class" else "instance", function.owner.name)
        self._block(function.node.body, env)

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

    def _block(self, body: Sequence[ast.stmt], env: Env) -> bool:
        """Run statements; the answer tells whether control never reaches their end."""
        for statement in body:
            run = getattr(self, "_" + type(statement).__name__, None)
            if run is None:
                self._children(statement, env)
            elif run(statement, env):
                return True
        return False

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

    def _Return(self, node: ast.Return, env: Env) -> bool:
        if self.function is not None:
            self._returns(self.function, self.kind(node.value, env) if node.value else NONE)
        return True

    def _Raise(self, node: ast.Raise, env: Env) -> bool:
        self._children(node, env)
        return True

    def _Continue(self, node: ast.Continue, env: Env) -> bool:
        return True

    _Break = _Continue

    def _If(self, node: ast.If, env: Env) -> bool:
        self.kind(node.test, env)
        positive, negative = self._narrowed(node.test, env)
        left = self._block(node.body, positive)
        right = self._block(node.orelse, negative)
        if left and right:
            return True
        _merge(env, *([negative] if left else [positive] if right else [positive, negative]))
        return False

    def _IfExp(self, node: ast.IfExp, env: Env) -> Kind:
        self.kind(node.test, env)
        positive, negative = self._narrowed(node.test, env)
        return either([self.kind(node.body, positive), self.kind(node.orelse, negative)])

    def _narrowed(self, test: ast.expr, env: Env) -> tuple[Env, Env]:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._narrowed(test.operand, env)[::-1]
        if isinstance(test, ast.BoolOp):
            # All of an `and` holds where it holds, nothing of an `or` where it does not.
            both, told = isinstance(test.op, ast.And), dict(env)
            for part in test.values:
                told = self._narrowed(part, told)[0 if both else 1]
            told |= {each.target.id: env[each.target.id] for each in ast.walk(test) if isinstance(each, ast.NamedExpr)}
            return (told, dict(env)) if both else (dict(env), told)
        positive, negative = dict(env), dict(env)
        if (
            isinstance(test, ast.Call)
            and isinstance(test.func, ast.Name)
            and test.func.id == "isinstance"
            and len(test.args) == 2
            and isinstance(test.args[0], ast.Name)
        ):
            name, wanted = test.args[0].id, self.world.kinds.get(test.args[1], UNKNOWN)
            if wanted.tag == "class":
                rest = [kind for kind in env.get(name, BOTTOM).members() if not kind.is_a(wanted.name)]
                positive[name] = instance(wanted.name)
                negative[name] = (
                    Kind("union", items=tuple(("", k) for k in rest)) if len(rest) > 1 else (rest or [BOTTOM])[0]
                )
        return positive, negative

    def _loop(self, node: ast.For | ast.AsyncFor | ast.While, env: Env) -> None:
        for _ in range(2):
            inner = dict(env)
            if isinstance(node, ast.While):
                self.kind(node.test, inner)
            else:
                self.assign(node.target, self.iterated(self.kind(node.iter, inner)), inner)
            self._block(node.body, inner)
            _merge(env, env, inner)
        self._block(node.orelse, env)

    _For = _AsyncFor = _While = _loop

    def _With(self, node: ast.With | ast.AsyncWith, env: Env) -> bool:
        for item in node.items:
            entered = self._entered(self.kind(item.context_expr, env))
            if item.optional_vars is not None:
                self.assign(item.optional_vars, entered, env)
        return self._block(node.body, env)

    _AsyncWith = _With

    def _entered(self, manager: Kind) -> Kind:
        if manager.tag == "instance" and manager.name in self.world.classes:
            targets = self.world.overrides(manager.name, "__enter__")
            for target in self.world.overrides(manager.name, "__exit__"):
                target.called = True
            if targets:
                return self.call(targets[0], [], {}, manager)
        return manager

    def _Try(self, node: ast.Try, env: Env) -> bool:
        before = dict(env)
        ended = self._block(node.body, env)
        ended = self._block(node.orelse, env) or ended
        survivors = [] if ended else [env]
        for handler in node.handlers:
            if handler.type is not None:
                self.kind(handler.type, env)
            inner = dict(before)
            _merge(inner, before, env)
            if not self._block(handler.body, inner):
                survivors.append(inner)
        _merge(env, *(survivors or [env]))
        return self._block(node.finalbody, env) or not survivors

    _TryStar = _Try

    def _Match(self, node: ast.Match, env: Env) -> bool:
        """Run each case on its own; the names that a pattern binds are not known."""
        self.kind(node.subject, env)
        branches = [dict(env)]
        for case in node.cases:
            inner = dict(env)
            for child in ast.walk(case.pattern):
                if isinstance(child, ast.expr):
                    self.kind(child, inner)
                elif name := getattr(child, "rest", None) or getattr(child, "name", None):
                    self._bind(name, UNKNOWN, inner)
            if case.guard is not None:
                self.kind(case.guard, inner)
            if not self._block(case.body, inner):
                branches.append(inner)
        _merge(env, *branches)
        return False

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
        owner = self._class if self._class is not None else None
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
    _class: ClassInfo | None = None
    _prefix = ""

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
"""By what attributes of any name are set, or answered for."""


def _merge(into: Env, *branches: Env) -> None:
    names = dict.fromkeys(name for branch in branches for name in branch)
    merged = {}
    for name in names:
        held = [branch[name] for branch in branches if name in branch]
        merged[name] = held[0] if all(kind is held[0] for kind in held) else either(held)
    into.clear()
    into.update(merged)


def _globals(module: ModuleInfo, node: Function) -> frozenset[str]:
    inside = below(node) if module.nodes.of(ast.Global) else ()
    return frozenset(name for child in inside if isinstance(child, ast.Global) for name in child.names)


def _decorators(node: Function) -> frozenset[str]:
    names = (d.func if isinstance(d, ast.Call) else d for d in node.decorator_list)
    return frozenset(ast.unparse(name).rsplit(".", 1)[-1] for name in names)


def _defaults(arguments: ast.arguments) -> list[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return [(argument.arg, default) for argument, default in pairs]
