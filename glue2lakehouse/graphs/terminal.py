"""The review chat in a terminal: history, completion of commands, `$EDITOR` for /edit, coloured differences."""

from pathlib import Path
from typing import Any

import click

from glue2lakehouse.graphs.queue import config_of
from glue2lakehouse.graphs.review import COMMANDS, Desk, build_chat, say


def chat(desk: Desk, checkpointer: Any, by: str, history: Path) -> None:
    """Talk until the file waits no more, or until the reviewer leaves with Ctrl-D."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory
    from rich.console import Console

    console, graph = Console(highlight=False), build_chat(desk, checkpointer)
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)), completer=WordCompleter(sorted(COMMANDS), sentence=True)
    )
    waiting = desk.waiting()
    console.print(f"[bold]{waiting.path}[/bold] waits since {waiting.since:%Y-%m-%d %H:%M}; /help lists commands")
    while True:
        try:
            said = session.prompt("› ").strip()
        except (EOFError, KeyboardInterrupt):
            return
        if said == "/edit":
            said = _edited(desk, graph)
        if not said:
            continue
        state = say(graph, desk, said, by)
        _show(console, said, state["reply"])
        if state["over"]:
            return


def _edited(desk: Desk, graph: Any) -> str:
    versions = graph.get_state(config_of(f"chat-{desk.thread}")).values.get("versions")
    code = desk.workshop.texts.get(versions[-1]) if versions else desk.waiting().code
    changed = click.edit(code, extension=".py")
    return f"/edit\n{changed}" if changed and changed != code else ""


def _show(console: Any, said: str, reply: str) -> None:
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    if said.startswith("/diff"):
        console.print(Syntax(reply, "diff", background_color="default", word_wrap=True))
    elif said.startswith("/"):
        console.print(reply, markup=False)
    else:
        console.print(Markdown(reply))
