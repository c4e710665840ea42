"""Do without the Spark context, which Unity Catalog compute in standard mode and serverless compute does not have.

Databricks: limitations of standard access mode and of serverless compute. The session takes the context's place; what has
an equal on the session takes it, what only labels or tunes goes with a word, and the rest is handed off.
"""

import ast
import re
from typing import ClassVar

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.analyses.local_rows import SAME_FIELDS, fields_differ, only_rows
from glue2lakehouse.tools.rewrite.compute import around_glue, local_rows, session_of, shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import BROADCAST
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT, SPARK_CONTEXT, SPARK_SESSION
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code
from glue2lakehouse.tools.rewrite.rules.context import SESSION, is_handed_on
from glue2lakehouse.tools.rewrite.rules.rdd import account_for
from glue2lakehouse.tools.rewrite.session_conf import conf_given, context_that_is_there, labels_of, session_with

_LABELS = (
    "setJobGroup setJobDescription setLocalProperty setInterruptOnCancel addJobTag removeJobTag clearJobTags".split()
)
_HAND_OFF = {
    "accumulator": "count with a DataFrame aggregation or observe()",
    "textFile": "spark.read.text(path) gives the lines as rows",
    "wholeTextFiles": "spark.read.text(path, wholetext=True) gives each file as a row",
    "binaryFiles": "spark.read.format('binaryFile') gives each file as a row",
    "sequenceFile": "convert the files on classic compute first",
    "newAPIHadoopFile": "read the files with a Spark data source",
    "newAPIHadoopRDD": "read the data with a Spark data source",
    "hadoopFile": "read the files with a Spark data source",
    "pickleFile": "convert the files on classic compute first",
    "emptyRDD": "spark.createDataFrame([], schema)",
    "range": "spark.range gives a DataFrame",
    "union": "union the DataFrames",
    "addFile": "put the file beside the job as a workspace file, or into a volume",
    "setCheckpointDir": "set it for the compute",
    "statusTracker": "look at the job run through the Jobs API",
    "runJob": "use DataFrame methods",
    "sparkUser": "spark.sql('select current_user()') tells who runs the job",
    "getCheckpointDir": "spark.conf",
    "setSystemProperty": "set it in the compute's Spark config",
    "cancelAllJobs": "spark.interruptAll()",
    "cancelJobGroup": "spark.interruptTag(tag)",
}


class ContextItself(Rule):
    """Make or name the session where the context was made or named."""

    name = "spark-context-class"
    glue = (
        SPARK_CONTEXT,
        f"{SPARK_CONTEXT}.getOrCreate",
        f"{SPARK_SESSION}.sparkContext",
        f"{SPARK_SESSION}._sc",
        f"{GLUE_CONTEXT}._sc",
    )
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n\n"
        "def session_of(sc: SparkContext):\n    return GlueContext(sc).spark_session\n\n\n"
        "print(session_of(SparkContext.getOrCreate()).version)\n",
        after="from pyspark.sql import SparkSession\n\n\n"
        "def session_of(sc: SparkSession):\n    return SparkSession.builder.getOrCreate()\n\n\n"
        "print(session_of(SparkSession.builder.getOrCreate()).version)\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A SparkConf goes to the session's builder; a master is what the compute decides."""
        call.drop_everything()
        if not without_context(call):
            return context_that_is_there(call)
        if (conf := conf_given(call.node)) is not None:
            return session_with(call, conf)
        labels = (
            labels_of(call.node) if call.leaf != "getOrCreate" or not (call.node.args or call.node.keywords) else None
        )
        if labels is None:
            return _needed(call, "SparkContext", "make the session with SparkSession.builder")
        told = (call.info(f"`{shown(call)}`: the compute decides on the master", ""),) if "master" in labels else ()
        named = ".appName({name})" if "appName" in labels else ""
        made = code(f"SparkSession.builder{named}.getOrCreate()", name=labels.get("appName", ""))
        return Rewrite(made, imports=(SESSION,), findings=told)

    def refer(self, use: Use) -> Answer:
        """In an annotation the type is the session's; `spark.sparkContext` is the session itself."""
        if not without_context(use):
            return ()
        if isinstance(use.node, ast.Attribute) and use.name.startswith((SPARK_SESSION, GLUE_CONTEXT)):
            return Rewrite(code("{session}", session=use.node.value))
        if is_handed_on(use):
            return use.blocker(
                f"the class SparkContext is used as a value, and {use.settings.compute} compute has no Spark context",
                "pass a SparkSession",
            )
        parent = use.place.parents.get(use.node)
        if isinstance(parent, ast.Attribute):
            return ()
        return Rewrite(code("SparkSession"), imports=(SESSION,))


class ContextCalls(Rule):
    """What the session has as well, under another name or the same; labels and log levels go."""

    name = "spark-context"
    glue = (
        *(f"{SPARK_CONTEXT}.{name}" for name in (
            "setLogLevel", "stop", "broadcast", "addPyFile", "addArchive", "parallelize", "getConf", *_LABELS, *_HAND_OFF)),
        *(f"{SPARK_CONTEXT}.{name}" for name in (
            "version", "applicationId", "appName", "defaultParallelism", "defaultMinPartitions", "startTime", "master",
            "uiWebUrl", "_conf")),
        f"{SPARK_SESSION}.stop",
        "pyspark.SparkConf.get",
        f"{BROADCAST}.unpersist",
        f"{BROADCAST}.destroy",
    )  # fmt: skip
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\nsc.setLogLevel('WARN')\n"
        "print(sc.applicationId)\nrates = sc.broadcast({'EUR': 1.1})\nprint(rates.value['EUR'])\n",
        after="from pyspark.sql import SparkSession\nfrom types import SimpleNamespace\n\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "print(spark.conf.get(\"spark.app.id\"))\nrates = SimpleNamespace(value={'EUR': 1.1})\n"
        "print(rates.value['EUR'])\n",
    )

    _SETTINGS: ClassVar = {"applicationId": "spark.app.id", "appName": "spark.app.name"}

    def rewrite(self, call: GlueCall) -> Answer:
        """On classic compute the context is there, so that only `stop` goes."""
        call.drop_everything()
        if call.leaf == "stop":
            return self._stop(call)
        if not without_context(call):
            return ()
        if call.leaf in ("setLogLevel", "unpersist", "destroy", *_LABELS):
            return self._gone(call)
        if call.leaf == "setCheckpointDir":
            return self._checkpoints(call)
        if call.node in call.place.memory.get("rdds", ()):  # type: ignore[operator]
            return ()
        if call.leaf in _HAND_OFF:
            return _needed(call, call.leaf, _HAND_OFF[call.leaf])
        return getattr(self, "_" + call.leaf.lower())(call)  # type: ignore[no-any-return]

    def refer(self, use: Use) -> Answer:
        """Attributes that are settings of the session are read from it."""
        if not without_context(use) or not isinstance(use.node, ast.Attribute):
            return ()
        session = session_of(use, use.node.value)
        if use.leaf == "version":
            return Rewrite(code("{session}.version", session=session))
        if use.leaf in self._SETTINGS:
            return Rewrite(
                code('{session}.conf.get("{key}")', session=session, key=self._SETTINGS[use.leaf]),
                certainty=Certainty.CONDITIONAL,
                condition="it is only shown or logged: it names the compute's application, not the job",
                findings=(use.info(f"`{use.leaf}` is read from the session's settings", ""),),
            )
        if use.leaf == "_conf":
            return ()
        return _needed(use, use.leaf, "use a number or text of your own, or spark.conf where the setting is there")

    def _checkpoints(self, call: GlueCall) -> Answer:
        """A folder for checkpoints that nothing makes has no effect on the data."""
        texts = [module.source for module in call.place.world.modules.values()]
        if any("graphframes" in text for text in texts):
            return _needed(
                call, call.leaf, "set `compute: classic` for this job: GraphFrames works on the Spark context itself"
            )
        if any(re.search(r"\.checkpoint\b", text) for text in texts):
            return _needed(
                call,
                call.leaf,
                "call localCheckpoint() in place of checkpoint(), which needs no folder, and drop this line",
            )
        return self._gone(call)

    def _stop(self, call: GlueCall) -> Answer:
        if not around_glue(call) or not call.stands_alone:
            return ()
        note = call.info(f"`{shown(call)}` goes", "Databricks ends the session with the job; nothing has to be stopped")
        return Rewrite(remove=True, findings=(note,))

    def _gone(self, call: GlueCall) -> Answer:
        if not call.stands_alone:
            return _needed(call, call.leaf, "drop it, or set it for the compute")
        action = "set the level for the compute, if the logs are too long" if call.leaf == "setLogLevel" else ""
        note = call.info(f"`{shown(call)}` goes: it has no effect on the data", action)
        return Rewrite(remove=True, findings=(note,))

    def _broadcast(self, call: GlueCall) -> Answer:
        """A function that runs on the workers carries the values that it reads along."""
        if len(call.node.args) != 1 or call.node.keywords:
            return _needed(call, "broadcast", "use the value itself")
        return Rewrite(
            code("SimpleNamespace(value={value})", value=call.node.args[0]),
            certainty=Certainty.CONDITIONAL,
            condition="the value is small enough to travel with each function that reads it",
            imports=("from types import SimpleNamespace",),
            findings=(call.info(f"`{shown(call)}` keeps the value on the driver, broadcast is gone", ""),),
        )

    def _addpyfile(self, call: GlueCall) -> Answer:
        return self._artifact(call, "pyfile")

    def _addarchive(self, call: GlueCall) -> Answer:
        return self._artifact(call, "archive")

    def _artifact(self, call: GlueCall, kind: str) -> Answer:
        path = call.node.args[0] if len(call.node.args) == 1 and not call.node.keywords else None
        written = call.literal(path)
        if path is None or not call.stands_alone or (isinstance(written, str) and "://" in written):
            return _needed(call, call.leaf, "add a wheel or workspace files to the job's environment")
        return Rewrite(
            code("{session}.addArtifacts({path}, {kind}=True)", session=session_of(call, call.receiver), path=path, kind=kind),
            certainty=Certainty.CONDITIONAL,
            condition="the path is a file of the workspace or of a volume: others are refused when the job runs",
            findings=(call.warning(f"`{shown(call)}` becomes addArtifacts, which takes files but no s3:// path",
                                   "add a wheel or workspace files to the job's environment instead"),),
        )  # fmt: skip

    def _parallelize(self, call: GlueCall) -> Answer:
        """Whoever works on the RDD accounts for it; one that is kept under a name becomes the list of its rows."""
        rows, name = local_rows(call, call.node), call.assigned
        differs = fields_differ(call, rows, None)
        if rows is not None and name is not None and not differs and only_rows(call, name):
            return Rewrite(
                code("list({rows})", rows=rows),
                certainty=Certainty.CONDITIONAL,
                condition=SAME_FIELDS,
                findings=(call.info(f"`{shown(call)}` goes: the rows stay a list", ""),),
            )
        return _needed(call, "parallelize", "spark.createDataFrame(rows, schema), or a thread pool for calls")

    def _getconf(self, call: GlueCall) -> Answer:
        return _needed(call, "getConf", "spark.conf.get(key) reads one setting")

    def _get(self, call: GlueCall) -> Answer:
        """`sc.getConf().get(key)`: a setting that is not there gives None, or the default."""
        made = call.receiver
        context: ast.expr | None = None
        if isinstance(made, ast.Call) and isinstance(made.func, ast.Attribute) and made.func.attr == "getConf":
            context = made.func.value
        elif isinstance(made, ast.Attribute) and made.attr == "_conf":
            context = made.value
        if context is None or call.node.keywords or not 1 <= len(call.node.args) <= 2:
            return ()
        account_for(call, made)
        default = call.node.args[1] if len(call.node.args) == 2 else "None"
        return Rewrite(
            code(
                "{session}.conf.get({key}, {default})",
                session=session_of(call, context),
                key=call.node.args[0],
                default=default,
            ),
            certainty=Certainty.CONDITIONAL,
            condition="the compute's Spark config has the setting",
            findings=(call.info(f"`{shown(call)}` reads the session's settings", ""),),
        )


def _needed(use: Use, what: str, action: str) -> Answer:
    use.place.memory["context needed"] = True
    return use.blocker(f"'{what}' needs the Spark context, which {use.settings.compute} compute does not have", action)
