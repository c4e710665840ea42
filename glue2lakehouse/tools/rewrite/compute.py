"""What the target compute lacks: on Unity Catalog compute in standard mode and on serverless there is no Spark context.

Databricks: limitations of standard access mode and of serverless compute (both are Spark Connect).
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_CONTEXT
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, GLUE_CONTEXT, SPARK_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import GlueCall, Place, Use
from glue2lakehouse.tools.rewrite.sql.views import views_of


def around_glue(use: Use) -> bool:
    """Whether the project uses Glue; what a project without it does with Spark comes out byte for byte."""
    return views_of(use.place.world).uses_glue


def without_context(use: Use) -> bool:
    """Whether the Spark context has to go here."""
    return use.settings.compute is not Compute.CLASSIC and around_glue(use)


def session_of(use: Use, context: ast.expr) -> ast.expr:
    """Return the expression that holds the session where this one holds its context: `spark` of `spark.sparkContext`."""
    if isinstance(context, ast.Attribute) and context.attr in ("sparkContext", "_sc"):
        owner = use.kind(context.value)
        if any(map(owner.is_a, (SPARK_SESSION, SQL_CONTEXT, GLUE_CONTEXT))):
            return context.value
    return context


def is_rdd_of_frame(use: Use, node: ast.expr) -> bool:
    """Whether the expression is `frame.rdd`, which only a DataFrame has among what Spark and the project know."""
    if not isinstance(node, ast.Attribute) or node.attr != "rdd":
        return False
    owner = use.kind(node.value)
    return owner.is_a(DATA_FRAME) or (not owner.known and not use.place.world.has_method("rdd"))


def local_rows(use: Use, node: ast.expr | None) -> ast.expr | None:
    """Return the rows of `sc.parallelize(rows)`, whose number of slices has no effect on them."""
    if not isinstance(node, ast.Call) or use.place.world.callees.get(node) != f"{SPARK_CONTEXT}.parallelize":
        return None
    given = {keyword.arg for keyword in node.keywords}
    if any(isinstance(item, ast.Starred) for item in node.args) or not given <= {"c", "numSlices"}:
        return None
    named = next((keyword.value for keyword in node.keywords if keyword.arg == "c"), None)
    return node.args[0] if node.args else named


def shown(call: GlueCall) -> str:
    """Return the text of a call on one line, for a finding that says that it goes."""
    return " ".join(call.text(call.node).split())


_OWN_CLASSES = ("awsglue.", SQL_CONTEXT, SPARK_SESSION)
_HARMLESS = frozenset({"print", "str", "repr", "type", "id", "isinstance"})


def handed_on(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each call that gives the Spark context to code which cannot be seen."""
    if place.settings.compute is Compute.CLASSIC or not views_of(place.world).uses_glue:
        return
    for node in place.nodes.of(ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        if any(place.kind(item).is_a(SPARK_CONTEXT) for item in given) and not _is_seen(place, node):
            yield Finding(
                rule="spark-context",
                severity=Severity.BLOCKER,
                path=place.module.path,
                line=node.lineno,
                message=f"the Spark context is handed to `{ast.unparse(node.func)[:60]}`, whose code cannot be seen here",
                action=f"{place.settings.compute} compute has no Spark context; hand over the session where that is enough",
            )


def _is_seen(place: Place, node: ast.Call) -> bool:
    callee = place.world.callees.get(node, "")
    if callee.startswith(_OWN_CLASSES):
        return True
    if isinstance(node.func, ast.Name) and node.func.id in _HARMLESS:
        return True
    held = place.kind(node.func)
    world = place.world
    if held.tag == "member":
        return world.reached(held) is not None
    if held.tag == "class":
        return held.name in world.classes
    if held.tag == "method" and held.receiver is not None:
        return bool(world.overrides(held.receiver.name, held.name.rsplit(".", 1)[-1]))
    return held.name in world.functions
