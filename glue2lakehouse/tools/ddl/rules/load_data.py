"""Load files into Delta tables: `LOAD DATA INPATH` becomes an INSERT from `read_files`, read as the table's SerDe reads them.

Hive: LanguageManual DML (Loading files into tables). Databricks: functions/read_files, sql-ref-syntax-dml-insert-into.
"""

import re
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement, literal
from glue2lakehouse.tools.ddl.model import TableDefinition
from glue2lakehouse.tools.ddl.rules.alter_table import partition_values
from glue2lakehouse.tools.ddl.storage import storage_of
from glue2lakehouse.tools.ddl.types import quoted

NAME = "load-data"


def apply(statement: Statement, context: Context) -> Answer:
    """Answer for LOAD DATA; without the table's definition nobody can say how its files are read."""
    cursor = Cursor(statement.tokens)
    cursor.expect("LOAD", "DATA")
    cursor.take("LOCAL")
    cursor.expect("INPATH")
    place = context.settings.path_for(cursor.string())
    overwrite = cursor.take("OVERWRITE")
    cursor.expect("INTO", "TABLE")
    name = cursor.name()
    keys = partition_values(cursor.group()) if cursor.take("PARTITION") else {}
    table = context.table(name)
    if not cursor.done:
        raise cursor.unexpected("in LOAD DATA")
    if table is None or not context.becomes_delta(name):
        message = "LOAD DATA moves files into the table's folder; this project does not define the table as one that becomes Delta"
        return handed_off(context, NAME, statement.line, message, "copy the files there, or COPY INTO a Delta table")
    if not re.match(r"s3[an]?://|/Volumes/", place):
        message = "LOAD DATA reads files that are in no cloud storage"
        action = f"upload {place[:80]} to a volume, map the path in the settings (paths), and run again"
        return handed_off(context, NAME, statement.line, message, action)
    return _insert(statement, context, table, name, context.location(place), overwrite, keys)


def _insert(
    statement: Statement,
    context: Context,
    table: TableDefinition,
    name: tuple[str, ...],
    place: str,
    overwrite: bool,
    keys: dict[str, str],
) -> Answer:
    missing = [key.name for key in table.partition_keys if key.name.lower() not in keys]
    if missing or not table.settled:
        message = (
            f"the rows' value of {missing[0]} is not in the statement"
            if missing
            else "the table's columns are not sure"
        )
        return handed_off(
            context, NAME, statement.line, f"LOAD DATA: {message}", "write the INSERT with read_files by hand"
        )
    storage = storage_of(replace(table, format=table.source_format, location=place), context.dialect == "athena")
    answer = Answer(
        certainty=Certainty.CONDITIONAL, conditions=["the statement runs once for the files that are there"]
    )
    for severity, message, action in storage.notes:
        answer.findings.append(context.finding(NAME, severity, statement.line, message, action))
    if any(severity is Severity.BLOCKER for severity, _, _ in storage.notes):
        return answer
    columns = [column for column in table.columns if column.name.lower() not in keys]
    schema = ", ".join(f"{quoted(column.name)} {column.type}" for column in columns)
    options = "".join(f", {key} => {literal(value)}" for key, value in storage.options.items())
    partition = f" PARTITION ({', '.join(f'{quoted(k)} = {v}' for k, v in keys.items())})" if keys else ""
    verb = "INSERT OVERWRITE TABLE" if overwrite else "INSERT INTO"
    answer.output = (
        f"{verb} {context.target(name)}{partition}\nSELECT {', '.join(quoted(column.name) for column in columns)}\n"
        f"FROM read_files({literal(place)}, format => {literal(storage.format.lower())}, schema => {literal(schema)}{options})"
    )
    message = "Hive moves the files into the table; here they stay, and running the statement again loads them again"
    answer.findings.append(context.finding(NAME, Severity.INFO, statement.line, message))
    return answer


RULE = Rule(
    name=NAME,
    summary="Load files with read_files, as the table's SerDe reads them; local files have to be uploaded first.",
    opening=r"LOAD DATA ",
    apply=apply,
    example=("LOAD DATA INPATH 's3://b/x' INTO TABLE sales.t", None),
)
