"""The present run of the process: its environment, its manifest, its bookmarks and its last job arguments."""

from dataclasses import dataclass, field
from typing import Any

from glue2lakehouse.tools.glue_runtime.bookmarks import Bookmarks
from glue2lakehouse.tools.glue_runtime.environment import Manifest, RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally


@dataclass
class Run:
    """One script on one environment."""

    environment: RuntimeEnvironment
    manifest: Manifest = field(default_factory=Manifest)
    temp_dir: str | None = None
    arguments_parsed: bool = False
    session: Any = None
    missing_fields: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bookmarks = Bookmarks(self.environment.bookmark_file)


_runs: list[Run] = []


def begin(run: Run) -> None:
    """Make this the present run."""
    _runs[:] = [run]


def end() -> None:
    """Leave the present run."""
    _runs.clear()


def present() -> Run:
    """Return the present run; NotAvailableLocally when `install` was not called with an environment."""
    if not _runs:
        raise NotAvailableLocally("awsglue", "no run is set up; start the script with `glue2lakehouse run-glue`")
    return _runs[0]


def current_or_none() -> Run | None:
    """Return the present run, or None outside of one."""
    return _runs[0] if _runs else None
