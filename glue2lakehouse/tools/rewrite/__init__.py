"""Rewrite Glue PySpark to plain PySpark.

Each stands on those below it, which import-linter holds:

    batches, processes, on_spark   a project in parts, for many cores or machines
    engine                         one module after the other
    steps                          the uses of Glue are asked about, then what depends on all the answers
    rules                          what each callable of Glue becomes
    aws, remarks                   calls of AWS; what is said of code that stays
    io                             reads and writes, option by option
    sql                            SQL text in a job
    mapping, editing, analyses     names and paths of the target; text and trees; what becomes of a value
    rule, code, options, constants what a rule is given and what it answers
    kinds                          what every expression of the project is

`runtime` holds the helpers that converted code brings along.
"""

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
