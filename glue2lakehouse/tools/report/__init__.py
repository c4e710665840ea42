"""What a run has to say: report.json for machines, report.html for people, a summary for the terminal."""

from glue2lakehouse.tools.report.html import SourcePair
from glue2lakehouse.tools.report.model import (
    FileReport,
    Readiness,
    Report,
    ReportEdit,
    ReportEntity,
    ReportFinding,
    Totals,
    build_report,
    readiness,
)
from glue2lakehouse.tools.report.terminal import print_summary
from glue2lakehouse.tools.report.writer import Written, read_report, write_report

__all__ = [
    "FileReport",
    "Readiness",
    "Report",
    "ReportEdit",
    "ReportEntity",
    "ReportFinding",
    "SourcePair",
    "Totals",
    "Written",
    "build_report",
    "print_summary",
    "read_report",
    "readiness",
    "write_report",
]
