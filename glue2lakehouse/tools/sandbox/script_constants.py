"""The constants of a script: what an expression amounts to, with job arguments filled in."""

import ast
from collections.abc import Mapping
from typing import Any


class Constants:
    """What each variable is known to hold, as far as the statements have been walked."""

    def __init__(self, arguments: Mapping[str, str]) -> None:
        self.arguments = arguments
        self.known: dict[str, Any] = {}

    def value(self, node: ast.expr | None) -> Any:
        """Return the constant that an expression amounts to, with job arguments filled in; None when it is not one."""
        if node is None:
            return None
        if isinstance(node, ast.Constant):
            return node.value
        if isinstance(node, ast.Name):
            return self.known.get(node.id)
        if isinstance(node, (ast.List, ast.Tuple)):
            return [self.value(item) for item in node.elts]
        if isinstance(node, ast.Dict):
            return {self.value(key): self.value(item) for key, item in zip(node.keys, node.values, strict=True) if key}
        return self._composed(node)

    def _composed(self, node: ast.expr) -> Any:
        if isinstance(node, ast.Subscript):
            key = self.value(node.slice)
            held = self.known.get(node.value.id) if isinstance(node.value, ast.Name) else None
            if isinstance(held, dict):
                return held.get(key)
            holder = ast.unparse(node.value).lower()
            told = any(word in holder for word in ("arg", "prop", "param", "option"))
            return self.arguments.get(key) if isinstance(key, str) and told else None
        if isinstance(node, ast.JoinedStr):
            parts = [
                self.value(item.value) if isinstance(item, ast.FormattedValue) else self.value(item)
                for item in node.values
            ]
            return "".join(map(str, parts)) if all(part is not None for part in parts) else None
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            left, right = self.value(node.left), self.value(node.right)
            return left + right if isinstance(left, str) and isinstance(right, str) else None
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            number = self.value(node.operand)
            return -number if isinstance(number, (int, float)) else None
        if isinstance(node, ast.Call) and called(node) == "format" and isinstance(node.func, ast.Attribute):
            return self._formatted(node, self.value(node.func.value))
        return None

    def _formatted(self, call: ast.Call, pattern: Any) -> str | None:
        values = [self.value(argument) for argument in call.args]
        named = {keyword.arg: self.value(keyword.value) for keyword in call.keywords if keyword.arg}
        if not isinstance(pattern, str) or None in values or None in named.values():
            return None
        try:
            return pattern.format(*values, **named)
        except (IndexError, KeyError, ValueError):
            return None


def called(call: ast.Call) -> str:
    """Return the last part of the name that is called."""
    function = call.func
    if isinstance(function, ast.Attribute):
        return function.attr
    return function.id if isinstance(function, ast.Name) else ""


def argument_of(call: ast.Call, names: tuple[str, ...], position: int) -> ast.expr | None:
    """Return what is given under one of the names, else at the position."""
    for keyword in call.keywords:
        if keyword.arg in names:
            return keyword.value
    return call.args[position] if len(call.args) > position else None


def has_keyword(call: ast.Call, name: str) -> bool:
    """Tell whether an argument is given by name."""
    return any(keyword.arg == name for keyword in call.keywords)
