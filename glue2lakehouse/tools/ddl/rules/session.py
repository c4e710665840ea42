"""Switch the current schema; leave session settings out where they only steer Hive's engine.

Hive: Configuration Properties. Databricks: sql-ref-syntax-ddl-use-schema.
"""

import re

from glue2lakehouse.tools.ddl.context import Answer, Context, Rule, dropped, handed_off
from glue2lakehouse.tools.ddl.cursor import Cursor
from glue2lakehouse.tools.ddl.lexer import Statement

USE = "use-schema"
SET = "session-setting"
# Settings that change how Hive runs, plans, stores or prints, never which rows a statement gives.
_ENGINE_ONLY = re.compile(
    r"(hive\.(exec|optimize|vectorized|tez|auto|stats|explain|fetch|merge|map|mapjoin|llap|txn|support\.concurrency|limit"
    r"|input|cli|compactor|spark|server2|security|strict\.checks|metastore|skewjoin|join|execution|archive|mapred"
    r"|hmshandler|query|log|tezz|hbase|in\.test|conf|smbjoin|ppd|direct|multigroupby|combine|cache|index|rpc|session"
    r"|remove|new\.job|hash|heartbeat|lock|zookeeper|users|privilege|warehouse|disable\.unsafe|load|counters|prewarm|async"
    r"|localize|convert|blobstore|create\.as\.(insert\.only|acid)|default\.rcfile|orc|intermediate"
    r"|mv|materializedview|autogen|ddl|exim|script|error|debug|semantic|entity|analyze"
    r"|cbo|compute|groupby\.(skewindata|mapaggr.*|limit.*)|enforce\.(bucketing|sorting|sortmergebucketmapjoin)"
    r"|decode|downcast|reorder|typecheck|exec\.dynamic).*|mapred(uce)?\..*|tez\..*|yarn\..*|io\..*|dfs\..*|fs\..*|test\..*"
    r"|datanucleus\..*|javax\..*|metastore\..*|parquet\..*|orc\..*|system:.*|hiveconf:test.*|_hive\..*|spark\.(?!sql).*|llap\..*)",
    re.IGNORECASE,
)
_MEANING = re.compile(r"hive\.exec\.default\.partition\.name|hive\.mapred\.supports", re.IGNORECASE)


def use(statement: Statement, context: Context) -> Answer:
    """Answer for USE; unqualified names after it belong to this database."""
    cursor = Cursor(statement.tokens)
    cursor.expect("USE")
    name = cursor.name()
    if not cursor.done:
        raise cursor.unexpected("in USE")
    context.database = name[-1].lower()
    return Answer(f"USE {context.schema(name[-1])}")


def set_option(statement: Statement, context: Context) -> Answer:
    """Answer for SET and RESET."""
    text = re.sub(r"^\s*set\s*", "", statement.text, flags=re.IGNORECASE)
    key = text.split("=")[0].strip()
    if "=" not in text:
        return dropped(context, SET, statement.line, "SET without a value only prints settings: left out")
    if key.lower() == "hive.default.fileformat":
        context.default_format = text.split("=")[1].strip().upper()
        return dropped(context, SET, statement.line, f"{key} is applied to the external tables below: left out")
    if _ENGINE_ONLY.fullmatch(key) and not _MEANING.fullmatch(key):
        return dropped(context, SET, statement.line, f"{key} only steers Hive's engine: left out")
    if re.fullmatch(r"(hivevar|hiveconf):(?!hive\.).*|\w+", key, re.IGNORECASE):
        name = key.rpartition(":")[2]
        message = (
            f"sets the variable {name}, which ${{…}} in the text reads; Databricks does not fill texts in like that"
        )
        return handed_off(
            context, SET, statement.line, message, f"pass {name} as a job parameter, or DECLARE VARIABLE {name}"
        )
    message = f"the session setting {key} may change results, and no rule knows it"
    return handed_off(context, SET, statement.line, message, "find out what it changes; Databricks ignores it")


USE_RULE = Rule(
    name=USE,
    summary="Switch to the schema that stands for the database.",
    opening=r"USE ",
    apply=use,
    example=("USE sales", "USE main.sales"),
)
SET_RULE = Rule(
    name=SET,
    summary="Leave settings of Hive's engine out; hand those over that may change results.",
    opening=r"(SET|RESET) ",
    apply=set_option,
    example=("SET hive.exec.dynamic.partition=true", ""),
)
