"""The page of every rule, for `explain` and for the review chat."""

import sys
from collections.abc import Iterator
from difflib import get_close_matches
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from glue2lakehouse.tools.rewrite.rule import Rule

_ON_THE_MODULE = "See the module's page."


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

    told: set[str] = set()
    for rule in RULES:
        text = _told_of(rule, first=rule.__module__ not in told)
        told.add(rule.__module__)
        if rule.example is None:
            yield Page(rule.name, text, rule.glue, "python")
        else:
            yield Page(rule.name, text, rule.glue, "python", rule.example.before, rule.example.after)


def _told_of(rule: "type[Rule]", first: bool) -> str:
    """Return what a rule does: the headline of its module before the first rule there, and its own words."""
    headline = cleandoc(sys.modules[rule.__module__].__doc__ or "").split("\n\n")[0].replace("\n", " ")
    own = cleandoc(rule.__doc__ or "")
    if own == _ON_THE_MODULE:
        return headline
    return f"{headline}\n\n{own}" if first else f"{own}\n\n{headline}"


def _ddl_pages() -> Iterator[Page]:
    from glue2lakehouse.tools.ddl.rules import RULES

    for rule in RULES:
        before, after = rule.example
        handed_off = "-- handed off: a finding says what to do" if after is None else "-- dropped, with the reason"
        yield Page(rule.name, rule.summary, (), "sql", before, after or handed_off)
