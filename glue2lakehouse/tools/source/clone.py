"""Fetch a Git repository into a scratch folder: shallow, without prompts, hooks or credentials in messages."""

import os
import re
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from glue2lakehouse.errors import SourceNotFound, SourceUnreadable

CLONE_TIMEOUT_SECONDS = 600
_SCHEMES = ("http", "https", "ssh", "git", "file")
_SCP_FORM = re.compile(r"^[\w.-]+@[\w.-]+:(?!/)")
_MISSING = re.compile(
    r"not found|does not exist|does not appear to be a git repository|no such file or directory|repository '.*' not",
    re.I,
)
_REFUSED = re.compile(
    r"terminal prompts disabled|could not read (username|password)|authentication failed|permission denied|access denied|\b40[13]\b",
    re.I,
)
_SETTINGS = (
    "core.hooksPath=/dev/null",
    "protocol.ext.allow=never",
    "advice.detachedHead=false",
    "core.fsmonitor=false",
)


@dataclass(frozen=True)
class Clone:
    """What was fetched: the work tree, its branch and its commit (empty for a repository without commits)."""

    root: Path
    branch: str
    commit: str


def looks_like_git_url(location: str) -> bool:
    """Tell whether a source is a Git URL by its form: a scheme that Git knows, or `user@host:path`."""
    return location.partition("://")[0].lower() in _SCHEMES if "://" in location else bool(_SCP_FORM.match(location))


def is_bare_repository(folder: Path) -> bool:
    """Tell whether a folder is a repository without a work tree."""
    return (folder / "HEAD").is_file() and (folder / "objects").is_dir() and (folder / "refs").is_dir()


def repository_name(location: str) -> str:
    """Return the last part of a repository's address without `.git`."""
    return re.split(r"[/:\\]", location.rstrip("/"))[-1].removesuffix(".git") or "source"


def without_credentials(location: str) -> str:
    """Return a URL without the user and password that it may carry; `git@host:path` keeps its user."""
    if "://" not in location:
        return location
    parts = urlsplit(location)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def clone(location: str, into: Path, branch: str | None, timeout: float = CLONE_TIMEOUT_SECONDS) -> Clone:
    """Clone the newest commit of a branch. Raises SourceNotFound or SourceUnreadable, each with one line."""
    shown = without_credentials(location)
    wanted = ["--branch", branch] if branch else []
    settings = [part for setting in _SETTINGS for part in ("-c", setting)]
    command = [
        "git",
        *settings,
        "clone",
        "--quiet",
        "--depth",
        "1",
        "--single-branch",
        "--no-tags",
        "--template=",
        *wanted,
    ]
    code, said = _run([*command, "--", location, str(into)], timeout, shown)
    if code:
        raise _failure(shown, branch, said)
    return Clone(into, _ask(into, "rev-parse", "--abbrev-ref", "HEAD"), _ask(into, "rev-parse", "HEAD"))


def _ask(folder: Path, *command: str) -> str:
    code, said = _run(["git", "-C", str(folder), *command], 30, str(folder))
    return "" if code else said.strip()


def _run(command: list[str], timeout: float, shown: str) -> tuple[int, str]:
    """Run Git in a process group of its own, so that a time-out ends its transport helpers too."""
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=_environment(),
            start_new_session=True,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise SourceUnreadable(f"{shown}: the git command is not installed; install git, or give a folder") from error
    try:
        said, _ = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired as error:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise SourceUnreadable(
            f"{shown}: git gave no answer in {timeout:g} s; check the network, or clone it yourself"
        ) from error
    return process.returncode, said.decode(errors="replace")


def _environment() -> dict[str, str]:
    asked_for = {
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
        "SSH_ASKPASS": "true",
        "GCM_INTERACTIVE": "never",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes -o ConnectTimeout=20",
        "LC_ALL": "C",
    }
    # A hook or a rebase that calls us must not make Git look at its own repository.
    inherited = {
        name: value for name, value in os.environ.items() if name not in {"GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE"}
    }
    return inherited | asked_for


def _failure(shown: str, branch: str | None, said: str) -> SourceNotFound | SourceUnreadable:
    if branch and re.search(r"remote branch .* not found", said, re.I):
        return SourceNotFound(f"{shown}: has no branch or tag {branch!r}; check --branch")
    if _REFUSED.search(said):
        return SourceNotFound(f"{shown}: is private or does not exist; check the address and your Git credentials")
    if _MISSING.search(said):
        return SourceNotFound(f"{shown}: there is no such repository; check the address")
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    reason = next(
        (line for line in lines if line.lower().startswith(("fatal:", "error:"))), (lines or ["git failed"])[-1]
    )
    told = re.sub(r"//[^/@ ]*@", "//", reason)
    return SourceUnreadable(f"{shown}: cannot be cloned: {told}; check the address, the network and your access")
