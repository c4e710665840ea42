"""`review` and `chat`: what waits for a person, and a person's word on it."""

import getpass
import json
import sys
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from glue2lakehouse.graphs.project_rules import Offer, ProjectRule
    from glue2lakehouse.graphs.queue import Queue, Waiting
    from glue2lakehouse.settings import Settings

_home = click.option(
    "--home", type=click.Path(path_type=Path), help="Folder of tables and checkpoints; default: .glue2lakehouse."
)


@click.command()
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option("--approve", "action", flag_value="approve", help="Take the conversion as it stands.")
@click.option("--reject", "action", flag_value="reject", help="Do not take it; the file stays unconverted.")
@click.option(
    "--edit", "action", flag_value="edit", help="Change the conversion in $EDITOR; it is checked and waits on."
)
@click.option(
    "--apply-rule", "action", flag_value="rule", help="Change it as a project rule says; it is checked and waits on."
)
@click.option(
    "--comment",
    metavar="TEXT",
    default="",
    help="Say something. Alone it tells the converter what to do: now where there is a model, else in the next "
    "`migrate --model`.",
)
@click.option("--keep-rule", is_flag=True, help="With --approve: keep what was approved as a rule for the project.")
@click.option("--rules", is_flag=True, help="List the project rules.")
@click.option("--as", "name", metavar="NAME", help="Who says it; default: the user of this machine.")
@click.option("--model", metavar="URI", help="Model that hears the comment; default: the one that the migration had.")
@_home
@click.option("--json", "as_json", is_flag=True, help="Print what waits as one JSON object.")
def review(
    entities: tuple[str, ...],
    action: str | None,
    comment: str,
    keep_rule: bool,
    rules: bool,
    name: str | None,
    model: str | None,
    home: Path | None,
    as_json: bool,
) -> None:
    """List what waits for a person; with ENTITY (a path, or several) show it, approve, edit, reject or comment on it.

    Run `migrate` again to write what was approved.
    """
    from glue2lakehouse.orchestrator.reviews import find_waiting, offers_for, open_queue, reviewing, waiting_now
    from glue2lakehouse.orchestrator.run import settings_beside

    settings = settings_beside(Path.cwd(), home=home)
    if rules:
        _list_rules(settings)
        return
    queue = open_queue(settings)
    if keep_rule and action != "approve":
        raise UsageError("review: --keep-rule goes with --approve")
    if not entities:
        if action or comment:
            raise UsageError("review: name the ENTITY that this is about")
        waiting = waiting_now(queue, settings)
        _list(waiting, offers_for(settings, waiting), as_json)
        return
    # All names are looked up before anything is answered: a mistake in the last one changes nothing.
    found = [find_waiting(queue, settings, entity) for entity in entities]
    offered = offers_for(settings, found)
    if action == "rule":
        _refuse_without_offer(found, offered)
    by = name or getpass.getuser()
    for item in found:
        if action is None and not comment:
            _show(item, offered.get(item.thread))
            continue
        with reviewing(settings, item.project_id, model) as (answering, _):
            said = _answer(answering, item, action, by, comment, offered.get(item.thread))
        click.echo(f"{item.path}: {said}")
        if keep_rule:
            _keep_rules(settings, item, by)


def _answer(
    queue: "Queue", waiting: "Waiting", action: str | None, by: str, comment: str, offer: "Offer | None"
) -> str:
    if action is None:
        return _commented(queue, waiting, by, comment)
    code = None
    if action == "edit":
        code = click.edit(waiting.code, extension=".py")
        if code is None or code == waiting.code:
            return "not changed"
    if action == "rule" and offer is not None:
        action, code, comment = "edit", offer.code, comment or f"as the project rule from {offer.rule.origin} says"
    try:
        queue.answer(waiting.thread, action, by, comment, code, seen=waiting.code)
    except UsageError as error:
        raise UsageError(f"{error}{_kept(waiting.path, code)}") from error
    if action == "edit":
        verdict = "; ".join(queue.find(waiting.thread).reasons)
        return f"changed; it was checked ({verdict}), and waits to be approved"
    written_by = f" as {waiting.author} changed it" if waiting.author not in ("", by) else ""
    return {"approve": f"approved{written_by}; run `migrate` again to write it", "reject": "rejected"}[action]


def _kept(path: str, code: str | None) -> str:
    """Return where the text of an edit that did not count lies now; empty where there was none."""
    if code is None:
        return ""
    with tempfile.NamedTemporaryFile(
        "w", prefix=f"{Path(path).stem}-", suffix=".py", delete=False, encoding="utf-8"
    ) as file:
        file.write(code)
    return f"; your text is kept in {file.name}"


def _commented(queue: "Queue", waiting: "Waiting", by: str, comment: str) -> str:
    if not queue.has_model:
        queue.answer(waiting.thread, "note", by, comment)
        return "noted; the next `migrate --model URI` hands it to the converter"
    after = queue.answer(waiting.thread, "changes", by, comment)
    if "__interrupt__" not in after:
        return f"converted as you said, on {after['evidence']} evidence; run `migrate` again to write it"
    return f"the converter has tried, and it waits for you: {'; '.join(queue.find(waiting.thread).reasons)}"


def _refuse_without_offer(found: "list[Waiting]", offered: "dict[str, Offer]") -> None:
    without = [item.path for item in found if item.thread not in offered]
    if without:
        raise UsageError(f"{without[0]}: no project rule fits; `glue2lakehouse review --rules` lists them")


def _keep_rules(settings: "Settings", approved: "Waiting", by: str) -> None:
    from glue2lakehouse.graphs.project_rules import keep
    from glue2lakehouse.orchestrator.reviews import learned_from, offers_for, open_queue, waiting_now

    rules = learned_from(approved, by)
    if not rules:
        click.echo("    no rule: what was approved is not one statement in place of another")
    for rule in rules:
        keep(rule, settings.home)
        _show_rule(rule)
    others = offers_for(settings, waiting_now(open_queue(settings), settings))
    fits = sorted(offer.path for offer in others.values() if offer.rule in rules)
    if fits:
        click.echo(f"    fits {', '.join(fits)}: glue2lakehouse review {' '.join(fits)} --apply-rule")


def _list_rules(settings: "Settings") -> None:
    from glue2lakehouse.graphs.project_rules import FILE_NAME, kept

    rules = kept(settings.home)
    for rule in rules:
        _show_rule(rule)
    click.echo(f"{len(rules)} rules in {settings.home / FILE_NAME}; delete a line there to forget one")


def _show_rule(rule: "ProjectRule") -> None:
    click.echo(f"    rule kept, tested on its example ({rule.origin}, approved by {rule.approved_by}):")
    for sign, text in (("-", rule.before), ("+", rule.after)):
        for line in text.splitlines():
            click.echo(f"    {sign} {line}")


@click.command()
@click.argument("entity", metavar="ENTITY")
@click.option("--as", "name", metavar="NAME", help="Who speaks; default: the user of this machine.")
@click.option("--model", metavar="URI", help="Chat model that answers questions; commands need none.")
@_home
def chat(entity: str, name: str | None, model: str | None, home: Path | None) -> None:
    """Talk about ENTITY, a file that waits: ask, see the difference, edit, undo, approve or reject. /help lists commands.

    The talk is kept and goes on where it was left. Without a terminal, each line of standard input is one turn.
    """
    alone = not sys.stdin.isatty()
    with ExitStack() as held:
        opening = held.enter_context(ExitStack())
        if not alone:
            # What this opens takes seconds to import.
            opening.enter_context(console().status(f"opening {entity}"))
        from glue2lakehouse.graphs.terminal import chat as talk
        from glue2lakehouse.graphs.terminal import converse_in_lines
        from glue2lakehouse.orchestrator.reviews import open_desk
        from glue2lakehouse.orchestrator.rule_pages import page_text
        from glue2lakehouse.orchestrator.run import settings_beside

        settings = settings_beside(Path.cwd(), home=home)
        by = name or getpass.getuser()
        desk, checkpoints = held.enter_context(open_desk(settings, entity, page_text, model))
        opening.close()
        if not alone:
            talk(desk, checkpoints, by, settings.home / "chat-history")
        else:
            converse_in_lines(desk, checkpoints, by, sys.stdin)


def _list(waiting: "list[Waiting]", offered: "dict[str, Offer]", as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps({"waiting": [_row(item, offered.get(item.thread)) for item in waiting]}))
        return
    if not waiting:
        click.echo("nothing waits")
    for item in waiting:
        author = f", changed by {item.author}" if item.author else ""
        click.echo(f"{item.path}  waits {_long(item.since)} (since {item.since.astimezone():%Y-%m-%d %H:%M}){author}")
        for line in (*item.reasons, *item.comments):
            click.echo(f"    {line}")
        if item.thread in offered:
            click.echo(f"    a project rule fits: glue2lakehouse review {item.path} --apply-rule")


def _row(item: "Waiting", offer: "Offer | None") -> dict[str, object]:
    return {
        "path": item.path,
        "entity_id": item.entity_id,
        "since": item.since.isoformat(),
        "waits_seconds": round((datetime.now(UTC) - item.since).total_seconds()),
        "reasons": item.reasons,
        "author": item.author or None,
        "comments": item.comments,
        "rule_fits": offer is not None,
    }


def _long(since: datetime) -> str:
    minutes = int((datetime.now(UTC) - since).total_seconds() // 60)
    days, hours = divmod(minutes // 60, 24)
    return f"{days} d {hours} h" if days else f"{hours} h {minutes % 60} min" if hours else f"{minutes} min"


def _show(waiting: "Waiting", offer: "Offer | None") -> None:
    from glue2lakehouse.graphs.queue import told_to_a_person

    click.echo(f"{waiting.path}  waits {_long(waiting.since)} (since {waiting.since.astimezone():%Y-%m-%d %H:%M})")
    for line in (*told_to_a_person(waiting), *waiting.comments):
        click.echo(f"    {line}")
    _print_difference(waiting.source, waiting.code, "before", "after")
    if offer is not None:
        click.echo(f"A project rule fits ({offer.rule.origin}); --apply-rule would make:")
        _print_difference(waiting.code, offer.code, "after", "with the rule")


def _print_difference(before: str, after: str, left: str, right: str) -> None:
    from rich.syntax import Syntax

    diff = "\n".join(unified_diff(before.splitlines(), after.splitlines(), left, right, lineterm=""))
    console().print(
        Syntax(diff or "(the conversion is the original)", "diff", background_color="default", word_wrap=True)
    )
