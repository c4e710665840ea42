"""Calls: what the functions, classes and methods of a project, of Glue and of Spark give, and what a call tells them."""

import ast
from collections.abc import Sequence
from dataclasses import replace

from glue2lakehouse.tools.rewrite.kinds import frame_calls, frames, stubs
from glue2lakehouse.tools.rewrite.kinds.added import Extension
from glue2lakehouse.tools.rewrite.kinds.aws_factories import made_client
from glue2lakehouse.tools.rewrite.kinds.binding import Bound, bind
from glue2lakehouse.tools.rewrite.kinds.builtin_calls import BuiltinCalls
from glue2lakehouse.tools.rewrite.kinds.expressions import LAMBDA
from glue2lakehouse.tools.rewrite.kinds.project import FunctionInfo
from glue2lakehouse.tools.rewrite.kinds.values import (
    BOTTOM,
    COLLECTION,
    DATA_FRAME,
    DYNAMIC_FRAME,
    GLUE_CONTEXT,
    NONE,
    UNKNOWN,
    Kind,
    general,
    instance,
    join,
    join_all,
)
from glue2lakehouse.tools.rewrite.kinds.world import Env, World

AMBIGUOUS = "ambiguous:"
"""Put before the name of a callee that may as well be another one."""
PARTIAL = "functools.partial"
RECORD = instance("awsglue.gluetypes.DynamicRecord")
_TAKEN = {f"{DYNAMIC_FRAME}.fromDF": ("glue_ctx", GLUE_CONTEXT)}
"""The parameters of Glue's other calls that tell what they are given, and what that is."""
_CALLBACKS: dict[str, tuple[str, tuple[Kind, ...]]] = {
    f"{GLUE_CONTEXT}.forEachBatch": ("batch_function", (instance(DATA_FRAME), instance("int"))),
    f"{DYNAMIC_FRAME}.map": ("f", (RECORD,)),
    f"{DYNAMIC_FRAME}.filter": ("f", (RECORD,)),
    "awsglue.transforms.Map.apply": ("f", (RECORD,)),
    "awsglue.transforms.Filter.apply": ("f", (RECORD,)),
    f"{COLLECTION}.map": ("callable", (instance(DYNAMIC_FRAME), instance("str"))),
    "awsglue.transforms.MapToCollection.apply": ("callable", (instance(DYNAMIC_FRAME), instance("str"))),
}


class Calls(BuiltinCalls):
    """Gives every call its kind, and tells the project's functions what they are called with."""

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
        method = node.func.attr if isinstance(node.func, ast.Attribute) else ""
        owner = frame_calls.whose(method, node, arguments, keywords)
        others = {f"{frame}.{method}" for frame in (DATA_FRAME, DYNAMIC_FRAME) if owner not in ("", frame)}
        for member in callee.members():
            if member.tag == "method" and member.name in others and method not in frame_calls.ALIKE:
                continue
            self.world.callees.pop(node, None)
            results.append(self._called(node, member, arguments, keywords, env))
            name = self.world.callees.pop(node, "")
            names.append("" if name in others else name)
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
        given = arguments[0] if arguments else keywords.get("dynamic_frames")
        if name == COLLECTION and given is not None:
            made = instance(COLLECTION, join_all(frame for _, frame in given.items).frame)
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
        self._told_by_use(name, bound, env)
        self._callback(name, bound, env)
        if name == f"{stubs.DATA_SOURCE}.setFormat" and receiver is not None and isinstance(node.func, ast.Attribute):
            self.assign(node.func.value, frames.with_format(receiver, bound, self.world.kinds), env)
        return frames.result(name, receiver, bound, self.world.kinds, self.world.tables)

    def _told_by_use(self, name: str, bound: Bound, env: Env) -> None:
        """Where nothing is known of a name that is handed to a transform of Glue, it is the frame that the transform takes."""
        taken = _TAKEN.get(name, ("frame", DYNAMIC_FRAME) if name.startswith("awsglue.transforms.") else ("", ""))
        given = bound.arguments.get(taken[0])
        if isinstance(given, ast.Name) and not self.world.kinds.get(given, BOTTOM).known:
            self._take_for(given, given.id, taken[1], env)

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
    "writeStream": stubs.SQL_WRITER,
    "read": stubs.SQL_READER,
    "readStream": stubs.SQL_READER,
    "rdd": stubs.RDD,
}
_SPARK_IO = {
    stubs.SQL_WRITER: frozenset(
        "format mode option options partitionBy bucketBy sortBy save saveAsTable insertInto parquet csv json orc toTable".split()
    ),
    stubs.SQL_READER: frozenset("format option options schema load table parquet csv json orc".split()),
    stubs.RDD: frozenset(
        "map flatMap filter isEmpty getNumPartitions collect count first take toDF foreach foreachPartition collectAsMap".split()
    ),
}


_PLAIN_DECORATORS = frozenset("staticmethod classmethod property cached_property abstractmethod override".split())


def takes(function: FunctionInfo, given: int) -> bool:
    """Whether a project function takes so many arguments by their position."""
    arguments = function.node.args
    return arguments.vararg is not None or given <= len(arguments.posonlyargs) + len(arguments.args)
