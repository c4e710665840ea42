"""Compare two tables on Spark: one pass over each side for counts and checksums; only what is unequal is opened.

Rows are sorted into buckets by a hash of their key (of the whole row without one), so that a row and its counterpart meet. A
bucket's checksum is its count and the sum of its rows' 64-bit hashes: it does not depend on order, and counts duplicates.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glue2lakehouse.domain import Issue
from glue2lakehouse.errors import UsageError
from glue2lakehouse.tools.catalog import Column as CatalogColumn
from glue2lakehouse.tools.catalog import Table
from glue2lakehouse.tools.compare.canonical import BUCKET, HASH, canonical, common_type, row_hash
from glue2lakehouse.tools.compare.plan import Check, Comparison, Plan
from glue2lakehouse.tools.compare.rows import aggregates, differing_rows
from glue2lakehouse.tools.compare.schema import compare_schemas

if TYPE_CHECKING:
    from pyspark.sql import DataFrame
    from pyspark.sql.types import StructType


_NOTHING = Issue(
    type="NO_ROWS",
    severity="warning",
    message="neither side has a row, so no value was compared",
    recommendation="check the place of both tables, and the filters",
)


@dataclass(frozen=True)
class Aligned:
    """Both sides with the same columns in one order, in comparable form, each row with its bucket and hash."""

    left: "DataFrame"
    right: "DataFrame"
    columns: tuple[str, ...]
    keys: tuple[str, ...]
    numeric: frozenset[str]


def compare_tables(
    source: "DataFrame", destination: "DataFrame", plan: Plan | None = None, *, names: tuple[str, str] = ("", "")
) -> Comparison:
    """Compare schemas, row counts, checksums and, where those differ, aggregates and rows.

    Equal checksums of all buckets settle counts, aggregates and rows at once; the checks say so. Raises UsageError when the
    plan names columns that are not there.
    """
    plan = plan or Plan()
    source, destination = _filtered(source, plan.source_filter), _filtered(destination, plan.destination_filter)
    checks = [_schema(source.schema, destination.schema, plan)]
    sides = align(source, destination, plan)
    started = time.perf_counter()
    left, right = _checksums(sides.left), _checksums(sides.right)
    unequal = sorted(bucket for bucket in left.keys() | right.keys() if left.get(bucket) != right.get(bucket))
    spent = int((time.perf_counter() - started) * 1000)
    rows = sum(count for count, _ in left.values()), sum(count for count, _ in right.values())
    checks.append(_row_count(rows, spent))
    if not unequal:
        checks += _settled(rows[0], plan.buckets, spent)
    else:
        checks += _opened(sides, plan, unequal, rows, spent)
    return Comparison(source=names[0], destination=names[1], checks=tuple(checks))


def align(source: "DataFrame", destination: "DataFrame", plan: Plan) -> Aligned:
    """Return both sides with the columns that they share, by name, in the order of their names."""
    from pyspark.sql import functions as f

    there, here = _by_name(destination.schema), _by_name(source.schema)
    renamed = {name.lower(): new.lower() for name, new in plan.columns.items()}
    ignored = {name.lower() for name in plan.ignore}
    _check_names(plan, here, there)
    pairs = {
        name: (here[name], there[renamed.get(name, name)])
        for name in sorted(here)
        if name not in ignored and renamed.get(name, name) in there and renamed.get(name, name) not in ignored
    }
    _check_one_to_one({name: pair[1].name for name, pair in pairs.items()})
    if not pairs:
        raise UsageError("the two tables share no column; name in `columns` which became which")
    keys = tuple(name.lower() for name in plan.keys)
    if left_out := [name for name in keys if name not in pairs]:
        raise UsageError(f"{left_out[0]}: the plan names it as a key and ignores it; do one of both")
    kinds = {name: common_type(*(field.dataType for field in pair)) for name, pair in pairs.items()}
    sides = []
    for frame, side in ((source, 0), (destination, 1)):
        made = [
            canonical(frame[_quote(pair[side].name)], pair[side].dataType, kinds[name]).alias(name)
            for name, pair in pairs.items()
        ]
        picked = frame.select(*made)
        by = [f.col(_quote(name)) for name in keys or pairs]
        bucket = f.pmod(row_hash(by), f.lit(plan.buckets)).cast("int")
        hashed = row_hash([f.col(_quote(name)) for name in pairs])
        sides.append(picked.withColumns({BUCKET: bucket, HASH: hashed}))
    numeric = frozenset(name for name, pair in pairs.items() if all(_is_numeric(field.dataType) for field in pair))
    return Aligned(sides[0], sides[1], tuple(pairs), keys, numeric)


def schema_table(schema: "StructType", name: str = "table") -> Table:
    """Return a Spark schema as a catalog table."""
    columns = tuple(
        CatalogColumn(
            name=field.name,
            # Spark shows a varchar as a string, and keeps what it was in the metadata.
            type=field.metadata.get("__CHAR_VARCHAR_TYPE_STRING", field.dataType.simpleString()),
            nullable=field.nullable,
            comment=field.metadata.get("comment", ""),
        )
        for field in schema.fields
    )
    return Table(database="spark", name=name, columns=columns)


def _filtered(frame: "DataFrame", condition: str) -> "DataFrame":
    return frame.where(condition) if condition else frame


def _schema(source: "StructType", destination: "StructType", plan: Plan) -> Check:
    started = time.perf_counter()
    found = compare_schemas(schema_table(source), schema_table(destination), columns=plan.columns, ignore=plan.ignore)
    spent = int((time.perf_counter() - started) * 1000)
    passed = not any(item.severity == "critical" for item in found)
    message = f"{len(found)} differences" if found else "the schemas are equal"
    return Check(
        type="schema",
        passed=passed,
        message=message,
        issues=tuple(item.issue() for item in found),
        milliseconds=spent,
    )


def _checksums(side: "DataFrame") -> dict[int, tuple[int, int]]:
    from pyspark.sql import functions as f

    total = f.sum(f.col(HASH).cast("decimal(38,0)")).alias("total")
    found = side.groupBy(BUCKET).agg(f.count(f.lit(1)).alias("rows"), total).collect()
    return {row[BUCKET]: (int(row["rows"]), int(row["total"])) for row in found}


def _row_count(rows: tuple[int, int], spent: int) -> Check:
    same = rows[0] == rows[1]
    issue = Issue(
        type="ROW_COUNT",
        severity="critical",
        message=f"{rows[0]} rows in the source and {rows[1]} in the destination",
        recommendation="look at the rows below, and at the filters of both sides",
    )
    return Check(
        type="row_count",
        passed=same,
        message=f"{rows[0]} rows on both sides" if same else issue.message,
        issues=(() if rows[0] else (_NOTHING,)) if same else (issue,),
        figures={"source": rows[0], "destination": rows[1], "difference": rows[1] - rows[0]},
        milliseconds=spent,
    )


def _settled(rows: int, buckets: int, spent: int) -> list[Check]:
    message = f"equal counts and sums of row hashes in all {buckets} buckets, over every shared column"
    checksum = Check(type="checksum", passed=True, message=message, figures={"unequal_buckets": 0}, milliseconds=spent)
    implied = f"settled by the checksums of all {rows} rows"
    return [checksum, *(Check(type=kind, passed=True, message=implied) for kind in ("aggregates", "sample_data"))]


def _opened(sides: Aligned, plan: Plan, unequal: Sequence[int], rows: tuple[int, int], spent: int) -> list[Check]:
    started = time.perf_counter()
    found = differing_rows(sides, plan, unequal)
    took = int((time.perf_counter() - started) * 1000)
    figures: dict[str, Any] = {"unequal_buckets": len(unequal), "buckets": plan.buckets}
    if found.within_tolerance:
        message = f"{found.close} rows differ, all within the tolerance"
        return [
            Check(type="checksum", passed=True, message=message, figures=figures, milliseconds=spent),
            Check(type="aggregates", passed=True, message="settled row by row"),
            Check(type="sample_data", passed=True, message=message, milliseconds=took),
        ]
    text = f"{len(unequal)} of {plan.buckets} buckets differ"
    issue = Issue(type="CHECKSUM", severity="critical", message=text, recommendation="see the rows that differ")
    started = time.perf_counter()
    sums = aggregates(sides)
    summed = int((time.perf_counter() - started) * 1000)
    return [
        Check(type="checksum", passed=False, message=text, issues=(issue,), figures=figures, milliseconds=spent),
        sums.model_copy(update={"milliseconds": summed}),
        Check(
            type="sample_data",
            passed=False,
            message=found.message,
            issues=found.issues,
            figures=found.figures,
            milliseconds=took,
        ),
    ]


def _check_names(plan: Plan, here: dict[str, Any], there: dict[str, Any]) -> None:
    for name in (*plan.keys, *plan.columns, *plan.tolerance):
        if name.lower() not in here:
            raise UsageError(f"{name}: the plan names it, and the source has no such column")
    for name in plan.columns.values():
        if name.lower() not in there:
            raise UsageError(f"{name}: the plan names it, and the destination has no such column")
    lost = [name for name in plan.keys if plan.columns.get(name, name).lower() not in there]
    if lost:
        raise UsageError(f"{lost[0]}: the plan's key is not in the destination; name in `columns` what it became")


def _by_name(schema: "StructType") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for field in schema.fields:
        if field.name.lower() in found:
            raise UsageError(f"{field.name}: two columns have this name but for its case; select one of them")
        found[field.name.lower()] = field
    return found


def _check_one_to_one(became: dict[str, str]) -> None:
    """Two columns that are compared with one leave another out."""
    first: dict[str, str] = {}
    for name, new in became.items():
        if new in first:
            raise UsageError(f"{first[new]} and {name} both become {new}; name in `columns` what each became")
        first[new] = name


def _is_numeric(kind: Any) -> bool:
    from pyspark.sql.types import NumericType

    return isinstance(kind, NumericType)


def _quote(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"
