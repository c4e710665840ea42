"""Scripts that were notebooks: magics of a Glue session that stand in a `.py` file, as they were or as `nbconvert` exports them.

    %glue_version 4.0                                            # as it was, which is no Python
    get_ipython().run_line_magic('glue_version', '4.0')          # exported
    get_ipython().run_cell_magic('configure', '', '{"…": "…"}\\n')

What only set up the session becomes a comment; what does more is handed off, as no job has a notebook around it.
"""

import ast
import re
from dataclasses import dataclass

from glue2lakehouse.domain import Edit, Finding, Severity
from glue2lakehouse.tools.source.facts import JobFacts
from glue2lakehouse.tools.source.magics import MAGIC, comment_out, hide_magics, magics_in
from glue2lakehouse.tools.source.session_magics import Notes, edits_between, goes, settings_commented

_EXPORTED = re.compile(r"^([ \t]*)get_ipython\(\)\.(run_line_magic|run_cell_magic)\((.*)\)[ \t]*(?=\r?$)", re.M)
# What stands in a block may be guarded by a question whether there is a notebook.
_ASKED = re.compile(r"^(?:\w+[ \t]*=[ \t]*)?get_ipython\(\)\.(\w+)\(\s*(?:f?['\"](\w*))?", re.M)


@dataclass(frozen=True)
class ScriptMagics:
    """A script without the magics of its session, line for line, and what they say."""

    code: str
    facts: JobFacts
    findings: tuple[Finding, ...]
    edits: tuple[Edit, ...]


def without_magics(code: str, path: str) -> ScriptMagics | None:
    """Return a script that does not parse because of magics of its session; None where it holds others, or is no Python without them."""
    hidden = hide_magics(code)
    magics = magics_in(hidden)
    if not magics or not all(goes(magic) for _, magic in magics):
        return None
    notes, lines = Notes(path), code.split("\n")
    for at, magic in magics:
        notes.magic(magic, lines[at:], at)
    made = settings_commented(comment_out(hidden, goes))
    try:
        ast.parse(made)
    except (SyntaxError, ValueError, RecursionError):
        return None
    return (
        None
        if MAGIC in made
        else ScriptMagics(made, notes.facts, tuple(notes.findings), tuple(edits_between(code, made)))
    )


def without_exported(code: str, path: str) -> ScriptMagics | None:
    """Return a script of Glue without the exported magics of its session; None where it has none of any kind."""
    if "get_ipython()" not in code or "awsglue" not in code:
        return None
    notes = Notes(path)

    def retire(match: re.Match[str]) -> str:
        given = _texts(match[3])
        magic = f"%{given[0]} {given[1]}".rstrip() if len(given) > 1 else ""
        if match[2] == "run_cell_magic":
            magic = f"%{magic}"
        line = code.count("\n", 0, match.start()) + 1
        if not goes(magic):
            return match[0]
        notes.magic(magic, given[2].split("\n") if len(given) > 2 else [], line)
        return f"{match[1]}# {match[0].lstrip()}"

    made = _EXPORTED.sub(retire, code)
    findings = (*notes.findings, *_left(made, path))
    return ScriptMagics(made, notes.facts, findings, tuple(edits_between(code, made))) if findings else None


def _texts(arguments: str) -> list[str]:
    """Return the arguments of a call where all of them are texts."""
    try:
        held = ast.literal_eval(f"({arguments},)")
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return []
    return list(held) if all(isinstance(each, str) for each in held) else []


def _left(code: str, path: str) -> list[Finding]:
    """Return a blocker for each other magic that the script asks IPython for: a job has no notebook around it."""
    return [
        _handed_off(path, code.count("\n", 0, match.start()) + 1, match[1], match[2] or "")
        for match in _ASKED.finditer(code)
    ]


def _handed_off(path: str, line: int, method: str, argument: str) -> Finding:
    name = {"run_line_magic": f"%{argument}", "run_cell_magic": f"%%{argument}"}.get(method, method)
    return Finding(
        rule="notebook-magic", severity=Severity.BLOCKER, path=path, line=line,
        message=f"get_ipython() is asked for {name}: the script was exported from a notebook, and a job has none around it",
        action="write SQL as spark.sql(...), commands in Python, and remove what only served the notebook",
    )  # fmt: skip
