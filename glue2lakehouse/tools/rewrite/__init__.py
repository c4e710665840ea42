"""Rewrite Glue PySpark to plain PySpark."""

from glue2lakehouse.tools.rewrite.compat import render_compat
from glue2lakehouse.tools.rewrite.engine import Conversion, convert_project
from glue2lakehouse.tools.rewrite.kinds.values import TableFacts
from glue2lakehouse.tools.rewrite.rule import Example, GlueCall, JobFacts, Rewrite, Rule, Use

__all__ = [
    "Conversion",
    "Example",
    "GlueCall",
    "JobFacts",
    "Rewrite",
    "Rule",
    "TableFacts",
    "Use",
    "convert_project",
    "render_compat",
]
