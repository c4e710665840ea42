"""portfolio.html: one page over many projects; it holds a row for each project, so it stays small whatever their size."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.report.groups import effort, group_findings
from glue2lakehouse.tools.report.model import Readiness, Report, readiness

FAILED = "Failed"
_MOST_LEFT = 30


class Left(BaseModel):
    """A question that a project leaves: the rule, what it asks, and at how many places."""

    model_config = ConfigDict(frozen=True)

    rule: str
    message: str
    action: str
    places: int


class ProjectSummary(BaseModel):
    """One project as the portfolio shows it; `error` is the one line of a run that failed."""

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    word: str
    report: str = ""
    error: str = ""
    seconds: float = 0.0
    entities: int = 0
    converted: int = 0
    needs_review: int = 0
    unchanged: int = 0
    failed: int = 0
    decisions: int = 0
    model_calls: int = 0
    cost_usd: float | None = 0.0
    evidence: dict[str, int] = {}
    left: tuple[Left, ...] = ()


class _LeftOverAll(NamedTuple):
    rule: str
    message: str
    action: str
    places: int
    projects: int


def summary_of(report: Report, name: str, link: str) -> ProjectSummary:
    """Return what the page says about a project that ran; `link` leads to its report.html."""
    totals = report.totals
    blockers = [group for group in group_findings(report.files) if group.severity is Severity.BLOCKER]
    return ProjectSummary(
        name=name,
        source=report.source,
        word=readiness(totals).value,
        report=link,
        seconds=report.seconds,
        entities=len(report.entities),
        converted=totals.converted,
        needs_review=totals.needs_review,
        unchanged=totals.unchanged,
        failed=totals.failed,
        decisions=effort(report.files).decisions,
        model_calls=totals.model_calls,
        cost_usd=totals.cost_usd,
        evidence=dict(Counter(entity.evidence.value for entity in report.entities)),
        left=tuple(
            Left(rule=group.rule, message=group.message, action=group.action, places=len(group.places))
            for group in blockers
        ),
    )


def write_portfolio(title: str, projects: Sequence[ProjectSummary], file: Path) -> None:
    """Write the page, the projects that need somebody first."""
    words = [FAILED, Readiness.BLOCKED.value, Readiness.NEEDS_REVIEW.value, Readiness.READY.value]
    counts = Counter(project.word for project in projects)
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )
    text = environment.get_template("portfolio.html.j2").render(
        title=title,
        projects=sorted(projects, key=lambda project: (words.index(project.word), project.name)),
        counts=[(word, counts[word]) for word in words],
        total=ProjectSummary(
            name="all",
            source="",
            word="",
            **{
                name: sum(getattr(project, name) for project in projects)
                for name in ("entities", "converted", "needs_review", "unchanged", "failed", "decisions")
            },
            cost_usd=_cost_of_all(projects),
        ),
        left=_over_all(projects),
    )
    file.write_text(text, encoding="utf-8")


def _cost_of_all(projects: Sequence[ProjectSummary]) -> float | None:
    """Return the sum, None where the cost of one is not known."""
    costs = [project.cost_usd for project in projects]
    return None if None in costs else sum(cost for cost in costs if cost is not None)


def _over_all(projects: Iterable[ProjectSummary]) -> list[_LeftOverAll]:
    """Return the questions that most projects share first."""
    by_question: dict[tuple[str, str], list[Left]] = {}
    for project in projects:
        for left in project.left:
            by_question.setdefault((left.rule, left.action), []).append(left)
    over_all = [
        _LeftOverAll(rule, found[0].message, action, sum(left.places for left in found), len(found))
        for (rule, action), found in by_question.items()
    ]
    return sorted(over_all, key=lambda left: (-left.projects, -left.places, left.rule))[:_MOST_LEFT]
