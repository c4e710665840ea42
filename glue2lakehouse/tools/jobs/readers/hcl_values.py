"""Values of HCL's expressions: as text, their elements, and what operators make of them."""

import math
from collections.abc import Callable
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_functions import Missing, Unknown, is_known, overridden, shown


def joined(pieces: list[Any]) -> Any:
    """Return the pieces of a template in one; a single one keeps its type."""
    kept = [piece for piece in pieces if piece != ""]
    if len(kept) == 1:
        return kept[0]
    return "".join(to_text(piece) for piece in kept)


def to_text(value: Any) -> str:
    """Return a value as Terraform writes it into a string; an unknown becomes its open reference."""
    if isinstance(value, Unknown):
        return value.marker
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list | dict):
        return shown(value)
    return "" if value is None else str(value)


def whole(number: float) -> int | float:
    """Return a number as Terraform has it, which tells 1.0 from 1 no more than 2 / 2."""
    return int(number) if float(number).is_integer() else number


def pick(base: Any, step: Any) -> Any:
    """Return one element of a list or map, `Missing` where there is none."""
    if isinstance(base, Unknown):
        return Unknown(f"{base.text}.{step}")
    if isinstance(base, dict) and overridden(base, str(step)):
        return Unknown(f"element {step} of {shown(base)}")
    if isinstance(base, dict) and str(step) in base:
        return base[str(step)]
    if isinstance(base, list) and isinstance(step, int) and -len(base) <= step < len(base):
        return base[step]
    return Missing(f"element {step}")


def combined(operator: str, left: Any, right: Any) -> Any:
    """Return what a binary operator makes of two values."""
    if operator in ("&&", "||"):
        decisive = operator == "||"
        left, right = (_TRUTHS.get(side, side) if isinstance(side, str) else side for side in (left, right))
        if left is decisive or right is decisive:
            return decisive
    if not (is_known(left) and is_known(right)):
        return Unknown(f"{to_text(left)} {operator} {to_text(right)}".replace("⟦", "").replace("⟧", ""))
    return _OPERATORS[operator](left, right)


def inverted(operator: str, value: Any) -> Any:
    """Return what `!` or `-` makes of a value."""
    if isinstance(value, Missing):
        return value
    if not is_known(value):
        return Unknown(f"{'not' if operator == '!' else 'minus'} {to_text(value)}")
    if operator == "!":
        return not value if isinstance(value, bool) else Unknown("not")
    return -value if isinstance(value, int | float) else Unknown("minus")


def _arithmetic(operation: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    def apply(left: Any, right: Any) -> Any:
        try:
            made = operation(*(float(side) if isinstance(side, str) else side for side in (left, right)))
            return made if isinstance(made, bool) else whole(made)
        except (TypeError, ValueError, ZeroDivisionError):
            return Unknown(f"arithmetic with {to_text(left)} and {to_text(right)}")

    return apply


def _equal(left: Any, right: Any) -> bool:
    """Values of two types are never equal, and true is not 1."""
    return isinstance(left, bool) == isinstance(right, bool) and bool(left == right)


def _logic(left: Any, right: Any) -> Any:
    """What is left once neither side has decided: both are the same, where they are true or false at all."""
    return (
        left if isinstance(left, bool) and isinstance(right, bool) else Unknown(f"{to_text(left)} and {to_text(right)}")
    )


_TRUTHS = {"true": True, "false": False}
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    "==": _equal,
    "!=": lambda left, right: not _equal(left, right),
    "&&": _logic,
    "||": _logic,
    "<": _arithmetic(lambda left, right: left < right),
    ">": _arithmetic(lambda left, right: left > right),
    "<=": _arithmetic(lambda left, right: left <= right),
    ">=": _arithmetic(lambda left, right: left >= right),
    "+": _arithmetic(lambda left, right: left + right),
    "-": _arithmetic(lambda left, right: left - right),
    "*": _arithmetic(lambda left, right: left * right),
    "/": _arithmetic(lambda left, right: left / right),
    "%": _arithmetic(math.fmod),
}
