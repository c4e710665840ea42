"""Methods that a DataFrame has as well: `count`, `printSchema`, `show`, `repartition`, `coalesce`, …

Glue: aws-glue-api-crawler-pyspark-extensions-dynamic-frame. What they print looks different; the data is the same.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.compute import without_context
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.options import truth
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.rules.rdd import partitions_of

_PRINTS = "only what is printed differs"


class PlainMethods(Rule):
    """The same method of the DataFrame."""

    name = "plain-methods"
    glue = tuple(f"{DYNAMIC_FRAME}.{name}" for name in "count printSchema show schema getNumPartitions".split())
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef look(frame: DynamicFrame):\n"
        "    frame.show(num_rows=5)\n    frame.printSchema()\n    return frame.count()\n",
        after="from pyspark.sql import DataFrame\n\n\ndef look(frame: DataFrame):\n"
        "    frame.show(5)\n    frame.printSchema()\n    return frame.count()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`count` ignores error records, which a DataFrame does not have; `schema()` becomes the attribute."""
        frame = call.receiver
        if call.leaf == "show":
            rows = call.argument("num_rows")
            shown = code("{frame}.show({rows})", frame=frame, rows=rows if rows is not None else "")
            told = _by_position(call, "num_rows")
            return Rewrite(shown, certainty=Certainty.CONDITIONAL, condition=_PRINTS, findings=told)
        if call.leaf == "schema":
            return self._schema(call)
        if call.leaf == "getNumPartitions":
            if without_context(call):
                return partitions_of(frame)
            return Rewrite(
                code("{frame}.rdd.getNumPartitions()", frame=frame),
                certainty=Certainty.CONDITIONAL,
                condition="the number of partitions is only looked at",
            )
        certainty = Certainty.EXACT if call.leaf == "printSchema" else Certainty.CONDITIONAL
        condition = "" if call.leaf == "printSchema" else "no record of the frame is an error record"
        return Rewrite(
            code("{frame}.{method}()", frame=frame, method=call.leaf), certainty=certainty, condition=condition
        )

    def _schema(self, call: GlueCall) -> Answer:
        """Glue's type objects are others than Spark's: exact where the schema is only printed."""
        parent = call.place.parents.get(call.node)
        json = (
            call.place.parents.get(parent) if isinstance(parent, ast.Attribute) and parent.attr == "jsonValue" else None
        )
        shown = call.place.parents.get(json) if isinstance(json, ast.Call) else parent
        if _is_printed(shown) or call.stands_alone:
            return Rewrite(
                code("{frame}.schema", frame=call.receiver), certainty=Certainty.CONDITIONAL, condition=_PRINTS
            )
        if isinstance(parent, ast.Attribute) and parent.attr not in ("fields", "hasField", "getField"):
            return call.blocker(
                "Glue's schema object is walked through", "use the types of pyspark.sql.types: frame.schema.fields"
            )
        return Rewrite(
            code("{frame}.schema", frame=call.receiver),
            certainty=Certainty.CONDITIONAL,
            condition="the schema is used through what Glue's and Spark's types have in common",
            findings=(
                call.warning("the schema is Spark's StructType now", "check how it is used: types have other names"),
            ),
        )


class Partitioning(Rule):
    """`repartition` and `coalesce`; coalesce with a shuffle is a repartition."""

    name = "partitioning"
    glue = (
        f"{DYNAMIC_FRAME}.repartition",
        f"{DYNAMIC_FRAME}.coalesce",
        "awsglue.transforms.Repartition.apply",
        "awsglue.transforms.Coalesce.apply",
    )
    example = Example(
        before="from awsglue.transforms import Coalesce\n\n\ndef one(frame):\n"
        "    return Coalesce.apply(frame=frame, num_partitions=1, transformation_ctx='c')\n",
        after="def one(frame):\n    return frame.coalesce(1)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Rows do not change."""
        number, shuffle = call.argument("num_partitions"), call.argument("shuffle")
        if number is None:
            return call.blocker("the number of partitions is not given", "pass num_partitions")
        wanted = truth(call.literal(shuffle)) if shuffle is not None else False
        if wanted is None:
            return call.blocker("whether to shuffle is computed at run time", "write it out")
        method = "repartition" if wanted or call.leaf.lower() == "repartition" else "coalesce"
        told = _by_position(call, "num_partitions")
        if wanted and call.leaf.lower() == "coalesce":
            told = (*told, call.info("coalesce with shuffle=True is repartition", ""))
        return Rewrite(
            code("{frame}.{method}({number})", frame=call.frame, method=method, number=number), findings=told
        )


def _by_position(call: GlueCall, name: str) -> tuple[Finding, ...]:
    """Say that a parameter has another name in Spark, where it is given by its own."""
    given = any(keyword.arg == name for keyword in call.node.keywords) and not call.name.endswith(".apply")
    return (call.info(f"{name}= goes by position: Spark has another name for it", ""),) if given else ()


def _is_printed(user: ast.AST | None) -> bool:
    called = user.func if isinstance(user, ast.Call) else None
    return isinstance(user, ast.FormattedValue) or (isinstance(called, ast.Name) and called.id in ("print", "str"))


class FrameSchema(Rule):
    """`with_frame_schema` only spares Glue a pass over the data."""

    name = "with-frame-schema"
    glue = (f"{DYNAMIC_FRAME}.with_frame_schema",)
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef keep(frame: DynamicFrame, schema):\n"
        "    return frame.with_frame_schema(schema)\n",
        after="from pyspark.sql import DataFrame\n\n\ndef keep(frame: DataFrame, schema):\n    return frame\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The frame itself."""
        given = call.argument("schema")
        shown = call.text(given) if given is not None else ""
        return Rewrite(
            code("{frame}", frame=call.receiver),
            certainty=Certainty.CONDITIONAL,
            condition="the schema that is attached is the frame's own",
            findings=(call.info(f"with_frame_schema({shown}) goes: a DataFrame knows its schema", ""),),
        )
