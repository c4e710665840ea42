"""Refuse, inside Python, what a migrated job has no business doing; say what was tried.

An audit hook cannot be taken away again. It is the readable half of the sandbox: where the kernel's fences stand
(`fence.py`), they hold what this one cannot see (native code, the JVM).
"""

import os
import sys
from pathlib import Path
from typing import Any

from glue2lakehouse.tools.sandbox.fence import PRIVATE_PLACES

_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_STARTS_A_PROCESS = {"os.fork", "os.forkpty", "os.exec", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}
_CHANGES_FIRST_PATH = {
    "os.mkdir",
    "os.rmdir",
    "os.remove",
    "os.truncate",
    "os.chmod",
    "os.chown",
    "os.utime",
    "shutil.rmtree",
}
_CHANGES_BOTH_PATHS = {"os.rename", "os.link", "os.symlink"}
_CONNECTS = {"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg"}
_SIGNALS = {"os.kill", "os.killpg"}
_HARMLESS_DEVICES = ("/dev/null", "/dev/tty", "/dev/urandom")


_HOME = os.environ.get("GLUE2LAKEHOUSE_REAL_HOME") or os.path.expanduser("~")
_PRIVATE = tuple(os.path.join(_HOME, name) for name in PRIVATE_PLACES)


class Refused(PermissionError):
    """The sandbox does not allow this; the text says what was tried."""


class Guard:
    """The refusals so far, and the hook that makes them."""

    def __init__(self, scratch: Path) -> None:
        self.scratch = os.path.realpath(scratch)
        self.refusals: list[str] = []

    def stand(self) -> None:
        """Watch this process from now on."""
        sys.addaudithook(self._watch)

    def _watch(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, mode, flags = arguments
            if isinstance(path, (str, bytes)) and (flags & _WRITING or any(c in (mode or "") for c in "wax+")):
                self._inside(path, "write")
            elif isinstance(path, (str, bytes)) and _is_private(os.fsdecode(path)):
                self._refuse(f"reading {os.fsdecode(path)}")
        elif event in _CHANGES_FIRST_PATH:
            self._inside(arguments[0], event)
        elif event in _CHANGES_BOTH_PATHS:
            self._inside(arguments[-1] if event == "os.symlink" else arguments[0], event)
            self._inside(arguments[1], event)
        elif event in _CONNECTS:
            self._loopback(arguments[1])
        elif event == "socket.getaddrinfo":
            self._loopback((arguments[0],))
        elif event in _SIGNALS and arguments[0] != os.getpid():
            self._refuse(f"a signal to another process ({event} {_first(arguments)})")
        elif event in _STARTS_A_PROCESS:
            self._refuse(f"starting a process ({event} {_first(arguments)})")

    def _inside(self, path: Any, what: str) -> None:
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        place = os.path.realpath(os.fsdecode(path))
        if place != self.scratch and not place.startswith(self.scratch + os.sep) and place not in _HARMLESS_DEVICES:
            self._refuse(f"{what} outside the scratch folder ({place})")

    def _loopback(self, address: Any) -> None:
        if isinstance(address, tuple) and address:
            host = address[0].decode() if isinstance(address[0], bytes) else str(address[0] or "localhost")
            if host not in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "::"):
                self._refuse(f"network connection to {host}")

    def _refuse(self, what: str) -> None:
        if what not in self.refusals:
            self.refusals.append(what)
        raise Refused(f"the sandbox refused: {what}")


def _is_private(path: str) -> bool:
    place = os.path.realpath(path) if "/." in path or path.startswith(".") else path
    return place.startswith(_PRIVATE) and any(
        place == private or place.startswith(private + os.sep) for private in _PRIVATE
    )


def _first(arguments: tuple[Any, ...]) -> str:
    return str(arguments[0])[:80] if arguments else ""
