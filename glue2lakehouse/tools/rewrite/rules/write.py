"""Write with Spark's writers: `write_dynamic_frame.from_options` -> `df.write.mode("append")`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (write_dynamic_frame_from_options, -from_catalog). A Glue sink
always appends; CSV files get a header unless told otherwise; partition columns leave the files.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.io import computed
from glue2lakehouse.tools.rewrite.io.catalog_options import staged_in_redshift
from glue2lakehouse.tools.rewrite.io.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.io.table_writes import DELTA, write_table
from glue2lakehouse.tools.rewrite.io.unpacking import is_held, is_named, unpacked
from glue2lakehouse.tools.rewrite.io.writes import unwritable, unwritten, write_database, write_files
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_WRITER, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import DYNAMIC_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.mapping.names import table_code
from glue2lakehouse.tools.rewrite.options import read_options, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.read_catalog import foreign_catalog, twice_named, unnamed
from glue2lakehouse.tools.rewrite.rules.read_options import (
    dynamic_arguments,
    format_is_computed,
    noted,
    without_effect,
)


class WriteOptions(Rule):
    """Files by path and format, databases by connector, always appended."""

    name = "write-options"
    glue = (
        f"{WRITER}.from_options",
        f"{GLUE_CONTEXT}.write_dynamic_frame_from_options",
        f"{GLUE_CONTEXT}.write_from_options",
        f"{DYNAMIC_FRAME}.write",
    )
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef save(frame: DynamicFrame):\n"
        '    frame.write("s3", {"path": "s3://out/orders/", "partitionKeys": ["day"]}, "parquet")\n',
        after="from pyspark.sql import DataFrame\n\n\ndef save(frame: DataFrame):\n"
        '    frame.write.mode("append").partitionBy("day").parquet("s3://out/orders/")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        if call.name != f"{DYNAMIC_FRAME}.write" and (arguments := unpacked(call)) is not None:
            made = code("write_target({arguments})", arguments=arguments)
            return unwritten(call) or computed.never_unpacked(call) or _helped(made)
        frame = call.argument("frame", "frame_or_dfc") or call.receiver
        call.drop("transformation_ctx", "accumulator_size")
        extra = without_effect(call)
        if refused := unwritable(call, frame):
            return refused
        connection = call.constant("connection_type")
        options = read_options(call, call.argument("connection_options"))
        form_options = read_options(call, call.argument("format_options"))
        if isinstance(options, Finding) or isinstance(form_options, Finding) or not isinstance(connection, str):
            return noted(_write_dynamic(call, frame), extra)
        if format_is_computed(call, connection):
            return noted(_write_dynamic(call, frame), extra)
        if connection.lower() not in FILE_TYPES:
            call.drop("format")
            return noted(write_database(call, frame, connection, options), extra)
        form = call.constant("format")
        if form in (NOT_LITERAL, None) and connection.lower() in ("parquet", "orc"):
            form = connection.lower()
        if not isinstance(form, str):
            return call.blocker("the format of the files is not written out", 'name it at the call: format="parquet"')
        return noted(write_files(call, frame, form, options, form_options), extra)

    def refer(self, use: Use) -> Answer:
        """A writer that is handed around becomes the helper `write_target`."""
        if is_held(use):
            return ()
        if use.name == f"{DYNAMIC_FRAME}.write" or not is_named(use):
            return super().refer(use)
        helper = _ANY._replace(name="write_moved_target") if use.settings.paths else _ANY
        return _helped(code(helper.name), helper)


def _write_dynamic(call: GlueCall, frame: ast.expr) -> Answer:
    if call.argument("connection_type") is None:
        return call.blocker("the connection type is not given", "pass connection_type")
    helper = computed.helper_for(call, "write")
    if isinstance(helper, Finding):
        return helper
    if not helper.told:
        call.drop("format", "format_options")
    given = dynamic_arguments(call) if helper.told else call.argument("connection_options")
    assert given is not None
    return _helped(code("{helper}({frame}, {given})", helper=helper.name, frame=frame, given=given), helper)


_ANY = computed.Helper("write_target", True, computed.WRITES)


def _helped(content: Code, helper: computed.Helper = _ANY) -> Rewrite:
    return Rewrite(
        content,
        certainty=Certainty.CONDITIONAL,
        condition=helper.condition,
        imports=(f"from glue_compat import {helper.name}",),
        compat=(helper.name,),
    )


class WriteConnection(Rule):
    """Write through a named Glue connection: a secret scope of the same name takes its place."""

    name = "write-connection"
    glue = (
        f"{WRITER}.from_jdbc_conf",
        f"{GLUE_CONTEXT}.write_dynamic_frame_from_jdbc_conf",
        f"{GLUE_CONTEXT}.write_from_jdbc_conf",
    )
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'frame = glueContext.create_dynamic_frame.from_catalog("sales", "orders")\n'
        "glueContext.write_dynamic_frame.from_jdbc_conf(\n"
        '    frame, "warehouse", connection_options={"dbtable": "orders", "database": "dw"}\n)\n',
        after="from databricks.sdk.runtime import dbutils\nfrom pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'frame = spark.read.table("main.sales.orders")\n'
        'frame.write.mode("append").format("jdbc").options('
        'url=dbutils.secrets.get("warehouse", "url"), user=dbutils.secrets.get("warehouse", "user"), '
        'password=dbutils.secrets.get("warehouse", "password"), dbtable="orders").save()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """The URL in the secret scope names the database; preactions and postactions are handed off."""
        frame = call.argument("frame", "frame_or_dfc")
        connection = call.argument("catalog_connection")
        temporary = call.argument("redshift_tmp_dir")
        call.drop("transformation_ctx", "catalog_id")
        if frame is None or connection is None:
            return call.blocker("the frame or the connection is not given", "pass both")
        if refused := unwritable(call, frame):
            return refused
        options = read_options(call, call.argument("connection_options"))
        if isinstance(options, Finding):
            return options
        redshift = temporary is not None and call.literal(temporary) != ""
        options.values["connectionName"] = connection
        database = options.take("database")
        if redshift and temporary is not None:
            options.values["redshiftTmpDir"] = temporary
        answer = write_database(call, frame, "redshift" if redshift else "jdbc", options)
        if not isinstance(answer, Rewrite) or database is None:
            return answer
        note = call.warning(
            f"the database {call.text(database) if isinstance(database, ast.expr) else ''} is named apart from the connection",
            "let the url in the secret scope name it",
            database if isinstance(database, ast.expr) else None,
        )
        return replace(answer, findings=(*answer.findings, note))


class WriteCatalog(Rule):
    """Append to the Unity Catalog table; `enableUpdateCatalog` with its default behaviour lets the schema grow."""

    name = "write-catalog"
    glue = (
        f"{WRITER}.from_catalog",
        f"{GLUE_CONTEXT}.write_dynamic_frame_from_catalog",
        f"{FRAME_WRITER}.from_catalog",
        f"{GLUE_CONTEXT}.write_data_frame_from_catalog",
    )
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'frame = glueContext.create_dynamic_frame.from_catalog("sales", "orders")\n'
        'glueContext.write_dynamic_frame.from_catalog(frame=frame, database="sales", table_name="copy")\n',
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'frame = spark.read.table("main.sales.orders")\n'
        'frame.write.mode("append").saveAsTable("main.sales.copy")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """See the module's page."""
        frame, database = call.argument("frame"), call.argument("database", "name_space")
        table = call.argument("table_name")
        call.drop("transformation_ctx", "redshift_tmp_dir")
        other = foreign_catalog(call)
        if other is not None and other.severity is Severity.BLOCKER:
            return other
        if frame is None:
            return call.blocker("there is no frame to write", "pass frame")
        if database is None or table is None or twice_named(call):
            return unnamed(call)
        if refused := unwritable(call, frame):
            return refused
        extra = without_effect(call)
        given = call.argument("additional_options")
        options = read_options(call, given)
        if isinstance(options, Finding):
            assert given is not None
            notes = extra if other is None else (*extra, other)
            return noted(_append_dynamic(call, frame, table_code(call, database, table)[0], given), notes)
        if options.given("enableUpdateCatalog") and truth(options.literal("enableUpdateCatalog")) is None:
            assert given is not None
            return noted(_append_dynamic(call, frame, table_code(call, database, table)[0], given), extra)
        answer = write_table(call, frame, database, table, options)
        return noted(answer, staged_in_redshift(call, "written to") + (() if other is None else (other,)))


def _append_dynamic(call: GlueCall, frame: ast.expr, name: Code, options: ast.expr) -> Rewrite:
    return Rewrite(
        code("append_table({frame}, {name}, {options})", frame=frame, name=name, options=options),
        certainty=Certainty.CONDITIONAL,
        condition=f"{computed.CONDITION}; {DELTA}",
        imports=("from glue_compat import append_table",),
        compat=("append_table",),
        findings=(
            call.warning(
                "the project has options of Hudi, which the helper for options that are put together at run time refuses",
                "where this table is one of Hudi, MERGE by the record key into the Delta table by hand",
            ),
        )
        if computed.may_be_hudi(call)
        else (),
    )
