"""Stages of a project that counts error records: each frame knows what its stage set aside, and the stages before it.

A project that asks for `stageErrorsCount` only needs frames of their own, because a new DataFrame has set nothing aside; one
that asks for the errors of all stages needs each stage to know its predecessors. Other projects come out plain.
"""

import ast
from collections.abc import Iterator
from dataclasses import replace

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import Code, code, joined
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK, DATA_SOURCE, READER, WRITER, result_of
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Piece, Rewrite

_COUNTERS = (
    "read_json_counted",
    "map_records_counted",
    "filter_records_counted",
    "unbox_json_counted",
    "errors_as_frame",
)
_OTHERS = ("frame2", "other_frame", "stage_dynamic_frame")
_SETTING_ASIDE = frozenset({"map", "Map", "filter", "Filter", "unbox", "Unbox"})


def thresholds(call: GlueCall) -> dict[str, ast.expr]:
    """Return the thresholds that a call sets, by the names of `fail_at_errors`; 0, the default, never fails the job."""
    given = {"stage": call.argument("stageThreshold"), "total": call.argument("totalThreshold")}
    return {
        name: node for name, node in given.items() if node is not None and call.literal(node) not in (0, "0", 0.0, None)
    }


def counts(call: GlueCall) -> bool:
    """Whether somebody asks for what the stage that the call makes sets aside."""
    return bool(call.place.world.counted_errors or thresholds(call))


def staged(call: GlueCall, answer: Answer) -> Answer:
    """Return the answer with what a project that counts errors needs to know of the frame that it makes."""
    limits = thresholds(call)
    asked = call.place.world.counted_errors
    if not isinstance(answer, Rewrite) or not (asked or limits):
        return answer
    made = result_of(call.name)
    if answer.code is None or call.name.startswith((WRITER, DATA_SINK)) or not made.is_a(DYNAMIC_FRAME):
        if "total" in limits or (limits and answer.code is None):
            return call.blocker(
                f"`{call.leaf}` has a threshold for error records, and what it makes is no frame to count them in",
                "drop the threshold, or set it where the frame is made that the records come from",
            )
        return _apart(call, answer) if made.is_a(COLLECTION) else answer
    answer = _as_stage(call, answer, asked)
    return _limited(call, answer, limits) if isinstance(answer, Rewrite) and limits else answer


def _apart(call: GlueCall, answer: Rewrite) -> Rewrite:
    """Split a stage of its own: a part that is all of the frame has not set aside what the frame has."""
    if answer.code is None or call.name.startswith(COLLECTION) or call.frame not in answer.code.parts:
        return answer
    parts = (
        code("next_stage({frame})", frame=part).parts if part is call.frame else (part,) for part in answer.code.parts
    )
    return _with_helper(answer, Code(tuple(piece for group in parts for piece in group)), "next_stage")


def _as_stage(call: GlueCall, answer: Rewrite, asked: str) -> Answer:
    made = answer.code
    assert made is not None
    text = _text(made)
    if any(f"{name}(" in text for name in _COUNTERS):
        if _outermost(text) in _COUNTERS:
            return answer
        return call.blocker(
            "the malformed records of this read cannot be counted: it is filtered or sampled as it is read",
            "read all of it into a name, count its errors, then filter",
        )
    reads = call.name.startswith((READER, GLUE_CONTEXT, DATA_SOURCE))
    if "read_source(" in text:
        condition = f"{answer.condition}; no record that is read is malformed: Glue counts those"
        answer = replace(answer, condition=condition)
    frames = [] if reads or call.leaf == "fromDF" else list(_frames(call))
    if asked == "all":
        return _after(call, answer, frames)
    if reads or not (frames or call.leaf == "fromDF") or _is_method(made, frames):
        return answer
    return _with_helper(answer, code("next_stage({made})", made=made), "next_stage")


def _frames(call: GlueCall) -> Iterator[ast.expr]:
    if "frame" in call.bound.arguments or "frame1" in call.bound.arguments or call.name.startswith(DYNAMIC_FRAME + "."):
        yield call.frame
    for name in _OTHERS:
        if name in call.bound.arguments:
            yield call.bound.arguments[name]


def _is_method(made: Code, frames: list[ast.expr]) -> bool:
    """Whether the new code is a method of the DataFrame, which returns another one; a helper may return the same."""
    first, second = (*made.parts, "", "")[:2]
    return first in frames and isinstance(second, str) and second.startswith(".")


def _after(call: GlueCall, answer: Rewrite, frames: list[ast.expr]) -> Answer:
    """Let the stage know its predecessors; a frame that is a call is worked out once, and passed on to a lambda."""
    assert answer.code is not None
    if not all(isinstance(frame, ast.Name | ast.Attribute) for frame in frames[1:]):
        return call.blocker(
            "errors of all stages are counted, and the second frame is put together at the call",
            "assign the frame to a name first, then convert again",
        )
    if not frames or isinstance(frames[0], ast.Name | ast.Attribute):
        given: list[Piece] = [answer.code, *frames]
        return _with_helper(answer, code("next_stage({given})", given=joined(", ", given)), "next_stage")
    parts = tuple("stage" if part is frames[0] else part for part in answer.code.parts)
    if "stage" not in parts:
        return call.blocker(
            "errors of all stages are counted, and this stage is put together at the call",
            "assign its frame to a name first, then convert again",
        )
    others: list[Piece] = [", ", *frames[1:]] if frames[1:] else [""]
    made = code(
        "(lambda stage: next_stage({made}, stage{others}))({frame})",
        made=Code(parts), others=joined("", others), frame=frames[0],
    )  # fmt: skip
    return _with_helper(answer, made, "next_stage")


def _limited(call: GlueCall, answer: Rewrite, limits: dict[str, ast.expr]) -> Answer:
    """Check the thresholds as soon as the frame is made; only a stage that can set records aside reaches its own."""
    if call.leaf not in _SETTING_ASIDE and "stage" in limits:
        value = call.text(limits["stage"])
        note = call.info(f"stageThreshold={value} goes: {call.leaf} sets no records aside, so nothing reaches it", "")
        limits = {name: node for name, node in limits.items() if name == "total"}
        answer = replace(answer, findings=(*answer.findings, note))
    if not limits:
        return answer
    if "total" in limits and call.place.world.counted_errors != "all":
        return call.blocker("totalThreshold is given by its position", "name it at the call: totalThreshold=…")
    assert answer.code is not None
    given = joined(", ", [code("{name}={limit}", name=name, limit=node) for name, node in limits.items()])
    made = code("fail_at_errors({made}, {given})", made=answer.code, given=given)
    checked = "a threshold of n fails above n errors (undocumented; a published run shows it), and where it is set, not when the frame is used"
    condition = "; ".join(filter(None, [answer.condition, checked]))
    return replace(
        _with_helper(answer, made, "fail_at_errors"), certainty=_at_most_conditional(answer), condition=condition
    )


def _at_most_conditional(answer: Rewrite) -> Certainty:
    """Return the certainty of a rewrite that holds under a condition."""
    return Certainty.CONDITIONAL if answer.certainty is Certainty.EXACT else answer.certainty


def _with_helper(answer: Rewrite, made: Code, name: str) -> Rewrite:
    return replace(
        answer,
        code=made,
        imports=(*answer.imports, f"from glue_compat import {name}"),
        compat=(*answer.compat, name),
    )


def _text(made: Code) -> str:
    return "".join(part if isinstance(part, str) else "x" for part in made.parts)


def _outermost(text: str) -> str:
    """Return the name of the function whose value the code is, empty where it is something else."""
    made = ast.parse(text, mode="eval").body
    return made.func.id if isinstance(made, ast.Call) and isinstance(made.func, ast.Name) else ""
