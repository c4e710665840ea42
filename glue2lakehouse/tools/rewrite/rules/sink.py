"""Write through a sink object: `getSink(...)`, `setCatalogInfo`, `setFormat`, `writeFrame` -> one Spark write.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (getSink). Studio writes sinks in four statements; together they
are one write, so the first three go and the last becomes it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from glue2lakehouse.domain import Certainty, Finding, Severity
from glue2lakehouse.tools.rewrite.io.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.io.file_conditions import tables_of_text
from glue2lakehouse.tools.rewrite.io.table_writes import write_table
from glue2lakehouse.tools.rewrite.io.writes import unwritable, write_database, write_files
from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SINK
from glue2lakehouse.tools.rewrite.kinds.tree import Nodes
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.options import Options, truth
from glue2lakehouse.tools.rewrite.rule import NOT_LITERAL, Answer, Example, GlueCall, Rewrite, Rule

_WRITES = ("writeFrame", "write", "writeDataFrame")
_SETTERS = ("setFormat", "setCatalogInfo", "setAccumulableSize")


@dataclass(slots=True)
class _Sink:
    """The calls that make up one sink, in order."""

    maker: ast.Call
    calls: list[tuple[str, ast.Call]] = field(default_factory=list)
    problem: str = ""


class Sink(Rule):
    """A sink that one function makes, sets and writes in plain statements; other uses are handed off."""

    name = "sink"
    glue = (f"{GLUE_CONTEXT}.getSink", *(f"{DATA_SINK}.{name}" for name in (*_SETTERS, *_WRITES)))
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'frame = glueContext.create_dynamic_frame.from_catalog("sales", "orders")\n'
        'sink = glueContext.getSink(connection_type="s3", path="s3://out/orders/", enableUpdateCatalog=True)\n'
        'sink.setCatalogInfo(catalogDatabase="sales", catalogTableName="copy")\n'
        'sink.setFormat("glueparquet")\n'
        "sink.writeFrame(frame)\n",
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'frame = spark.read.table("main.sales.orders")\n'
        'frame.write.mode("append").option("mergeSchema", True).saveAsTable("main.sales.copy")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Find the sink that the call belongs to, and answer for the whole of it at its write."""
        sink = _sink_of(call)
        call.drop_everything()
        if sink is None or sink.problem:
            return call.blocker(
                (sink and sink.problem) or "the sink comes from another function",
                "write the frame with df.write where the sink is used",
            )
        if call.leaf not in _WRITES:
            write = sink.calls[-1][1]
            if isinstance(_write(call, sink, write), Finding):
                why = f"`{call.leaf}` stays with its sink, whose write in line {write.lineno} is handed off"
                return call.blocker(why, "mend that write, then convert again")
            parents = call.place.parents
            if _block(parents, call.node) is _block(parents, write):
                return Rewrite(remove=True)
            said = call.info(f"`{call.text(call.node)}` goes into the write in line {write.lineno}", "")
            return Rewrite(remove=True, findings=(said,))
        return _write(call, sink, call.node)


def _sink_of(call: GlueCall) -> _Sink | None:
    """Return the sink whose maker or user the call is; remembered for the module."""
    memory = call.place.memory
    if "sinks" not in memory:
        memory["sinks"] = _sinks(call)
    table = memory["sinks"]
    assert isinstance(table, dict)
    found = table.get(call.node)
    return found if isinstance(found, _Sink) else None


def _sinks(call: GlueCall) -> dict[ast.Call, _Sink]:
    """Group the module's sink calls by the variable that holds the sink, in the order of the text."""
    place = call.place
    table: dict[ast.Call, _Sink] = {}
    current: dict[tuple[ast.AST, str], _Sink] = {}
    nodes = sorted(
        (node for node in place.nodes.of(ast.Call)),
        key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0),
    )
    for node in nodes:
        name = place.world.callees.get(node, "")
        if name == f"{GLUE_CONTEXT}.getSink":
            sink = table[node] = _Sink(node)
            parent = place.parents[node]
            if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
                current[_block(place.parents, parent), parent.targets[0].id] = sink
            elif not isinstance(parent, ast.Attribute):
                sink.problem = "the sink is not held in a variable"
        elif name.startswith(DATA_SINK + "."):
            _join(place.parents, node, name.rsplit(".", 1)[-1], table, current)
    _either(place.parents, current)
    for whole in {id(each): each for each in table.values()}.values():
        kinds = [name for name, _ in whole.calls]
        if not whole.problem and sum(name in _WRITES for name in kinds) != 1:
            whole.problem = "the sink is written to more than once, in a loop, or never"
        elif not whole.problem and kinds and kinds[-1] not in _WRITES:
            whole.problem = "the sink is set after it was written to"
        elif not whole.problem and _set_in_a_branch(place.parents, whole):
            whole.problem = "the sink is set in a branch that its write is not in"
        elif not whole.problem and (name := _changed(place.nodes, whole)):
            whole.problem = f"`{name}` gets another value between the sink's calls"
    return table


def _join(
    parents: dict[ast.AST, ast.AST],
    node: ast.Call,
    name: str,
    table: dict[ast.Call, _Sink],
    current: dict[tuple[ast.AST, str], _Sink],
) -> None:
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    statement = parents[node]
    if isinstance(receiver, ast.Name):
        sink = _held(parents, node, receiver.id, current)
        if sink is None:
            return
        if not isinstance(statement, ast.Expr) and name not in _WRITES:
            sink.problem = "the sink's calls are chained"
    elif isinstance(receiver, ast.Call) and receiver in table:
        sink = table[receiver]
    else:
        return
    sink.calls.append((name, node))
    table[node] = sink


def _set_in_a_branch(parents: dict[ast.AST, ast.AST], sink: _Sink) -> bool:
    """Whether the write may run without one of the calls before it."""
    *before, (_, write) = sink.calls
    taken = set(_branches(parents, write))
    return any(branch not in taken for _, call in before for branch in _branches(parents, call))


def _branches(parents: dict[ast.AST, ast.AST], node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
    """Yield what a node stands in that need not run: handlers, and each `if` with whether it is in its `else`."""
    while node in parents:
        below, node = node, parents[node]
        if isinstance(node, ast.If | ast.ExceptHandler):
            yield node, isinstance(node, ast.If) and below in node.orelse


def _changed(nodes: Nodes, sink: _Sink) -> str:
    """Return a name that the sink is made with and that is set anew before the write, which evaluates it there."""
    write = sink.calls[-1][1]
    for call in (sink.maker, *(node for _, node in sink.calls[:-1])):
        used = {node.id for node in ast.walk(call) if isinstance(node, ast.Name)}
        stored = (node for node in nodes.of(ast.Name) if isinstance(node.ctx, ast.Store))
        for node in stored:
            if node.id in used and (call.end_lineno or 0) < node.lineno <= write.lineno:
                return node.id
    return ""


def _held(
    parents: dict[ast.AST, ast.AST], node: ast.AST, name: str, current: dict[tuple[ast.AST, str], _Sink]
) -> _Sink | None:
    """Return the sink that a variable holds in the block of a call, or in one around it that is run through once."""
    block = _block(parents, node)
    while True:
        if (block, name) in current:
            return current[block, name]
        if not isinstance(block, ast.If | ast.Try | ast.With | ast.ExceptHandler):
            return None
        block = _block(parents, block if isinstance(block, ast.stmt) else parents[block])


def _either(parents: dict[ast.AST, ast.AST], current: dict[tuple[ast.AST, str], _Sink]) -> None:
    """Refuse sinks of one name of which one is made in a block within the other's: which of them is meant is not plain."""
    for (inner, name), one in current.items():
        block = inner
        while isinstance(block, ast.If | ast.Try | ast.With | ast.ExceptHandler | ast.For | ast.While):
            block = _block(parents, block if isinstance(block, ast.stmt) else parents[block])
            other = current.get((block, name))
            if other is not None:
                one.problem = other.problem = "two sinks are held in one variable, one in a block within the other's"


def _block(parents: dict[ast.AST, ast.AST], node: ast.AST) -> ast.AST:
    """Return the compound statement or module that a statement stands in."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return parents[node]


def _write(call: GlueCall, sink: _Sink, write: ast.Call) -> Answer:
    maker = bind(sink.maker, parameters(f"{GLUE_CONTEXT}.getSink"))
    if maker.starred or maker.surplus:
        return call.blocker("the sink's options are put together at run time", "write them out at getSink", sink.maker)
    options = Options(call, dict(maker.extra), {key: call.literal(value) for key, value in maker.extra.items()})
    form: object = call.literal(maker.arguments.get("format"))
    form_options = Options(call, {}, {})
    database = table = None
    for name, node in sink.calls:
        bound = bind(node, parameters(f"{DATA_SINK}.{name}"))
        if name == "setFormat":
            form = call.literal(bound.arguments.get("format"))
            form_options = Options(call, dict(bound.extra), {k: call.literal(v) for k, v in bound.extra.items()})
            if form is NOT_LITERAL:
                return call.blocker("the sink's format is computed at run time", "write it out", node)
        elif name == "setCatalogInfo":
            database, table = bound.arguments.get("catalogDatabase"), bound.arguments.get("catalogTableName")
    frame = write.args[0] if write.args else next((k.value for k in write.keywords), None)
    if frame is None:
        return call.blocker("the sink writes nothing", "pass the frame")
    writing = GlueCall(call.place, write, call.name, bind(write, parameters(f"{DATA_SINK}.writeFrame")))
    if refused := unwritable(writing, frame):
        return refused
    connection = call.literal(maker.arguments.get("connection_type"))
    options.take("callSite", "callDeleteObjectsOnCancel")
    if not isinstance(connection, str):
        return call.blocker("the sink's connection type is computed at run time", "write it out at getSink", sink.maker)
    if connection.lower() not in FILE_TYPES:
        return write_database(call, frame, connection, options)
    if database is not None and table is not None and truth(options.literal("enableUpdateCatalog")) is True:
        return _of_text(_to_table(call, sink, frame, database, table, options), form)
    if not isinstance(form, str):
        return call.blocker("the sink's format is not written out", 'name it: setFormat("parquet")', sink.maker)
    return write_files(call, frame, form, options, form_options)


def _of_text(answer: Answer, form: object) -> Answer:
    """Return the write to a table with what its files of text would have lost."""
    lost = tables_of_text(form)
    if not lost or not isinstance(answer, Rewrite):
        return answer
    told = f"{answer.condition}; {lost}" if answer.condition else lost
    certainty = Certainty.CONDITIONAL if answer.certainty is Certainty.EXACT else answer.certainty
    return replace(answer, certainty=certainty, condition=told)


def _to_table(
    call: GlueCall, sink: _Sink, frame: ast.expr, database: ast.expr, table: ast.expr, options: Options
) -> Answer:
    path = options.take("path")
    answer = write_table(call, frame, database, table, options)
    if not isinstance(answer, Rewrite) or path is None:
        return answer
    where = call.text(path) if isinstance(path, ast.expr) else "its path"
    note = call.place.finding(
        sink.maker,
        Severity.WARNING,
        f"the table becomes a managed Delta table; nothing is written to {where} any more",
        "let whoever reads the files of that path read the table instead",
    )
    return replace(answer, findings=(*answer.findings, note))
