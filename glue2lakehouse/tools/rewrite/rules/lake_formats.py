"""Formats in plain Spark code that Glue brings along: Hudi is not there, Iceberg and Athena's tables go by name, DynamoDB by helpers.

Databricks: reading and writing Iceberg and Delta tables of Unity Catalog.
"""

import ast
from dataclasses import replace

from glue2lakehouse.tools.rewrite.io.athena_jdbc import read_by_jdbc
from glue2lakehouse.tools.rewrite.io.dynamodb_format import by_format
from glue2lakehouse.tools.rewrite.io.hudi import is_hudi, write_hudi
from glue2lakehouse.tools.rewrite.io.iceberg_format import read_by_format, write_by_format
from glue2lakehouse.tools.rewrite.io.raw_streams import raw_stream
from glue2lakehouse.tools.rewrite.io.writer_chains import writer_chain
from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule
from glue2lakehouse.tools.rewrite.sql.views import views_of


class LakeFormats(Rule):
    """A Hudi write in one chain goes to Delta, else `format("hudi")` is handed off; `format("iceberg").load(name)` reads by name."""

    name = "lake-formats"
    glue = (f"{SQL_READER}.format", f"{SQL_WRITER}.format")
    example = Example(
        before="from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\n"
        'orders = spark.read.format("iceberg").load("glue_catalog.sales.orders")\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'orders = spark.read.table("main.sales.orders")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Only in projects that use Glue; other formats are Spark's own."""
        call.drop_everything()
        named = call.literal(call.node.args[0] if call.node.args else None)
        if not views_of(call.place.world).uses_glue or not isinstance(named, str):
            return ()
        if named.lower() in ("hudi", "org.apache.hudi"):
            return self._hudi(call)
        if named.lower() == "dynamodb":
            return by_format(call)
        if named.lower() == "jdbc":
            return read_by_jdbc(call) if call.name == f"{SQL_READER}.format" else ()
        if named.lower() != "iceberg":
            return raw_stream(call, named.lower()) if call.name == f"{SQL_READER}.format" else ()
        return read_by_format(call) if call.name == f"{SQL_READER}.format" else write_by_format(call)

    def _hudi(self, call: GlueCall) -> Answer:
        """A write in one chain becomes one to the Delta table in the Hudi table's place."""
        chain = writer_chain(call) if call.name == f"{SQL_WRITER}.format" else None
        if chain is None or not is_hudi(chain.options):
            return call.blocker(
                "Databricks has neither a reader nor a writer for Hudi",
                "keep the table as Delta: read it by name, and upsert by its record key with MERGE INTO",
            )
        done = write_hudi(call, chain.frame, chain.options, path=chain.path, mode=chain.mode or "errorifexists")
        if not isinstance(done, Rewrite) or done.code is None:
            return done
        named = call.literal(call.node.args[0])
        place = call.text(chain.path) if isinstance(chain.path, ast.expr) else ""
        told = call.info(f"format {named}, option, options, mode {chain.mode} and save({place}) become one write", "")
        return replace(done, code=None, others=((chain.end, done.code),), findings=(*done.findings, told))
