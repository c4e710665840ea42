"""Delete by age: `purge_s3_path` -> `dbutils.fs.rm`, `purge_table` -> `DELETE FROM`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (purge_s3_path, purge_table). Jobs purge with a retention of 0
before they write, which leaves nothing; files of a Delta table are never to be deleted by their age.
"""

import ast
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import Piece
from glue2lakehouse.tools.rewrite.io.connection_types import DBUTILS
from glue2lakehouse.tools.rewrite.io.table_sinks import TableSink, is_folder_of, means_the_same, table_sinks
from glue2lakehouse.tools.rewrite.io.table_writes import stays_in_files
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.mapping.names import path_code, table_code
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.rules.read_catalog import foreign_catalog


class Purge(Rule):
    """Files below a path by their age; a table only as a whole, or by a predicate on its partitions."""

    name = "purge"
    glue = (f"{GLUE_CONTEXT}.purge_s3_path", f"{GLUE_CONTEXT}.purge_table")
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'glueContext.purge_s3_path("s3://out/orders/", options={"retentionPeriod": 0})\n'
        'glueContext.purge_table("sales", "orders", {"retentionPeriod": 0})\n',
        after="from databricks.sdk.runtime import dbutils\nfrom pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'dbutils.fs.rm("s3://out/orders/", True)\nspark.sql("DELETE FROM main.sales.orders")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Without `retentionPeriod` files of the last 168 hours stay."""
        call.drop("transformation_ctx")
        options = read_options(call, call.argument("options"))
        if isinstance(options, Finding):
            return options
        hours = options.take("retentionPeriod") or "168"
        spelled = call.literal(hours) if isinstance(hours, ast.expr) else 168
        at_once = isinstance(spelled, int | float | str) and _number(spelled) <= 0
        predicate = options.take("partitionPredicate")
        if left := sorted(key for key in options.leftover() if options.literal(key) not in ("", [])):
            return call.blocker(
                f"the purge is told to {' and '.join(_MEANINGS.get(key, f'use {key}') for key in left)}",
                "list the objects with boto3 (list_objects_v2 tells StorageClass and LastModified), and delete those that are meant",
            )
        if call.leaf == "purge_table":
            return _table(call, at_once, predicate, options)
        if predicate is not None:
            return call.blocker("the purge is limited to partitions", "remove the folders of those partitions")
        return _path(call, at_once, hours)


_MEANINGS = {
    "excludeStorageClasses": "leave out files by storage class (excludeStorageClasses)",
    "manifestFilePath": "write a list of what it deleted (manifestFilePath)",
}


def _number(value: float | str) -> float:
    try:
        return float(value)
    except ValueError:
        return 168


def _path(call: GlueCall, at_once: bool, hours: Piece) -> Answer:
    path = call.argument("s3_path")
    if path is None:
        return call.blocker("no path is given to purge", "pass s3_path")
    found = [(sink, is_folder_of(call, path, sink)) for sink in table_sinks(call)]
    hit = next((sink for sink, below in found if below), None)
    made = _removed(call, path, at_once, hours)
    if hit is not None:
        return made if stays_in_files(call, hit.database, hit.table) else _emptied(call, path, hit, at_once)
    if all(below is False for _, below in found):
        return made
    where = ", ".join(sorted({f"{sink.module.path}:{sink.maker.lineno}" for sink, below in found if below is None}))
    told = call.warning(
        f"the project writes to tables ({where}), which keep their rows when files of S3 are deleted, where they are managed Delta tables now",
        f"where the files below {call.text(path)} are those of such a table, delete its rows here: DELETE FROM",
    )
    return replace(made, findings=(told,))


def _emptied(call: GlueCall, path: ast.expr, sink: TableSink, at_once: bool) -> Answer:
    """The files are those of a table that the project writes to by a sink: what is left to delete is its rows."""
    where = f"line {sink.maker.lineno}" + ("" if sink.module is call.place.module else f" of {sink.module.path}")
    equal = sink.path is not None and ast.unparse(path) == ast.unparse(sink.path)
    if not (at_once and equal and means_the_same(call, sink) and sink.database is not None and sink.table is not None):
        return call.blocker(
            f"the purge deletes files of the table that the sink in {where} writes to, which is a managed Delta table now and keeps its rows",
            "delete the rows that those files held: spark.sql('DELETE FROM ...')",
        )
    name, _ = table_code(call, sink.database, sink.table)
    return Rewrite(
        code("empty_table({session}, {name})", session=call.receiver, name=name),
        certainty=Certainty.CONDITIONAL,
        condition="all files below the path are those of the table",
        imports=("from glue_compat import empty_table",),
        compat=("empty_table",),
        findings=(
            call.info(f"the purge of {call.text(path)} deletes the rows of the table that the sink in {where} writes to", ""),
        ),
    )  # fmt: skip


def _removed(call: GlueCall, path: ast.expr, at_once: bool, hours: Piece) -> Rewrite:
    if at_once:
        return Rewrite(
            code("dbutils.fs.rm({path}, True)", path=path_code(call, path)),
            certainty=Certainty.CONDITIONAL,
            condition="no table of Unity Catalog has its files below the path",
            imports=(DBUTILS,),
        )
    return Rewrite(
        code("purge_path({path}, {hours})", path=path_code(call, path), hours=hours),
        certainty=Certainty.CONDITIONAL,
        condition="the path exists, and no table of Unity Catalog has its files below it",
        imports=("from glue_compat import purge_path",),
        compat=("purge_path",),
    )


def _table(call: GlueCall, at_once: bool, predicate: Piece | None, options: Options) -> Answer:
    database, table = call.argument("database"), call.argument("table_name")
    other = foreign_catalog(call)
    if other is not None and other.severity is Severity.BLOCKER:
        return other
    if database is None or table is None:
        return call.blocker("the table is not named by database and table_name", "pass both")
    if not at_once:
        return call.blocker(
            "purge_table deletes files by age, which a Delta table does not have",
            "DELETE FROM the table by a column that tells the age, then VACUUM",
        )
    name, known = table_code(call, database, table)
    where = options.literal("partitionPredicate") if predicate is not None else ""
    if where is NOT_LITERAL or not isinstance(where, str):
        return call.blocker("which partitions are purged is computed at run time", "write DELETE FROM ... WHERE")
    end = f" WHERE {where}" if where else ""
    if known:
        statement: Piece = quoted("DELETE FROM " + str(ast.literal_eval(str(name.parts[0]))) + end)
    else:
        statement = code('"DELETE FROM " + {name}' + (" + {end}" if end else ""), name=name, end=quoted(end))
    return Rewrite(
        code("{session}.sql({statement})", session=call.receiver, statement=statement),
        certainty=Certainty.CONDITIONAL,
        condition="the table is a Delta table; VACUUM removes the files later",
        findings=(other,) if other is not None else (),
    )
