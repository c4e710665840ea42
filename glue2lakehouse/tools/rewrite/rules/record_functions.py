"""Functions that are handed to Filter and Map as columns: one condition, or a chain of `where`, `withColumn` and `drop`.

Glue: semantics of Filter and Map. A map's function is translated where it only sets, deletes and renames fields of the record
and returns it, or returns a new dict of such expressions; what it raises on is filtered out, as the record is gone in Glue.
"""

import ast
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.code import Code, code, joined
from glue2lakehouse.tools.rewrite.kinds.frames import TEXT_ONLY
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.rules.predicates import Untranslatable, guarded
from glue2lakehouse.tools.rewrite.rules.record_fields import BITS, NULL, Value, canonical
from glue2lakehouse.tools.rewrite.rules.record_values import Values

_KEPT_WHEN_NEW = frozenset({"string", "int", "double", "boolean", "date", "timestamp", "binary"})
"""Types that a new field has again after Python had it; a decimal's and a big number's go by each value's size."""


class Predicate(NamedTuple):
    """A column expression, and the columns of unknown type in it with the kind of value that each is compared with."""

    condition: Code
    kinds: dict[str, str]
    helpers: frozenset[str] = frozenset()


class Chain(NamedTuple):
    """What follows the frame, and the helpers that it uses."""

    steps: Code
    helpers: frozenset[str]


def predicate(call: GlueCall, function: ast.expr, may_raise: bool = True) -> Predicate | None:
    """Return the column expression of a lambda or one-line function, or None where it is not known to be equal.

    A TypeError only drops the record; what is counted as an error is looked for where the function must not raise any other.
    """
    found = _function(call, function)
    if found is None or len(found[1]) != 1:
        return None
    only = found[1][0]
    if not isinstance(only, ast.Return) or only.value is None:
        return None
    translator = Values(call, found[0])
    try:
        condition = translator.condition(only.value)
        if translator.raises and not may_raise:
            return None
        return Predicate(condition, translator.kinds, frozenset(translator.helpers))
    except Untranslatable:
        return None


def chain(call: GlueCall, function: ast.expr) -> Chain | None:
    """Return the steps that do to the columns what the function does to each record, or None."""
    found = _function(call, function)
    facts = call.frame_facts
    if found is None or (facts.columns is None and facts.source != TEXT_ONLY):
        return None
    translator = _Steps(call, found[0])
    try:
        translator.run(found[1])
    except Untranslatable:
        return None
    if translator.kinds or not translator.steps:
        return None
    return Chain(joined("", list(translator.steps)), frozenset(translator.helpers))


def _function(call: GlueCall, function: ast.expr) -> tuple[str, list[ast.stmt]] | None:
    """Return the parameter and the statements of a lambda or a function of this module."""
    statements: list[ast.stmt]
    if isinstance(function, ast.Lambda):
        arguments, statements = function.args, [ast.Return(function.body)]
    else:
        held = call.kind(function)
        info = call.place.world.functions.get(held.name) if held.tag == "function" else None
        if info is None or info.module is not call.place.module or info.node.decorator_list:
            return None
        if not isinstance(info.node, ast.FunctionDef) or any(map(_suspends, ast.walk(info.node))):
            return None
        statements = [s for s in info.node.body if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        arguments = info.node.args
    if len(arguments.args) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        return None
    return arguments.args[0].arg, statements


def _suspends(node: ast.AST) -> bool:
    return isinstance(node, ast.Yield | ast.YieldFrom | ast.Await | ast.Global | ast.Nonlocal | ast.NamedExpr)


class _Steps(Values):
    """Runs through a function's statements and notes what each does to the columns."""

    def __init__(self, call: GlueCall, parameter: str) -> None:
        super().__init__(call, parameter)
        self.steps: list[Code] = []
        self._types: dict[str, str] = {}

    def type_of(self, name: str) -> str | None:
        """Return the type that a field has by now."""
        return self._types[name] if name in self._types else super().type_of(name)

    def run(self, statements: list[ast.stmt]) -> None:
        """Translate all statements; the last returns the record or a new one."""
        *before, last = statements
        for statement in before:
            self._statement(statement)
        if not isinstance(last, ast.Return) or last.value is None:
            raise Untranslatable
        if isinstance(last.value, ast.Dict):
            self._new_record(last.value)
        elif not (isinstance(last.value, ast.Name) and last.value.id == self._parameter) or not self._has_fields():
            raise Untranslatable

    def _has_fields(self) -> bool:
        """Whether a field is left for sure: a record without any is an error in Glue."""
        names = {name for name, _ in self._call.frame_facts.columns or ()} | set(self._types)
        return any(self.type_of(name) for name in names)

    def _statement(self, node: ast.stmt) -> None:
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            self._assign(node.targets[0], node.value)
        elif isinstance(node, ast.AugAssign) and (name := self._target(node.target)) is not None:
            read = ast.copy_location(_reading(node.target), node.target)
            self._set(name, self.value(ast.BinOp(read, node.op, node.value)))
        elif isinstance(node, ast.Delete):
            for target in node.targets:
                self._drop(self._target(target))
        elif isinstance(node, ast.Expr) and (popped := self._popped(node.value)) is not None:
            self._drop(popped)
        elif isinstance(node, ast.If):
            self._branch(node)
        elif not isinstance(node, ast.Pass):
            raise Untranslatable

    def _assign(self, target: ast.expr, value: ast.expr) -> None:
        popped = self._popped(value)
        given = self._field_value(popped) if popped is not None else self.value(value)
        if isinstance(target, ast.Name) and popped is None and target.id != self._parameter:
            self._require(given)
            self.locals[target.id] = given._replace(holds=())
            return
        name = self._target(target)
        if name is None or name == popped:
            raise Untranslatable
        self._set(name, given)
        if popped is not None:
            self._drop(popped)

    def _branch(self, node: ast.If) -> None:
        """`if test: record["x"] = a else: record["x"] = b` is a conditional expression; without else the field stays."""
        name, value = self._only_assignment(node.body)
        other, kept = name, None
        if node.orelse:
            other, kept = self._only_assignment(node.orelse)
        if name != other:
            raise Untranslatable
        read = ast.Subscript(ast.Name(self._parameter, ast.Load()), ast.Constant(name), ast.Load())
        self._set(name, self.choice(node.test, value, kept if kept is not None else read))

    def _only_assignment(self, body: list[ast.stmt]) -> tuple[str, ast.expr]:
        only = body[0] if len(body) == 1 else None
        if not isinstance(only, ast.Assign) or len(only.targets) != 1 or self._popped(only.value) is not None:
            raise Untranslatable
        name = self._target(only.targets[0])
        if name is None:
            raise Untranslatable
        return name, only.value

    def _popped(self, node: ast.expr) -> str | None:
        """Return the field that `record.pop("x")` takes away."""
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "pop"):
            return None
        return self.key(node.func.value, node.args[0]) if len(node.args) == 1 and not node.keywords else None

    def _target(self, node: ast.expr) -> str | None:
        if isinstance(node, ast.Subscript):
            name = self.key(node.value, node.slice)
        else:
            name = self.field(node) if isinstance(node, ast.Attribute) else None
        return name if name is not None and name.replace("_", "a").replace(" ", "a").isalnum() else None

    def _require(self, value: Value) -> None:
        """Leave out the rows that Python raises on."""
        if value.holds:
            self.steps.append(code(".where({condition})", condition=self.together(list(value.holds))))
            self.filled |= {name for name in value.reads if self._is_required(name, value.holds)}

    def _is_required(self, name: str, holds: tuple[Code, ...]) -> bool:
        return code("{c}.isNotNull()", c=self._field_value(name).column) in holds

    def _set(self, name: str, value: Value) -> None:
        self._check_spelling(name)
        self._require(value)
        fitted, kind = self.fitted(name, value)
        self.steps.append(code(".withColumn({name}, {column})", name=quoted(name), column=fitted))
        self._changed(name, kind)
        self.filled -= {name}
        if not value.nullable:
            self.filled.add(name)

    def _drop(self, name: str | None) -> None:
        if name is None or not self.type_of(name):
            raise Untranslatable
        self.steps.append(code(".drop({name})", name=quoted(name)))
        self._changed(name, "")

    def _changed(self, name: str, kind: str) -> None:
        self._types[name] = kind
        self.locals = {key: held for key, held in self.locals.items() if name not in held.reads}

    def _check_spelling(self, name: str) -> None:
        """Spark takes names that differ in case for one column, a record for two fields."""
        known = [column for column, _ in self._call.frame_facts.columns or ()] + list(self._types)
        if any(other != name and other.lower() == name.lower() for other in known):
            raise Untranslatable

    def _new_record(self, node: ast.Dict) -> None:
        """`return {"a": …}`: the named fields and no others."""
        names = [self._call.literal(key) if key is not None else None for key in node.keys]
        if not names or len({str(name).lower() for name in names}) < len(names):
            raise Untranslatable
        columns: list[Code] = []
        holds: list[Code] = []
        for name, item in zip(names, node.values, strict=True):
            if not isinstance(name, str) or "." in name or "`" in name:
                raise Untranslatable
            value = self.value(item)
            holds += value.holds
            fitted, _ = self.fitted(name, value)
            columns.append(code("{c}.alias({name})", c=guarded(fitted), name=quoted(name)))
        if holds:
            self.steps.append(code(".where({condition})", condition=self.together(list(dict.fromkeys(holds)))))
        self.steps.append(code(".select({columns})", columns=joined(", ", list(columns))))

    def fitted(self, name: str, value: Value) -> tuple[Code, str]:
        """Return the column in the type that the field has after Map: the one it had where the value fits it."""
        before = canonical(super().type_of(name))
        if self._call.frame_facts.source == TEXT_ONLY and before:
            before = "string"
        if value.kind == NULL:
            if before not in _KEPT_WHEN_NEW and before not in BITS:
                raise Untranslatable
            return code("{c}.cast({kind})", c=value.column, kind=quoted(before)), before
        if value.kind in BITS:
            return self._fitted_number(value, before)
        if before == value.kind and (before in _KEPT_WHEN_NEW or before.startswith(("float", "decimal"))):
            return value.column, before
        if before and value.nullable:
            raise Untranslatable
        if value.kind not in _KEPT_WHEN_NEW:
            raise Untranslatable
        return value.column, value.kind

    def _fitted_number(self, value: Value, before: str) -> tuple[Code, str]:
        """A whole number keeps the field's type where it fits and is int where the field is new; a job fails on others."""
        wanted = before if before in BITS else "int"
        if before and before not in BITS and value.nullable:
            raise Untranslatable
        if value.kind == wanted and value.bits <= BITS[wanted]:
            return value.column, wanted
        if value.bits <= BITS[wanted]:
            return code("{c}.cast({kind})", c=guarded(value.column), kind=quoted(wanted)), wanted
        if (value.bits > 32 and before not in BITS) or value.simple:
            raise Untranslatable
        self.helpers.add("whole_number")
        return code("whole_number({c}, {kind})", c=value.column, kind=quoted(wanted)), wanted


def _reading(node: ast.expr) -> ast.expr:
    if isinstance(node, ast.Subscript):
        return ast.Subscript(node.value, node.slice, ast.Load())
    assert isinstance(node, ast.Attribute)
    return ast.Attribute(node.value, node.attr, ast.Load())
