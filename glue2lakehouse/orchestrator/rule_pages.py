"""The page of every rule, for `explain` and for the review chat."""

from collections.abc import Iterator
from difflib import get_close_matches
from inspect import cleandoc
from typing import NamedTuple


class Page(NamedTuple):
    """What a rule does, which callables it answers for, and its example."""

    name: str
    text: str
    answers_for: tuple[str, ...]
    language: str
    before: str = ""
    after: str = ""


def pages() -> list[Page]:
    """Return the pages of all rules, those for code first."""
    return [*_code_pages(), *_ddl_pages()]


def page_text(name: str) -> str:
    """Return a rule's page as plain text, or the line that says which rules have similar names."""
    found = [page for page in pages() if page.name == name]
    if not found:
        return no_such_rule(name)
    return "\n\n".join(
        "\n\n".join(part for part in (page.name, page.text, page.before.strip(), page.after.strip()) if part)
        for page in found
    )


def no_such_rule(name: str) -> str:
    """Return the line for a name that no rule has."""
    close = get_close_matches(name, [page.name for page in pages()], n=3)
    if close:
        return f"{name}: no such rule; did you mean {' or '.join(dict.fromkeys(close))}?"
    return f"{name}: no such rule; `glue2lakehouse explain` lists them; other findings say themselves what to do"


def _code_pages() -> Iterator[Page]:
    from glue2lakehouse.tools.rewrite.rules import RULES

    for rule in RULES:
        text = cleandoc(rule.__doc__ or "")
        if rule.example is None:
            yield Page(rule.name, text, rule.glue, "python")
        else:
            yield Page(rule.name, text, rule.glue, "python", rule.example.before, rule.example.after)


def _ddl_pages() -> Iterator[Page]:
    from glue2lakehouse.tools.ddl.rules import RULES

    for rule in RULES:
        before, after = rule.example
        handed_off = "-- handed off: a finding says what to do" if after is None else "-- dropped, with the reason"
        yield Page(rule.name, rule.summary, (), "sql", before, after or handed_off)
