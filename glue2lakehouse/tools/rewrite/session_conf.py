"""Settings of a SparkConf, which a Spark context takes when it is made: there is one already, and its session takes them.

Databricks: on dedicated compute the context is made before the job, `SparkContext(...)` is refused, and
`SparkContext.getOrCreate(conf)` passes the settings over. The session's builder takes those that a session has.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.compute import around_glue, shown, without_context
from glue2lakehouse.tools.rewrite.kinds.values import SPARK_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite, Use, code

_SESSION = "from pyspark.sql import SparkSession"


def conf_given(call: ast.Call) -> ast.expr | None:
    """Return the SparkConf that a context is made of, where that is all that it is made of."""
    by_name = {keyword.arg: keyword.value for keyword in call.keywords}
    if not call.args and set(by_name) == {"conf"}:
        return by_name["conf"]
    made_or_found = isinstance(call.func, ast.Attribute) and call.func.attr == "getOrCreate"
    alone = made_or_found and len(call.args) == 1 and not call.keywords and not isinstance(call.args[0], ast.Starred)
    return call.args[0] if alone else None


def labels_of(call: ast.Call) -> dict[str, ast.expr] | None:
    """Return the master and the name that a context is made with, None where there is more to it."""
    given = dict(zip(("master", "appName"), call.args, strict=False))
    given |= {keyword.arg or "**": keyword.value for keyword in call.keywords}
    starred = any(isinstance(item, ast.Starred) for item in call.args)
    return None if starred or len(call.args) > 2 or given.keys() - {"master", "appName"} else given


def session_with(use: Use, conf: ast.expr, then: str = "") -> Rewrite:
    """Return the session that takes the settings of a SparkConf, which may be None where nothing tells what it is."""
    builder = "SparkSession.builder.config(conf={conf})"
    if not _makes_conf(use, use.value_of(conf)):
        builder = f"({builder} if {{conf}} is not None else SparkSession.builder)"
    return Rewrite(
        code(f"{builder}.getOrCreate(){then}", conf=conf),
        certainty=Certainty.CONDITIONAL,
        condition="the compute's Spark config has the settings that only count when a cluster starts",
        imports=(_SESSION,),
        findings=(
            use.warning(
                "settings of a SparkConf that count when a cluster starts do nothing on a running one",
                "move them into the Spark config of the job's compute",
            ),
        ),
    )


def made_with_conf(use: Use, context: ast.expr | None) -> ast.expr | None:
    """Return the SparkConf of a context that is made where it is handed over: `GlueContext(SparkContext(conf=conf))`."""
    if not isinstance(context, ast.Call):
        return None
    maker = use.place.world.callees.get(context, "")
    return conf_given(context) if maker in (SPARK_CONTEXT, f"{SPARK_CONTEXT}.getOrCreate") else None


def context_that_is_there(call: GlueCall) -> Answer:
    """Return the context that classic compute has already, in place of one that a job makes; the conf goes to its session."""
    if without_context(call) or not around_glue(call):
        return ()
    if (conf := conf_given(call.node)) is not None:
        return session_with(call, conf, ".sparkContext")
    if call.leaf == "getOrCreate":
        return ()
    if (labels := labels_of(call.node)) is None:
        return call.blocker(
            "a Spark context is made with settings of its own, which Databricks refuses: there is one already",
            "take SparkContext.getOrCreate(), and move the settings into the Spark config of the job's compute",
        )
    told = (call.info(f"`{shown(call)}`: the compute has a master and a name of its own", ""),) if labels else ()
    return Rewrite(code("{maker}.getOrCreate()", maker=call.node.func), findings=told)


def _makes_conf(use: Use, node: ast.expr | None) -> bool:
    """Whether the expression is `SparkConf()` or a chain of settings on it, so that it cannot be None."""
    while isinstance(node, ast.Call):
        if use.kind(node).is_a("pyspark.SparkConf"):
            return True
        node = node.func.value if isinstance(node.func, ast.Attribute) else None
    return False
