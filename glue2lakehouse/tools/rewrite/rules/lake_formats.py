"""Lake formats in plain Spark code that Glue brings along by `--datalake-formats`: Hudi is not there, Iceberg goes by name.

Databricks: reading and writing Iceberg and Delta tables of Unity Catalog.
"""

import ast

from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.lakes import iceberg_name
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.views import views_of


class LakeFormats(Rule):
    """`format("hudi")` is handed off; `format("iceberg").load(name)` reads the table of that name."""

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
            return call.blocker(
                "Databricks has neither a reader nor a writer for Hudi",
                "keep the table as Delta: read it by name, and upsert by its record key with MERGE INTO",
            )
        if named.lower() != "iceberg" or call.name != f"{SQL_READER}.format":
            return ()
        method = call.place.parents.get(call.node)
        load = call.place.parents.get(method) if isinstance(method, ast.Attribute) and method.attr == "load" else None
        name = iceberg_name(call, load.args[0]) if isinstance(load, ast.Call) and len(load.args) == 1 else None
        if name is None or not isinstance(load, ast.Call):
            return ()
        told = call.info("format and load of an Iceberg table go: the catalog holds it by name", "")
        table = code("{reader}.table({name})", reader=call.receiver, name=name)
        return Rewrite(others=((load, table),), findings=(told,))
