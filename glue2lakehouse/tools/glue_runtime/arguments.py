"""`awsglue.utils`: job arguments with every measured quirk (semantics 12), and the library's odds and ends."""

import argparse
import traceback
from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

from glue2lakehouse.tools.glue_runtime.bookmarks import DISABLE, ENABLE, PAUSE
from glue2lakehouse.tools.glue_runtime.refusals import refuse
from glue2lakehouse.tools.glue_runtime.run import current_or_none

BOOKMARK_OPTIONS = [ENABLE, PAUSE, DISABLE]
_RESERVED = ("continuation-option", "job-bookmark-option", "job-bookmark-from", "job-bookmark-to")
_TEMP_DIRS = ("TempDir", "RedshiftTempDir")
_HIDDEN = ("JOB_ID", "JOB_RUN_ID", "SECURITY_CONFIGURATION", "encryption-type", "enable-data-lineage")


class GlueArgumentError(Exception):
    """A job argument is missing or does not make sense."""


class GlueArgumentParser(argparse.ArgumentParser):
    """A parser that raises GlueArgumentError instead of ending the process."""

    def error(self, msg: str) -> NoReturn:
        """Raise GlueArgumentError."""
        raise GlueArgumentError(msg)


def _default_abbreviation() -> bool:
    run = current_or_none()
    return run is None or run.environment.version < (6,)


def getResolvedOptions(args: list[str], options: list[str], allow_abbrev: bool | None = None) -> dict[str, Any]:
    """Return the requested arguments and the ten hidden ones, by name with underscores; values are texts or None."""
    parser = GlueArgumentParser(allow_abbrev=_default_abbreviation() if allow_abbrev is None else allow_abbrev)
    for reserved in _RESERVED:
        if reserved in options or reserved.replace("-", "_") in options:
            raise RuntimeError(f"Using reserved arguments {reserved}")
    parser.add_argument("--job-bookmark-option", choices=BOOKMARK_OPTIONS, default=DISABLE)
    for name in ("job-bookmark-from", "job-bookmark-to", *_HIDDEN, *_TEMP_DIRS):
        parser.add_argument(f"--{name}")
    for name in options:
        if name not in _TEMP_DIRS:
            parser.add_argument(f"--{name}", required=True)
    parsed, _ = parser.parse_known_args(args[1:])
    found = dict(vars(parsed))
    _check_range(found)
    found["TempDir"] = found["RedshiftTempDir"] = found["TempDir"] or found["RedshiftTempDir"]
    run = current_or_none()
    if run is not None:
        run.temp_dir, run.arguments_parsed = found["TempDir"], True
    return found


def _check_range(found: Mapping[str, Any]) -> None:
    both = [found["job_bookmark_from"], found["job_bookmark_to"]]
    given = [value for value in both if value is not None]
    if found["job_bookmark_option"] == PAUSE and len(given) == 1:
        raise RuntimeError("Invalid extra option: job-bookmark-from and job-bookmark-to go together")
    if found["job_bookmark_option"] != PAUSE and given:
        raise RuntimeError("Invalid extra option: job-bookmark-from and job-bookmark-to need job-bookmark-pause")


def makeOptions(sc: Any, py_obj: Any) -> NoReturn:
    """Refuse: JsonOptions is a JVM class of Glue."""
    refuse("awsglue.utils.makeOptions", "it makes an object of Glue's closed JVM library")


def callsite() -> str:
    """Return the present stack as text."""
    return "".join(traceback.format_list(traceback.extract_stack()[:-1]))


def iteritems(d: Mapping[Any, Any], **kwargs: Any) -> Iterator[Any]:
    """Iterate over the items."""
    return iter(d.items())


def iterkeys(d: Mapping[Any, Any], **kwargs: Any) -> Iterator[Any]:
    """Iterate over the VALUES: the defect of the library on Python 3."""
    return iter(d.values())


def itervalues(d: Mapping[Any, Any], **kwargs: Any) -> Iterator[Any]:
    """Iterate over the values."""
    return iter(d.values())
