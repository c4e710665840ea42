"""Made-up Glue code: the same each time, converted without an exception, and equal on both sides where it is run."""

import ast
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.differential.chains import Case, made_case
from glue2lakehouse.evaluation.differential.shrinking import shrunk
from glue2lakehouse.evaluation.differential.trial import Verdict, tried
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import convert_project


def test_a_case_is_known_by_its_seed_and_number() -> None:
    assert made_case(1, 7) == made_case(1, 7)
    assert made_case(1, 7) != made_case(1, 8)
    assert made_case(1, 7) != made_case(2, 7)


@pytest.mark.integration
def test_every_case_is_converted_or_handed_off() -> None:
    for number in range(40):
        case = made_case(5, number)
        (conversion,) = convert_project({"job.py": case.source}, Settings())
        ast.parse(conversion.after)
        blocked = any(finding.severity is Severity.BLOCKER for finding in conversion.findings)
        assert blocked or "awsglue" not in conversion.after, case.source


def test_a_failing_case_is_shrunk_to_the_step_and_the_row_that_matter() -> None:
    case = next(
        case for number in range(50) if len((case := made_case(3, number)).steps) > 2 and len(case.table.rows) > 3
    )
    step, row = case.steps[1], case.table.rows[2]

    def still(smaller: Case) -> bool:
        return step in smaller.steps and row in smaller.table.rows

    small = shrunk(case, still)
    assert small.steps == (step,)
    assert len(small.table.rows) == 1


@pytest.mark.spark
@pytest.mark.slow
def test_what_is_converted_gives_what_glue_gives(spark: Any) -> None:
    results = [tried(spark, made_case(2026, number)) for number in range(40)]
    assert [(result.case.number, result.reason) for result in results if result.verdict is Verdict.UNEQUAL] == []
    assert sum(result.verdict in (Verdict.EQUAL, Verdict.TOLD) for result in results) > 20
