"""Cells of another language in an exported Databricks notebook: comments to Python, so that no rule reads them."""

import pytest

from glue2lakehouse.domain import Severity

NOTEBOOK = "# Databricks notebook source\nfrom awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n# COMMAND ----------\n"


@pytest.mark.parametrize("magic", ["%sql", "%sql select * from sales.orders", "%scala", "%r"])
def test_a_cell_in_another_language_is_handed_off(convert, magic: str) -> None:
    cell = f"# MAGIC {magic}\n# MAGIC select * from sales.orders\n"
    done = convert(NOTEBOOK + cell)
    assert cell in done.after
    assert [(each.rule, each.severity, each.line) for each in done.findings] == [("magic-cell", Severity.BLOCKER, 6)]


@pytest.mark.parametrize(
    "code",
    [
        f"{NOTEBOOK}# MAGIC %md\n# MAGIC about %sql\n# COMMAND ----------\n# MAGIC %run ./other\n# MAGIC %pip install x\n",
        # Nothing of Glue, and no notebook of Databricks.
        "# Databricks notebook source\nprint(1)\n# MAGIC %sql\n# MAGIC select 1\n",
        NOTEBOOK.partition("\n")[2] + "# MAGIC %sql\n",
    ],
)
def test_other_comments_are_only_comments(convert, code: str) -> None:
    assert [each for each in convert(code).findings if each.rule == "magic-cell"] == []
