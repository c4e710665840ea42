"""Keep secrets and personal data out of prompts, traces, logs and tables, and put them back into what a model answers.

A placeholder is a plain word, so code with it still parses; one value has one placeholder throughout a Redactor, so code still
compares. The values never leave the Redactor.
"""

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

from glue2lakehouse.agents.sensitive import find_sensitive

# Models change the case of what they copy.
PLACEHOLDER = re.compile(r"(?i)\bREDACTED_[A-Z]+_\d+")
_BEGINS_ONE = re.compile(r"(?i)\bR(?:E(?:D(?:A(?:C(?:T(?:E(?:D(?:_(?:[A-Z]+(?:_\d*)?)?)?)?)?)?)?)?)?)?$")
# A short value (`abc`) would be found by chance all over a text, so only its own place is hidden.
_LEAST_EVERYWHERE = 6


class Redactor:
    """Hides sensitive values and remembers them, for one conversation with a model.

    Words in `reserved` texts that look like placeholders are the user's own and are not given out.
    """

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._taken = {found.upper() for text in reserved for found in PLACEHOLDER.findall(text)}
        self._last = 0

    def hide(self, text: str) -> str:
        """Return the text with placeholders, also where a value that was found before stands without its name."""
        pieces, end = [], 0
        for found in find_sensitive(text):
            pieces += [text[end : found.start], self._name(text[found.start : found.end], found.kind)]
            end = found.end
        hidden = "".join(pieces) + text[end:]
        for value, name in self._names.items():
            if len(value) >= _LEAST_EVERYWHERE and value in hidden:
                hidden = hidden.replace(value, name)
        return hidden

    def restore(self, text: str) -> str:
        """Return the text with the values in place of their placeholders; a placeholder of nobody's stays."""
        return PLACEHOLDER.sub(lambda match: self._values.get(match[0].upper(), match[0]), text)

    def restoring(self, heard: Callable[[str], None]) -> "Restoring":
        """Return what restores words that come in pieces and hands them on."""
        return Restoring(self, heard)

    @property
    def hidden(self) -> int:
        """How many different values were hidden."""
        return len(self._names)

    def _name(self, value: str, kind: str) -> str:
        if value not in self._names:
            name = ""
            while not name or name in self._taken:
                self._last += 1
                name = f"REDACTED_{kind}_{self._last}"
            self._names[value], self._values[name] = name, value
        return self._names[value]


class Restoring:
    """Restores a stream: what may be the beginning of a placeholder waits for the next piece, or for the end."""

    def __init__(self, redactor: Redactor, heard: Callable[[str], None]) -> None:
        self._redactor, self._heard, self._kept = redactor, heard, ""

    def __call__(self, piece: str) -> None:
        """Take the next piece."""
        text = self._kept + piece
        begun = _BEGINS_ONE.search(text)
        self._kept = text[begun.start() :] if begun else ""
        self._say(text[: len(text) - len(self._kept)])

    def end(self) -> None:
        """Hand on what still waits."""
        self._say(self._kept)
        self._kept = ""

    def _say(self, text: str) -> None:
        if text:
            self._heard(self._redactor.restore(text))


def strange_placeholders(code: str, source: str) -> list[tuple[int, str]]:
    """Return line and word of what looks like a placeholder in code and stands for nothing: its value would be lost."""
    known = {found.upper() for found in PLACEHOLDER.findall(source)}
    return [
        (number, found)
        for number, line in enumerate(code.split("\n"), start=1)
        for found in PLACEHOLDER.findall(line)
        if found.upper() not in known
    ]


def in_all_texts(value: Any, change: Callable[[str], str]) -> Any:
    """Return a JSON value with every text in it changed."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: in_all_texts(item, change) for name, item in value.items()}
    return [in_all_texts(item, change) for item in value] if isinstance(value, list | tuple) else value


@lru_cache(maxsize=4096)
def redacted(text: str) -> str:
    """Return a text for a table, a log or a trace: what was hidden cannot be put back."""
    return Redactor().hide(text)
