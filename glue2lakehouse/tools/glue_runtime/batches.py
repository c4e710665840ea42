"""What a frame holds once it is evaluated: records, a ghost with declared types, and error records."""

import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.records import Cell, Record, map_cell, schema_of, struct_cell
from glue2lakehouse.tools.glue_runtime.refusals import ErrorThresholdExceeded

Edit = Callable[[Record, str], None]


@dataclass(frozen=True)
class ErrorRecord:
    """A record that a reader or transform could not handle (semantics 11)."""

    site: str
    message: str
    trace: str = ""
    source: str = ""
    input: str = ""
    record: Record | None = None

    def as_record(self) -> Record:
        """Return the row that `errorsAsDynamicFrame` shows."""
        text = t.StringType()
        callsite = struct_cell({"site": Cell(text, self.site), "info": Cell(text, "")})
        body: Record = {"callsite": callsite, "msg": Cell(text, self.message), "stackTrace": Cell(text, self.trace)}
        if self.input or self.source:
            body |= {"input": Cell(text, self.input), "bytesread": Cell(t.IntegerType(), len(self.input)),
                     "source": Cell(text, self.source)}  # fmt: skip
        if self.record is not None:
            body["dynamicRecord"] = struct_cell(self.record)
        return {"error": struct_cell(body)}

    @classmethod
    def from_exception(cls, site: str, error: BaseException, record: Record) -> "ErrorRecord":
        """Describe what a function raised for a record."""
        return cls(site, str(error), "".join(traceback.format_exception(error)), record=record)


@dataclass(frozen=True)
class Batch:
    """An evaluated frame; `stage_errors` are those of the last transform, `errors` all so far."""

    records: list[Record]
    ghost: Record | None = None
    errors: list[ErrorRecord] = field(default_factory=list)
    stage_errors: list[ErrorRecord] = field(default_factory=list)

    def schema(self) -> t.StructType:
        """Merge the types of records and ghost."""
        if not self.records and self.ghost and assume("schema_of_empty_frame") == "lost":
            return t.StructType()
        return schema_of(self.records, self.ghost)

    def over(self, change: Callable[[Record], Record]) -> "Batch":
        """Change every record and the ghost."""
        ghost = change(self.ghost) if self.ghost is not None else None
        return Batch([change(record) for record in self.records], ghost, self.errors)

    def with_records(self, records: list[Record], new_errors: list[ErrorRecord] | None = None) -> "Batch":
        """Put other records in place, keep ghost and earlier errors, add new errors."""
        return Batch(records, self.ghost, [*self.errors, *(new_errors or [])], new_errors or [])

    def check(self, stage_threshold: int, total_threshold: int) -> None:
        """Raise ErrorThresholdExceeded when a threshold other than 0 is reached."""
        for kind, limit, count in (
            ("stage", stage_threshold, len(self.stage_errors)),
            ("total", total_threshold, len(self.errors)),
        ):
            if limit and count and count >= limit + (0 if assume("threshold_reached") == "at" else 1):
                last = self.errors[-1].message
                raise ErrorThresholdExceeded(f"{kind} error threshold {limit} reached by {count} errors; last: {last}")


def edit_at(fields: Record, path: tuple[str, ...], edit: Edit, case_sensitive: bool = True) -> Record:
    """Return the fields with `edit(members, name)` done to a copy at the path, through structs and arrays of structs.

    A struct that an edit empties is removed. A path that is not there changes nothing.
    """
    name = path[0]
    if not case_sensitive and name not in fields:
        name = next((own for own in fields if own.lower() == name.lower()), name)
    if name not in fields:
        return fields
    changed = dict(fields)
    if len(path) == 1:
        edit(changed, name)
        return changed
    below = _edit_below(changed[name], path[1:], edit, case_sensitive)
    if below is None:
        del changed[name]
    else:
        changed[name] = below
    return changed


def _edit_below(cell: Cell, path: tuple[str, ...], edit: Edit, case_sensitive: bool) -> Cell | None:
    if isinstance(cell.value, dict) and not isinstance(cell.type, t.MapType):
        members = edit_at(cell.value, path, edit, case_sensitive)
        return Cell(cell.type, members) if members or not cell.value else None
    if isinstance(cell.value, dict):
        edited = {key: _edit_below(value, path, edit, case_sensitive) for key, value in cell.value.items()}
        return map_cell({key: value for key, value in edited.items() if value is not None})
    if isinstance(cell.value, list):
        items = (_edit_below(item, path, edit, case_sensitive) for item in cell.value)
        return Cell(cell.type, [item for item in items if item is not None])
    return cell


def replace_field(fields: Record, name: str, by: Record) -> None:
    """Put members in the place of a field, in its position."""
    rest = list(fields.items())
    at = next(index for index, (own, _) in enumerate(rest) if own == name)
    fields.clear()
    fields.update(dict(rest[:at]))
    fields.update(by)
    fields.update({own: cell for own, cell in rest[at + 1 :] if own not in by})


def all_of(batch: Batch) -> Iterator[Record]:
    """Iterate over ghost and records."""
    if batch.ghost is not None:
        yield batch.ghost
    yield from batch.records
