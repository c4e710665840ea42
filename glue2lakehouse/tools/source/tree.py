"""The files of a source: every one, by type, with a finding for what could not be followed or read."""

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity

# Git's own store, and the tables and checkpoints that this tool keeps beside a source.
SKIPPED_FOLDERS = frozenset({".git", ".glue2lakehouse"})

_OF_AN_ENVIRONMENT = frozenset(
    "pyvenv.cfg bin lib lib64 include share etc man Scripts Lib Include Share .gitignore CACHEDIR.TAG .lock".split()
)

OUTPUT_MARK = ".glue2lakehouse.manifest"
"""The file that marks a folder as the output of a migration."""

_TYPES: dict[str, tuple[str, ...]] = {
    "py": (".py", ".pyw", ".pyspark"),
    "ipynb": (".ipynb",),
    "sql": (".sql", ".hql", ".ddl", ".hive"),
    "json": (".json", ".jsonl"),
    "yaml": (".yaml", ".yml"),
    "tf": (".tf", ".tfvars", ".hcl"),
    "scala": (".scala", ".sc"),
    "java": (".java",),
    "jar": (".jar",),
    "archive": (".zip", ".whl", ".egg", ".gz", ".tar", ".tgz", ".bz2", ".xz", ".zst", ".7z"),
    "csv": (".csv", ".tsv"),
    "data": (".parquet", ".orc", ".avro", ".xlsx", ".xls"),
    "xml": (".xml",),
    "config": (".toml", ".ini", ".cfg", ".conf", ".properties", ".env", ".lock"),
    "shell": (".sh", ".bash", ".ps1", ".bat", ".cmd"),
    "text": (".md", ".rst", ".txt"),
    "image": (".png", ".jpg", ".jpeg", ".gif", ".svg", ".ico", ".drawio"),
}
_TYPE_OF = {suffix: name for name, suffixes in _TYPES.items() for suffix in suffixes}


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of the source: `path` relative to `root` with forward slashes, `type` a short word, `size` in bytes."""

    root: Path
    path: str
    type: str
    size: int

    @property
    def absolute(self) -> Path:
        """Where the bytes are."""
        return self.root / self.path


@dataclass(frozen=True)
class SourceTree:
    """An opened source. `location` is what the user named, without credentials; `commit` is empty outside Git."""

    root: Path
    location: str
    name: str
    files: tuple[SourceFile, ...]
    findings: tuple[Finding, ...] = ()
    branch: str = ""
    commit: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """Number of files by type, every file counted once, in alphabetical order of the types."""
        return dict(sorted(Counter(file.type for file in self.files).items()))

    def of_type(self, *types: str) -> tuple[SourceFile, ...]:
        """Return the files of these types, in path order."""
        return tuple(file for file in self.files if file.type in types)


def list_files(root: Path, exclude: Iterable[Path] = ()) -> tuple[tuple[SourceFile, ...], tuple[Finding, ...]]:
    """List every file under a folder, in path order, except below `exclude`; nothing is read but suffixless heads."""
    walk = _Walk(root.resolve(), frozenset(Path(os.path.abspath(folder)) for folder in exclude))
    files = sorted(walk.folder(walk.root, ""), key=lambda file: file.path)
    return tuple(files), tuple(walk.findings)


def one_file(path: Path) -> SourceFile:
    """Return a single file as a source of its own, relative to its folder."""
    whole = path.resolve().parent / path.name
    return SourceFile(whole.parent, path.name, _type_of(whole, path.name), whole.stat().st_size)


@dataclass
class _Walk:
    root: Path
    excluded: frozenset[Path]
    findings: list[Finding] = field(default_factory=list)

    def folder(self, folder: Path, prefix: str, linked: bool = False) -> Iterator[SourceFile]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self._note(
                "unreadable-folder", prefix or ".", f"cannot be listed: {error.strerror}", "check its permissions"
            )
            return
        for entry in entries:
            path = f"{prefix}{entry.name}"
            if entry.name in SKIPPED_FOLDERS or Path(entry.path) in self.excluded:
                continue
            if not _is_text(entry.name):
                self._note(
                    "unreadable-name", path, "has a name that is no UTF-8 and was left out", "rename it and run again"
                )
                continue
            if made := _made_by_tools(entry):
                self._note("left-out", path, made, "nothing, unless code of your own lies there", Severity.INFO)
                continue
            yield from self._entry(entry, path, linked)

    def _entry(self, entry: "os.DirEntry[str]", path: str, linked: bool) -> Iterator[SourceFile]:
        try:
            if entry.is_symlink():
                yield from self._link(entry, path, linked)
            elif entry.is_dir(follow_symlinks=False):
                yield from self.folder(Path(entry.path), f"{path}/", linked)
            elif entry.is_file(follow_symlinks=False):
                yield self._file(Path(entry.path), path, entry.stat(follow_symlinks=False).st_size)
            else:
                self._note(
                    "special-file", path, "is no regular file (a pipe, socket or device)", "nothing: it is left out"
                )
        except OSError as error:
            self._note("unreadable-file", path, f"cannot be looked at: {error.strerror}", "check its permissions")

    def _link(self, entry: "os.DirEntry[str]", path: str, linked: bool) -> Iterator[SourceFile]:
        """Follow a link as Python's import would, but never in circles and never out of the source."""
        try:
            target = Path(entry.path).resolve(strict=True)
        except (OSError, RuntimeError):
            self._note("link-broken", path, "is a link to nothing, or to itself", "remove it, or add what it points to")
            return
        if not target.is_relative_to(self.root):
            self._note(
                "link-outside",
                path,
                "is a link out of the source and was not followed",
                "copy its target into the source",
            )
        elif target.is_file():
            yield self._file(target, path, target.stat().st_size)
        elif not stat.S_ISDIR(target.stat().st_mode):
            self._note("special-file", path, "links to a pipe, socket or device", "nothing: it is left out")
        elif Path(entry.path).parent.resolve().is_relative_to(target):
            self._note("link-loop", path, "is a link to a folder that holds it", "nothing: its files are listed once")
        elif linked:
            self._note(
                "link-nested",
                path,
                "is a link inside a linked folder and was not followed",
                "replace one of the links by a copy",
            )
        else:
            yield from self.folder(target, f"{path}/", linked=True)

    def _file(self, where: Path, path: str, size: int) -> SourceFile:
        return SourceFile(self.root, path, _type_of(where, path), size)

    def _note(self, rule: str, path: str, message: str, action: str, severity: Severity = Severity.WARNING) -> None:
        # A name that is not valid text would make the finding unprintable.
        shown = path.encode(errors="surrogateescape").decode(errors="replace")
        self.findings.append(Finding(rule=rule, severity=severity, path=shown, line=0, message=message, action=action))


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _made_by_tools(entry: "os.DirEntry[str]") -> str:
    """Return why nobody wrote what is in a folder: installed packages, or what an earlier migration put out."""
    if not entry.is_dir(follow_symlinks=False):
        return ""
    if entry.name == "node_modules":
        return "holds installed Node packages and was left out"
    if entry.name == ".ipynb_checkpoints":
        return "holds copies that Jupyter keeps of notebooks and was left out"
    environment = os.path.isfile(os.path.join(entry.path, "pyvenv.cfg"))
    if environment and _OF_AN_ENVIRONMENT.issuperset(os.listdir(entry.path)):
        return "is a virtual environment of Python and was left out"
    beside = os.path.join(os.path.dirname(entry.path), "pyvenv.cfg")
    if entry.name in ("lib", "lib64", "Lib") and os.path.isfile(beside):
        return "holds the packages of a virtual environment of Python and was left out"
    ours = os.path.isfile(os.path.join(entry.path, OUTPUT_MARK))
    return "is the output of a migration and was left out" if ours else ""


def _type_of(where: Path, path: str) -> str:
    suffix = os.path.splitext(path)[1].lower()
    if suffix:
        return _TYPE_OF.get(suffix, "other")
    try:
        with where.open("rb") as stream:
            first = stream.readline(120)
    except OSError:
        return "other"
    return "py" if first.startswith(b"#!") and b"python" in first else "other"
