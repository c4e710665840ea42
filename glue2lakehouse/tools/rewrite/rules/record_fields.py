"""A record's fields as Spark columns, and what is asked of them: a value comes with what has to hold for Python not to raise.

Glue: semantics of Filter and Map. Only fields whose type is known are translated.
"""

import ast
import math
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.rules.predicates import (
    ORDER,
    TYPES,
    Conditions,
    Untranslatable,
    guarded,
    is_none,
    kind_of,
)

NULL = "void"
BITS = {"tinyint": 7, "smallint": 15, "int": 31, "bigint": 63}
_CANONICAL = {"integer": "int", "long": "bigint", "short": "smallint", "byte": "tinyint"}
_ALWAYS_TRUE = frozenset({"date", "timestamp"})


class Value(NamedTuple):
    """A column with its Spark type, whether it may be null, what has to hold for Python not to raise, the fields it reads.

    `bits` bounds a whole number, whose type in Glue goes by its size.
    """

    column: Code
    kind: str
    nullable: bool = True
    holds: tuple[Code, ...] = ()
    reads: frozenset[str] = frozenset()
    bits: int = 0
    simple: bool = False


class Fields(Conditions):
    """Translates what a function reads of one record; `locals` are the function's own names for earlier values.

    `raises` tells whether a value may raise at all, `filled` which fields are not null here, `helpers` what the columns use.
    """

    def __init__(self, call: GlueCall, parameter: str) -> None:
        super().__init__(call, parameter)
        self.locals: dict[str, Value] = {}
        self.filled: set[str] = set()
        self.helpers: set[str] = set()
        self.raises = False

    def value(self, node: ast.expr) -> Value:
        """Return the column that is equal to the expression wherever it raises nothing."""
        if isinstance(node, ast.Name) and node.id in self.locals:
            return self.locals[node.id]
        if (name := self.field(node)) is not None:
            return self._field_value(name)
        return self._made(node)

    def _made(self, node: ast.expr) -> Value:
        """Return what is neither a field nor a local name."""
        return self._literal(node)

    def field(self, node: ast.expr) -> str | None:
        """Return the name of the field that `record["x"]`, `record.x` or `record.get("x")` reads."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            default = node.args[1] if len(node.args) == 2 else None
            known = len(node.args) in (1, 2) and not node.keywords and (default is None or is_none(default))
            return self.key(node.func.value, node.args[0]) if known else None
        if isinstance(node, ast.Subscript):
            return self.key(node.value, node.slice)
        if isinstance(node, ast.Attribute) and self._path(node) is not None:
            return node.attr
        return None

    def key(self, owner: ast.expr, node: ast.expr) -> str | None:
        """Return the written-out key of an access to the record itself."""
        if not (isinstance(owner, ast.Name) and owner.id == self._parameter):
            return None
        name = self._call.literal(node)
        return name if isinstance(name, str) else None

    def _field_value(self, name: str) -> Value:
        known = canonical(self.type_of(name))
        if not known:
            raise Untranslatable
        path = name if name.replace("_", "a").isalnum() else "`" + name.replace("`", "``") + "`"
        column = code("{F}.col({name})", F=self._functions, name=quoted(path))
        return Value(column, known, name not in self.filled, (), frozenset({name}), BITS.get(known, 0), True)

    def _literal(self, node: ast.expr) -> Value:
        held = self._call.literal(node)
        if held is None:
            return Value(code("{F}.lit(None)", F=self._functions), NULL, simple=True)
        kinds = {bool: "boolean", str: "string", float: "double", int: "int"}
        if not isinstance(held, str | int | float) or type(held) not in kinds:
            raise Untranslatable
        if isinstance(held, float) and not math.isfinite(held):
            raise Untranslatable
        bits = held.bit_length() if type(held) is int else 0
        if bits > BITS["int"]:
            raise Untranslatable
        spelled = quoted(held) if isinstance(held, str) else repr(held)
        column = code("{F}.lit({value})", F=self._functions, value=spelled)
        return Value(column, kinds[type(held)], False, (), frozenset(), bits, True)

    def needed(self, value: Value, *kinds: str) -> Value:
        """Return the value of one of these types that Python would raise on if it were None."""
        if value.kind not in kinds:
            raise Untranslatable
        self.raises = True
        if not value.nullable:
            return value
        given = code("{c}.isNotNull()", c=guarded(value.column))
        return value._replace(holds=(*value.holds, given), nullable=False)

    def condition(self, node: ast.expr) -> Code:
        """Return a column that is true exactly where the expression is true and raises nothing."""
        if isinstance(node, ast.BoolOp | ast.Compare) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            return super().condition(node)
        return self._truth(node, True)

    def negation(self, node: ast.expr) -> Code:
        """Return a column that is true exactly where the expression is false and raises nothing."""
        if isinstance(node, ast.BoolOp | ast.Compare) or (
            isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)
        ):
            return super().negation(node)
        return self._truth(node, False)

    def may_raise(self, node: ast.expr) -> bool:
        """Whether Python may raise here for some value of the fields."""
        return super().may_raise(node) or bool(self._defined(node))

    def _defined(self, node: ast.expr) -> tuple[Code, ...]:
        """Return what has to hold for a condition not to raise."""
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._defined(node.operand)
        if isinstance(node, ast.BoolOp):
            if not any(map(self._defined, node.values)):
                return ()
            return (joined(" | ", [guarded(self.condition(node)), guarded(self.negation(node))]),)
        if not isinstance(node, ast.Compare):
            return self.value(node).holds
        column = self._column(node.left)
        if column is not None and self.type_of(self.field(node.left) or "") is None:
            return (code("{c}.isNotNull()", c=column),) if type(node.ops[0]) in ORDER else ()
        value = self.value(node.left)
        return (self.needed(value, value.kind) if type(node.ops[0]) in ORDER else value).holds

    def _truth(self, node: ast.expr, wanted: bool) -> Code:
        value = self.value(node)
        column, kind = value.column, value.kind
        if kind == "boolean":
            found = column if wanted else code("({c}.isNull() | ~{c})", c=guarded(column))
        elif kind in _ALWAYS_TRUE:
            found = code("{c}.isNotNull()" if wanted else "{c}.isNull()", c=guarded(column))
        elif kind in ("string", "float", "double", *BITS):
            nothing = '""' if kind == "string" else "0"
            template = "{c} != {nothing}" if wanted else "({c}.isNull() | ({c} == {nothing}))"
            if not wanted and not value.nullable:
                template = "{c} == {nothing}"
            found = code(template, c=guarded(column), nothing=nothing)
        else:
            raise Untranslatable
        return self.together([*value.holds, found])

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, negated: bool = False) -> Code:
        if self._column(left) is not None:
            if self.type_of(self.field(left) or "") == "":
                raise Untranslatable
            return super()._comparison(left, operator, right, negated)
        value = self.value(left)
        column = guarded(value.column)
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and is_none(right):
            method = "isNull" if isinstance(operator, ast.Eq | ast.Is) else "isNotNull"
            return self.together([*value.holds, code("{column}.{method}()", column=column, method=method)])
        if value.kind not in TYPES[kind_of(right)]:
            raise Untranslatable
        compared = self._compared(column, operator, right, negated, value.kind in ("float", "double"))
        return self.together([*value.holds, compared])

    def together(self, conditions: list[Code]) -> Code:
        """Join conditions by `&`, each once."""
        found: list[Piece] = list(dict.fromkeys(map(guarded, conditions))) if len(conditions) > 1 else list(conditions)
        return joined(" & ", found)

    def _read_by(self, node: ast.expr) -> frozenset[str]:
        found = {self.field(child) for child in ast.walk(node) if isinstance(child, ast.expr)}
        inside = [self.locals[c.id].reads for c in ast.walk(node) if isinstance(c, ast.Name) and c.id in self.locals]
        return frozenset(name for name in found if name is not None).union(*inside)

    def _not_null_where(self, test: ast.expr, outcome: bool) -> set[str]:
        """Return the fields that cannot be None where the test comes out this way."""
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            return self._not_null_where(test.operand, not outcome)
        if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.And) == outcome:
            return set().union(*(self._not_null_where(value, outcome) for value in test.values))
        name = self.field(test.left if isinstance(test, ast.Compare) else test)
        if name is None or not isinstance(test, ast.Compare):
            return {name} if name is not None and outcome else set()
        operator = test.ops[0]
        if is_none(test.comparators[0]):
            present = isinstance(operator, ast.NotEq | ast.IsNot) == outcome
        else:
            present = type(operator) in ORDER or isinstance(operator, ast.Eq if outcome else ast.NotEq)
        return {name} if present else set()

    @contextmanager
    def knowing(self, names: set[str]) -> Iterator[None]:
        """Take fields for not null inside."""
        before = set(self.filled)
        self.filled |= names
        try:
            yield
        finally:
            self.filled = before


def canonical(kind: str | None) -> str:
    """Return Spark's own name of a type; empty where it is not known."""
    lowered = (kind or "").lower().replace(" ", "")
    return _CANONICAL.get(lowered, lowered)
