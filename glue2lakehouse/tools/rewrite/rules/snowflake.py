"""Do without the JVM side of Snowflake's Spark connector: its session switch goes, statements go through the Python connector.

Snowflake: spark-connector-use (enablePushdownSession, Utils.runQuery), python-connector-api (connect). Databricks' connector for
Spark pushes down without being told.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.analyses.caught import may_be_caught
from glue2lakehouse.tools.rewrite.code import Code, code
from glue2lakehouse.tools.rewrite.compute import shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import JAVA_IMPORT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.sql.snowflake import is_unused, known_keys, looked_at, refused, session_only

_PACKAGE = "jvm.net.snowflake.spark.snowflake"


class SnowflakeJvm(Rule):
    """On classic compute the JVM can be reached, and the connector is there, so that nothing changes."""

    name = "snowflake-jvm"
    glue = (
        f"{_PACKAGE}.SnowflakeConnectorUtils.enablePushdownSession",
        f"{_PACKAGE}.SnowflakeConnectorUtils.disablePushdownSession",
        f"{_PACKAGE}.Utils.runQuery",
        JAVA_IMPORT,
    )
    example = Example(
        before="from awsglue.context import GlueContext\nfrom py4j.java_gateway import java_import\n\n"
        "spark = GlueContext().spark_session\njava_import(spark._jvm, 'net.snowflake.spark.snowflake')\n"
        "spark._jvm.net.snowflake.spark.snowflake.SnowflakeConnectorUtils.enablePushdownSession(spark._jsparkSession)\n"
        "spark.sql('select 1').show()\n",
        after="from pyspark.sql import SparkSession\nfrom py4j.java_gateway import java_import\n\nspark = SparkSession.builder.getOrCreate()\n"
        "spark.sql('select 1').show()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A statement goes to a helper, unless something reads its result, or a `try` would swallow what the helper refuses."""
        call.drop_everything()
        if not without_context(call):
            return ()
        if call.leaf == "runQuery":
            return self._statement(call)
        if call.leaf == "disablePushdownSession":
            return call.blocker(
                "pushdown to Snowflake is switched off for the session, which needs the JVM",
                'give each read of Snowflake .option("autopushdown", "off"), and drop this line',
            )
        if not call.stands_alone:
            return call.blocker(f"`{shown(call)}` is part of another expression", "drop it: the JVM cannot be reached")
        why = "Databricks' Snowflake connector pushes down without being told"
        if call.name == JAVA_IMPORT:
            why = "it only shortens names below _jvm, which are answered for where they are used"
        return Rewrite(remove=True, findings=(call.info(f"`{shown(call)}` goes", why),))

    def _statement(self, call: GlueCall) -> Answer:
        given = call.node.args
        if len(given) != 2 or call.node.keywords or any(isinstance(item, ast.Starred) for item in given):
            return call.blocker("runQuery takes the options and one statement", "rewrite this call by hand")
        if not is_unused(call):
            return call.blocker(
                "a statement is run in Snowflake through the JVM, and gives an object of the JVM",
                "read its rows with spark.read.format('snowflake').options(**options).option('query', sql).load()",
            )
        options, statement = given
        only, keys = session_only(call, statement), known_keys(call, options)
        if only:
            return call.blocker(
                "a statement for Snowflake only counts for the session that runs it, which reads and writes do not share",
                "drop it, or give each read and write what it sets: preactions, sfRole, sfWarehouse, sfSchema",
            )
        if keys is not None and (why := refused(keys)):
            return call.blocker(f"a statement is run in Snowflake: {why}", "run it with snowflake.connector by hand")
        looked = None
        if may_be_caught(call.place.world, call.node, call.place.parents):
            looked = looked_at(call, options) if keys is None else None
            if only is None or (keys is None and looked is None):
                return call.blocker(
                    "a statement is run in Snowflake where an error may be caught, so that one which the helper refuses would "
                    "be left out without a word",
                    "let errors end the job, or write the first words of the statement and the keys of its options in the code",
                )
        return self._through_helper(call, options, statement, looked)

    def _through_helper(
        self, call: GlueCall, options: ast.expr, statement: ast.expr, looked: tuple[ast.expr, Code] | None
    ) -> Rewrite:
        names = ("run_in_snowflake", *(("snowflake_options",) if looked else ()))
        return Rewrite(
            code(
                "run_in_snowflake({options}, {statement}, connect_to_snowflake)", options=options, statement=statement
            ),
            others=(looked,) if looked else (),
            certainty=Certainty.CONDITIONAL,
            condition="Snowflake lets the job's compute in, and no later statement needs what this one sets for its session",
            imports=(
                "from snowflake.connector import connect as connect_to_snowflake",
                *(f"from glue_compat import {name}" for name in names),
            ),
            compat=names,
            findings=(
                call.info(
                    f"`{shown(call)}` runs through Snowflake's connector for Python",
                    "the job's environment needs the library snowflake-connector-python; the bundle lists it",
                ),
            ),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()
