"""report.html: one page without network, fonts or frameworks; every text of the source is data, never markup."""

import base64
import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template
from markupsafe import Markup

from glue2lakehouse.domain import Evidence, Severity, Status
from glue2lakehouse.tools.report.groups import group_findings
from glue2lakehouse.tools.report.model import FileReport, Report, readiness
from glue2lakehouse.tools.report.sides import Row, align, coloured

_HERE = Path(__file__).parent
_LONG_EQUAL_RUN = 400
_KEPT_AT_ITS_ENDS = 40
_ORDER = {Status.FAILED: 0, Status.NEEDS_REVIEW: 1, Status.CONVERTED: 2, Status.UNCHANGED: 3}

Line = tuple[str, str] | int | None


class SourcePair(NamedTuple):
    """A file before and after, and where the converted one was written, relative to the output folder."""

    before: str
    after: str
    target: str = ""


class FileView(NamedTuple):
    """What the template shows of one file."""

    number: int
    file: FileReport
    target: str
    data: Markup
    severities: Counter[str]


def write_html(report: Report, sources: Mapping[str, SourcePair], file: Path) -> None:
    """Write the page; files are rendered one at a time, so memory does not grow with the project.

    `sources` maps paths of the report to their texts; a file that is not in it, or that did not change, is listed
    without its text.
    """
    css = Markup((_HERE / "report.css").read_text(encoding="utf-8"))
    script = Markup((_HERE / "report.js").read_text(encoding="utf-8"))
    stream = _template().stream(
        report=report,
        totals=report.totals,
        readiness=readiness(report.totals),
        groups=group_findings(report.files),
        severities=[severity.value for severity in Severity],
        severity_counts=Counter(finding.severity.value for one in report.files for finding in one.findings),
        statuses=[status.value for status in Status],
        evidences=[evidence.value for evidence in reversed(Evidence)],
        evidence_counts=Counter(one.evidence.value for one in report.files if one.status is not Status.UNCHANGED),
        entity_statuses=Counter((entity.type.value, entity.status.value) for entity in report.entities),
        views=_views(report, sources),
        css=css,
        script=script,
        script_hash=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    stream.enable_buffering(200)
    with file.open("w", encoding="utf-8", errors="replace") as out:
        out.writelines(stream)


@cache
def _template() -> Template:
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    return environment.get_template("report.html.j2")


def _views(report: Report, sources: Mapping[str, SourcePair]) -> Iterator[FileView]:
    worst_first = sorted(enumerate(report.files), key=lambda item: (_ORDER[item[1].status], item[1].path))
    for number, file in worst_first:
        pair = sources.get(file.path) if file.status is not Status.UNCHANGED else None
        yield FileView(
            number=number,
            file=file,
            target=pair.target if pair else "",
            data=as_json(side_by_side(file, pair)) if pair else Markup(""),
            severities=Counter(finding.severity.value for finding in file.findings),
        )


def side_by_side(file: FileReport, pair: SourcePair) -> dict[str, Any]:
    """Return what the page's script draws: lines of both sides, rows, findings and edits."""
    before, after = coloured(file.path, pair.before), coloured(pair.target or file.path, pair.after)
    rows = align([text for text, _ in before], [text for text, _ in after], file.edits)
    left: list[Line] = list(before)
    right: list[Line] = list(after)
    for row_left, row_right in rows:
        if row_left and row_right and before[row_left - 1] == after[row_right - 1]:
            right[row_right - 1] = row_left
    noted = {finding.line for finding in file.findings} | {edit.source_line for edit in file.edits}
    _leave_out_long_equal_runs(rows, left, right, noted)
    return {
        "before": left,
        "after": right,
        "rows": rows,
        "findings": [finding.model_dump(mode="json") for finding in file.findings],
        "edits": [edit.model_dump(mode="json") for edit in file.edits],
    }


def _leave_out_long_equal_runs(rows: list[Row], left: list[Line], right: list[Line], noted: set[int]) -> None:
    equal: list[Row] = []
    for row in [*rows, (0, 0)]:
        if row[0] and row[1] and right[row[1] - 1] == row[0] and row[0] not in noted:
            equal.append(row)
            continue
        if len(equal) > _LONG_EQUAL_RUN:
            for gone_left, gone_right in equal[_KEPT_AT_ITS_ENDS:-_KEPT_AT_ITS_ENDS]:
                left[gone_left - 1] = right[gone_right - 1] = None
        equal = []


def as_json(value: Any) -> Markup:
    """Return JSON that cannot end the script element it stands in."""
    text = json.dumps(value, separators=(",", ":"))
    return Markup(text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026"))
