"""Write and read the report files of an output folder."""

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from glue2lakehouse.errors import RunError, SourceNotFound
from glue2lakehouse.tools.report.html import SourcePair, write_html
from glue2lakehouse.tools.report.model import Report

JSON_NAME = "report.json"
HTML_NAME = "report.html"


class Written(NamedTuple):
    """The two files of a report."""

    json: Path
    html: Path


def write_report(report: Report, sources: Mapping[str, SourcePair], out: Path) -> Written:
    """Write report.json and report.html into an existing folder.

    `sources` maps paths of the report to their texts before and after; it is asked file by file, so it may read lazily.
    Raises RunError where the folder cannot be written.
    """
    written = Written(out / JSON_NAME, out / HTML_NAME)
    try:
        written.json.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
        write_html(report, sources, written.html)
    except OSError as error:
        raise RunError(f"{out}: the report cannot be written: {error.strerror or error}") from error
    return written


def read_report(out: Path) -> Report:
    """Read report.json of an output folder. Raises SourceNotFound where there is none, RunError where it is broken."""
    file = out / JSON_NAME
    try:
        return Report.model_validate_json(file.read_bytes())
    except FileNotFoundError as error:
        raise SourceNotFound(f"{file}: not there; name a folder that `migrate --out` wrote") from error
    except (OSError, ValidationError) as error:
        reason = str(error).splitlines()[0]
        raise RunError(f"{file}: cannot be read: {reason}; run `migrate` again") from error
