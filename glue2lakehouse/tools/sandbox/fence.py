"""Shut a process in, where the kernel lets us: no network, a read-only machine, no privileges, its own process table.

`python -m glue2lakehouse.tools.sandbox.fence SCRATCH COMMAND...` runs inside the fresh namespaces that `unshare` made:
it hides every folder of the machine that neither the system nor Python, Java and this package need, mounts everything but the
scratch folder read-only, brings up the loopback device, gives up every capability, and becomes COMMAND. Where namespaces are refused (`fences()` tells), only
the guard inside Python is left, and every result says so.
"""

import ctypes
import fcntl
import functools
import os
import shutil
import socket
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

Fences = Literal["kernel", "python"]
SHOWN = "GLUE2LAKEHOUSE_SHOWN"
"""Variable with more folders to show: Java's, the jars'."""
_NAMESPACES = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
PRIVATE_PLACES = (
    ".aws .azure .config/gcloud .databrickscfg .databricks .docker .git-credentials .gnupg .kube .netrc .pgpass "
    ".pypirc .snowflake .ssh"
).split()
_SYSTEM = frozenset("bin dev etc lib lib32 lib64 libx32 nix opt proc sbin snap sys usr".split())
_SECRETS_OF_THE_SYSTEM = (
    "shadow shadow- gshadow gshadow- sudoers sudoers.d ssh ssl/private krb5.keytab kubernetes".split()
)
_NOBODY_ELSE = "sandbox:x:{user}:{user}::/nonexistent:/usr/sbin/nologin\n"
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_NOATIME, _NODIRATIME, _RELATIME = 1024, 2048, 1 << 21
_KEPT = {
    "nosuid": _NOSUID, "nodev": _NODEV, "noexec": _NOEXEC, "noatime": _NOATIME, "nodiratime": _NODIRATIME,
    "relatime": _RELATIME,
}  # fmt: skip
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _LAST_CAPABILITY = 24, 38, 63
_SIOCGIFFLAGS, _SIOCSIFFLAGS, _IFF_UP = 0x8913, 0x8914, 1


@functools.cache
def fences() -> Fences:
    """Return `kernel` when the gates can be closed here, `python` when only the guard inside Python protects."""
    if not _prefix():
        return "python"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}
    with TemporaryDirectory() as scratch:
        probe = [*_behind(Path(os.path.realpath(scratch))), sys.executable, "-c", "import os; os.listdir('/proc/self')"]
        try:
            done = subprocess.run(probe, capture_output=True, timeout=30, env=environment)
        except (OSError, subprocess.TimeoutExpired):
            return "python"
    return "python" if done.returncode else "kernel"


def fenced(command: Sequence[str], scratch: Path) -> list[str]:
    """Return the command line that runs `command` behind the best fences there are."""
    if fences() == "python":
        return list(command)
    return [*_behind(scratch), *command]


def _behind(scratch: Path) -> list[str]:
    return [*_prefix(), sys.executable, "-m", "glue2lakehouse.tools.sandbox.fence", str(scratch)]


def _prefix() -> list[str]:
    unshare = shutil.which("unshare")
    if sys.platform != "linux" or unshare is None:
        return []
    as_user = [] if os.geteuid() == 0 else ["--map-root-user"]
    return [unshare, *as_user, *_NAMESPACES]


def close_gates(scratch: Path) -> None:
    """Do what the module says, in this process and for good; raises OSError when the kernel refuses a step."""
    _mount(None, "/", _REC | _PRIVATE)
    _hide_private_places()
    _hide_secrets_of_the_system(scratch)
    _hide_the_rest([scratch, *_needed()])
    _mount(str(scratch), str(scratch), _BIND)
    for point, options in _mount_points():
        if not point.is_relative_to(scratch):
            kept = sum(_KEPT.get(option, 0) for option in options)
            _mount(None, str(point), _REMOUNT | _BIND | _RDONLY | kept)
    _bring_up_loopback()
    _give_up_capabilities()


def _needed() -> list[Path]:
    """Return what Python, Java and this package are read from: folders and files outside of the system's own."""
    named = os.environ.get(SHOWN, "").split(os.pathsep)
    places = [sys.prefix, sys.base_prefix, os.path.realpath(sys.executable), *sys.path, *named]
    package = Path(__file__).parents[2]
    # The package, and not the project that it may stand in.
    found = {Path(place) for place in places if place and Path(place) != package.parent} | {package}
    return sorted(place for place in found | {Path(os.path.realpath(place)) for place in found} if place.exists())


def _hide_the_rest(shown: Sequence[Path]) -> None:
    """Put an empty folder over each of the root's folders that is none of the system's, and what is needed back into it."""
    for top in sorted(Path("/").iterdir()):
        if top.name in _SYSTEM or top.is_symlink() or not top.is_dir():
            continue
        below = [place for place in shown if place.is_relative_to(top)]
        kept = [place for place in below if not any(place != other and place.is_relative_to(other) for other in below)]
        held = [(place, os.open(place, os.O_PATH)) for place in kept]
        _mount("tmpfs", str(top), _NOSUID | _NODEV, "tmpfs", "size=1m,mode=755")
        for place, descriptor in held:
            if os.path.isdir(f"/proc/self/fd/{descriptor}"):
                place.mkdir(parents=True, exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.touch()
            _mount(f"/proc/self/fd/{descriptor}", str(place), _BIND | _REC)
            os.close(descriptor)


def _hide_secrets_of_the_system(scratch: Path) -> None:
    """Hide what only the system's administrator reads, and who has an account here."""
    for name in _SECRETS_OF_THE_SYSTEM:
        _hide(Path("/etc", name))
    accounts = scratch / ".accounts"
    accounts.write_text(_NOBODY_ELSE.format(user=os.getuid()))
    _mount(str(accounts), "/etc/passwd", _BIND)


def _mount(source: str | None, target: str, flags: int, kind: str | None = None, data: str | None = None) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    words = [None if word is None else word.encode() for word in (source, target, kind, data)]
    if libc.mount(words[0], words[1], words[2], ctypes.c_ulong(flags), words[3]):
        code = ctypes.get_errno()
        raise OSError(code, f"mount: {os.strerror(code)}", target)


def _mount_points() -> list[tuple[Path, list[str]]]:
    points = []
    for line in Path("/proc/self/mountinfo").read_text().splitlines():
        fields = line.split(" ")
        place = Path(fields[4].encode().decode("unicode_escape"))
        if place.exists():
            points.append((place, fields[5].split(",")))
    return points


def _hide_private_places() -> None:
    home = Path(os.environ.get("GLUE2LAKEHOUSE_REAL_HOME") or Path.home())
    for name in PRIVATE_PLACES:
        _hide(home / name)


def _hide(place: Path) -> None:
    if place.is_dir():
        _mount("tmpfs", str(place), _RDONLY | _NOSUID | _NODEV, "tmpfs", "size=4k")
    elif place.is_file():
        _mount("/dev/null", str(place), _BIND)


def _bring_up_loopback() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as device:
        request = struct.pack("16sh", b"lo", 0)
        flags = struct.unpack("16sh", fcntl.ioctl(device, _SIOCGIFFLAGS, request))[1]
        fcntl.ioctl(device, _SIOCSIFFLAGS, struct.pack("16sh", b"lo", flags | _IFF_UP))


def _give_up_capabilities() -> None:
    """Empty the bounding set: what is executed after this, as root or not, has no capability to undo the fences."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for capability in range(_LAST_CAPABILITY + 1):
        libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0)


if __name__ == "__main__":
    close_gates(Path(sys.argv[1]))
    os.execv(sys.argv[2], sys.argv[2:])
