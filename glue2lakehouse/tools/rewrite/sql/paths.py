"""Paths in SQL text by the project's mapping: LOCATION, DIRECTORY, a file that is read by its path, OPTIONS (path …)."""

import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding
from glue2lakehouse.settings import s3_spelled
from glue2lakehouse.tools.rewrite.literals import HOLE, Text
from glue2lakehouse.tools.rewrite.mapping.beginnings import Beginning
from glue2lakehouse.tools.rewrite.mapping.fates import fate_of, in_a_volume
from glue2lakehouse.tools.rewrite.rule import Use
from glue2lakehouse.tools.rewrite.sql.names import FILE_FORMATS
from glue2lakehouse.tools.rewrite.sql.sums import called_between

Change = tuple[int, int, str]
_PLACE = re.compile(
    r"(?:\b(?:LOCATION|DIRECTORY|INPATH)\s*|\bCOPY\s+INTO\b[\s\S]*?\bFROM\s+|\bOPTIONS\s*\([^()]*?\bpath['\"`]?\s*=?\s*)"
    r"(?P<quote>['\"])(?P<path>[^'\"]*)(?P=quote)"
    rf"|\b(?:{'|'.join(sorted(FILE_FORMATS))})\.`(?P<file>[^`]*)`",
    re.IGNORECASE,
)
_HELD = re.compile(r"\{([A-Za-z_]\w*)\}")


def paths_in_sql(use: Use, text: Text, *, filled: bool) -> tuple[list[Change], list[Finding]]:
    """Return the changes of the text that put mapped paths into it, and what is to be said of the other paths.

    `filled` says that it is an f-string, in which a variable that begins a path can be looked up when it runs.
    """
    changes: list[Change] = []
    told: list[Finding] = []
    if use.settings.paths:
        for start, end in _places(text.text):
            made = _place(use, text, start, end, filled)
            if isinstance(made, Finding):
                told.append(made)
            elif made is not None:
                changes.append(made)
    return changes, told


def _places(sql: str) -> Iterator[tuple[int, int]]:
    for match in _PLACE.finditer(sql):
        group = "path" if match["path"] is not None else "file"
        if match[group]:
            yield match.span(group)


def _place(use: Use, text: Text, start: int, end: int, filled: bool) -> Change | Finding | None:
    written = text.text[start:end]
    begins = written.split(HOLE)[0]
    move = fate_of(Beginning(begins, HOLE not in written), use.settings.moved)
    if move.fate == "stays":
        return None
    if move.fate == "moves":
        size = len(move.prefix) + len(begins) - len(s3_spelled(begins))
        place = use.settings.moved[move.prefix]
        if place.startswith("/Volumes/") and re.search(r"(?i)\bLOCATION\s*['\"]$", text.text[:start]):
            return use.blocker(*in_a_volume(written, place))
        if text.source[text.places[start] : text.places[start + size - 1] + 1] == begins[:size]:
            return (start, start + size, place) if not re.search(r"[\"'\\{}%`\n]", place) else _computed(use)
    if move.fate == "above":
        return use.blocker(
            f"the SQL text names {written}, which holds {move.prefix}, and that is in {use.settings.moved[move.prefix]} now",
            "name each place by its own path, or map the whole of it",
        )
    return (_looked_up(text, start, end) if filled and not begins else None) or _computed(use)


def _looked_up(text: Text, start: int, end: int) -> Change | None:
    """Return the change for a path that begins with a variable, which holds a whole path or the folders before a slash."""
    size = len(text.text[start:end]) - len(text.text[start:end].lstrip(HOLE))
    hole = text.hole(start, start + size)
    held = _HELD.fullmatch(hole)
    rest = text.text[start + size : end]
    if rest[:1] not in ("", "/"):
        return None
    if re.match(r"[\"']{1,3}\s*\+\s*[A-Za-z_]\w*\s*\+", hole) and (added := called_between("mapped_path", [[hole]])):
        return (start, start + size, added)
    if held is None:
        return None
    return (start, start + size, f"{{mapped_path({held[1]})}}")


def _computed(use: Use) -> Finding:
    return use.blocker(
        "a path in SQL text is computed, and the settings' mapping of paths does not reach it",
        "put what goes into the text into mapped_path of glue_compat, or write the path out",
    )
