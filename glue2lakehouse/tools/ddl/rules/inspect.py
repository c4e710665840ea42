"""Show and describe: statements that only print.

Databricks: sql-ref-syntax-aux-show, sql-ref-syntax-aux-describe-table.
"""

from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement

NAME = "inspect"


def apply(statement: Statement, context: Context) -> Answer:
    """Translate the forms that print the same kind of thing; leave the rest out, since nothing depends on them."""
    cursor = Cursor(statement.tokens)
    output = _show(cursor, context) if cursor.take("SHOW") else _describe(cursor, context)
    if output and cursor.done:
        return Answer(output)
    reason = "this statement only prints what the old catalog knows and has no equal on Databricks: left out"
    return dropped(context, NAME, statement.line, reason)


def _describe(cursor: Cursor, context: Context) -> str:
    cursor.next()
    extended = cursor.take("FORMATTED") or cursor.take("EXTENDED")
    if any(cursor.at(word) for word in ("DATABASE", "SCHEMA", "FUNCTION")):
        return ""
    cursor.take("TABLE")
    token = cursor.peek()
    if token is None or token.kind not in ("word", "quoted"):
        return ""
    return f"DESCRIBE TABLE {'EXTENDED ' if extended else ''}{context.target(cursor.name())}"


def _show(cursor: Cursor, context: Context) -> str:
    if cursor.take("DATABASES") or cursor.take("SCHEMAS"):
        return f"SHOW SCHEMAS IN {context.settings.catalog}" if cursor.done else ""
    if cursor.take("CREATE", "TABLE"):
        return f"SHOW CREATE TABLE {context.target(cursor.name())}"
    if cursor.take("PARTITIONS"):
        return f"SHOW PARTITIONS {context.target(cursor.name())}"
    if cursor.take("TBLPROPERTIES"):
        return f"SHOW TBLPROPERTIES {context.target(cursor.name())}"
    if cursor.take("COLUMNS"):
        if not (cursor.take("FROM") or cursor.take("IN")):
            return ""
        name = cursor.name()
        if cursor.take("FROM") or cursor.take("IN"):
            name = (*cursor.name(), *name)
        return f"SHOW COLUMNS IN {context.target(name)}"
    if (cursor.take("TABLES") or cursor.take("VIEWS")) and (cursor.take("IN") or cursor.take("FROM")):
        what = "TABLES" if cursor.tokens[1].says("TABLES") else "VIEWS"
        return f"SHOW {what} IN {context.schema(cursor.name()[-1])}"
    return ""


RULE = Rule(
    name=NAME,
    summary="Show and describe; what only prints the old catalog is left out.",
    opening=r"(SHOW|DESCRIBE|DESC) ",
    apply=apply,
    example=("DESCRIBE FORMATTED sales.t", "DESCRIBE TABLE EXTENDED main.sales.t"),
)
