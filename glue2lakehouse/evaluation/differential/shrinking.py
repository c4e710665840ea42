"""Make a failing case small: fewer steps, rows and columns, as long as it comes out the same way."""

from collections.abc import Callable, Iterator

from glue2lakehouse.evaluation.differential.chains import Case
from glue2lakehouse.evaluation.differential.tables import with_rows, without_column


def shrunk(case: Case, still: Callable[[Case], bool], attempts: int = 40) -> Case:
    """Return the smallest case found for which `still` holds."""
    going = True
    while going:
        going = False
        for smaller in _smaller(case):
            if attempts <= 0:
                return case
            attempts -= 1
            if still(smaller):
                case, going = smaller, True
                break
    return case


def _smaller(case: Case) -> Iterator[Case]:
    if len(case.steps) > 1:
        for at in reversed(range(len(case.steps))):
            yield case._replace(steps=case.steps[:at] + case.steps[at + 1 :])
    rows = case.table.rows
    if len(rows) > 1:
        yield case._replace(table=with_rows(case.table, rows[: len(rows) // 2]))
        yield case._replace(table=with_rows(case.table, rows[len(rows) // 2 :]))
    if len(case.other.rows) > 1:
        yield case._replace(other=with_rows(case.other, case.other.rows[:1]))
    text = "".join(step.text + step.definition for step in case.steps)
    for name in case.table.columns:
        if len(case.table.columns) > 1 and repr(name)[1:-1] not in text:
            yield case._replace(table=without_column(case.table, name))
