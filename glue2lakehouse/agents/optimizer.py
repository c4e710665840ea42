"""The optimizer agent: recommends Lakehouse features for the tables that converted code writes.

It proposes no figure that was not measured: `estimated_improvement` stays None without statistics of the table.
"""

import ast
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from glue2lakehouse.agents.dialogue import Model, Usage
from glue2lakehouse.tools.optimize import recommend

NAME = "optimization"

_PLAIN_FORMATS = frozenset({"parquet", "orc", "csv", "json", "avro"})


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OptimizerInput(_Value):
    """What the requirements hand the agent for one table; `code` where a converted file is looked at instead."""

    table_name: str = ""
    current_format: str = ""
    row_count: int | None = None
    partition_columns: list[str] = Field(default_factory=list)
    query_patterns: list[str] = Field(default_factory=list)
    code: str = ""


class Recommendation(_Value):
    """One thing to do, and why; a figure only with its source."""

    type: str
    priority: Literal["high", "medium", "low"]
    benefit: str
    columns: list[str] = Field(default_factory=list)
    line: int = 0
    estimated_improvement: str | None = None
    reason: str = ""
    source: str = ""


class OptimizerReply(_Value):
    """Recommendations, the most valuable first."""

    recommendations: tuple[Recommendation, ...]
    usage: Usage = Usage()


def optimize(task: OptimizerInput, model: Model | None = None) -> OptimizerReply:
    """Return recommendations for one table, or for the writes in one converted file."""
    found = _for_table(task) if task.table_name else _for_code(task.code)
    order = {"high": 0, "medium": 1, "low": 2}
    return OptimizerReply(recommendations=tuple(sorted(found, key=lambda item: order[item.priority])))


def _for_table(task: OptimizerInput) -> list[Recommendation]:
    advice = recommend(
        task.table_name,
        task.current_format,
        row_count=task.row_count,
        partition_columns=task.partition_columns,
        query_patterns=task.query_patterns,
    )
    return [
        Recommendation(
            type=item.type,
            priority=item.priority,
            benefit=item.benefit,
            columns=list(item.columns),
            estimated_improvement=item.estimated_improvement,
            reason=item.reason,
            source=item.source,
        )
        for item in advice
    ]


def _for_code(code: str) -> list[Recommendation]:
    try:
        tree = ast.parse(code)
    except (SyntaxError, ValueError):
        return []
    calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
    return [found for call in calls if (found := _plain_file_write(call)) is not None]


def _plain_file_write(call: ast.Call) -> Recommendation | None:
    chain = _chain(call)
    if "write" not in chain:
        return None
    written = next((name for name in chain if name in _PLAIN_FORMATS), "") or _format_of(call)
    last = chain[0] if chain else ""
    if written not in _PLAIN_FORMATS or last not in _PLAIN_FORMATS | {"save", "saveAsTable"}:
        return None
    benefit = f"this write makes {written} files: a Delta table adds transactions, time travel and file statistics"
    return Recommendation(type="CONVERT_TO_DELTA", priority="medium", benefit=benefit, line=call.lineno)


def _chain(node: ast.expr) -> list[str]:
    """Return attribute names from the last call to the first: `df.write.mode(x).parquet(y)` -> parquet, mode, write."""
    names = []
    current: Any = node
    while isinstance(current, ast.Call | ast.Attribute):
        if isinstance(current, ast.Attribute):
            names.append(current.attr)
            current = current.value
        else:
            current = current.func
    return names


def _format_of(node: ast.expr) -> str:
    current: Any = node
    while isinstance(current, ast.Call | ast.Attribute):
        if isinstance(current, ast.Call):
            named = isinstance(current.func, ast.Attribute) and current.func.attr == "format"
            if named and current.args and isinstance(current.args[0], ast.Constant):
                return str(current.args[0].value)
            current = current.func
        else:
            current = current.value
    return ""
