"""Name tables by three levels: `spark.sql("select * from sales.orders")` -> `... from main.sales.orders`.

Databricks: Unity Catalog object names. A Glue database is a schema of the project's catalog; temporary views, common table
expressions and files read by path keep their names. Only the names change in the text, everything else stays as it is.
"""

import ast
from collections.abc import Iterable
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.literals import HOLE, Style, Text
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.sql.commands import listing_in
from glue2lakehouse.tools.rewrite.sql.hive_ddl import convert_text, is_hive_statement, is_hive_table
from glue2lakehouse.tools.rewrite.sql.listings import catalog_in_use, schemas_in_sql
from glue2lakehouse.tools.rewrite.sql.names import read_sql
from glue2lakehouse.tools.rewrite.sql.overwriting import overwriting, overwriting_unread
from glue2lakehouse.tools.rewrite.sql.paths import paths_in_sql
from glue2lakehouse.tools.rewrite.sql.remarks import once, unknown_sql
from glue2lakehouse.tools.rewrite.sql.targets import with_new_names
from glue2lakehouse.tools.rewrite.sql.texts import (
    first_argument,
    is_given_elsewhere,
    literal_of,
    names_views_only,
    texts_of_parameter,
)
from glue2lakehouse.tools.rewrite.sql.views import views_of

SESSIONS = (SPARK_SESSION, GLUE_CONTEXT, "pyspark.sql.SQLContext")
_LOADED = "the rows of a table that Hive managed are loaded into the managed Delta table"
BEFORE = (
    "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
    'spark.table("sales.orders").createOrReplaceTempView("orders")\n'
)
AFTER = (
    "from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
    'spark.table("main.sales.orders").createOrReplaceTempView("orders")\n'
)


class SqlNames(Rule):
    """Names in the SQL text of `spark.sql`: written out, an f-string, or a variable that holds one."""

    name = "sql-names"
    glue = tuple(f"{owner}.sql" for owner in SESSIONS)
    example = Example(
        before=BEFORE + "spark.sql(f\"select * from orders join sales.items using (id) where day = '{1 + 1}'\")\n",
        after=AFTER + "spark.sql(f\"select * from orders join main.sales.items using (id) where day = '{1 + 1}'\")\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """SQL that is put together in another way stays, with a warning."""
        call.drop_everything()
        if not views_of(call.place.world).uses_glue:
            return ()
        given = first_argument(call, "sqlQuery")
        where = literal_of(call, given)
        if given is None or where is None:
            if (texts := texts_of_parameter(call, given)) is not None:
                others = _unknown(call) if is_given_elsewhere(call, given) else []
                done = _all_of([*(_of_text(call, *each) for each in texts.items()), others])
                return overwriting(call, "; ".join(text.text for text in texts.values()), done)
            return _unknown(call) if not names_views_only(call, given) else ()
        return overwriting(call, where[1].text, _of_text(call, *where))

    def refer(self, use: Use) -> Answer:
        """A method that is handed to other code gets names there that nothing maps."""
        return handed_on(use) if not use.name.startswith(GLUE_CONTEXT) else super().refer(use)


def _unknown(call: GlueCall) -> list[Finding]:
    """Say once what is not known of SQL that is put together at run time."""
    return [
        *once(call, "sql", unknown_sql(call)),
        *(each for told in overwriting_unread(call) for each in once(call, "overwriting", told)),
    ]


def handed_on(use: Use) -> Answer:
    """Say that what a method of Spark's is given elsewhere keeps its names."""
    if not views_of(use.place.world).uses_glue:
        return ()
    return use.warning(
        f"`{use.text(use.node)}` is handed on; tables that it is given by two levels are looked up in the default catalog",
        f"name them by three levels, or run spark.sql('USE CATALOG {use.settings.catalog}') first",
    )


def _of_text(call: GlueCall, literal: ast.expr, text: Text) -> Answer:
    if is_hive_statement(text.text) and isinstance(literal, ast.BinOp):
        return once(call, "sql", unknown_sql(call))
    if is_hive_statement(text.text):
        return _hive_statement(call, literal, text)
    if (listing := listing_in(text.text)) is not None:
        return schemas_in_sql(call, literal, text, listing)
    if (used := catalog_in_use(call, literal, text)) is not None:
        return used
    statement = read_sql(text.text)
    if HOLE in text.text and not statement.names and set(text.text.strip()) <= {HOLE}:
        return once(call, "sql", unknown_sql(call))
    return with_new_names(call, literal, text, statement)


def _hive_statement(call: GlueCall, literal: ast.expr, text: Text) -> Answer:
    """A Hive table, a database with a folder or a change of partitions becomes what it becomes in a `.sql` file."""
    above = call.place.parents.get(literal)
    style: Style = "format" if isinstance(above, ast.Attribute) else "percent" if isinstance(above, ast.BinOp) else ""
    changes, unsettled = paths_in_sql(call, text, filled=isinstance(literal, ast.JoinedStr))
    looked_up = {start: new for start, _, new in changes if text.text[start] == HOLE}
    made = convert_text(literal, text, style, call.settings, looked_up)
    told = [found for found in unsettled if HOLE in text.text]
    told += [call.place.finding(literal, each.severity, each.message, each.action) for each in made.findings]
    if made.literal:
        table = is_hive_table(text.text)
        shown = "CREATE TABLE is written as Unity Catalog's" if table else "DDL is written for Unity Catalog"
        told.append(call.info(f"Hive's {shown}, as in a .sql file", node=literal))
        return Rewrite(
            others=((literal, Code((made.literal,))),),
            certainty=Certainty.CONDITIONAL if table else Certainty.EXACT,
            condition=_LOADED if table else "",
            findings=tuple(told),
        )
    if not any(finding.severity is Severity.BLOCKER for finding in told):
        what = "CREATE TABLE" if is_hive_table(text.text) else "DDL"
        message = f"Unity Catalog refuses Hive's {what}, and this text cannot be converted as it is put together"
        told.append(call.blocker(message, "write it for Unity Catalog"))
    return told


def _all_of(answers: Iterable[Answer]) -> Answer:
    """Return one answer for several texts: all their edits, all their findings."""
    whole = Rewrite()
    for answer in answers:
        if isinstance(answer, Rewrite):
            certainty = max(whole.certainty, answer.certainty, key=list(Certainty).index)
            whole = replace(whole, others=(*whole.others, *answer.others), certainty=certainty,
                            condition=answer.condition or whole.condition)  # fmt: skip
            answer = answer.findings
        whole = replace(whole, findings=(*whole.findings, *([answer] if isinstance(answer, Finding) else answer)))
    return whole if whole.others else whole.findings
