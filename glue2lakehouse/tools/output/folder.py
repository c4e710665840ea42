"""Write files into an output folder and remember which are ours.

The manifest lists `sha256  path` before the file itself appears, so a run killed at any moment leaves a folder whose every
file is either listed or somebody else's. A listed file that was changed since counts as somebody else's.
"""

import errno
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from glue2lakehouse.errors import OutputNotEmpty, ProjectBusy, RunError, UsageError
from glue2lakehouse.tools.source.tree import OUTPUT_MARK

MANIFEST = OUTPUT_MARK
KEPT_SUFFIX = ".kept"
_PARTIAL = ".glue2lakehouse-"
LOCK = f"{_PARTIAL}lock"


class OutputFolder:
    """One output folder. Raises OutputNotEmpty when it holds what we did not write and `force` is not given.

    With `force`, a file of somebody else's that stands in the way is first copied to `<name>.kept`.
    """

    def __init__(self, folder: Path, force: bool = False) -> None:
        self._folder = folder
        self._ours = _read_manifest(folder / MANIFEST)
        self._written: dict[str, str] = {}
        if not force:
            self._refuse_others()
        with writing(folder):
            folder.mkdir(parents=True, exist_ok=True)

    @property
    def written(self) -> tuple[str, ...]:
        """The paths written in this run, relative to the folder."""
        return tuple(self._written)

    def write(self, path: str, data: bytes) -> Path:
        """Write one file as a whole or not at all. Raises RunError with one line when it cannot be."""
        target = self._folder / path
        key = hashlib.sha256(data).hexdigest()
        with writing(target):
            target.parent.mkdir(parents=True, exist_ok=True)
            if not target.resolve().is_relative_to(self._folder.resolve()):
                raise RunError(f"{target}: lies outside of the output folder through a link; remove the link")
            self._keep_others(path, target)
            with (self._folder / MANIFEST).open("a", encoding="utf-8", errors="surrogateescape") as manifest:
                manifest.write(f"{key}  {path}\n")
            _replace(target, data)
        self._written[path] = key
        return target

    def finish(self) -> None:
        """Remove what an earlier run wrote and this one did not, unless it was changed since, and settle the manifest."""
        with writing(self._folder):
            for path in self._ours.keys() - self._written.keys():
                target = self._folder / path
                if target.is_file() and self._is_ours(path, target):
                    target.unlink()
                    _remove_empty(target.parent, self._folder)
            lines = [f"{key}  {path}\n" for path, key in sorted(self._written.items())]
            _replace(self._folder / MANIFEST, "".join(lines).encode("utf-8", "surrogateescape"))

    def _refuse_others(self) -> None:
        for path in _files(self._folder):
            if not self._is_ours(path, self._folder / path):
                reason = "was changed since it was written" if path in self._ours else "was not written by this tool"
                raise OutputNotEmpty(
                    f"{self._folder}: is not empty: {path} {reason}; choose another folder, or pass --force to write beside it"
                )

    def _is_ours(self, path: str, target: Path) -> bool:
        return path in self._ours and hashlib.sha256(target.read_bytes()).hexdigest() in self._ours[path]

    def _keep_others(self, path: str, target: Path) -> None:
        if path in self._written or not target.is_file() or self._is_ours(path, target):
            return
        kept = target.with_name(target.name + KEPT_SUFFIX)
        if not kept.exists():
            _replace(kept, target.read_bytes())


@contextmanager
def writing(target: Path) -> Iterator[None]:
    """Tell in one line that a file or folder cannot be written, and what to do."""
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        next_step = "make room and run again" if full else "check its permissions"
        raise RunError(f"{target}: cannot be written: {error.strerror or error}; {next_step}") from error


@contextmanager
def opened_folder(folder: Path, force: bool = False) -> Iterator[OutputFolder]:
    """Open an output folder for one run alone: two that wrote side by side would each take the other's files off its list.

    Raises ProjectBusy at once where another run writes there, else what OutputFolder raises.
    """
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: is a file; name a folder to write to")
    lock = FileLock(folder / LOCK, timeout=0)
    with writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock.acquire()
        except Timeout as error:
            raise ProjectBusy(
                f"{folder}: another run writes there; wait for it to end, or choose another folder"
            ) from error
    try:
        yield OutputFolder(folder, force)
    finally:
        (folder / LOCK).unlink(missing_ok=True)
        lock.release()


def _read_manifest(file: Path) -> dict[str, set[str]]:
    """Return path -> contents that we wrote there, several where a run was killed half way."""
    found: dict[str, set[str]] = {}
    if file.is_file():
        for line in file.read_text(encoding="utf-8", errors="surrogateescape").split("\n"):
            key, _, path = line.partition("  ")
            if path:
                found.setdefault(path, set()).add(key)
    return found


def _files(folder: Path) -> Iterator[str]:
    for parent, _, names in os.walk(folder):
        for name in sorted(names):
            if not name.startswith((_PARTIAL, MANIFEST)):
                yield (Path(parent) / name).relative_to(folder).as_posix()


def _replace(target: Path, data: bytes) -> None:
    handle, partial = tempfile.mkstemp(dir=target.parent, prefix=_PARTIAL)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        # mkstemp makes private files; the output gets what the user's umask gives any new file.
        os.chmod(partial, 0o666 & ~_umask())
        os.replace(partial, target)
    except BaseException:
        os.unlink(partial)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_empty(folder: Path, root: Path) -> None:
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
