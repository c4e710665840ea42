"""Expressions over a record's fields in Python as Spark columns that are equal in value, in type and in what raises.

Glue: semantics of Filter and Map: a record that the function raises on is gone, so every value comes with what has to hold
for it not to raise: a text method of None is an AttributeError, None in a sum or a join of texts a TypeError, a part that a
split does not have an IndexError, a zero divisor a ZeroDivisionError.
"""

import ast

from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall
from glue2lakehouse.tools.rewrite.rules.predicates import Untranslatable, guarded
from glue2lakehouse.tools.rewrite.rules.record_fields import BITS, NULL, Fields, Value

_AS_TEXT = frozenset({"string", "date", *BITS})
"""What Python and Spark spell alike; None is `None`."""
_ARITHMETIC = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*"}
BUILT_IN = frozenset({"str", "len", "int", "float"})


class Values(Fields):
    """Translates expressions on one record: methods of texts, sums, parts, choices."""

    def _made(self, node: ast.expr) -> Value:
        translate = _TRANSLATIONS.get(type(node))
        return self._literal(node) if translate is None else translate(self, node)

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
