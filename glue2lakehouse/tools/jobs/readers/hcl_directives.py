"""Templates of Terraform with directives in them: `%{ for … }`, `%{ if … }`, and `~`, which takes the blanks beside it away.

HashiCorp: Terraform language, Strings and Templates.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.tools.jobs.readers.hcl_functions import Unknown

Names = Callable[[list[str | int]], Any]
Expression = Callable[[str, Names], Any]
Within = Callable[[Names, dict[str, Any]], Names]
_LOOP = re.compile(r"for\s+(?:([\w-]+)\s*,\s*)?([\w-]+)\s+in\s+(.+)", re.DOTALL)
_BLANK = " \t\r\n"


class _OddError(Exception):
    """A directive that has no place where it stands."""


@dataclass
class _Block:
    """What a directive holds: its words, what stands in it, and what stands after its `else`."""

    words: str
    parts: list["str | tuple[str] | _Block"] = field(default_factory=list)
    other: list["str | tuple[str] | _Block"] = field(default_factory=list)
    turned: bool = False

    def add(self, part: "str | tuple[str] | _Block") -> None:
        (self.other if self.turned else self.parts).append(part)


def with_directives(text: str, names: Names, expression: Expression, within: Within) -> list[Any] | Unknown:
    """Return the pieces that a template comes to; unknown where a condition or what a loop goes over is."""
    try:
        return _rendered(_blocks(_pieces(text)).parts, names, expression, within)
    except _OddError:
        return Unknown("a template whose directives do not close")


def _pieces(text: str) -> list[tuple[str, str]]:
    """Return (mark, text) in order: `` for plain text, `$` for an expression, `%` for a directive."""
    found: list[tuple[str, str]] = []
    plain, position, strips = "", 0, False
    while match := re.compile(r"([$%])\1\{|([$%])\{").search(text, position):
        before = text[position : match.start()]
        plain += before.lstrip(_BLANK) if strips and not plain else before
        position = match.end()
        if match[1]:
            plain += match[1] + "{"
            continue
        end = _closing(text, position)
        inside = text[position:end]
        found += [
            ("", plain.rstrip(_BLANK) if inside.startswith("~") else plain),
            (match[2], inside.strip("~").strip()),
        ]
        plain, position, strips = "", end + 1, inside.endswith("~")
    rest = text[position:]
    return [*found, ("", plain + (rest.lstrip(_BLANK) if strips and not plain else rest))]


def _closing(text: str, position: int) -> int:
    depth, quoted = 1, False
    for index in range(position, len(text)):
        if text[index] == '"' and text[index - 1] != "\\":
            quoted = not quoted
        depth += 0 if quoted else {"{": 1, "}": -1}.get(text[index], 0)
        if depth == 0:
            return index
    raise _OddError


def _blocks(pieces: list[tuple[str, str]]) -> _Block:
    stack = [_Block("")]
    for mark, text in pieces:
        word = text.split(maxsplit=1)[0] if mark == "%" and text else ""
        if mark != "%":
            stack[-1].add((text,) if mark else text)
        elif word in ("for", "if"):
            stack.append(_Block(text))
        elif word == "else" and stack[-1].words.startswith("if") and not stack[-1].turned:
            stack[-1].turned = True
        elif word in ("endfor", "endif") and stack[-1].words.startswith(word[3:]):
            done = stack.pop()
            stack[-1].add(done)
        else:
            raise _OddError
    if len(stack) != 1:
        raise _OddError
    return stack[0]


def _rendered(parts: list[Any], names: Names, expression: Expression, within: Within) -> list[Any] | Unknown:
    found: list[Any] = []
    for part in parts:
        if isinstance(part, str):
            found.append(part)
        elif isinstance(part, tuple):
            found.append(expression(part[0], names))
        else:
            made = _of_block(part, names, expression, within)
            if isinstance(made, Unknown):
                return made
            found += made
    return found


def _of_block(block: _Block, names: Names, expression: Expression, within: Within) -> list[Any] | Unknown:
    if block.words.startswith("if"):
        chosen = expression(block.words[2:], names)
        if chosen not in (True, False, "true", "false"):
            return Unknown(f"if {getattr(chosen, 'text', chosen)}")
        return _rendered(block.parts if chosen in (True, "true") else block.other, names, expression, within)
    loop = _LOOP.fullmatch(block.words)
    if loop is None:
        raise _OddError
    over = expression(loop[3], names)
    if not isinstance(over, dict | list):
        return Unknown(f"for {getattr(over, 'text', over)}")
    items = sorted(over.items()) if isinstance(over, dict) else list(enumerate(over))
    found: list[Any] = []
    for key, value in items:
        made = _rendered(block.parts, within(names, {loop[1] or "": key, loop[2]: value}), expression, within)
        if isinstance(made, Unknown):
            return made
        found += made
    return found
