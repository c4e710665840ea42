"""Job bookmarks: what a source with a transformation_ctx has read, kept per job, saved by commit (semantics 13)."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

ENABLE, DISABLE, PAUSE = "job-bookmark-enable", "job-bookmark-disable", "job-bookmark-pause"
DEFAULT_BAND_MS = 900_000


class Bookmarks:
    """The bookmark state of one job: read at init, advanced by sources, written at commit."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.option = DISABLE
        self.job = ""
        self._saved: dict[str, Any] = {}
        self._advanced: dict[str, Any] = {}

    def init(self, job: str, option: str) -> None:
        """Load the state of a job; without this, and with bookmarks disabled, every source reads everything."""
        self.job, self.option = job, option
        self._saved = _load(self.file).get(job, {})
        self._advanced = {}

    def active(self, context: str) -> bool:
        """Tell whether a source of this transformation_ctx is bookmarked."""
        return bool(self.job and context and self.option in (ENABLE, PAUSE))

    def new_files(self, context: str, files: Iterable[Path], options: Mapping[str, Any]) -> list[Path]:
        """Return the files that were not read yet: newer than the saved time, or unknown within the band before it."""
        found = list(files)
        if not self.active(context):
            return found
        saved = self._saved.get(context, {})
        last, listed = int(saved.get("timestamp", -1)), set(saved.get("files", []))
        band = int(options.get("maxBand", DEFAULT_BAND_MS))
        times = {file: _modified(file) for file in found}
        fresh = [file for file in found if times[file] > last - band and f"{file}@{times[file]}" not in listed]
        fresh = _bounded(fresh, options)
        newest = max([last, *(times[file] for file in fresh)])
        seen = {name for name in listed if int(name.rpartition("@")[2]) > newest - band}
        seen |= {f"{file}@{times[file]}" for file in fresh if times[file] > newest - band}
        self._advanced[context] = {"timestamp": newest, "files": sorted(seen)}
        return fresh

    def last_key(self, context: str) -> list[Any] | None:
        """Return the highest key that a JDBC source read, None when there is none."""
        return self._saved.get(context, {}).get("key") if self.active(context) else None

    def advance_key(self, context: str, key: list[Any] | None) -> None:
        """Note the highest key of a JDBC read."""
        if self.active(context) and key is not None:
            self._advanced[context] = {"key": key}

    def commit(self) -> None:
        """Save what the sources read; a paused job saves nothing."""
        if not self.job or self.option != ENABLE:
            return
        state = _load(self.file)
        state[self.job] = {**self._saved, **self._advanced}
        self.file.parent.mkdir(parents=True, exist_ok=True)
        staged = self.file.with_suffix(".new")
        staged.write_text(json.dumps(state, indent=1, default=str), encoding="utf-8")
        staged.replace(self.file)
        self._saved = state[self.job]


def reset_bookmark(file: Path, job: str) -> None:
    """Forget what a job has read; its targets stay as they are."""
    state = _load(file)
    if state.pop(job, None) is not None:
        file.write_text(json.dumps(state, indent=1), encoding="utf-8")


def _load(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}


def _modified(file: Path) -> int:
    return file.stat().st_mtime_ns // 1_000_000


def _bounded(files: list[Path], options: Mapping[str, Any]) -> list[Path]:
    files = sorted(files, key=_modified)
    if options.get("boundedFiles"):
        return files[: int(options["boundedFiles"])]
    if options.get("boundedSize"):
        total = 0
        kept: list[Path] = []
        for file in files:
            total += file.stat().st_size
            if kept and total > int(options["boundedSize"]):
                break
            kept.append(file)
        return kept
    return files
