"""Do without what a shared cluster keeps between jobs: global temporary views, and the cache of serverless compute.

Databricks: limitations of standard access mode and of serverless compute. A job is one session there, so that a view of the
session is seen by all of it.
"""

from glue2lakehouse.domain import Certainty, Compute
from glue2lakehouse.tools.rewrite.compute import around_glue, shown, without_context
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code

_SESSION_VIEWS = {
    "createGlobalTempView": "createTempView",
    "createOrReplaceGlobalTempView": "createOrReplaceTempView",
}


class GlobalViews(Rule):
    """A temporary view of the session in place of the global one; SQL that names `global_temp.v` names `v`."""

    name = "global-views"
    glue = tuple(f"{DATA_FRAME}.{name}" for name in _SESSION_VIEWS)
    example = Example(
        before="from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'spark.table("sales.orders").createOrReplaceGlobalTempView("orders")\n'
        'spark.sql("select * from global_temp.orders").show()\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'spark.table("main.sales.orders").createOrReplaceTempView("orders")\n'
        'spark.sql("select * from orders").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """On classic compute there are global views; a name that is computed cannot be followed into the SQL."""
        call.drop_everything()
        if not without_context(call):
            return ()
        name = call.node.args[0] if len(call.node.args) == 1 else None
        if not isinstance(call.literal(name), str) or name is None:
            return call.blocker(
                "a global temporary view is named at run time, and this compute has none",
                "make it a view of the session, and drop global_temp. where it is read",
            )
        return Rewrite(
            code("{frame}.{method}({name})", frame=call.receiver, method=_SESSION_VIEWS[call.leaf], name=name),
            certainty=Certainty.CONDITIONAL,
            condition="no other job reads the view, and no view of the session has its name",
            findings=(call.info(f"`{shown(call)}` becomes a view of the session", ""),),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()


class ServerlessCache(Rule):
    """Serverless compute keeps nothing between queries: the frame itself in place of its cached self."""

    name = "serverless-cache"
    glue = tuple(f"{DATA_FRAME}.{name}" for name in ("cache", "persist", "unpersist"))
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """Other compute has a cache, so that nothing changes."""
        call.drop_everything()
        if call.settings.compute is not Compute.SERVERLESS or not around_glue(call):
            return ()
        note = call.info(f"`{shown(call)}` goes: serverless compute has no cache", "")
        if call.stands_alone:
            return Rewrite(remove=True, findings=(note,))
        return Rewrite(
            code("{frame}", frame=call.receiver),
            certainty=Certainty.CONDITIONAL,
            condition="computing the frame again gives the same rows",
            findings=(note,),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()
