"""Open what the user named as SOURCE: a folder, one file or a Git repository."""

import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import SourceNotFound, SourceUnreadable
from glue2lakehouse.tools.source.clone import (
    CLONE_TIMEOUT_SECONDS,
    clone,
    is_bare_repository,
    looks_like_git_url,
    repository_name,
    without_credentials,
)
from glue2lakehouse.tools.source.tree import SourceTree, list_files, one_file


@contextmanager
def open_source(
    location: str, branch: str | None = None, *, exclude: Iterable[Path] = (), timeout: float = CLONE_TIMEOUT_SECONDS
) -> Iterator[SourceTree]:
    """Give the files of a folder, one file or a Git URL; a clone lives as long as the `with` block.

    `branch` makes a local repository be cloned too. `exclude` names folders that are not input, such as the output's.
    Raises SourceNotFound (missing, private, empty) or SourceUnreadable (network, time-out, permissions).
    """
    if not location:
        raise SourceNotFound("no source was named; give a folder, a file or a Git URL")
    local = Path(location).expanduser()
    if looks_like_git_url(location):
        address = location
    elif local.is_dir() and (branch or is_bare_repository(local)):
        if not is_bare_repository(local) and not (local / ".git").exists():
            raise SourceNotFound(
                f"{location}: is no Git repository, so it has no branch {branch!r}; leave --branch out"
            )
        address = local.resolve().as_uri()
    else:
        yield _open_local(location, local, tuple(exclude))
        return
    with tempfile.TemporaryDirectory(prefix="glue2lakehouse-", ignore_cleanup_errors=True) as scratch:
        yield _open_clone(location, address, branch, Path(scratch) / repository_name(location), timeout)


def _open_local(location: str, path: Path, exclude: tuple[Path, ...]) -> SourceTree:
    try:
        if path.is_file():
            file = one_file(path)
            return SourceTree(file.root, location, path.stem, (file,))
        if not path.exists():
            hint = "a Git URL starts with https://, ssh:// or git@host:" if "." in path.parts[0] else "check the path"
            raise SourceNotFound(f"{location}: there is no such folder or file; {hint}")
        if not path.is_dir():
            raise SourceUnreadable(f"{location}: is no regular file; give a folder, a file or a Git URL")
        files, findings = list_files(path, exclude)
    except OSError as error:
        raise SourceUnreadable(f"{location}: cannot be read: {error.strerror}; check its permissions") from error
    if not files:
        raise _nothing_in(location, findings)
    return SourceTree(path.resolve(), location, path.resolve().name or "source", files, findings)


def _open_clone(location: str, address: str, branch: str | None, into: Path, timeout: float) -> SourceTree:
    fetched = clone(address, into, branch, timeout)
    files, findings = list_files(fetched.root)
    shown = without_credentials(location)
    if not files:
        raise _nothing_in(shown, findings)
    findings += tuple(_submodules(fetched.root))
    return SourceTree(
        fetched.root.resolve(), shown, repository_name(location), files, findings, fetched.branch, fetched.commit
    )


def _nothing_in(location: str, findings: tuple[Finding, ...]) -> SourceNotFound | SourceUnreadable:
    if findings:
        return SourceUnreadable(f"{location}: no file in it can be read; first reason: {findings[0]}")
    return SourceNotFound(f"{location}: is empty; there is nothing to migrate")


def _submodules(root: Path) -> Iterator[Finding]:
    declared = root / ".gitmodules"
    if not declared.is_file() or declared.is_symlink():
        return
    for number, line in enumerate(declared.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        if match := re.match(r"\s*path\s*=\s*(\S+)", line):
            yield Finding(
                rule="submodule", severity=Severity.WARNING, path=".gitmodules", line=number,
                message=f"the submodule {match[1]} was not fetched",
                action="clone with --recurse-submodules and give the folder, if its files belong to the migration",
            )  # fmt: skip
