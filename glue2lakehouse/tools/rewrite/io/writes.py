"""Write files and databases with Spark's writers: append, partitions, compression, and what becomes of each option.

A Glue sink always appends; CSV files get a header unless told otherwise; partition columns leave the files.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.io import connection_types, connections, connectors, dynamodb, files
from glue2lakehouse.tools.rewrite.io.hudi import write_hudi
from glue2lakehouse.tools.rewrite.io.lakes import LAKES, with_options, write_lake
from glue2lakehouse.tools.rewrite.io.unanswered import unanswered
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION
from glue2lakehouse.tools.rewrite.mapping.names import path_code
from glue2lakehouse.tools.rewrite.options import Options, quoted
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite, Use, code


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
    named = options.take("partitionKeys")
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
        return unanswered(use, left, "option", f"a {form} write")
    ordered = _in_order(use, original, ("header", "True") in done) if writing.format == "csv" else ()
    frame, helpers = _prepared(frame, writing, named if named is not None and any(keys.parts) else None)
    writer = with_options(code('{frame}.write.mode("append"){keys}', frame=frame, keys=keys), done)
    own = writing.format in ("csv", "json", "parquet", "orc")
    return Rewrite(
        code(
            "{writer}.{form}({where})" if own else "{writer}.format({form}).save({where})",
            writer=writer, form=writing.format if own else quoted(writing.format), where=path_code(use, path),
        ),
        certainty=Certainty.CONDITIONAL if writing.condition else Certainty.EXACT,
        condition=writing.condition,
        imports=tuple(f"from glue_compat import {name}" for name in helpers),
        compat=helpers,
        findings=(*writing.findings, *appended(use, options, mode), *ordered),
    )  # fmt: skip


def _prepared(frame: Piece, writing: files.Writing, keys: Piece | None) -> tuple[Piece, tuple[str, ...]]:
    """Return the frame as it goes into the writer, with its columns joined or behind a guard, and the helper that does it."""
    helpers: tuple[str, ...] = ()
    if writing.joined is not None:
        helpers = ("join_columns",)
        kept = code(", keys={keys}", keys=keys) if keys is not None else code("")
        frame = code("join_columns({frame}, sep={sep}{keys})", frame=frame, sep=writing.joined, keys=kept)
    if writing.guard:
        helpers = (writing.guard,)
        frame = code("{guard}({frame})", guard=writing.guard, frame=frame)
    return frame, helpers


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
    connector = connection_types.CONNECTORS.get(connection.lower())
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
        compat=connection_types.compat_of(settled.imports),
        findings=(*settled.findings, *appended(use, options, mode)),
    )


def appended(use: Use, options: Options, mode: Piece | None) -> tuple[Finding, ...]:
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


def unwritten(call: GlueCall) -> Finding | None:
    """Return why what a write gives back is needed, which Spark's writes have not."""
    above = call.place.parents.get(call.node)
    listed = isinstance(above, ast.ListComp) and isinstance(call.place.parents.get(above), ast.Expr)
    if not call.stands_alone and not listed and not isinstance(above, ast.Assign | ast.Return | ast.Lambda):
        return call.blocker(
            "the errors frame that a write returns is used", "drop that use; Spark writes return nothing"
        )
    return None


def unwritable(call: GlueCall, frame: ast.expr) -> Finding | None:
    """Return why this write cannot be one expression: its result is used, or what is written is a collection."""
    if (used := unwritten(call)) is not None:
        return used
    if call.kind(frame).may_be(COLLECTION) or call.kind(frame).tag == "dict":
        return call.blocker(
            "a collection of frames is written at once, each under its own name",
            "loop over the frames and write each to its own path",
        )
    return None
