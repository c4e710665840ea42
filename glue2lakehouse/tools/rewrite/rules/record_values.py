"""Expressions over a record's fields in Python as Spark columns that are equal in value, in type and in what raises.

Glue: semantics of Filter and Map: a record that the function raises on is gone, so every value comes with what has to hold
for it not to raise: a text method of None is an AttributeError, None in a sum or a join of texts a TypeError, a part that a
split does not have an IndexError, a zero divisor a ZeroDivisionError. Only fields whose type is known are translated.
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
_AS_TEXT = frozenset({"string", "date", *BITS})
"""What Python and Spark spell alike; None is `None`."""
_ALWAYS_TRUE = frozenset({"date", "timestamp"})
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
BUILT_IN = frozenset({"str", "len", "int", "float"})


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


class Values(Conditions):
    """Translates expressions on one record; `locals` are the function's own names for earlier values.

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
        translate = _TRANSLATIONS.get(type(node))
        return self._literal(node) if translate is None else translate(self, node)

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

    def _method(self, node: ast.expr) -> Value:
        assert isinstance(node, ast.Call)
        if node.keywords:
            raise Untranslatable
        if isinstance(node.func, ast.Name) and node.func.id in BUILT_IN and len(node.args) == 1:
            return self._cast(node.func.id, node.args[0])
        if not isinstance(node.func, ast.Attribute):
            raise Untranslatable
        given = [self._call.literal(argument) for argument in node.args]
        if not all(isinstance(item, str) and item for item in given[:1]) or not all(isinstance(i, str) for i in given):
            raise Untranslatable
        texts = [quoted(str(item)) for item in given]
        method = node.func.attr
        if node.args and isinstance(node.func.value, ast.Constant):
            raise Untranslatable
        owner = self.needed(self.value(node.func.value), "string")
        pattern = _METHODS.get((method, len(texts)))
        if pattern is None:
            raise Untranslatable
        template, kind, helper = pattern
        if helper:
            self.helpers.add(helper)
        holes: dict[str, Piece] = {f"a{number}": text for number, text in enumerate(texts)}
        column = code(template, F=self._functions, c=guarded(owner.column), **holes)
        return owner._replace(column=column, kind=kind, nullable=False, simple=False)

    def needed(self, value: Value, *kinds: str) -> Value:
        """Return the value of one of these types that Python would raise on if it were None."""
        if value.kind not in kinds:
            raise Untranslatable
        self.raises = True
        if not value.nullable:
            return value
        given = code("{c}.isNotNull()", c=guarded(value.column))
        return value._replace(holds=(*value.holds, given), nullable=False)

    def _cast(self, function: str, argument: ast.expr) -> Value:
        if _is_rebound(self._call, function):
            raise Untranslatable
        if function == "str":
            return self._text(self.value(argument))
        if function == "len":
            owner = self.needed(self.value(argument), "string")
            column = code("{F}.length({c})", F=self._functions, c=owner.column)
            return owner._replace(column=column, kind="int", bits=31, simple=False)
        kinds = tuple(BITS) if function == "int" else ("double", *BITS)
        owner = self.needed(self.value(argument), *kinds)
        if function == "int" or owner.kind == "double":
            return owner
        return owner._replace(column=code('{c}.cast("double")', c=guarded(owner.column)), kind="double", bits=0)

    def _text(self, value: Value) -> Value:
        """Return what `str` makes of a value: None is a text as well."""
        if value.kind not in _AS_TEXT:
            raise Untranslatable
        column = value.column
        if value.kind != "string":
            column = code('{c}.cast("string")', c=guarded(column))
        if value.nullable:
            column = code('{F}.coalesce({c}, {F}.lit("None"))', F=self._functions, c=column)
        return value._replace(column=column, kind="string", nullable=False, simple=False, bits=0)

    def _joined_text(self, node: ast.expr) -> Value:
        assert isinstance(node, ast.JoinedStr)
        parts: list[Value] = []
        for piece in node.values:
            if isinstance(piece, ast.FormattedValue):
                if piece.format_spec is not None or piece.conversion not in (-1, ord("s")):
                    raise Untranslatable
                parts.append(self._text(self.value(piece.value)))
            else:
                parts.append(self._literal(piece))
        return self._concatenated(parts)

    def _concatenated(self, parts: list[Value]) -> Value:
        columns: list[Piece] = [part.column for part in parts]
        holds = tuple(dict.fromkeys(condition for part in parts for condition in part.holds))
        reads = frozenset().union(*(part.reads for part in parts))
        column = code("{F}.concat({parts})", F=self._functions, parts=joined(", ", columns))
        return Value(column, "string", False, holds, reads)

    def _calculated(self, node: ast.expr) -> Value:
        assert isinstance(node, ast.BinOp)
        left, right = self.value(node.left), self.value(node.right)
        if isinstance(node.op, ast.Add) and left.kind == right.kind == "string":
            return self._concatenated([self.needed(left, "string"), self.needed(right, "string")])
        left, right = (self.needed(side, "double", *BITS) for side in (left, right))
        holds = tuple(dict.fromkeys([*left.holds, *right.holds]))
        if isinstance(node.op, ast.Div):
            return self._quotient(left, right, holds)
        sign = _ARITHMETIC.get(type(node.op))
        if sign is None:
            raise Untranslatable
        bits = 0
        first, second = guarded(left.column), guarded(right.column)
        if left.kind != "double" and right.kind != "double":
            bits = left.bits + right.bits if sign == "*" else max(left.bits, right.bits) + 1
            if bits > 63:
                raise Untranslatable
            first = code('{c}.cast("bigint")', c=first)
        column = code("{a} {sign} {b}", a=first, sign=sign, b=second)
        return Value(column, "bigint" if bits else "double", False, holds, left.reads | right.reads, bits)

    def _quotient(self, left: Value, right: Value, holds: tuple[Code, ...]) -> Value:
        if max(left.bits, right.bits) > 53:
            raise Untranslatable
        column = code("{F}.try_divide({a}, {b})", F=self._functions, a=left.column, b=right.column)
        if not (right.simple and not right.reads and not _is_zero(right)):
            holds = (*holds, code("{c} != 0", c=guarded(right.column)))
        return Value(column, "double", False, holds, left.reads | right.reads)

    def _part(self, node: ast.expr) -> Value:
        """`text.split(",")[1]`: a part that is not there raises."""
        assert isinstance(node, ast.Subscript)
        call, index = node.value, self._call.literal(node.slice)
        is_split = isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "split"
        if not is_split or type(index) is not int or index < -1:
            raise Untranslatable
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        self.raises = True
        separator = self._call.literal(call.args[0]) if len(call.args) == 1 and not call.keywords else None
        if not isinstance(separator, str) or not separator:
            raise Untranslatable
        owner = self.needed(self.value(call.func.value), "string")
        column = code(
            "{F}.split_part({c}, {F}.lit({separator}), {F}.lit({place}))",
            F=self._functions, c=owner.column, separator=quoted(separator), place=str(index + 1 if index >= 0 else -1),
        )  # fmt: skip
        holds = owner.holds
        if index > 0:
            self.helpers.add("has_parts")
            there = code("has_parts({c}, {s}, {n})", c=owner.column, s=quoted(separator), n=str(index + 1))
            holds = (*holds, there)
        return owner._replace(column=column, holds=holds, simple=False)

    def _chosen(self, node: ast.expr) -> Value:
        assert isinstance(node, ast.IfExp)
        return self.choice(node.test, node.body, node.orelse)

    def choice(self, test: ast.expr, body: ast.expr, orelse: ast.expr) -> Value:
        """Return `body if test else orelse`; where the test itself raises, so does the whole."""
        yes = self.condition(test)
        with self.knowing(self._not_null_where(test, True)):
            first = self.value(body)
        with self.knowing(self._not_null_where(test, False)):
            second = self.value(orelse)
        kind = _one_kind(first, second)
        column = code(
            "{F}.when({yes}, {a}).otherwise({b})", F=self._functions, yes=yes, a=first.column, b=second.column
        )
        holds = self._defined(test)
        if first.holds or second.holds:
            one = guarded(self.together([yes, *first.holds]))
            other = guarded(self.together([self.negation(test), *second.holds]))
            holds = (joined(" | ", [one, other]),)
        reads = first.reads | second.reads | self._read_by(test)
        nullable = first.nullable or second.nullable
        return Value(column, kind, nullable, holds, reads, max(first.bits, second.bits))

    def _either(self, node: ast.expr) -> Value:
        """`a or b`, `a and b` as values: the operand that decides."""
        assert isinstance(node, ast.BoolOp)
        if _is_boolean(node):
            return self._decided(node)
        if len(node.values) != 2:
            raise Untranslatable
        first, second = node.values
        if isinstance(node.op, ast.Or):
            return self.choice(first, first, second)
        return self.choice(first, second, first)

    def _decided(self, node: ast.expr) -> Value:
        """Return a comparison as a value: true or false, never None."""
        if isinstance(node, ast.UnaryOp) and not isinstance(node.op, ast.Not):
            return self._literal(node)
        template = "{F}.when({yes}, {F}.lit(True)).otherwise({F}.lit(False))"
        column = code(template, F=self._functions, yes=self.condition(node))
        return Value(column, "boolean", False, self._defined(node), self._read_by(node))

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


def _is_boolean(node: ast.expr) -> bool:
    """Whether an expression is True or False whatever it is made of."""
    if isinstance(node, ast.BoolOp):
        return all(map(_is_boolean, node.values))
    return isinstance(node, ast.Compare) or (isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not))


def _is_zero(value: Value) -> bool:
    return "".join(part for part in value.column.parts if isinstance(part, str)).endswith(("(0)", "(0.0)", "(-0.0)"))


def _one_kind(first: Value, second: Value) -> str:
    kinds = {first.kind, second.kind} - {NULL}
    if len(kinds) == 1:
        return kinds.pop()
    if kinds and kinds <= set(BITS):
        return max(kinds, key=lambda kind: BITS[kind])
    raise Untranslatable


def _is_rebound(call: GlueCall, name: str) -> bool:
    """Whether the module gives a built-in name another meaning."""
    for node in call.place.nodes:
        if isinstance(node, ast.Name) and node.id == name and not isinstance(node.ctx, ast.Load):
            return True
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == name:
            return True
        if isinstance(node, ast.alias) and (node.asname or node.name) == name:
            return True
        if isinstance(node, ast.arg) and node.arg == name:
            return True
    return False


# Spark's and Python's cases agree on every character but a hundred rare letters that younger editions of Unicode paired.
_METHODS: dict[tuple[str, int], tuple[str, str, str]] = {
    ("upper", 0): ("{F}.upper({c})", "string", ""),
    ("lower", 0): ("{F}.lower({c})", "string", ""),
    ("strip", 0): ("strip_text({c})", "string", "strip_text"),
    ("strip", 1): ("{F}.btrim({c}, {F}.lit({a0}))", "string", ""),
    ("replace", 2): ("{F}.replace({c}, {F}.lit({a0}), {F}.lit({a1}))", "string", ""),
    ("startswith", 1): ("{c}.startswith({a0})", "boolean", ""),
    ("endswith", 1): ("{c}.endswith({a0})", "boolean", ""),
}
_TRANSLATIONS = {
    ast.Call: Values._method,
    ast.JoinedStr: Values._joined_text,
    ast.BinOp: Values._calculated,
    ast.Subscript: Values._part,
    ast.IfExp: Values._chosen,
    ast.BoolOp: Values._either,
    ast.Compare: Values._decided,
    ast.UnaryOp: Values._decided,
}
