"""Python that lies in zips, wheels and eggs: nobody has read it, so it is said, unless the same files lie unpacked in the source."""

import re
import zipfile
from collections.abc import Collection, Iterable, Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.tree import SourceFile

_SUFFIXES = (".zip", ".whl", ".egg")
_USES_GLUE = re.compile(rb"^\s*(?:from|import)\s+(?:awsglue|awsgluedq|awsglueml)\b", re.MULTILINE)
_LARGEST = 2_000_000
_UNREADABLE = (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError, ValueError)


def unread_archives(files: Iterable[SourceFile]) -> Iterator[Finding]:
    """Yield a finding for each archive with Python of its own: a blocker where that uses Glue, else something to know."""
    files = tuple(files)
    here = {file.path for file in files if file.type == "py"}
    for file in files:
        if file.type == "archive" and file.path.lower().endswith(_SUFFIXES):
            yield from _unread(file, here)


def _unread(file: SourceFile, here: Collection[str]) -> Iterator[Finding]:
    try:
        with zipfile.ZipFile(file.absolute) as archive:
            names = [name for name in archive.namelist() if name.endswith(".py") and not _is_unpacked(name, here)]
            glue = [name for name in names if _uses_glue(archive, name)]
    except _UNREADABLE as error:
        yield _finding(file, Severity.WARNING, f"cannot be opened: {error}", "see what it holds")
        return
    if glue:
        yield _finding(
            file, Severity.BLOCKER, f"holds Python that uses Glue and was not read: {_listed(glue)}",
            "unpack it into the source, or add the folder that it is built from, and migrate again",
        )  # fmt: skip
    elif names:
        yield _finding(
            file, Severity.INFO, f"holds Python that was not read: {_listed(names)}",
            "nothing, if it is a public library; else unpack it into the source and migrate again",
        )  # fmt: skip


def _is_unpacked(name: str, here: Collection[str]) -> bool:
    return any(path == name or path.endswith("/" + name) for path in here)


def _uses_glue(archive: zipfile.ZipFile, name: str) -> bool:
    return archive.getinfo(name).file_size <= _LARGEST and bool(_USES_GLUE.search(archive.read(name)))


def _listed(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _finding(file: SourceFile, severity: Severity, message: str, action: str) -> Finding:
    return Finding(rule="archive", severity=severity, path=file.path, line=0, message=message, action=action)
