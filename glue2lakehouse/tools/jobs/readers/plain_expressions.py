"""What the expressions of a plain Python file hold: texts, numbers, lists and dicts, as far as they are written out.

Nothing of the file is executed. What is not known becomes `Open`; what is made for an unknown number of times or under an unknown
condition stands under a doubt.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from glue2lakehouse.tools.jobs.readers.airflow_values import Open, OpenText
from glue2lakehouse.tools.jobs.readers.plain_values import if_sure, is_open, is_plain, open_all

MOST_TURNS = 500
"""How many turns of a loop are followed."""


def _together(parts: list[Any], node: ast.expr) -> Any:
    """Return the text of some pieces: a template where a piece is one, open where one is not known."""
    if not all(isinstance(part, str | int | float | OpenText) for part in parts):
        return Open(ast.unparse(node))
    text = "".join(part.template if isinstance(part, OpenText) else str(part) for part in parts)
    return OpenText(ast.unparse(node), text) if any(isinstance(part, OpenText) for part in parts) else text


class PlainExpressions:
    """The names of a module or function, and what its expressions make of them."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}
        self._doubts: list[str] = []
        self._maybe = 0

    @contextmanager
    def _doubted(self, why: str) -> Iterator[None]:
        self._doubts.append(why)
        try:
            yield
        finally:
            self._doubts.pop()

    def _value(self, node: ast.AST) -> Any:
        handler = getattr(self, f"_of_{type(node).__name__}", None)
        found = handler(node) if handler is not None else None
        return found if handler is not None else Open(ast.unparse(node))

    def _of_Constant(self, node: ast.Constant) -> Any:
        return node.value

    def _of_Name(self, node: ast.Name) -> Any:
        return "__dag__" if node.id == "__name__" else self._names.get(node.id, Open(node.id))

    def _of_List(self, node: ast.List | ast.Tuple | ast.Set) -> Any:
        return [self._value(item) for item in node.elts]

    _of_Tuple = _of_Set = _of_List

    def _of_Dict(self, node: ast.Dict) -> Any:
        found: dict[Any, Any] = {}
        for key, item in zip(node.keys, node.values, strict=True):
            value = self._value(item)
            if key is None:
                found |= value if isinstance(value, dict) else {f"**{ast.unparse(item)}": value}
                continue
            name = self._value(key)
            found[name if isinstance(name, str | int | float) else ast.unparse(key)] = value
        return found

    def _of_JoinedStr(self, node: ast.JoinedStr) -> Any:
        parts = [self._value(part) for part in node.values]
        return _together(parts, node)

    def _of_FormattedValue(self, node: ast.FormattedValue) -> Any:
        return (
            self._value(node.value) if node.format_spec is None and node.conversion == -1 else Open(ast.unparse(node))
        )

    def _of_IfExp(self, node: ast.IfExp) -> Any:
        truth = self._value(node.test)
        return Open(ast.unparse(node)) if isinstance(truth, Open) else self._value(node.body if truth else node.orelse)

    def _of_UnaryOp(self, node: ast.UnaryOp) -> Any:
        value = self._value(node.operand)
        if isinstance(value, Open):
            return value
        if isinstance(node.op, ast.Not):
            return not value
        return -value if isinstance(node.op, ast.USub) and isinstance(value, int | float) else Open(ast.unparse(node))

    def _of_BoolOp(self, node: ast.BoolOp) -> Any:
        value: Any = None
        for part in node.values:
            value = self._value(part)
            if isinstance(value, Open) or bool(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _of_Compare(self, node: ast.Compare) -> Any:
        left, right = self._value(node.left), self._value(node.comparators[0])
        if len(node.ops) > 1 or is_open(left) or is_open(right):
            return Open(ast.unparse(node))
        operations: dict[type[ast.cmpop], Callable[[], Any]] = {
            ast.Eq: lambda: left == right, ast.NotEq: lambda: left != right, ast.In: lambda: left in right,
            ast.NotIn: lambda: left not in right, ast.Is: lambda: left is right, ast.IsNot: lambda: left is not right,
            ast.Gt: lambda: left > right, ast.Lt: lambda: left < right, ast.GtE: lambda: left >= right, ast.LtE: lambda: left <= right,
        }  # fmt: skip
        try:
            return operations[type(node.ops[0])]()
        except TypeError:
            return Open(ast.unparse(node))

    def _of_BinOp(self, node: ast.BinOp) -> Any:
        left, right = self._value(node.left), self._value(node.right)
        if isinstance(node.op, ast.RShift | ast.LShift):
            return self._relate(node, left, right)
        try:
            if isinstance(node.op, ast.Add) and type(left) is type(right) and isinstance(left, str | list | int):
                return left + right
            if isinstance(node.op, ast.Add) and isinstance(left, str | OpenText) and isinstance(right, str | OpenText):
                return _together([left, right], node)
            if isinstance(node.op, ast.BitOr) and isinstance(left, dict) and isinstance(right, dict):
                return left | right
            if isinstance(node.op, ast.Sub | ast.Mult) and isinstance(left, int) and isinstance(right, int):
                return left - right if isinstance(node.op, ast.Sub) else left * right
            if isinstance(node.op, ast.Mod) and isinstance(left, str) and is_plain(right):
                return left % (tuple(right) if isinstance(right, list) else right)
        except (TypeError, ValueError):
            pass
        return Open(ast.unparse(node))

    def _of_Subscript(self, node: ast.Subscript) -> Any:
        held, key = self._value(node.value), self._value(node.slice)
        if isinstance(held, dict) and isinstance(key, str | int) and key in held:
            return held[key]
        if isinstance(held, list) and isinstance(key, int) and -len(held) <= key < len(held):
            return held[key]
        return Open(ast.unparse(node))

    def _of_ListComp(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp) -> Any:
        return self._comprehended(node, node.generators, lambda: self._value(node.elt))

    _of_GeneratorExp = _of_SetComp = _of_ListComp

    def _of_DictComp(self, node: ast.DictComp) -> Any:
        made = self._comprehended(node, node.generators, lambda: (self._value(node.key), self._value(node.value)))
        return dict(made) if isinstance(made, list) else made

    def _comprehended(self, node: ast.AST, loops: list[ast.comprehension], make: Callable[[], Any]) -> Any:
        turns = self._value(loops[0].iter) if len(loops) == 1 else None
        turns = list(turns) if isinstance(turns, dict) else turns
        kept = dict(self._names)
        if isinstance(turns, list) and len(turns) <= MOST_TURNS:
            made = []
            for item in turns:
                self._bind(loops[0].target, item)
                tests = [self._value(test) for test in loops[0].ifs]
                unknown = any(isinstance(test, Open) for test in tests)
                if unknown and all(tests):
                    with self._doubted(f"is made under the condition of {ast.unparse(node)}; it was taken in"):
                        made.append(if_sure(make(), ast.unparse(node), sure=False))
                elif all(tests):
                    made.append(make())
            self._names = kept
            return made
        with self._doubted(f"is made in a loop, {ast.unparse(node)}; it was read once"):
            make()
        return Open(ast.unparse(node))

    def _of_NamedExpr(self, node: ast.NamedExpr) -> Any:
        value = self._value(node.value)
        self._bind(node.target, value)
        return value

    def _of_Call(self, node: ast.Call) -> Any:
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        positional = [item for arg in node.args for item in self._argument(arg)]
        given = {
            keyword.arg or f"**{ast.unparse(keyword.value)}": self._value(keyword.value) for keyword in node.keywords
        }
        for name in [name for name in given if name.startswith("**")]:
            if isinstance(given[name], dict):
                given = {**given.pop(name), **given}
        made = self._called(called, node, positional, given)
        return Open(ast.unparse(node)) if made is NotImplemented else made

    def _argument(self, node: ast.expr) -> list[Any]:
        if isinstance(node, ast.Starred):
            value = self._value(node.value)
            return value if isinstance(value, list) else [Open(ast.unparse(node))]
        return [self._value(node)]

    def _called(self, called: str, node: ast.Call, positional: list[Any], given: dict[str, Any]) -> Any:
        """Return what a call gives, NotImplemented where that is not known; who runs the statements knows how."""
        raise NotImplementedError

    def _bind(self, target: ast.expr, value: Any) -> None:
        if isinstance(target, ast.Name):
            self._names[target.id] = value
        elif isinstance(target, ast.Tuple | ast.List):
            items = value if isinstance(value, list) and len(value) == len(target.elts) else None
            for index, inner in enumerate(target.elts):
                self._bind(inner, items[index] if items is not None else Open(ast.unparse(target)))
        elif isinstance(target, ast.Subscript):
            held, key = self._value(target.value), self._value(target.slice)
            if isinstance(held, dict) and isinstance(key, str | int):
                held[key] = if_sure(value, ast.unparse(target), not self._maybe)
            elif isinstance(held, list | dict):
                self._set(held, key, value, ast.unparse(target))

    def _set(self, held: list[Any] | dict[Any, Any], key: Any, value: Any, text: str) -> None:
        if isinstance(held, list) and isinstance(key, int) and -len(held) <= key < len(held):
            held[key] = if_sure(value, text, not self._maybe)
        else:
            open_all(held, text)

    def _relate(self, node: ast.AST, left: Any, right: Any) -> Any:
        """Return what `left >> right` or `left << right` gives."""
        return Open(ast.unparse(node))
