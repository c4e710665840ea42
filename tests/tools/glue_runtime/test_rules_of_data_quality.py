"""DQDL on small frames: outcomes as the guide words them; what needs history or a model is refused."""

from typing import Any

import pytest

from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.quality.dqdl import DqdlError, parse_ruleset
from glue2lakehouse.tools.glue_runtime.quality.evaluation import EvaluateDataQuality
from glue2lakehouse.tools.glue_runtime.records import from_python, plain
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally

ROWS = [
    {"id": 1, "name": "ann", "country": "DE", "amount": 10.0},
    {"id": 2, "name": "bob", "country": None, "amount": 20.0},
    {"id": 2, "name": "eve", "country": "FR", "amount": 30.0},
]


def outcome(rule: str, rows: list[dict[str, Any]] = ROWS) -> str:
    frame = DynamicFrame(lambda: Batch([from_python(row).value for row in rows]), None, "f")
    result = EvaluateDataQuality.apply(frame=frame, ruleset=f"Rules = [ {rule} ]")
    return str(plain(result.batch().records[0])["Outcome"])


@pytest.mark.parametrize(
    ("rule", "passed"),
    [
        ('ColumnExists "id"', True),
        ('ColumnExists "nope"', False),
        ("ColumnCount = 4", True),
        ("ColumnCount > 4", False),
        ("RowCount between 2 and 4", True),
        ("RowCount between 3 and 5", False),
        ("RowCount not between 3 and 5", True),
        ('IsComplete "id"', True),
        ('IsComplete "country"', False),
        ('Completeness "country" > 0.6', True),
        ('IsUnique "name"', True),
        ('IsUnique "id"', False),
        ('IsPrimaryKey "id" "name"', True),
        ('IsPrimaryKey "country"', False),
        ('Uniqueness "id" < 0.5', True),
        ('UniqueValueRatio "id" = 0.5', True),
        ('DistinctValuesCount "id" = 2', True),
        ('ColumnValues "country" in ["DE", "FR", NULL]', True),
        ('ColumnValues "country" in ["DE", "FR"]', False),
        ('ColumnValues "country" in ["DE", "FR"] with threshold > 0.6', True),
        ('ColumnValues "name" matches "[a-z]{3}"', True),
        ('ColumnValues "amount" between 9 and 31', True),
        ('ColumnValues "amount" between 10 and 31', False),
        ('ColumnLength "name" = 3', True),
        ('Mean "amount" = 20', True),
        ('Sum "amount" >= 60', True),
        ('StandardDeviation "amount" between 8.1 and 8.2', True),
        ('(IsComplete "id") and (IsUnique "name")', True),
        ('(IsComplete "country") or (IsUnique "name")', True),
        ('(IsComplete "country") and (IsUnique "name")', False),
        ("RowCount > last()", True),
    ],
)
def test_a_rule_passes_or_fails(rule: str, passed: bool) -> None:
    assert outcome(rule) == ("Passed" if passed else "Failed")


@pytest.mark.parametrize("rule", ['DataFreshness "d" < 3 hours', "DetectAnomalies", 'ReferentialIntegrity "a" "b" = 1'])
def test_a_rule_that_needs_more_than_the_rows_is_refused(rule: str) -> None:
    with pytest.raises(NotAvailableLocally):
        parse_ruleset(f"Rules = [ {rule} ]")


@pytest.mark.parametrize(
    "text", ["IsComplete", "Rules = [ RowCount between 1 ]", "Rules = [ (RowCount > 1) xor (RowCount > 2) ]"]
)
def test_a_broken_ruleset_is_an_error(text: str) -> None:
    with pytest.raises(DqdlError):
        parse_ruleset(text)
