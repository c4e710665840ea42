"""Values for what a script asks its run for, where nobody gave any: job arguments, run properties of the workflow."""

import re
from collections.abc import Iterable, Mapping, Sequence

from glue2lakehouse.tools.sandbox.script_arguments import required_arguments

_GUESSED_VALUES = (
    (re.compile(r"bucket", re.IGNORECASE), "made-{name}"),
    (re.compile(r"database|(^|_)db($|_)|schema", re.IGNORECASE), "made_database"),
    (re.compile(r"path|dir|folder|location|uri|prefix|source|target|input|output|dest|temp", re.IGNORECASE), "s3://made-data/{name}/"),
    (re.compile(r"year", re.IGNORECASE), "2024"),
    (re.compile(r"month", re.IGNORECASE), "01"),
    (re.compile(r"date|day", re.IGNORECASE), "2024-01-15"),
    (re.compile(r"count|limit|num|size|hours|days|threshold|partitions|port", re.IGNORECASE), "2"),
    (re.compile(r"region", re.IGNORECASE), "us-east-1"),
)  # fmt: skip


def made_arguments(texts: Sequence[str], given: Mapping[str, str]) -> dict[str, str]:
    """Return the job arguments that are given, and made-up values for those that the script requires besides."""
    arguments = dict(given)
    if any("TempDir" in text for text in texts):
        # Glue gives every job of its console one, asked for or not.
        arguments.setdefault("TempDir", "s3://made-temporary/")
    for name, use in required_arguments(texts).items():
        if name not in arguments:
            pattern = "made-{name}" if use == "bucket" else _guess(name)
            arguments[name] = pattern.format(name=re.sub(r"[^a-z0-9]+", "-", name.lower()))
    return arguments


def made_run_properties(names: Iterable[str]) -> dict[str, str]:
    """Return made-up values of the workflow's run properties of these names."""
    return {name: _guess(name).format(name=re.sub(r"[^a-z0-9]+", "-", name.lower())) for name in names}


def _guess(name: str) -> str:
    if re.search(r"table|name|key", name, re.IGNORECASE) and not re.search(r"bucket|path", name, re.IGNORECASE):
        return f"made_{re.sub(r'[^a-z0-9]+', '_', name.lower())}"
    return next((pattern for mark, pattern in _GUESSED_VALUES if mark.search(name)), "made-{name}")
