"""Run a prepared statement where it is executed: `PREPARE` and `EXECUTE` become `EXECUTE IMMEDIATE`.

Athena: sql-prepare, sql-execute. Databricks: sql-ref-syntax-aux-execute-immediate.
"""

from collections.abc import Sequence

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor, split_commas
from glue2lakehouse.tools.ddl.lexer import Statement, Token, literal
from glue2lakehouse.tools.ddl.query import translate
from glue2lakehouse.tools.ddl.rules.create_as import problem, said

NAME = "prepared-statement"


def apply(statement: Statement, context: Context) -> Answer:
    """Answer for PREPARE, EXECUTE and DEALLOCATE PREPARE."""
    cursor = Cursor(statement.tokens)
    if cursor.take("PREPARE"):
        return _prepare(statement, context, cursor)
    if cursor.take("EXECUTE"):
        return _execute(statement, context, cursor)
    return dropped(context, NAME, statement.line, "nothing stays prepared on Databricks: left out")


def _prepare(statement: Statement, context: Context, cursor: Cursor) -> Answer:
    name = cursor.identifier().lower()
    context.prepared.pop(name, None)
    cursor.expect("FROM")
    start = cursor.next().start - statement.start
    result = translate(statement.text[start:], context)
    if result.problems:
        return Answer(findings=[problem(context, NAME, statement.line, p) for p in result.problems])
    context.prepared[name] = result.sql
    answer = dropped(context, NAME, statement.line, "the statement is written out where it is executed: left out here")
    answer.findings += said(context, NAME, statement.line, result)
    return answer


def _execute(statement: Statement, context: Context, cursor: Cursor) -> Answer:
    if cursor.at("IMMEDIATE"):
        return handed_off(
            context, NAME, statement.line, "the text of this statement is not looked into", "check its SQL"
        )
    name = cursor.identifier()
    sql = context.prepared.get(name.lower())
    if sql is None:
        message = f"this file does not prepare {name}, or its statement waits for a person"
        return handed_off(context, NAME, statement.line, message, "write EXECUTE IMMEDIATE with the statement's text")
    values = ""
    if not cursor.done:
        cursor.expect("USING")
        tokens = cursor.tokens[cursor.position :]
        if not all(token.kind in ("string", "number") or token.says(",", "-") for token in tokens):
            raise cursor.unexpected("only constants are proven behind USING")
        values = " USING " + ", ".join(_value(part, context) for part in split_commas(tokens))
    return Answer(f"EXECUTE IMMEDIATE {literal(sql)}{values}", Certainty.CONDITIONAL, ["ANSI mode is on"])


def _value(tokens: Sequence[Token], context: Context) -> str:
    last = tokens[-1]
    if last.kind == "string":
        return literal(last.text[1:-1].replace("''", "'") if context.dialect == "athena" else last.value)
    return "".join(token.text for token in tokens)


RULE = Rule(
    name=NAME,
    summary="Write a prepared statement out where it is executed.",
    opening=r"(PREPARE|EXECUTE|DEALLOCATE) ",
    apply=apply,
    example=("PREPARE p FROM SELECT id FROM sales.t WHERE id = ?", ""),
)
