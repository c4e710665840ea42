"""DynamicFrames are DataFrames now: `frame.toDF()` -> `frame`, `DynamicFrame.fromDF(df, ctx, name)` -> `df`.

Glue: aws-glue-api-crawler-pyspark-extensions-dynamic-frame (toDF, fromDF). Exact where the frame holds no choice: toDF
turns a choice column into a struct, which a DataFrame that was read by Spark never has.
"""

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.compute import around_glue
from glue2lakehouse.tools.rewrite.kinds.stubs import DELTA_TABLE
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, Provenance
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code


class ToDF(Rule):
    """`toDF()` is the frame itself."""

    name = "to-df"
    glue = (f"{DYNAMIC_FRAME}.toDF", f"{DATA_FRAME}.toDF")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef rows(frame: DynamicFrame) -> int:\n"
        "    return frame.toDF().distinct().count()\n",
        after="from pyspark.sql import DataFrame\n\n\ndef rows(frame: DataFrame) -> int:\n"
        "    return frame.distinct().count()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A ResolveOption says what to do with choices; without choices there is nothing to do."""
        if any(kind.name == DELTA_TABLE for kind in call.kind(call.receiver).members()):
            return call.blocker(
                f"`{call.text(call.receiver)}` may be a Delta table, whose toDF() reads its rows, or a frame",
                "give the table and the frame names of their own",
            )
        if call.name.startswith(DATA_FRAME):
            return self._of_data_frame(call)
        if call.argument("options") is not None:
            return call.blocker(
                "toDF is told how to resolve choice types",
                "cast the column where the frame is read (try_cast), then drop the options",
            )
        provenance = call.frame_facts.provenance
        certainty = Certainty.EXACT if provenance is Provenance.FIXED else Certainty.CONDITIONAL
        return Rewrite(
            code("{frame}", frame=call.receiver),
            certainty=certainty,
            condition="" if certainty is Certainty.EXACT else "no column holds values of more than one type",
        )

    def _of_data_frame(self, call: GlueCall) -> Answer:
        """`df.toDF()` without names: Spark refuses it for any frame that has columns, so the original fails here."""
        given = bool(call.node.args or call.node.keywords)
        call.drop_everything()
        if given or not around_glue(call):
            return ()
        return Rewrite(
            code("{frame}", frame=call.receiver),
            certainty=Certainty.JUDGEMENT,
            findings=(call.warning("toDF() of a DataFrame fails in the original; it goes", "see what was meant here"),),
        )

    def refer(self, use: Use) -> Answer:
        """A DataFrame's own method may be handed on."""
        return () if use.name.startswith(DATA_FRAME) else super().refer(use)


class FromDF(Rule):
    """`fromDF` is the DataFrame itself; the name of a frame has no effect on the data."""

    name = "from-df"
    glue = (f"{DYNAMIC_FRAME}.fromDF",)
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef wrap(df, glue_context):\n"
        '    return DynamicFrame.fromDF(df, glue_context, "df")\n',
        after="def wrap(df, glue_context):\n    return df\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """In a streaming job that infers its schema fromDF is what parses the records."""
        frame = call.argument("dataframe")
        call.drop("glue_ctx", "name")
        if frame is None:
            return call.blocker("fromDF is called without a DataFrame", "pass the DataFrame")
        facts = call.kind(frame).frame
        if facts is not None and facts.streaming:
            return Rewrite(
                code("parse_records({frame})", frame=frame),
                certainty=Certainty.CONDITIONAL,
                condition="every record is a JSON object; the schema is inferred from each batch, as Glue does",
                imports=("from glue_compat import parse_records",),
                compat=("parse_records",),
            )
        return Rewrite(code("{frame}", frame=frame))
