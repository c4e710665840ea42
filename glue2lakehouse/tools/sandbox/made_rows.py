"""Make rows from what is known of the columns: rows that pass every comparison, rows that fail one, and nasty ones.

The first rows are clean: keys that match, values that the script's filters look for. Then each nasty value of each column stands
alone in an otherwise clean row, so that what goes wrong points to one column. The same seed gives the same rows.
"""

import random
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Context, Decimal, InvalidOperation
from typing import Any

from glue2lakehouse.tools.sandbox.source_facts import LOOKS_LIKE_NUMBER, ScriptFacts

CLEAN_ROWS = 8
MOST_ROWS = 150
MISSING = object()

_WORDS = ("alpha", "beta", "gamma", "delta", "epsilon", "zeta")
_INTEGERS = {"int": 2**31 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1, "long": 2**63 - 1, "smallint": 2**15 - 1,
             "short": 2**15 - 1, "tinyint": 127, "byte": 127}  # fmt: skip
_WIDE = Context(prec=76)
_LONG = ("bigint", "long")
_FLOATS = ("double", "float", "real")
_LOOKS_LIKE_DATE = re.compile(r"(^|_)(date|day|dt)$|_on$", re.IGNORECASE)
_LOOKS_LIKE_TIME = re.compile(r"time|_at$|(^|_)ts$", re.IGNORECASE)


def make_rows(
    columns: Mapping[str, str],
    facts: ScriptFacts,
    *,
    seed: int = 0,
    offset: int = 0,
    text_only: bool = False,
    untyped: bool = False,
) -> list[dict[str, Any]]:
    """Return rows for flat columns (name -> Glue type, empty when unknown); `offset` shifts keys, so that joins also miss.

    Text columns that the script casts hold texts that can be cast in their clean rows. A value is `MISSING` where the record
    has no such field. With `text_only` every value is what a CSV file would hold; `untyped` are files that hold values
    without declared types, as JSON does.
    """
    chance = random.Random(f"{seed}")
    kinds = {
        name: "int" if untyped and facts.narrow and _base(kind) in _LONG else kind for name, kind in columns.items()
    }
    clean = [_clean_row(kinds, facts, row, offset) for row in range(CLEAN_ROWS)]
    rows = [*clean, dict(clean[0])]
    odd = {} if facts.calm else kinds
    nasty = [(name, value) for name, kind in odd.items() for value in _nasty(name, kind, facts.literals.get(name, ()))]
    if len(nasty) > MOST_ROWS:
        nasty = chance.sample(nasty, MOST_ROWS)
    rows += [{**clean[at % CLEAN_ROWS], name: value} for at, (name, value) in enumerate(nasty)]
    if not facts.calm:
        rows.append(dict.fromkeys(kinds))
    if text_only:
        return [{name: _as_text(value) for name, value in row.items()} for row in rows]
    return [{name: fit(value, kinds[name]) for name, value in row.items()} for row in rows]


def _clean_row(kinds: Mapping[str, str], facts: ScriptFacts, row: int, offset: int) -> dict[str, Any]:
    made = {}
    for name, kind in kinds.items():
        goal = facts.casts.get(name, kind) if _is_text(kind) else kind
        made[name] = _clean(facts.domains.get(name, name), goal, facts.literals.get(name, ()), row, offset)
    return {name: _digits(value, row, offset) for name, value in made.items()} if facts.digits else made


def _clean(name: str, kind: str, literals: Sequence[Any], row: int, offset: int) -> Any:
    numbers = [item for item in literals if isinstance(item, (int, float)) and not isinstance(item, bool)]
    texts = [item for item in literals if isinstance(item, str)]
    base = _base(kind)
    if base == "boolean":
        return row % 3 != 0
    if base in _INTEGERS:
        return int(numbers[0]) + row % 3 if numbers else _key(row, offset)
    if base in _FLOATS or base.startswith("decimal"):
        return round(float(numbers[0]) + row * 0.75, 2) if numbers else 10.25 + row * 2.5
    if base == "date":
        return f"2024-01-{15 + row % 4:02d}"
    if base == "timestamp":
        return f"2024-01-{15 + row % 4:02d} 10:30:0{row % 10}"
    if texts:
        return texts[row % len(texts)]
    return _clean_text(name, numbers, row, offset)


def _clean_text(name: str, numbers: Sequence[float], row: int, offset: int) -> str:
    if numbers:
        return str(int(numbers[0]) + row % 3)
    if _LOOKS_LIKE_TIME.search(name):
        return f"2024-01-{15 + row % 4:02d}T10:30:0{row % 10}Z"
    if _LOOKS_LIKE_DATE.search(name):
        return f"2024-01-{15 + row % 4:02d}"
    if LOOKS_LIKE_NUMBER.search(name):
        return str(_key(row, offset))
    return _WORDS[_key(row, offset) - 1]


def _digits(value: Any, row: int, offset: int) -> Any:
    return str(_key(row, offset)) if value in _WORDS else value


def _key(row: int, offset: int) -> int:
    """Return one of five keys; those of the second, fourth, … source are one further, so that some match and some miss."""
    return 1 + row % 5 + offset % 2


def _nasty(name: str, kind: str, literals: Sequence[Any]) -> list[Any]:
    base = _base(kind)
    numbers = [item for item in literals if isinstance(item, (int, float)) and not isinstance(item, bool)]
    around: list[Any] = [value for number in numbers[:3] for value in (number - 1, number, number + 1)]
    if base == "boolean":
        return [None, True, False]
    if base in _INTEGERS:
        return [None, MISSING, 0, -1, _INTEGERS[base], -_INTEGERS[base] - 1, *around]
    if base in _FLOATS:
        return [None, MISSING, 0.0, -2.5, 99999.99, 3e38, -1e-30, *around]
    if base.startswith("decimal"):
        return [None, MISSING, 0, Decimal("-2.5"), *_ends_of_decimal(base), *around]
    if base == "date":
        return [None, MISSING, "1970-01-01", "2024-02-29", "1899-12-31", "9999-12-31"]
    if base == "timestamp":
        times = ["1970-01-01 00:00:00", "1899-12-31 23:59:59", "9999-12-31 23:59:59.999999"]
        return [None, MISSING, *times, "2024-03-31 02:30:00", "2024-10-27 01:59:59"]
    texts = [item for item in literals if isinstance(item, str)]
    spelled = [item.swapcase() for item in texts[:2]] + [f" {item}" for item in texts[:1]]
    dates = ["not a date", "2024-02-30"] if _LOOKS_LIKE_DATE.search(name) or _LOOKS_LIKE_TIME.search(name) else []
    zoned = ["2024-03-31T02:30:00+02:00"] if _LOOKS_LIKE_TIME.search(name) else []
    return [None, MISSING, "", "n/a", "-7", "3000000000", 'ä,"ö"', *spelled, *dates, *zoned, *map(str, around)]


def _ends_of_decimal(base: str) -> list[Decimal]:
    """Return the largest and the smallest number of a decimal type."""
    precision, scale = _sizes(base)
    largest = Decimal(f"{'9' * (precision - scale)}.{'9' * scale}")
    return [largest, largest.copy_negate()]


def _is_text(kind: str) -> bool:
    return _base(kind) in ("", "string") or "char(" in _base(kind)


def _base(kind: str) -> str:
    return kind.strip().lower().replace(" ", "")


def _as_text(value: Any) -> Any:
    if value is None or value is MISSING:
        return None
    return str(value).lower() if isinstance(value, bool) else str(value)


def fit(value: Any, kind: str) -> Any:
    """Return a value as the Python type of a Glue type, None where it does not fit."""
    base = _base(kind)
    if value is None or value is MISSING or not base:
        return value
    try:
        if base in _INTEGERS:
            return int(value) if -_INTEGERS[base] - 1 <= int(value) <= _INTEGERS[base] else None
        if base in _FLOATS:
            return float(value)
        if base.startswith("decimal"):
            return _decimal(value, base)
        if base == "date":
            return date.fromisoformat(str(value))
        if base == "timestamp":
            return datetime.fromisoformat(str(value))
    except (ValueError, InvalidOperation):
        return None
    if base == "boolean":
        return value if isinstance(value, bool) else None
    text = str(value).lower() if isinstance(value, bool) else str(value)
    sized = re.fullmatch(r"(?:var)?char\((\d+)\)", base)
    return text[: int(sized[1])] if sized else text


def _decimal(value: Any, base: str) -> Decimal | None:
    precision, scale = _sizes(base)
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-scale), context=_WIDE)
    return number if number.copy_abs() < Decimal(10) ** (precision - scale) else None


def _sizes(base: str) -> tuple[int, int]:
    sizes = re.findall(r"\d+", base) or ["10", "0"]
    return int(sizes[0]), int(sizes[1]) if len(sizes) > 1 else 0
