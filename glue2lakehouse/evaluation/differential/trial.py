"""Run a case on both sides and compare: the original on the Glue runtime, the converted text on Spark, ANSI mode on and off."""

import contextlib
import io
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from enum import StrEnum
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any, NamedTuple

from glue2lakehouse.domain import Severity
from glue2lakehouse.evaluation.differential.chains import Case
from glue2lakehouse.evaluation.differential.tables import frame_of
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime import assumptions, gluetypes, modules, run
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat


class Verdict(StrEnum):
    """How a case came out."""

    EQUAL = "equal"
    TOLD = "equal but for types of nulls or of no rows"
    WARNED = "different, as a warning says"
    CONDITION = "different, as a condition says"
    INFORMED = "different, as an info says"
    UNEQUAL = "unequal"
    HANDED_OFF = "handed off"
    REFUSED = "refused when it runs"
    UNKNOWN = "hangs on an unknown of Glue"
    FAILS = "fails where the original does not"
    BOTH_FAIL = "both fail"
    ORIGINAL_FAILS = "only the original fails"


class Result(NamedTuple):
    """A verdict, what led to it, and what the conversion said."""

    case: Any
    verdict: Verdict
    reason: str = ""
    converted: str = ""
    conditions: tuple[str, ...] = ()
    unknowns: tuple[str, ...] = ()
    rows: int = 0
    findings: tuple[str, ...] = ()


class Outcome(NamedTuple):
    """What a side made: types, rows, what was noted on the way, and on Glue what happened that conditions rule out."""

    types: Any
    rows: list[str]
    noted: list[Any]
    happened: frozenset[str] = frozenset()


class Failure(NamedTuple):
    """An exception that a side ended with."""

    told: bool
    text: str


OPEN = frozenset("rename_onto_existing duplicate_target missing_source_column mapping_source_type".split())
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
    rows = 0 if isinstance(expected, Failure) else len(expected.rows)
    ruled_out = _ruled_out(expected, conditions)
    verdict, reason = Verdict.EQUAL, ""
    for ansi in modes:
        spark.conf.set("spark.sql.ansi.enabled", ansi)
        got = _outcome(lambda: _converted(spark, conversion, *frames))
        verdict, reason = _compared(expected, got)
        if verdict is Verdict.UNEQUAL and (OPEN & assumptions.used().keys() or _untyped_by_map(conversion)):
            verdict = Verdict.UNKNOWN
        if verdict is Verdict.UNEQUAL and (ruled_out or _but_for_empty_structs(expected, got, conditions)):
            verdict = Verdict.CONDITION
        if verdict not in (Verdict.EQUAL, Verdict.TOLD):
            reason = f"ansi={ansi}: {reason}"
            break
    return Result(case, verdict, reason, conversion.after, conditions, unknowns, rows)


def _untyped_by_map(conversion: Conversion) -> bool:
    """Whether DropNullFields looks at what a Map made: whether a null keeps its column's type there is not documented."""
    return "untyped=True" in conversion.after and "map_keeps_types" in assumptions.used()


_CONDITIONS = {
    "a record lacked a field": "every record has the fields",
    "a column held several types": "type",
    "a number was NaN": "no compared number is NaN",
}


def _ruled_out(expected: Any, conditions: Sequence[str]) -> bool:
    """Whether something has happened that a condition rules out."""
    happened = expected.happened if isinstance(expected, Outcome) else ()
    return any(_CONDITIONS[event] in condition for event in happened for condition in conditions)


_NOTHING = re.compile(r"{('[^']*': None(, '[^']*': None)*)?}")


def _but_for_empty_structs(expected: Any, got: Any, conditions: Sequence[str]) -> bool:
    """Whether rows agree where a struct of nulls counts as null, which a condition tells of nested targets."""
    if not any("struct of nulls" in condition for condition in conditions):
        return False
    rows = []
    for side in (expected, got):
        bare: list[str] = side.rows
        while any(_NOTHING.search(row, 1) for row in bare):
            bare = [row[0] + _NOTHING.sub("None", row[1:]) for row in bare]
        rows.append(sorted(bare))
    return expected.types == got.types and rows[0] == rows[1]


def _compared(expected: Any, got: Any) -> tuple[Verdict, str]:
    if isinstance(expected, Failure):
        if isinstance(got, Failure):
            return Verdict.BOTH_FAIL, f"{expected.text} | {got.text}"
        return Verdict.ORIGINAL_FAILS, expected.text
    if isinstance(got, Failure):
        return (Verdict.REFUSED if got.told else Verdict.FAILS), got.text
    if expected[:3] == got[:3]:
        return Verdict.EQUAL, ""
    same_rows = (expected.rows, expected.noted) == (got.rows, got.noted)
    alike = same_rows and _but_for_nulls(expected.types, got.types)
    if same_rows and not expected.rows and (expected.types == {} or "schema_of_empty_frame" in assumptions.used()):
        alike = True
    return Verdict.TOLD if alike else Verdict.UNEQUAL, difference(expected, got)


def _but_for_nulls(one: Any, two: Any) -> bool:
    """Whether types agree, what is null in every row aside: a Map gives it no type in Glue, its condition says text."""
    if isinstance(one, dict) and isinstance(two, dict):
        return one.keys() == two.keys() and all(_but_for_nulls(one[name], two[name]) for name in one)
    if isinstance(one, tuple) and isinstance(two, tuple):
        return one[0] == two[0] and _but_for_nulls(one[1], two[1])
    return bool(one == two or one == "void")


def difference(expected: Outcome, got: Outcome) -> str:
    """Say what differs: types, else rows, else what was noted on the way."""
    if expected.types != got.types:
        return f"types {expected.types} became {got.types}"
    if expected.rows != got.rows:
        one = [row for row in expected.rows if row not in got.rows]
        two = [row for row in got.rows if row not in expected.rows]
        return f"{len(expected.rows)} rows, {len(got.rows)} converted; only Glue {one[:2]}; only Spark {two[:2]}"
    return f"noted {expected.noted} and {got.noted}"


def _outcome(side: Callable[[], Outcome]) -> Outcome | Failure:
    try:
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return side()
    except Exception as error:  # noqa: BLE001 - whatever a made-up program ends with is its outcome
        return failure(error)


def failure(error: Exception) -> Failure:
    """Return how a program ended, in a line."""
    text = str(error)
    last = next((line for line in reversed(text.splitlines()) if line.strip()), "")
    shown = text.splitlines()[0] if text else ""
    in_worker = "PythonException" in type(error).__name__ or "PythonException" in text
    if in_worker:
        shown = next((line.strip() for line in text.splitlines() if re.match(r"\s*\w+Error: ", line)), last)
    # A conversion's own refusals are ValueError and TypeError, raised on the driver or in a worker.
    told = type(error) in (ValueError, TypeError) or in_worker
    return Failure(told, f"{type(error).__name__}: {shown[:300]}")


def _original(spark: Any, case: Case, frame: Any, other: Any) -> Outcome:
    assumptions.use(assumptions.Assumptions())
    present = run.Run(RuntimeEnvironment(scratch=Path("/nonexistent")))
    run.begin(present)
    modules.install()
    try:
        from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

        space: dict[str, Any] = {"__name__": "original_job"}
        exec(compile(case.source, "original_job.py", "exec"), space)
        context: Any = SimpleNamespace(spark_session=spark, sinks=SimpleNamespace(write_sample=lambda *_: None))
        if not case.typed:
            frame, other = DynamicFrame.fromDF(frame, context, "frame"), DynamicFrame.fromDF(other, context, "other")
        made, seen = space["transform"](frame, other, context)
        types, rows = content(made.toDF())
        happened = {"a record lacked a field"} if present.missing_fields else set()
        happened |= {"a column held several types"} if _has_choice(made.schema()) else set()
        happened |= {"a number was NaN"} if any("nan" in repr(row) for row in case.table.rows) else set()
        return Outcome(types, rows, seen, frozenset(happened))
    finally:
        modules.uninstall()
        run.end()


def _has_choice(kind: Any) -> bool:
    if isinstance(kind, gluetypes.ChoiceType):
        return True
    if isinstance(kind, gluetypes.StructType):
        return any(_has_choice(field.dataType) for field in kind.fields)
    inner = getattr(kind, "elementType", None) or getattr(kind, "valueType", None)
    return inner is not None and _has_choice(inner)


def _converted(spark: Any, conversion: Conversion, frame: Any, other: Any) -> Outcome:
    compat = ModuleType("glue_compat")
    sys.modules["glue_compat"] = compat
    try:
        exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat.__dict__)
        space: dict[str, Any] = {"__name__": "converted_job"}
        exec(compile(conversion.after, "converted_job.py", "exec"), space)
        made, seen = space["transform"](frame, other, spark)
        return Outcome(*content(made), seen)
    finally:
        sys.modules.pop("glue_compat", None)


def content(frame: Any) -> tuple[Any, list[str]]:
    """Return a DataFrame's columns with their types and its rows, both in an order of their own."""
    if len(set(frame.columns)) < len(frame.columns):
        return f"columns {sorted(frame.columns)}", []
    return shape(frame.schema), sorted(plain(row.asDict(recursive=True)) for row in frame.collect())


def shape(kind: Any) -> Any:
    """Return a type without the order of its fields: Glue promises none."""
    name = kind.typeName()
    if name == "struct":
        return {field.name: shape(field.dataType) for field in sorted(kind.fields, key=lambda field: str(field.name))}
    if name == "array":
        return "array", shape(kind.elementType)
    return ("map", shape(kind.valueType)) if name == "map" else str(kind.simpleString())


def plain(value: Any) -> str:
    """Spell a value so that equal ones are spelled alike, whatever the order of their fields."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {plain(value[key])}" for key in sorted(value)) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(plain, value)) + "]"
    return repr(value)
