"""Compare two schemas: columns by name without regard to case, their order, types, nullability, comments; partitions."""

from collections.abc import Mapping, Sequence
from typing import Literal

from pydantic import BaseModel, ConfigDict

from glue2lakehouse.domain import Issue
from glue2lakehouse.tools.catalog import Column, Table
from glue2lakehouse.tools.compare.types import change_of, normal_type, parts_of

DriftType = Literal[
    "MISSING_TABLE",
    "NEW_TABLE",
    "MISSING_COLUMN",
    "NEW_COLUMN",
    "TYPE_MISMATCH",
    "COLUMN_ORDER",
    "NULLABILITY",
    "COMMENT",
    "PARTITION_DIFF",
    "FORMAT",
    "LOCATION",
    "NOT_KNOWN",
]
Severity = Literal["critical", "warning", "info"]


class SchemaDifference(BaseModel):
    """One difference; `before` and `after` are what the first and the second side say, "" where a side has nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    type: DriftType
    severity: Severity
    message: str
    column: str = ""
    before: str = ""
    after: str = ""
    recommendation: str = ""

    def issue(self) -> Issue:
        """Return it in the shape that the requirements give."""
        typed = self.type == "TYPE_MISMATCH"
        return Issue(
            type=self.type,
            severity=self.severity,
            message=self.message,
            column=self.column,
            source_type=self.before if typed else "",
            dest_type=self.after if typed else "",
            recommendation=self.recommendation,
        )


def compare_schemas(
    before: Table, after: Table, *, columns: Mapping[str, str] | None = None, ignore: Sequence[str] = ()
) -> list[SchemaDifference]:
    """Return the differences from `before` to `after`; empty when they are the same.

    `columns` maps names of `before` to names of `after` where they were renamed; `ignore` are columns of either side
    that do not count, such as those that a load adds.
    """
    if not (before.columns_known and after.columns_known):
        who = before if not before.columns_known else after
        message = f"{who.full_name}: the catalog does not list its columns, so they were not compared"
        action = "read the table once with Spark, or give the scan access to its Delta log"
        return [SchemaDifference(type="NOT_KNOWN", severity="warning", message=message, recommendation=action)]
    renamed = {name.lower(): new.lower() for name, new in (columns or {}).items()}
    skipped = {name.lower() for name in ignore}
    old = {renamed.get(c.name.lower(), c.name.lower()): c for c in before.all_columns if c.name.lower() not in skipped}
    new = {c.name.lower(): c for c in after.all_columns if c.name.lower() not in skipped}
    gone, came = [name for name in old if name not in new], [name for name in new if name not in old]
    hints = _perhaps_renamed(list(old), list(new), gone, came)
    found = [_missing(old[name], hints.get(name, "")) for name in gone]
    found += [_new(new[name]) for name in came]
    for name in old:
        if name in new:
            found += _of_column(old[name], new[name])
    found += _order([name for name in old if name in new], [name for name in new if name in old])
    return found + _partitions(before, after, renamed)


def _perhaps_renamed(old: list[str], new: list[str], gone: list[str], came: list[str]) -> dict[str, str]:
    """Return the column that stands where each column stood that is gone: perhaps its new name, which a person has to say."""
    at = {name: old.index(name) for name in gone}
    return {name: new[place] for name, place in at.items() if place < len(new) and new[place] in came}


def _missing(column: Column, renamed: str = "") -> SchemaDifference:
    return SchemaDifference(
        type="MISSING_COLUMN",
        severity="critical",
        column=column.name,
        before=normal_type(column.type),
        message=f"column {column.name} ({normal_type(column.type)}) is gone",
        recommendation=f"add it, or map it to its new name{f', perhaps {renamed}' if renamed else ''}",
    )


def _new(column: Column) -> SchemaDifference:
    required = not column.nullable
    return SchemaDifference(
        type="NEW_COLUMN",
        severity="critical" if required else "warning",
        column=column.name,
        after=normal_type(column.type),
        message=f"column {column.name} ({normal_type(column.type)}) is new"
        + (" and may not be null" if required else ""),
        recommendation="migrate it, or leave it out by name",
    )


def _of_column(old: Column, new: Column) -> list[SchemaDifference]:
    found = _of_type(old.name, normal_type(old.type), normal_type(new.type))
    if old.nullable != new.nullable:
        stricter = old.nullable
        message = f"column {old.name} {'may no longer be null' if stricter else 'may now be null'}"
        action = "check that no value is null" if stricter else "add NOT NULL if readers rely on it"
        severity: Severity = "critical" if stricter else "warning"
        words = ["NOT NULL", "NULL"]
        found.append(_changed("NULLABILITY", severity, old, words[old.nullable], words[new.nullable], message, action))
    if old.comment.strip() != new.comment.strip():
        message = f"the comment of column {old.name} differs"
        action = "copy the comment over"
        found.append(_changed("COMMENT", "info", old, old.comment, new.comment, message, action))
    return found


def _of_type(path: str, was: str, became: str) -> list[SchemaDifference]:
    """Return how a type changed; a nested one is opened down to the parts that did."""
    change = change_of(was, became)
    if change == "same":
        return []
    old, new = parts_of(was), parts_of(became)
    if old and new and was.partition("<")[0] == became.partition("<")[0]:
        found = [_missing(Column(name=f"{path}.{name}", type=old[name])) for name in old if name not in new]
        found += [_new(Column(name=f"{path}.{name}", type=new[name])) for name in new if name not in old]
        for name in (name for name in old if name in new):
            found += _of_type(f"{path}.{name}", old[name], new[name])
        return found + _order([name for name in old if name in new], [name for name in new if name in old], path)
    severity: Severity = {"wider": "warning", "looser": "info"}.get(change, "critical")  # type: ignore[assignment]
    recommendation = {
        "wider": "every value fits; check that readers take the wider type",
        "looser": "every value fits; its length is less limited than before",
    }.get(change, "cast in the query, or bring the types in line: values may be lost or turn into null")
    message = f"column {path} was {was} and is {became}"
    column = Column(name=path, type=was)
    return [_changed("TYPE_MISMATCH", severity, column, was, became, message, recommendation)]


def _changed(
    kind: DriftType, severity: Severity, column: Column, before: str, after: str, message: str, recommendation: str
) -> SchemaDifference:
    return SchemaDifference(
        type=kind,
        severity=severity,
        column=column.name,
        before=before,
        after=after,
        message=message,
        recommendation=recommendation,
    )


def _order(old: list[str], new: list[str], within: str = "") -> list[SchemaDifference]:
    if old == new:
        return []
    first = next(name for name, other in zip(old, new, strict=True) if name != other)
    what = f"fields of {within}" if within else "columns"
    message = f"the {what} stand in another order, from {first} on"
    action = "name columns instead of counting on SELECT * or INSERT without names"
    return [
        SchemaDifference(
            type="COLUMN_ORDER",
            severity="warning",
            column=within or first,
            before=", ".join(old),
            after=", ".join(new),
            message=message,
            recommendation=action,
        )
    ]


def _partitions(before: Table, after: Table, renamed: Mapping[str, str]) -> list[SchemaDifference]:
    old = [renamed.get(key.name.lower(), key.name.lower()) for key in before.partition_keys]
    new = [key.name.lower() for key in after.partition_keys]
    if old == new:
        return []
    clustered = bool(after.clustering) and not new
    message = f"partitioned by {', '.join(old) or 'nothing'}, now by {', '.join(new) or 'nothing'}"
    if clustered:
        message += f" and clustered by {', '.join(after.clustering)}"
    return [
        SchemaDifference(
            type="PARTITION_DIFF",
            severity="info" if clustered else "warning",
            before=", ".join(old),
            after=", ".join(new),
            message=message,
            recommendation="" if clustered else "check the queries that rely on folders or partition filters",
        )
    ]
