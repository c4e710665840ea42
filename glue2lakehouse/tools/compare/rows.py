"""Open the buckets that differ: which rows, which columns, which values; and aggregates that tell how far off they are."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Protocol

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Issue
from glue2lakehouse.tools.compare.canonical import BUCKET, HASH
from glue2lakehouse.tools.compare.plan import Check, Plan
from glue2lakehouse.tools.sandbox.datasets import plain_value

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame

PAIRED_AT_MOST = 10_000
_EXACT = "decimal(38,12)"


class Sides(Protocol):
    """Two aligned frames, see `data.Aligned`."""

    @property
    def left(self) -> "DataFrame": ...  # noqa: D102
    @property
    def right(self) -> "DataFrame": ...  # noqa: D102
    @property
    def columns(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def keys(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def numeric(self) -> frozenset[str]: ...  # noqa: D102


class Differing(BaseModel):
    """The rows that differ; `close` counts those that differ within the tolerance only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    within_tolerance: bool
    message: str
    close: int = 0
    issues: tuple[Issue, ...] = ()
    figures: dict[str, object] = {}


@dataclass(frozen=True)
class _Counts:
    only_left: int
    only_right: int
    changed: int
    close: int

    @property
    def total(self) -> int:
        return self.only_left + self.only_right + self.changed


def differing_rows(sides: Sides, plan: Plan, buckets: Sequence[int]) -> Differing:
    """Compare the rows of some buckets: by key where the plan names one that is unique there, else as a multiset."""
    from pyspark.sql import functions as f

    chosen = f.col(_quote(BUCKET)).isin(list(buckets)) if len(buckets) < plan.buckets else f.lit(True)
    left, right = sides.left.where(chosen), sides.right.where(chosen)
    if sides.keys:
        repeated = _repeated(left, sides.keys) + _repeated(right, sides.keys)
        if not repeated:
            return _by_key(sides, plan, left, right)
        return _as_multiset(sides, plan, left, right, repeated)
    return _as_multiset(sides, plan, left, right, 0)


def aggregates(sides: Sides) -> Check:
    """Compare nulls, sums, smallest and largest values column by column, in one pass over each side."""
    left, right = _figures(sides.left, sides), _figures(sides.right, sides)
    differing = {name: (left[name], right[name]) for name in left if left[name] != right[name]}
    issues = tuple(
        Issue(
            type="AGGREGATE",
            severity="warning",
            column=name.partition(" of ")[2],
            message=f"{name} is {was} in the source and {became} in the destination",
        )
        for name, (was, became) in differing.items()
    )
    message = f"{len(differing)} of {len(left)} aggregates differ"
    figures = {name: list(pair) for name, pair in differing.items()}
    return Check(type="aggregates", passed=not differing, message=message, issues=issues, figures=figures)


def _figures(side: "DataFrame", sides: Sides) -> dict[str, Any]:
    from pyspark.sql import functions as f

    wanted = []
    for name in sides.columns:
        column = f.col(_quote(name))
        wanted.append(f.count(f.when(column.isNull(), 1)).alias(f"nulls of {name}"))
        if name in sides.numeric:
            integral = side.schema[name].dataType.simpleString() in ("tinyint", "smallint", "int", "bigint")
            # A sum that has no room is null on both sides, rather than an error or a wrong number.
            total = f.try_sum(column.cast("decimal(38,0)") if integral else column)
            wanted += [
                total.alias(f"sum of {name}"),
                f.min(column).alias(f"smallest of {name}"),
                f.max(column).alias(f"largest of {name}"),
            ]
    (row,) = side.agg(*wanted).collect()
    return {name: _rounded(value) for name, value in row.asDict().items()}


def _rounded(value: Any) -> Any:
    """The last digits of a floating-point sum depend on the order of its parts."""
    if isinstance(value, float):
        return float(f"{value:.9g}")
    return value if value is None or isinstance(value, int) else str(value)


def _repeated(side: "DataFrame", keys: Sequence[str]) -> int:
    from pyspark.sql import functions as f

    rows = f.count(f.lit(1)).alias("rows of a key")
    return side.groupBy(*map(_quote, keys)).agg(rows).where(f.col("`rows of a key`") > 1).limit(1).count()


def _by_key(sides: Sides, plan: Plan, left: "DataFrame", right: "DataFrame") -> Differing:
    from pyspark.sql import functions as f

    tolerance = {name.lower(): value for name, value in plan.tolerance.items()}
    one, other = left.alias("l"), right.alias("r")
    same_key = [f.col(f"l.{_quote(name)}").eqNullSafe(f.col(f"r.{_quote(name)}")) for name in sides.keys]
    both = one.join(other, same_key, "full")
    values = [name for name in sides.columns if name not in sides.keys]
    exact = {name for name in sides.numeric if left.schema[name].dataType.typeName() not in ("float", "double")}
    unlike = {name: ~_close(name, tolerance.get(name, 0.0), name in exact) for name in values}
    left_hash, right_hash = f.col(f"l.{_quote(HASH)}"), f.col(f"r.{_quote(HASH)}")
    only_left, only_right = right_hash.isNull(), left_hash.isNull()
    paired = ~only_left & ~only_right
    any_unlike = f.lit(False)
    for test in unlike.values():
        any_unlike = any_unlike | test
    counted = both.agg(
        _count(only_left).alias("only_left"),
        _count(only_right).alias("only_right"),
        _count(paired & any_unlike).alias("changed"),
        _count(paired & ~any_unlike & (left_hash != right_hash)).alias("close"),
        *(_count(paired & test).alias(f"c{number}") for number, test in enumerate(unlike.values())),
    ).collect()[0]
    counts = _Counts(counted["only_left"], counted["only_right"], counted["changed"], counted["close"])
    # Hashes that differ without a tolerance to explain it are a difference, whatever the values look like.
    if not counts.total and tolerance:
        return Differing(within_tolerance=True, message="", close=counts.close)
    by_column = {name: int(counted[f"c{number}"]) for number, name in enumerate(unlike) if counted[f"c{number}"]}
    shown = both.where(only_left | only_right | (paired & any_unlike)).limit(plan.samples)
    picked = shown.select(
        *(f.col(f"l.{_quote(name)}").alias(f"l{number}") for number, name in enumerate(sides.columns)),
        *(f.col(f"r.{_quote(name)}").alias(f"r{number}") for number, name in enumerate(sides.columns)),
        only_left.alias("only_left"),
        only_right.alias("only_right"),
    )
    samples = [_sample(row, sides, tolerance) for row in picked.collect()]
    issues = [
        Issue(
            type="VALUE_MISMATCH",
            severity="critical",
            column=name,
            message=f"{count} rows have another value in {name}",
            recommendation="look at the samples for what the rows have in common",
        )
        for name, count in by_column.items()
    ]
    return _answer(counts, issues, {"columns": by_column, "samples": samples})


def _close(name: str, tolerance: float, exact: bool) -> "Column":
    from pyspark.sql import functions as f

    left, right = f.col(f"l.{_quote(name)}"), f.col(f"r.{_quote(name)}")
    same = left.eqNullSafe(right)
    if not tolerance:
        return same
    if exact:
        # Not as doubles, in which whole numbers beyond 2^53 meet. What has no room in the decimal is null: not near.
        apart = f.abs(f.try_subtract(left.try_cast(_EXACT), right.try_cast(_EXACT)))
        return same | f.coalesce(apart <= f.lit(Decimal(repr(tolerance))), f.lit(False))
    one, other = left.try_cast("double"), right.try_cast("double")
    # Null or NaN on one side only is no number within a tolerance.
    near = (f.abs(one - other) <= f.lit(tolerance)) & ~f.isnan(one) & ~f.isnan(other)
    return same | f.coalesce(near, f.lit(False))


def _sample(row: Any, sides: Sides, tolerance: dict[str, float]) -> dict[str, Any]:
    left = {name: plain_value(row[f"l{number}"]) for number, name in enumerate(sides.columns)}
    right = {name: plain_value(row[f"r{number}"]) for number, name in enumerate(sides.columns)}
    if row["only_left"]:
        return {"only_source": left}
    if row["only_right"]:
        return {"only_destination": right}
    changed = {name: [left[name], right[name]] for name in sides.columns if left[name] != right[name]}
    return {"key": {name: left[name] for name in sides.keys}, "changed": changed}


def _as_multiset(sides: Sides, plan: Plan, left: "DataFrame", right: "DataFrame", repeated: int) -> Differing:
    columns = [_quote(name) for name in sides.columns]
    one, other = left.select(*columns), right.select(*columns)
    # Serverless compute refuses to cache, so what is few is collected once and counted here.
    (only_left, lefts), (only_right, rights) = _collected(one.exceptAll(other)), _collected(other.exceptAll(one))
    counts = _Counts(lefts, rights, 0, 0)
    few = max(lefts, rights) <= PAIRED_AT_MOST
    if plan.tolerance and few and lefts == rights and _all_close(plan, only_left, only_right):
        return Differing(within_tolerance=True, message="", close=lefts)
    samples = [{"only_source": _values(row)} for row in only_left[: plan.samples]]
    samples += [{"only_destination": _values(row)} for row in only_right[: plan.samples]]
    issues = []
    if repeated:
        message = f"{', '.join(sides.keys)} name more than one row, so rows were compared as a whole"
        issues.append(
            Issue(type="DUPLICATE_KEY", severity="warning", message=message, recommendation="name a unique key")
        )
    if plan.tolerance and not few:
        message = f"more than {PAIRED_AT_MOST} rows differ, too many to pair by tolerance without a key"
        issues.append(Issue(type="NO_KEY", severity="warning", message=message, recommendation="name key columns"))
    return _answer(counts, issues, {"samples": samples})


def _collected(frame: "DataFrame") -> tuple[list[Any], int]:
    """Return the rows, or the first of them where they are many, and how many there are."""
    rows = frame.limit(PAIRED_AT_MOST + 1).collect()
    return (rows, len(rows)) if len(rows) <= PAIRED_AT_MOST else (rows[:PAIRED_AT_MOST], frame.count())


def _all_close(plan: Plan, left: Sequence[Any], right: Sequence[Any]) -> bool:
    """Pair each row with one that is equal but for the columns with a tolerance, and close enough in those.

    `sandbox.comparison` pairs rows too, but its tolerance is relative and one for all columns.
    """
    tolerances = {name.lower(): value for name, value in plan.tolerance.items()}
    waiting: dict[str, list[Any]] = defaultdict(list)
    for row in right:
        waiting[_exact_part(row, tolerances)].append(row)
    for row in sorted(left, key=lambda each: repr([each[name] for name in tolerances])):
        others = waiting[_exact_part(row, tolerances)]
        partner = next((at for at, other in enumerate(others) if _near(row, other, tolerances)), None)
        if partner is None:
            return False
        del others[partner]
    return True


def _exact_part(row: Any, tolerances: Mapping[str, float]) -> str:
    return repr([value for name, value in row.asDict().items() if name not in tolerances])


def _near(row: Any, other: Any, tolerances: Mapping[str, float]) -> bool:
    for name, tolerance in tolerances.items():
        one, two = row[name], other[name]
        # Only NaN is unlike itself, and NaN is like NaN here.
        if one == two or (one != one and two != two):
            continue
        # Written so that NaN is near nothing else.
        if not _apart(one, two) <= Decimal(repr(tolerance)):
            return False
    return True


def _apart(one: Any, two: Any) -> Decimal:
    """Whole numbers and decimals are subtracted as such: as floats, large ones that differ would be equal."""
    if all(isinstance(value, (int, Decimal)) for value in (one, two)):
        return abs(Decimal(one) - Decimal(two))
    if all(isinstance(value, (int, float, Decimal)) for value in (one, two)):
        difference = abs(float(one) - float(two))
        return Decimal("Infinity") if math.isnan(difference) else Decimal(difference)
    return Decimal("Infinity")


def _values(row: Any) -> dict[str, Any]:
    return {name: plain_value(value) for name, value in row.asDict().items()}


def _answer(counts: _Counts, issues: list[Issue], figures: dict[str, object]) -> Differing:
    message = f"{counts.changed} rows changed, {counts.only_left} only in the source, {counts.only_right} only in the destination"
    rows = Issue(
        type="ROW_MISMATCH",
        severity="critical",
        message=message,
        recommendation="compare the samples with the job that wrote them",
    )
    told: dict[str, object] = {
        "changed": counts.changed,
        "only_source": counts.only_left,
        "only_destination": counts.only_right,
        "within_tolerance": counts.close,
    }
    return Differing(
        within_tolerance=False, message=message, close=counts.close, issues=(rows, *issues), figures=told | figures
    )


def _count(condition: "Column") -> "Column":
    from pyspark.sql import functions as f

    return f.count(f.when(condition, 1))


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
