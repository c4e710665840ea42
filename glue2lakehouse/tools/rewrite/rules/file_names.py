"""Name the file that a row comes from: `input_file_name()` -> `F.col("_metadata.file_path")`.

Databricks: input_file_name (not available on Unity Catalog, gone in runtime 17.3), file metadata column. Rows of a table come
from Delta's own files there, whatever files Glue has read, so there the name has no counterpart.
"""

import ast
import re
from collections.abc import Iterator

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.code import code
from glue2lakehouse.tools.rewrite.compute import around_glue
from glue2lakehouse.tools.rewrite.io.file_reads import known_of_files
from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.stubs import FRAME_READER, READER, SQL_READER
from glue2lakehouse.tools.rewrite.kinds.values import DATA_FRAME, DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import FUNCTIONS, Answer, Example, GlueCall, Place, Rewrite, Rule

FILE_NAME = "pyspark.sql.functions.input_file_name"
_KEEPING = frozenset(
    "withColumn withColumns withColumnRenamed select selectExpr filter where drop dropna fillna alias coalesce toDF fromDF".split()
)
"""Methods whose rows are still read file by file; behind a shuffle, a limit or a cache `input_file_name()` is empty."""
_WINDOW = re.compile(r"\bover\s*\(", re.IGNORECASE)
"""A window function, which shuffles the rows."""
_FILES = frozenset("csv json parquet orc text".split())
_OF_OPTIONS = (
    f"{READER}.from_options",
    f"{FRAME_READER}.from_options",
    f"{GLUE_CONTEXT}.create_dynamic_frame_from_options",
)
_OF_TABLES = (
    f"{READER}.from_catalog", f"{FRAME_READER}.from_catalog", f"{GLUE_CONTEXT}.create_dynamic_frame_from_catalog",
    f"{GLUE_CONTEXT}.create_data_frame_from_catalog", f"{SPARK_SESSION}.table", f"{SPARK_SESSION}.sql", f"{SQL_READER}.table",
)  # fmt: skip


class FileNames(Rule):
    """The column `_metadata.file_path` where the rows are read from files here; other uses are handed off."""

    name = "file-names"
    glue = (FILE_NAME,)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.sql import functions as F\n\n"
        "spark = GlueContext().spark_session\n"
        'spark.read.csv("s3://b/in").withColumn("file", F.input_file_name()).show()\n',
        after="from pyspark.sql import SparkSession\nfrom pyspark.sql import functions as F\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'spark.read.csv("s3://b/in").withColumn("file", F.col("_metadata.file_path")).show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Where a DynamicFrame is read, Glue leaves the name empty for files that it groups, which is told."""
        call.drop_everything()
        if not around_glue(call):
            return ()
        user = _frame_of(call.place, call.node)
        origins = set(_origins(call.place, user, set())) if user is not None else set()
        if not origins or not origins <= {"files", "glue files"}:
            of_table = origins == {"table"}
            return call.blocker(
                "input_file_name() does not exist on Unity Catalog"
                + (", where the rows of a table come from Delta's own files" if of_table else ""),
                "keep the name in a column of the table when it is loaded" if of_table
                else 'take F.col("_metadata.file_path") right after the files are read, and carry that column on',
            )  # fmt: skip
        grouped = "Glue may leave the name empty for a DynamicFrame, where it groups files; here it is always there"
        return Rewrite(
            code('{F}.col("_metadata.file_path")', F=call.place.functions),
            certainty=Certainty.CONDITIONAL,
            condition="; ".join(known_of_files(call, ("file_path",))),
            imports=(FUNCTIONS,),
            findings=(call.warning(grouped),) if "glue files" in origins else (),
        )


def names_file(place: Place, node: ast.Call) -> str | None:
    """Return the qualified name of `input_file_name` where a call is one of it, however it is imported."""
    func = node.func
    if node.args or node.keywords:
        return None
    if isinstance(func, ast.Attribute):
        known = func.attr == "input_file_name" and isinstance(func.value, ast.Name)
    else:
        known = isinstance(func, ast.Name) and func.id == "input_file_name"
    return FILE_NAME if known and "pyspark.sql" in place.module.source else None


def file_names_in_sql(place: Place) -> Iterator[Finding]:
    """Yield a blocker for each text with SQL that asks for the name of a row's file."""
    if "input_file_name(" not in place.module.source:
        return
    for node in place.nodes.of(ast.Constant):
        if not isinstance(node.value, str) or "input_file_name(" not in node.value:
            continue
        if isinstance(place.parents.get(node), ast.Expr):
            continue
        message = "input_file_name() in SQL text does not exist on Unity Catalog"
        action = (
            "write _metadata.file_path where the text selects from files; a Delta table's rows come from its own files"
        )
        yield Finding(
            rule="file-names",
            severity=Severity.BLOCKER,
            path=place.module.path,
            line=node.lineno,
            message=message,
            action=action,
        )


def _frame_of(place: Place, node: ast.expr) -> ast.expr | None:
    """Return the frame whose method is given the column."""
    above: ast.AST | None = node
    while above is not None and not isinstance(above, ast.stmt):
        below, above = above, place.parents.get(above)
        if not isinstance(above, ast.Call) or below is above.func or not isinstance(above.func, ast.Attribute):
            continue
        if place.world.callees.get(above, "").startswith(f"{DATA_FRAME}."):
            return above.func.value
    return None


def _origins(place: Place, node: ast.expr, seen: set[str]) -> Iterator[str]:
    """Yield what a frame is read from, over all that may be assigned to its name."""
    if isinstance(node, ast.Name):
        if node.id not in seen:
            seen.add(node.id)
            assigned = list(_assigned(place, node))
            yield from (origin for value in assigned for origin in _origins(place, value, seen))
            if not assigned or _is_cached(place, node):
                yield "other"
        return
    callee = place.world.callees.get(node, "") if isinstance(node, ast.Call) else ""
    assert isinstance(node, ast.expr)
    leaf = callee.rsplit(".", 1)[-1]
    if callee in _OF_TABLES:
        yield "table"
    elif callee in _OF_OPTIONS and isinstance(node, ast.Call):
        yield "glue files" if _reads_files(place, node, callee) else "other"
    elif callee.startswith(f"{SQL_READER}.") and leaf in _FILES:
        yield "files"
    elif leaf in _KEEPING and isinstance(node, ast.Call) and callee.startswith((f"{DATA_FRAME}.", f"{DYNAMIC_FRAME}.")):
        of_frame = leaf == "fromDF" and node.args
        assert isinstance(node.func, ast.Attribute)
        if _has_window(place, node):
            yield "other"
        yield from _origins(place, node.args[0] if of_frame else node.func.value, seen)
    else:
        yield "other"


def _is_cached(place: Place, name: ast.Name) -> bool:
    """Whether the name's own scope has its frame cached in a statement before it is used."""
    return any(
        isinstance(call.func, ast.Attribute) and call.func.attr in ("cache", "persist")
        and isinstance(call.func.value, ast.Name) and call.func.value.id == name.id
        and call.lineno < name.lineno and _scope(place, call) is _scope(place, name)
        for call in place.nodes.of(ast.Call)
    )  # fmt: skip


def _has_window(place: Place, call: ast.Call) -> bool:
    """Whether a method is given a window function, written out or held under a name."""
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    names = [part for item in given for part in ast.walk(item) if isinstance(part, ast.Name)]
    held = [value for name in names for value in _assigned(place, name)]
    return any(_WINDOW.search(ast.unparse(item)) for item in (*given, *held))


def _reads_files(place: Place, node: ast.Call, callee: str) -> bool:
    bound = bind(node, parameters(callee)).arguments
    given = [bound.get(name) for name in ("connection_type", "format")]
    kind, form = (item.value if isinstance(item, ast.Constant) else None for item in given)
    return kind == "s3" and form in ("csv", "json", "parquet", "orc", "glueparquet")


def _assigned(place: Place, name: ast.Name) -> Iterator[ast.expr]:
    """Yield what the name's own scope assigns to it; nothing where it is bound in another way as well."""
    scope = _scope(place, name)
    bound = [n for n in place.nodes.of(ast.Name) if n.id == name.id and isinstance(n.ctx, ast.Store)]
    values = []
    for target in bound:
        if _scope(place, target) is not scope:
            continue
        statement = place.parents[target]
        if not isinstance(statement, ast.Assign) or target not in statement.targets:
            return
        values.append(statement.value)
    yield from values


def _scope(place: Place, node: ast.AST) -> ast.AST | None:
    above = place.parents.get(node)
    while above is not None and not isinstance(
        above, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
    ):
        above = place.parents.get(above)
    return above
