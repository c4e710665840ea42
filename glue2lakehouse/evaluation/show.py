"""An evaluation on a terminal: what got worse first, then a line for each construct family, then what is wrong."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from glue2lakehouse.evaluation.case import Ending
from glue2lakehouse.evaluation.scorecard import Regression, Scorecard

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

SHOWN = {
    "outcome_as_expected": "outcome",
    "executed_equal": "executed",
    "doubts_settled": "settled",
    "nothing_lost": "kept",
    "no_glue_left": "no Glue",
    "findings_complete": "findings",
    "similarity": "alike",
    "idiom": "idiom",
}
_FAILING = ("silently_wrong", "outcome_as_expected", "executed_equal", "doubts_settled", "nothing_lost", "no_glue_left", "parses",
            "findings_complete")  # fmt: skip


def show(card: Scorecard, worse: Sequence[Regression], compared: bool, out: "Console") -> None:
    """Print the evaluation."""
    if worse:
        out.print(f"[bold red]worse than the baseline: {len(worse)}[/bold red]")
        for one in worse:
            out.print(f"  {one}", markup=False, soft_wrap=True)
    elif compared:
        out.print("no regression against the baseline")
    out.print(_table(card))
    for line in wrong(card):
        out.print(line, markup=False, soft_wrap=True)
    out.print(summary(card), markup=False, soft_wrap=True)


def _table(card: Scorecard) -> "Table":
    from rich.table import Table

    table = Table(padding=(0, 0), title=f"{card.converter}, {card.model or 'rules only'}", title_justify="left")
    table.add_column("family", no_wrap=True)
    table.add_column("cases", justify="right")
    for name in SHOWN.values():
        table.add_column(name, justify="right", no_wrap=True)
    for family in [*card.families, ""]:
        cases = [case for case in card.cases if family in ("", case.family)]
        cells = [card.mean(scorer, family) for scorer in SHOWN]
        shown = ["" if value is None else f"{value:.2f}" for value in cells]
        table.add_row(family or "all", str(len(cases)), *shown, end_section=family == card.families[-1])
    return table


def wrong(card: Scorecard) -> list[str]:
    """Return a line for each case that is not as it should be."""
    lines = []
    for case in card.cases:
        for name in _FAILING:
            value = case.scores.get(name)
            if value is not None and value != float(name != "silently_wrong"):
                lines.append(f"{case.name}: {name}: {case.why.get(name, '')[:300]}")
    return lines


def summary(card: Scorecard) -> str:
    """Return the figures that count, in one line each."""
    endings = {ending: sum(case.ending is ending for case in card.cases) for ending in Ending}
    told = ", ".join(f"{count} {ending.value}" for ending, count in endings.items())
    silent = sum(case.scores.get("silently_wrong", 0) for case in card.cases)
    lines = [f"{len(card.cases)} cases: {told}; {silent:g} wrong and called converted"]
    if card.calibration is not None:
        found = card.calibration
        lines.append(
            f"calibration over {found.trials} runs: Brier {found.brier}, ECE {found.ece}; "
            f"{found.sure_equal} of {found.sure} at 0.9 and above are equal when executed"
        )
    return "\n".join(lines)
