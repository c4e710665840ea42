"""Insert, update, delete, merge and query, where every function and construct is proven; the rest is a finding.

Hive: LanguageManual DML. Athena: insert-into, merge-into-statement, querying-iceberg-updating-iceberg-table-data.
"""

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.lexer import Statement
from glue2lakehouse.tools.ddl.query import translate
from glue2lakehouse.tools.ddl.rules.create_as import problem, said

CHANGE = "change-data"
QUERY = "query"
_MODE = "spark.sql.sources.partitionOverwriteMode"


def change(statement: Statement, context: Context) -> Answer:
    """Answer for INSERT, UPDATE, DELETE and MERGE, Hive's FROM … INSERT included."""
    if "OVERWRITE LOCAL" in statement.opening or "OVERWRITE DIRECTORY" in statement.opening:
        message = "INSERT OVERWRITE DIRECTORY writes files that no table knows"
        return handed_off(
            context, CHANGE, statement.line, message, "write with DataFrame.write to a volume or external location"
        )
    return _translated(statement, context, CHANGE)


def query(statement: Statement, context: Context) -> Answer:
    """Answer for a query that stands on its own."""
    values = [token for token in statement.tokens if not token.says("(", ")", ",")]
    if values and all(token.kind in ("string", "number") for token in values):
        reason = "a list of values on its own is no statement, in the old engine neither: left out"
        return dropped(context, QUERY, statement.line, reason)
    return _translated(statement, context, QUERY)


def _translated(statement: Statement, context: Context, rule: str) -> Answer:
    result = translate(statement.text, context)
    if result.problems:
        return Answer(findings=[problem(context, rule, statement.line, p) for p in result.problems])
    findings = said(context, rule, statement.line, result)
    answer = Answer(result.sql, Certainty.CONDITIONAL, ["ANSI mode is on"], findings)
    if result.dynamic:
        answer.around = (f"SET {_MODE} = dynamic", f"RESET {_MODE}")
        message = f"Hive replaces only the partitions that the rows name: {_MODE} is set around the statement"
        action = (
            "a SQL warehouse does not know the setting; there write INSERT INTO … REPLACE USING (the partition columns)"
        )
        answer.findings.append(context.finding(rule, Severity.INFO, statement.line, message, action))
    return answer


def explain(statement: Statement, context: Context) -> Answer:
    """Answer for EXPLAIN: it changes nothing, and Hive's plan says nothing about Databricks."""
    return dropped(context, "explain", statement.line, "EXPLAIN only prints the plan of the old engine: left out")


CHANGE_RULE = Rule(
    name=CHANGE,
    summary="Insert, update, delete and merge where everything in the statement is proven.",
    opening=r"(INSERT|UPDATE|DELETE FROM|MERGE INTO) |FROM .*",
    apply=change,
    example=("INSERT INTO sales.t SELECT id FROM sales.s", "INSERT INTO main.sales.t SELECT id FROM main.sales.s"),
)
QUERY_RULE = Rule(
    name=QUERY,
    summary="Translate queries where everything in them is proven.",
    opening=r"(SELECT|WITH|VALUES|\() ",
    apply=query,
    example=("SELECT hash(id) FROM sales.t", None),
)
EXPLAIN_RULE = Rule(
    name="explain",
    summary="Leave EXPLAIN out: it prints the old engine's plan.",
    opening=r"EXPLAIN ",
    apply=explain,
    example=("EXPLAIN SELECT 1", ""),
)
