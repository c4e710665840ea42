"""Frames from local data or an RDD: `create_dynamic_frame_from_rdd` -> `spark.createDataFrame`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (create_dynamic_frame_from_rdd). It is createDataFrame and fromDF;
Unity Catalog's standard and serverless compute have no RDD to give it.
"""

from glue2lakehouse.domain import Certainty, Compute
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.unpacking import session_of


class FromRdd(Rule):
    """The name of a frame has no effect on the data."""

    name = "from-rdd"
    glue = (f"{READER}.from_rdd", f"{GLUE_CONTEXT}.create_dynamic_frame_from_rdd")
    example = Example(
        before="from awsglue.context import GlueContext\n\n\ndef local(context: GlueContext):\n"
        '    return context.create_dynamic_frame_from_rdd([(1, "a")], "letters", "id int, letter string")\n',
        after="from pyspark.sql import SparkSession\n\n\ndef local(context: SparkSession):\n"
        '    return context.createDataFrame([(1, "a")], "id int, letter string")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Data that is known to be an RDD, or not known, is handed off where the compute has none."""
        data, schema = call.argument("data"), call.argument("schema")
        ratio = call.argument("sampleRatio", "sample_ratio")
        label = call.argument("name")
        call.drop("transformation_ctx")
        if data is None:
            return call.blocker("no data is given", "pass data")
        local = call.kind(data).tag in ("list", "tuple")
        if not local and call.settings.compute is not Compute.CLASSIC:
            return call.blocker(
                "the frame may be made of an RDD, which this compute does not have",
                "read the data as a DataFrame, or use spark.createDataFrame on local data",
            )
        arguments: Code = code("{data}", data=data)
        for piece, name in ((schema, "schema"), (ratio, "samplingRatio")):
            if piece is not None:
                named = "" if name == "schema" else f"{name}="
                arguments = code("{before}, {named}{piece}", before=arguments, named=named, piece=piece)
        return Rewrite(
            code("{session}.createDataFrame({arguments})", session=session_of(call), arguments=arguments),
            certainty=Certainty.CONDITIONAL,
            condition="without a schema Spark infers bigint for whole numbers, as Glue does through Spark",
            findings=(
                call.info(
                    f"data= goes by position, and name={call.text(label) if label is not None else ''} goes: a DataFrame has no name",
                    "",
                ),
            ),
        )
