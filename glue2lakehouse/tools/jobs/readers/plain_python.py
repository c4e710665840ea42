"""Reads the part of a Python file that is plain on its syntax tree: assignments, loops over known values, functions.

Nothing of the file is executed; see `plain_expressions` for what becomes of what is not known.
"""

import ast
from typing import Any

from glue2lakehouse.tools.jobs.readers.airflow_values import Open
from glue2lakehouse.tools.jobs.readers.plain_expressions import MOST_TURNS, PlainExpressions
from glue2lakehouse.tools.jobs.readers.plain_values import PURE, called_method, one_of, open_all

_DEEPEST = 12
_LOOKS = frozenset({"print", "pprint", "pp", "chain", "cross_downstream", "chain_linear"})
"""Functions that change nothing of what they are given, but the order of tasks."""


class _Return(Exception):
    def __init__(self, value: Any) -> None:
        self.value = value


class _Leave(Exception):
    """A `continue` or a `break`."""

    def __init__(self, *, ends: bool) -> None:
        self.ends = ends


class PlainPython(PlainExpressions):
    """The names of a module or function, and what its statements make of them."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
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

    def _do_Expr(self, node: ast.Expr) -> None:
        value = self._value(node.value)
        if isinstance(value, Open) and isinstance(node.value, ast.Call) and isinstance(node.value.func, ast.Name):
            self._changed_by(node.value.func.id, node.value)

    def _changed_by(self, called: str, call: ast.Call) -> None:
        """A function that is not known, and that nobody asks for a value, may be there to change what it is given."""
        if called in _LOOKS or isinstance(self._names.get(called), ast.FunctionDef):
            return
        for argument in (*call.args, *(keyword.value for keyword in call.keywords)):
            held = self._value(argument) if isinstance(argument, ast.Name) else None
            if isinstance(held, list | dict):
                open_all(held, ast.unparse(call))

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

    def _do_Delete(self, node: ast.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ast.Subscript):
                held, key = self._value(target.value), self._value(target.slice)
                called_method(held, "pop", [key], {}, not self._maybe)

    def _do_For(self, node: ast.For) -> None:
        turns = self._value(node.iter)
        turns = list(turns) if isinstance(turns, dict) else turns
        if isinstance(turns, list) and len(turns) <= MOST_TURNS:
            for item in turns:
                self._bind(node.target, item)
                if self._turn(node.body):
                    return
        else:
            self._bind(node.target, Open(ast.unparse(node.target)))
            self._once(node.body, f"is made in a loop over {ast.unparse(node.iter)}; it was read once")
        self._body(node.orelse)

    def _do_While(self, node: ast.While) -> None:
        truth = self._value(node.test)
        if isinstance(truth, Open) or truth:
            self._once(node.body, "is made in a loop; it was read once")
        self._body(node.orelse)

    def _once(self, body: list[ast.stmt], why: str) -> None:
        """Read a loop whose turns are not known once: what it changes may have changed often, or not at all."""
        before = dict(self._names)
        self._maybe += 1
        try:
            with self._doubted(why):
                self._turn(body)
        finally:
            self._maybe -= 1
        self._names |= {name: one_of([held, self._names[name]], f"{name}, by a loop") for name, held in before.items()}

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
        """Run the branch that is taken, or both; return the doubt of what comes after, if one of both leaves."""
        truth = self._value(node.test)
        if not isinstance(truth, Open):
            self._body(node.body if truth else node.orelse)
            return ""
        return self._one_of_them([node.body, node.orelse], ast.unparse(node.test))

    def _do_Match(self, node: ast.Match) -> str:
        for pattern in (inner for case in node.cases for inner in ast.walk(case.pattern)):
            if isinstance(pattern, ast.MatchAs | ast.MatchStar) and pattern.name:
                self._names[pattern.name] = Open(pattern.name)
        return self._one_of_them([*(case.body for case in node.cases), []], f"match {ast.unparse(node.subject)}")

    def _one_of_them(self, branches: list[list[ast.stmt]], test: str) -> str:
        """Run all branches of which one is taken; return the doubt of what comes after, if one leaves."""
        before, left = dict(self._names), False
        ends: list[dict[str, Any]] = []
        for branch in branches:
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
            for name in {name: None for names in ends for name in names}
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

    def _do_Import(self, node: ast.Import | ast.ImportFrom) -> None:
        """What is imported is not known, also where the name stood for something before."""
        for alias in node.names:
            name = alias.asname or alias.name.partition(".")[0]
            self._names[name] = Open(name)

    def _do_ImportFrom(self, node: ast.ImportFrom) -> None:
        self._do_Import(node)

    def _do_Global(self, node: ast.Global) -> None:
        self._globals |= set(node.names)

    def _do_Return(self, node: ast.Return) -> None:
        raise _Return(self._value(node.value) if node.value is not None else None)

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
