"""Iceberg in plain Spark code by its format: `spark.read.format("iceberg").load(name)`, `df.write.format("iceberg").save(name)`.

Source: iceberg.apache.org/docs/latest (spark-queries, spark-writes, spark-configuration). The table of Unity Catalog takes the
name. What asks for another state of the table than the newest, for its metadata, or for an overwrite by Iceberg's rules is
handed off: Delta has its own words for it, or would take no notice of the option.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.code import Code, Piece, code
from glue2lakehouse.tools.rewrite.io.iceberg_streams import stream_to_table
from glue2lakehouse.tools.rewrite.io.lakes import iceberg_name, told_of_catalog
from glue2lakehouse.tools.rewrite.io.writer_chains import writer_chain
from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_WRITER
from glue2lakehouse.tools.rewrite.mapping.beginnings import beginning
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, GlueCall, Rewrite
from glue2lakehouse.tools.rewrite.sql.iceberg import metadata_asked

_TUNING = frozenset(
    "split-size lookback file-open-cost vectorization-enabled batch-size locality handle-timestamp-without-timezone "
    "write-format target-file-size-bytes fanout-enabled distribution-mode compression-codec compression-level "
    "compression-strategy check-ordering delete-granularity".split()
)
"""Options that change how Iceberg reads or writes, and not which rows."""
_TABLE = "the table of that name exists, and columns are matched by name"


def read_by_format(call: GlueCall) -> Answer:
    """Answer for `spark.read.format("iceberg")` with what follows it, to `load`."""
    load, options = _end(call, "load")
    if load is None:
        return call.blocker(
            "an Iceberg table is read by its format, and this is not all of the read",
            "name the table of the catalog: spark.read.table",
        )
    chosen = [option for option in options if option is NOT_LITERAL or str(option).lower() not in _TUNING]
    if chosen:
        shown = ", ".join("that is computed" if each is NOT_LITERAL else str(each) for each in chosen)
        return call.blocker(
            f"an Iceberg table is read with the option {shown}, of which a table of Unity Catalog takes no notice",
            "write versionAsOf or timestampAsOf for another state of a Delta table, whose history begins with the migration",
        )
    given = load.args[0] if load.args else None
    if (asked := _metadata(call, given)) is not None:
        return call.blocker(*asked)
    name = _table(call, given)
    if name is None:
        return call.blocker("an Iceberg table is read by its path", "name the table of the catalog: spark.read.table")
    assert isinstance(load.func, ast.Attribute)
    told = (
        call.info("format and load of an Iceberg table go: the catalog holds it by name", ""),
        *told_of_catalog(call, given),
    )
    if load.func.value is call.node:
        return Rewrite(others=((load, code("{reader}.table({name})", reader=call.receiver, name=name)),), findings=told)
    table = code("{reader}.table({name})", reader=load.func.value, name=name)
    return Rewrite(others=((call.node, code("{reader}", reader=call.receiver)), (load, table)), findings=told)


def write_by_format(call: GlueCall) -> Answer:
    """Answer for `df.write.format("iceberg")` in one chain with `save(name)`; `saveAsTable` names its table by itself."""
    if _is_stream(call):
        return stream_to_table(call)
    chain = writer_chain(call)
    if chain is None:
        end, _ = _end(call, "save")
        held = isinstance(call.place.parents.get(call.node), ast.Assign | ast.AnnAssign | ast.Return)
        saved = end is not None or (held and f"{SQL_WRITER}.save" in call.place.world.callees.values())
        message = "an Iceberg table is saved by its format, in more than one chain or with a mode or options that are computed"
        return call.blocker(message, "name the table: df.writeTo(name).append()") if saved else ()
    if chain.mode != "append":
        return call.blocker(
            f"an Iceberg table is saved with the mode {chain.mode or 'that is the default'}, and Delta has other rules for it",
            "write df.writeTo(name).append(), .overwritePartitions() or .createOrReplace(), whichever is meant",
        )
    chosen = sorted(option for option in chain.options.values if option.lower() not in _TUNING)
    name = _table(call, chain.path) if isinstance(chain.path, ast.expr) else None
    if name is None or chosen:
        what = f"with the option {', '.join(chosen)}" if chosen else "by its path"
        return call.blocker(f"an Iceberg table is written {what}", "name the table: df.writeTo(name).append()")
    new = code('{frame}.write.mode("append").saveAsTable({name})', frame=chain.frame, name=name)
    message = "format, options and save of an Iceberg table become saveAsTable: the catalog holds it by name"
    told = (call.info(message, ""), *told_of_catalog(call, chain.path))
    return Rewrite(others=((chain.end, new),), certainty=Certainty.CONDITIONAL, condition=_TABLE, findings=told)


def _is_stream(call: GlueCall) -> bool:
    node = call.receiver
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        node = node.func.value
    return isinstance(node, ast.Attribute) and node.attr == "writeStream"


def _end(call: GlueCall, leaf: str) -> tuple[ast.Call | None, list[object]]:
    """Return the call that ends the chain, None where it does not end so, and the names of the options in the chain."""
    options: list[object] = []
    inner = call.receiver
    while isinstance(inner, ast.Call) and isinstance(inner.func, ast.Attribute):
        options += _options(call, inner)
        inner = inner.func.value
    node: ast.expr = call.node
    parents = call.place.parents
    while isinstance(method := parents.get(node), ast.Attribute) and isinstance(above := parents.get(method), ast.Call):
        if method.attr == leaf and above.func is method:
            return (above if len(above.args) < 2 and not above.keywords else None), options
        options += _options(call, above)
        node = above
    return None, options


def _options(call: GlueCall, node: ast.Call) -> list[object]:
    leaf = node.func.attr if isinstance(node.func, ast.Attribute) else ""
    if leaf == "option":
        return [call.literal(node.args[0] if node.args else None)]
    return [NOT_LITERAL if each.arg is None else each.arg for each in node.keywords] if leaf == "options" else []


def _table(call: GlueCall, given: ast.expr | None) -> Code | None:
    """Return the name in the target: written out where it is known, else looked up when it runs; None for a path."""
    found = beginning(call, given)
    if given is None or "/" in found.text:
        return None
    if isinstance(call.value_of(given), ast.Constant):
        return iceberg_name(call, given)
    return code("uc_name({name})", name=given)


def _metadata(call: GlueCall, given: Piece | None) -> tuple[str, str] | None:
    found = beginning(call, given) if isinstance(given, ast.expr) else None
    return metadata_asked(found.text) if found is not None and found.whole else None
