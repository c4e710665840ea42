"""The slash commands of a review chat; none but /changes needs a model."""

import difflib
from collections.abc import Callable
from typing import Any

from glue2lakehouse.graphs.desk import ChatState, Desk, answer, verdict
from glue2lakehouse.graphs.queue import told_to_a_person

HELP = """\
/diff            original against the conversion as it stands
/findings        what waits for you, and what the checks say of the code as it stands
/run             run original and conversion on sample data
/explain RULE    what a rule does
/edit [FILE]     change the code in your editor, or take what FILE holds
/changes WORDS   have the converter do it again as you say; needs a model, which is asked now
/undo            go back one version
/approve [WORDS] take the code as it stands
/reject [WORDS]  do not take it
/help            this list; anything else is a question to the model
Ctrl-C stops an answer or clears the line, Ctrl-D leaves; the talk is kept"""


def _diff(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    waiting = desk.waiting()
    code = desk.workshop.texts.get(state["versions"][-1])
    lines = difflib.unified_diff(waiting.source.split("\n"), code.split("\n"), "original", "conversion", lineterm="")
    return answer("\n".join(lines) or "The conversion is the original.")


def _findings(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    waiting = desk.waiting()
    code = desk.workshop.texts.get(state["versions"][-1])
    return answer("\n".join([*told_to_a_person(waiting), "", verdict(desk, waiting, code)]))


def _run(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if desk.run is None:
        return answer("Nothing can be run here; `glue2lakehouse verify DIR` runs what was written.")
    return answer(desk.run(desk.waiting().path, desk.workshop.texts.get(state["versions"][-1])))


def _explain(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if not words:
        return answer("/explain: name a rule, as /findings shows it in brackets: /explain from-catalog")
    return answer(desk.explain(words))


def _edit(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if not words.strip():
        return answer("/edit: the new code goes on the lines below the command, or in a file: /edit FILE")
    waiting = desk.waiting()
    told_of = verdict(desk, waiting, words)
    return answer(f"Noted, not approved. {told_of}") | {
        "versions": [*state["versions"], desk.workshop.texts.put(words)]
    }


def _changes(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if desk.workshop.model is None:
        return answer("/changes: no model is configured (--model); /edit changes the code yourself")
    if not words:
        return answer("/changes: say what to do: /changes use a MERGE")
    _hand_in(desk, state)
    after = desk.queue.answer(desk.thread, "changes", state["by"], words)
    if "__interrupt__" not in after:
        told_of = f"Done, on {after['evidence']} evidence; `glue2lakehouse migrate` writes it."
        return answer(told_of) | {"over": True}
    versions = [*state["versions"], after["code"]]
    why = "\n".join(desk.waiting().reasons)
    return answer(f"The converter has tried; it waits for you (/diff shows it):\n{why}") | {"versions": versions}


def _undo(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    if len(state["versions"]) == 1:
        return answer("This is the first version; there is nothing to undo.")
    return answer("Gone back one version.") | {"versions": state["versions"][:-1]}


def _approve(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    code = _hand_in(desk, state, words)
    desk.queue.answer(desk.thread, "approve", state["by"], words, seen=code)
    return answer("Approved; `glue2lakehouse migrate` writes it.") | {"over": True}


def _hand_in(desk: Desk, state: ChatState, words: str = "") -> str:
    """Put the code as it stands in the talk into the queue, where it is not there yet, and return it."""
    texts = desk.workshop.texts
    code = texts.get(state["versions"][-1])
    if code != desk.waiting().code:
        desk.queue.answer(desk.thread, "edit", state["by"], words, code, seen=texts.get(state["stood"]))
    return code


def _reject(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    desk.queue.answer(desk.thread, "reject", state["by"], words)
    return answer("Rejected; the file stays unconverted.") | {"over": True}


def _help(desk: Desk, state: ChatState, words: str) -> dict[str, Any]:
    return answer(HELP)


COMMANDS: dict[str, Callable[[Desk, ChatState, str], dict[str, Any]]] = {
    "/diff": _diff,
    "/findings": _findings,
    "/run": _run,
    "/explain": _explain,
    "/edit": _edit,
    "/changes": _changes,
    "/undo": _undo,
    "/approve": _approve,
    "/reject": _reject,
    "/help": _help,
}
