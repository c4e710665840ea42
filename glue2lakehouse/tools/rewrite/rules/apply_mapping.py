"""Select, rename and cast columns: `ApplyMapping` -> `selectExpr`.

Glue: aws-glue-api-crawler-pyspark-transforms-ApplyMapping. Only mapped columns stay; a value that cannot be cast becomes
null, as with `try_cast`; a dotted target builds a struct.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import code, joined
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.types import column, is_castable, path_parts, spark_type

CONDITION = (
    "every mapped column exists and has the declared type; text with a fraction is no whole number (undocumented)"
)


class ApplyMapping(Rule):
    """`selectExpr` with `try_cast` where the mapping is written out; the helper `apply_mapping` where it is computed."""

    name = "apply-mapping"
    glue = (
        "awsglue.transforms.ApplyMapping.apply",
        f"{DYNAMIC_FRAME}.apply_mapping",
        f"{DYNAMIC_FRAME}.applyMapping",
        "awsglue.dataframe_transforms.apply_mapping.ApplyMapping.apply",
    )
    example = Example(
        before="from awsglue.transforms import ApplyMapping\n\n\ndef shape(frame):\n"
        "    return ApplyMapping.apply(\n        frame=frame,\n"
        '        mappings=[("id", "string", "order_id", "long"), ("buyer.name", "string", "buyer", "string")],\n    )\n',
        after="def shape(frame):\n    return frame.selectExpr(\n"
        '        "try_cast(id AS bigint) AS order_id",\n'
        '        "try_cast(buyer.name AS string) AS buyer",\n    )\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page; duplicate targets and types without a Spark name are handed off."""
        frame = call.frame
        mappings = call.argument("mappings")
        call.drop("case_sensitive")
        if call.leaf == "applyMapping" and mappings is None:
            mappings = call.bound.surplus.pop(0) if call.bound.surplus else call.argument("mappings")
        if mappings is None:
            return call.blocker("ApplyMapping is called without mappings", "pass the mappings")
        if not isinstance(mappings, ast.List):
            return Rewrite(
                code("apply_mapping({frame}, {mappings})", frame=frame, mappings=mappings),
                certainty=Certainty.CONDITIONAL,
                condition=CONDITION,
                imports=("from glue_compat import apply_mapping",),
                compat=("apply_mapping",),
            )
        if not mappings.elts:
            return call.blocker("the mapping names no column, and nothing would be left", "write the mappings")
        expressions = _expressions(call, mappings)
        if isinstance(expressions, Finding):
            return expressions
        if expressions is None:
            return Rewrite(
                code("apply_mapping({frame}, {mappings})", frame=frame, mappings=mappings),
                certainty=Certainty.CONDITIONAL,
                condition=CONDITION,
                imports=("from glue_compat import apply_mapping",),
                compat=("apply_mapping",),
            )
        indent = call.place.source.indent(call.place.statement(call.node))
        separator = f",\n{indent}    "
        listed = joined(separator, [quoted(text) for text in expressions])
        return Rewrite(
            code(
                "{frame}.selectExpr(\n{pad}{listed},\n{indent})",
                frame=frame,
                pad=indent + "    ",
                listed=listed,
                indent=indent,
            ),
            certainty=Certainty.CONDITIONAL,
            condition=CONDITION + _of_structs(call, mappings, expressions),
        )


def _of_structs(call: GlueCall, mappings: ast.List, expressions: list[str]) -> str:
    """Say when a struct that is built of fields is Glue's: a record that has none of them has no struct there.

    One whose struct is null has none of the fields that are taken out of it.
    """
    built = any(text.startswith("named_struct(") for text in expressions)
    entries = [call.literal(element) for element in mappings.elts]
    taken_out = any(isinstance(entry, tuple) and len(path_parts(str(entry[0])) or ()) > 1 for entry in entries)
    return _ABSENT if built and (taken_out or call.frame_facts.may_lack_fields) else ""


_ABSENT = "; a record that has none of a nested target's fields has a struct of nulls, where Glue leaves the struct out"


def _expressions(call: GlueCall, mappings: ast.List) -> list[str] | Finding | None:
    """Return one SQL expression a target column; None where an entry is computed; a finding where it has no meaning."""
    tree: dict[str, object] = {}
    for element in mappings.elts:
        entry = call.literal(element)
        if not isinstance(entry, tuple) or not all(isinstance(part, str) for part in entry):
            return None
        if len(entry) not in (2, 4):
            return call.blocker("a mapping has neither two nor four parts", "write source, type, target, type", element)
        source, target = path_parts(entry[0]), path_parts(entry[-2] if len(entry) == 4 else entry[1])
        if source is None or target is None:
            bad = entry[0] if source is None else entry[-2] if len(entry) == 4 else entry[1]
            return call.blocker(
                f"the path {bad!r} goes below an array or has an odd backtick",
                "map the array as a whole, and close the backticks",
                element,
            )
        expression = column(source)
        if len(entry) == 4:
            kind = spark_type(entry[3])
            if kind and spark_type(entry[1]) == "":
                return call.blocker(
                    f"{entry[0]} is a {entry[1]} and becomes {entry[3]}, which Glue documents nowhere",
                    "spell the value out with to_json, or map its fields",
                    element,
                )
            if kind is None:
                return call.blocker(f"the type {entry[3]} has no counterpart in Spark", "name a type of Spark", element)
            if kind and not is_castable(spark_type(entry[1]) or "", kind):
                return call.blocker(
                    f"{entry[0]} is a {entry[1]} and becomes {entry[3]}: Spark refuses that cast, and Glue's is not documented",
                    "name the type that the column has, or spell out what its values become",
                    element,
                )
            expression = f"try_cast({expression} AS {kind})" if kind else expression
        if not _put(tree, target, expression):
            return call.blocker(
                f"the target {'.'.join(target)} is mapped twice, or in two spellings of which Spark makes one column",
                "give each target one source, and spell a struct one way",
                element,
            )
    return [_spelled(name, held) for name, held in tree.items()]


def _put(tree: dict[str, object], target: list[str], expression: str) -> bool:
    level = tree
    for part in target[:-1]:
        inner = level.setdefault(part, {})
        if not isinstance(inner, dict) or sum(key.lower() == part.lower() for key in level) > 1:
            return False
        level = inner
    if any(key.lower() == target[-1].lower() for key in level):
        return False
    level[target[-1]] = expression
    return True


def _spelled(name: str, held: object) -> str:
    expression = _struct(held) if isinstance(held, dict) else str(held)
    return expression if expression == column([name]) else f"{expression} AS {column([name])}"


def _struct(fields: dict[str, object]) -> str:
    inside = []
    for name, held in fields.items():
        escaped = name.replace("\\", "\\\\").replace("'", "\\'")
        inside.append(f"'{escaped}', {_struct(held) if isinstance(held, dict) else held}")
    return f"named_struct({', '.join(inside)})"
