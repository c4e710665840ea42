"""Create and drop schemas: a Glue database is a Unity Catalog schema.

Databricks: sql-ref-syntax-ddl-create-schema. Hive: LanguageManual DDL (Create Database).
"""

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement, literal

CREATE = "create-schema"
ALTER = "alter-schema"
DROP = "drop-schema"
_RESERVED = {
    "owner": "ALTER SCHEMA {schema} SET OWNER TO {name}, if there is such a user or group",
    "location": "to keep tables there add MANAGED LOCATION {value}",
    "comment": "write COMMENT {value}",
}
"""Spark: UNSUPPORTED_FEATURE.SET_NAMESPACE_PROPERTY. What to do instead."""


def create(statement: Statement, context: Context) -> Answer:
    """Answer for CREATE DATABASE and CREATE SCHEMA."""
    cursor = Cursor(statement.tokens)
    cursor.expect("CREATE")
    if cursor.take("REMOTE"):
        return handed_off(
            context, CREATE, statement.line, "a remote database is another system's", "use Lakehouse Federation"
        )
    cursor.next()
    exists = "IF NOT EXISTS " if cursor.take("IF", "NOT", "EXISTS") else ""
    name = cursor.name()[-1]
    target = context.schema(name)
    lines = [f"CREATE SCHEMA {exists}{target}"]
    answer = Answer()
    while not cursor.done:
        if cursor.take("COMMENT"):
            lines.append(f"COMMENT {literal(cursor.string())}")
        elif cursor.take("LOCATION") or cursor.take("MANAGEDLOCATION"):
            place = context.location(cursor.string())
            message = f"the database's folder {place} is left out: Unity Catalog places managed tables in the catalog's storage"
            action = f"to keep them there add MANAGED LOCATION {literal(place)}"
            answer.findings.append(context.finding(CREATE, Severity.INFO, statement.line, message, action))
        elif cursor.take("WITH", "DBPROPERTIES"):
            kept = _not_reserved(cursor.pairs(), target, answer, statement, context)
            if kept:
                lines.append(f"WITH DBPROPERTIES ({kept})")
        else:
            raise cursor.unexpected("in CREATE DATABASE")
    if target not in context.schemas:
        context.schemas.append(target)
    answer.output = "\n".join(lines)
    return answer


def _not_reserved(pairs: dict[str, str], target: str, answer: Answer, statement: Statement, context: Context) -> str:
    """Return the properties that Spark takes, as text; it refuses the whole statement for one that it reserves."""
    for name, value in pairs.items():
        if name.lower() in _RESERVED:
            message = f"the property {name!r} = {value!r} is left out: Databricks reserves the name"
            action = _RESERVED[name.lower()].format(schema=target, name=f"`{value}`", value=literal(value))
            answer.findings.append(context.finding(CREATE, Severity.INFO, statement.line, message, action))
    kept = {name: value for name, value in pairs.items() if name.lower() not in _RESERVED}
    return ", ".join(f"{literal(name)} = {literal(value)}" for name, value in kept.items())


def alter(statement: Statement, context: Context) -> Answer:
    """Answer for ALTER DATABASE: its properties are the schema's; owner and folder are set otherwise."""
    cursor = Cursor(statement.tokens)
    cursor.expect("ALTER")
    cursor.next()
    target = context.schema(cursor.name()[-1])
    if not cursor.take("SET", "DBPROPERTIES"):
        message = "owner and location of a schema are set otherwise"
        return handed_off(context, ALTER, statement.line, message, f"use ALTER SCHEMA {target} SET OWNER TO …")
    answer = Answer()
    kept = _not_reserved(cursor.pairs(), target, answer, statement, context)
    if not cursor.done:
        raise cursor.unexpected("in ALTER DATABASE")
    answer.output = f"ALTER SCHEMA {target} SET DBPROPERTIES ({kept})" if kept else ""
    return answer


def drop(statement: Statement, context: Context) -> Answer:
    """Answer for DROP DATABASE; Hive does not mind when there is none, so IF EXISTS is added there."""
    cursor = Cursor(statement.tokens)
    cursor.expect("DROP")
    cursor.next()
    exists = cursor.take("IF", "EXISTS") or context.dialects == ("hive",)
    name = cursor.name()[-1]
    how = " CASCADE" if cursor.take("CASCADE") else ""
    cursor.take("RESTRICT")
    if not cursor.done:
        raise cursor.unexpected("in DROP DATABASE")
    return Answer(f"DROP SCHEMA {'IF EXISTS ' if exists else ''}{context.schema(name)}{how}")


CREATE_RULE = Rule(
    name=CREATE,
    summary="Create a schema for each Glue database.",
    opening=r"CREATE (REMOTE )?(DATABASE|SCHEMA) ",
    apply=create,
    example=("CREATE DATABASE IF NOT EXISTS sales COMMENT 'x'", "CREATE SCHEMA IF NOT EXISTS main.sales\nCOMMENT 'x'"),
)
DROP_RULE = Rule(
    name=DROP,
    summary="Drop the schema that stands for a Glue database.",
    opening=r"DROP (DATABASE|SCHEMA) ",
    apply=drop,
    example=("DROP DATABASE IF EXISTS sales CASCADE", "DROP SCHEMA IF EXISTS main.sales CASCADE"),
)
ALTER_RULE = Rule(
    name=ALTER,
    summary="Set the properties of the schema that stands for a Glue database.",
    opening=r"ALTER (DATABASE|SCHEMA) ",
    apply=alter,
    example=(
        "ALTER DATABASE sales SET DBPROPERTIES ('team'='x')",
        "ALTER SCHEMA main.sales SET DBPROPERTIES ('team' = 'x')",
    ),
)
