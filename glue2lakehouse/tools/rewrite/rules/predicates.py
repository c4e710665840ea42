"""Python predicates over records as Spark column expressions that keep what Python makes of None.

Source: semantics of Filter: a record is kept where the function returns something true; a TypeError (None compared with `<`)
drops it, which Spark's null does as well; `None != "a"` is true in Python, so `!=` becomes a null-safe comparison.
"""

import ast
import re

from glue2lakehouse.tools.rewrite.code import Code, code, joined
from glue2lakehouse.tools.rewrite.kinds.frames import TEXT_ONLY
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import GlueCall

_ORDER = {ast.Lt: "<", ast.LtE: "<=", ast.Gt: ">", ast.GtE: ">="}


class _Untranslatable(Exception):
    """The predicate has no column expression that is known to be equal."""


def translate(call: GlueCall, function: ast.expr) -> Code | None:
    """Return the column expression of a lambda or one-line function, or None where it is not known to be equal."""
    found = _lambda(call, function)
    if found is None:
        return None
    parameter, body = found
    try:
        return _Translator(call, parameter).condition(body)
    except _Untranslatable:
        return None


def _lambda(call: GlueCall, function: ast.expr) -> tuple[str, ast.expr] | None:
    if isinstance(function, ast.Lambda):
        arguments, body = function.args, function.body
    else:
        held = call.kind(function)
        info = call.place.world.functions.get(held.name) if held.tag == "function" else None
        statements = info.node.body if info is not None else []
        statements = [s for s in statements if not (isinstance(s, ast.Expr) and isinstance(s.value, ast.Constant))]
        if info is None or info.module is not call.place.module or len(statements) != 1:
            return None
        only = statements[0]
        if not isinstance(only, ast.Return) or only.value is None or info.node.decorator_list:
            return None
        arguments, body = info.node.args, only.value
    if len(arguments.args) != 1 or arguments.vararg or arguments.kwarg or arguments.kwonlyargs:
        return None
    return arguments.args[0].arg, body


def _guarded(content: Code) -> Code:
    """Put parentheses around what binds looser than `&` and `|`."""
    spelled = "".join(part if isinstance(part, str) else "x" for part in content.parts)
    loose = re.search(r" (==|<=?|>=?|&|\|) ", spelled) is not None
    return code("({inner})", inner=content) if loose else content


class _Translator:
    """Translates the body of one predicate."""

    def __init__(self, call: GlueCall, parameter: str) -> None:
        self._call = call
        self._parameter = parameter
        self._functions = call.place.functions

    def condition(self, node: ast.expr) -> Code:
        """Return a column that is true exactly where the Python expression is true and raises nothing."""
        if isinstance(node, ast.BoolOp):
            sign = " & " if isinstance(node.op, ast.And) else " | "
            if isinstance(node.op, ast.Or) and any(self._may_raise(value) for value in node.values[:-1]):
                raise _Untranslatable
            return joined(sign, [_guarded(self.condition(value)) for value in node.values])
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not):
            return self._negated(node.operand)
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            return self._comparison(node.left, node.ops[0], node.comparators[0])
        raise _Untranslatable

    def _may_raise(self, node: ast.expr) -> bool:
        """Whether None makes Python raise here, where a later `or` could still be true in Spark."""
        return any(isinstance(child, ast.Compare) and type(child.ops[0]) in _ORDER for child in ast.walk(node))

    def _negated(self, node: ast.expr) -> Code:
        """`not` of a comparison that raises on None drops the record; Spark's null does the same."""
        if isinstance(node, ast.Compare) and len(node.ops) == 1:
            opposite = {ast.Eq: ast.NotEq(), ast.NotEq: ast.Eq(), ast.Is: ast.IsNot(), ast.IsNot: ast.Is(),
                        ast.In: ast.NotIn(), ast.NotIn: ast.In(), ast.Lt: ast.GtE(), ast.GtE: ast.Lt(), ast.Gt: ast.LtE(),
                        ast.LtE: ast.Gt()}.get(type(node.ops[0]))  # fmt: skip
            if opposite is not None:
                return self._comparison(node.left, opposite, node.comparators[0])
        raise _Untranslatable

    def _comparison(self, left: ast.expr, operator: ast.cmpop, right: ast.expr) -> Code:
        column = self._column(left)
        if column is None or not self._comparable(left, right):
            raise _Untranslatable
        if type(operator) in _ORDER:
            if isinstance(right, ast.Constant) and (right.value is None or isinstance(right.value, bool)):
                raise _Untranslatable
            return code("{column} {sign} {value}", column=column, sign=_ORDER[type(operator)], value=self._value(right))
        if isinstance(operator, ast.Eq | ast.NotEq | ast.Is | ast.IsNot):
            return self._equality(column, operator, right)
        if isinstance(operator, ast.In | ast.NotIn) and isinstance(right, ast.List | ast.Tuple | ast.Set):
            return self._membership(column, operator, right)
        raise _Untranslatable

    def _comparable(self, left: ast.expr, right: ast.expr) -> bool:
        """Whether nothing known of the column's type speaks against it: Python never equals or orders text and numbers."""
        facts = self._call.frame_facts
        items = right.elts if isinstance(right, ast.List | ast.Tuple | ast.Set) else [right]
        bare = [item.operand if isinstance(item, ast.UnaryOp) else item for item in items]
        values = [item.value for item in bare if isinstance(item, ast.Constant) and item.value is not None]
        if facts.source == TEXT_ONLY:
            return all(isinstance(value, str) for value in values)
        kind = dict(facts.columns or ()).get((self._path(left) or "").strip("`"))
        if kind is None:
            return facts.columns is None
        family = _FAMILIES.get(kind.partition("(")[0])
        return family is not None and all(isinstance(value, family) and type(value) in family for value in values)

    def _equality(self, column: Code, operator: ast.cmpop, right: ast.expr) -> Code:
        equal = isinstance(operator, ast.Eq | ast.Is)
        if isinstance(right, ast.Constant) and right.value is None:
            return code("{column}.{method}()", column=column, method="isNull" if equal else "isNotNull")
        if isinstance(operator, ast.Is | ast.IsNot) and not (
            isinstance(right, ast.Constant) and isinstance(right.value, bool)
        ):
            raise _Untranslatable
        value = self._value(right)
        if equal:
            return code("{column} == {value}", column=column, value=value)
        return code("~{column}.eqNullSafe({value})", column=column, value=value)

    def _membership(self, column: Code, operator: ast.cmpop, right: ast.List | ast.Tuple | ast.Set) -> Code:
        if not right.elts or not all(isinstance(item, ast.Constant) and item.value is not None for item in right.elts):
            raise _Untranslatable
        if len({type(item.value) for item in right.elts if isinstance(item, ast.Constant)}) > 1:
            raise _Untranslatable
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
        part = name if name.replace("_", "a").isalnum() else f"`{name}`"
        if isinstance(owner, ast.Name) and owner.id == self._parameter:
            return part
        return None

    def _value(self, node: ast.expr) -> ast.expr | Code:
        """Return the other side: a constant, a name or argument from outside the record, or another field."""
        column = self._column(node)
        if column is not None:
            raise _Untranslatable
        if any(isinstance(child, ast.Name) and child.id == self._parameter for child in ast.walk(node)):
            raise _Untranslatable
        if isinstance(node, ast.Constant) and isinstance(node.value, str | int | float):
            return node
        if isinstance(node, ast.UnaryOp) and isinstance(node.operand, ast.Constant):
            return node
        raise _Untranslatable


_NUMBERS = (int, float)
_FAMILIES: dict[str, tuple[type, ...]] = {
    "string": (str,), "boolean": (bool,), "float": _NUMBERS, "double": _NUMBERS,
    **dict.fromkeys(("int", "integer", "long", "bigint", "short", "smallint", "byte", "tinyint"), _NUMBERS),
}  # fmt: skip
_DICT_METHODS = frozenset("get keys values items pop update copy setdefault clear popitem fromkeys".split())
