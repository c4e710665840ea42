"""Compare what two runs wrote: by name, never by position; rows as a multiset; floats within a tolerance.

Glue gives no promise on the order of rows or of columns (semantics.md, section 0), so neither counts. Everything else does:
which datasets were written, names and types of columns, partition columns, every row after the run (so an append that became
an overwrite shows in the rows that were there before).
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, Field

from glue2lakehouse.tools.sandbox.datasets import Dataset

TOLERANCE = 1e-9
SHOWN_ROWS = 3
_SHOWN_TEXT = 300
Aspect = Literal["missing", "extra", "format", "columns", "types", "partitions", "rows", "unreadable"]


class Difference(BaseModel):
    """The first thing that differs in one dataset; `only_original` and `only_converted` hold at most three rows each."""

    dataset: str
    aspect: Aspect
    message: str
    only_original: list[dict[str, Any]] = Field(default_factory=list)
    only_converted: list[dict[str, Any]] = Field(default_factory=list)

    def __str__(self) -> str:
        return f"{self.dataset}: {self.message}"


def compare_datasets(
    original: Sequence[Dataset],
    converted: Sequence[Dataset],
    *,
    unstable: Mapping[str, frozenset[str]] | None = None,
    tolerance: float = TOLERANCE,
) -> list[Difference]:
    """Return the differences between two runs, at most one for each dataset; empty when they are equal.

    `unstable` names, for each dataset, columns that no two runs of the original agree on (the current time, random ids);
    their values are not compared.
    """
    left, right = ({str(item): item for item in items} for items in (original, converted))
    differences = []
    for name in sorted(left.keys() | right.keys()):
        before, after = left.get(name), right.get(name)
        if before is None or after is None:
            present = before or after
            assert present is not None
            if not _seen_as_table(present, left, right):
                differences.append(_one_sided(present, before is None))
            continue
        ignored = (unstable or {}).get(name, frozenset())
        difference = _compare(before, after, ignored, tolerance)
        if difference:
            differences.append(difference)
    return differences


def unstable_columns(first: Sequence[Dataset], second: Sequence[Dataset]) -> dict[str, frozenset[str]]:
    """Return the columns in which two runs of one script on the same data differ, for each dataset where some do."""
    found = {}
    again = {str(item): item for item in second}
    for item in first:
        other = again.get(str(item))
        if other is not None and not item.unreadable and not other.unreadable:
            columns = [name for name in item.columns if _column(item, name) != _column(other, name)]
            if columns:
                found[str(item)] = frozenset(columns)
    return found


def _column(item: Dataset, name: str) -> Counter[str]:
    return Counter(json.dumps(row.get(name), sort_keys=True) for row in item.rows)


def _seen_as_table(item: Dataset, *sides: Mapping[str, Dataset]) -> bool:
    """Tell whether these files belong to a table that both runs wrote: then its rows are compared as a table's."""
    return bool(item.holds_table) and all(f"table {item.holds_table}" in side for side in sides)


def _one_sided(item: Dataset, only_converted: bool) -> Difference:
    who, whom = ("converted", "original") if only_converted else ("original", "converted")
    rows = item.rows[:SHOWN_ROWS]
    return Difference(
        dataset=str(item),
        aspect="extra" if only_converted else "missing",
        message=f"the {who} script wrote it ({len(item.rows)} rows), the {whom} did not",
        **{f"only_{who}": rows},
    )


def _compare(before: Dataset, after: Dataset, ignored: frozenset[str], tolerance: float) -> Difference | None:
    for item, who in ((before, "original"), (after, "converted")):
        if item.unreadable:
            return _difference(before, "unreadable", f"what the {who} script wrote cannot be read: {item.unreadable}")
    if before.kind == "table" or (before.holds_table and after.holds_table):
        before, after = _lower_case(before), _lower_case(after)
        ignored = frozenset(name.lower() for name in ignored)
    elif before.format != after.format:
        return _difference(before, "format", f"format {before.format} became {after.format}")
    return _compare_schema(before, after) or _compare_rows(before, after, ignored, tolerance)


def _lower_case(item: Dataset) -> Dataset:
    """Catalog and Delta tables look columns up without regard to case."""
    return item.model_copy(
        update={
            "columns": {name.lower(): kind.lower() for name, kind in item.columns.items()},
            "partitions": tuple(name.lower() for name in item.partitions),
            "rows": [{name.lower(): value for name, value in row.items()} for row in item.rows],
        }
    )


def _difference(item: Dataset, aspect: Aspect, message: str, **rows: list[dict[str, Any]]) -> Difference:
    return Difference(dataset=str(item), aspect=aspect, message=message, **rows)


def _compare_schema(before: Dataset, after: Dataset) -> Difference | None:
    lost, new = before.columns.keys() - after.columns.keys(), after.columns.keys() - before.columns.keys()
    if lost or new:
        texts = [f"lost {', '.join(sorted(lost))}"] if lost else []
        texts += [f"gained {', '.join(sorted(new))}"] if new else []
        return _difference(before, "columns", "columns differ: " + "; ".join(texts))
    if set(before.partitions) != set(after.partitions):
        was, became = (", ".join(item.partitions) or "none" for item in (before, after))
        return _difference(before, "partitions", f"partition columns were {was} and became {became}")
    for name, kind in before.columns.items():
        if _normal(kind) != _normal(after.columns[name]):
            return _difference(before, "types", f"column {name} was {kind} and became {after.columns[name]}")
    return None


def _normal(kind: str) -> str:
    """Order of fields in a struct does not count either, also within arrays and maps."""
    outer, opened, inside = kind.partition("<")
    if not opened:
        return kind
    parts = [_normal_field(part) if outer == "struct" else _normal(part) for part in _split(inside[:-1])]
    return f"{outer}<{','.join(sorted(parts) if outer == 'struct' else parts)}>"


def _split(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, char in enumerate(text):
        depth += (char in "<(") - (char in ">)")
        if char == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]


def _normal_field(text: str) -> str:
    name, _, kind = text.partition(":")
    return f"{name}:{_normal(kind)}"


def _compare_rows(before: Dataset, after: Dataset, ignored: frozenset[str], tolerance: float) -> Difference | None:
    left, right = _unmatched(_kept(before, ignored), _kept(after, ignored), tolerance)
    if not left and not right:
        return None
    size = f"{len(before.rows)} and {len(after.rows)} rows"
    message = f"rows differ ({size}; {len(left)} only in the original, {len(right)} only in the converted)"
    if left and right:
        first = _nearest(left[0], right)
        message += f"; first: {_first_difference(left[0], first, tolerance)}"
        right = [first, *(row for row in right if row is not first)]
    elif left or right:
        message += f"; first: {json.dumps((left or right)[0], ensure_ascii=False)[:_SHOWN_TEXT]}"
    return _difference(
        before, "rows", message, only_original=left[:SHOWN_ROWS], only_converted=right[:SHOWN_ROWS]
    )  # fmt: skip


def _kept(item: Dataset, ignored: frozenset[str]) -> list[dict[str, Any]]:
    return [{name: _without_trace(row.get(name)) for name in item.columns if name not in ignored} for row in item.rows]


def _without_trace(value: Any) -> Any:
    """Leave the stack trace out of a Glue error record: AWS's own names files and lines that neither side has."""
    if isinstance(value, Mapping) and {"callsite", "stackTrace"} <= value.keys():
        return {name: item for name, item in value.items() if name != "stackTrace"}
    return value


Rows = list[dict[str, Any]]


def _unmatched(left: Rows, right: Rows, tolerance: float) -> tuple[Rows, Rows]:
    """Return the rows of either side that have no partner on the other."""
    shapes: dict[str, tuple[Rows, Rows]] = defaultdict(lambda: ([], []))
    for side, rows in enumerate((left, right)):
        for row in rows:
            shapes[_shape(row)][side].append(row)
    only_left: Rows = []
    only_right: Rows = []
    for mine, theirs in shapes.values():
        alone, others = _pair_up(mine, theirs, tolerance)
        only_left += alone
        only_right += others
    return only_left, only_right


def _shape(row: Mapping[str, Any]) -> str:
    """Everything of a row but its floating-point numbers, as a text that equal rows share."""
    return json.dumps(_without_floats(row), sort_keys=True)


def _without_floats(value: Any) -> Any:
    if isinstance(value, float):
        return {"float": "?"}
    if isinstance(value, Mapping):
        return {name: _without_floats(item) for name, item in value.items()}
    return [_without_floats(item) for item in value] if isinstance(value, list) else value


def _pair_up(mine: Rows, theirs: Rows, tolerance: float) -> tuple[Rows, Rows]:
    left = sorted(mine, key=lambda row: list(_floats(row)))
    right = sorted(theirs, key=lambda row: list(_floats(row)))
    alone = []
    for row in left:
        numbers = list(_floats(row))
        partner = next((at for at, other in enumerate(right) if _close(numbers, _floats(other), tolerance)), None)
        if partner is None:
            alone.append(row)
        else:
            del right[partner]
    return alone, right


def _floats(value: Any) -> Iterator[float]:
    if isinstance(value, float):
        yield value
    elif isinstance(value, Mapping):
        for name in sorted(value):
            yield from _floats(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from _floats(item)


def _close(left: Sequence[float], right: Iterable[float], tolerance: float) -> bool:
    return all(math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance) for a, b in zip(left, right, strict=True))


def _nearest(row: dict[str, Any], others: Rows) -> dict[str, Any]:
    return max(others, key=lambda other: sum(row[name] == other.get(name) for name in row))


def _first_difference(left: Mapping[str, Any], right: Mapping[str, Any], tolerance: float) -> str:
    for name, value in left.items():
        other = right.get(name)
        same = _shape({"": value}) == _shape({"": other}) and _close(list(_floats(value)), _floats(other), tolerance)
        if not same:
            was, became = (json.dumps(item, ensure_ascii=False)[:_SHOWN_TEXT] for item in (value, other))
            return f"{name} was {was} and became {became}"
    return "the same row a different number of times"
