"""Run a case on both sides and compare: the original on the Glue runtime, the converted text on Spark, ANSI mode on and off."""

import contextlib
import io
import math
import sys
import warnings
from collections.abc import Callable, Sequence
from enum import StrEnum
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.differential.chains import Case
from glue2lakehouse.evaluation.differential.tables import frame_of
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime import assumptions, modules
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat


class Verdict(StrEnum):
    """How a case came out."""

    EQUAL = "equal"
    TOLD = "equal but for types of nulls or of no rows"
    UNEQUAL = "unequal"
    HANDED_OFF = "handed off"
    REFUSED = "refused when it runs"
    UNKNOWN = "hangs on an unknown of Glue"
    FAILS = "fails where the original does not"
    BOTH_FAIL = "both fail"
    ORIGINAL_FAILS = "only the original fails"


class Result(NamedTuple):
    """A verdict, what led to it, and what the conversion said."""

    case: Case
    verdict: Verdict
    reason: str = ""
    converted: str = ""
    conditions: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    rows: int = 0


class Failure(NamedTuple):
    """An exception that a side ended with."""

    told: bool
    text: str


OPEN = frozenset(
    "rename_onto_existing duplicate_target join_clash_winner missing_source_column mapping_source_type".split()
)
"""Switches of the runtime that a conversion does not follow: its condition rules the case out."""
MODES = ("true", "false")


def tried(spark: Any, case: Case, modes: Sequence[str] = MODES) -> Result:
    """Convert and run a case, the converted text once in each ANSI mode."""
    (conversion,) = convert_project({"job.py": case.source}, Settings())
    blockers = [finding for finding in conversion.findings if finding.severity is Severity.BLOCKER]
    conditions = tuple(dict.fromkeys(edit.condition for edit in conversion.edits if edit.condition))
    if blockers:
        return Result(
            case, Verdict.HANDED_OFF, f"[{blockers[0].rule}] {blockers[0].message}", conversion.after, conditions
        )
    frames = frame_of(spark, case.table), frame_of(spark, case.other)
    expected = _outcome(lambda: _original(spark, case, *frames))
    unknowns = tuple(f"{name}={answer}" for name, answer in assumptions.used().items())
    rows = 0 if isinstance(expected, Failure) else len(expected[1])
    verdict, reason = Verdict.EQUAL, ""
    for ansi in modes:
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        verdict, reason = _compared(expected, _outcome(lambda: _converted(spark, conversion, *frames)))
        if verdict is Verdict.UNEQUAL and OPEN & assumptions.used().keys():
            verdict = Verdict.UNKNOWN
        if verdict not in (Verdict.EQUAL, Verdict.TOLD):
            reason = f"ansi={ansi}: {reason}"
            break
    return Result(case, verdict, reason, conversion.after, conditions, unknowns, rows)


def _compared(expected: Any, got: Any) -> tuple[Verdict, str]:
    if isinstance(expected, Failure):
        if isinstance(got, Failure):
            return Verdict.BOTH_FAIL, f"{expected.text} | {got.text}"
        return Verdict.ORIGINAL_FAILS, expected.text
    if isinstance(got, Failure):
        return (Verdict.REFUSED if got.told else Verdict.FAILS), got.text
    if expected == got:
        return Verdict.EQUAL, ""
    empty = expected[1] == got[1] == [] and expected[2] == got[2]
    alike = expected[1:] == got[1:] and _but_for_nulls(expected[0], got[0])
    if empty and (expected[0] == {} or "schema_of_empty_frame" in assumptions.used()):
        alike = True
    return Verdict.TOLD if alike else Verdict.UNEQUAL, difference(expected, got)


def _but_for_nulls(one: Any, two: Any) -> bool:
    """Whether types agree, what is null in every row aside: a Map gives it no type in Glue, its condition says text."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_but_for_nulls(one[name], two[name]) for name in one)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return one[0] == two[0] and _but_for_nulls(one[1], two[1])
    return bool(one == two or one == "void")


def difference(expected: Any, got: Any) -> str:
    """Say what differs: types, else rows, else what was noted on the way."""
    if expected[0] != got[0]:
        return f"types {expected[0]} became {got[0]}"
    if expected[1] != got[1]:
        one, two = [row for row in expected[1] if row not in got[1]], [row for row in got[1] if row not in expected[1]]
        return f"{len(expected[1])} rows, {len(got[1])} converted; only Glue {one[:2]}; only Spark {two[:2]}"
    return f"noted {expected[2]} and {got[2]}"


def _outcome(run: Callable[[], Any]) -> Any:
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return run()
    except Exception as error:  # noqa: BLE001 - whatever a made-up program ends with is its outcome
        text = str(error)
        last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
        shown = text.splitlines()[0] if text else ""
        if "PythonException" in type(error).__name__:
            shown = next((line for line in text.splitlines() if "Error: " in line), last)
        # A conversion's own refusals are ValueError and TypeError, raised on the driver or in a worker.
        told = type(error) in (ValueError, TypeError) or "PythonException" in type(error).__name__
        return Failure(told, f"{type(error).__name__}: {shown[:300]}")


def _original(spark: Any, case: Case, frame: Any, other: Any) -> Any:
    assumptions.use(assumptions.Assumptions())
    modules.install()
    try:
        from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

        space: dict[str, Any] = {"__name__": "original_job"}
        exec(compile(case.source, "original_job.py", "exec"), space)
        context: Any = SimpleNamespace(spark_session=spark, sinks=SimpleNamespace(write_sample=lambda *_: None))
        if not case.typed:
            frame, other = DynamicFrame.fromDF(frame, context, "frame"), DynamicFrame.fromDF(other, context, "other")
        made, seen = space["transform"](frame, other, context)
        return (*content(made.toDF()), seen)
    finally:
        modules.uninstall()


def _converted(spark: Any, conversion: Conversion, frame: Any, other: Any) -> Any:
    compat = ModuleType("glue_compat")
    sys.modules["glue_compat"] = compat
    try:
        exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
        space: dict[str, Any] = {"__name__": "converted_job"}
        exec(compile(conversion.after, "converted_job.py", "exec"), space)
        made, seen = space["transform"](frame, other, spark)
        return (*content(made), seen)
    finally:
        sys.modules.pop("glue_compat", None)


def content(frame: Any) -> tuple[Any, list[str]]:
    """Return a DataFrame's columns with their types and its rows, both in an order of their own."""
    if len(set(frame.columns)) < len(frame.columns):
        return f"columns {sorted(frame.columns)}", []
    return shape(frame.schema), sorted(_plain(row.asDict(recursive=True)) for row in frame.collect())


def shape(kind: Any) -> Any:
    """Return a type without the order of its fields: Glue promises none."""
    name = kind.typeName()
    if name == "struct":
        return {field.name: shape(field.dataType) for field in sorted(kind.fields, key=lambda field: str(field.name))}
    if name == "array":
        return "array", shape(kind.elementType)
    return ("map", shape(kind.valueType)) if name == "map" else str(kind.simpleString())


def _plain(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {_plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_plain, value)) + "]"
    return "nan" if isinstance(value, float) and math.isnan(value) else repr(value)
