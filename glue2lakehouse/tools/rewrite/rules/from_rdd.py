"""Frames from local data or an RDD: `create_dynamic_frame_from_rdd` -> `spark.createDataFrame`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (create_dynamic_frame_from_rdd). It is createDataFrame and fromDF;
Unity Catalog's standard and serverless compute have no RDD to give it.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.local_rows import SAME_FIELDS, fields_differ
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.compute import is_rdd_of_frame, local_rows, without_context
from glue2lakehouse.tools.rewrite.io.unpacking import session_of
from glue2lakehouse.tools.rewrite.kinds.stubs import READER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules.rdd import account_for


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
        """On compute without RDDs the data can only be rows: what makes an RDD is handed off where it is made."""
        told: tuple[Finding, ...] = ()
        given, schema = call.argument("data"), call.argument("schema")
        ratio = call.argument("sampleRatio", "sample_ratio")
        label = call.argument("name")
        call.drop("transformation_ctx")
        if given is None:
            return call.blocker("no data is given", "pass data")
        rows = local_rows(call, given) if without_context(call) else None
        if rows is not None:
            if fields_differ(call, rows, schema):
                return call.blocker(
                    "the rows have several fields, of which an RDD has those of the first", "pass a schema"
                )
            account_for(call, given)
        elif without_context(call) and call.kind(given).tag not in ("list", "tuple"):
            if is_rdd_of_frame(call, given) or isinstance(given, ast.Call):
                return call.blocker(
                    "the frame may be made of an RDD, which this compute does not have",
                    "read the data as a DataFrame, or use spark.createDataFrame on local data",
                )
            told = (call.warning(
                f"`{call.text(given)}` is a list of rows, as this compute has no RDD", "hand over the rows themselves"
            ),)  # fmt: skip
        data = rows or given
        arguments: Code = code("{data}", data=data)
        for piece, name in ((schema, "schema"), (ratio, "samplingRatio")):
            if piece is not None:
                named = "" if name == "schema" else f"{name}="
                arguments = code("{before}, {named}{piece}", before=arguments, named=named, piece=piece)
        return Rewrite(
            code("{session}.createDataFrame({arguments})", session=session_of(call), arguments=arguments),
            certainty=Certainty.CONDITIONAL,
            condition=f"without a schema {SAME_FIELDS}",
            findings=(*told, call.info(_gone(call, label, of_rdd=rows is not None), "")),
        )


def _gone(call: GlueCall, label: ast.expr | None, of_rdd: bool) -> str:
    named = f"`name={call.text(label) if label is not None else ''}` goes: a DataFrame has no name"
    made = "; parallelize goes, as the rows are handed over themselves" if of_rdd else ""
    return f"data= and schema= go by position, and {named}{made}"
