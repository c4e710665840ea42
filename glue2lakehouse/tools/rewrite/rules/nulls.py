"""Drop columns without a type: `DropNullFields` -> the helper `drop_null_fields`.

Glue: aws-glue-api-crawler-pyspark-transforms-DropNullFields. Glue drops fields of the null type, not columns full of nulls: a
typed column stays. JSON and XML give the null type to fields that are null in every record, where Spark says string, so for
those the helper looks at the values; but a column that was cast has a type, even where nothing could be cast.
"""

from glue2lakehouse.tools.rewrite.kinds.values import Provenance
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rule, code
from glue2lakehouse.tools.rewrite.rules.fields import helper


class DropNullFields(Rule):
    """By type where columns are typed, by value where they were inferred from records."""

    name = "drop-null-fields"
    glue = ("awsglue.transforms.DropNullFields.apply",)
    example = Example(
        before="from awsglue.transforms import DropNullFields\n\n\ndef slim(frame):\n"
        "    return DropNullFields.apply(frame=frame)\n",
        after="from glue_compat import drop_null_fields\n\n\ndef slim(frame):\n    return drop_null_fields(frame)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        inferred = call.frame_facts.provenance is Provenance.CHOICE
        if inferred:
            cast = ", ".join(map(quoted, sorted(call.frame_facts.typed)))
            return helper(
                "drop_null_fields", "drop_null_fields({frame}, untyped=True{cast})",
                "what is null in every row has no type in Glue: the columns come from JSON or XML as they were read, or from a Map "
                "(of which that is not documented)",
                frame=call.frame, cast=code(", typed=[{names}]", names=cast) if cast else code(""),
            )  # fmt: skip
        known = call.frame_facts.provenance in (Provenance.FIXED, Provenance.CATALOG)
        condition = "" if known else "the columns have types of their own"
        return helper("drop_null_fields", "drop_null_fields({frame})", condition, frame=call.frame)
