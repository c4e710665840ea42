"""Create, change and drop views; the query keeps its meaning or the view is left to a person.

Hive: LanguageManual DDL (Create View). Athena: create-view. Databricks: sql-ref-syntax-ddl-create-view.
"""

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor, split_commas
from glue2lakehouse.tools.ddl.lexer import Statement, Token, literal
from glue2lakehouse.tools.ddl.properties import sort_properties
from glue2lakehouse.tools.ddl.query import translate
from glue2lakehouse.tools.ddl.rules.create_as import problem, said
from glue2lakehouse.tools.ddl.types import quoted

NAME = "create-view"
DROP = "drop-view"


def create(statement: Statement, context: Context) -> Answer:
    """Answer for CREATE VIEW and for ALTER VIEW … AS."""
    cursor = Cursor(statement.tokens)
    replace = cursor.take("ALTER", "VIEW")
    if not replace:
        cursor.expect("CREATE")
        replace = cursor.take("OR", "REPLACE")
        cursor.expect("VIEW")
    exists = cursor.take("IF", "NOT", "EXISTS")
    name = cursor.name()
    if replace and (
        cursor.at("SET") or cursor.at("UNSET") or cursor.at("RENAME") or cursor.at("ADD") or cursor.at("DROP")
    ):
        return _alter(statement, context, cursor, name)
    answer = Answer(certainty=Certainty.CONDITIONAL, conditions=["ANSI mode is on"])
    lines = [
        f"CREATE {'OR REPLACE ' if replace else ''}VIEW {'IF NOT EXISTS ' if exists else ''}{context.target(name)}"
    ]
    columns = bool(cursor.at("("))
    if columns:
        lines[0] += " (" + ", ".join(_column(part) for part in split_commas(cursor.group())) + ")"
    _clauses(cursor, lines, statement, context, answer)
    cursor.expect("AS")
    start = cursor.next().start - statement.start
    result = translate(statement.text[start:], context, names_matter=not columns)
    if result.problems:
        return Answer(findings=[problem(context, NAME, statement.line, p) for p in result.problems])
    answer.findings += said(context, NAME, statement.line, result)
    answer.output = "\n".join([*lines, "AS", result.sql])
    return answer


def _column(part: list[Token]) -> str:
    cursor = Cursor(part)
    text = quoted(cursor.identifier())
    if cursor.take("COMMENT"):
        text += f" COMMENT {literal(cursor.string())}"
    if not cursor.done:
        raise cursor.unexpected("in a view's column list")
    return text


def _clauses(cursor: Cursor, lines: list[str], statement: Statement, context: Context, answer: Answer) -> None:
    while not cursor.at("AS"):
        if cursor.take("COMMENT"):
            lines.append(f"COMMENT {literal(cursor.string())}")
        elif cursor.take("TBLPROPERTIES"):
            kept, left, _ = sort_properties(cursor.pairs())
            if left:
                message = "view properties left out: " + "; ".join(f"{k} ({v})" for k, v in left.items())
                answer.findings.append(context.finding(NAME, Severity.INFO, statement.line, message))
            if kept:
                lines.append(
                    "TBLPROPERTIES (" + ", ".join(f"{literal(k)} = {literal(v)}" for k, v in kept.items()) + ")"
                )
        elif cursor.take("PARTITIONED", "ON"):
            cursor.group()
            message = "PARTITIONED ON only steers Hive's planner: left out"
            answer.findings.append(context.finding(NAME, Severity.INFO, statement.line, message))
        else:
            raise cursor.unexpected("in CREATE VIEW")


def _alter(statement: Statement, context: Context, cursor: Cursor, name: tuple[str, ...]) -> Answer:
    target = context.target(name)
    if cursor.take("SET", "TBLPROPERTIES"):
        kept, left, _ = sort_properties(cursor.pairs())
        if kept and not left and cursor.done:
            pairs = ", ".join(f"{literal(k)} = {literal(v)}" for k, v in kept.items())
            return Answer(f"ALTER VIEW {target} SET TBLPROPERTIES ({pairs})")
    elif cursor.take("UNSET", "TBLPROPERTIES"):
        keys = ", ".join(literal(token.value) for token in cursor.group() if token.kind in ("string", "double"))
        return Answer(f"ALTER VIEW {target} UNSET TBLPROPERTIES IF EXISTS ({keys})")
    elif cursor.take("RENAME", "TO"):
        other = cursor.name()
        if context.key(other)[0] == context.key(name)[0]:
            return Answer(f"ALTER VIEW {target} RENAME TO {context.target(other)}")
    message = "this change of a view has no equal on Databricks"
    return handed_off(context, NAME, statement.line, message, "create the view again")


def drop(statement: Statement, context: Context) -> Answer:
    """Answer for DROP VIEW; Hive does not mind when there is none, so IF EXISTS is added there."""
    cursor = Cursor(statement.tokens)
    cursor.expect("DROP", "VIEW")
    exists = cursor.take("IF", "EXISTS") or context.dialects == ("hive",)
    name = cursor.name()
    if not cursor.done:
        raise cursor.unexpected("in DROP VIEW")
    return Answer(f"DROP VIEW {'IF EXISTS ' if exists else ''}{context.target(name)}")


RULE = Rule(
    name=NAME,
    summary="Create views whose every function and construct is proven.",
    opening=r"(CREATE (OR REPLACE )?|ALTER )VIEW ",
    apply=create,
    example=(
        "CREATE VIEW sales.v AS SELECT id FROM sales.orders",
        "CREATE VIEW main.sales.v\nAS\nSELECT id FROM main.sales.orders",
    ),
)
DROP_RULE = Rule(
    name=DROP,
    summary="Drop views.",
    opening=r"DROP VIEW ",
    apply=drop,
    example=("DROP VIEW IF EXISTS sales.v", "DROP VIEW IF EXISTS main.sales.v"),
)
