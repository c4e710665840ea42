"""Prompts: Markdown with Jinja holes beside this file; an undefined name is an error. Git is the version."""

import hashlib
import re
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

_HERE = Path(__file__).parent


class Prompt(NamedTuple):
    """A rendered prompt; `fingerprint` is that of the template, so rows made with the same wording compare."""

    name: str
    text: str
    fingerprint: str


def render(name: str, **values: Any) -> Prompt:
    """Fill a prompt's holes. Raises jinja2.UndefinedError for a hole without a value."""
    template = (_HERE / f"{name}.md").read_text(encoding="utf-8")
    text = _environment().from_string(template).render(**values)
    return Prompt(name, text, hashlib.sha256(template.encode()).hexdigest()[:12])


def names() -> tuple[str, ...]:
    """Return the names of all prompts."""
    return tuple(sorted(file.stem for file in _HERE.glob("*.md")))


@cache
def _environment() -> Any:
    from jinja2 import Environment, StrictUndefined

    # Prompts are no markup: escaping would change the code in them.
    environment = Environment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True
    )
    environment.globals["fence"] = _fence
    return environment


def _fence(code: str) -> str:
    """Return a fence that the code cannot end by itself, so that nothing in it passes for our words."""
    longest = max((len(run) for run in re.findall("`+", code)), default=0)
    return "`" * max(3, longest + 1)
