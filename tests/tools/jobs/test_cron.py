"""AWS cron to Quartz: the same next 50 fire times, by two readings that share no code.

The AWS side is `cron.fire_times`; the Quartz side is the evaluator below, written from the documentation of Quartz's
CronExpression with `calendar` only, and, for the expressions that it can read, croniter.
"""

import calendar
from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter
from hypothesis import given, settings
from hypothesis import strategies as st

from glue2lakehouse.tools.jobs.cron import CronError, Quartz, Rate, fire_times, read_schedule, to_quartz, unix_to_aws

START = datetime(2024, 2, 27, 11, 22)
NAMED_DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")
NAMED_MONTHS = tuple(name.upper() for name in calendar.month_abbr[1:])


def quartz_number(text: str) -> int:
    if text in NAMED_DAYS:
        return NAMED_DAYS.index(text) + 1
    return NAMED_MONTHS.index(text) + 1 if text in NAMED_MONTHS else int(text)


def quartz_values(field: str, low: int, high: int) -> set[int]:
    values: set[int] = set()
    for part in field.split(","):
        body, _, increment = part.partition("/")
        if body == "*":
            first, last = low, high
        elif "-" in body:
            first, last = (quartz_number(end) for end in body.split("-"))
        else:
            first = quartz_number(body)
            last = high if increment else first
        values.update(range(first, last + 1, int(increment or 1)))
    return values


def quartz_days(day: str, weekday: str, year: int, month: int) -> list[int]:
    length = calendar.monthrange(year, month)[1]
    numbers = {d: (calendar.weekday(year, month, d) + 1) % 7 + 1 for d in range(1, length + 1)}
    if weekday != "?":
        if weekday == "L":
            return [d for d in numbers if numbers[d] == 7]
        if weekday.endswith("L"):
            return [d for d in numbers if numbers[d] == quartz_number(weekday[:-1])][-1:]
        if "#" in weekday:
            name, nth = weekday.split("#")
            return [d for d in numbers if numbers[d] == quartz_number(name)][int(nth) - 1 : int(nth)]
        return [d for d in numbers if numbers[d] in quartz_values(weekday, 1, 7)]
    if day == "L":
        return [length]
    if day.startswith("L-"):
        return [length - int(day[2:])]
    if day.endswith("W"):
        target = length if day == "LW" else int(day[:-1])
        if target > length:
            return []
        working = [d for d in numbers if numbers[d] in range(2, 7)]
        return [min(working, key=lambda d: (abs(d - target), d))]
    return sorted(d for d in quartz_values(day, 1, 31) if d <= length)


def quartz_times(expression: str, start: datetime, limit: int) -> list[datetime]:
    _, minute, hour, day, month, weekday, year = expression.split(" ")
    found: list[datetime] = []
    years = sorted(y for y in quartz_values(year, 1970, 2099) if start.year <= y <= start.year + 60)
    for y in years:
        for m in sorted(quartz_values(month, 1, 12)):
            for d in quartz_days(day, weekday, y, m):
                for h in sorted(quartz_values(hour, 0, 23)):
                    for minutes in sorted(quartz_values(minute, 0, 59)):
                        moment = datetime(y, m, d, h, minutes)
                        if moment > start:
                            found.append(moment)
                        if len(found) == limit:
                            return found
    return found


def numbers(low: int, high: int, names: tuple[str, ...] = ()) -> st.SearchStrategy[str]:
    single = st.integers(low, high).map(lambda value: names[value - low] if names else str(value))
    pair = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda ends: f"{ends[0]}-{ends[1]}")
    forward = st.tuples(st.integers(low, high), st.integers(low, high)).map(lambda ends: f"{min(ends)}-{max(ends)}")
    stepped = st.tuples(st.integers(low, high), st.integers(1, high)).map(lambda both: f"{both[0]}/{both[1]}")
    ranged = st.tuples(forward, st.integers(1, 5)).map(lambda both: f"{both[0]}/{both[1]}")
    part = st.one_of(single, pair, stepped, ranged)
    return st.one_of(st.just("*"), part, st.lists(part, min_size=2, max_size=3).map(",".join))


def plain(high: int) -> st.SearchStrategy[str]:
    """What croniter reads without surprises: it takes a range of one value, 0-0, for all values."""
    return st.one_of(st.just("*"), st.lists(st.integers(0, high).map(str), min_size=1, max_size=3).map(",".join))


def day_fields() -> st.SearchStrategy[tuple[str, str]]:
    special_day = st.sampled_from(["L", "LW", "L-3", "1W", "15W", "31W"])
    special_weekday = st.one_of(
        st.sampled_from(["L", "FRIL", "2L"]),
        st.tuples(st.integers(1, 7), st.integers(1, 4)).map(lambda both: f"{both[0]}#{both[1]}"),
    )
    day = st.one_of(numbers(1, 31), special_day).map(lambda field: (field, "?"))
    weekday = st.one_of(numbers(1, 7, NAMED_DAYS), numbers(1, 7), special_weekday).map(lambda field: ("?", field))
    both = st.sampled_from([("*", "*"), ("*", "MON-FRI"), ("15", "*")])
    return st.one_of(day, weekday, both)


@pytest.mark.integration
@settings(max_examples=60, deadline=None)
@given(
    minute=numbers(0, 59),
    hour=numbers(0, 23),
    days=day_fields(),
    month=st.one_of(numbers(1, 12), numbers(1, 12, NAMED_MONTHS)),
    year=st.sampled_from(["*", "2024-2030", "2025,2027", "2024/2", "2025"]),
)
def test_the_next_50_fire_times_of_both_sides_are_equal(
    minute: str, hour: str, days: tuple[str, str], month: str, year: str
) -> None:
    text = f"cron({minute} {hour} {days[0]} {month} {days[1]} {year})"
    translated = to_quartz(text)
    assert translated.note == ""
    assert quartz_times(translated.expression, START, 50) == fire_times(text, START, limit=50)


@settings(max_examples=20, deadline=None)
@given(minute=plain(59), hour=plain(23), weekday=st.lists(st.sampled_from(NAMED_DAYS), min_size=1, unique=True))
def test_croniter_agrees_on_what_it_can_read(minute: str, hour: str, weekday: list[str]) -> None:
    text = f"cron({minute} {hour} ? * {','.join(weekday)} *)"
    _, minutes, hours, _, months, weekdays, _ = to_quartz(text).expression.split(" ")
    times = croniter(f"{minutes} {hours} * {months} {weekdays}", START)
    assert [times.get_next(datetime).replace(tzinfo=None) for _ in range(20)] == fire_times(text, START, limit=20)


@pytest.mark.parametrize(
    ("aws", "quartz"),
    [
        ("cron(15 12 * * ? *)", "0 15 12 * * ? *"),
        ("cron(0 18 ? * MON-FRI *)", "0 0 18 ? * MON-FRI *"),
        ("cron(0/5 8-17 ? * MON-FRI *)", "0 0/5 8-17 ? * MON-FRI *"),
        ("cron(0/15 * * * ? *)", "0 0/15 * * * ? *"),
        ("cron(0 0 * * * *)", "0 0 0 * * ? *"),
        ("cron(0 9 ? * 2#1 *)", "0 0 9 ? * 2#1 *"),
        ("cron(0 1 ? * FRI-MON *)", "0 0 1 ? * 1,2,6,7 *"),
        ("  cron( 0 10 L * ? 2022-2024 ) ", "0 0 10 L * ? 2022-2024"),
    ],
)
def test_the_forms_of_the_documentation_are_translated(aws: str, quartz: str) -> None:
    assert to_quartz(aws) == Quartz(quartz)


@pytest.mark.parametrize(
    "text",
    ["cron(0 12 * * ?)", "cron(0 25 * * ? *)", "cron(0 0 ? * ? *)", "cron(0 0 1 * MON *)", "cron(? 0 * * ? *)",
     "cron(0 0 ? * 1L,5L *)", "cron(0 0 * * ? 2150)", "cron(0/0 0 * * ? *)", "nightly", ""],
)  # fmt: skip
def test_what_has_no_quartz_form_is_refused_with_the_reason(text: str) -> None:
    with pytest.raises(CronError, match=r"\w"):
        to_quartz(text)


def test_years_that_quartz_does_not_know_are_cut_off_and_said_so() -> None:
    found = to_quartz("cron(0 0 1 1 ? 2098-2150)")
    assert found.expression.endswith(" 2098,2099")
    assert "2099" in found.note


def test_a_rate_is_a_periodic_trigger() -> None:
    assert read_schedule("rate(5 minutes)") == Rate(5, "MINUTES")
    assert read_schedule("rate(1 day)") == Rate(1, "DAYS")


@pytest.mark.parametrize(
    ("unix", "aws"),
    [("30 6 * * *", "cron(30 6 * * ? *)"), ("0 0 * * 0", "cron(0 0 ? * 1 *)"), ("0 7 * * 1-5", "cron(0 7 ? * 2-6 *)")],
)
def test_unix_cron_keeps_its_weekdays(unix: str, aws: str) -> None:
    assert unix_to_aws(unix) == aws
    times = croniter(unix, START.replace(tzinfo=UTC))
    expected = [times.get_next(datetime).replace(tzinfo=None) for _ in range(10)]
    assert fire_times(aws, START, limit=10) == expected


def test_unix_cron_with_both_day_fields_means_either_and_has_no_aws_form() -> None:
    assert unix_to_aws("0 0 1 * 1") is None


def test_fire_times_start_after_the_given_moment() -> None:
    assert fire_times("cron(22 11 * * ? *)", START, limit=1) == [START + timedelta(days=1)]
