"""Functions over records: Filter and Map.

Glue: aws-glue-api-crawler-pyspark-transforms-{filter,map}. A record that a filter's function fails on is gone; so is one that a
map's function fails on or returns nothing for. Simple predicates become column expressions, others run as they are, row by row.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.analyses.later import types_mapped_from
from glue2lakehouse.tools.rewrite.analyses.missing_fields import kept_without_a_field
from glue2lakehouse.tools.rewrite.analyses.row_functions import fields_asked_for, run_twice
from glue2lakehouse.tools.rewrite.analyses.stages import counts
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, Lacking
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.rules import record_functions
from glue2lakehouse.tools.rewrite.rules.fields import helper
from glue2lakehouse.tools.rewrite.rules.record_values import BUILT_IN

_MAPPED = (
    "every record has the fields that the function reads, spelled as it spells them, and none that differs in case only from "
    "one that it sets; a new field that is null in every row has the type of what it comes from"
)
_RUN = (
    "the function has no side effects; new fields that are null in every row are text, new whole numbers int or bigint; "
    "a frame that nothing comes out of keeps the columns it had"
)
_NAMED = "some record comes out with each field that the mapping names; a value of another type than the mapping says stops the job"
_FIELDS = "every record has the fields that the function reads, spelled as it spells them"
_STAYS = "; each field, those inside structs too, is in a record that stays: Glue makes no column of one in none"
_SOMETHING = "and none is left without a field, as Glue drops it"


class Filter(Rule):
    """A column expression where the function is a plain predicate, the helper `filter_records` elsewhere.

    Where the types of the compared columns are not known, `filter_typed` looks at them before it filters; it gets the
    function as well where a float is compared, which a decimal column has to be compared with row by row.
    """

    name = "filter"
    glue = ("awsglue.transforms.Filter.apply", f"{DYNAMIC_FRAME}.filter")
    example = Example(
        before="from awsglue.transforms import Filter\n\n\ndef adults(frame):\n"
        '    return Filter.apply(frame=frame, f=lambda x: x["age"] >= 18 and x["city"] != "Rome")\n',
        after="from pyspark.sql import functions as F\nfrom glue_compat import filter_typed\n\n\ndef adults(frame):\n"
        '    return filter_typed(frame, ((F.col("age") >= 18) & ~F.isnan(F.col("age"))) & ~F.col("city").eqNullSafe("Rome"), '
        '{"age": "number", "city": "text"})\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page; the translation keeps what Python makes of None."""
        function = call.argument("f")
        if function is None:
            return call.blocker("the filter has no function", "pass f")
        if isinstance(function, ast.Constant | ast.JoinedStr | ast.Compare | ast.BinOp):
            return call.blocker(
                "the filter is given a condition and no function, as a DataFrame's is",
                "see what the frame is: the condition of a DataFrame's filter stays as it is",
            )
        asked = fields_asked_for(call, function) or kept_without_a_field(call, function)
        if any(finding.severity is Severity.BLOCKER for finding in asked):
            call.drop_everything()
            return asked
        done = self._kept(call, function)
        stays = _STAYS if call.frame_facts.lacks_fields is Lacking.LIKELY else ""
        return replace(done, condition=f"{done.condition}{stays}", findings=(*done.findings, *asked))

    def _kept(self, call: GlueCall, function: ast.expr) -> Rewrite:
        counted = counts(call)
        predicate = record_functions.predicate(call, function, may_raise=not counted)
        if predicate is not None and predicate.kinds:
            exact = "float" in predicate.kinds.values() and not counted
            filtered = code(
                f"filter_typed({{frame}}, {{predicate}}, {{kinds}}{', {function}' if exact else ''})",
                frame=call.frame, predicate=predicate.condition, kinds=_spelled(predicate.kinds), function=function,
            )  # fmt: skip
            done = _as_columns(call, function, filtered, predicate.helpers | {"filter_typed"}, _FIELDS)
            return replace(done, findings=()) if exact else done
        if predicate is not None:
            filtered = code("{frame}.filter({condition})", frame=call.frame, condition=predicate.condition)
            return _as_columns(call, function, filtered, predicate.helpers, _FIELDS)
        name = "filter_records_counted" if counted else "filter_records"
        return helper(name, "{name}({frame}, {function})", _FIELDS, name=name, frame=call.frame, function=function)


def _as_columns(call: GlueCall, function: ast.expr, made: Code, helpers: frozenset[str], condition: str) -> Rewrite:
    return Rewrite(
        made,
        certainty=Certainty.CONDITIONAL,
        condition=condition,
        imports=(*(f"from glue_compat import {name}" for name in sorted(helpers)), FUNCTIONS),
        compat=tuple(sorted(helpers)),
        findings=_unused(call, function),
    )


def _spelled(kinds: dict[str, str]) -> str:
    return "{" + ", ".join(f"{quoted(name)}: {quoted(kind)}" for name, kind in kinds.items()) + "}"


def _unused(call: GlueCall, function: ast.expr) -> tuple[Finding, ...]:
    called = [f"`{call.text(function)}`"]
    if isinstance(function, ast.Lambda):
        used = {
            node.func.id
            for node in ast.walk(function)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        called = [f"`{name}`" for name in sorted(used & BUILT_IN)]
    if not called:
        return ()
    return (call.info(f"{call.leaf} no longer calls {', '.join(called)}: it works on columns now", "", function),)


class Map(Rule):
    """Columns where the function only sets, deletes and renames fields of known types, the helper `map_records` elsewhere.

    The helper runs the function as it is and works the schema out from all results, as Glue does; where all that follows is a
    mapping that says the types, `map_records_as` takes them from there and runs the function once.
    """

    name = "map"
    glue = ("awsglue.transforms.Map.apply", f"{DYNAMIC_FRAME}.map")
    example = Example(
        before="from awsglue.transforms import Map\n\n\ndef clean(record):\n"
        '    record["name"] = record["name"].strip()\n    return record\n\n\n'
        "def tidy(frame):\n    return Map.apply(frame=frame, f=clean)\n",
        after="from glue_compat import map_records\n\n\ndef clean(record):\n"
        '    record["name"] = record["name"].strip()\n    return record\n\n\n'
        "def tidy(frame):\n    return map_records(frame, clean)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Exact where the function has no side effects and gives each field one type; it raises where it does not."""
        function = call.argument("f")
        call.drop("preservesPartitioning")
        if function is None:
            return call.blocker("the map has no function", "pass f")
        asked = fields_asked_for(call, function) or kept_without_a_field(call, function)
        done = self._made(call, function)
        if done.compat in (("map_records",), ("map_records_counted",)):
            asked += run_twice(call, function)
        if any(finding.severity is Severity.BLOCKER for finding in asked):
            call.drop_everything()
            return asked
        return replace(done, findings=(*done.findings, *asked))

    def _made(self, call: GlueCall, function: ast.expr) -> Rewrite:
        counted = counts(call)
        chain = None if counted else record_functions.chain(call, function)
        if chain is not None:
            changed = code("{frame}{steps}", frame=call.frame, steps=chain.steps)
            return _as_columns(call, function, changed, chain.helpers, _MAPPED)
        types = None if counted else types_mapped_from(call)
        if types is not None:
            return helper(
                "map_records_as", "map_records_as({frame}, {function}, {types})", _NAMED,
                frame=call.frame, function=function, types=_spelled(types),
            )  # fmt: skip
        name = "map_records_counted" if counted else "map_records"
        return helper(
            name, "{name}({frame}, {function})",
            f"{_RUN}; {_FIELDS}, those inside structs too, {_SOMETHING}" if call.frame_facts.may_lack_fields else _RUN,
            name=name, frame=call.frame, function=function,
        )  # fmt: skip


class MapPartitions(Rule):
    """Functions over Glue's internal wrapper records: handed off."""

    name = "map-partitions"
    glue = (f"{DYNAMIC_FRAME}.mapPartitions", f"{DYNAMIC_FRAME}.mapPartitionsWithIndex")
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """The records are Glue's own dicts of record, isError and errorMessage."""
        call.drop_everything()
        return call.blocker(
            "the function works on Glue's internal records", "rewrite it with mapInPandas on the columns"
        )
