"""Say where Spark's own code gives another result with a later Spark than the job's Glue version runs, without an error.

Spark's SQL migration guide: up to 3.3 (Glue 4.0) a CSV file's dates are inferred as timestamps, and Parquet's times without a zone are
read as timestamp; from 3.4 on they are date and timestamp_ntz. Up to 3.2 (Glue 3.0) a null is written to CSV as two quotes.
"""

import ast
from collections.abc import Iterator

from glue2lakehouse.domain import Compute, Finding, Severity
from glue2lakehouse.tools.rewrite.kinds.stubs import is_glue
from glue2lakehouse.tools.rewrite.options import truth
from glue2lakehouse.tools.rewrite.rule import Place
from glue2lakehouse.tools.rewrite.sql.views import views_of

RULE = "spark-version"
NTZ_CONF = "spark.sql.parquet.inferTimestampNTZ.enabled"


def version_remarks(place: Place) -> Iterator[Finding]:
    """Yield a warning at each reader that infers types of CSV and each writer of it, and one word at the first Parquet read."""
    if place.glue_version >= (5, 0) or not views_of(place.world).uses_glue:
        return
    source = place.module.source
    if "inferSchema" in source and "preferDate" not in source:
        for node in _inferring(place):
            yield _finding(
                place, node, Severity.WARNING,
                "columns of dates in a CSV file are inferred as timestamp in Glue, and as date from Spark 3.4 on",
                'give the reader .option("preferDate", False), or a schema',
            )  # fmt: skip
    first = next(_parquet_reads(place), None) if "parquet" in source and not _is_set(place) else None
    if first is not None:
        yield _finding(
            place, first, Severity.INFO,
            "times without a zone in Parquet files, as pandas writes them, are timestamp in Glue, and timestamp_ntz from Spark 3.4 on",
            f"set {NTZ_CONF}=false in the Spark configuration where the job runs",
        )  # fmt: skip
    if place.glue_version < (4, 0) and "nullValue" not in source:
        for node in _csv_writes(place):
            yield _finding(
                place, node, Severity.WARNING,
                'a null is written to CSV as "" in Glue before 4.0, and as nothing from Spark 3.3 on',
                """give the writer .option("nullValue", '""') where a reader of the file tells them apart""",
            )  # fmt: skip


def _is_set(place: Place) -> bool:
    """Whether the bundle's cluster reads them as before, or the script says how they are read."""
    on_cluster = place.facts.defined and place.settings.compute is not Compute.SERVERLESS
    return on_cluster or NTZ_CONF in place.module.source


def _inferring(place: Place) -> Iterator[ast.AST]:
    """Yield where a reader of Spark's own is told to infer types: an option, a keyword, a dict that is unpacked into options."""
    for call in place.nodes.of(ast.Call):
        given = [(keyword.arg, keyword.value) for keyword in call.keywords]
        if isinstance(call.func, ast.Attribute) and call.func.attr == "option" and len(call.args) == 2:
            given.append((_text(call.args[0]), call.args[1]))
        if any(name == "inferSchema" and _is_on(value) for name, value in given):
            yield call
    for made in place.nodes.of(ast.Dict):
        pairs = zip(made.keys, made.values, strict=True)
        if any(_text(key) == "inferSchema" and _is_on(value) for key, value in pairs) and _is_unpacked(place, made):
            yield made


def _is_unpacked(place: Place, made: ast.Dict) -> bool:
    above = place.parents.get(made)
    if isinstance(above, ast.Assign):
        return any(isinstance(target, ast.Name) and f"**{target.id}" in place.module.source for target in above.targets)
    return isinstance(above, ast.keyword) and above.arg is None


def _is_on(value: ast.expr) -> bool:
    return truth(value.value if isinstance(value, ast.Constant) else None) is not False


def _text(node: ast.expr | None) -> str:
    return str(node.value) if isinstance(node, ast.Constant) else ""


def _parquet_reads(place: Place) -> Iterator[ast.Call]:
    """Yield reads of Parquet by path, Spark's own and Glue's; a table's columns have the types of its definition."""
    for call in place.nodes.of(ast.Call):
        if is_glue(place.world.callees.get(call, "")):
            written = {keyword.arg: _text(keyword.value) for keyword in call.keywords}
            reads = "frame" not in written and "dynamic_frame" in ast.unparse(call.func)
            if reads and "parquet" in (written.get("format"), written.get("connection_type")):
                yield call
        elif _is_chain(call, ".read", "parquet", "load"):
            yield call


def _csv_writes(place: Place) -> Iterator[ast.Call]:
    for call in place.nodes.of(ast.Call):
        if not is_glue(place.world.callees.get(call, "")) and _is_chain(call, ".write", "csv", "save"):
            yield call


def _is_chain(call: ast.Call, over: str, form: str, leaf: str) -> bool:
    """Whether a call ends a chain over a reader or writer: by the form's own method, or by the general one and a format."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in (form, leaf):
        return False
    chain = ast.unparse(call)
    return over in chain and (call.func.attr == form or f"'{form}'" in chain)


def _finding(place: Place, node: ast.AST, severity: Severity, message: str, action: str) -> Finding:
    place.rule = RULE
    return place.finding(node, severity, message, action)
