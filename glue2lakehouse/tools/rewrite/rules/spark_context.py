"""Do without the Spark context, which Unity Catalog compute in standard mode and serverless compute does not have.

Databricks: limitations of standard access mode and of serverless compute. What has an equal on the session or the DataFrame
takes it; the rest is reported by the check on compute.
"""

import ast

from glue2lakehouse.domain import Certainty, Compute
from glue2lakehouse.tools.rewrite.kinds.stubs import RDD
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, SPARK_CONTEXT
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.context import SESSION
from glue2lakehouse.tools.rewrite.views import views_of

_COMMITS = ("mapreduce.fileoutputcommitter.", "mapred.output.committer", "mapreduce.outputcommitter.",
            "fs.s3a.committer.", "fs.s3.committer", "parquet.enable.summary-metadata",
            "mapreduce.fileoutputcommitter.marksuccessfuljobs", "fs.s3.consistent", "fs.s3n.multipart",
            "fs.s3a.fast.upload", "fs.s3a.connection.maximum", "fs.s3.maxConnections")  # fmt: skip
"""Settings of how files are committed and fetched, which Databricks has its own way for; no row depends on them."""


class ContextCalls(Rule):
    """The log level, settings of the file committer, rows made from a list, and a look whether there are any."""

    name = "spark-context"
    glue = (
        f"{SPARK_CONTEXT}.setLogLevel",
        "pyspark.HadoopConfiguration.set",
        f"{RDD}.isEmpty",
        f"{RDD}.toDF",
    )
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\nsc.setLogLevel('WARN')\n"
        "frame = spark.sparkContext.parallelize([(1, 2)]).toDF(['a', 'b'])\nprint(frame.rdd.isEmpty())\n",
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "frame = spark.createDataFrame([(1, 2)], ['a', 'b'])\nprint(frame.isEmpty())\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """On classic compute the context is there, so that nothing changes."""
        call.drop_everything()
        if call.settings.compute is Compute.CLASSIC or not views_of(call.place.world).uses_glue:
            return ()
        return getattr(self, "_" + call.leaf.lower())(call)  # type: ignore[no-any-return]

    def _setloglevel(self, call: GlueCall) -> Answer:
        if not call.stands_alone:
            return ()
        note = call.info("the log level is no longer set", "set it for the compute, if the logs are too long")
        return Rewrite(remove=True, findings=(note,))

    def _set(self, call: GlueCall) -> Answer:
        key = call.literal(call.node.args[0]) if call.node.args else NOT_LITERAL
        if not call.stands_alone or not isinstance(key, str) or not key.startswith(_COMMITS):
            return ()
        note = call.info(f"{key} is no longer set", "Databricks commits and fetches files in its own way")
        return Rewrite(remove=True, findings=(note,))

    def _isempty(self, call: GlueCall) -> Answer:
        receiver = call.receiver
        if (
            isinstance(receiver, ast.Attribute)
            and receiver.attr == "rdd"
            and call.kind(receiver.value).is_a(DATA_FRAME)
        ):
            return Rewrite(code("{frame}.isEmpty()", frame=receiver.value))
        return ()

    def _todf(self, call: GlueCall) -> Answer:
        """`sc.parallelize(rows).toDF(schema)`: the number of slices has no effect on the rows."""
        made = call.receiver
        named = isinstance(made, ast.Call) and call.place.world.callees.get(made) == f"{SPARK_CONTEXT}.parallelize"
        if not named or not isinstance(made, ast.Call) or not isinstance(made.func, ast.Attribute) or not made.args:
            return ()
        if call.node.keywords or made.keywords or any(isinstance(node, ast.Starred) for node in made.args):
            return ()
        context = made.func.value
        direct = isinstance(context, ast.Attribute) and context.attr == "sparkContext"
        session = (
            context.value if direct and isinstance(context, ast.Attribute) else "SparkSession.builder.getOrCreate()"
        )
        given = [made.args[0], *call.node.args]
        rows = code("{session}.createDataFrame({rows}", session=session, rows=given[0])
        for node in given[1:]:
            rows = code("{rows}, {node}", rows=rows, node=node)
        return Rewrite(
            code("{rows})", rows=rows),
            certainty=Certainty.CONDITIONAL,
            condition="the order of the rows does not matter",
            imports=() if direct else (SESSION,),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()
