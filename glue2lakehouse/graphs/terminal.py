"""The review chat in a terminal: history, completion of commands, `$EDITOR` for /edit, answers that appear as they come."""

import re
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from glue2lakehouse.errors import UsageError
from glue2lakehouse.graphs.commands import COMMANDS
from glue2lakehouse.graphs.desk import Desk
from glue2lakehouse.graphs.queue import told_to_a_person
from glue2lakehouse.graphs.review import build_chat, chat_config, say
from glue2lakehouse.graphs.seen import standing


def chat(desk: Desk, checkpointer: Any, by: str, history: Path) -> None:
    """Talk until the file waits no more, or until the reviewer leaves with Ctrl-D; Ctrl-C stops an answer or clears the line."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory
    from rich.console import Console

    console = Console(highlight=False)
    session: PromptSession[str] = PromptSession(
        history=FileHistory(str(history)), completer=WordCompleter(sorted(COMMANDS), sentence=True)
    )
    _greet(desk, console)
    while True:
        try:
            said = session.prompt("› ").strip()
        except KeyboardInterrupt:
            console.print("(Ctrl-D leaves)", style="dim")
            continue
        except EOFError:
            return
        if said and _turn(desk, checkpointer, by, said, console):
            return


def _greet(desk: Desk, console: Any) -> None:
    waiting = desk.waiting()
    author = f", changed by {waiting.author}" if waiting.author else ""
    since = f"{waiting.since.astimezone():%Y-%m-%d %H:%M}"
    console.print(f"[bold]{waiting.path}[/bold] waits since {since}{author}", style="default")
    for line in (*told_to_a_person(waiting), *waiting.comments):
        console.print(f"  {line}", markup=False)
    console.print("/diff shows the conversion, /help lists commands", style="dim")


def converse_in_lines(desk: Desk, checkpointer: Any, by: str, lines: Any) -> None:
    """Take each line of a file or pipe as one turn; words and nothing else go out."""
    graph = build_chat(desk, checkpointer)
    for line in filter(str.strip, lines):
        try:
            state = say(graph, desk, expanded(line.strip()), by)
        except UsageError as error:
            click.echo(str(error))
            continue
        click.echo(state["reply"])
        if state["over"]:
            return


def expanded(said: str) -> str:
    """Return `/edit FILE` with the text of the file in place of its name. Raises UsageError when it cannot be read."""
    name, _, file = said.partition(" ")
    if name != "/edit" or not file.strip():
        return said
    try:
        return f"/edit\n{Path(file.strip()).expanduser().read_text(encoding='utf-8')}"
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"/edit: {file.strip()} cannot be read: {error}") from error


def _turn(desk: Desk, checkpointer: Any, by: str, said: str, console: Any) -> bool:
    """Take one turn and show it; return whether the file waits no more."""
    voice = _Voice(console)
    talking = replace(desk, heard=voice)
    graph = build_chat(talking, checkpointer)
    try:
        said = _edited(desk, graph, by) if said == "/edit" else expanded(said)
        if not said:
            console.print("not changed", style="dim")
            return False
        with voice:
            state = say(graph, talking, said, by)
    except KeyboardInterrupt:
        console.print("\n(stopped)", style="dim")
        return False
    except UsageError as error:
        console.print(str(error), markup=False)
        return False
    if not voice.spoke:
        _show(console, said, state["reply"], from_model=desk.workshop.model is not None)
    return state["over"]


def _edited(desk: Desk, graph: Any, by: str) -> str:
    """Open the newest version in an editor, which may be one from outside the talk."""
    said, waiting, texts = graph.get_state(chat_config(desk)).values, desk.waiting(), desk.workshop.texts
    stands = standing({**said, "by": by}, texts.put(waiting.code), waiting.author)
    code = texts.get(stands["versions"][-1])
    changed = click.edit(code, extension=".py")
    return f"/edit\n{changed}" if changed and changed != code else ""


class _Voice:
    """Writes an answer as it comes; until the first word a spinner says that somebody is at work."""

    def __init__(self, console: Any) -> None:
        self._console, self.spoke = console, False
        self._word, self._column = "", 0
        self._waiting = ExitStack()

    def __enter__(self) -> None:
        if self._console.is_terminal:
            self._waiting.enter_context(self._console.status("…", spinner="dots"))

    def __exit__(self, *_: object) -> None:
        self._waiting.close()
        if self.spoke:
            self._write(self._word)
            self._console.print()
        self._word, self._column = "", 0

    def __call__(self, words: str) -> None:
        self._waiting.close()
        self.spoke = True
        # A word may come in pieces, and has to be whole to know whether it still fits on the line.
        *whole, self._word = re.split(r"(?<=\s)(?=\S)", self._word + words)
        for word in whole:
            self._write(word)

    def _write(self, word: str) -> None:
        if self._column and self._column + len(word.rstrip()) > self._console.width:
            self._console.print()
            self._column = 0
        self._console.print(word, end="", markup=False, soft_wrap=True)
        self._column = len(word.rpartition("\n")[2]) + (0 if "\n" in word else self._column)


def _show(console: Any, said: str, reply: str, from_model: bool) -> None:
    from rich.markdown import Markdown
    from rich.syntax import Syntax

    if said.startswith("/diff"):
        console.print(Syntax(reply, "diff", background_color="default", word_wrap=True))
    elif said.startswith("/") or not from_model:
        console.print(reply, markup=False)
    else:
        console.print(Markdown(reply))
