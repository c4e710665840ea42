"""Do without RDDs, which Unity Catalog compute in standard mode and serverless compute does not have.

Databricks: limitations of standard access mode and of serverless compute. What ends on the driver anyway (`collect` and its
like) runs there over the collected rows; a look at a frame through its RDD is a method of the frame.
"""

import ast
from collections.abc import Sequence
from dataclasses import replace

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.analyses.local_rows import SAME_FIELDS, fields_differ
from glue2lakehouse.tools.rewrite.code import Code, Piece
from glue2lakehouse.tools.rewrite.compute import is_rdd_of_frame, local_rows, session_of, shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import RDD
from glue2lakehouse.tools.rewrite.kinds.values import SPARK_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code

_ENDS = "collect count first take isEmpty toDF foreach foreachPartition getNumPartitions collectAsMap".split()
_DRIVER = "the rows fit on the driver, where the function runs now"


class RddEnds(Rule):
    """The frame's own method, or the driver's, at the end of a chain over `frame.rdd` or `sc.parallelize(rows)`."""

    name = "rdd"
    glue = tuple(f"{RDD}.{name}" for name in _ENDS)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\n"
        "frame = spark.sparkContext.parallelize([(1, 2)]).toDF(['a', 'b'])\nprint(frame.rdd.isEmpty())\n"
        "names = frame.select('a').rdd.map(lambda row: row[0]).collect()\n"
        "flat = frame.select('a').rdd.flatMap(lambda x: x).collect()\n",
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "frame = spark.createDataFrame([(1, 2)], ['a', 'b'])\nprint(frame.isEmpty())\n"
        "names = [row[0] for row in frame.select('a').collect()]\n"
        "flat = [value for x in frame.select('a').collect() for value in x]\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """On classic compute there are RDDs, so that nothing changes; what has no equal is left to the check on compute."""
        call.drop_everything()
        if not without_context(call):
            return ()
        receiver = call.receiver
        answer: Answer | None = None
        if is_rdd_of_frame(call, receiver) and isinstance(receiver, ast.Attribute):
            answer = self._of_frame(call, receiver.value)
        if answer is None:
            answer = getattr(self, "_" + call.leaf.lower(), self._none)(call)
        if not isinstance(answer, Rewrite):
            return answer
        moved = call.leaf == "toDF" and answer.condition == _DRIVER
        note = _through_the_driver(call) if moved else call.info(f"`{shown(call)}` is done without an RDD", "")
        return replace(answer, findings=(note,))

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays; the check on compute reports it."""
        return ()

    def _none(self, call: GlueCall) -> Answer:
        return ()

    def _of_frame(self, call: GlueCall, frame: ast.expr) -> Answer | None:
        """`frame.rdd.count()` and its like: the frame has the method itself."""
        if call.leaf in ("collect", "count", "isEmpty") and not call.node.args:
            return Rewrite(code("{frame}.{name}()", frame=frame, name=call.leaf))
        if call.leaf in ("take", "foreach", "foreachPartition") and len(call.node.args) == 1:
            return Rewrite(code("{frame}.{name}({given})", frame=frame, name=call.leaf, given=call.node.args[0]))
        if call.leaf == "getNumPartitions":
            return partitions_of(frame)
        if call.leaf == "collectAsMap":
            return Rewrite(code("dict({frame}.collect())", frame=frame))
        return None

    def _todf(self, call: GlueCall) -> Answer:
        """`sc.parallelize(rows).toDF(schema)`, and `frame.rdd.map(f).toDF(schema)`."""
        made = call.value_of(call.receiver)
        rows = local_rows(call, made)
        if call.node.keywords or any(isinstance(node, ast.Starred) for node in call.node.args):
            return ()
        if rows is None:
            return self._todf_of_rows(call)
        if fields_differ(call, rows, call.node.args[0] if call.node.args else None):
            return ()
        assert isinstance(made, ast.Call)
        assert isinstance(made.func, ast.Attribute)
        if made is not call.receiver:
            rows = call.receiver
        else:
            account_for(call, made)
        arguments = code("{rows}", rows=rows)
        for node in call.node.args:
            arguments = code("{before}, {node}", before=arguments, node=node)
        return Rewrite(
            code(
                "{session}.createDataFrame({arguments})", session=session_of(call, made.func.value), arguments=arguments
            ),
            certainty=Certainty.CONDITIONAL,
            condition=f"the order of the rows does not matter, and {SAME_FIELDS}",
        )

    def _todf_of_rows(self, call: GlueCall) -> Answer:
        """Types are inferred from the same rows, on the driver; a second argument would say from how many."""
        listed = comprehension(call, call.receiver)
        if listed is None or len(call.node.args) > 1:
            return ()
        arguments: Code = code("[{listed}]", listed=listed)
        if call.node.args:
            arguments = code("{rows}, {schema}", rows=arguments, schema=call.node.args[0])
        session = code("SparkSession.builder.getOrCreate()")
        return Rewrite(
            code("{session}.createDataFrame({arguments})", session=session, arguments=arguments),
            certainty=Certainty.CONDITIONAL,
            condition=_DRIVER,
            imports=("from pyspark.sql import SparkSession",),
        )

    def _collect(self, call: GlueCall) -> Answer:
        listed = comprehension(call, call.receiver)
        if listed is None or call.node.args:
            return ()
        return Rewrite(code("[{listed}]", listed=listed), certainty=Certainty.CONDITIONAL, condition=_DRIVER)

    def _collectasmap(self, call: GlueCall) -> Answer:
        listed = comprehension(call, call.receiver)
        if listed is None:
            return ()
        return Rewrite(code("dict([{listed}])", listed=listed), certainty=Certainty.CONDITIONAL, condition=_DRIVER)


class RddTakers(Rule):
    """`createDataFrame` takes the rows that the RDD was made of."""

    name = "rdd-takers"
    glue = (f"{SPARK_SESSION}.createDataFrame",)
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\n"
        "spark.createDataFrame(sc.parallelize([(1, 'a')]), 'id int, name string').show()\n",
        after="from pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "spark.createDataFrame([(1, 'a')], 'id int, name string').show()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Any other argument stays as it is."""
        call.drop_everything()
        given = call.node.args[0] if call.node.args else None
        if given is None or not without_context(call):
            return ()
        rows = local_rows(call, given)
        if rows is not None:
            schema = call.bound.arguments.get("schema") or next(iter(call.node.args[1:]), None)
            if fields_differ(call, rows, schema):
                return ()
            account_for(call, given)
            note = call.info(f"`{shown(call)}` takes the rows themselves, without an RDD", "")
            return Rewrite(
                others=((given, code("{rows}", rows=rows)),),
                certainty=Certainty.CONDITIONAL,
                condition=SAME_FIELDS,
                findings=(note,),
            )
        collected = _collected(call, given)
        if collected is None or len(call.node.args) + len(call.node.keywords) > 2 or _samples(call):
            return ()
        return Rewrite(
            others=((given, collected),),
            certainty=Certainty.CONDITIONAL,
            condition=_DRIVER,
            findings=(_through_the_driver(call),),
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on stays."""
        return ()


def partitions_of(frame: ast.expr) -> Rewrite:
    """Return the count of a frame's partitions that needs no RDD."""
    return Rewrite(
        code("number_of_partitions({frame})", frame=frame),
        certainty=Certainty.CONDITIONAL,
        condition="the number is only looked at: it depends on the compute and on how Spark reads there",
        imports=("from glue_compat import number_of_partitions",),
        compat=("number_of_partitions",),
    )


def _through_the_driver(call: GlueCall) -> Finding:
    return call.warning(
        f"`{shown(call)}` takes the rows through the driver, without an RDD",
        "write it with DataFrame methods, or mapInPandas, where they are too many for that",
    )


def _collected(call: GlueCall, rdd: ast.expr) -> Code | None:
    """Return the rows of `frame.rdd`, or of a chain over it, as a list on the driver."""
    if is_rdd_of_frame(call, rdd) and isinstance(rdd, ast.Attribute):
        return code("{frame}.collect()", frame=rdd.value)
    listed = comprehension(call, rdd)
    return code("[{listed}]", listed=listed) if listed is not None else None


def _samples(call: GlueCall) -> bool:
    return any(keyword.arg in (None, "samplingRatio") for keyword in call.node.keywords)


def read_of_rdd(call: GlueCall) -> Answer | None:
    """Return what becomes of `spark.read.json(rdd)`: the texts or the path that the RDD was made of; None for others."""
    given = call.node.args[0] if call.node.args else None
    made = call.value_of(given)
    if given is None or not isinstance(made, ast.Call) or not without_context(call):
        return None
    rows = local_rows(call, made)
    if rows is not None:
        return _read_of_texts(call, given, made, rows)
    if given is made and call.place.world.callees.get(made) == f"{SPARK_CONTEXT}.textFile" and len(made.args) == 1:
        account_for(call, made)
        condition = "the path names one place: a list of paths in one text has to become a list"
        path = code("{path}", path=made.args[0])
        note = call.info(f"`{shown(call)}` reads the path itself, without an RDD", "")
        return Rewrite(others=((given, path),), certainty=Certainty.CONDITIONAL, condition=condition, findings=(note,))
    return None


def _read_of_texts(call: GlueCall, given: ast.expr, made: ast.Call, rows: ast.expr) -> Answer:
    reader = call.receiver
    plain = isinstance(reader, ast.Attribute) and reader.attr == "read"
    if call.leaf != "json" or not plain or len(call.node.args) > 1 or call.node.keywords:
        return call.blocker(
            "rows of an RDD are read with options, and this compute has no RDD",
            "make a frame of the texts with createDataFrame, and parse them with from_json or from_csv",
        )
    assert isinstance(reader, ast.Attribute)
    if given is made:
        account_for(call, made)
    return Rewrite(
        code("read_json_texts({session}, {rows})", session=reader.value, rows=rows if given is made else given),
        certainty=Certainty.CONDITIONAL,
        condition="each text is valid JSON",
        imports=("from glue_compat import read_json_texts",),
        compat=("read_json_texts",),
        findings=(call.info(f"`{shown(call)}` makes rows of the texts without an RDD", ""),),
    )


def account_for(use: Use, node: ast.AST) -> None:
    """Note that the making of an RDD is part of another rewrite."""
    known = use.place.memory.setdefault("rdds", set())
    assert isinstance(known, set)
    known.add(node)


def comprehension(use: Use, node: ast.expr) -> Code | None:
    """Return `element for row in rows` for a chain of map, filter and flatMap over the rows of a frame.

    None where a step is not one function of one row: a generator or a lambda with more parameters, or other methods.
    """
    steps: list[tuple[str, ast.expr]] = []
    while isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        if node.func.attr not in ("map", "filter", "flatMap") or len(node.args) != 1 or node.keywords:
            return None
        steps.append((node.func.attr, node.args[0]))
        node = node.func.value
    if not is_rdd_of_frame(use, node) or not isinstance(node, ast.Attribute) or not steps:
        return None
    rows: Code = code("{frame}.collect()", frame=node.value)
    written: Code | None = None
    for kind, function in reversed(steps):
        if written is not None:
            rows = code("({written})", written=written)
        written = _step(kind, function, rows)
        if written is None:
            return None
    return written


def _step(kind: str, function: ast.expr, rows: Code) -> Code | None:
    if isinstance(function, ast.Lambda):
        arguments = function.args
        every: Sequence[ast.arg] = arguments.args
        plain = len(every) == 1 and not (
            arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.defaults
        )
        if not plain or arguments.posonlyargs or _binds(function.body):
            return None
        row = every[0].arg
        value: Piece = function.body
    elif isinstance(function, ast.Name | ast.Attribute):
        row = "row"
        value = code("{function}(row)", function=function)
    else:
        return None
    if kind == "map":
        return code("{value} for {row} in {rows}", value=value, row=row, rows=rows)
    if kind == "filter":
        return code("{row} for {row} in {rows} if ({value})", value=value, row=row, rows=rows)
    name = "value" if row != "value" else "item"
    return code("{name} for {row} in {rows} for {name} in ({value})" if not isinstance(value, ast.Name) else
                "{name} for {row} in {rows} for {name} in {value}",
                name=name, row=row, rows=rows, value=value)  # fmt: skip


def _binds(body: ast.expr) -> bool:
    """Whether the body binds names or yields, which a comprehension would do in another scope."""
    return any(isinstance(node, ast.NamedExpr | ast.Yield | ast.YieldFrom | ast.Await) for node in ast.walk(body))
