"""Drop and empty tables.

Hive: LanguageManual DDL (Drop Table, Truncate Table). Databricks: sql-ref-syntax-ddl-drop-table.
"""

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement

NAME = "drop-table"
TRUNCATE = "truncate-table"


def drop(statement: Statement, context: Context) -> Answer:
    """Answer for DROP TABLE; Hive does not mind when there is none, so IF EXISTS is added there."""
    cursor = Cursor(statement.tokens)
    cursor.expect("DROP", "TABLE")
    exists = cursor.take("IF", "EXISTS") or context.dialects == ("hive",)
    name = cursor.name()
    answer = Answer()
    if cursor.take("PURGE"):
        message = "PURGE skips Hive's trash; on Databricks a dropped managed table can be undropped for seven days"
        answer.findings.append(context.finding(NAME, Severity.INFO, statement.line, message))
    if not cursor.done:
        raise cursor.unexpected("in DROP TABLE")
    if context.skips(name):
        return dropped(context, NAME, statement.line, f"{'.'.join(name)} is not migrated: the mapping file says skip")
    table = context.table(name)
    if table is not None and table.owns_files:
        message = f"Hive deletes the files at {table.location} with the table, Unity Catalog leaves them"
        action = "delete the folder too, or a table that is made there again finds the old rows"
        answer.findings.append(context.finding(NAME, Severity.WARNING, statement.line, message, action))
    context.tables.pop(context.key(name), None)
    answer.output = f"DROP TABLE {'IF EXISTS ' if exists else ''}{context.target(name)}"
    return answer


def truncate(statement: Statement, context: Context) -> Answer:
    """Answer for TRUNCATE TABLE of tables that become managed Delta."""
    cursor = Cursor(statement.tokens)
    cursor.expect("TRUNCATE")
    cursor.take("TABLE")
    name = cursor.name()
    if cursor.done and context.becomes_delta(name):
        return Answer(f"TRUNCATE TABLE {context.target(name)}")
    message = "TRUNCATE is only proven for whole tables that this file creates as managed ones"
    return handed_off(context, TRUNCATE, statement.line, message, "use DELETE FROM … WHERE on the partition columns")


RULE = Rule(
    name=NAME,
    summary="Drop tables.",
    opening=r"DROP TABLE ",
    apply=drop,
    example=("DROP TABLE IF EXISTS sales.t", "DROP TABLE IF EXISTS main.sales.t"),
)
TRUNCATE_RULE = Rule(
    name=TRUNCATE,
    summary="Empty managed tables.",
    opening=r"TRUNCATE ",
    apply=truncate,
    example=("TRUNCATE TABLE sales.t", None),
)
