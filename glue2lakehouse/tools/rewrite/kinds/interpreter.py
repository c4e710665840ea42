"""Run a project on kinds instead of values, statement by statement, until nothing new is found out.

A round runs every module's top level in order and then every function with what its callers are known to pass; branches
join, loops run twice, an `isinstance` test narrows. Rounds repeat until parameters, results, attributes and globals
stay as they are.
"""

import ast
from collections.abc import Sequence

from glue2lakehouse.tools.rewrite.kinds.definitions import Definitions
from glue2lakehouse.tools.rewrite.kinds.fixtures import fixture
from glue2lakehouse.tools.rewrite.kinds.openness import writes_by_name
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    NONE,
    UNKNOWN,
    Kind,
    either,
    instance,
    join,
)
from glue2lakehouse.tools.rewrite.kinds.world import Env, World

MAX_ROUNDS = 8


class Interpreter(Definitions):
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

    def _block(self, body: Sequence[ast.stmt], env: Env) -> bool:
        """Run statements; the answer tells whether control never reaches their end."""
        for statement in body:
            run = getattr(self, "_" + type(statement).__name__, None)
            if run is None:
                self._children(statement, env)
            elif run(statement, env):
                return True
        return False

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


def _merge(into: Env, *branches: Env) -> None:
    names = dict.fromkeys(name for branch in branches for name in branch)
    merged = {}
    for name in names:
        held = [branch[name] for branch in branches if name in branch]
        merged[name] = held[0] if all(kind is held[0] for kind in held) else either(held)
    into.clear()
    into.update(merged)


def _defaults(arguments: ast.arguments) -> list[tuple[str, ast.expr]]:
    positional = [*arguments.posonlyargs, *arguments.args]
    pairs = list(zip(positional[len(positional) - len(arguments.defaults) :], arguments.defaults, strict=True))
    pairs += [(a, d) for a, d in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if d is not None]
    return [(argument.arg, default) for argument, default in pairs]
