"""Conditions on records in Python as Spark column expressions that keep what Python makes of None, of NaN and of other types.

Source: semantics of Filter: a record is kept where the function returns something true; a TypeError (None or a text compared
with a number by `<`) drops it. `None != "a"` is true in Python, so `!=` becomes a null-safe comparison; NaN is greater than
nothing, where Spark puts it above all numbers. Python never equals text and numbers, where Spark casts one of them: what a
column is compared as is noted where its type is not known, for the helper that looks at the schema.
"""

import ast
import math
import re

from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.kinds.frames import TEXT_ONLY
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall

ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


_TEXT = re.compile(r"""("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')""")
_BRACKETS = re.compile(r"[(\[{][^()\[\]{}]*[)\]}]")
_LOOSE = re.compile(r" (==|!=|<=?|>=?|&|\||[-+*]) ")


class Untranslatable(Exception):
    """The code has no column expression that is known to be equal."""


def guarded(content: Code) -> Code:
    """Put parentheses around what binds looser than a method's call."""
    spelled = "".join(part if isinstance(part, str) else "x" for part in content.parts)
    spelled, found = _TEXT.sub("x", spelled), 1
    while found:
        spelled, found = _BRACKETS.subn("x", spelled)
    return code("({inner})", inner=content) if _LOOSE.search(spelled) else content


class Conditions:
    """Translates conditions on one record, the parameter of the function; `kinds` notes what columns are compared as."""

    def __init__(self, call: GlueCall, parameter: str) -> None:
        self._call = call
        self._parameter = parameter
        self._functions = call.place.functions
        self.kinds: dict[str, str] = {}

    def condition(self, node: ast.expr) -> Code:
        """Return a column that is true exactly where the Python expression is true and raises nothing."""
        if isinstance(node, ast.BoolOp):
            return self._any(node.values) if isinstance(node.op, ast.Or) else self._all(node.values)
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.negation(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node.left, node.ops[0], node.comparators[0])
        raise Untranslatable

    def _all(self, values: list[ast.expr]) -> Code:
        return joined(" & ", [guarded(self.condition(value)) for value in values])

    def _any(self, values: list[ast.expr]) -> Code:
        """`or`: nothing after a part that raises is looked at, so it counts only where that part is false."""
        parts: list[Piece] = []
        raising: list[Piece] = []
        for value in values:
            parts.append(guarded(joined(" & ", [*raising, guarded(self.condition(value))])))
            if self.may_raise(value) and value is not values[-1]:
                raising.append(guarded(self.negation(value)))
        return joined(" | ", parts)

    def may_raise(self, node: ast.expr) -> bool:
        """Whether a value makes Python raise here, where a later `or` could still be true in Spark."""
        return any(isinstance(child, ast.Compare) and type(child.ops[0]) in ORDER for child in ast.walk(node))

    def negation(self, node: ast.expr) -> Code:
        """Return a column that is true exactly where the Python expression is false and raises nothing.

        `not` of a comparison that raises on None drops the record; Spark's null does the same.
        """
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self.condition(node.operand)
        if isinstance(node, ast.BoolOp):
            inverse = ast.Or() if isinstance(node.op, ast.And) else ast.And()
            parts: list[ast.expr] = [ast.UnaryOp(ast.Not(), value) for value in node.values]
            return self.condition(ast.BoolOp(inverse, parts))
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            opposite = {ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(), ast.Is: ast.IsNot(), ast.IsNot: ast.Is(),
                        ast.In: ast.NotIn(), ast.NotIn: ast.In(), ast.Lt: ast.GtE(), ast.GtE: ast.Lt(), ast.Gt: ast.LtE(),
                        ast.LtE: ast.Gt()}.get(type(node.ops[0]))  # fmt: skip
            if opposite is not None:
                return self._comparison(node.left, opposite, node.comparators[0], negated=True)
        raise Untranslatable

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr, negated: bool = False) -> Code:
        column = self._column(left)
        if column is None:
            raise Untranslatable
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot) and is_none(right):
            return code("{column}.{method}()", column=column,
                        method="isNull" if isinstance(operator, ast.Eq | ast.Is) else "isNotNull")  # fmt: skip
        return self._compared(column, operator, right, negated, self._compared_as(left, right))

    def _compared(self, column: Code, operator: ast.cmpop, right: ast.expr, negated: bool, may_be_nan: bool) -> Code:
        if type(operator) in ORDER:
            return self._order(column, operator, right, negated, may_be_nan)
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            return self._equality(column, operator, right)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple | ast.Set):
            return self._membership(column, operator, right)
        raise Untranslatable

    def _order(self, column: Code, operator: ast.cmpop, right: ast.expr, negated: bool, may_be_nan: bool) -> Code:
        """NaN meets no order in Python, so it meets every negated one; Spark puts it above all numbers."""
        if isinstance(right, ast.Constant) and isinstance(right.value, bool):
            raise Untranslatable
        plain = code("{column} {sign} {value}", column=column, sign=ORDER[type(operator)], value=self._value(right))
        above = isinstance(operator, ast.Gt | ast.GtE)
        if not may_be_nan or above == negated:
            return plain
        template = "({plain}) & ~{F}.isnan({column})" if above else "(({plain}) | {F}.isnan({column}))"
        return code(template, plain=plain, column=column, F=self._functions)

    def _compared_as(self, left: ast.expr, right: ast.expr) -> bool:
        """Note what the column has to be for Spark to compare as Python does; tell whether it may hold NaN."""
        kind = kind_of(right)
        name = left.attr if isinstance(left, ast.Attribute) else str(ast.literal_eval(left.slice))  # type: ignore[attr-defined]
        known = self.type_of(name)
        if known is None:
            if self.kinds.setdefault(name, kind) != kind:
                self.kinds[name] = _narrower(self.kinds[name], kind)
            return kind in ("number", "float")
        if known.partition("(")[0] not in TYPES[kind]:
            raise Untranslatable
        return known in ("float", "double")

    def type_of(self, name: str) -> str | None:
        """Return the type of a field; empty where no record has the field, None where it is not known."""
        facts = self._call.frame_facts
        if facts.source == TEXT_ONLY:
            return "string"
        return dict(facts.columns).get(name, "") if facts.columns is not None else None

    def _equality(self, column: Code, operator: ast.cmpop, right: ast.expr) -> Code:
        equal = isinstance(operator, ast.Eq | ast.Is)
        if isinstance(operator, ast.Is | ast.IsNot) and not (
            isinstance(right, ast.Constant) and isinstance(right.value, bool)
        ):
            raise Untranslatable
        value = self._value(right)
        if equal:
            return code("{column} == {value}", column=column, value=value)
        return code("~{column}.eqNullSafe({value})", column=column, value=value)

    def _membership(self, column: Code, operator: ast.cmpop, right: ast.List | ast.Tuple | ast.Set) -> Code:
        if not right.elts or len({type(_written(item)) for item in right.elts}) > 1:
            raise Untranslatable
        items = joined(", ", list(right.elts))
        if isinstance(operator, ast.In):
            return code("{column}.isin({items})", column=column, items=items)
        return code("({column}.isNull() | ~{column}.isin({items}))", column=column, items=items)

    def _column(self, node: ast.expr) -> Code | None:
        """Return the column that `record["x"]` or `record.x` reads."""
        path = self._path(node)
        if path is None:
            return None
        return code("{F}.col({name})", F=self._functions, name=quoted(path))

    def _path(self, node: ast.expr) -> str | None:
        if (
            isinstance(node, ast.Subscript)
            and isinstance(node.slice, ast.Constant)
            and isinstance(node.slice.value, str)
        ):
            owner, name = node.value, node.slice.value
        elif isinstance(node, ast.Attribute):
            owner, name = node.value, node.attr
            if name in _DICT_METHODS:
                return None
        else:
            return None
        part = name if name.replace("_", "a").isalnum() else "`" + name.replace("`", "``") + "`"
        if isinstance(owner, ast.Name) and owner.id == self._parameter:
            return part
        return None

    def _value(self, node: ast.expr) -> ast.expr | Code:
        """Return the other side: a number or a text that is written out."""
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub | ast.UAdd):
            return node
        raise Untranslatable


def _written(node: ast.expr) -> str | int | float:
    """Return a text, a number or a truth value that is written out, a negative number too."""
    try:
        value = ast.literal_eval(node)
    except (ValueError, TypeError):
        raise Untranslatable from None
    if not isinstance(value, str | int | float):
        raise Untranslatable
    return value


def is_none(node: ast.expr) -> bool:
    """Whether an expression is a written-out None."""
    return isinstance(node, ast.Constant) and node.value is None


_EXACT = 2**53
"""Whole numbers up to here are the same as floats."""
_WHOLE = frozenset("int integer long bigint short smallint byte tinyint".split())
TYPES = {
    "text": frozenset({"string"}), "boolean": frozenset({"boolean"}), "whole": _WHOLE,
    "float": _WHOLE | {"float", "double"}, "number": _WHOLE | {"float", "double", "decimal"},
}  # fmt: skip
"""Kind of value -> the types of columns that Spark compares with it as Python does; a float is no exact decimal."""


def kind_of(node: ast.expr) -> str:
    """Return the one kind of the value or values on the other side of a comparison."""
    items = node.elts if isinstance(node, ast.List | ast.Tuple | ast.Set) else [node]
    try:
        values = [ast.literal_eval(item) for item in items]
    except (ValueError, TypeError):
        raise Untranslatable from None
    if values and all(isinstance(value, str) for value in values):
        return "text"
    if values and all(isinstance(value, bool) for value in values):
        return "boolean"
    if not values or not all(type(value) in (int, float) for value in values):
        raise Untranslatable
    largest = max(abs(value) for value in values)
    if any(isinstance(value, float) for value in values):
        if largest < _EXACT and all(map(math.isfinite, values)):
            return "float"
        raise Untranslatable
    if largest <= _EXACT:
        return "number"
    if largest < 2**63:
        return "whole"
    raise Untranslatable


def _narrower(one: str, two: str) -> str:
    """Return the kind that serves both comparisons of one column; a column is not text and a number."""
    if TYPES[one] <= TYPES[two]:
        return one
    if TYPES[two] <= TYPES[one]:
        return two
    raise Untranslatable


_DICT_METHODS = frozenset("get keys values items pop update copy setdefault clear popitem fromkeys".split())
