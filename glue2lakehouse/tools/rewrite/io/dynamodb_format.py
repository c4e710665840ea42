"""Glue's connector of DataFrames for DynamoDB: `spark.read.format("dynamodb")` -> `DynamoDBReader(spark)`.

Glue: aws-glue-programming-etl-connect-dynamodb-dataframe-support (Glue 5.0 and later, with a connection of type DYNAMODB). The
helpers take options and load or save as Spark's reader and writer do, also over variables; they raise for what they do not know.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.io.dynamodb import CONDITIONS, READ_OPTIONS, WRITE_OPTIONS
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite

_HELPERS = {"read": "DynamoDBReader", "write": "DynamoDBWriter"}
_METHODS = {"read": {"option", "options", "load"}, "write": {"option", "options", "mode", "save"}}
_OPTIONS = {
    "read": {key.lower() for key in (*READ_OPTIONS, "dynamodb.throughput.read.ratio")},
    "write": {key.lower() for key in (*WRITE_OPTIONS, "dynamodb.throughput.write.ratio")},
}


def by_format(call: GlueCall) -> Answer:
    """Return the helper in the place of Spark's reader or writer; another library's connector of the same name stays."""
    root, chain = _chain(call)
    if root is None:
        return call.blocker(
            "format dynamodb is set on a reader or writer that was made before",
            'begin with spark.read.format("dynamodb") or frame.write.format("dynamodb")',
        )
    given = {key: call.literal(key) for one in chain if _leaf(one) == "option" for key in one.args[:1]}
    named = [str(name) for name in given.values() if isinstance(name, str)]
    if any(name.lower() in _ANOTHERS for name in named):
        return (
            call.warning(
                f"the options {', '.join(named)} are those of a connector that is a library of its own, not of Glue's",
                "install that library on the compute",
            ),
        )
    unknown = [name for name in named if name.lower() not in _OPTIONS[root.attr]]
    unknown += [f"{_leaf(one)}()" for one in chain if _leaf(one) not in {*_METHODS[root.attr], "format"}]
    unknown += [f"{_leaf(one)}(path)" for one in chain if _leaf(one) in ("load", "save") and (one.args or one.keywords)]
    if unknown:
        return call.blocker(
            f"{', '.join(unknown)} of a dynamodb {root.attr} has no counterpart here",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    helper = _HELPERS[root.attr]
    made = code("{helper}({source})", helper=helper, source=root.value)
    return Rewrite(
        made if call.receiver is root else code("{receiver}", receiver=call.receiver),
        others=() if call.receiver is root else ((root, made),),
        certainty=Certainty.CONDITIONAL,
        condition=CONDITIONS[root.attr],
        imports=(f"from glue_compat import {helper}",),
        compat=(helper,),
        findings=(call.info(f"format dynamodb goes: {helper} takes its place", ""),),
    )


_ANOTHERS = frozenset({"tablename", "readpartitions", "targetcapacity", "filterpushdown"})
"""Options of spark-dynamodb of AudienceProject, whose data source has the same name."""


def _chain(call: GlueCall) -> tuple[ast.Attribute | None, list[ast.Call]]:
    """Return `spark.read` or `frame.write`, and the calls of the chain that begins there; none where it begins elsewhere."""
    calls, source = [call.node], call.receiver
    while isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute):
        calls.insert(0, source)
        source = source.func.value
    parents = call.place.parents
    while isinstance(after := parents.get(attribute := parents.get(calls[-1], call.node)), ast.Call):
        if (
            not isinstance(attribute, ast.Attribute)
            or after.func is not attribute
            or _leaf(calls[-1]) in ("load", "save")
        ):
            break
        calls.append(after)
    return (source if isinstance(source, ast.Attribute) and source.attr in _HELPERS else None), calls


def _leaf(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else ""
