"""Find how tables drifted apart: the source as last known against the source now, and the source against its destination."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.tools.catalog import Table
from glue2lakehouse.tools.compare.schema import SchemaDifference, compare_schemas
from glue2lakehouse.tools.compare.types import change_of
from glue2lakehouse.tools.ddl.types import quoted

Between = Literal["known_source", "earlier_scan", "destination"]


class Drift(BaseModel):
    """One difference of one table; `fix` is SQL for the destination, "" where a person has to decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    between: Between
    table: str
    difference: SchemaDifference
    before: Table | None = None
    after: Table | None = None
    fix: str = ""


def source_drift(
    known: Iterable[Table], present: Iterable[Table], between: Between = "known_source"
) -> Iterator[Drift]:
    """Yield what changed in the source since it was last known, table by table in the order of names."""
    before, after = _by_name(known), _by_name(present)
    for name in sorted(before.keys() | after.keys()):
        old, new = before.get(name), after.get(name)
        if old is None or new is None:
            yield _one_sided(name, old, new, between)
            continue
        for difference in (*compare_schemas(old, new), *_storage(old, new)):
            yield Drift(between=between, table=name, difference=difference, before=old, after=new)


def destination_drift(
    source: Iterable[Table],
    destination: Iterable[Table],
    target_of: Callable[[Table], str | None],
    columns: Mapping[str, Mapping[str, str]] | None = None,
) -> Iterator[Drift]:
    """Yield how each source table differs from its destination; format and place differ by design and do not count.

    `target_of` gives the `catalog.schema.table` of a source table, None for one that is not migrated; `columns` gives, for
    a source table's full name, which column became which.
    """
    there = {f"{table.catalog}.{table.full_name}".lower(): table for table in destination}
    for name, table in sorted(_by_name(source).items()):
        target = target_of(table)
        if target is None:
            continue
        found = there.get(target.lower())
        if found is None:
            yield _one_sided(name, table, None, "destination", target)
            continue
        for difference in compare_schemas(table, found, columns=(columns or {}).get(name)):
            fix = fix_of(target, difference, table)
            yield Drift(between="destination", table=name, difference=difference, before=table, after=found, fix=fix)


def fix_of(target: str, difference: SchemaDifference, source: Table) -> str:
    """Return the statement that brings the destination in line without touching a row, "" where there is none."""
    name = ".".join(quoted(part) for part in target.split(".", 2))
    if not difference.column:
        return ""
    column = _path(difference.column, source)
    comments = {each.name.lower(): each.comment for each in source.all_columns}
    comment = comments.get(difference.column.lower(), "").replace("\\", "\\\\").replace("'", "\\'")
    if difference.type == "MISSING_COLUMN":
        tail = f" COMMENT '{comment}'" if comment else ""
        return f"ALTER TABLE {name} ADD COLUMNS ({column} {difference.before}{tail});"
    if difference.type == "COMMENT":
        return f"ALTER TABLE {name} ALTER COLUMN {column} COMMENT '{comment}';"
    widened = difference.type == "TYPE_MISMATCH" and change_of(difference.after, difference.before) == "wider"
    if widened:
        enable = f"ALTER TABLE {name} SET TBLPROPERTIES ('delta.enableTypeWidening' = 'true');"
        return f"{enable}\nALTER TABLE {name} ALTER COLUMN {column} TYPE {difference.before};"
    return ""


def _path(column: str, source: Table) -> str:
    """Return a column, or a field inside one, as ALTER TABLE names it."""
    if column.lower() in {each.name.lower() for each in source.all_columns}:
        return quoted(column)
    return ".".join(map(quoted, column.split(".")))


def _by_name(tables: Iterable[Table]) -> dict[str, Table]:
    return {table.full_name: table for table in tables if table.table_kind != "link"}


def _one_sided(name: str, old: Table | None, new: Table | None, between: Between, target: str = "") -> Drift:
    if new is None:
        where = f"{target} is not there" if target else "is gone from the source"
        message = f"{name}: {where}"
        action = "create it" if target else "check which jobs still read it"
        difference = SchemaDifference(
            type="MISSING_TABLE", severity="critical", message=message, before=name, recommendation=action
        )
    else:
        message = f"{name}: is new in the source"
        action = "add it to the mapping and migrate it, or skip it there"
        difference = SchemaDifference(
            type="NEW_TABLE", severity="warning", message=message, after=name, recommendation=action
        )
    return Drift(between=between, table=name, difference=difference, before=old, after=new)


def _storage(old: Table, new: Table) -> Iterator[SchemaDifference]:
    if old.format and new.format and old.format != new.format:
        message = f"the files were {old.format} and are {new.format}"
        action = "convert the jobs and DDL that read them again"
        yield SchemaDifference(
            type="FORMAT",
            severity="critical",
            message=message,
            before=old.format,
            after=new.format,
            recommendation=action,
        )
    if old.location and new.location and old.location.rstrip("/") != new.location.rstrip("/"):
        message = f"the files were at {old.location} and are at {new.location}"
        action = "bring the mapping up to date with `glue2lakehouse map`"
        yield SchemaDifference(
            type="LOCATION",
            severity="warning",
            message=message,
            before=old.location,
            after=new.location,
            recommendation=action,
        )
