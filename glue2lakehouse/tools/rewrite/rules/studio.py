"""Glue Studio's `gs_*` transforms, methods that importing their module puts on frames -> column functions and helpers.

Glue: the visual transforms of AWS Glue Studio (Derived Column, Flatten, Explode, Pivot, …). The facts name the parameters;
those whose names or results are not documented are handed off.
"""

import re
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.kinds.stubs import STUDIO_MODULES
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.options import quoted
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.rules.fields import helper

_SOME = "the frame has columns and none of them holds values of more than one type"
_HELPERS: dict[str, tuple[str, tuple[str, ...], str]] = {
    "gs_flatten": ("flatten_structs", ("maxLevels", "separator"), _SOME),
    "gs_explode": ("explode_column", ("colName", "newCol", "outer"), f"{_SOME}; the exploded column itself stays"),
    "gs_pivot": ("pivot_rows", ("aggCol", "aggFunction", "colList"), f"{_SOME}; all other columns are keys"),
    "gs_concat": ("concat_columns", ("colName", "colList", "spacer"), f"{_SOME}; a null counts as an empty text"),
    "gs_array_to_cols": ("array_to_columns", ("colName", "colList", "indexes"), _SOME),
    "gs_regex_extract": ("extract_groups", ("colName", "regex", "newCols"), _SOME),
    "gs_null_rows": ("drop_null_rows", ("extended",), _SOME),
    "gs_extract_json": ("extract_json", ("colName", "jsonPaths", "colList", "dropCol"), _SOME),
}
_UNVERIFIED = {
    "gs_unpivot": "frame.unpivot(keys, columns, name, value), then drop the rows whose value is null",
    "gs_parse_json": "F.from_json with a schema",
    "gs_lookup": "a left join with spark.read.table",
}
_CODES = {
    "Y": "yyyy", "y": "yy", "m": "MM", "d": "dd", "H": "HH", "I": "hh", "M": "mm", "S": "ss", "f": "SSSSSS", "p": "a",
    "j": "DDD", "b": "MMM", "B": "MMMM", "A": "EEEE",
}  # fmt: skip
"""Python's date codes whose Java pattern is beyond doubt."""


class StudioHelpers(Rule):
    """One method, one expression or helper; the import of its module goes."""

    name = "studio-helpers"
    glue = tuple(f"{owner}.{name}" for name in sorted(STUDIO_MODULES) for owner in (DYNAMIC_FRAME, DATA_FRAME))
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\nimport gs_derived\nimport gs_explode\n\n\n"
        "def items(frame: DynamicFrame):\n"
        '    frame = frame.gs_explode(colName="items", newCol="item", outer=True)\n'
        '    return frame.gs_derived(colName="total", expr="item.price * item.amount")\n',
        after="from pyspark.sql import DataFrame\nfrom pyspark.sql import functions as F\nfrom glue_compat import explode_column\n\n\n"
        "def items(frame: DataFrame):\n"
        '    frame = explode_column(frame, "items", "item", True)\n'
        '    return frame.withColumn("total", F.expr("item.price * item.amount"))\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """An argument that the facts do not name refuses the rewrite."""
        if call.leaf in _UNVERIFIED:
            call.drop_everything()
            return call.blocker(
                f"the parameters of `{call.leaf}` are not documented", f"write {_UNVERIFIED[call.leaf]}"
            )
        if call.bound.starred:
            return call.blocker("the arguments are put together at run time", "write them out at the call")
        if call.bound.missing:
            return call.blocker(f"`{call.leaf}` is called without {', '.join(call.bound.missing)}", "pass it")
        if call.leaf in _HELPERS:
            return _with_helper(call)
        return getattr(self, call.leaf[2:])(call)  # type: ignore[no-any-return]

    def _uuid(self, call: GlueCall) -> Answer:
        return _column(call, call.argument("colName") or '"uuid"', code('{F}.expr("uuid()")', F=call.place.functions))

    def _now(self, call: GlueCall) -> Answer:
        F, name = call.place.functions, call.argument("colName") or '"timestamp"'
        now = code("{F}.current_timestamp()", F=F)
        form = call.argument("dateFormat")
        if form is None or call.literal(form) is None:
            return _column(call, name, now)
        pattern = _java_pattern(call.literal(form))
        if pattern is None:
            return _unknown_pattern(call)
        done = _column(call, name, code("{F}.date_format({now}, {form})", F=F, now=now, form=quoted(pattern)))
        return replace(done, findings=(_pattern_note(call, call.literal(form), pattern),))

    def _derived(self, call: GlueCall) -> Answer:
        name, text = call.argument("colName"), call.argument("expr")
        done = _column(call, name or "", code("{F}.expr({text})", F=call.place.functions, text=text or ""))
        return replace(done, certainty=Certainty.CONDITIONAL, condition="the expression gives the same in ANSI mode")

    def _split(self, call: GlueCall) -> Answer:
        pattern = call.argument("pattern") or ""
        return _replaced(call, code("{F}.split({column}, {pattern})", F=call.place.functions, column=_source(call),
                                    pattern=pattern))  # fmt: skip

    def _to_timestamp(self, call: GlueCall) -> Answer:
        kind, F = call.constant("colType"), call.place.functions
        if kind == "iso":
            done = _replaced(call, code("{F}.try_to_timestamp({column})", F=F, column=_source(call)))
            return replace(done, findings=(*done.findings, call.info("colType iso is what try_to_timestamp reads", "")))
        function = {"seconds": "seconds", "milliseconds": "millis", "microseconds": "micros"}.get(str(kind))
        if function is None:
            return call.blocker(
                "how the kind of the number is found out is not documented",
                'name it: colType="seconds", "milliseconds", "microseconds" or "iso"',
            )
        value = code('{F}.timestamp_{f}({column}.try_cast("bigint"))', F=F, f=function, column=_source(call))
        note = call.info(f"colType {kind} is what timestamp_{function} reads", "")
        return replace(_replaced(call, value), findings=(note,))

    def _format_timestamp(self, call: GlueCall) -> Answer:
        pattern = _java_pattern(call.constant("dateFormat"))
        if pattern is None:
            return _unknown_pattern(call)
        value = code(
            "{F}.date_format({column}, {form})", F=call.place.functions, column=_source(call), form=quoted(pattern)
        )
        return replace(_replaced(call, value), findings=(_pattern_note(call, call.constant("dateFormat"), pattern),))

    def _sequence_id(self, call: GlueCall) -> Answer:
        unique = call.argument("unique")
        if unique is not None and call.literal(unique) is not False:
            return call.blocker(
                "unique ids hold a time stamp of Glue's job", "use F.expr('uuid()'), or an identity column"
            )
        done = _column(
            call,
            call.argument("colName") or '"id"',
            code("{F}.monotonically_increasing_id()", F=call.place.functions),
        )
        note = call.warning(
            "the ids are unique and increasing; Glue's may be other numbers", "compare what relies on them"
        )
        return replace(done, certainty=Certainty.JUDGEMENT, condition="which number a row gets does not matter",
                       findings=(note,))  # fmt: skip

    def _repartition(self, call: GlueCall) -> Answer:
        number = call.argument("numPartitionsStr") or ""
        spelled = call.literal(number) if not isinstance(number, str) else NOT_LITERAL
        if isinstance(spelled, str | int) and str(spelled).isdigit():
            return Rewrite(code("{frame}.repartition({number})", frame=call.receiver, number=str(spelled)))
        return Rewrite(code("{frame}.repartition(int({number}))", frame=call.receiver, number=number))


def _with_helper(call: GlueCall) -> Rewrite:
    name, parameters, condition = _HELPERS[call.leaf]
    done = code("{name}({frame}", name=name, frame=call.receiver)
    skipped = False
    for parameter in parameters:
        given = call.argument(parameter)
        if given is None:
            skipped = True
        elif skipped:
            done = code("{done}, {key}={value}", done=done, key=parameter, value=given)
        else:
            done = code("{done}, {value}", done=done, value=given)
    return helper(name, "{done})", condition, done=done)


def _column(call: GlueCall, name: Piece, value: Code) -> Rewrite:
    return Rewrite(
        code("{frame}.withColumn({name}, {value})", frame=call.receiver, name=name, value=value), imports=(FUNCTIONS,)
    )


def _replaced(call: GlueCall, value: Code) -> Rewrite:
    """Put the value under the new name where one is given, else over the column itself."""
    name = call.argument("newColName")
    if name is None or call.literal(name) is None:
        name = call.argument("colName")
    return replace(_column(call, name or "", value), certainty=Certainty.CONDITIONAL, condition=_SOME)


def _source(call: GlueCall) -> Code:
    name, F = call.argument("colName") or "", call.place.functions
    spelled = call.literal(name) if not isinstance(name, str) else NOT_LITERAL
    if isinstance(spelled, str) and re.fullmatch(r"[^.`]+", spelled):
        return code("{F}.col({name})", F=F, name=name)
    return code('{F}.col("`" + {name} + "`")', F=F, name=name)


def _java_pattern(form: object) -> str | None:
    """Return Java's pattern for Python's; None where a code is not known or a letter stands outside of the codes."""
    if not isinstance(form, str) or not re.fullmatch(r"(%[YymdHIMSfpjbBA]|[^%A-Za-z'\[\]{}#])*", form):
        return None
    return re.sub(r"%(.)", lambda match: _CODES[match[1]], form)


def _pattern_note(call: GlueCall, form: object, pattern: str) -> Finding:
    return call.info(f"dateFormat {form} is {pattern} in Spark's date patterns", "")


def _unknown_pattern(call: GlueCall) -> Answer:
    return call.blocker(
        "the date pattern has codes whose counterpart is not sure", "write it as a Java pattern in F.date_format"
    )
