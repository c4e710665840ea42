"""Approve once, apply everywhere: a change to one statement is offered for the same construct in other files."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.errors import StoreError
from glue2lakehouse.graphs.project_rules import FILE_NAME, ProjectRule, keep, kept, learn, offers
from glue2lakehouse.graphs.queue import Waiting

READ = 'glue.create_dynamic_frame.from_catalog(database="{}", table_name="{}", catalog_id="4444")'
SOURCE = f"orders = {READ.format('sales', 'orders')}\norders.show()\n"
APPROVED = 'orders = spark.read.table("partner.sales.orders").where(F.lit(True))\norders.show()\n'
IMPORT = "from pyspark.sql import functions as F"


def doubt(line: int = 1, rule: str = "from-catalog") -> Finding:
    return Finding(rule=rule, severity=Severity.BLOCKER, path="a.py", line=line, message="another account's catalog")


def waits(source: str, code: str | None = None, *findings: Finding) -> Waiting:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    # What no rule settles stands in the draft as it was.
    stands = source if code is None else code
    return Waiting("t", "p", "e", "b.py", now, (), "", stands, source, (), findings or (doubt(),), source)


@pytest.fixture
def rule() -> ProjectRule:
    learned = learn(waits(SOURCE, f"{IMPORT}\n{APPROVED}"), doubt(), "ana")
    assert learned is not None
    return learned


def test_the_same_construct_over_another_table_is_offered_the_approved_form(rule: ProjectRule) -> None:
    source = f"import os\nrows = {READ.format('web', 'clicks')}\n"
    (offer,) = offers([rule], [waits(source, None, doubt(2))])
    assert offer.code == f"import os\n{IMPORT}\nrows = spark.read.table('partner.web.clicks').where(F.lit(True))\n"


@pytest.mark.parametrize(
    "source",
    [
        f"rows = {READ.format('web', 'clicks').replace('4444', '5555')}\n",
        f"rows = {READ.format('web', 'clicks').replace(')', ', push_down_predicate=p)')}\n",
        f"rows = wrap({READ.format('web', 'clicks')})\n",
        "rows = (\n",
    ],
    ids=["another account", "one more argument", "inside another call", "no Python"],
)
def test_what_differs_in_anything_but_the_holes_is_offered_nothing(rule: ProjectRule, source: str) -> None:
    assert not list(offers([rule], [waits(source)]))


def test_another_finding_at_the_same_construct_is_offered_nothing(rule: ProjectRule) -> None:
    source = f"rows = {READ.format('web', 'clicks')}\n"
    assert not list(offers([rule], [waits(source, None, doubt(1, "bookmark"))]))


def test_a_name_that_is_assigned_twice_is_left_alone(rule: ProjectRule) -> None:
    source = f"rows = {READ.format('web', 'clicks')}\n"
    assert not list(offers([rule], [waits(source, source + "rows = 1\n")]))


def test_a_call_becomes_the_call_that_was_approved_in_its_place() -> None:
    source = 'import os\nglue.purge("s3://a/orders", {"retentionPeriod": 0})\nprint(1)\n'
    approved = 'import os\ndbutils.fs.rm("s3://a/orders", recurse=True)\nprint(1)\n'
    rule = learn(waits(source, approved), doubt(2), "ana")
    assert rule is not None
    other = 'import sys\nprint(2)\nglue.purge("s3://b/clicks", {"retentionPeriod": 0})\n'
    (offer,) = offers([rule], [waits(other, None, doubt(3))])
    assert offer.code == "import sys\nprint(2)\ndbutils.fs.rm('s3://b/clicks', recurse=True)\n"
    kept_for_a_week = other.replace(": 0", ": 168")
    assert not list(offers([rule], [waits(kept_for_a_week, None, doubt(3))]))


@pytest.mark.parametrize(
    ("source", "approved"),
    [
        ("glue.purge(path)\n", "for file in files:\n    dbutils.fs.rm(file)\n    print(file)\n"),
        ("glue.purge(path)\n", "done = dbutils.fs.rm(path)\n"),
        ("glue.purge(path)\n", "glue.purge(path)\n"),
        ("if glue.purge(path):\n    pass\n", "if dbutils.fs.rm(path):\n    pass\n"),
    ],
    ids=["several statements", "a call that became an assignment", "no change", "not a statement of its own"],
)
def test_a_change_that_is_not_one_statement_for_another_makes_no_rule(source: str, approved: str) -> None:
    assert learn(waits(source, approved), doubt(), "ana") is None


def test_what_somebody_has_changed_already_is_left_alone(rule: ProjectRule) -> None:
    source = f"rows = {READ.format('web', 'clicks')}\n"
    assert not list(offers([rule], [waits(source, "rows = spark.read.table('mine')\n")]))


def test_approving_what_the_rules_left_makes_no_rule() -> None:
    item = waits("glue.purge(path)\n", "spark.purge(path)\n")
    assert learn(replace(item, draft="spark.purge(path)\n"), doubt(), "ana") is None


def test_a_rule_of_another_project_is_not_offered(rule: ProjectRule) -> None:
    source = f"rows = {READ.format('web', 'clicks')}\n"
    assert not list(offers([rule.model_copy(update={"project_id": "q"})], [waits(source)]))


def test_a_rule_is_kept_once_and_shown_with_its_origin(rule: ProjectRule, tmp_path: Path) -> None:
    keep(rule, tmp_path)
    keep(rule, tmp_path)
    assert kept(tmp_path) == [rule]
    assert "(a.py:1, approved by ana)" in str(rule)


def test_a_broken_file_of_rules_is_told(tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_text("{}\n")
    with pytest.raises(StoreError, match="no rule"):
        kept(tmp_path)
