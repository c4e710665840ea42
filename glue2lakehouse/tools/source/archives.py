"""Python that lies in zips, wheels and eggs: nobody has read it, so it is said, unless the same text lies unpacked in the source."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.tree import SourceFile

_SUFFIXES = (".zip", ".whl", ".egg")
_USES_GLUE = re.compile(
    rb"^[ \t]*(?:[^#\n]*;[ \t]*)?(?:from[ \t]+|import[ \t]+(?:[\w.]+[ \t]*(?:as[ \t]+\w+[ \t]*)?,[ \t]*)*)(?:awsglue|awsgluedq|awsglueml)\b",
    re.MULTILINE,
)
_LARGEST = 2_000_000
_UNREADABLE = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError)


def unread_archives(files: Iterable[SourceFile]) -> Iterator[Finding]:
    """Yield a finding for each archive with Python of its own: a blocker where that uses Glue, else something to know."""
    files = tuple(files)
    here = {file.path: file.absolute for file in files if file.type == "py"}
    for file in files:
        if file.type == "archive" and file.path.lower().endswith(_SUFFIXES):
            yield from _unread(file, here)


def _unread(file: SourceFile, here: Mapping[str, Path]) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(file.absolute) as archive:
            held = {name: _text(archive, name) for name in archive.namelist() if name.endswith(".py")}
            twins = {name: _twins(name, here) for name in held}
            names = [name for name, text in held.items() if text not in twins[name]]
            using = [name for name in names if _USES_GLUE.search(held[name])]
            other = [name for name in using if any(_USES_GLUE.search(text) for text in twins[name])]
            glue = [name for name in using if name not in other]
    except _UNREADABLE as error:
        yield _finding(file, Severity.WARNING, f"cannot be opened: {error}", "see what it holds")
        return
    if other:
        yield _finding(
            file, Severity.WARNING, f"holds other Python of these names than the source, which was converted: {_listed(other)}",
            "build it anew from the source, or unpack it there if a job is to run with what it holds",
        )  # fmt: skip
    if glue:
        yield _finding(
            file, Severity.BLOCKER, f"holds Python that uses Glue and was not read: {_listed(glue)}",
            "unpack it into the source, or add the folder that it is built from, and migrate again",
        )  # fmt: skip
    elif names and not other:
        yield _finding(
            file, Severity.INFO, f"holds Python that was not read: {_listed(names)}",
            "nothing, if it is a public library; else unpack it into the source and migrate again",
        )  # fmt: skip


def _twins(name: str, here: Mapping[str, Path]) -> list[bytes]:
    """Return the texts of the source's files that may be the unpacked one."""
    return [_plain(file.read_bytes()) for path, file in here.items() if path == name or path.endswith("/" + name)]


def _text(archive: zipfile.ZipFile, name: str) -> bytes:
    return _plain(archive.read(name)) if archive.getinfo(name).file_size <= _LARGEST else b""


def _plain(text: bytes) -> bytes:
    return text.replace(b"\r\n", b"\n").strip()


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _finding(file: SourceFile, severity: Severity, message: str, action: str) -> Finding:
    return Finding(rule="archive", severity=severity, path=file.path, line=0, message=message, action=action)
