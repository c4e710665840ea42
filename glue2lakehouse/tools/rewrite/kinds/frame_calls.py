"""Whose method is called where an object may be a DynamicFrame or a DataFrame: what only one of them has, or takes, tells."""

import ast
from collections.abc import Collection, Sequence

from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, Kind

ONLY_DATA_FRAMES = frozenset(
    "alias agg cache checkpoint colRegex collect corr cov createOrReplaceTempView createTempView crossJoin crosstab cube "
    "describe distinct drop dropDuplicates drop_duplicates dropna exceptAll explain fillna first foreach foreachPartition "
    "freqItems groupBy groupby head hint intersect intersectAll isEmpty limit localCheckpoint melt na observe orderBy persist "
    "randomSplit repartitionByRange replace rollup sample sampleBy select selectExpr sort sortWithinPartitions subtract "
    "summary tail take toJSON toLocalIterator toPandas transform unionAll unionByName unpersist unpivot where withColumn "
    "withColumnRenamed withColumns withMetadata withWatermark writeTo".split()
)
"""Methods that a DynamicFrame has under no name."""
ALIKE = frozenset({"repartition", "coalesce"})
"""Methods that do the same where they are given a number, and that a conversion leaves as they are."""
_CONDITIONS = (ast.Compare, ast.BinOp, ast.BoolOp, ast.UnaryOp, ast.JoinedStr)


def whose(method: str, node: ast.Call, arguments: Sequence[Kind], keywords: Collection[str | None]) -> str:
    """Return the class whose method a call reaches; empty where that is not told."""
    if method in ONLY_DATA_FRAMES or (method in ALIKE and len(arguments) == 1 and not keywords):
        return DATA_FRAME
    if method == "toDF" and arguments and all(each.tag == "text" or each.is_a("str") for each in arguments):
        return DATA_FRAME
    if method == "map":
        return DYNAMIC_FRAME
    if method == "filter":
        return _filter(node, arguments, keywords)
    return _join(arguments, keywords) if method == "join" else ""


_OF_COLUMNS = frozenset(
    "isNull isNotNull isin startswith endswith contains like rlike ilike between eqNullSafe cast col expr isnull isnan".split()
)
"""Calls that give a column."""


def _is_condition(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return (node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")) in _OF_COLUMNS
    return isinstance(node, _CONDITIONS)


def _filter(node: ast.Call, arguments: Sequence[Kind], keywords: Collection[str | None]) -> str:
    """A DynamicFrame's takes a function, a DataFrame's a condition."""
    if "f" in keywords or (arguments and arguments[0].tag == "function"):
        return DYNAMIC_FRAME
    told = "condition" in keywords or (
        bool(arguments) and (arguments[0].tag == "text" or arguments[0].is_a("str") or _is_condition(node.args[0]))
    )
    return DATA_FRAME if told else ""


def _join(arguments: Sequence[Kind], keywords: Collection[str | None]) -> str:
    """A DynamicFrame's takes the names of both sides first, a DataFrame's the other frame."""
    if {"paths1", "paths2", "frame2"} & set(keywords):
        return DYNAMIC_FRAME
    if {"other", "on", "how"} & set(keywords):
        return DATA_FRAME
    first = arguments[0] if arguments else None
    if first is not None and (first.is_a(DATA_FRAME) or first.is_a(DYNAMIC_FRAME)):
        return DATA_FRAME
    return DYNAMIC_FRAME if first is not None and first.tag in ("list", "text") else ""
