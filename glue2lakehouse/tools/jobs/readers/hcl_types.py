"""The type of a Terraform variable, as far as it changes values: `optional(type, default)` inside an object.

HashiCorp: Terraform language, Type Constraints, Optional Object Type Attributes.
"""

from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl import Names, evaluate, key_of, parts
from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown

_ALIKE = frozenset({"map", "list", "set"})


def with_optional(value: Any, type_: Any, names: Names) -> Any:
    """Return a variable's value with the attributes that its type fills in; `type_` is a syntax tree."""
    name, arguments = _constructor(type_)
    if isinstance(value, Unknown) or value is None or not arguments:
        return value
    if name in _ALIKE and isinstance(value, dict):
        return {key: with_optional(item, arguments[0], names) for key, item in value.items()}
    if name in _ALIKE and isinstance(value, list):
        return [with_optional(item, arguments[0], names) for item in value]
    if name == "object" and isinstance(value, dict):
        return _filled(value, arguments[0], names)
    return value


def _filled(value: dict[str, Any], object_: Any, names: Names) -> dict[str, Any]:
    filled = dict(value)
    for element in parts(_inner(object_)):
        key, type_ = str(key_of(parts(element)[0], names)), element.children[-1]
        name, arguments = _constructor(type_)
        if name == "optional" and arguments:
            given = filled.get(key)
            if given is None and len(arguments) > 1:
                given = evaluate(arguments[1], names)
            filled[key] = with_optional(given, arguments[0], names)
        elif key in filled:
            filled[key] = with_optional(filled[key], type_, names)
    return filled


def _inner(node: Any) -> Any:
    while getattr(node, "data", "") == "expr_term":
        node = parts(node)[0]
    return node


def _constructor(node: Any) -> tuple[str, list[Any]]:
    """Return the name and arguments of `map(…)`, `object({…})`, `optional(…)`; nothing for a plain type."""
    call = _inner(node)
    if getattr(call, "data", "") != "function_call":
        return "", []
    arguments = next((part for part in parts(call) if part.data == "arguments"), None)
    return str(parts(call)[0].children[0]), parts(arguments) if arguments is not None else []
