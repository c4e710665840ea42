"""Ask a DataFrame for its session by `sparkSession`: `df._jdf.sparkSession()` and `df.sql_ctx` -> `df.sparkSession`.

PySpark: DataFrame.sparkSession (since 3.3). A batch of a stream runs in a session of its own, which older Spark gives only so.
"""

import ast

from glue2lakehouse.tools.rewrite.kinds.stubs import JAVA_FRAME
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.sql.views import views_of


class FrameSession(Rule):
    """The JVM's session only where it runs a statement: what its `sql` gives is no DataFrame of Python's."""

    name = "frame-session"
    glue = (f"{JAVA_FRAME}.sparkSession", f"{DATA_FRAME}.sql_ctx")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef merge(frame: DynamicFrame):\n"
        "    frame.toDF()._jdf.sparkSession().sql('DELETE FROM sales.orders')\n",
        after="from pyspark.sql import DataFrame\n\n\ndef merge(frame: DataFrame):\n"
        "    frame.sparkSession.sql('DELETE FROM main.sales.orders')\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """What is done with the session otherwise stays, for the check of what compute refuses."""
        call.drop_everything()
        parents = call.place.parents
        method = parents.get(call.node)
        asked = parents.get(method) if isinstance(method, ast.Attribute) and method.attr == "sql" else None
        java = call.receiver
        alone = isinstance(asked, ast.Call) and isinstance(parents.get(asked), ast.Expr)
        if not alone or not isinstance(java, ast.Attribute) or not views_of(call.place.world).uses_glue:
            return ()
        note = call.info("`_jdf.sparkSession()` is `sparkSession`", "")
        return Rewrite(code("{frame}.sparkSession", frame=java.value), findings=(note,))

    def refer(self, use: Use) -> Answer:
        """The context of a DataFrame hands everything on to the session."""
        if not isinstance(use.node, ast.Attribute) or not views_of(use.place.world).uses_glue:
            return ()
        note = use.info("`sql_ctx` of a DataFrame is its `sparkSession`", "")
        return Rewrite(code("{frame}.sparkSession", frame=use.node.value), findings=(note,))
