"""Files that a module opens beside itself: queries, templates, settings. They go along as they are, and are told.

A module that asks where it lies (`__file__`, importlib.resources, pkgutil, Jinja's PackageLoader) opens what its texts name: a
file by its name, or all of a folder. The folder may lie beside the module or beside one of the folders above it.
"""

import ast
import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.source.tree import SourceFile

LARGEST = 1_000_000
_ASKS = re.compile(r"__file__|\bimportlib[._]resources\b|\bpkgutil\b|\bpkg_resources\b|\bPackageLoader\b")
_CODE = frozenset({"py", "ipynb", "jar", "archive", "scala", "java", "image"})
_NAMES_DATA = re.compile(rb"\bs3[an]?://|\bglue_catalog\b")
_SHOWN = 3


def files_beside(files: Iterable[SourceFile], code: Mapping[str, str]) -> dict[str, tuple[SourceFile, ...]]:
    """Return what each module opens beside itself, by the module's path; `code` is the text of each module that a job runs."""
    asking = {path: text for path, text in code.items() if path.endswith(".py") and _ASKS.search(text)}
    others = [file for file in files if file.type not in _CODE] if asking else []
    found = {path: tuple(_opened(path, _texts(text), others)) for path, text in asking.items()}
    return {path: opened for path, opened in found.items() if opened}


def told_beside(beside: Mapping[str, Sequence[SourceFile]], code: Mapping[str, str]) -> Iterator[Finding]:
    """Yield what a person has to know of the files that go along, at the line that asks for the module's place."""
    for path, opened in beside.items():
        asks = _ASKS.search(code[path])
        line = code[path].count("\n", 0, asks.start()) + 1 if asks else 0
        large = [file for file in opened if file.size > LARGEST]
        taken = [file for file in opened if file.size <= LARGEST]
        if large:
            yield Finding(
                rule="files-beside", severity=Severity.WARNING, path=path, line=line,
                message=f"the module opens {_shown(large)} beside itself, too large to be copied: missing in src",
                action="put it into a volume, and open it there",
            )  # fmt: skip
        if taken:
            named = [file for file in taken if _names_data(file)]
            yield Finding(
                rule="files-beside", severity=Severity.WARNING if named else Severity.INFO, path=path, line=line,
                message=f"the module opens {_shown(taken)} beside itself: copied to src as it is"
                + (f"; names of tables or places in {_in(named, taken)} are the old ones" if named else ""),
                action="write the new names into the copies: three levels for tables, mapped paths"
                if named else "nothing, unless the files name tables or places in a way that is not seen here",
            )  # fmt: skip


def _opened(path: str, texts: set[str], files: Iterable[SourceFile]) -> Iterator[SourceFile]:
    folder = posixpath.dirname(path)
    above = [folder, *(folder[: at.start()] for at in reversed(list(re.finditer("/", folder)))), ""]
    roots = [f"{part}/" if part else "" for part in dict.fromkeys(above)]
    for file in files:
        for root in roots:
            if file.path.startswith(root) and _is_named(file.path.removeprefix(root), texts, near=root == roots[0]):
                yield file
                break


def _is_named(relative: str, texts: set[str], *, near: bool) -> bool:
    """Whether a text names the file, or a folder that holds it; a bare name counts only below the module's own folder."""
    parts = relative.split("/")
    inside = {"/".join(parts[:count]) for count in range(1, len(parts) + 1)}
    return bool(inside & texts) or (near and parts[-1] in texts)


def _texts(text: str) -> set[str]:
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError):
        return set()
    found = (node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str))
    return {re.sub(r"^(\.{0,2}/)+|/+$", "", text) for text in found if len(text) < 200} - {"", ".", ".."}


def _names_data(file: SourceFile) -> bool:
    if file.type == "sql":
        return True
    try:
        return _NAMES_DATA.search(file.absolute.read_bytes()) is not None
    except OSError:
        return False


def _in(named: Sequence[SourceFile], taken: Sequence[SourceFile]) -> str:
    return "it" if len(taken) == 1 else "them" if len(named) == len(taken) else _shown(named)


def _shown(files: Sequence[SourceFile]) -> str:
    more = len(files) - _SHOWN
    return ", ".join(file.path for file in files[:_SHOWN]) + (f" and {more} more" if more > 0 else "")
