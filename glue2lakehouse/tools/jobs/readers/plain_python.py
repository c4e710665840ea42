"""Reads the part of a Python file that is plain on its syntax tree: assignments, loops over known values, functions, text.

Nothing of the file is executed. What is not known becomes `Open`; what is made for an unknown number of times or under an unknown
condition stands under a doubt.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from glue2lakehouse.tools.jobs.readers.airflow_values import Open, OpenText
from glue2lakehouse.tools.jobs.readers.plain_values import PURE, called_method, if_sure, is_open, one_of, open_all

_DEEPEST = 12
_MOST_TURNS = 500


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class _Leave(Exception):
    """A `continue` or a `break`."""

    def __init__(self, *, ends: bool) -> None:
        self.ends = ends


def _together(parts: list[Any], node: ast.expr) -> Any:
    """Return the text of some pieces: a template where a piece is one, open where one is not known."""
    if not all(isinstance(part, str | int | float | OpenText) for part in parts):
        return Open(ast.unparse(node))
    text = "".join(part.template if isinstance(part, OpenText) else str(part) for part in parts)
    return OpenText(ast.unparse(node), text) if any(isinstance(part, OpenText) for part in parts) else text


class PlainPython:
    """The names of a module or function, and what its statements and expressions make of them."""

    def __init__(self) -> None:
        self._names: dict[str, Any] = {}
        self._doubts: list[str] = []
        self._depth = 0
        self._maybe = 0
        self._returned: list[Any] = []
        self._globals: set[str] = set()

    def _body(self, body: list[ast.stmt]) -> None:
        for index, statement in enumerate(body):
            handler = getattr(self, f"_do_{type(statement).__name__}", None)
            left = handler(statement) if handler is not None else None
            if left:
                with self._doubted(left):
                    self._body(body[index + 1 :])
                return

    @contextmanager
    def _doubted(self, why: str) -> Iterator[None]:
        self._doubts.append(why)
        try:
            yield
        finally:
            self._doubts.pop()

    def _do_Expr(self, node: ast.Expr) -> None:
        self._value(node.value)

    def _do_Assign(self, node: ast.Assign) -> None:
        value = self._value(node.value)
        for target in node.targets:
            self._bind(target, value)

    def _do_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self._bind(node.target, self._value(node.value))

    def _do_AugAssign(self, node: ast.AugAssign) -> None:
        old, new = self._value(node.target), self._value(node.value)
        if isinstance(node.op, ast.RShift | ast.LShift):
            self._relate(node, old, new)
        elif isinstance(node.op, ast.Add) and type(old) is type(new) and isinstance(old, str | list | int):
            self._bind(node.target, old + new)
        else:
            self._bind(node.target, Open(ast.unparse(node)))

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

    def _do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                held, key = self._value(target.value), self._value(target.slice)
                called_method(held, "pop", [key], {}, not self._maybe)

    def _do_For(self, node: ast.For) -> None:
        turns = self._value(node.iter)
        turns = list(turns) if isinstance(turns, dict) else turns
        if isinstance(turns, list) and len(turns) <= _MOST_TURNS:
            for item in turns:
                self._bind(node.target, item)
                if self._turn(node.body):
                    break
            return
        with self._doubted(f"is made in a loop over {ast.unparse(node.iter)}; it was read once"):
            self._bind(node.target, Open(ast.unparse(node.target)))
            self._turn(node.body)

    def _do_While(self, node: ast.While) -> None:
        with self._doubted("is made in a loop; it was read once"):
            self._turn(node.body)

    def _turn(self, body: list[ast.stmt]) -> bool:
        """Run one turn of a loop; return whether a `break` ends it."""
        try:
            self._body(body)
        except _Leave as leave:
            return leave.ends
        return False

    def _do_Continue(self, node: ast.Continue) -> None:
        raise _Leave(ends=False)

    def _do_Break(self, node: ast.Break) -> None:
        raise _Leave(ends=True)

    def _do_If(self, node: ast.If) -> str:
        """Run the branch that is taken. Where that is not known run both; return the doubt of what comes after, if one leaves."""
        truth = self._value(node.test)
        if not isinstance(truth, Open):
            self._body(node.body if truth else node.orelse)
            return ""
        test, before, left = ast.unparse(node.test), dict(self._names), False
        ends: list[dict[str, Any]] = []
        for branch in (node.body, node.orelse):
            self._names = dict(before)
            self._maybe += 1
            try:
                with self._doubted(f"is made under the condition {test}; it was taken in"):
                    self._body(branch)
            except _Return as end:
                left = True
                self._returned.append(end.value)
            except _Leave:
                left = True
            finally:
                self._maybe -= 1
            ends.append(self._names)
        self._names = {
            name: one_of([names[name] for names in ends if name in names], f"{name}, by {test}")
            for name in {**ends[0], **ends[1]}
        }
        return f"is made only where the condition {test} lets it; it was taken in" if left else ""

    def _do_Try(self, node: ast.Try) -> None:
        self._body([*node.body, *node.orelse])
        for handler in node.handlers:
            names = dict(self._names)
            self._maybe += 1
            try:
                with self._doubted("is made where an error was caught; it was taken in"):
                    self._body(handler.body)
            except (_Return, _Leave):
                pass
            self._maybe -= 1
            text = f"by {ast.unparse(handler).splitlines()[0]}"
            self._names |= {name: one_of([held, self._names[name]], f"{name}, {text}") for name, held in names.items()}
        self._body(node.finalbody)

    def _do_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._names[node.name] = node

    def _do_Global(self, node: ast.Global) -> None:
        self._globals |= set(node.names)

    def _do_Return(self, node: ast.Return) -> None:
        raise _Return(self._value(node.value) if node.value is not None else None)

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
            if isinstance(node.op, ast.Mod) and isinstance(left, str) and not isinstance(right, Open):
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
        if isinstance(turns, list) and len(turns) <= _MOST_TURNS:
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
        """Return what a call gives, NotImplemented where that is not known."""
        if isinstance(node.func, ast.Attribute):
            return called_method(self._value(node.func.value), called, positional, given, not self._maybe)
        function = self._names.get(called)
        if isinstance(function, ast.FunctionDef):
            return self._call_function(function, positional, given, node.lineno)
        if (
            called in PURE
            and not any(isinstance(item, Open) for item in positional)
            and (not given or called == "dict")
        ):
            try:
                return PURE[called](*positional, **given)
            except (TypeError, ValueError):
                return NotImplemented
        return NotImplemented

    def _call_function(self, function: ast.FunctionDef, positional: list[Any], given: dict[str, Any], line: int) -> Any:
        """Bind the parameters, run the body and return what it returns; its names are gone afterwards."""
        if self._depth > _DEEPEST:
            return Open(function.name)
        names, before = dict(self._names), self._returned
        self._returned = []
        for argument, default in zip(reversed(function.args.args), reversed(function.args.defaults), strict=False):
            self._names[argument.arg] = self._value(default)
        for argument in [*function.args.args[: len(positional)]]:
            self._names[argument.arg] = positional[function.args.args.index(argument)]
        parameters = {argument.arg for argument in (*function.args.args, *function.args.kwonlyargs)}
        self._names |= {name: value for name, value in given.items() if name in parameters}
        if function.args.kwarg is not None:
            self._names[function.args.kwarg.arg] = {
                name: value for name, value in given.items() if name not in parameters
            }
        if function.args.vararg is not None:
            self._names[function.args.vararg.arg] = positional[len(function.args.args) :]
        for keyword, otherwise in zip(function.args.kwonlyargs, function.args.kw_defaults, strict=True):
            if keyword.arg not in given and otherwise is not None:
                self._names[keyword.arg] = self._value(otherwise)
        returned: Any = None
        self._depth += 1
        try:
            self._body(function.body)
        except _Return as end:
            returned = end.value
        self._depth -= 1
        returned = one_of([*self._returned, returned], f"{function.name}(…)")
        kept = {name: self._names[name] for name in self._globals & self._names.keys()}
        self._names, self._returned = names | kept, before
        return returned

    def _relate(self, node: ast.AST, left: Any, right: Any) -> Any:
        """Return what `left >> right` or `left << right` gives."""
        return Open(ast.unparse(node))
