"""`explain`: a rule's own page."""

from typing import TYPE_CHECKING

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from glue2lakehouse.orchestrator.rule_pages import Page


@click.command()
@click.argument("name", metavar="[RULE]", required=False)
def explain(name: str | None) -> None:
    """Say what a RULE does, what it answers for, and show its example; without RULE list them all."""
    from glue2lakehouse.orchestrator.rule_pages import no_such_rule, pages

    if name is None:
        for title, language in (("Code", "python"), ("DDL", "sql")):
            click.echo(title)
            for page in pages():
                if page.language == language:
                    click.echo(f"  {page.name:<22} {page.text.splitlines()[0]}")
        return
    found = [page for page in pages() if page.name == name]
    if not found:
        raise UsageError(no_such_rule(name))
    for page in found:
        _print(page, console())


def _print(page: "Page", out: "Console") -> None:
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
