"""Which file of the source a job definition runs: by its S3 key, the name of the asset, or the job's own name."""

import posixpath
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.model import GlueJob
from glue2lakehouse.tools.jobs.values import shown

_ASSET = re.compile(r"([0-9a-f]{64})\.(py|scala)$")


def match_script(job: GlueJob, files: Iterable[str] | Mapping[str, Path | str]) -> str | Finding:
    """Return the path of the job's script among `files`, or the finding that says why none or several fit.

    The file whose last folders agree most with the S3 key wins; a tie is a finding, since a wrong script is worse than none.
    """
    paths = sorted(path for path in files if path.endswith((".py", ".scala", ".ipynb")))
    location = job.command.script_location
    key = re.sub(r"⟦[^⟧]*⟧", "", re.sub(r"^s3a?://[^/]+/?", "", location)).strip("/")
    candidates = _by_key(key, paths) or _by_asset(key, paths, files) or _by_name(job, key, paths)
    if len(candidates) == 1:
        return candidates[0]
    return _undecided(job, location, candidates)


def _by_key(key: str, paths: list[str]) -> list[str]:
    name = posixpath.basename(key)
    if not name.endswith((".py", ".scala", ".ipynb")):
        return []
    scored = [(_agreement(key, path), path) for path in paths if posixpath.basename(path) == name]
    best = max((score for score, _ in scored), default=0)
    return [path for score, path in scored if score == best]


def _agreement(key: str, path: str) -> int:
    pairs = zip(reversed(key.split("/")), reversed(path.split("/")), strict=False)
    count = 0
    for left, right in pairs:
        if left != right:
            break
        count += 1
    return count


def _by_asset(key: str, paths: list[str], files: Iterable[str] | Mapping[str, Path | str]) -> list[str]:
    """A synthesised CDK template names its script `<hash>.py`; cdk.out holds it as `asset.<hash>.py`."""
    match = _ASSET.search(key)
    if match is None:
        return []
    assets = [path for path in paths if posixpath.basename(path) == f"asset.{match[0]}"]
    if not assets or not isinstance(files, Mapping):
        return assets
    content = _content(files[assets[0]])
    same = [path for path in paths if path not in assets and _content(files[path]) == content]
    return same[:1] if len(same) == 1 else assets


def _content(held: Path | str) -> str:
    return held.read_text(encoding="utf-8", errors="replace") if isinstance(held, Path) else held


def _by_name(job: GlueJob, key: str, paths: list[str]) -> list[str]:
    if posixpath.basename(key).endswith((".py", ".scala")):
        return []
    wanted = {_plain(job.name), _plain(job.address.rpartition(".")[2])} - {""}
    return [path for path in paths if _plain(posixpath.basename(path).rpartition(".")[0]) in wanted]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", re.sub(r"⟦[^⟧]*⟧", "", text).lower())


def _undecided(job: GlueJob, location: str, candidates: list[str]) -> Finding:
    name = shown(job.name)
    key = shown(location) or "no ScriptLocation"
    if candidates:
        message = f"job '{name}': {len(candidates)} files fit its script {key}: {', '.join(candidates[:4])}"
        action = "name one of them in python_file of its resources file"
    else:
        message = f"job '{name}': its script {key} is not in the source"
        action = "add the script to the source and migrate again, or name another file in python_file"
    return Finding(
        rule="job-script",
        severity=Severity.BLOCKER,
        path=job.place.path,
        line=job.at("Command.ScriptLocation"),
        message=message,
        action=action,
    )
