"""Flatten nested data: Relationalize, UnnestFrame, Unbox, DynamoDB JSON -> helpers on the frame's schema.

Glue: aws-glue-api-crawler-pyspark-transforms-{Relationalize,UnnestFrame,Unbox}. Generated keys differ from run to run in Glue
itself; the root and its children join the same way.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Finding
from glue2lakehouse.tools.rewrite.analyses.stages import counts
from glue2lakehouse.tools.rewrite.io import bookmarks
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rule
from glue2lakehouse.tools.rewrite.rules.fields import helper


class Relationalize(Rule):
    """A dict of the root and one frame for every array; nothing is staged, so the staging path goes."""

    name = "relationalize"
    glue = ("awsglue.transforms.Relationalize.apply", f"{DYNAMIC_FRAME}.relationalize")
    example = Example(
        before="from awsglue.transforms import Relationalize\n\n\ndef flat(frame):\n"
        '    return Relationalize.apply(frame=frame, staging_path="s3://tmp/", name="root")\n',
        after='from glue_compat import relationalize\n\n\ndef flat(frame):\n    return relationalize(frame, "root")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        name = call.argument("name", "root_table_name") or ast.Constant("roottable")
        call.drop("staging_path", "options")
        answer = helper(
            "relationalize", "relationalize({frame}, {name})",
            "keys of pivoted arrays only join within the run; undocumented: a null or empty array has a null key and no rows, "
            "a null text in an array stays null, maps stay whole, a null struct leaves no column of its own; compute without checkpoints needs a staging path",
            frame=call.frame, name=name,
        )  # fmt: skip
        return replace(answer, findings=(*answer.findings, *_keys_of_runs(call)))


def _keys_of_runs(call: GlueCall) -> tuple[Finding, ...]:
    """Say that keys start anew in each run: under bookmarks Glue's go on where the last run ended."""
    context = call.argument("transformation_ctx")
    if bookmarks.enabled(call) is not True or context is None or call.literal(context) in ("", None):
        return ()
    return (
        call.warning(
            "under bookmarks Glue's keys of pivoted arrays go on from run to run; these start anew in each, so rows that several runs "
            "append join to those of other runs",
            "add a column that names the run to the root and its children, and join by it too; or overwrite the targets",
        ),
    )


class Unnest(Rule):
    """Struct members become columns with dots in their names."""

    name = "unnest"
    glue = ("awsglue.transforms.UnnestFrame.apply", f"{DYNAMIC_FRAME}.unnest")
    example = Example(
        before="from awsglue.transforms import UnnestFrame\n\n\ndef flat(frame):\n    return UnnestFrame.apply(frame)\n",
        after="from glue_compat import unnest\n\n\ndef flat(frame):\n    return unnest(frame)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The helper `unnest`; arrays stay."""
        return helper(
            "unnest",
            "unnest({frame})",
            "no array holds structs; undocumented: maps stay, and a null struct leaves no column of its own",
            frame=call.frame,
        )


class Unbox(Rule):
    """Parse a text column in place; the schema has to be known, because `from_json` does not infer one."""

    name = "unbox"
    glue = ("awsglue.transforms.Unbox.apply", f"{DYNAMIC_FRAME}.unbox")
    example = Example(
        before="from awsglue.transforms import Unbox\n\n\ndef parse(frame):\n"
        '    return Unbox.apply(frame=frame, path="body", format="json")\n',
        after='from glue_compat import unbox_json\n\n\ndef parse(frame):\n    return unbox_json(frame, "body")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """JSON without a schema goes to the helper `unbox_json`, which infers one from all rows as Glue does."""
        path, form = call.argument("path"), call.constant("format")
        if form != "json" or path is None:
            return call.blocker(
                f"a {form if form is not NOT_LITERAL else 'computed'} text is unboxed",
                "parse it with from_csv or from_avro and a schema",
            )
        if call.bound.extra:
            call.drop_everything()
            return call.blocker(
                "Unbox is given a schema or options in Glue's notation", "use from_json with a DDL schema"
            )
        name = "unbox_json_counted" if counts(call) else "unbox_json"
        return helper(
            name, "{name}({frame}, {path})", "texts that are no JSON object or array are errors and go (undocumented)",
            name=name, frame=call.frame, path=path,
        )  # fmt: skip


class DynamoJson(Rule):
    """DynamoDB's type tags are taken off by the frame's schema: the helpers `unnest_ddb_json` and `simplify_ddb_json`."""

    name = "dynamodb-json"
    glue = (f"{DYNAMIC_FRAME}.unnest_ddb_json", f"{DYNAMIC_FRAME}.simplify_ddb_json")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef items(frame: DynamicFrame):\n"
        "    return frame.simplify_ddb_json()\n",
        after="from pyspark.sql import DataFrame\nfrom glue_compat import simplify_ddb_json\n\n\n"
        "def items(frame: DataFrame):\n    return simplify_ddb_json(frame)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Numbers stay text, as in Glue."""
        return helper(
            call.leaf, "{name}({frame})", "no attribute holds values of more than one DynamoDB type",
            name=call.leaf, frame=call.receiver,
        )  # fmt: skip


class Spigot(Rule):
    """A sample written aside; the frame itself passes through."""

    name = "spigot"
    glue = ("awsglue.transforms.Spigot.apply", f"{DYNAMIC_FRAME}.spigot")
    example = Example(
        before="from awsglue.transforms import Spigot\n\n\ndef peek(frame):\n"
        '    return Spigot.apply(frame, "s3://tmp/sample", {"topk": 10})\n',
        after="from glue_compat import spigot\n\n\ndef peek(frame):\n"
        '    return spigot(frame, "s3://tmp/sample", {"topk": 10})\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Which records are in the sample is arbitrary in Glue."""
        path, options = call.argument("path"), call.argument("options")
        if path is None:
            return call.blocker("the sample has no path", "pass path")
        return helper(
            "spigot", "spigot({frame}, {path}, {options})", "which records are sampled does not matter",
            frame=call.frame, path=path, options=options if options is not None else "{}",
        )  # fmt: skip
