"""The switch `reader_widens_numbers`: int, long and double of one column become the widest of them."""

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.batches import Batch, Edit, edit_at
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.choices import choice_paths, type_at
from glue2lakehouse.tools.glue_runtime.records import Record

_ORDER = ("int", "long", "double")


def widened(records: list[Record]) -> list[Record]:
    """Cast the numbers of every column that holds several number types and nothing else."""
    schema = Batch(records).schema()
    for path in choice_paths(schema):
        kind = type_at(schema, path)
        if isinstance(kind, t.ChoiceType) and set(kind.choices) <= set(_ORDER):
            edit = _casting(kind.choices[max(kind.choices, key=_ORDER.index)])
            records = [edit_at(record, path, edit) for record in records]
    return records


def _casting(target: t.DataType) -> Edit:
    def edit(members: Record, name: str) -> None:
        members[name] = cast(members[name], target)

    return edit
