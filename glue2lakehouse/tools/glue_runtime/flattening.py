"""Relationalize, unnest and the DynamoDB forms: structs to dotted names, arrays to tables of their own (semantics 4)."""

import base64
from collections.abc import Set
from dataclasses import dataclass, field

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, all_of
from glue2lakehouse.tools.glue_runtime.casts import to_text
from glue2lakehouse.tools.glue_runtime.records import NULL, Cell, Record, array_cell, map_cell, struct_cell

_LONG, _INT = t.LongType(), t.IntegerType()


def struct_paths(kind: t.DataType, prefix: str = "") -> set[str]:
    """Return the dotted names of all structs, those in arrays below `<array>.val`."""
    found: set[str] = set()
    for own in kind.fields if isinstance(kind, t.StructType) else []:
        name, inner = prefix + own.name, own.dataType
        while isinstance(inner, t.ArrayType):
            name, inner = f"{name}.val", inner.elementType
        if isinstance(inner, t.StructType):
            found |= {name, *struct_paths(inner, f"{name}.")}
    return found


def flatten(record: Record, prefix: str = "", structs: Set[str] = frozenset()) -> Record:
    """Return the record with structs as dotted top-level names; arrays and maps stay.

    `structs` are the names that hold structs in other records.
    """
    out: Record = {}
    for name, cell in record.items():
        is_struct = isinstance(cell.value, dict) and not isinstance(cell.type, t.MapType)
        if isinstance(cell.type, t.MapType) and isinstance(cell.value, dict):
            is_struct = assume("relationalize_map") == "flattened"
        if is_struct:
            out |= flatten(cell.value, f"{prefix}{name}.", structs)
        elif cell.value is not None or prefix + name not in structs or assume("null_struct") == "null_column":
            out[prefix + name] = cell
    return out


def unnest(batch: Batch) -> Batch:
    """Flatten structs; those inside arrays get dotted names where the switch says so."""
    structs = struct_paths(batch.schema())
    return batch.over(
        lambda record: {name: _elements(name, cell) for name, cell in flatten(record, "", structs).items()}
    )


def _elements(name: str, cell: Cell) -> Cell:
    structs = isinstance(cell.value, list) and any(isinstance(item.value, dict) for item in cell.value)
    if not structs or assume("unnest_struct_in_array") == "kept":
        return cell
    items = [
        struct_cell(flatten(item.value, f"{name}.val.")) if isinstance(item.value, dict) else item
        for item in cell.value
    ]
    return array_cell(items)


@dataclass
class _Table:
    records: list[Record] = field(default_factory=list)
    ghost: Record | None = None
    keys: int = 0


class _Pivot:
    """Collects the tables of one relationalize call; each array path numbers its parents from 1."""

    def __init__(self, root: str, arrays: set[str], kept: set[str], structs: set[str]) -> None:
        self.root = root
        self.structs = structs
        self.arrays = arrays
        self.kept = kept
        self.tables: dict[str, _Table] = {root: _Table()}

    def row(self, record: Record, is_ghost: bool) -> Record:
        out: Record = {}
        for name, cell in flatten(record, "", self.structs).items():
            is_array = isinstance(cell.value, list) or (cell.value is None and name in self.arrays)
            out[name] = self._pivoted(name, cell, is_ghost) if is_array and name not in self.kept else cell
        return out

    def _pivoted(self, name: str, cell: Cell, is_ghost: bool) -> Cell:
        table = self.tables.setdefault(f"{self.root}_{name}", _Table())
        if is_ghost:
            for item in cell.value or []:
                table.ghost = self._child(name, item, 0, 0, True)
            return Cell(_LONG, None)
        if not cell.value and assume("relationalize_null_array") == "null":
            return Cell(_LONG, None)
        table.keys += 1
        key = table.keys
        for index, item in enumerate(cell.value or []):
            table.records.append(self._child(name, item, key, index, False))
        return Cell(_LONG, key)

    def _child(self, name: str, item: Cell, key: int, index: int, is_ghost: bool) -> Record:
        out: Record = {"id": Cell(_LONG, key), "index": Cell(_INT, index)}
        for own, cell in self.row({f"{name}.val": item}, is_ghost).items():
            empty = cell.value is None and isinstance(cell.type, t.StringType | t.NullType)
            if empty and not is_ghost and assume("relationalize_null_text") == "empty":
                cell = Cell(t.StringType(), "")
            out[own] = cell
        return out


def relationalize(batch: Batch, root: str) -> dict[str, Batch]:
    """Return the root table and one table per array, by name; generated keys are long and start at 1."""
    arrays = _array_columns(batch)
    mixed = {name for name in arrays if any(_is_scalar(flatten(record).get(name)) for record in batch.records)}
    kept = mixed if mixed and assume("relationalize_choice_array") == "kept" else set()
    pivot = _Pivot(root, set(arrays), kept, struct_paths(batch.schema()))
    for name in arrays:
        if name in kept:
            continue
        pivot.tables.setdefault(f"{root}_{name}", _Table())
    if batch.ghost is not None:
        pivot.tables[root].ghost = pivot.row(batch.ghost, True)
    for record in batch.records:
        pivot.tables[root].records.append(pivot.row(record, False))
    return {
        name: Batch(table.records, table.ghost, batch.errors if name == root else [])
        for name, table in pivot.tables.items()
    }


def _is_scalar(cell: Cell | None) -> bool:
    return cell is not None and cell.value is not None and not isinstance(cell.value, list)


def _array_columns(batch: Batch) -> list[str]:
    names: dict[str, None] = {}
    for record in all_of(batch):
        names |= {name: None for name, cell in flatten(record).items() if isinstance(cell.value, list)}
    return list(names)


_TAGS = ("S", "N", "BOOL", "B", "NULL", "M", "L", "SS", "NS", "BS")


def unnest_ddb(batch: Batch) -> Batch:
    """Take `Item.<column>.<type tag>` apart; lists stay as they are."""
    return batch.over(lambda record: {name: _untagged(cell, deep=False) for name, cell in _items(record).items()})


def simplify_ddb(batch: Batch) -> Batch:
    """Take all type tags away, in maps and sets too; numbers stay text."""
    return batch.over(lambda record: {name: _untagged(cell, deep=True) for name, cell in _items(record).items()})


def _items(record: Record) -> Record:
    item = record.get("Item")
    rest = {name: cell for name, cell in record.items() if name != "Item"}
    return {**(item.value if item is not None and isinstance(item.value, dict) else {}), **rest}


def _untagged(cell: Cell, deep: bool) -> Cell:
    if not isinstance(cell.value, dict):
        return cell
    present = {tag: value for tag, value in cell.value.items() if value.value is not None}
    if len(present) != 1 or next(iter(present)) not in _TAGS:
        return cell
    tag: str
    value: Cell
    tag, value = next(iter(present.items()))
    if tag == "NULL":
        return NULL
    if tag == "B" and isinstance(value.value, str) and deep:
        return Cell(t.BinaryType(), base64.b64decode(value.value))
    if tag == "N" and value.value is not None:
        return Cell(t.StringType(), to_text(value.value))
    if tag == "M" and isinstance(value.value, dict):
        return _untagged_map(value.value, deep)
    if tag == "L" and deep and isinstance(value.value, list):
        return array_cell([_untagged(item, deep) for item in value.value])
    return value


def _untagged_map(members: Record, deep: bool) -> Cell:
    plain = {name: _untagged(member, deep) for name, member in members.items()}
    return struct_cell(plain) if not deep else struct_cell(plain) if plain else map_cell(plain)
