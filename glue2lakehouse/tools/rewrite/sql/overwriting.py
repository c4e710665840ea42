"""Overwriting partitions: INSERT OVERWRITE and `insertInto` replace what the rows name in a Hive table, all of any other.

Spark: insert-overwrite-table, `spark.sql.sources.partitionOverwriteMode` (static by default; Hive's own tables are always dynamic).
Tables of crawlers, Athena and Glue's sinks are Hive's in Glue, and Delta or file tables of Unity Catalog afterwards.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Compute, Finding
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.literals import HOLE
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite
from glue2lakehouse.tools.rewrite.sql.commands import NAMES

_MODE = "spark.sql.sources.partitionOverwriteMode"
_OVERWRITES = re.compile(
    rf"\bINSERT\s+OVERWRITE\s+(?:TABLE\s+)?(?!(?:LOCAL|DIRECTORY)\b)(?P<name>{NAMES})\s*(?:PARTITION\s*\((?P<part>[^)]*)\))?",
    re.IGNORECASE,
)
_MAY_OVERWRITE = re.compile(r"\bINSERT\s+OVERWRITE\b(?!\s+(?:LOCAL|DIRECTORY)\b)", re.IGNORECASE)
_SET = re.compile(r"(?<!\bget\(.)\bspark\.sql\.sources\.partitionOverwriteMode\b(?!\W+static\b)", re.IGNORECASE)
"""What sets the mode for the session; `option("partitionOverwriteMode", …)` sets it for one write."""
_COMMENTS = re.compile(r"--[^\n]*|/\*[\s\S]*?\*/")
_OF_HIVE = ("spark_catalog.", "awsdatacatalog.")
"""Before a table of two levels; any other catalog is Iceberg's."""
_HIVES = "the Glue table is one of Hive's, as crawlers, Athena and Glue make them; of one that Spark made, Glue replaces all rows"


def overwriting(call: GlueCall, sql: str, answer: Answer) -> Answer:
    """Add to the answer for SQL text what an INSERT OVERWRITE needs to replace what it replaces in Glue.

    Partitions that the rows name are overwritten by a helper that sets the mode for the statement; a statement that names no
    partition may be meant so. Where the program sets the mode itself, or names a catalog of Iceberg's, nothing is added.
    """
    named = _OVERWRITES.finditer(_COMMENTS.sub(" ", sql))
    found = [match for match in named if match["name"].count(".") < 2 or _is_of_hive(match["name"])]
    if not found or _sets_mode(call):
        return answer
    by_rows = [match for match in found if match["part"] is not None and _is_open(match["part"])]
    if by_rows:
        return _by_rows(call, re.sub(f"{HOLE}+", "…", by_rows[0]["part"]).strip(), answer)
    if all(match["part"] is not None for match in found):
        return answer
    return _with(answer, whole_table(call, "INSERT OVERWRITE without PARTITION"))


def overwriting_unread(call: GlueCall) -> list[Finding]:
    """Return what has to be said where SQL that is put together at run time may be an INSERT OVERWRITE: the project has such a text."""
    if _sets_mode(call) or not any(_MAY_OVERWRITE.search(each.source) for each in call.place.world.modules.values()):
        return []
    return [whole_table(call, "SQL text that is put together at run time: an INSERT OVERWRITE")]


def inserted_over(call: GlueCall) -> list[Finding]:
    """Return what has to be said of `frame.write.insertInto(table)` that overwrites."""
    given = [*call.node.args[1:2], *(keyword.value for keyword in call.node.keywords if keyword.arg == "overwrite")]
    overwrites = bool(given) and not (isinstance(given[0], ast.Constant) and not given[0].value)
    if not (overwrites or _mode_of(call) == "overwrite") or _sets_mode(call):
        return []
    return [whole_table(call, "`insertInto` that overwrites")]


def whole_table(call: GlueCall, what: str) -> Finding:
    """Say what differs where it is not known whether the table has partitions."""
    return call.warning(
        f"{what} replaces only the partitions that the rows name where a table of Hive's has partitions, and all rows of the "
        "table on Databricks",
        f"if the table has partitions, set {_MODE} to dynamic before it; serverless compute refuses the setting: "
        "INSERT INTO … REPLACE USING (the partition columns)",
    )


def _by_rows(call: GlueCall, part: str, answer: Answer) -> Answer:
    message = f"Hive replaces only the partitions that the rows name: {_MODE} is dynamic for the statement"
    if call.settings.compute is Compute.SERVERLESS or len(call.node.args) != 1 or call.node.keywords:
        return _with(
            answer,
            call.blocker(
                f"INSERT OVERWRITE … PARTITION ({part}) replaces only the partitions that the rows name in Glue, and all rows of "
                "the table on Databricks",
                f"write INSERT INTO … REPLACE USING ({part}), or set {_MODE} to dynamic where the compute takes it",
            ),
        )
    done = answer if isinstance(answer, Rewrite) else Rewrite(findings=_listed(answer))
    condition = "; ".join(filter(None, (done.condition, _HIVES)))
    return replace(
        done,
        code=code("overwrite_partitions({session}, {text})", session=call.receiver, text=call.node.args[0]),
        certainty=max(done.certainty, Certainty.CONDITIONAL, key=list(Certainty).index),
        condition=condition,
        imports=(*done.imports, "from glue_compat import overwrite_partitions"),
        compat=(*done.compat, "overwrite_partitions"),
        findings=(*done.findings, call.info(message, "")),
    )


def _is_open(part: str) -> bool:
    """Whether a PARTITION clause leaves a column to the rows; one that is computed as a whole may."""
    return any("=" not in item for item in part.split(","))


def _is_of_hive(name: str) -> bool:
    return name.replace("`", "").lower().startswith(_OF_HIVE)


def _sets_mode(call: GlueCall) -> bool:
    """Whether the mode is set by the module, or by one that every program with it runs; a comment sets nothing."""
    world, own = call.place.world, call.place.module.path
    return any(
        (module.path == own or world.load_order.always_with(own, module.path)) and _SET.search(ast.unparse(module.tree))
        for module in world.modules.values()
        if _SET.search(module.source)
    )


def _mode_of(call: GlueCall) -> str:
    """Return the mode that a chain of a writer's methods was given last; one that is not seen may be any."""
    chain = call.value_of(call.receiver)
    while isinstance(chain, ast.Call | ast.Attribute):
        if isinstance(chain, ast.Call) and isinstance(chain.func, ast.Attribute) and chain.func.attr == "mode":
            given = next(iter([*chain.args, *(keyword.value for keyword in chain.keywords)]), None)
            return str(given.value).lower() if isinstance(given, ast.Constant) else "overwrite"
        if isinstance(chain, ast.Attribute) and chain.attr == "write":
            return ""
        chain = call.value_of(chain.func if isinstance(chain, ast.Call) else chain.value)
    return "overwrite"


def _with(answer: Answer, finding: Finding) -> Answer:
    if isinstance(answer, Rewrite):
        return replace(answer, findings=(*answer.findings, finding))
    return [*_listed(answer), finding]


def _listed(answer: Finding | Sequence[Finding]) -> tuple[Finding, ...]:
    return (answer,) if isinstance(answer, Finding) else tuple(answer)
