"""Every callable of the facts is answered by a rule, or by a hand-off that names it."""

import re

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools import facts
from glue2lakehouse.tools.rewrite.kinds.stubs import TRANSFORMS
from glue2lakehouse.tools.rewrite.rules import RULES

CLAIMED = frozenset(name for rule in RULES for name in rule.glue)

ORDINARY_FUNCTIONS = {
    "sparkSqlQuery": "its text stands in the script: temp views and spark.sql",
    "sparkAggregate": "its text stands in the script: groupBy and agg",
    "sparkUnion": "its text stands in the script: temp views and a UNION",
    "drop_nulls": "its text stands in the script: distinct values and drop_fields",
    "threadedRoute / GroupFilter": "their text stands in the script: threads and Filter",
    "directJDBCSource": "its text stands in the script: create_dynamic_frame.from_options",
    "MyTransform": "the user's own function over a DynamicFrameCollection",
}
"""Studio writes these functions into each script, so they are converted like any function of the project."""

SPELLED_OUT = {
    "context.GlueContext.<inherited SQLContext members>": [
        f"awsglue.context.GlueContext.{name}"
        for name in (
            "sql table tables tableNames read readStream createDataFrame range udf registerFunction "
            "registerDataFrameAsTable dropTempTable cacheTable uncacheTable clearCache setConf getConf newSession streams"
        ).split()
    ],
    "utils.iteritems / iterkeys / itervalues": [
        f"awsglue.utils.{name}" for name in ("iteritems", "iterkeys", "itervalues")
    ],
    "gluetypes.StructType.add / hasField / getField / fromJsonValue / jsonValue": [
        f"awsglue.gluetypes.StructType.{name}" for name in "add hasField getField fromJsonValue jsonValue".split()
    ],
    "transforms.GlueTransform.apply": ["awsglue.transforms.GlueTransform.apply"],
    "transforms.GlueTransform.name / describe / describeArgs / describeReturn / describeTransform / describeErrors": [
        f"awsglue.transforms.{owner}.{name}"
        for owner in sorted(TRANSFORMS)
        for name in "name describe describeArgs describeReturn describeTransform describeErrors".split()
    ],
    "transforms.get_transforms / get_transform / describe_transform": [
        f"awsglue.transforms.{name}" for name in ("get_transforms", "get_transform", "describe_transform")
    ],
    "devutils.GlueJobUtils (+Job, Command, Connections, ExecutionProperty)": [
        f"awsglue.devutils.{name}" for name in "GlueJobUtils Job Command Connections ExecutionProperty".split()
    ],
    "scripts.* (crawler_undo, crawler_redo_from_backup, scripts_utils, activate_etl_connector, connector_activation_util)": [
        f"awsglue.scripts.{name}"
        for name in (
            "crawler_undo crawler_redo_from_backup scripts_utils activate_etl_connector connector_activation_util"
        ).split()
    ],
    "awsgluedq.transforms.EvaluateDataQuality().process_rows": [
        "awsgluedq.transforms.EvaluateDataQuality.process_rows"
    ],
    "awsglueml.transforms.EntityDetector.classify_columns / classifyColumns": [
        f"awsglueml.transforms.EntityDetector.{name}" for name in ("classify_columns", "classifyColumns")
    ],
    "awsglue.blueprint.{workflow.Workflow, job.Job, crawler.Crawler}": [
        f"awsglue.blueprint.{name}" for name in ("workflow.Workflow", "job.Job", "crawler.Crawler")
    ],
}
"""Rows of the facts that name more than one callable."""


def qualified(row: facts.Callable) -> list[str]:
    """Return the qualified names that a row of the facts stands for."""
    if row.name in SPELLED_OUT:
        return SPELLED_OUT[row.name]
    if row.kind == "gs helper":
        return [f"awsglue.dynamicframe.DynamicFrame.{row.name}", f"pyspark.sql.DataFrame.{row.name}"]
    if row.name.startswith(("awsgluedq.", "awsglueml.")):
        return [row.name]
    return [f"awsglue.{row.name}" + (".apply" if row.kind == "transform" else "")]


@pytest.mark.parametrize("row", facts.callables().values(), ids=lambda row: row.name[:40])
def test_every_callable_is_answered_for(row: facts.Callable) -> None:
    if row.name in ORDINARY_FUNCTIONS:
        return
    assert [name for name in qualified(row) if name not in CLAIMED] == []


def test_the_ordinary_functions_are_rows_of_the_facts() -> None:
    inline = {row.name for row in facts.callables().values() if row.kind == "Studio inline function"}
    assert inline == set(ORDINARY_FUNCTIONS)


@pytest.mark.parametrize(
    "row",
    [
        row
        for row in facts.callables().values()
        if row.kind == "transform" and re.fullmatch(r"transforms\.\w+", row.name)
    ],
    ids=lambda row: row.name,
)
def test_no_transform_vanishes(convert, row: facts.Callable) -> None:
    """Called without a single argument, no transform is rewritten: each says what is missing."""
    name = row.name.split(".")[1]
    conversion = convert(f"from awsglue.transforms import {name}\n\nresult = {name}.apply()\n")
    assert f"{name}.apply()" in conversion.after
    assert any(found.severity is Severity.BLOCKER and found.line == 3 for found in conversion.findings)
