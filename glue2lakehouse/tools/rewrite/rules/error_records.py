"""Error records: what Glue sets aside is kept beside the DataFrame of the stage that did, and counted there.

Glue: aws-glue-api-crawler-pyspark-extensions-dynamic-frame (errorsAsDynamicFrame, errorsCount, stageErrorsCount,
assertErrorThreshold), -transforms-ErrorsAsDynamicFrame. Readers of JSON, Map, Filter and Unbox set records aside; nothing
else does. See `rewrite/stages.py` for what becomes of the stages in a project that counts.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code

_COUNTED = (
    "the functions of Map and Filter give the same again when they run for the count; tables that are read hold no "
    "malformed record"
)
_WORDS = "nobody relies on the trace of an error or on the parser's words, which are not Glue's"
_HELPERS = {
    "stageErrorsCount": "stage_errors_count",
    "errorsCount": "errors_count",
    "errorsAsDynamicFrame": "errors_as_frame",
    "ErrorsAsDynamicFrame": "errors_as_frame",
}


class ErrorRecords(Rule):
    """Counts and frames of errors come from the stages; a threshold is checked where it is set, so asserting it does nothing."""

    name = "error-records"
    glue = (
        *(f"{DYNAMIC_FRAME}.{name}" for name in ("stageErrorsCount", "errorsCount", "errorsAsDynamicFrame")),
        f"{DYNAMIC_FRAME}.assertErrorThreshold",
        "awsglue.transforms.ErrorsAsDynamicFrame.apply",
    )
    example = Example(
        before="from awsglue.transforms import Map\n\n\ndef clean(record):\n"
        '    record["n"] = int(record["n"])\n    return record\n\n\n'
        "def tidy(frame):\n    mapped = Map.apply(frame=frame, f=clean)\n"
        "    if mapped.stageErrorsCount() > 0:\n"
        '        raise ValueError("some rows have no number")\n    return mapped\n',
        after="from glue_compat import map_records_counted, stage_errors_count\n\n\ndef clean(record):\n"
        '    record["n"] = int(record["n"])\n    return record\n\n\n'
        "def tidy(frame):\n    mapped = map_records_counted(frame, clean)\n"
        "    if stage_errors_count(mapped) > 0:\n"
        '        raise ValueError("some rows have no number")\n    return mapped\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Rows that Glue counts and Spark cannot (a missing field, a value out of a type's range) are told by the conditions."""
        if call.leaf == "assertErrorThreshold":
            return self._assertion(call)
        name = _HELPERS[call.leaf]
        as_frame = name == "errors_as_frame"
        if as_frame and _is_written(call):
            return call.blocker(
                "error records are written as they are, and what Glue says in callsite, msg and stackTrace is its own",
                "select what is meant to be kept before they are written: error.dynamicRecord, error.msg",
            )
        return Rewrite(
            code("{name}({frame})", name=name, frame=call.frame),
            certainty=Certainty.CONDITIONAL,
            condition=f"{_COUNTED}; {_WORDS}" if as_frame else _COUNTED,
            imports=(f"from glue_compat import {name}",),
            compat=(name,),
        )

    def _assertion(self, call: GlueCall) -> Answer:
        if not call.stands_alone:
            return call.blocker(
                "what assertErrorThreshold returns is used", "it returns nothing: call it on a line of its own"
            )
        return Rewrite(
            remove=True,
            certainty=Certainty.CONDITIONAL,
            condition="a threshold is checked where it is set, so the job fails there and not at the assertion",
            findings=(call.info(f"`{call.text(call.node)}` goes: without a threshold it never raises", ""),),
        )


def _is_written(call: GlueCall) -> bool:
    """Whether the frame of errors, or the name that it is given, goes to a sink of Glue's as it is."""
    place, name = call.place, call.assigned
    uses: list[ast.expr] = [call.node]
    if name is not None:
        uses += [node for node in place.nodes.of(ast.Name) if node.id == name.id]
    for use in uses:
        parent = place.parents[use]
        user = place.parents[parent] if isinstance(parent, ast.keyword) else parent
        called = place.world.callees.get(user, "") if isinstance(user, ast.Call) else ""
        if called.startswith((WRITER, DATA_SINK)) or ".write_dynamic_frame" in called:
            return True
    return False
