"""`explain`: a rule's own page."""

from collections.abc import Iterable
from inspect import cleandoc
from typing import TYPE_CHECKING, NamedTuple

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console


class _Page(NamedTuple):
    name: str
    text: str
    answers_for: tuple[str, ...]
    language: str
    before: str = ""
    after: str = ""


@click.command()
@click.argument("name", metavar="RULE", required=False)
def explain(name: str | None) -> None:
    """Say what a RULE does, what it answers for, and show its example; without RULE list them all."""
    pages = [*_code_pages(), *_ddl_pages()]
    if name is None:
        for page in pages:
            click.echo(f"{page.name:<28} {page.text.splitlines()[0]}")
        return
    found = [page for page in pages if page.name == name]
    if not found:
        raise UsageError(f"{name}: no such rule; {_did_you_mean(name, [page.name for page in pages])}")
    for page in found:
        _print(page, console())


def page_text(name: str) -> str:
    """Return a rule's page as plain text, or the line that says which rules have similar names."""
    pages = [*_code_pages(), *_ddl_pages()]
    found = [page for page in pages if page.name == name]
    if not found:
        return f"{name}: no such rule; {_did_you_mean(name, [page.name for page in pages])}"
    return "\n\n".join(
        "\n\n".join(part for part in (page.name, page.text, page.before.strip(), page.after.strip()) if part)
        for page in found
    )


def _code_pages() -> Iterable[_Page]:
    from glue2lakehouse.tools.rewrite.rules import RULES

    for rule in RULES:
        text = cleandoc(rule.__doc__ or "")
        if rule.example is None:
            yield _Page(rule.name, text, rule.glue, "python")
        else:
            yield _Page(rule.name, text, rule.glue, "python", rule.example.before, rule.example.after)


def _ddl_pages() -> Iterable[_Page]:
    from glue2lakehouse.tools.ddl.rules import RULES

    for rule in RULES:
        before, after = rule.example
        handed_off = "-- handed off: a finding says what to do" if after is None else "-- dropped, with the reason"
        yield _Page(rule.name, rule.summary, (), "sql", before, after or handed_off)


def _print(page: _Page, out: "Console") -> None:
    from rich.syntax import Syntax

    out.print(f"[bold]{page.name}[/bold]\n")
    out.print(page.text, markup=False)
    if page.answers_for:
        out.print("\n[bold]Answers for[/bold]")
    for callable_name in page.answers_for:
        out.print(f"  {callable_name}", markup=False, soft_wrap=True)
    if page.before:
        for title, text in (("Before", page.before), ("After", page.after)):
            out.print(f"\n[bold]{title}[/bold]")
            out.print(Syntax(text.strip("\n"), page.language, background_color="default", word_wrap=True))
    out.print()


def _did_you_mean(name: str, known: list[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=3)
    if close:
        return f"did you mean {' or '.join(dict.fromkeys(close))}?"
    return "`glue2lakehouse explain` lists them; other findings say themselves what to do"
