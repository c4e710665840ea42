"""Transforms that choose, rename, map or drop fields (semantics 1, 2, 6, 7)."""

from typing import Any, NamedTuple

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, edit_at, replace_field
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.field_paths import get, parse_path
from glue2lakehouse.tools.glue_runtime.records import NULL, Cell, Record, ghost_of, struct_cell
from glue2lakehouse.tools.glue_runtime.type_names import parse_type

Path = tuple[str, ...]


class Mapping(NamedTuple):
    """One entry of ApplyMapping; types are None in a pair."""

    source: Path
    source_type: t.DataType | None
    target: Path
    target_type: t.DataType | None


def parse_mappings(given: Any) -> list[Mapping]:
    """Read the mappings argument: tuples of 2, 3 or 4, or one bare tuple.

    Of a triple (source, source type, target) and (source, target, target type) are both possible readings: a middle
    that names a type is a source type.
    """
    entries = [given] if isinstance(given, tuple) and given and isinstance(given[0], str) else given
    parsed = []
    for entry in entries:
        if not isinstance(entry, tuple):
            raise TypeError(f"Mapping must be specified as a tuple. Got {entry}")
        if len(entry) == 2:
            source, source_type, target, target_type = entry[0], None, entry[1], None
        elif len(entry) == 3:
            source, middle, last = entry
            source_type, target, target_type = (middle, last, None) if _is_type(middle) else (None, middle, last)
        elif len(entry) == 4:
            source, source_type, target, target_type = entry
        else:
            raise ValueError(f"Mapping must be of length 2, 3 or 4. Got {entry}")
        types = [parse_type(name) if name else None for name in (source_type, target_type)]
        parsed.append(Mapping(parse_path(source), types[0], parse_path(target), types[1]))
    return parsed


def _is_type(name: Any) -> bool:
    try:
        parse_type(str(name))
    except ValueError:
        return False
    return True


def apply_mapping(batch: Batch, mappings: list[Mapping], case_sensitive: bool) -> Batch:
    """Keep the mapped fields only: renamed, cast, moved into or out of structs."""
    choices = _choice_members(batch, mappings, case_sensitive)
    if any(
        mapping.target == other.target[: len(mapping.target)]
        for at, mapping in enumerate(mappings)
        for other in mappings[at + 1 :]
    ):
        assume("duplicate_target")
    absent = _absent(batch, mappings, case_sensitive)

    def change(record: Record) -> Record:
        out: Record = {}
        for mapping in mappings:
            cell = get(record, mapping.source, case_sensitive)
            if cell is None and mapping in absent and absent[mapping]:
                cell = NULL
            if cell is not None:
                _put(out, mapping.target, _mapped(cell, mapping, choices))
        return out

    return batch.over(change)


def _absent(batch: Batch, mappings: list[Mapping], case_sensitive: bool) -> dict[Mapping, bool]:
    everything = [*batch.records, *([batch.ghost] if batch.ghost else [])]
    found = {}
    for mapping in mappings:
        if everything and all(get(record, mapping.source, case_sensitive) is None for record in everything):
            found[mapping] = assume("missing_source_column") == "null"
    return found


def _choice_members(batch: Batch, mappings: list[Mapping], case_sensitive: bool) -> dict[Mapping, t.DataType]:
    """Return, for mappings of a column of several types, the declared type that selects among them."""
    selected = {}
    for mapping in mappings:
        if mapping.source_type is None or isinstance(mapping.source_type, t.ChoiceType):
            continue
        kinds = {
            type(cell.type)
            for record in batch.records
            if (cell := get(record, mapping.source, case_sensitive)) is not None and cell.value is not None
        }
        if len(kinds) > 1 and type(mapping.source_type) in kinds and assume("mapping_on_choice") == "select_member":
            selected[mapping] = mapping.source_type
        elif kinds and type(mapping.source_type) not in kinds:
            assume("mapping_source_type")
    return selected


def _mapped(cell: Cell, mapping: Mapping, choices: dict[Mapping, t.DataType]) -> Cell:
    target = mapping.target_type
    if mapping in choices and cell.value is not None and type(cell.type) is not type(choices[mapping]):
        cell = Cell(target if isinstance(target, t.AtomicType) else t.NullType(), None)
    if target is None or isinstance(target, t.ChoiceType):
        return cell
    declared = mapping.source_type
    differs = isinstance(declared, t.AtomicType) and type(declared) is not type(cell.type) and cell.value is not None
    if declared is not None and differs and assume("mapping_source_type") == "declared":
        cell = cast(cell, declared)
    if cell.value is None and isinstance(cell.type, t.NullType) and assume("null_after_mapping") == "null_type":
        return cell
    return cast(cell, target)


def _put(out: Record, path: Path, cell: Cell) -> None:
    first_wins = (path[0] in out) and assume("duplicate_target") == "first" if len(path) == 1 else False
    if len(path) == 1:
        if not first_wins:
            out[path[0]] = cell
        return
    inner = out.get(path[0])
    members = dict(inner.value) if inner is not None and isinstance(inner.value, dict) else {}
    _put(members, path[1:], cell)
    out[path[0]] = struct_cell(members)


def drop_fields(batch: Batch, paths: list[Path]) -> Batch:
    """Remove fields; a struct without a member left goes with its last one."""

    def change(record: Record) -> Record:
        for path in paths:
            record = edit_at(record, path, lambda members, name: members.__delitem__(name))
        return record

    left, kept = batch.over(change), change(ghost_of(batch.schema()).value)
    return left.over(lambda record: _within(record, kept))


def _within(members: Record, kept: Record) -> Record:
    """Leave out what is null where others had a struct that lost its last field: there was nothing to drop in it."""
    out: Record = {}
    for name, cell in members.items():
        if name not in kept and assume("null_struct") == "no_column":
            continue
        like = kept[name].value if name in kept else {}
        if isinstance(cell.type, t.StructType) and isinstance(cell.value, dict) and isinstance(like, dict):
            cell = struct_cell(_within(cell.value, like))
        out[name] = cell
    return out


def select_fields(batch: Batch, paths: list[Path]) -> Batch:
    """Keep top-level fields, in the order of the paths; of a nested path only its own branch."""

    def change(record: Record) -> Record:
        out: Record = {}
        for path in paths:
            whole = ".".join(path)
            if whole in record and len(path) > 1:
                out[whole] = record[whole]
            else:
                cell = get(record, path)
                if cell is not None:
                    _put(out, path, cell)
        return out

    return batch.over(change)


def rename_field(batch: Batch, old: Path, new: Path) -> Batch:
    """Rename a field, inside its struct where both paths lead there; a missing one changes nothing."""
    if old == new:
        return batch

    def in_place(members: Record, name: str) -> None:
        if new[-1] in members and assume("rename_onto_existing") == "keep":
            return
        cell = members[name]
        members.pop(new[-1], None)
        replace_field(members, name, {new[-1]: cell})

    def change(record: Record) -> Record:
        if old[:-1] == new[:-1]:
            return edit_at(record, old, in_place)
        cell = get(record, old)
        if cell is None:
            return record
        moved = edit_at(record, old, lambda members, name: members.__delitem__(name))
        moved = dict(moved)
        _put(moved, new, cell)
        return moved

    return batch.over(change)


def null_paths(schema: t.StructType, prefix: tuple[str, ...] = ()) -> list[Path]:
    """Return the paths whose type is null, through structs and arrays of structs, not through maps."""
    found: list[Path] = []
    for field in schema.fields:
        path = (*prefix, field.name)
        kind = field.dataType.elementType if isinstance(field.dataType, t.ArrayType) else field.dataType
        if isinstance(field.dataType, t.NullType):
            found.append(path)
        elif isinstance(kind, t.StructType):
            found += null_paths(kind, path)
    return found


def path_text(path: Path) -> str:
    """Spell a path; names with a dot are quoted."""
    return ".".join(f"`{part}`" if "." in part else part for part in path)
