"""Write with Spark's writers: `write_dynamic_frame.from_options` -> `df.write.mode("append")`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (write_dynamic_frame_from_options, -from_catalog). A Glue sink
always appends; CSV files get a header unless told otherwise; partition columns leave the files.
"""

import ast
import re
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite import computed, connections, connectors, dynamodb, files
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.hudi import is_hudi, write_hudi
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_WRITER, WRITER
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.lakes import LAKES, save_mode, with_options, write_lake
from glue2lakehouse.tools.rewrite.names import path_code, table_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.read_catalog import foreign_catalog, twice_named, unnamed
from glue2lakehouse.tools.rewrite.rules.read_options import (
    _format_is_computed,
    _noted,
    dynamic_arguments,
    without_effect,
)
from glue2lakehouse.tools.rewrite.transactions import drop_transaction
from glue2lakehouse.tools.rewrite.unpacking import is_held, is_named, unpacked


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
            return _unwritten(call) or computed.never_unpacked(call) or _helped(made)
        frame = call.argument("frame", "frame_or_dfc") or call.receiver
        call.drop("transformation_ctx", "accumulator_size")
        extra = without_effect(call)
        if refused := unwritable(call, frame):
            return refused
        connection = call.constant("connection_type")
        options = read_options(call, call.argument("connection_options"))
        form_options = read_options(call, call.argument("format_options"))
        if isinstance(options, Finding) or isinstance(form_options, Finding) or not isinstance(connection, str):
            return _noted(_write_dynamic(call, frame), extra)
        if _format_is_computed(call, connection):
            return _noted(_write_dynamic(call, frame), extra)
        if connection.lower() not in FILE_TYPES:
            call.drop("format")
            return _noted(write_database(call, frame, connection, options), extra)
        form = call.constant("format")
        if form in (NOT_LITERAL, None) and connection.lower() in ("parquet", "orc"):
            form = connection.lower()
        if not isinstance(form, str):
            return call.blocker("the format of the files is not written out", 'name it at the call: format="parquet"')
        return _noted(write_files(call, frame, form, options, form_options), extra)

    def refer(self, use: Use) -> Answer:
        """A writer that is handed around becomes the helper `write_target`."""
        if is_held(use):
            return ()
        if use.name == f"{DYNAMIC_FRAME}.write" or not is_named(use):
            return super().refer(use)
        return _helped(code("write_target"))


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


_ANY = computed.Helper("write_target", True, computed.CONDITION)


def _helped(content: Code, helper: computed.Helper = _ANY) -> Rewrite:
    return Rewrite(
        content,
        certainty=Certainty.CONDITIONAL,
        condition=helper.condition,
        imports=(f"from glue_compat import {helper.name}",),
        compat=(helper.name,),
    )


def _unwritten(call: GlueCall) -> Finding | None:
    """Return why what a write gives back is needed, which Spark's writes have not."""
    if not call.stands_alone and not isinstance(call.place.parents.get(call.node), ast.Assign | ast.Return):
        return call.blocker(
            "the errors frame that a write returns is used", "drop that use; Spark writes return nothing"
        )
    return None


def unwritable(call: GlueCall, frame: ast.expr) -> Finding | None:
    """Return why this write cannot be one expression: its result is used, or what is written is a collection."""
    if (used := _unwritten(call)) is not None:
        return used
    if call.kind(frame).may_be(COLLECTION) or call.kind(frame).tag == "dict":
        return call.blocker(
            "a collection of frames is written at once, each under its own name",
            "loop over the frames and write each to its own path",
        )
    return None


def write_files(use: Use, frame: Piece, form: str, options: Options, form_options: Options) -> Answer:
    """Return the write of files: append, partitions and compression as the options say."""
    if form.lower() in LAKES:
        return _write_lake(use, frame, form.lower(), options)
    path = options.take("path", "paths")
    if path is None:
        return use.blocker("no path is given to write to", 'name it in connection_options: {"path": "s3://..."}')
    writing = files.writer_for(use, form, form_options)
    if isinstance(writing, files.Refused):
        return writing.finding
    done = list(writing.options)
    if (compression := options.take("compression")) is not None and not any(key == "compression" for key, _ in done):
        done.append(("compression", compression))
    keys = partitions(use, options)
    if isinstance(keys, Finding):
        return keys
    mode = options.take("mode", "writeMode")
    original = frame
    number = options.literal("numberTargetPartitions")
    options.take("numberTargetPartitions", "enableUpdateCatalog", "updateBehavior", "groupFiles", "groupSize")
    if isinstance(number, str | int) and str(number).isdigit() and int(number) > 0:
        frame = code("{frame}.repartition({number})", frame=frame, number=str(number))
    if left := sorted({*options.leftover(), *form_options.leftover()}):
        return use.blocker(
            f"option {', '.join(left)} of a {form} write has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    ordered = _in_order(use, original, ("header", "True") in done)
    writer = with_options(code('{frame}.write.mode("append"){keys}', frame=frame, keys=keys), done)
    where = path_code(use, path)
    if writing.format in ("csv", "json", "parquet", "orc"):
        return Rewrite(
            code("{writer}.{form}({where})", writer=writer, form=writing.format, where=where),
            findings=(*_appended(use, options, mode), *(ordered if writing.format == "csv" else ())),
        )
    return Rewrite(
        code("{writer}.format({form}).save({where})", writer=writer, form=quoted(writing.format), where=where)
    )


def _in_order(use: Use, frame: Piece, headed: bool) -> tuple[Finding, ...]:
    """Say that a CSV file of what was read from JSON has its columns in another order; without a header that is other data."""
    facts = use.kind(frame).frame if isinstance(frame, ast.expr) else None
    if facts is None or not facts.sorted_by_name:
        return ()
    message = "the columns of a JSON or XML read are sorted by name in Spark, so the CSV file has them in another order than Glue's"
    action = "select the columns by their names before the write, in the order that is meant"
    return (use.warning(message, action) if headed else use.blocker(message, action),)


def _write_lake(use: Use, frame: Piece, form: str, options: Options) -> Answer:
    if form == "hudi":
        return write_hudi(use, frame, options, path=options.take("path", "paths"))
    keys = partitions(use, options)
    return keys if isinstance(keys, Finding) else write_lake(use, frame, form, options, keys)


def partitions(use: Use, options: Options) -> Code | Finding:
    """Return `.partitionBy(...)` for the partition keys, or nothing."""
    keys = options.take("partitionKeys")
    if keys is None:
        return code("")
    if isinstance(keys, ast.List | ast.Tuple):
        if not keys.elts:
            return code("")
        inside = ", ".join(use.text(key) for key in keys.elts)
        return code(".partitionBy({keys})", keys=inside)
    if isinstance(keys, ast.Constant) and isinstance(keys.value, str):
        return code(".partitionBy({keys})", keys=keys)
    return code(".partitionBy({keys})", keys=keys)


def write_database(use: Use, frame: Piece, connection: str, options: Options) -> Answer:
    """Return the write to a database: Glue inserts, and creates the table where it is missing."""
    if connection.lower() in LAKES:
        return _write_lake(use, frame, connection.lower(), options)
    if connection.lower() == "dynamodb":
        return dynamodb.write_table(use, frame, options)
    if connection.lower() in connectors.TYPES:
        keys = partitions(use, options)
        return keys if isinstance(keys, Finding) else connectors.write_connector(use, frame, options, keys)
    connector = connections.CONNECTORS.get(connection.lower())
    if connector is None:
        return use.blocker(
            f"a {connection} sink has no writer that gives the same rows",
            "write it with the connector that your workspace has for it, or with foreachPartition",
        )
    if options.given("database") and connector.format == "jdbc":
        if not options.given("connectionName", "catalog_connection"):
            return use.blocker("the database is named apart from the URL", "put the database into the URL")
        options.take("database")
    mode = options.take("mode", "saveMode", "writeMode") if connector.format in ("jdbc", "redshift") else None
    settled = connections.settle(use, connection, connector, options)
    if settled.blocked is not None:
        return settled.blocked
    writer = code('{frame}.write.mode("append").format({form})', frame=frame, form=quoted(connector.format))
    return Rewrite(
        code("{writer}.save()", writer=with_options(writer, settled.options)),
        certainty=Certainty.CONDITIONAL,
        condition="the driver writes column types as Glue's connector does",
        imports=settled.imports,
        compat=connections.compat_of(settled.imports),
        findings=(*settled.findings, *_appended(use, options, mode)),
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
            return _noted(_append_dynamic(call, frame, table_code(call, database, table)[0], given), notes)
        if options.given("enableUpdateCatalog") and truth(options.literal("enableUpdateCatalog")) is None:
            assert given is not None
            return _noted(_append_dynamic(call, frame, table_code(call, database, table)[0], given), extra)
        answer = write_table(call, frame, database, table, options)
        if isinstance(answer, Rewrite) and other is not None:
            return replace(answer, findings=(*answer.findings, other))
        return answer


def _append_dynamic(call: GlueCall, frame: ast.expr, name: Code, options: ast.expr) -> Rewrite:
    return Rewrite(
        code("append_table({frame}, {name}, {options})", frame=frame, name=name, options=options),
        certainty=Certainty.CONDITIONAL,
        condition=f"{computed.CONDITION}; the target is a Delta table, which matches columns by name",
        imports=("from glue_compat import append_table",),
        compat=("append_table",),
    )


def write_table(use: Use, frame: Piece, database: Piece, table: Piece, options: Options) -> Answer:
    """Return the append to a catalog table, with schema evolution only where Glue would change the table's schema."""
    if is_hudi(options):
        options.take("useSparkDataSink", "path")
        return write_hudi(use, frame, options, table=table_code(use, database, table)[0])
    keys = partitions(use, options)
    if isinstance(keys, Finding):
        return keys
    asked = next((options.values[key] for key in options.values if key.lower() in ("mode", "savemode")), None)
    mode = save_mode(options)
    appends = "data_frame" not in use.name and not use.name.startswith(FRAME_WRITER)
    if appends:
        mode = '"append"'
    evolve = truth(options.literal("enableUpdateCatalog")) is True and options.literal("updateBehavior") != "LOG"
    options.take("enableUpdateCatalog", "updateBehavior", "useSparkDataSink", "useGlueParquetWriter")
    compression = options.take("compression")
    placed = _placed(use, database, table, options) if appends else ()
    if isinstance(placed, Finding):
        return placed
    atomic = drop_transaction(use, options)
    if left := sorted(options.leftover()):
        return use.blocker(
            f"option {', '.join(left)} of a catalog write has no counterpart in Spark",
            "drop it where it is not needed, or rewrite this call by hand",
        )
    name, known = table_code(use, database, table)
    if mode == '"append"' and _stays_in_files(use, database, table):
        return Rewrite(
            code("append_table({frame}, {name})", frame=frame, name=name),
            certainty=Certainty.CONDITIONAL,
            condition="the table's columns keep their types; columns that it does not have are left out",
            imports=("from glue_compat import append_table",),
            compat=("append_table",),
            findings=(
                *placed,
                *_uncompressed(use, compression),
                *(_appended(use, options, asked) if appends else ()),
                *_as_it_is(use, keys, evolve),
            ),
        )
    merge = '.option("mergeSchema", True)' if evolve else ""
    result = code(
        '{frame}.write.mode({mode}){keys}{merge}.saveAsTable({name})',
        frame=frame, keys=keys, merge=merge, name=name, mode=mode,
    )  # fmt: skip
    condition = "the target is a Delta table, which matches columns by name"
    if placed:
        condition = f"{condition}; path names the table's own folder"
    return Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition=condition
        if known
        else f"{condition}; the name is computed, and its schema is called like the database",
        findings=(
            *placed,
            *_uncompressed(use, compression),
            *atomic,
            *(_appended(use, options, asked) if appends else ()),
        ),
    )


def _placed(use: Use, database: Piece, table: Piece, options: Options) -> tuple[Finding, ...] | Finding:
    """Answer for `path`: where it is the table's own folder the rows go there anyway, and for another Glue documents nothing."""
    path, written = options.take("path"), options.literal("path")
    if path is None:
        return ()
    names = [use.literal(piece) if isinstance(piece, ast.expr) else None for piece in (database, table)]
    facts = use.place.world.tables.get(".".join(map(str, names)).lower())
    shown = use.text(path) if isinstance(path, ast.expr) else "its value"
    if isinstance(written, str) and facts is not None and facts.location.startswith("s3") and "{" not in facts.location:
        if _folder(written) == _folder(facts.location):
            return ()
        return use.blocker(
            f"path {shown} is not the folder of the table, {facts.location}: which of them Glue writes to is not documented",
            "write to the table without path, or the files with write_dynamic_frame.from_options",
        )
    return (
        use.warning(
            f"path {shown} is taken for the table's own folder and goes: the rows go to the table",
            "where it names another folder, look in S3 which of them Glue has written to",
        ),
    )


def _folder(path: str) -> str:
    return re.sub(r"^s3[an]?://", "s3://", path).rstrip("/")


def _as_it_is(use: Use, keys: Code, evolve: bool) -> tuple[Finding, ...]:
    """Say what a table that stays files takes from its definition instead of the call."""
    partitioned = (use.info("partitionKeys goes: the table has the partitions of its definition", ""),)
    grows = (
        use.warning(
            "enableUpdateCatalog=True lets Glue add columns to the table, and a table of files keeps those it has",
            "add new columns to its DDL, or make it a Delta table",
        ),
    )
    return (*(partitioned if keys.parts else ()), *(grows if evolve else ()))


def _stays_in_files(use: Use, database: Piece, table: Piece) -> bool:
    """Whether the table is known to stay an external one of files that are no Delta: `saveAsTable` would ask for Delta."""
    names = [use.literal(piece) if isinstance(piece, ast.expr) else None for piece in (database, table)]
    if not all(isinstance(name, str) for name in names):
        return False
    facts = use.place.world.tables.get(f"{names[0]}.{names[1]}".lower())
    if facts is None or not facts.located or facts.format in ("", "delta", "iceberg", "hudi"):
        return False
    return use.settings.action_for(str(names[0]), str(names[1])) == "keep_external"


def _uncompressed(use: Use, compression: Piece | None) -> tuple[Finding, ...]:
    if compression is None:
        return ()
    shown = use.text(compression) if isinstance(compression, ast.expr) else "its value"
    return (use.info(f"compression {shown} goes: the table's own format compresses its files", ""),)


def _appended(use: Use, options: Options, mode: Piece | None) -> tuple[Finding, ...]:
    """A sink of DynamicFrames has no write mode: whatever is asked for, it appends."""
    if mode is None or str(options.literal("mode", "saveMode", "writeMode")).lower() == "append":
        return ()
    shown = use.text(mode) if isinstance(mode, ast.expr) else "its value"
    return (
        use.warning(
            f"mode {shown} is an option that Glue's sinks of DynamicFrames do not have: they append, and so does this",
            'write .mode("overwrite") if that is what was meant',
        ),
    )
