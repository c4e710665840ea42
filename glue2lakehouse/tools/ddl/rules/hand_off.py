"""Name every other statement that Hive and Athena have, with what to do instead; the last rule takes what is left.

Hive: LanguageManual DDL, Authorization, UDF. Databricks: sql-ref.
"""

import re

from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, handed_off
from glue2lakehouse.tools.ddl.lexer import Statement

NAME = "hand-off"
_KNOWN: tuple[tuple[str, str, str], ...] = (
    (r"CREATE (TEMPORARY )?(FUNCTION|MACRO)", "a Java function or macro has no equal", "write it as a SQL or Python UDF"),
    (r"(DROP|RELOAD) (TEMPORARY )?(FUNCTION|MACRO)", "the function is Hive's", "drop the UDF that replaced it"),
    (r"(CREATE|ALTER|DROP) (OR REPLACE )?MATERIALIZED VIEW", "a materialized view refreshes otherwise", "use CREATE MATERIALIZED VIEW on a SQL warehouse"),
    (r"(CREATE|ALTER|DROP) .{0,12}INDEX", "indexes do not exist", "use liquid clustering"),
    (r"(CREATE|ALTER|DROP) (RESOURCE|TRIGGER|POOL|APPLICATION|USER|GROUP) ", "workload management is Hive's", "set up SQL warehouses or cluster policies"),
    (r"(GRANT|REVOKE|CREATE ROLE|DROP ROLE)", "privileges have other names and scopes", "grant SELECT, MODIFY, USE SCHEMA in Unity Catalog"),
    (r"(ADD|DELETE|LIST) (JARS?|FILES?|ARCHIVES?)", "session resources are Hive's", "install the library on the compute"),
    (r"(EXPORT|IMPORT|REPL) ", "copies tables with Hive's metadata", "use DEEP CLONE or the migrated DDL"),
    (r"(LOCK|UNLOCK) ", "Delta has no locks to take", "leave it out if nothing else wrote at that time"),
    (r"(START|COMMIT|ROLLBACK|ABORT) ?", "transactions over statements differ", "each Delta statement is a transaction"),
    (r"(MAP|REDUCE) ", "MAP and REDUCE run scripts", "rewrite the script as a UDF or a DataFrame step"),
    (r"(DFS|SOURCE|!)", "a command of Hive's shell, not SQL", "do it with dbutils.fs or in the job"),
    (r"CREATE EXTERNAL (DATA|FUNCTION|SCHEMA)", "another product's statement", "look at what it provides"),
)  # fmt: skip


def apply(statement: Statement, context: Context) -> Answer:
    """Answer with the reason that fits the statement, or that no rule knows it."""
    for pattern, message, action in _KNOWN:
        if re.match(pattern, statement.opening + " "):
            return handed_off(context, NAME, statement.line, message, action)
    start = " ".join(statement.text.split()[:4])[:60]
    return handed_off(context, NAME, statement.line, f"no rule knows `{start}`", "write it for Databricks by hand")


RULE = Rule(
    name=NAME,
    summary="Leave every other statement to a person, with the reason.",
    opening=r"",
    apply=apply,
    example=("CREATE TEMPORARY FUNCTION f AS 'com.acme.F'", None),
)
