"""Join, union, merge and split: transforms that make rows of two frames one, or of one two (semantics 7, 8, 10)."""

import decimal
import math
import operator
from collections import defaultdict
from typing import Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.casts import cast, to_text
from glue2lakehouse.tools.glue_runtime.field_paths import get, parse_path
from glue2lakehouse.tools.glue_runtime.records import NULL, Cell, Record, to_python

Path = tuple[str, ...]
_NUMBERS = (int, float, decimal.Decimal)
_OPERATORS = {"=": operator.eq, "==": operator.eq, "!=": operator.ne, "<": operator.lt, "<=": operator.le,
              ">": operator.gt, ">=": operator.ge}  # fmt: skip


def _key(record: Record, paths: list[Path], rule: str) -> tuple[Any, ...] | None:
    """Return a comparable key, None when a part matches nothing: it is null or missing."""
    parts = []
    for path in paths:
        cell = get(record, path)
        if cell is None or cell.value is None:
            return None
        if isinstance(cell.value, float) and math.isnan(cell.value):
            if assume("nan_in_key") == "nothing":
                return None
            parts.append("nan")
            continue
        parts.append(_comparable(cell, rule))
    return tuple(parts)


def _rule(sides: list[tuple[Batch, list[Path]]]) -> str:
    """Return how keys compare; the switch counts only where a key has several types."""
    for at in range(len(sides[0][1])):
        cells = (get(record, paths[at]) for batch, paths in sides for record in batch.records)
        kinds = {cell.type.typeName() for cell in cells if cell is not None and cell.value is not None}
        if len(kinds) > 1:
            return assume("join_key_types")
    return "strict"


def _comparable(cell: Cell, rule: str) -> Any:
    if isinstance(cell.value, bool):
        return ("boolean", cell.value)
    if isinstance(cell.value, _NUMBERS) and rule != "strict":
        number = decimal.Decimal(repr(cell.value)) if isinstance(cell.value, float) else decimal.Decimal(cell.value)
        return ("text", to_text(number.normalize())) if rule == "as_text" else ("number", number)
    if isinstance(cell.value, str):
        return ("text", cell.value)
    value = to_python(cell)
    return (cell.type.typeName(), repr(value) if isinstance(value, dict | list) else value)


def join(left: Batch, right: Batch, left_keys: list[Path], right_keys: list[Path]) -> Batch:
    """Join where all keys are equal; of a name that two records have, one side's copy gets a leading dot."""
    names_left, names_right = _names(left), _names(right)
    keys = {path[0] for path in left_keys} | {path[0] for path in right_keys}
    shared = {name for name in names_left if name in names_right}
    dotted = shared if shared <= keys or assume("join_clash_winner") == "both" else shared & keys
    rule = _rule([(left, left_keys), (right, right_keys)])
    by_key: dict[tuple[Any, ...], list[Record]] = defaultdict(list)
    in_any_order = len(left_keys) > 1 and assume("join_keys_in_any_order") == "yes"

    def grouped(record: Record, paths: list[Path]) -> tuple[Any, ...] | None:
        key = _key(record, paths, rule)
        return tuple(sorted(key, key=repr)) if key is not None and in_any_order else key

    for record in right.records:
        key = grouped(record, right_keys)
        if key is not None:
            by_key[key].append(record)
    joined = [
        _combined(record, match, dotted)
        for record in left.records
        if (key := grouped(record, left_keys)) is not None
        for match in by_key.get(key, [])
    ]
    ghost = _combined(left.ghost or {}, right.ghost or {}, dotted) if left.ghost or right.ghost else None
    if ghost is not None and joined:
        absent = {f".{name}" for name in dotted} - {name for record in joined for name in record}
        ghost = {name: cell for name, cell in ghost.items() if name not in absent}
    return Batch(joined, ghost, [*left.errors, *right.errors])


def _names(batch: Batch) -> dict[str, None]:
    names: dict[str, None] = dict.fromkeys(batch.ghost or {})
    for record in batch.records:
        names |= dict.fromkeys(record)
    return names


def _combined(left: Record, right: Record, dotted: set[str]) -> Record:
    dotted = dotted & left.keys() & right.keys()
    if dotted and assume("join_dotted_side") == "left":
        left = {f".{name}" if name in dotted else name: cell for name, cell in left.items()}
    elif dotted:
        right = {f".{name}" if name in dotted else name: cell for name, cell in right.items()}
    overlap = left.keys() & right.keys()
    if overlap and assume("join_clash_winner") == "right":
        return {**left, **right}
    return {**left, **{name: cell for name, cell in right.items() if name not in overlap}}


def union(first: Batch, second: Batch) -> Batch:
    """Return all records of both, matched by name."""
    ghosts = [ghost for ghost in (first.ghost, second.ghost) if ghost]
    ghost = {**ghosts[-1], **ghosts[0]} if ghosts else None
    return Batch([*first.records, *second.records], ghost, [*first.errors, *second.errors])


def merge(source: Batch, stage: Batch, keys: list[Path]) -> Batch:
    """Return all staged records and the source's records whose key is not staged; duplicates stay."""
    rule = _rule([(source, keys), (stage, keys)])
    staged = {key for record in stage.records if (key := _key(record, keys, rule)) is not None}
    kept = [record for record in source.records if _key(record, keys, rule) not in staged]
    return union(Batch(kept, source.ghost, source.errors), stage)


def split_rows(batch: Batch, comparisons: dict[str, dict[str, Any]]) -> tuple[Batch, Batch]:
    """Return the rows for which every comparison holds, and the rest."""
    for conditions in comparisons.values():
        for symbol in conditions:
            if symbol not in _OPERATORS:
                raise ValueError(f"SplitRows: operator {symbol!r} is not one of {', '.join(_OPERATORS)}")
    chosen: list[Record] = []
    rest: list[Record] = []
    for record in batch.records:
        holds = _holds(record, comparisons)
        if holds:
            chosen.append(record)
        elif holds is False or assume("split_rows_null") == "rest":
            rest.append(record)
    return batch.with_records(chosen), batch.with_records(rest)


def _holds(record: Record, comparisons: dict[str, dict[str, Any]]) -> bool | None:
    answers = []
    for path, conditions in comparisons.items():
        value = to_python(get(record, parse_path(path)) or NULL)
        answers += [_compare(value, symbol, operand) for symbol, operand in conditions.items()]
    if False in answers:
        return False
    return None if None in answers else True


def _number(value: Any) -> Any:
    """Return a text as the number that a cast makes of it, a number as it is, None for what is neither."""
    if isinstance(value, str):
        return cast(Cell(t.StringType(), value), t.DoubleType()).value
    return value if isinstance(value, _NUMBERS) else None


def _compare(value: Any, symbol: str, operand: Any) -> bool | None:
    """Compare as SQL would: null gives None; text against a number is read as a number, None when it is none."""
    if value is None or operand is None:
        return None
    try:
        if isinstance(value, _NUMBERS) != isinstance(operand, _NUMBERS):
            value, operand = _number(value), _number(operand)
        return None if value is None or operand is None else bool(_OPERATORS[symbol](value, operand))
    except (decimal.InvalidOperation, TypeError):
        return None
