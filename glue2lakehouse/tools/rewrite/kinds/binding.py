"""Bind the arguments of a call to the parameters of a signature, as Python would, without running anything."""

import ast
from collections.abc import Sequence
from dataclasses import dataclass, field

from glue2lakehouse.tools.facts import REQUIRED, Parameter


@dataclass(slots=True)
class Bound:
    """The arguments of one call by parameter name.

    `extra` holds keywords that the signature does not name (they belong to `**kwargs` where it has one), `surplus`
    positional arguments beyond it, `starred` the `*` and `**` arguments whose content is not known.
    """

    arguments: dict[str, ast.expr] = field(default_factory=dict)
    extra: dict[str, ast.expr] = field(default_factory=dict)
    surplus: list[ast.expr] = field(default_factory=list)
    starred: list[ast.expr] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def bind(call: ast.Call, parameters: Sequence[Parameter]) -> Bound:
    """Return which argument goes to which parameter; `**{literal dict}` is opened."""
    bound = Bound()
    names = [parameter.name for parameter in parameters if not parameter.name.startswith("*")]
    for position, argument in enumerate(call.args):
        if isinstance(argument, ast.Starred):
            bound.starred.append(argument.value)
        elif bound.starred or position >= len(names):
            bound.surplus.append(argument)
        else:
            bound.arguments[names[position]] = argument
    for keyword in call.keywords:
        _bind_keyword(bound, keyword, names)
    if not bound.starred:
        required = [parameter.name for parameter in parameters if parameter.default is REQUIRED]
        bound.missing = [name for name in required if name not in bound.arguments]
    return bound


def _bind_keyword(bound: Bound, keyword: ast.keyword, names: list[str]) -> None:
    if keyword.arg is not None:
        target = bound.arguments if keyword.arg in names else bound.extra
        target[keyword.arg] = keyword.value
        return
    if isinstance(keyword.value, ast.Dict) and all(
        isinstance(key, ast.Constant) and isinstance(key.value, str) for key in keyword.value.keys
    ):
        for key, value in zip(keyword.value.keys, keyword.value.values, strict=True):
            assert isinstance(key, ast.Constant)
            (bound.arguments if key.value in names else bound.extra)[str(key.value)] = value
        return
    bound.starred.append(keyword.value)
