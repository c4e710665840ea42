"""Keep secrets and personal data out of prompts, traces, logs and tables, and put them back into what a model answers.

A placeholder is a plain word, so code with it still parses; one value has one placeholder throughout a Redactor, so code still
compares. The values never leave the Redactor.
"""

import re
from functools import lru_cache

from glue2lakehouse.agents.sensitive import find_sensitive

PLACEHOLDER = re.compile(r"REDACTED_[A-Z]+_\d+")
# A short value (`abc`) would be found by chance all over a text, so only its own place is hidden.
_LEAST_EVERYWHERE = 6


class Redactor:
    """Hides sensitive values and remembers them, for one conversation with a model."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, str] = {}

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
        return PLACEHOLDER.sub(lambda match: self._values.get(match[0], match[0]), text)

    @property
    def hidden(self) -> int:
        """How many different values were hidden."""
        return len(self._names)

    def _name(self, value: str, kind: str) -> str:
        if value not in self._names:
            name = f"REDACTED_{kind}_{len(self._names) + 1}"
            self._names[value], self._values[name] = name, value
        return self._names[value]


@lru_cache(maxsize=4096)
def redacted(text: str) -> str:
    """Return a text for a table, a log or a trace: what was hidden cannot be put back."""
    return Redactor().hide(text)
