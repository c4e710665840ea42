"""Create tables in Unity Catalog: files that stay become external tables, what Hive managed becomes managed Delta.

Databricks: sql-ref-syntax-ddl-create-table-using, external-partition-discovery. Athena: create-table, partition-projection.
"""

import re
from collections.abc import Callable
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off, has_variable
from glue2lakehouse.tools.ddl.grammar import FORMATS, read_create_table
from glue2lakehouse.tools.ddl.lexer import Statement, literal
from glue2lakehouse.tools.ddl.model import Column, Constraint, TableDefinition
from glue2lakehouse.tools.ddl.projection import projection_findings
from glue2lakehouse.tools.ddl.properties import sort_properties
from glue2lakehouse.tools.ddl.storage import Storage, source_format, storage_of
from glue2lakehouse.tools.ddl.types import quoted

NAME = "create-table"
Add = Callable[..., None]
PARTITION_LOG = "nonDelta.partitionLog.enabled"


def apply(statement: Statement, context: Context) -> Answer:
    """Answer for CREATE TABLE without a query."""
    table, cursor = read_create_table(statement)
    if not cursor.done:
        raise cursor.unexpected("in CREATE TABLE")
    return create(table, context)


def create(table: TableDefinition, context: Context) -> Answer:
    """Return the statement that makes this table, and remember the table for the statements that follow."""
    answer = Answer()
    if table.temporary:
        action = "use a temporary view, or a managed table that the job drops at its end"
        return handed_off(context, NAME, table.line, "a temporary table has no equal that every compute has", action)
    table = _placed(table, context)
    if context.settings.action_for(table.database, table.name) == "skip":
        message = f"{table.database}.{table.name} is not migrated: the mapping file says skip"
        return dropped(context, NAME, table.line, message, "change its action in the mapping file to migrate it")
    storage, table = _target(table, context, answer)
    if not table.all_columns and storage.format not in ("DELTA", "AVRO"):
        message = "the statement has no columns; Hive takes them from the SerDe"
        return handed_off(context, NAME, table.line, message, "write the columns out")
    names = [column.name.lower() for column in table.all_columns]
    if len(set(names)) < len(names):
        twice = ", ".join(sorted({name for name in names if names.count(name) > 1}))
        return handed_off(
            context, NAME, table.line, f"the columns hold {twice} twice", "keep the one that the files have"
        )
    note(table, storage, context, answer)
    table = replace(table, format=storage.format.lower() or source_format(table))
    blocked = any(f.severity is Severity.BLOCKER for f in answer.findings)
    if not blocked:
        answer.output = render(table, storage, context, answer)
    remember(replace(table, made=not blocked), context)
    return answer


def remember(table: TableDefinition, context: Context) -> None:
    """Keep the definition for later statements and for those who ask for the file's tables."""
    context.tables[(table.database, table.name)] = replace(table, path=context.path)


def _placed(table: TableDefinition, context: Context) -> TableDefinition:
    parts = (table.database, table.name) if table.database else (table.name,)
    database, name = context.key(parts)
    target = context.settings.table_for(database, name) if database else name
    if not (table.format or table.serde or table.delimiters or table.input_format or table.handler):
        table = replace(table, format=FORMATS.get(context.default_format, ""))
    return replace(table, database=database, name=name, target_name=target, source_format=table.format)


def _target(table: TableDefinition, context: Context, answer: Answer) -> tuple[Storage, TableDefinition]:
    kind = source_format(table)
    given = {key.lower(): value.lower() for key, value in table.properties.items()}
    if given.get("external") == "true":
        table = replace(table, external=True)
    if kind == "iceberg" or table.transforms:
        return _iceberg(table, context, answer)
    if given.get("transactional") == "true" and table.location and not table.external:
        message = f"{table.location} holds Hive's ACID layout, which only Hive reads: the table becomes managed Delta"
        action = "copy the rows over with a Hive query before it is switched off"
        answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message, action))
        table = replace(table, location="")
    if not table.location and not table.external and kind != "handler":
        table = replace(table, managed_target=True)
        answer.certainty = Certainty.CONDITIONAL
        answer.conditions.append(
            "the rows are loaded into the managed Delta table, whatever format Hive stored them in"
        )
        return Storage("DELTA"), table
    storage = storage_of(table, context.dialect == "athena")
    in_volume = context.settings.path_for(table.location).startswith("/Volumes/")
    to_delta = context.settings.action_for(table.database, table.name) == "convert_to_delta"
    if (in_volume or to_delta) and storage.format not in ("", "DELTA"):
        return _to_delta(table, storage, context, answer)
    if table.location and not table.external and kind != "delta":
        message = (
            "Hive deletes the files of this table on DROP TABLE, Unity Catalog keeps the files of an external table"
        )
        answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message))
    if table.external and not table.location and storage.format:
        message = "an external table needs a LOCATION in Unity Catalog, and Hive took it from the database"
        action = "add LOCATION with the folder that the files are in"
        answer.findings.append(context.finding(NAME, Severity.BLOCKER, table.line, message, action))
    return storage, table


def _iceberg(table: TableDefinition, context: Context, answer: Answer) -> tuple[Storage, TableDefinition]:
    identity = [t for t in table.transforms if re.fullmatch(r"\w+", t)]
    if len(identity) == len(table.transforms):
        declared = {column.name.lower(): column for column in table.columns}
        keys = tuple(declared[name.lower()] for name in identity if name.lower() in declared)
        table = replace(table, partition_keys=keys or table.partition_keys)
    else:
        message = (
            f"hidden partitioning by {', '.join(table.transforms)} becomes liquid clustering; results are the same"
        )
        answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message))
    message = "an Iceberg table becomes a managed Delta table" + (
        f"; its files at {table.location} stay there" if table.location else ""
    )
    action = (
        f"bring existing rows over with CREATE OR REPLACE TABLE … CLONE iceberg.`{table.location}`"
        if table.location
        else ""
    )
    answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message, action))
    answer.certainty = Certainty.CONDITIONAL
    answer.conditions.append("existing Iceberg rows are copied into the Delta table")
    if table.location:
        context.location(table.location)
    return Storage("DELTA"), replace(table, managed_target=True, location="", external=False)


def _to_delta(
    table: TableDefinition, storage: Storage, context: Context, answer: Answer
) -> tuple[Storage, TableDefinition]:
    place = context.location(table.location)
    why = (
        "its files go to a volume, where no table can be"
        if place.startswith("/Volumes/")
        else "by the project's policy"
    )
    message = f"this {storage.format} table becomes managed Delta ({why}); it is empty until loaded"
    options = "".join(f", {key} => {literal(value)}" for key, value in storage.options.items())
    source = f"read_files({literal(place)}, format => {literal(storage.format.lower())}{options})"
    answer.findings.append(
        context.finding(NAME, Severity.INFO, table.line, message, f"load it: INSERT INTO … SELECT … FROM {source}")
    )
    answer.certainty = Certainty.CONDITIONAL
    answer.conditions.append("the files are loaded into the managed Delta table")
    notes = [note for note in storage.notes if note[0] is not Severity.BLOCKER]
    return Storage("DELTA", notes=notes), replace(table, managed_target=True, location="", external=False)


def note(table: TableDefinition, storage: Storage, context: Context, answer: Answer) -> None:
    """Add every finding and condition that the table's clauses give rise to."""

    def add(severity: Severity, message: str, action: str = "") -> None:
        answer.findings.append(context.finding(NAME, severity, table.line, message, action))

    for severity, message, action in storage.notes:
        add(severity, message, action)
    if place := storage.location or table.location:
        _check_place(table, place, context, add)
    if storage.conditions:
        answer.certainty = Certainty.CONDITIONAL
        answer.conditions += storage.conditions
    for note in table.notes:
        add(Severity.INFO, note)
    _, left, refused = sort_properties(table.properties)
    if left:
        add(
            Severity.INFO,
            "table properties left out: " + "; ".join(f"{key} ({reason})" for key, reason in left.items()),
        )
    for key, reason in refused.items():
        add(Severity.BLOCKER, f"table property {key} changes what the table does: {reason}")
    if table.buckets:
        by = ", ".join(table.buckets)
        add(Severity.INFO, f"buckets by {by} left out: Spark hashes otherwise, and Delta clusters instead of bucketing")
    if any(c.type == "TIMESTAMP" or "TIMESTAMP" in c.type for c in table.all_columns):
        answer.conditions.append("sessions run in UTC, as on Glue: Hive's timestamps have no time zone")
        answer.certainty = Certainty.CONDITIONAL
    short = [c.name for c in table.all_columns if re.search(r"\b(VAR)?CHAR\(", c.type)]
    if short:
        add(
            Severity.INFO,
            f"{', '.join(short[:5])}: a value longer than declared fails on insert and is read whole from files; Hive cuts it",
        )
    if not table.managed_target:
        for said in projection_findings(table, context.settings.path_for(table.location)):
            add(*said)
    _variables(table, context, add)


def _check_place(table: TableDefinition, place: str, context: Context, add: Add) -> None:
    target = context.settings.path_for(place)
    if not re.match(r"(s3[an]?|abfss|gs|r2)://|\$\{|\{\{|/Volumes/", target):
        message = f"Unity Catalog reads cloud storage only, and {target[:80]} is not there"
        add(Severity.BLOCKER, message, "copy the files to S3 and map the path in the settings (paths)")
        return
    if (told := context.unsettled(place)) is not None:
        add(*told)
    bare = target.rstrip("/") + "/"
    for other in context.tables.values():
        there = context.settings.path_for(other.location).rstrip("/") + "/"
        same_table = (other.database, other.name) == (table.database, table.name)
        if other.location and not same_table and (bare.startswith(there) or there.startswith(bare)):
            message = f"{other.name} is at {other.location} as well, and Unity Catalog refuses two tables on one folder"
            add(Severity.WARNING, message, "keep one table and make the other a view of it")
            return


def _variables(table: TableDefinition, context: Context, add: Add) -> None:
    if has_variable(table.database + table.name) and (context.settings.schemas or context.settings.tables):
        message = (
            f"{table.database}.{table.name} is filled in at run time, so the name mapping could not be applied to it"
        )
        add(Severity.WARNING, message, "give the variable the name after the migration")


def _option(key: str, value: str, context: Context) -> str:
    """Write an option; the address of a schema is a path as well."""
    return f"{literal(key)} {literal(context.settings.path_for(value) if key == 'avroSchemaUrl' else value)}"


def render(table: TableDefinition, storage: Storage, context: Context, answer: Answer, query: str = "") -> str:
    """Write the CREATE TABLE; with a query, the columns come from it."""
    parts = (table.database, table.name) if table.database else (table.name,)
    lines = [f"CREATE TABLE {'IF NOT EXISTS ' if table.if_not_exists else ''}{context.target(parts)}"]
    if table.all_columns and not query:
        keyed = {n.lower() for c in table.constraints if c.kind == "PRIMARY KEY" for n in c.columns}
        delta = storage.format == "DELTA"
        items = [_column(c, delta, delta and c.name.lower() in keyed) for c in table.all_columns]
        items += _constraints(table, storage, context, answer)
        lines[0] += " (\n  " + ",\n  ".join(items) + "\n)"
    lines.append(f"USING {storage.format}")
    if storage.options:
        lines.append("OPTIONS (" + ", ".join(_option(k, v, context) for k, v in storage.options.items()) + ")")
    transforms = [re.sub(r".*\(|\)|\d+,|,\d+", "", t) for t in table.transforms]
    if table.partition_keys:
        lines.append("PARTITIONED BY (" + ", ".join(quoted(k.name) for k in table.partition_keys) + ")")
    elif transforms:
        lines.append("CLUSTER BY (" + ", ".join(dict.fromkeys(quoted(t) for t in transforms)) + ")")
    if comment := table.comment or table.properties.get("comment", ""):
        lines.append(f"COMMENT {literal(comment)}")
    if place := storage.location or table.location:
        lines.append(f"LOCATION {literal(context.location(place))}")
    kept, _, _ = sort_properties(table.properties)
    if table.partition_keys and not table.managed_target and storage.format != "DELTA" and not _projected(table):
        kept[PARTITION_LOG] = "true"
        answer.certainty = Certainty.CONDITIONAL
        answer.conditions.append(
            "Databricks Runtime 13.3 or later; partitions are registered with MSCK or ADD PARTITION as before"
        )
    if storage.format == "DELTA" and any(re.search(r"[ ,;{}()\n\t=]", c.name) for c in table.all_columns):
        kept["delta.columnMapping.mode"] = "name"
    if kept:
        lines.append("TBLPROPERTIES (" + ", ".join(f"{literal(k)} = {literal(v)}" for k, v in kept.items()) + ")")
    return "\n".join(lines) + (f"\nAS {query}" if query else "")


def _projected(table: TableDefinition) -> bool:
    return {k.lower(): v for k, v in table.properties.items()}.get("projection.enabled", "").lower() == "true"


def _column(column: Column, delta: bool, key: bool) -> str:
    text = f"{quoted(column.name)} {column.type}"
    if delta and (key or not column.nullable):
        text += " NOT NULL"
    if column.comment:
        text += f" COMMENT {literal(column.comment)}"
    return text


def _constraints(table: TableDefinition, storage: Storage, context: Context, answer: Answer) -> list[str]:
    if storage.format != "DELTA":
        if table.constraints:
            message = "keys are informational and only Delta tables carry them: left out of this external table"
            answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message))
        return []
    if any(c.kind == "PRIMARY KEY" for c in table.constraints):
        message = "primary key columns become NOT NULL, which Unity Catalog asks for; Hive does not check them"
        answer.findings.append(context.finding(NAME, Severity.INFO, table.line, message))
    return [_constraint(c, context) for c in table.constraints]


def _constraint(constraint: Constraint, context: Context) -> str:
    name = f"CONSTRAINT {quoted(constraint.name)} " if constraint.name else ""
    text = f"{name}{constraint.kind} ({', '.join(quoted(c) for c in constraint.columns)})"
    if constraint.references:
        text += f" REFERENCES {context.target(constraint.references)}"
        if constraint.referenced_columns:
            text += f" ({', '.join(quoted(c) for c in constraint.referenced_columns)})"
    return text


RULE = Rule(
    name=NAME,
    summary="Create tables in Unity Catalog: external where the files stay, managed Delta where Hive managed them.",
    opening=r"CREATE (TEMPORARY |TRANSACTIONAL |MANAGED )*(EXTERNAL )?TABLE ",
    apply=apply,
    example=(
        "CREATE EXTERNAL TABLE sales.orders (id int) STORED AS PARQUET LOCATION 's3://b/orders/'",
        "CREATE TABLE main.sales.orders (\n  id INT\n)\nUSING PARQUET\nLOCATION 's3://b/orders/'",
    ),
)
