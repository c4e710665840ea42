"""The retail fiscal calendar: a year starts on the first of February."""

from datetime import date

FIRST_MONTH = 2


def fiscal_year(day: date) -> int:
    """Return the fiscal year that a day belongs to."""
    return day.year if day.month >= FIRST_MONTH else day.year - 1


def fiscal_period(day: date) -> str:
    """Return e.g. ``FY2024-P01`` for a day in February 2024."""
    period = (day.month - FIRST_MONTH) % 12 + 1
    return f"FY{fiscal_year(day)}-P{period:02d}"
