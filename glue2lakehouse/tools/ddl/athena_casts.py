"""Write Athena's casts and divisions as the Spark expressions that give the same value.

Trino: conversion functions, decimal functions. A cast to an integer rounds there and cuts off in Spark; a division of integers
is one there and a DOUBLE in Spark.
"""

import re

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import JSON_TEXT, Made, Said, Unproven, call, info, json_text, warn
from glue2lakehouse.tools.ddl.athena_decimals import divided, round_kept
from glue2lakehouse.tools.ddl.athena_try import in_try, null_for_texts, tried
from glue2lakehouse.tools.ddl.athena_zones import FRACTION, OWN, ZONE
from glue2lakehouse.tools.ddl.kinds import Kinds

_WHOLE = frozenset({"TINYINT", "SMALLINT", "INT", "BIGINT"})
_FRACTIONS = frozenset({"double", "float", "decimal"})


def cast(node: exp.Cast, kinds: Kinds) -> Made:
    """Answer for CAST and TRY_CAST, by the type that is wanted."""
    made, said = _cast(node, kinds)
    return (tried(made) if in_try(node) else made), said


def _cast(node: exp.Cast, kinds: Kinds) -> Made:
    source, given = node.this, kinds.of(node.this)
    said: tuple[Said, ...] = ()
    if of_texts(node.to) and isinstance(source, exp.JSONExtract | exp.ParseJSON):
        return _from_json(source, node.to)
    if isinstance(source, exp.JSONExtract):
        source, given, said = json_text(source), "string", (JSON_TEXT,)
    if node.to.this == exp.DataType.Type.STRUCT:
        return _row(node, kinds)
    made, more = _scalar(source, given, node)
    if isinstance(made, exp.TryCast):
        made, others = null_for_texts(made, source, given, node, _target(node))
        more += others
    return made, said + more


def _target(node: exp.Cast) -> str:
    return node.to.this.name if isinstance(node.to.this, exp.DataType.Type) else str(node.to.this)


def of_texts(to: exp.DataType) -> bool:
    """Say whether a type is an array of texts, or a map of texts by texts; of other elements Athena makes what Spark does not."""
    inner = [
        isinstance(each, exp.DataType) and each.this == exp.DataType.Type.VARCHAR and not each.expressions
        for each in to.expressions
    ]
    return to.this in (exp.DataType.Type.ARRAY, exp.DataType.Type.MAP) and all(inner)


def _from_json(source: exp.JSONExtract | exp.ParseJSON, to: exp.DataType) -> Made:
    text = json_text(source) if isinstance(source, exp.JSONExtract) else source.this
    kind = "ARRAY<STRING>" if to.this == exp.DataType.Type.ARRAY else "MAP<STRING, STRING>"
    said = info(
        "a number in the JSON is written as Spark writes it, and an object inside as its text, where Athena fails"
    )
    return call("FROM_JSON", text, exp.Literal.string(kind)), (said,)


def _scalar(source: exp.Expr, given: str, node: exp.Cast) -> Made:
    target = _target(node)
    arguments = [part.name for part in node.to.expressions]
    if target in ("VARCHAR", "TEXT"):
        return _text(source, given, node, int(arguments[0]) if arguments else None)
    if target in _WHOLE:
        if given in _FRACTIONS:
            return _again(node, call("ROUND", source)), ()
        unknown = (warn(f"{node.sql()[:60]}: a number with a fraction is rounded in Athena and cut off in Spark"),)
        return _again(node, source), () if given in ("int", "string", "boolean") else unknown
    if target == "DECIMAL":
        unknown = (warn(f"{node.sql()[:60]}: a DOUBLE that ends in 5 may be rounded the other way in Spark"),)
        return _again(node, source, _decimal(node)), () if given in ("int", "string", "decimal") else unknown
    exact = arguments in ([], ["6"]) or isinstance(source, exp.Literal)
    if target in ("DATE", "DOUBLE", "FLOAT", "BOOLEAN") or (target == "TIMESTAMP" and exact):
        kind = target if target != "TIMESTAMP" else "timestamp"
        finer = kind == "timestamp" and not arguments and given == "string" and not isinstance(source, exp.Literal)
        said = (info(f"{node.sql()[:60]}: keeps parts of a millisecond of a text in Spark"),) if finer else ()
        return _again(node, source, exp.DataType.build(kind)), said
    if target == "TIMESTAMPTZ" and isinstance(source, exp.Literal):
        return _again(node, source, exp.DataType.build("timestamp", dialect="databricks")), ()
    of = f"a {given}" if given else "a value of unknown type"
    raise Unproven(f"CAST of {of} to {node.to.sql()} is not proven to give the same value")


def _decimal(node: exp.Cast) -> exp.DataType:
    """DECIMAL alone has 38 digits in Athena and 10 in Spark; before a text it has as many as are written there."""
    if node.to.expressions:
        return node.to
    if isinstance(node.this, exp.Literal) and node.this.is_string and not node.this.name.isdigit():
        raise Unproven(f"DECIMAL {node.this.sql()[:40]}: write its precision and scale, DECIMAL(p, s)")
    return exp.DataType.build("DECIMAL(38, 0)")


def _again(node: exp.Cast, source: exp.Expr, to: exp.DataType | None = None) -> exp.Expr:
    maker = exp.TryCast if isinstance(node, exp.TryCast) or in_try(node) else exp.Cast
    return maker(this=source, to=to or node.to)


def _text(source: exp.Expr, given: str, node: exp.Cast, length: int | None) -> Made:
    said: tuple[Said, ...] = ()
    made: exp.Expr
    if given == "timestamp":
        if node.meta.get(ZONE) == OWN:
            raise Unproven(f"{node.sql()[:60]}: the text ends in the offset that was read, which Spark does not keep")
        fraction = node.meta.get(FRACTION, "SSS")
        zone = f" '{node.meta[ZONE]}'" if ZONE in node.meta else ""
        made = call("DATE_FORMAT", source, exp.Literal.string(f"yyyy-MM-dd HH:mm:ss.{fraction}{zone}"))
    elif given in ("", "float"):
        made = _again(node, source, exp.DataType.build("text"))
        said = (
            warn(
                f"{node.sql()[:60]}: a TIMESTAMP or REAL is written otherwise in Athena (it ends in .000, is shorter)"
            ),
        )
    else:
        made = _again(node, source, exp.DataType.build("text"))
        if given == "double":
            # Trino: DoubleOperators.castToVarchar, and issue 20823.
            said = (
                warn(f"{node.sql()[:60]}: a DOUBLE is 1.5E0 as text in Athena's engine version 3, and 1.5 in Spark"),
            )
    return (call("LEFT", made, exp.Literal.number(length)) if length else made), said


def _row(node: exp.Cast, kinds: Kinds) -> Made:
    """Write `CAST(ROW(a, b) AS ROW(x t, y u))` as a struct with those names, each field with its own cast."""
    fields, values = node.to.expressions, node.this.expressions
    if not isinstance(node.this, exp.Struct) or len(fields) != len(values):
        raise Unproven(f"CAST of what is no ROW(…) to {node.to.sql()[:40]} is not proven to give the same value")
    parts: list[exp.Expr] = []
    said: list[Said] = []
    for field, value in zip(fields, values, strict=True):
        made, more = cast(exp.Cast(this=value, to=field.args["kind"]), kinds)
        parts += [exp.Literal.string(field.name), made]
        said += more
    return call("NAMED_STRUCT", *parts), tuple(said)


def divide(node: exp.Div, kinds: Kinds) -> Made:
    """Answer for `/`: whole numbers divide without a rest in Athena."""
    left, right = kinds.of(node.this), kinds.of(node.expression)
    if left == right == "int":
        whole = exp.IntDiv(this=node.this, expression=node.expression)
        kinds.remember(whole, "int")
        return whole, ()
    if "double" in (left, right):
        kinds.remember(node, "double")
        return node, ()
    if (made := divided(node, kinds)) is not None:
        return made
    text = re.sub(r"\s+", " ", node.sql())[:60]
    if left and right:
        raise Unproven(
            f"{text}: cast one side to DOUBLE; Athena's quotient of these types has other digits than Spark's"
        )
    raise Unproven(f"{text}: Athena's division depends on types that are not known from this file")


def average(node: exp.Avg, kinds: Kinds) -> Made:
    """Answer for avg: a DECIMAL keeps its scale in Athena."""
    if kinds.of(node.this) in ("int", "double"):
        kinds.remember(node, "double")
        return node, ()
    return node, (warn("avg of a DECIMAL keeps its scale in Athena and gains four digits in Spark"),)


def rounded(node: exp.Round, kinds: Kinds) -> Made:
    """Answer for round: a DOUBLE is multiplied and cut in Athena, and rounded as it is written in Spark."""
    if node.args.get("decimals") is None or kinds.of(node.this) == "int":
        return node, ()
    if (made := round_kept(node, kinds)) is not None:
        return made
    if kinds.of(node.this) == "decimal":
        return node, (info(f"{node.sql()[:60]}: keeps its zeros behind the point in Athena, as text too"),)
    return node, (
        info("round of a DOUBLE that ends in 5 may differ in its last digit (2.675 is 2.67 in Athena, 2.68 in Spark)"),
    )
