"""Expressions: what an expression holds, given what the names around it hold."""

import ast
from collections.abc import Callable, Sequence

from glue2lakehouse.tools.rewrite.kinds import stubs
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import below, children
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    NONE,
    UNKNOWN,
    FrameFacts,
    Kind,
    either,
    general,
    instance,
    join,
    join_all,
    text,
)
from glue2lakehouse.tools.rewrite.kinds.world import Env, World

LAMBDA = "lambda:"
"""Starts the name of a lambda, which its place in the source ends."""


class Expressions:
    """Gives every expression its kind and remembers it in the world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.module: ModuleInfo
        self.function: FunctionInfo | None = None
        self._lambdas: dict[str, tuple[ast.Lambda, Env]] = {}
        self._running: set[str] = set()
        self._added_names = {name for _, name in world.extensions}

    def kind(self, node: ast.expr, env: Env) -> Kind:
        """Return the kind of an expression and note it."""
        evaluate: Callable[[ast.expr, Env], Kind] | None = getattr(self, "_" + type(node).__name__, None)
        found = evaluate(node, env) if evaluate else self._children(node, env)
        if found.tag not in ("bottom", "unknown"):
            self.world.kinds[node] = join(self.world.kinds.get(node, found), found)
        return found

    def _children(self, node: ast.AST, env: Env) -> Kind:
        for child in children(node):
            if isinstance(child, ast.expr):
                self.kind(child, env)
            elif isinstance(child, ast.keyword | ast.comprehension):
                self._children(child, env)
        return UNKNOWN

    def _Constant(self, node: ast.Constant, env: Env) -> Kind:
        if node.value is None:
            return NONE
        return text(node.value) if isinstance(node.value, str) else instance(type(node.value).__name__)

    def _JoinedStr(self, node: ast.JoinedStr, env: Env) -> Kind:
        self._children(node, env)
        return instance("str")

    def _Name(self, node: ast.Name, env: Env) -> Kind:
        if node.id in env:
            ours = self.function is None or node.id in self.function.global_names
            return self.world.settled(self.module, node.id, env[node.id]) if ours else env[node.id]
        if self.function is not None and node.id in self.function.enclosing:
            return self.function.enclosing[node.id]
        if node.id in self.module.scope:
            return self.world.settled(self.module, node.id, self.module.scope[node.id])
        return Kind("function", "builtins." + node.id) if node.id in _BUILTINS else BOTTOM

    def _Attribute(self, node: ast.Attribute, env: Env) -> Kind:
        owner = self.kind(node.value, env)
        owner = self._guess(node, owner, env)
        if node.attr == "rdd" and not owner.known and not self.world.has_method("rdd"):
            return instance(stubs.RDD)
        if node.attr in self._added_names:
            return join_all(self._member(node, member) for member in owner.members())
        return self.world.attribute(owner, node.attr)

    def _guess(self, node: ast.Attribute, owner: Kind, env: Env) -> Kind:
        """Where nothing is known of the owner, a method that only one Glue class has tells what it is."""
        told = stubs.TELLING_METHODS.get(node.attr)
        if told is None or (owner.known and owner.tag != "none") or self.world.has_method(node.attr):
            return owner
        return self._take_for(node.value, getattr(node.value, "id", ""), told, env)

    def _take_for(self, node: ast.expr, name: str, told: str, env: Env) -> Kind:
        """Take an expression for an instance of a class; `name` is the variable that it is, if it is one."""
        guess = instance(told)
        self.world.guesses[node] = told
        self.world.kinds[node] = guess
        if name:
            env[name] = guess
            if self.function is not None and (
                name in self.function.parameters or _is_only_given(self.function.node, name)
            ):
                self.world.learn(self.function.parameters, name, guess)
        return guess

    def _Dict(self, node: ast.Dict, env: Env) -> Kind:
        items: Env = {}
        for key, value in zip(node.keys, node.values, strict=True):
            if key is not None:
                self.kind(key, env)
            held = self.kind(value, env)
            if key is None:
                items |= dict(held.items) if held.tag == "dict" else {"": UNKNOWN}
                continue
            name = str(key.value) if isinstance(key, ast.Constant) else ""
            items[name] = join(items[name], held) if name in items else held
        return Kind("dict", items=tuple(items.items()))

    def _List(self, node: ast.List | ast.Set, env: Env) -> Kind:
        return Kind("list", items=(("", join_all(self.kind(element, env) for element in node.elts)),))

    _Set = _List

    def _Tuple(self, node: ast.Tuple, env: Env) -> Kind:
        return Kind("tuple", items=tuple((str(i), self.kind(element, env)) for i, element in enumerate(node.elts)))

    def _Subscript(self, node: ast.Subscript, env: Env) -> Kind:
        owner = self.kind(node.value, env)
        self.kind(node.slice, env)
        if owner.tag == "function" and owner.name in _SCOPES and isinstance(node.slice, ast.Constant):
            return self._Name(ast.Name(str(node.slice.value), ast.Load()), env)
        if owner.is_a(COLLECTION):
            return instance(DYNAMIC_FRAME, owner.frame or FrameFacts())
        if owner.is_a(stubs.ARGS):
            return instance("str")
        if owner.is_a(DATA_FRAME) and isinstance(node.slice, ast.List):
            return instance(DATA_FRAME, owner.frame)
        return self.element(owner, node.slice)

    def element(self, owner: Kind, index: ast.expr | None = None) -> Kind:
        """Return what a container holds, at a constant index where one is given; no text keeps its value in one.

        Its content may be changed through another name.
        """
        if owner.tag == "union":
            return join_all(self.element(member, index) for member in owner.members())
        if owner.tag not in ("dict", "list", "tuple"):
            return UNKNOWN if owner.known else owner
        if owner.tag == "tuple" and isinstance(index, ast.Constant):
            items = dict(owner.items)
            return items.get(str(index.value), BOTTOM)
        if owner.tag == "dict" and isinstance(index, ast.Constant):
            items = dict(owner.items)
            return general(items.get(str(index.value), items.get("", BOTTOM)))
        if owner.tag == "list" and isinstance(index, ast.Slice):
            return owner
        return general(join_all(kind for _, kind in owner.items))

    def iterated(self, owner: Kind) -> Kind:
        """Return what a loop over the value binds."""
        if owner.is_a(COLLECTION) or owner.is_a("str") or owner.tag in ("dict", "text"):
            return instance("str")
        if owner.tag == "class" and owner.name in self.world.classes and self.world.is_enum(owner.name):
            return instance(owner.name)
        return self.element(owner)

    def _comprehension(self, node: ast.expr, env: Env) -> Env:
        inner = dict(env)
        for generator in node.generators:  # type: ignore[attr-defined]
            self.assign(generator.target, self.iterated(self.kind(generator.iter, inner)), inner)
            for test in generator.ifs:
                self.kind(test, inner)
        return inner

    def _ListComp(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp, env: Env) -> Kind:
        return Kind("list", items=(("", self.kind(node.elt, self._comprehension(node, env))),))

    _SetComp = _GeneratorExp = _ListComp

    def _DictComp(self, node: ast.DictComp, env: Env) -> Kind:
        inner = self._comprehension(node, env)
        self.kind(node.key, inner)
        return Kind("dict", items=(("", self.kind(node.value, inner)),))

    def _IfExp(self, node: ast.IfExp, env: Env) -> Kind:
        self.kind(node.test, env)
        return either([self.kind(node.body, env), self.kind(node.orelse, env)])

    def _BoolOp(self, node: ast.BoolOp, env: Env) -> Kind:
        return either([self.kind(value, env) for value in node.values])

    def _BinOp(self, node: ast.BinOp, env: Env) -> Kind:
        left, right = self.kind(node.left, env), self.kind(node.right, env)
        if isinstance(node.op, ast.Add) and left.tag == right.tag == "text":
            return text(left.name + right.name)
        if isinstance(node.op, ast.Add | ast.Mod) and ("text" in (left.tag, right.tag) or left.is_a("str")):
            return instance("str")
        if isinstance(node.op, ast.Add) and left.tag == right.tag == "list":
            return join(left, right)
        return UNKNOWN

    def _Await(self, node: ast.Await, env: Env) -> Kind:
        return self.kind(node.value, env)

    def _NamedExpr(self, node: ast.NamedExpr, env: Env) -> Kind:
        held = self.kind(node.value, env)
        self.assign(node.target, held, env)
        return held

    def _Lambda(self, node: ast.Lambda, env: Env, parameters: Sequence[Kind] = ()) -> Kind:
        inner = dict(env)
        names = [argument.arg for argument in node.args.args]
        for position, name in enumerate(names):
            inner[name] = parameters[position] if position < len(parameters) else BOTTOM
        name = f"{LAMBDA}{self.module.path}:{node.lineno}:{node.col_offset}"
        self._lambdas[name] = (node, env)
        return Kind("function", name, items=(("", self.kind(node.body, inner)),))

    def _Yield(self, node: ast.Yield, env: Env) -> Kind:
        held = self.kind(node.value, env) if node.value else NONE
        if self.function is not None:
            managed = self.function.decorators & {"contextmanager", "asynccontextmanager", "fixture"}
            self._returns(self.function, held if managed else Kind("list", items=(("", held),)))
        return UNKNOWN

    def _returns(self, function: FunctionInfo, kind: Kind) -> None:
        function.vague = function.vague or kind.tag == "bottom"
        after = join(function.result, kind)
        if after != function.result:
            function.result = after
            self.world.changed = True

    def assign(self, target: ast.expr, kind: Kind, env: Env) -> None:
        """Bind a target of an assignment, a loop or a `with`; the interpreter knows how."""
        raise NotImplementedError

    def _member(self, node: ast.Attribute, owner: Kind) -> Kind:
        """Return what a member holds that the project may add to a Glue class; the calls know how."""
        raise NotImplementedError


def _is_only_given(function: ast.FunctionDef | ast.AsyncFunctionDef, name: str) -> bool:
    """Whether a name is a parameter that the function binds to nothing else."""
    arguments = function.args
    if name not in {each.arg for each in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)}:
        return False
    return not any(
        isinstance(part, ast.Name) and part.id == name and not isinstance(part.ctx, ast.Load)
        for part in below(function)
    )


_SCOPES = frozenset({"builtins.globals()", "builtins.locals()", "builtins.vars()"})
_BUILTINS = frozenset(
    "min max super getattr setattr list tuple sorted set iter reversed next dict zip enumerate str repr format map filter "
    "isinstance hasattr len print int float bool range open vars globals locals type".split()
)
