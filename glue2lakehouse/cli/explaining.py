"""`explain`: a rule's own page."""

from typing import TYPE_CHECKING, Any

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from rich.console import Console

    from glue2lakehouse.tools.rewrite.rule import Rule


@click.command()
@click.argument("name", metavar="RULE", required=False)
def explain(name: str | None) -> None:
    """Say what a RULE does, which Glue calls it answers for, and show its example; without RULE list them all."""
    from glue2lakehouse.tools.rewrite.rules import RULES

    rules = {rule.name: rule for rule in RULES}
    if name is None:
        for rule in RULES:
            click.echo(f"{rule.name:<28} {_first_line(rule)}")
        return
    if name not in rules:
        raise UsageError(f"{name}: no such rule; {_did_you_mean(name, rules)}")
    _print_rule(rules[name], console())


def _print_rule(rule: "type[Rule]", out: "Console") -> None:
    from inspect import getdoc

    from rich.syntax import Syntax

    out.print(f"[bold]{rule.name}[/bold]\n")
    out.print(getdoc(rule) or "", markup=False)
    out.print("\n[bold]Answers for[/bold]")
    for callable_name in rule.glue:
        out.print(f"  {callable_name}", markup=False)
    if rule.example is not None:
        for title, text in (("Before", rule.example.before), ("After", rule.example.after)):
            out.print(f"\n[bold]{title}[/bold]")
            out.print(Syntax(text.strip("\n"), "python", background_color="default"))


def _first_line(rule: "type[Rule]") -> str:
    return (rule.__doc__ or "").strip().split("\n", 1)[0]


def _did_you_mean(name: str, known: "dict[str, Any]") -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=3)
    return f"did you mean {' or '.join(close)}?" if close else "`glue2lakehouse explain` lists them"
