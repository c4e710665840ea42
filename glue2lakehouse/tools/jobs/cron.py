"""Schedules: AWS `cron(…)` and `rate(…)` to Quartz and periodic triggers; Unix cron to AWS where it means the same.

AWS: monitor-data-warehouse-schedule (six fields, UTC, day of week 1-7 = SUN-SAT); Quartz: CronExpression. Both agree
on every field; Quartz has seconds in front, ends with the year 2099, and wants `?` in one of the two day fields,
where AWS lets `*` stand in both. A range that runs backwards (FRI-MON) is written out as a list.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

_DAYS = {name: number for number, name in enumerate(("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"), 1)}
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"), 1
    )
}
_BOUNDS = {
    "minute": (0, 59),
    "hour": (0, 23),
    "day": (1, 31),
    "month": (1, 12),
    "weekday": (1, 7),
    "year": (1970, 2199),
}
_LAST_YEAR = 2099
_LONGEST_LOOK = 60
_RATE = re.compile(r"rate\(\s*(\d+)\s+(minute|hour|day)s?\s*\)")


class CronError(ValueError):
    """A schedule that AWS would refuse, or that has no Quartz form; the text says why."""


@dataclass(frozen=True)
class Quartz:
    """A Quartz expression; `note` says what differs, empty where nothing does."""

    expression: str
    note: str = ""


@dataclass(frozen=True)
class Rate:
    """A `rate(…)`: every so many MINUTES, HOURS or DAYS from its creation."""

    interval: int
    unit: str


def read_schedule(text: str) -> Quartz | Rate:
    """Return the Databricks form of `cron(…)` or `rate(…)`. Raises CronError."""
    rate = _RATE.fullmatch(text.strip())
    if rate:
        if int(rate[1]) < 1:
            raise CronError(f"'{text}': a rate is at least 1")
        return Rate(int(rate[1]), rate[2].upper() + "S")
    return to_quartz(text)


def to_quartz(text: str) -> Quartz:
    """Return the Quartz form of an AWS cron expression, with or without `cron(…)` around it. Raises CronError."""
    fields = _fields(text)
    for name, field in zip(_BOUNDS, fields, strict=True):
        _members(name, field, 2024, 1)
    minute, hour, day, month, weekday, year = fields
    if day == "*" and weekday == "*":
        weekday = "?"
    elif day != "?" and weekday != "?":
        if "*" not in (day, weekday):
            raise CronError(f"'{text}': day of month and day of week cannot both be given; put ? in one of them")
        day, weekday = ("?", weekday) if day == "*" else (day, "?")
    elif day == "?" and weekday == "?":
        raise CronError(f"'{text}': one of day of month and day of week must be given")
    years, note = _years(year)
    plain = [_unwrapped(*pair) for pair in zip(_BOUNDS, (minute, hour, day, month, weekday), strict=False)]
    return Quartz(" ".join(("0", *plain, years)), note)


def _unwrapped(name: str, field: str) -> str:
    """Write a range that runs backwards as a list, so that it does not depend on how Quartz wraps ranges."""
    special = field != "?" and name in ("day", "weekday") and re.search(r"[LW#]", re.sub(r"[A-Z]{3}", "", field))
    if special and "," in field:
        raise CronError(f"'{field}': Quartz takes L, W and # only alone, not in a list")
    return ",".join(_unwrapped_part(name, part) for part in field.split(","))


def _unwrapped_part(name: str, part: str) -> str:
    if not re.fullmatch(r"\w+-\w+(/\d+)?", part) or part.startswith("L-"):
        return "*" + part if part.startswith("/") else part
    first, _, end = part.partition("/")[0].partition("-")
    if _number(name, first) <= _number(name, end):
        return part
    return ",".join(map(str, sorted(_range(name, part))))


def _fields(text: str) -> list[str]:
    inner = re.fullmatch(r"\s*(?:cron\((.*)\)|(.*?))\s*", text, re.DOTALL)
    fields = ((inner[1] or inner[2] or "") if inner else "").upper().split()
    if len(fields) != 6:
        raise CronError(f"'{text}': expected six fields, found {len(fields)}")
    return fields


def _years(field: str) -> tuple[str, str]:
    """Return the year field of Quartz, and a note where it ends earlier; what is open to the end simply ends with Quartz."""
    years = sorted(_members("year", field, 2024, 1))
    kept = [year for year in years if year <= _LAST_YEAR]
    if not kept:
        raise CronError(f"year '{field}': Quartz ends with {_LAST_YEAR}")
    if field == "*" or len(kept) == len(years) or re.fullmatch(r"(\d+|\*)/\d+", field):
        return field, ""
    return ",".join(map(str, kept)), _CUT


_CUT = f"years after {_LAST_YEAR} are cut off, where Quartz ends"


def fire_times(text: str, start: datetime, *, limit: int) -> list[datetime]:
    """Return the first `limit` times after `start` at which an AWS expression fires, by AWS's own reading of it."""
    minute, hour, day, month, weekday, year = _fields(text)
    found: list[datetime] = []
    all_hours, all_minutes = sorted(_members("hour", hour, 0, 0)), sorted(_members("minute", minute, 0, 0))
    for date in _dates(start, (day, month, weekday, year)):
        for hours in all_hours:
            for minutes in all_minutes:
                moment = date.replace(hour=hours, minute=minutes)
                if moment > start:
                    found.append(moment)
                if len(found) == limit:
                    return found
    return found


def _dates(start: datetime, fields: tuple[str, str, str, str]) -> Iterator[datetime]:
    day, month, weekday, year = fields
    months = sorted(_members("month", month, 0, 0))
    for each in sorted(_members("year", year, 0, 0)):
        if not start.year <= each <= start.year + _LONGEST_LOOK:
            continue
        for number in months:
            if (each, number) < (start.year, start.month):
                continue
            both = _members("day", day, each, number) & _members("weekday", weekday, each, number)
            for date in sorted(both):
                yield datetime(each, number, date, tzinfo=start.tzinfo)


def _last_day(year: int, month: int) -> int:
    return ((datetime(year, month, 1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)).day


def _members(name: str, field: str, year: int, month: int) -> set[int]:
    """Return the values that a field lets through; the two day fields give days of that month."""
    if name in ("day", "weekday"):
        return _day_members(name, field, year or 2024, month or 1)
    return {value for part in field.split(",") for value in _range(name, part)}


def _day_members(name: str, field: str, year: int, month: int) -> set[int]:
    last = _last_day(year, month)
    if field in ("*", "?"):
        return set(range(1, last + 1))
    days: set[int] = set()
    for part in field.split(","):
        special = _special_day(part, year, month, last) if name == "day" else _special_weekday(part, year, month, last)
        if special is not None:
            days |= special
        elif name == "day":
            days |= _range(name, part)
        else:
            wanted = _range(name, part)
            days |= {day for day in range(1, last + 1) if _weekday(year, month, day) in wanted}
    return {day for day in days if day <= last}


def _weekday(year: int, month: int, day: int) -> int:
    return datetime(year, month, day).isoweekday() % 7 + 1


def _special_day(part: str, year: int, month: int, last: int) -> set[int] | None:
    if part == "L":
        return {last}
    if match := re.fullmatch(r"L-(\d+)", part):
        return {last - int(match[1])} if int(match[1]) < last else set()
    if part == "LW":
        return {_nearest_weekday(year, month, last, last)}
    if match := re.fullmatch(r"(\d+)W", part):
        day = int(match[1])
        if not 1 <= day <= 31:
            raise CronError(f"'{part}': day of month is 1 to 31")
        return {_nearest_weekday(year, month, day, last)} if day <= last else set()
    return None


def _nearest_weekday(year: int, month: int, day: int, last: int) -> int:
    weekday = _weekday(year, month, day)
    if weekday == 7:
        return day - 1 if day > 1 else day + 2
    if weekday == 1:
        return day + 1 if day < last else day - 2
    return day


def _special_weekday(part: str, year: int, month: int, last: int) -> set[int] | None:
    if part == "L":
        return {day for day in range(1, last + 1) if _weekday(year, month, day) == 7}
    if match := re.fullmatch(r"(\w+?)L", part):
        return {max(day for day in range(1, last + 1) if _weekday(year, month, day) == _number("weekday", match[1]))}
    if match := re.fullmatch(r"(\w+)#([1-5])", part):
        days = [day for day in range(1, last + 1) if _weekday(year, month, day) == _number("weekday", match[1])]
        return set(days[int(match[2]) - 1 : int(match[2])])
    return None


def _range(name: str, part: str) -> set[int]:
    low, high = _BOUNDS[name]
    base, slash, step_text = part.partition("/")
    if slash and not (step_text.isdigit() and int(step_text) > 0):
        raise CronError(f"'{part}': the step of {name} is a number from 1")
    step = int(step_text) if slash else 1
    first, dash, end = base.partition("-")
    if base == "?":
        raise CronError(f"'{part}': ? stands only in the day fields")
    if base == "*" or (slash and not base):
        return set(range(low, high + 1, step))
    start = _number(name, first)
    stop = _number(name, end) if dash else (high if slash else start)
    if stop >= start:
        return set(range(start, stop + 1, step))
    if name == "year":
        raise CronError(f"'{part}': years run forwards")
    around = [*range(start, high + 1), *range(low, stop + 1)]
    return set(around[::step])


def _number(name: str, text: str) -> int:
    names = _DAYS if name == "weekday" else _MONTHS if name == "month" else {}
    low, high = _BOUNDS[name]
    value = names.get(text, int(text) if text.isdigit() else -1)
    if not low <= value <= high:
        raise CronError(f"'{text}': {name} is {low} to {high}")
    return value


def unix_to_aws(text: str) -> str | None:
    """Return the AWS form of a five-field Unix cron; None where its meaning has none.

    Unix counts weekdays from 0 = Sunday and fires when either day field matches, where both are given.
    """
    fields = text.split()
    if len(fields) != 5 or not all(re.fullmatch(r"[\dA-Za-z*/,-]+", field) for field in fields):
        return None
    minute, hour, day, month, weekday = fields
    if day != "*" and weekday != "*":
        return None
    if weekday != "*":
        if "/" in weekday and not weekday.startswith("*/"):
            return None
        shifted = _shift_weekdays(weekday)
        expression = f"cron({minute} {hour} ? {month} {shifted} *)"
    else:
        expression = f"cron({minute} {hour} {day} {month} ? *)"
    try:
        to_quartz(expression)
    except CronError:
        return None
    return expression


def _shift_weekdays(field: str) -> str:
    if field.startswith("*/"):
        return ",".join(str(day + 1) for day in range(0, 7, int(field[2:])))
    return re.sub(r"\d+", lambda match: str(int(match[0]) % 7 + 1), field)
