"""Do without the JVM side of Snowflake's Spark connector: its session switch goes, statements for Snowflake are handed off.

Snowflake: spark-connector-use (enablePushdownSession, Utils.runQuery). Databricks' connector pushes down without being told.
"""

from glue2lakehouse.tools.rewrite.compute import shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import JAVA_IMPORT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use

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
        """A statement stays: a helper's own errors would go where the job swallows Snowflake's, and nothing would be done."""
        call.drop_everything()
        if not without_context(call):
            return ()
        if call.leaf == "runQuery":
            return call.blocker(
                "a statement is run in Snowflake through the JVM, and gives an object of the JVM",
                "run it with snowflake.connector (library snowflake-connector-python), with autocommit, and let its errors end the job; "
                "read rows with spark.read.format('snowflake').options(**options).option('query', sql).load()",
            )
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

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()
