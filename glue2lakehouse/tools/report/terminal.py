"""The summary that ends a run on the terminal: the banner, what was counted, what is left, what was written."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from glue2lakehouse.domain import Evidence, Severity, Status
from glue2lakehouse.tools.report.groups import FindingGroup, Place, effort, group_findings
from glue2lakehouse.tools.report.model import Readiness, Report, readiness

_BANNER_STYLE = {Readiness.READY: "green", Readiness.NEEDS_REVIEW: "yellow", Readiness.BLOCKED: "red"}
_SEVERITY_STYLE = {Severity.BLOCKER: "red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_STATUS_STYLE = {
    Status.CONVERTED: "green",
    Status.NEEDS_REVIEW: "yellow",
    Status.UNCHANGED: "bright_black",
    Status.FAILED: "red",
}
_PLACES_SHOWN = 3
_FILES_SHOWN = 10


def print_summary(report: Report, written: Iterable[Path], console: Console) -> None:
    """Print the summary of a report; `written` are the paths that the run made, the report's own among them."""
    word = readiness(report.totals)
    counts = Text(" · ").join(
        Text(f"{getattr(report.totals, status.value)} {status.value.replace('_', ' ')}", style=_STATUS_STYLE[status])
        for status in Status
    )
    heading = Text.assemble((word.value, f"bold {_BANNER_STYLE[word]}"), f"  {report.project}  ", counts)
    console.print(Panel(heading, border_style=_BANNER_STYLE[word], expand=False))
    console.print(_counts(report))
    groups = group_findings(report.files)
    if groups:
        console.print(Group(Text("Findings", style="bold"), *(_finding(group) for group in groups)), soft_wrap=True)
    _print_left(report, console)
    if report.totals.model_calls:
        cost = report.totals.cost_usd
        told = "cost not known: state the price in model_prices" if cost is None else f"${cost:.4f}"
        console.print(Text(f"\nModel: {_times(report.totals.model_calls, 'call')}, {told}"))
    paths = [str(path) for path in written]
    if paths:
        console.print(Text("\nWritten", style="bold"))
        for path in paths:
            console.print(Text(f"  {path}"), soft_wrap=True)


def _print_left(report: Report, console: Console) -> None:
    """Say what a person has to decide and in which files, or that there was nothing to do."""
    left = effort(report.files)
    if left.decisions:
        text = (
            f"\nLeft to decide: {_times(left.decisions, 'question')} at {_times(left.places, 'place')}"
            f" in {_times(len(left.files), 'file')}"
        )
        console.print(Text(text))
        for path in left.files[:_FILES_SHOWN]:
            console.print(Text(f"  {path}"), soft_wrap=True)
        if len(left.files) > _FILES_SHOWN:
            console.print(Text(f"  and {len(left.files) - _FILES_SHOWN} more; the report lists them"))
    elif all(file.status is Status.UNCHANGED and not file.findings for file in report.files):
        text = "\nNothing to migrate: no file uses Glue, and none defines a table or a job. Is this the folder of the jobs?"
        console.print(Text(text), soft_wrap=True)


def _counts(report: Report) -> RenderableType:
    counted = Counter((entity.type.value, entity.evidence) for entity in report.entities)
    levels = [level for level in Evidence if any(counted[(kind, level)] for kind in report.totals.entities)]
    table = Table(box=None, padding=(0, 2, 0, 0), title_justify="left", header_style="dim")
    table.add_column("entities", justify="left")
    table.add_column("count", justify="right")
    for level in levels:
        table.add_column(level.value, justify="right")
    for kind, count in report.totals.entities.items():
        table.add_row(kind, str(count), *(str(counted[(kind, level)] or "·") for level in levels))
    files = ", ".join(f"{count} {kind}" for kind, count in report.totals.files.items()) or "none"
    return Group(Text(f"Files: {files}"), *([table] if report.totals.entities else []), Text())


def _finding(group: FindingGroup) -> Text:
    places = [_where(place) for place in group.places[:_PLACES_SHOWN]]
    more = len(group.places) - len(places)
    text = Text.assemble(
        ("  " + group.severity.value, _SEVERITY_STYLE[group.severity]),
        (f" [{group.rule}] ", "bold"),
        f"{len(group.places)}x  {group.message}",
    )
    if group.other_messages:
        text.append(f" (and {_times(group.other_messages, 'other message')} with the same hint)", style="dim")
    if group.action:
        text.append(f"\n      {group.action}", style="green")
    text.append(f"\n      {', '.join(places)}{f' and {more} more' if more else ''}", style="dim")
    return text


def _where(place: Place) -> str:
    return f"{place.path}:{place.finding.line}" if place.finding.line else place.path


def _times(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"
