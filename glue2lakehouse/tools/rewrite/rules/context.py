"""Replace the GlueContext by the Spark session: `GlueContext(SparkContext())` -> `SparkSession.builder.getOrCreate()`.

Glue: aws-glue-api-crawler-pyspark-extensions-glue-context. A GlueContext is an SQLContext, so what it inherits is the
session's own (`glueContext.sql`, `.read`, `.table`).
"""

import ast
from dataclasses import replace
from typing import ClassVar

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.io import bookmarks
from glue2lakehouse.tools.rewrite.kinds.values import COLLECTION, DYNAMIC_FRAME, GLUE_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.remarks.frame_tests import only_turns_into_data_frame, tells_apart
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.session_conf import made_with_conf, session_with

SESSION = "from pyspark.sql import SparkSession"
FRAME = "from pyspark.sql import DataFrame"


class Context(Rule):
    """The session in place of the context; the SparkContext that was only made for it goes."""

    name = "glue-context"
    glue = (GLUE_CONTEXT,)
    example = Example(
        before="from awsglue.context import GlueContext\n"
        "from pyspark.context import SparkContext\n\n"
        "sc = SparkContext()\n"
        "glueContext = GlueContext(sc)\n"
        "spark = glueContext.spark_session\n"
        'spark.sql("select 1").show()\n',
        after="from pyspark.sql import SparkSession\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        'spark.sql("select 1").show()\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """`minPartitions` and `targetPartitions` change file counts, never rows."""
        if not call.kind(call.node.func).name.startswith(GLUE_CONTEXT):
            call.drop_everything()
            return call.blocker(
                "a class of the project that derives from Glue's GlueContext is made here; a session in its place has not its methods",
                "let the class hold a SparkSession, and hand it one here",
            )
        given = call.argument("sparkContext", "sparkContext")
        call.drop("minPartitions", "targetPartitions")
        session = _session_of(call, given)
        if session is not None:
            return Rewrite(code("{session}", session=session))
        if (conf := made_with_conf(call, given)) is not None:
            # What is to be told of the settings is told where the context is made.
            return replace(session_with(call, conf), findings=())
        return Rewrite(code("SparkSession.builder.getOrCreate()"), imports=(SESSION,))

    def refer(self, use: Use) -> Answer:
        """In an annotation or a test the type is the session's."""
        if is_handed_on(use):
            return use.blocker(*_unseen_class("GlueContext", "a SparkSession"))
        return Rewrite(code("SparkSession"), imports=(SESSION,), certainty=Certainty.EXACT)


def _session_of(call: GlueCall, given: ast.expr | None) -> ast.expr | None:
    """Return the session whose context is handed over: `GlueContext(spark.sparkContext)`."""
    if given is not None and call.kind(given).is_a(SPARK_SESSION):
        return given
    if not isinstance(given, ast.Attribute) or given.attr not in ("sparkContext", "_sc"):
        return None
    return given.value if call.kind(given.value).is_a(SPARK_SESSION) else None


_SELF = frozenset({"spark_session", "sparkSession", "_instantiatedContext"})


class ContextMembers(Rule):
    """What a GlueContext has of its own and of SQLContext that a session has as well, under another name or none."""

    name = "context-members"
    glue = (
        f"{GLUE_CONTEXT}.spark_session",
        f"{GLUE_CONTEXT}.sparkSession",
        f"{GLUE_CONTEXT}._instantiatedContext",
        f"{GLUE_CONTEXT}.currentTimeMillis",
        f"{GLUE_CONTEXT}.registerDataFrameAsTable",
        f"{GLUE_CONTEXT}.setConf",
        f"{GLUE_CONTEXT}.getConf",
        f"{GLUE_CONTEXT}.cacheTable",
        f"{GLUE_CONTEXT}.uncacheTable",
        f"{GLUE_CONTEXT}.clearCache",
        f"{GLUE_CONTEXT}.dropTempTable",
        f"{GLUE_CONTEXT}.tableNames",
        f"{GLUE_CONTEXT}.registerFunction",
        f"{GLUE_CONTEXT}.newSession",
        f"{GLUE_CONTEXT}.range",
        f"{GLUE_CONTEXT}.createDataFrame",
        f"{GLUE_CONTEXT}.read",
        f"{GLUE_CONTEXT}.readStream",
        f"{GLUE_CONTEXT}.udf",
        f"{GLUE_CONTEXT}.streams",
        f"{GLUE_CONTEXT}._jsc",
        "awsglue.context.register",
        f"{GLUE_CONTEXT}.convert_resolve_option",
    )
    example = Example(
        before="from awsglue.context import GlueContext\n\n\n"
        "def load(glue: GlueContext):\n"
        '    return glue.read.parquet("s3://b/p").withColumn("at", glue.currentTimeMillis())\n',
        after="import time\n"
        "from pyspark.sql import SparkSession\n\n\n"
        "def load(glue: SparkSession):\n"
        '    return glue.read.parquet("s3://b/p").withColumn("at", round(time.time() * 1000))\n',
    )

    _METHODS: ClassVar = {
        "setConf": "{session}.conf.set({arguments})",
        "getConf": "{session}.conf.get({arguments})",
        "cacheTable": "{session}.catalog.cacheTable({arguments})",
        "uncacheTable": "{session}.catalog.uncacheTable({arguments})",
        "clearCache": "{session}.catalog.clearCache()",
        "dropTempTable": "{session}.catalog.dropTempView({arguments})",
        "registerFunction": "{session}.udf.register({arguments})",
    }
    _SAME = frozenset("range createDataFrame newSession".split())

    def rewrite(self, call: GlueCall) -> Answer:
        """SQLContext's methods by the session's names; the arguments stay as they are."""
        call.drop_everything()
        if call.name == "awsglue.context.register":
            gone = call.info("register goes: it makes Glue's own types known to the Spark context", "")
            return Rewrite(remove=True, findings=(gone,)) if call.stands_alone else self._by_hand(call)
        if call.leaf == "currentTimeMillis":
            return Rewrite(code("round(time.time() * 1000)"), imports=("import time",))
        if call.leaf in self._SAME:
            return ()
        if call.leaf == "registerDataFrameAsTable" and len(call.node.args) == 2:
            frame, name = call.node.args
            return Rewrite(code("{frame}.createOrReplaceTempView({name})", frame=frame, name=name))
        if call.leaf == "tableNames" and not call.node.args and not call.node.keywords:
            return Rewrite(code("[table.name for table in {session}.catalog.listTables()]", session=call.receiver))
        template = self._METHODS.get(call.leaf)
        if template is None:
            return self._by_hand(call)
        arguments = ", ".join(call.text(node) for node in call.node.args)
        arguments += "".join(f", {keyword.arg}={call.text(keyword.value)}" for keyword in call.node.keywords)
        return Rewrite(code(template, session=call.receiver, arguments=arguments.lstrip(", ")))

    def refer(self, use: Use) -> Answer:
        """The session is the context itself now, and so is the one context that SQLContext keeps; `read` is the session's own."""
        if use.leaf in _SELF:
            assert isinstance(use.node, ast.Attribute)
            context = use.node.value
            if isinstance(context, ast.Attribute) and use.kind(context.value).is_a(DYNAMIC_FRAME):
                return Rewrite(code("{frame}.sparkSession", frame=context.value))
            told = (use.info("`_instantiatedContext` is the one session", ""),) if use.leaf.startswith("_") else ()
            return Rewrite(code("{session}", session=context), findings=told)
        return ()

    def _by_hand(self, call: GlueCall) -> Answer:
        return call.blocker(
            f"`{call.leaf}` of the GlueContext has no counterpart here", "use the session's own methods"
        )


class GlueNames(Rule):
    """Classes of Glue in annotations, `isinstance` and the like become the Spark classes that take their place."""

    name = "glue-types"
    glue = (DYNAMIC_FRAME, COLLECTION, "awsglue.job.Job")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef count(frame: DynamicFrame) -> int:\n"
        "    return frame.count()\n",
        after="from pyspark.sql import DataFrame\n\n\ndef count(frame: DataFrame) -> int:\n    return frame.count()\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A collection of frames is a dict; a Job is made by the rule for its life cycle."""
        if call.name == COLLECTION:
            frames = call.argument("dynamic_frames")
            call.drop("glue_ctx")
            if frames is not None and (isinstance(call.value_of(frames), ast.Dict) or call.kind(frames).tag == "dict"):
                return Rewrite(code("{frames}", frames=frames))
            return call.blocker(
                "a DynamicFrameCollection is made of something that is not written out as a dict",
                "pass a dict of name to DataFrame",
            )
        if call.name == "awsglue.job.Job":
            call.drop_everything()
            return Rewrite(code("None"))
        call.drop_everything()
        return call.blocker("a DynamicFrame is made from a JVM object", "build a DataFrame instead")

    def refer(self, use: Use) -> Answer:
        """The type that takes its place."""
        if use.name != COLLECTION and is_handed_on(use):
            return use.blocker(*_unseen_class(use.leaf, "a DataFrame"))
        if use.name == DYNAMIC_FRAME:
            if tells_apart(use.place, use.node):
                return use.blocker(
                    "the code tells a DynamicFrame from other values, and every frame is a DataFrame now",
                    "keep the branch that is meant for DataFrames",
                )
            if (branch := only_turns_into_data_frame(use)) is not None:
                return branch
            return Rewrite(code("DataFrame"), imports=(FRAME,))
        if use.name == COLLECTION:
            return Rewrite(code("dict"))
        if bookmarks.enabled(use):
            return use.blocker(
                "the class Job is used as a value", "the job runs with bookmarks; see the finding at its commit"
            )
        return Rewrite(
            code("Job"),
            certainty=Certainty.CONDITIONAL,
            condition="job bookmarks are disabled, so init and commit do nothing",
            imports=("from glue_compat import Job",),
            compat=("Job",),
        )


class FrameAttributes(Rule):
    """A DataFrame knows its session; it has no name."""

    name = "frame-attributes"
    glue = (f"{DYNAMIC_FRAME}.glue_ctx", f"{DYNAMIC_FRAME}.name")
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\n\n\ndef context(frame: DynamicFrame):\n"
        "    return frame.glue_ctx\n",
        after="from pyspark.sql import DataFrame\n\n\ndef context(frame: DataFrame):\n    return frame.sparkSession\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Neither is called."""
        call.drop_everything()
        return call.blocker(f"`{call.leaf}` of a DynamicFrame is called", "rewrite this line by hand")

    def refer(self, use: Use) -> Answer:
        """Reading the name is handed off; setting it has no effect on the data."""
        assert isinstance(use.node, ast.Attribute)
        if use.leaf == "glue_ctx":
            return Rewrite(code("{frame}.sparkSession", frame=use.node.value))
        parent = use.place.parents.get(use.node)
        if isinstance(parent, ast.Call) and use.place.world.callees.get(parent) == f"{DYNAMIC_FRAME}.fromDF":
            return ()
        return use.blocker("the name of a DynamicFrame is read, and a DataFrame has none", "write the name out")


def _unseen_class(name: str, instead: str) -> tuple[str, str]:
    return (
        f"the class {name} is handed to code that cannot be seen here",
        f"hand over {instead}, and change that code too",
    )


def is_handed_on(use: Use) -> bool:
    """Whether the class is given to a call as a value, for code to make something of it that cannot be seen."""
    parent = use.place.parents.get(use.node)
    call = use.place.parents.get(parent) if isinstance(parent, ast.keyword | ast.Starred) else parent
    if not isinstance(call, ast.Call) or call.func is use.node:
        return False
    leaf = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if leaf in (
        "isinstance",
        "issubclass",
        "cast",
        "hasattr",
        "setattr",
        "getattr",
        "Mock",
        "MagicMock",
        "create_autospec",
        "print",
        "type",
    ):
        return False
    held = use.kind(call.func)
    return held.name not in use.place.world.functions and held.name not in use.place.world.classes
