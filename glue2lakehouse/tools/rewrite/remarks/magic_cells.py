"""Cells of another language in a Databricks notebook that was exported as Python: comments to Python, and code to Databricks.

# Databricks notebook source
# MAGIC %sql
# MAGIC SELECT * FROM sales.orders
"""

import re
from collections.abc import Iterator

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

_NOTEBOOK = "# Databricks notebook source"
_CELL = re.compile(r"^# MAGIC %(sql|scala|r)\b", re.MULTILINE)


def magic_cells(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each cell of a notebook on Glue that no rule reads."""
    source = place.module.source
    if not source.startswith(_NOTEBOOK) or not views_of(place.world).uses_glue:
        return
    for match in _CELL.finditer(source):
        of_sql = match[1] == "sql"
        yield Finding(
            rule="magic-cell", severity=Severity.BLOCKER, path=place.module.path, line=source.count("\n", 0, match.start()) + 1,
            message=f"the %{match[1]} cell is kept as it is: " + ("its table names are not converted" if of_sql else "it was not converted"),
            action='name its tables as catalog.schema.table, or write it as spark.sql("...") and migrate again' if of_sql
            else "write it in Python and migrate again, or see that it needs nothing of Glue",
        )  # fmt: skip
