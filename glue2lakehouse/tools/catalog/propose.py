"""Propose where each table goes: the first version of the mapping file, which people then edit."""

import re
from collections.abc import Iterable

from glue2lakehouse.mapping import Action, MappingRow
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.catalog.model import Table

_EXTERNAL = frozenset({"csv", "json", "avro", "parquet", "orc", "delta", "text"})
_LAKE_FORMATS = frozenset({"iceberg", "hudi"})
_UNITY_NAME = re.compile(r"[^./\s\x00-\x1f\x7f]+")


def propose(tables: Iterable[Table], settings: Settings) -> list[MappingRow]:
    """Return one row a table; of two that are the same, what the later one knows fills what the earlier did not."""
    rows: dict[str, MappingRow] = {}
    for table in tables:
        if not table.database:
            continue
        row = _row(table, settings)
        known = rows.get(row.source)
        better = known is None or (not known.source_format and row.source_format) or not known.source_location
        if better:
            rows[row.source] = row
    return _without_collisions(list(rows.values()))


def _row(table: Table, settings: Settings) -> MappingRow:
    catalog, schema, name = settings.table_for(table.database, table.name).split(".", 2)
    action, format_, note = _action(table, settings)
    if not _UNITY_NAME.fullmatch(name):
        name = re.sub(r"[./\s\x00-\x1f\x7f]+", "_", name)
        note = f"{note}; renamed, Unity Catalog takes no dot, slash or blank in a name".lstrip("; ")
    return MappingRow(
        source_database=table.database,
        source_table=table.name,
        source_location=table.location,
        source_format=table.format,
        catalog=catalog,
        schema_=schema,
        table=name,
        location=settings.path_for(table.location) if action == "keep_external" else "",
        format=format_,
        action=action,
        note=note,
    )


def _action(table: Table, settings: Settings) -> tuple[Action, str, str]:
    wanted = settings.action_for(table.database, table.name)
    if wanted == "skip":
        return "skip", "", ""
    if table.table_kind == "view":
        return "keep_external", "", "a view: made from its query, it has no files"
    if table.table_kind == "link":
        return "skip", "", "a resource link: map the table that it points to"
    if not table.format and not table.location:
        return (
            wanted,
            "delta" if wanted == "convert_to_delta" else "",
            "named in code only; nothing else is known of it",
        )
    if table.format in _LAKE_FORMATS:
        return "convert_to_delta", "delta", f"{table.format} goes to Delta: copy the rows over"
    if table.format not in _EXTERNAL:
        # Leaving it out is for a person to say; until then the DDL hands it off.
        note = f"{table.format or 'unknown'} is no file format of Unity Catalog: decide what becomes of it"
        return "keep_external", "", note
    if not table.location:
        return "convert_to_delta", "delta", "no location: Unity Catalog manages the files"
    if wanted == "convert_to_delta" and table.format != "delta":
        return "convert_to_delta", "delta", ""
    return "keep_external", table.format, ""


def _without_collisions(rows: list[MappingRow]) -> list[MappingRow]:
    """Give the later of two rows with one target a name of its own: their rows would be mixed."""
    taken: set[str] = set()
    kept = []
    for row in rows:
        if row.action != "skip" and row.target.lower() in taken:
            other = row.model_copy(update={"table": f"{row.source_database}_{row.table}"})
            note = f"{row.note}; {row.target} was taken".lstrip("; ")
            row = other.model_copy(update={"note": note})
        taken.add(row.target.lower())
        kept.append(row)
    return kept
