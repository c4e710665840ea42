"""Moments with a time zone of their own, which Athena shows in that zone; Spark knows the session's only, UTC as in Athena.

Trino: functions/datetime (from_iso8601_timestamp, from_unixtime, AT TIME ZONE), language/types.
"""

import re
from collections.abc import Iterator

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import Made, Said, Unproven, call, info, warn
from glue2lakehouse.tools.ddl.kinds import Kinds

# What a cast to text writes behind the time: the name of a zone, or the one that the value itself has.
ZONE, OWN = "zone", "own"
# What the same cast writes behind the seconds, where that is not three digits.
FRACTION = "fraction"
_ZONE_NAME = re.compile(r"UTC|[A-Z][A-Za-z]+(/[A-Z][A-Za-z_]+)+|[+-]\d\d:\d\d")
_FIELDS = (
    exp.Date, exp.TimeToStr, exp.Year, exp.Month, exp.Day, exp.Hour, exp.Minute, exp.Second, exp.Quarter, exp.Extract,
    exp.DayOfWeekIso, exp.DayOfMonth, exp.DayOfYear, exp.WeekOfYear, exp.YearOfWeek,
)  # fmt: skip
_CUT = (exp.TimestampTrunc, exp.DateTrunc)
_UNCUT = (exp.Paren, exp.DateAdd, exp.Add, exp.Sub, exp.Nullif)
_CHOSEN = (exp.Max, exp.Min, exp.Coalesce, exp.If, exp.Case, exp.Filter, exp.Try)
_UTC = re.compile(r"(UTC|Z|[+-]00:?00)$")
_ZONELESS = {exp.DataType.Type.DATE, exp.DataType.Type.TIMESTAMP}


def note_zones(tree: exp.Expr) -> Iterator[Said]:
    """Mark the casts that write a zone behind the time; say where a text's own offset counts."""
    for node in tree.find_all(
        exp.CurrentTimestamp, exp.UnixToTime, exp.FromISO8601Timestamp, exp.ParseDatetime, exp.Cast
    ):
        own, (taker, cut) = _has_offset(node), _chooser(node)
        text_of_it = isinstance(taker, exp.Cast) and taker.to.this == exp.DataType.Type.VARCHAR
        if isinstance(node, exp.Cast) and node.to.this != exp.DataType.Type.TIMESTAMPTZ:
            if taker is not None and text_of_it and node.to.sql() == "TIMESTAMP(6)":
                taker.meta[FRACTION] = "SSSSSS"
            continue
        if taker is not None and text_of_it:
            taker.meta[ZONE] = OWN if own or taker.meta.get(ZONE) == OWN else "UTC"
            continue
        untouched = isinstance(taker, exp.Predicate | exp.DateDiff | exp.TimeToUnix | exp.AtTimeZone) and not cut
        if not own or untouched:
            continue
        text = (
            f"{_shown(node)}: 2024-01-01T00:30:00+02:00 stays at 00:30 in Athena; Spark takes it as 22:30 UTC of"
            " the day before"
        )
        yield warn(text) if _reads_local(taker) or cut else info(text)


def _has_offset(node: exp.Expr) -> bool:
    """Say whether a moment is read with an offset that may stand in the text."""
    if isinstance(node, exp.Cast):
        return not _UTC.search(node.this.name)
    pattern = node.args.get("format") if isinstance(node, exp.ParseDatetime) else None
    return isinstance(node, exp.FromISO8601Timestamp) or (pattern is not None and pattern.name.endswith("Z"))


def at_time_zone(node: exp.AtTimeZone, _: Kinds) -> Made:
    """Answer for AT TIME ZONE where only the local time is asked for. Raises Unproven."""
    # A column of a type that is not known holds a moment, too: no table of Hive has a time of day.
    return in_zone(node, node.this, node.args["zone"]), ()


def in_zone(node: exp.Expr, moment: exp.Expr, zone: exp.Expr) -> exp.Expr:
    """Return the local time of a moment in a zone, where nothing else is asked for. Raises Unproven."""
    if not isinstance(zone, exp.Literal) or not _ZONE_NAME.fullmatch(zone.name):
        raise Unproven(f"{_shown(node)}: a time zone that is computed, or has no name of a region, is not proven")
    if isinstance(_taker(node, (exp.Paren,)), exp.AtTimeZone):
        # The zone that is asked for next counts; a moment that was cut in between was cut in this one.
        return moment
    if not _reads_local(_taker(node, (exp.Paren, *_CUT))):
        raise Unproven(
            f"{_shown(node)}: a moment has no zone of its own in Spark; cast it to TIMESTAMP or DATE, or format it"
        )
    return call("FROM_UTC_TIMESTAMP", moment, zone)


def _shown(node: exp.Expr) -> str:
    return node.sql("trino")[:60]


def _taker(node: exp.Expr, passed: tuple[type[exp.Expr], ...]) -> exp.Expr | None:
    """Return what takes a moment, after it was cut or moved."""
    below: exp.Expr = node
    while isinstance(below.parent, passed) and below.parent.this is below:
        below = below.parent
    return below.parent


def _chooser(node: exp.Expr) -> tuple[exp.Expr | None, bool]:
    """Return what takes a moment after it was cut, moved or chosen among others, and whether it was cut."""
    below, cut = node, False
    while (parent := below.parent) is not None:
        if not (isinstance(parent, _CHOSEN) or (isinstance(parent, (*_CUT, *_UNCUT)) and parent.this is below)):
            break
        below, cut = parent, cut or isinstance(parent, _CUT)
    return below.parent, cut


def _reads_local(taker: exp.Expr | None) -> bool:
    if isinstance(taker, exp.Cast):
        return taker.to.this in _ZONELESS
    return isinstance(taker, _FIELDS) or (isinstance(taker, exp.Anonymous) and taker.name.lower() == "format_datetime")
