"""Expressions: what an expression holds, given what the names around it hold."""

import ast
from collections.abc import Callable, Sequence
from dataclasses import replace

from glue2lakehouse.tools.facts import REQUIRED, Parameter
from glue2lakehouse.tools.rewrite.kinds import frames, stubs
from glue2lakehouse.tools.rewrite.kinds.added import Extension
from glue2lakehouse.tools.rewrite.kinds.aws_factories import made_client
from glue2lakehouse.tools.rewrite.kinds.binding import Bound, bind
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo, ModuleInfo
from glue2lakehouse.tools.rewrite.kinds.tree import children
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    GLUE_CONTEXT,
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

AMBIGUOUS = "ambiguous:"
"""Put before the name of a callee that may as well be another one."""
LAMBDA = "lambda:"
"""Starts the name of a lambda, which its place in the source ends."""
PARTIAL = "functools.partial"
RECORD = instance("awsglue.gluetypes.DynamicRecord")
_STRING_METHODS = frozenset("format join lower upper strip replace rstrip lstrip title".split())
_CALLBACKS: dict[str, tuple[str, tuple[Kind, ...]]] = {
    f"{GLUE_CONTEXT}.forEachBatch": ("batch_function", (instance(DATA_FRAME), instance("int"))),
    f"{DYNAMIC_FRAME}.map": ("f", (RECORD,)),
    f"{DYNAMIC_FRAME}.filter": ("f", (RECORD,)),
    "awsglue.transforms.Map.apply": ("f", (RECORD,)),
    "awsglue.transforms.Filter.apply": ("f", (RECORD,)),
    f"{COLLECTION}.map": ("callable", (instance(DYNAMIC_FRAME), instance("str"))),
    "awsglue.transforms.MapToCollection.apply": ("callable", (instance(DYNAMIC_FRAME), instance("str"))),
}


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
            before = self.world.kinds.get(node)
            self.world.kinds[node] = found if before is None else join(before, found)
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

    def _member(self, node: ast.Attribute, owner: Kind) -> Kind:
        """Return what a member holds that the project adds to a Glue class, where it has been added."""
        added = self.world.added(owner, node.attr)
        if added is None:
            return self.world.attribute(owner, node.attr)
        effect = "sure"
        if added.replaces:
            at_once = self.function is None
            effect = self.world.load_order.effect(added.path, added.line, self.module, node, at_once)
        if effect != "never":
            (self.world.extended if effect == "sure" else self.world.doubtful)[node] = added
        if effect != "sure":
            return self.world.attribute(owner, node.attr)
        function = Kind("function", added.function, receiver=owner if owner.tag == "instance" else None)
        if added.mode == "method":
            return function
        if owner.tag == "instance" and added.function.startswith(LAMBDA):
            return self._lambda_called(function, [owner])
        return join_all(self.call(target, [owner], {}, owner) for target in self._targets(function))

    def receives(self, added: Extension) -> None:
        """Let the function of an added member know what it is called with, also where nothing of the project calls it."""
        if added.function.startswith(LAMBDA):
            self.world.changed |= added.function not in self._lambdas
            self._lambda_called(Kind("function", added.function), [instance(added.owner)])
        elif (info := self.world.functions.get(added.function)) is not None:
            arguments = info.node.args
            for first in (*arguments.posonlyargs, *arguments.args)[:1]:
                self.world.learn(info.parameters, first.arg, instance(added.owner))

    def _guess(self, node: ast.Attribute, owner: Kind, env: Env) -> Kind:
        """Where nothing is known of the owner, a method that only one Glue class has tells what it is."""
        told = stubs.TELLING_METHODS.get(node.attr)
        if told is None or (owner.known and owner.tag != "none") or self.world.has_method(node.attr):
            return owner
        guess = instance(told)
        self.world.guesses[node.value] = told
        self.world.kinds[node.value] = guess
        if isinstance(node.value, ast.Name):
            env[node.value.id] = guess
            if self.function is not None and node.value.id in self.function.parameters:
                self.world.learn(self.function.parameters, node.value.id, guess)
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
            return instance(DYNAMIC_FRAME, FrameFacts())
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
            managed = self.function.decorators & {"contextmanager", "asynccontextmanager"}
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

    def _Call(self, node: ast.Call, env: Env) -> Kind:
        callee = self.kind(node.func, env)
        arguments = [self.kind(a.value if isinstance(a, ast.Starred) else a, env) for a in node.args]
        keywords = {keyword.arg: self.kind(keyword.value, env) for keyword in node.keywords}
        if node in self.world.loaded:
            paths = self.world.loaded[node]
            return Kind("modules", "\n".join(paths)) if len(paths) > 1 else Kind("module", "file:" + paths[0])
        if callee.tag == "member":
            return self._call_reached(callee, arguments, keywords)
        if callee.tag == "union":
            return self._call_one_of(node, callee, arguments, keywords, env)
        return self._called(node, callee, arguments, keywords, env)

    def _call_one_of(
        self, node: ast.Call, callee: Kind, arguments: list[Kind], keywords: dict[str | None, Kind], env: Env
    ) -> Kind:
        """Call what may be several things; where one is Glue's and another Spark's, say so unless it is the same call."""
        results, names = [], []
        for member in callee.members():
            self.world.callees.pop(node, None)
            results.append(self._called(node, member, arguments, keywords, env))
            names.append(self.world.callees.pop(node, ""))
        glue = sorted({name for name in names if stubs.is_glue(name)})
        spark = [name for name in names if name.startswith("pyspark.")]
        if glue:
            leaf = glue[0].rsplit(".", 1)[-1]
            same = not spark or leaf in stubs.TELLING_METHODS or leaf in stubs.SAME_METHODS
            self.world.callees[node] = glue[0] if same and len(glue) == 1 else AMBIGUOUS + glue[0]
        elif any(names):
            self.world.callees[node] = next(name for name in names if name)
        return join_all(results)

    def _call_reached(self, callee: Kind, arguments: list[Kind], keywords: dict[str | None, Kind]) -> Kind:
        """Call the function of one of several modules; one that takes fewer arguments cannot be meant."""
        reached = self.world.reached(callee) or []
        fitting = [target for target in reached if takes(target, len(arguments))]
        return join_all(self.call(target, arguments, keywords, None) for target in fitting)

    def _called(
        self, node: ast.Call, callee: Kind, arguments: list[Kind], keywords: dict[str | None, Kind], env: Env
    ) -> Kind:
        if callee.name == PARTIAL and arguments and arguments[0].tag == "method" and stubs.is_glue(arguments[0].name):
            self.world.callees[node] = PARTIAL
            return replace(arguments[0], items=((PARTIAL, NONE),))
        if callee.tag == "class":
            return self._construct(node, callee.name, arguments, keywords)
        if callee.tag == "instance" and stubs.is_glue(callee.name):
            return self._external(node, f"{callee.name}.apply", None, env)
        if callee.tag == "instance" and callee.name in self.world.classes:
            callee = Kind("method", f"{callee.name}.__call__", receiver=callee)
        if callee.tag in ("function", "method"):
            targets = self._targets(callee)
            if targets and callee.tag == "function" and callee.receiver is not None:
                arguments = [callee.receiver, *arguments]
            if targets:
                found = join_all(self.call(t, arguments, keywords, callee.receiver) for t in targets)
                made = made_client(node, targets[0], self.world.kinds) if len(targets) == 1 else None
                return found if made is None else made
            if callee.name.startswith("builtins."):
                return self._builtin(node, callee.name[9:], arguments, env)
            if callee.name.startswith(LAMBDA):
                given = [callee.receiver, *arguments] if callee.receiver is not None else arguments
                return self._lambda_called(callee, given)
            return self._external(node, callee.name, callee.receiver, env)
        if len(arguments) > 1 and _is_reduce(node.func):
            return self._reduced(node, arguments, env)
        if isinstance(node.func, ast.Attribute):
            if not callee.known and (spark := _spark_call(node.func, self.world)):
                return self._external(node, spark, None, env)
            return self._method_of_value(node.func, self.world.kinds.get(node.func.value, BOTTOM), arguments, env)
        return UNKNOWN if callee.known else callee

    def _targets(self, callee: Kind) -> list[FunctionInfo]:
        if callee.tag == "method" and callee.receiver is not None:
            return self.world.overrides(callee.receiver.name, callee.name.rsplit(".", 1)[-1])
        info = self.world.functions.get(callee.name)
        return [info] if info else []

    def _construct(self, node: ast.Call, name: str, arguments: list[Kind], keywords: dict[str | None, Kind]) -> Kind:
        made = instance(name)
        if name in self.world.classes:
            for target in self.world.overrides(name, "__init__")[:1]:
                self.call(target, arguments, keywords, made)
            if base := self.world.glue_base(name):
                self.world.callees[node] = base
            return made
        self.world.callees[node] = name
        return made

    def call(
        self, target: FunctionInfo, arguments: list[Kind], keywords: dict[str | None, Kind], receiver: Kind | None
    ) -> Kind:
        """Bind the arguments of a call to a project function and return what it is known to return."""
        names = [a.arg for a in (*target.node.args.posonlyargs, *target.node.args.args)]
        if target.owner is not None and "staticmethod" not in target.decorators and names:
            first = names.pop(0)
            if receiver is None and arguments:
                arguments = arguments[1:]
            if receiver is not None and receiver.tag == "class" and "classmethod" not in target.decorators:
                arguments = arguments[1:]
            del first
        target.called = True
        arguments = [general(kind) for kind in arguments]
        keywords = {name: general(kind) for name, kind in keywords.items()}
        for name, kind in zip(names, arguments, strict=False):
            self.world.learn(target.parameters, name, kind)
        every = {*names, *(a.arg for a in target.node.args.kwonlyargs)}
        self._omit(target, every - {*names[: len(arguments)], *(str(name) for name in keywords)})
        for keyword, kind in keywords.items():
            if keyword in every:
                self.world.learn(target.parameters, str(keyword), kind)
            elif keyword is None and kind.tag == "dict":
                for key, value in kind.items:
                    if key in every:
                        self.world.learn(target.parameters, key, value)
            elif target.node.args.kwarg and keyword is not None:
                extra = Kind("dict", items=((keyword, kind),))
                self.world.learn(target.parameters, target.node.args.kwarg.arg, extra)
        result = self._decorated(target)
        vague = target.vague or target.decorators - _PLAIN_DECORATORS
        return general(result) if vague else result

    def _omit(self, target: FunctionInfo, names: set[str]) -> None:
        """Note the parameters that a call leaves to their defaults."""
        if not names <= target.omitted:
            target.omitted |= names
            self.world.changed = True

    def _decorated(self, target: FunctionInfo) -> Kind:
        """Return what a call of a function gives: where a decorator's own function gives something else, that."""
        wrapper = self.world.functions.get(target.wrapper.name) if target.wrapper.tag == "function" else None
        if wrapper is None or wrapper is self.function or not wrapper.result.known:
            return target.result
        return target.result if target.result in wrapper.result.members() else wrapper.result

    def _external(self, node: ast.Call, name: str, receiver: Kind | None, env: Env) -> Kind:
        name = stubs.canonical(name) if not name.endswith(".apply") else name
        self.world.callees[node] = name
        bound = bind(node, frames.parameters(name))
        self._callback(name, bound, env)
        return frames.result(name, receiver, bound, self.world.kinds, self.world.tables)

    def _callback(self, name: str, bound: Bound, env: Env) -> None:
        if name not in _CALLBACKS and not name.endswith(".foreachBatch"):
            return
        parameter, given = _CALLBACKS.get(name, ("", (instance(DATA_FRAME), instance("int"))))
        function = bound.arguments.get(parameter) or (bound.surplus[0] if bound.surplus else None)
        streamed = self.world.kinds.get(bound.arguments["frame"]) if "frame" in bound.arguments else None
        if parameter == "batch_function" and streamed is not None and streamed.is_a(DATA_FRAME):
            given = (streamed, *given[1:])
        if isinstance(function, ast.Lambda):
            self._Lambda(function, env, given)
        elif function is not None:
            for target in self._targets(self.world.kinds.get(function, UNKNOWN)):
                self.call(target, list(given), {}, instance(target.owner.name) if target.owner else None)

    def _applied(self, function: ast.expr, given: Sequence[Kind], env: Env) -> Kind:
        """Return what a function that is handed over gives for these arguments."""
        if isinstance(function, ast.Lambda):
            return self._Lambda(function, env, given).items[0][1]
        held = self.world.kinds.get(function, UNKNOWN)
        if held.name.startswith(LAMBDA):
            return self._lambda_called(held, given)
        targets = self._targets(self.world.kinds.get(function, UNKNOWN))
        return join_all(self.call(target, list(given), {}, None) for target in targets)

    def _lambda_called(self, callee: Kind, arguments: Sequence[Kind]) -> Kind:
        """Run a lambda's body on what this call gives it; one that calls itself gives what it was found to give."""
        if callee.name in self._running or callee.name not in self._lambdas:
            return callee.items[0][1] if callee.items else UNKNOWN
        node, env = self._lambdas[callee.name]
        self._running.add(callee.name)
        made = self._Lambda(node, env, [general(kind) for kind in arguments])
        self._running.discard(callee.name)
        return made.items[0][1]

    def _reduced(self, node: ast.Call, arguments: list[Kind], env: Env) -> Kind:
        """A fold: the function gets what it returned before, at first an element, and an element."""
        element = self.iterated(arguments[1])
        held = join(element, arguments[2]) if len(arguments) > 2 else element
        for _ in range(2):
            held = join(held, self._applied(node.args[0], (held, element), env))
        return held

    def _builtin(self, node: ast.Call, name: str, arguments: list[Kind], env: Env) -> Kind:
        first = arguments[0] if arguments else UNKNOWN
        if name == "super" and self.function is not None and self.function.owner is not None:
            bases = self.function.owner.bases
            return instance(bases[0]) if bases else UNKNOWN
        if name in ("getattr", "setattr") and len(node.args) > 1:
            return self._by_name(node, name, first, env)
        if name in ("globals", "locals", "vars") and not node.args:
            return Kind("function", "builtins." + name + "()")
        if name in ("map", "filter") and len(arguments) > 1:
            made = self._applied(node.args[0], [self.iterated(kind) for kind in arguments[1:]], env)
            return Kind("list", items=(("", made if name == "map" else self.iterated(arguments[1])),))
        if name in ("sorted", "min", "max") and arguments:
            for keyword in node.keywords:
                if keyword.arg == "key":
                    self._applied(keyword.value, [self.iterated(first)], env)
        if name in ("min", "max") and len(arguments) == 1:
            return self.element(first)
        if name in ("list", "tuple", "sorted", "set", "iter", "reversed") and arguments:
            return Kind("list", items=(("", self.iterated(first)),))
        if name == "next" and arguments:
            return self.element(first)
        if name == "dict" and not node.args:
            return Kind(
                "dict", items=tuple((k.arg or "", self.world.kinds.get(k.value, UNKNOWN)) for k in node.keywords)
            )
        if name == "zip":
            pair = Kind("tuple", items=tuple((str(i), self.iterated(kind)) for i, kind in enumerate(arguments)))
            return Kind("list", items=(("", pair),))
        if name == "enumerate" and arguments:
            pair = Kind("tuple", items=(("0", instance("int")), ("1", self.iterated(first))))
            return Kind("list", items=(("", pair),))
        return instance("str") if name in ("str", "repr", "format") else UNKNOWN

    def _by_name(self, node: ast.Call, name: str, owner: Kind, env: Env) -> Kind:
        attribute = self.world.kinds.get(node.args[1], UNKNOWN)
        if name == "setattr":
            if self.world.patched(node.args[0]):
                self.world.patches.append((self.module.path, node))
            elif owner.tag in ("instance", "class") and owner.name in self.world.classes:
                held = self.world.kinds.get(node.args[2], UNKNOWN) if len(node.args) > 2 else UNKNOWN
                if attribute.tag == "text":
                    self.world.learn(self.world.classes[owner.name].attributes, attribute.name, held)
                else:
                    self.world.expose(self.world.classes[owner.name])
            return NONE
        return self.world.attribute(owner, attribute.name) if attribute.tag == "text" else UNKNOWN

    def _method_of_value(self, func: ast.Attribute, owner: Kind, arguments: list[Kind], env: Env) -> Kind:
        """Return what a method of a dict, list or string gives; `append` and the like change the owner."""
        if owner.tag in ("text",) or owner.is_a("str"):
            return instance("str") if func.attr in _STRING_METHODS else UNKNOWN
        first = arguments[0] if arguments else UNKNOWN
        if owner.tag == "dict":
            if func.attr in ("get", "pop", "setdefault"):
                return self.element(owner, ast.Constant(first.name) if first.tag == "text" else None)
            held = join_all(kind for _, kind in owner.items)
            pair = Kind("tuple", items=(("0", instance("str")), ("1", held)))
            listed = {"items": pair, "values": held, "keys": instance("str")}.get(func.attr)
            if listed is not None:
                return Kind("list", items=(("", listed),))
            if func.attr == "update":
                self.assign(func.value, join(owner, first), env) if first.tag == "dict" else None
            return owner if func.attr == "copy" else UNKNOWN
        if owner.tag == "list" and func.attr in ("append", "add", "insert", "extend"):
            added = arguments[-1] if arguments else UNKNOWN
            grown = added if func.attr == "extend" else Kind("list", items=(("", added),))
            if isinstance(func.value, ast.Name | ast.Attribute) and grown.tag == "list":
                self.assign(func.value, replace(owner, items=join(owner, grown).items), env)
            return NONE
        return self.element(owner) if owner.tag == "list" and func.attr == "pop" else UNKNOWN


def _is_reduce(func: ast.expr) -> bool:
    owner = func.value if isinstance(func, ast.Attribute) and func.attr == "reduce" else None
    return (isinstance(owner, ast.Name) and owner.id == "functools") or (
        isinstance(func, ast.Name) and func.id == "reduce"
    )


def _spark_call(func: ast.Attribute, world: World) -> str:
    """Return what `x.write.mode(…)` calls where nothing is known of `x`: only Spark has such an attribute with such methods."""
    inner = func.value
    if not isinstance(inner, ast.Attribute) or world.kinds.get(inner.value, UNKNOWN).known:
        return ""
    owner = _SPARK_ATTRIBUTES.get(inner.attr, "")
    if owner == stubs.RDD and world.has_method("rdd"):
        return ""
    return f"{owner}.{func.attr}" if owner and func.attr in _SPARK_IO[owner] else ""


_SPARK_ATTRIBUTES = {
    "write": stubs.SQL_WRITER,
    "read": stubs.SQL_READER,
    "readStream": stubs.SQL_READER,
    "rdd": stubs.RDD,
}
_SPARK_IO = {
    stubs.SQL_WRITER: frozenset(
        "format mode option options partitionBy bucketBy sortBy save saveAsTable insertInto parquet csv json orc".split()
    ),
    stubs.SQL_READER: frozenset("format option options schema load table parquet csv json orc".split()),
    stubs.RDD: frozenset(
        "map flatMap filter isEmpty getNumPartitions collect count first take toDF foreach foreachPartition collectAsMap".split()
    ),
}


_PLAIN_DECORATORS = frozenset("staticmethod classmethod property cached_property abstractmethod override".split())
_SCOPES = frozenset({"builtins.globals()", "builtins.locals()", "builtins.vars()"})
_BUILTINS = frozenset(
    "min max super getattr setattr list tuple sorted set iter reversed next dict zip enumerate str repr format map filter "
    "isinstance hasattr len print int float bool range open vars globals locals type".split()
)


def takes(function: FunctionInfo, given: int) -> bool:
    """Whether a project function takes so many arguments by their position."""
    arguments = function.node.args
    return arguments.vararg is not None or given <= len(arguments.posonlyargs) + len(arguments.args)


def signature(function: FunctionInfo) -> tuple[Parameter, ...]:
    """Return the parameters of a project function, without `self`."""
    arguments = function.node.args
    names = [a.arg for a in (*arguments.posonlyargs, *arguments.args)]
    return tuple(Parameter(name, REQUIRED) for name in names)
