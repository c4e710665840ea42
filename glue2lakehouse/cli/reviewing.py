"""`review` and `chat`: what waits for a person, and a person's word on it."""

import getpass
import json
import sys
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from glue2lakehouse.cli.terminal import console
from glue2lakehouse.errors import UsageError

if TYPE_CHECKING:
    from glue2lakehouse.graphs.queue import Queue, Waiting


@click.command()
@click.argument("entities", metavar="[ENTITY]...", nargs=-1)
@click.option("--approve", "action", flag_value="approve", help="Take the conversion as it stands.")
@click.option("--reject", "action", flag_value="reject", help="Do not take it; the file stays unconverted.")
@click.option(
    "--edit", "action", flag_value="edit", help="Change the conversion in $EDITOR; it is checked and waits on."
)
@click.option("--comment", metavar="TEXT", default="", help="Say something; alone it changes nothing and is kept.")
@click.option("--as", "name", metavar="NAME", help="Who says it; default: the user of this machine.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder of tables and checkpoints; default: .glue2lakehouse."
)
@click.option("--json", "as_json", is_flag=True, help="Print what waits as one JSON object.")
def review(
    entities: tuple[str, ...], action: str | None, comment: str, name: str | None, home: Path | None, as_json: bool
) -> None:
    """List what waits for a person; with ENTITY (a path, or several) show it, approve, edit, reject or comment on it.

    Run `migrate` again to write what was approved.
    """
    from glue2lakehouse.orchestrator.reviews import find_waiting, open_queue, waiting_now
    from glue2lakehouse.orchestrator.run import settings_beside

    settings = settings_beside(Path.cwd(), home=home)
    queue = open_queue(settings)
    if not entities:
        if action or comment:
            raise UsageError("review: name the ENTITY that this is about")
        _list(waiting_now(queue, settings), as_json)
        return
    # All names are looked up before anything is answered: a mistake in the last one changes nothing.
    for waiting in [find_waiting(queue, settings, entity) for entity in entities]:
        if action is None and not comment:
            _show(waiting)
        else:
            click.echo(
                f"{waiting.path}: {_answer(queue, waiting, action or 'note', name or getpass.getuser(), comment)}"
            )


def _answer(queue: "Queue", waiting: "Waiting", action: str, by: str, comment: str) -> str:
    code = None
    if action == "edit":
        code = click.edit(waiting.code, extension=".py")
        if code is None or code == waiting.code:
            return "not changed"
    queue.answer(waiting.thread, action, by, comment, code)
    said = {"approve": "approved; run `migrate` again to write it", "reject": "rejected"}
    return said.get(action, "changed; it was checked, and waits to be approved" if action == "edit" else "noted")


@click.command()
@click.argument("entity", metavar="ENTITY")
@click.option("--as", "name", metavar="NAME", help="Who speaks; default: the user of this machine.")
@click.option("--model", metavar="URI", help="Chat model that answers questions; commands need none.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder of tables and checkpoints; default: .glue2lakehouse."
)
def chat(entity: str, name: str | None, model: str | None, home: Path | None) -> None:
    """Talk about ENTITY, a file that waits: ask, see the difference, edit, undo, approve or reject. /help lists commands.

    The talk is kept and goes on where it was left. Without a terminal, each line of standard input is one turn.
    """
    from glue2lakehouse.cli.explaining import page_text
    from glue2lakehouse.orchestrator.reviews import open_desk
    from glue2lakehouse.orchestrator.run import settings_beside

    settings = settings_beside(Path.cwd(), home=home, model=model)
    desk, checkpoints = open_desk(settings, entity, page_text)
    by = name or getpass.getuser()
    if sys.stdin.isatty():
        from glue2lakehouse.graphs.terminal import chat as talk

        talk(desk, checkpoints, by, settings.home / "chat-history")
        return
    from glue2lakehouse.graphs.review import build_chat, say

    graph = build_chat(desk, checkpoints)
    for line in filter(str.strip, sys.stdin):
        state = say(graph, desk, line.strip(), by)
        click.echo(state["reply"])
        if state["over"]:
            return


def _list(waiting: "list[Waiting]", as_json: bool) -> None:
    if as_json:
        rows = [
            {"path": item.path, "entity_id": item.entity_id, "since": item.since.isoformat(), "reasons": item.reasons}
            for item in waiting
        ]
        click.echo(json.dumps({"waiting": rows}))
        return
    if not waiting:
        click.echo("nothing waits")
    for item in waiting:
        click.echo(f"{item.path}  since {item.since:%Y-%m-%d %H:%M}")
        for reason in item.reasons:
            click.echo(f"    {reason}")


def _show(waiting: "Waiting") -> None:
    from rich.syntax import Syntax

    click.echo(f"{waiting.path}  since {waiting.since:%Y-%m-%d %H:%M}")
    for line in (*waiting.reasons, *waiting.comments):
        click.echo(f"    {line}")
    before, after = waiting.source.splitlines(), waiting.code.splitlines()
    diff = "\n".join(unified_diff(before, after, "before", "after", lineterm=""))
    console().print(
        Syntax(diff or "(the conversion is the original)", "diff", background_color="default", word_wrap=True)
    )
