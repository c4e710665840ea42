"""Use the session instead of an SQLContext or HiveContext, and make it without what Databricks does by itself.

PySpark: SQLContext (deprecated since 3.0 for SparkSession). An SQLContext holds a session and hands everything on to it.
"""

from typing import ClassVar

from glue2lakehouse.tools.rewrite.compute import around_glue, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import BUILDER, SQL_CONTEXT
from glue2lakehouse.tools.rewrite.kinds.values import SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.context import SESSION


class SqlContext(Rule):
    """The session in place of the context that holds it."""

    name = "sql-context"
    glue = (SQL_CONTEXT, f"{SQL_CONTEXT}.getOrCreate", f"{SQL_CONTEXT}.sparkSession", SPARK_SESSION)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n"
        "from pyspark.sql import SQLContext\n\n"
        "sc = SparkContext()\nspark = GlueContext(sc).spark_session\nsqlContext = SQLContext(sc)\n"
        'sqlContext.setConf("spark.sql.shuffle.partitions", "8")\nsqlContext.sql("select 1").show()\n',
        after="from pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\nsqlContext = SparkSession.builder.getOrCreate()\n"
        'sqlContext.conf.set("spark.sql.shuffle.partitions", "8")\nsqlContext.sql("select 1").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`SparkSession(sc)` wraps the context too; there is one session."""
        call.drop_everything()
        wanted = around_glue(call) if call.name.startswith(SQL_CONTEXT) else without_context(call)
        if not wanted:
            return ()
        return Rewrite(code("SparkSession.builder.getOrCreate()"), imports=(SESSION,))

    def refer(self, use: Use) -> Answer:
        """In an annotation the type is the session's; `sqlContext.sparkSession` is the session itself."""
        if not around_glue(use) or use.name == SPARK_SESSION:
            return ()
        if use.leaf == "sparkSession":
            return Rewrite(code("{session}", session=use.node.value))  # type: ignore[attr-defined]
        return Rewrite(code("SparkSession"), imports=(SESSION,))


class SqlContextMembers(Rule):
    """What an SQLContext has under another name than the session."""

    name = "sql-context-members"
    glue = tuple(
        f"{SQL_CONTEXT}.{name}"
        for name in (
            "setConf getConf cacheTable uncacheTable clearCache dropTempTable registerFunction refreshTable tables "
            "tableNames registerDataFrameAsTable registerJavaFunction createExternalTable sparkContext"
        ).split()
    )
    example = None
    _METHODS: ClassVar = {
        "setConf": "{session}.conf.set({arguments})",
        "getConf": "{session}.conf.get({arguments})",
        "cacheTable": "{session}.catalog.cacheTable({arguments})",
        "uncacheTable": "{session}.catalog.uncacheTable({arguments})",
        "clearCache": "{session}.catalog.clearCache()",
        "dropTempTable": "{session}.catalog.dropTempView({arguments})",
        "registerFunction": "{session}.udf.register({arguments})",
        "refreshTable": "{session}.catalog.refreshTable({arguments})",
    }

    def rewrite(self, call: GlueCall) -> Answer:
        """The arguments stay as they are."""
        call.drop_everything()
        if not around_glue(call):
            return ()
        if call.leaf == "registerDataFrameAsTable" and len(call.node.args) == 2:
            frame, name = call.node.args
            return Rewrite(code("{frame}.createOrReplaceTempView({name})", frame=frame, name=name))
        if call.leaf == "tableNames" and not call.node.args and not call.node.keywords:
            return Rewrite(code("[table.name for table in {session}.catalog.listTables()]", session=call.receiver))
        template = self._METHODS.get(call.leaf)
        if template is None:
            return call.blocker(f"`{call.leaf}` of an SQLContext has no counterpart", "use the session's own methods")
        arguments = [call.text(node) for node in call.node.args]
        arguments += [f"{keyword.arg}={call.text(keyword.value)}" for keyword in call.node.keywords]
        return Rewrite(code(template, session=call.receiver, arguments=", ".join(arguments)))

    def refer(self, use: Use) -> Answer:
        """The context of the session is the session, where there is no context."""
        if use.leaf == "sparkContext" and without_context(use):
            return Rewrite(code("{session}", session=use.node.value))  # type: ignore[attr-defined]
        return ()


class SessionBuilder(Rule):
    """Hive support is what Unity Catalog compute has no switch for: its builder refuses it, the catalog is there."""

    name = "session-builder"
    glue = (f"{BUILDER}.enableHiveSupport",)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.appName('load').enableHiveSupport().getOrCreate()\n"
        "glueContext = GlueContext(spark.sparkContext)\nglueContext.sql('select 1').show()\n",
        after="from pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.appName('load').getOrCreate()\n"
        "spark.sql('select 1').show()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The call goes, the rest of the chain stays."""
        call.drop_everything()
        if not without_context(call):
            return ()
        note = call.info("`enableHiveSupport` goes", "the session reads Unity Catalog, and hive_metastore beside it")
        return Rewrite(code("{builder}", builder=call.receiver), findings=(note,))
