"""Read through a source object: `getSource(...)`, `setFormat`, `getFrame` -> one Spark read.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context (getSource). The object only collects settings, so the statements
that make and set it go, and `getFrame` becomes the read.
"""

import ast
from dataclasses import dataclass, field, replace

from glue2lakehouse.tools.rewrite.io.computed import FILE_TYPES
from glue2lakehouse.tools.rewrite.io.database_reads import read_database
from glue2lakehouse.tools.rewrite.io.file_reads import read_files
from glue2lakehouse.tools.rewrite.kinds.binding import bind
from glue2lakehouse.tools.rewrite.kinds.frames import parameters
from glue2lakehouse.tools.rewrite.kinds.stubs import DATA_SOURCE
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.options import Options
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code
from glue2lakehouse.tools.rewrite.rules.read_options import filtered_by_path

_MAKER = f"{GLUE_CONTEXT}.getSource"
_READS = ("getFrame", "getSampleFrame", "getDataFrame")


@dataclass(slots=True)
class _Source:
    """The call that makes a source and the calls that set it."""

    maker: ast.Call
    formats: list[ast.Call] = field(default_factory=list)
    reads: list[tuple[str, ast.Call]] = field(default_factory=list)
    problem: str = ""


class Source(Rule):
    """A source that one block makes, sets and reads; one that is handed around is handed off."""

    name = "source"
    glue = (_MAKER, f"{DATA_SOURCE}.setFormat", *(f"{DATA_SOURCE}.{name}" for name in _READS))
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'source = glueContext.getSource("s3", paths=["s3://raw/orders/"])\n'
        'source.setFormat("json", multiline=True)\n'
        "orders = source.getFrame()\n",
        after="from pyspark.sql import SparkSession\nfrom glue_compat import read_json_stream\n\nspark = SparkSession.builder.getOrCreate()\n"
        'orders = read_json_stream(spark, "s3://raw/orders/")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Find the source that the call belongs to, and answer for the whole of it where it is read."""
        source = _source_of(call)
        if source is None or source.problem:
            call.drop_everything()
            return call.blocker(
                (source and source.problem) or "the source comes from another function",
                "read the data with spark.read where the source is used",
            )
        if call.leaf in _READS:
            return _read(call, source)
        call.drop_everything()
        return Rewrite(remove=True) if not _is_receiver(call) and _all_convert(call, source) else ()


def _all_convert(call: GlueCall, source: _Source) -> bool:
    """Whether each read of the source becomes one of Spark's; else its statements stay, so that they fail where they are."""
    reads = []
    for name, node in source.reads:
        full = f"{DATA_SOURCE}.{name}"
        reads.append(_read(GlueCall(call.place, node, full, bind(node, parameters(full))), source))
    return all(isinstance(answer, Rewrite) for answer in reads)


def _is_receiver(call: GlueCall) -> bool:
    """Whether the next call is made on this one's value, so that the last one replaces them all."""
    return isinstance(call.place.parents.get(call.node), ast.Attribute)


def _read(call: GlueCall, source: _Source) -> Answer:
    maker = GlueCall(call.place, source.maker, _MAKER, bind(source.maker, parameters(_MAKER)))
    if maker.bound.starred or maker.bound.surplus:
        return call.blocker("the source's options are put together at run time", "write them out at getSource")
    options = Options(call, dict(maker.bound.extra), {k: call.literal(v) for k, v in maker.bound.extra.items()})
    form_options = Options(call, {}, {})
    for node in source.formats:
        bound = bind(node, parameters(f"{DATA_SOURCE}.setFormat"))
        maker.bound.arguments["format"] = bound.arguments.get("format", ast.Constant(None))
        form_options = Options(call, dict(bound.extra), {k: call.literal(v) for k, v in bound.extra.items()})
        if bound.starred:
            return call.blocker("the source's format is put together at run time", "write it out at setFormat", node)
    connection = maker.constant("connection_type")
    if not isinstance(connection, str):
        return call.blocker("the source's connection type is computed at run time", "write it out at getSource")
    predicate = maker.argument("push_down_predicate")
    read = read_files if connection.lower() in FILE_TYPES else None
    answer = (
        read(maker, connection.lower(), options, form_options)
        if read
        else read_database(maker, connection, options, form_options)
    )
    call.drop("minPartitions", "targetPartitions")
    if not isinstance(answer, Rewrite) or answer.code is None:
        return answer
    if predicate is not None and call.literal(predicate) != "":
        answer = filtered_by_path(call, answer, predicate)
    if call.leaf == "getSampleFrame":
        number = call.argument("num")
        if number is None:
            return call.blocker("the sample has no number of records", "pass num")
        assert answer.code is not None
        return replace(answer, code=code("{frame}.limit({number})", frame=answer.code, number=number))
    return answer


def _source_of(call: GlueCall) -> _Source | None:
    memory = call.place.memory
    if "sources" not in memory:
        memory["sources"] = _sources(call)
    table = memory["sources"]
    assert isinstance(table, dict)
    found = table.get(call.node)
    return found if isinstance(found, _Source) else None


def _sources(call: GlueCall) -> dict[ast.Call, _Source]:
    """Group the module's source calls by the variable that holds the source, in the order of the text."""
    place = call.place
    table: dict[ast.Call, _Source] = {}
    current: dict[tuple[ast.AST, str], _Source] = {}
    calls = place.nodes.of(ast.Call)
    for node in sorted(calls, key=lambda node: (node.end_lineno or 0, node.end_col_offset or 0)):
        name = place.world.callees.get(node, "")
        if name == _MAKER:
            source = table[node] = _Source(node)
            parent = place.parents[node]
            if isinstance(parent, ast.Assign) and len(parent.targets) == 1 and isinstance(parent.targets[0], ast.Name):
                current[_block(place.parents, parent), parent.targets[0].id] = source
            elif not isinstance(parent, ast.Attribute):
                source.problem = "the source is not held in a variable"
        elif name.startswith(DATA_SOURCE + "."):
            _join(place.parents, node, name.rsplit(".", 1)[-1], table, current)
    for (_, variable), source in current.items():
        if any(_handed_on(place.parents, node, variable) for node in place.nodes):
            source.problem = f"`{variable}` is handed on"
    return table


def _handed_on(parents: dict[ast.AST, ast.AST], node: ast.AST, variable: str) -> bool:
    """Whether the node uses the variable for something else than a call of its methods."""
    return (
        isinstance(node, ast.Name)
        and node.id == variable
        and isinstance(node.ctx, ast.Load)
        and not (isinstance(parents[node], ast.Attribute) and isinstance(parents[parents[node]], ast.Call))
    )


def _join(
    parents: dict[ast.AST, ast.AST],
    node: ast.Call,
    name: str,
    table: dict[ast.Call, _Source],
    current: dict[tuple[ast.AST, str], _Source],
) -> None:
    receiver = node.func.value if isinstance(node.func, ast.Attribute) else None
    if isinstance(receiver, ast.Name):
        source = current.get((_block(parents, node), receiver.id))
    elif isinstance(receiver, ast.Call):
        source = table.get(receiver)
    else:
        source = None
    if source is None:
        return
    table[node] = source
    if name in _READS:
        source.reads.append((name, node))
    if name == "setFormat":
        source.formats.append(node)
        if not isinstance(parents[node], ast.Expr):
            source.problem = "the source's calls are chained"


def _block(parents: dict[ast.AST, ast.AST], node: ast.AST) -> ast.AST:
    """Return the compound statement or module that a statement stands in."""
    while not isinstance(node, ast.stmt):
        node = parents[node]
    return parents[node]
