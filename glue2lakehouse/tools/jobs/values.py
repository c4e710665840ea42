"""Values of definitions: text, numbers and maps as people write them, and the references that a source leaves open.

A value that only AWS or a person knows (a template parameter without a default, the name of a bucket that another resource
makes) stands in the text as an open reference, `⟦name⟧`; it becomes a variable of the bundle.
"""

import re
from collections.abc import Iterator
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

_REFERENCE = re.compile(r"⟦([^⟦⟧]+)⟧")
_INPUT = re.compile(r"⟪([^⟪⟫]+)⟫")


def open_references(value: Any) -> Iterator[str]:
    """Yield the names of the open references anywhere in a value."""
    if isinstance(value, str):
        yield from _REFERENCE.findall(value)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from open_references(key)
            yield from open_references(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from open_references(item)


def from_input(name: str) -> str:
    """Return the value of an argument that each run of a chain takes from this field of its input."""
    return f"⟪{name}⟫"


def input_of(value: str) -> str:
    """Return the field of the input that a value is, empty where it is not one."""
    found = _INPUT.fullmatch(value)
    return found[1] if found else ""


def shown(value: object) -> str:
    """Return a value for a message: an open reference as `<name>`."""
    return _REFERENCE.sub(r"<\1>", str(value))


def with_variables(text: str) -> str:
    """Return the text with each open reference as a bundle variable, `${var.name}`.

    A `${…}` that the source means literally is escaped, since the bundle would read it as a reference of its own.
    """
    return _REFERENCE.sub(r"${var.\1}", text.replace("${", "$${"))


def _number(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"-?\d+", value):
        return int(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _amount(value: object) -> object:
    return float(value) if isinstance(value, str) and re.fullmatch(r"\d+(?:\.\d+)?", value) else value


def _text(value: object) -> object:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float) else value


def _flag(value: object) -> object:
    return value.lower() == "true" if isinstance(value, str) and value.lower() in ("true", "false") else value


def _one_or_many(value: object) -> object:
    return [value] if isinstance(value, str | dict) else value


def _open_map(value: object) -> object:
    """A map that is one open reference as a whole keeps it as its key, where the writer finds it."""
    return {value: value} if isinstance(value, str) and _REFERENCE.search(value) else value


def _counted(value: int | str) -> int | str:
    if isinstance(value, str) and not _REFERENCE.fullmatch(value):
        raise ValueError(f"'{value}' is no whole number")
    return value


Count = Annotated[int | str, BeforeValidator(_number), AfterValidator(_counted)]
Amount = Annotated[float | str, BeforeValidator(_amount)]
Text = Annotated[str, BeforeValidator(_text)]
Flag = Annotated[bool | str, BeforeValidator(_flag)]
Arguments = Annotated[dict[str, Text], BeforeValidator(_open_map)]
Structure = Annotated[dict[str, Any], BeforeValidator(_open_map)]
Texts = Annotated[list[Text], BeforeValidator(_one_or_many)]
