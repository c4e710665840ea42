"""Log with Python's logging: `glueContext.get_logger()` -> `logging.getLogger(__name__)`.

Glue: aws-glue-programming-etl-glue-logger. The Glue logger has info, warn, error and writes to CloudWatch; a Databricks
job's driver log takes its place. So does it for log4j loggers got through the JVM, which not all compute lets Python reach.
"""

import ast

from glue2lakehouse.tools.rewrite.compute import shown, without_context
from glue2lakehouse.tools.rewrite.kinds.stubs import JVM_LOGGER, LOGGER, RESULTS
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use, code

_METHODS = {"info": "info", "warn": "warning", "error": "error", "debug": "debug", "trace": "debug"}


class GlueLogger(Rule):
    """The logger and its methods; `warn` is called `warning` in Python, and `info` is shown from the start, as in Glue."""

    name = "glue-logger"
    glue = (f"{GLUE_CONTEXT}.get_logger", *(f"{LOGGER}.{name}" for name in _METHODS))
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'logger = glueContext.get_logger()\nlogger.warn("empty")\n',
        after="import logging\nfrom pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "logging.basicConfig()\nlogger = logging.getLogger(__name__)\nlogger.setLevel(logging.INFO)\n"
        'logger.warning("empty")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A percent sign in the text stays as it is: logging formats only when it is given arguments."""
        if call.leaf == "get_logger":
            return _made(call)
        given = list(call.node.args)
        call.drop_everything()
        if not isinstance(call.node.func, ast.Attribute):
            # The method was named elsewhere, and has its new name there.
            return ()
        if len(given) == 1 and not call.node.keywords:
            return Rewrite(
                code("{logger}.{method}({message})", logger=call.receiver, method=_METHODS[call.leaf], message=given[0])
            )
        return call.blocker("the Glue logger takes one text", "pass one text, or arguments as logging formats them")

    def refer(self, use: Use) -> Answer:
        """A method that is handed on or kept in a table; the maker of the logger is handed off."""
        if use.leaf == "get_logger" or not isinstance(use.node, ast.Attribute):
            return super().refer(use)
        return Rewrite(code("{logger}.{method}", logger=use.node.value, method=_METHODS[use.leaf]))


_SET_UP = ("basicConfig", "dictConfig", "fileConfig", "setLevel")


def _made(call: GlueCall) -> Rewrite:
    """Make the logger, and have it show what Glue's shows: Python's own shows warnings only until it is set up."""
    made = code("logging.getLogger(__name__)")
    statement = call.place.parents.get(call.node)
    target = statement.targets[0] if isinstance(statement, ast.Assign) and len(statement.targets) == 1 else None
    if any(word in call.place.module.source for word in _SET_UP):
        return Rewrite(made, imports=("import logging",))
    if not isinstance(target, ast.Name | ast.Attribute):
        note = call.info(
            "a logger of Python shows warnings only until it is set up",
            "call logging.basicConfig() at the start of the job, and set the logger's level",
        )
        return Rewrite(made, imports=("import logging",), findings=(note,))
    lines = (
        code("logging.basicConfig()"),
        code("{target} = {made}", target=target, made=made),
        code("{target}.setLevel(logging.INFO)", target=target),
    )
    return Rewrite(statements=lines, imports=("import logging",))


_LEVELS = {"ALL": "DEBUG", "TRACE": "DEBUG", "DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "ERROR": "ERROR",
           "FATAL": "CRITICAL", "OFF": "CRITICAL"}  # fmt: skip
_GLUE_LOGGER = "jvm.com.amazonaws.services.glue.log.GlueLogger"
_OWNERS = (JVM_LOGGER, _GLUE_LOGGER)
_MAKERS = tuple(name for name, kind in RESULTS.items() if kind.is_a(JVM_LOGGER))


class JvmLogger(Rule):
    """A log4j logger becomes Python's of the same name; on classic compute the JVM can be reached, and nothing changes."""

    name = "jvm-logger"
    glue = (
        *_MAKERS,
        _GLUE_LOGGER,
        *(f"{owner}.{name}" for owner in _OWNERS for name in (*_METHODS, "fatal", "setLevel")),
    )
    example = Example(
        before="from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        "sc = SparkContext.getOrCreate()\nspark = GlueContext(sc).spark_session\n"
        "log4j = sc._jvm.org.apache.log4j\nlogger = log4j.LogManager.getLogger('load')\n"
        "logger.setLevel(log4j.Level.INFO)\nlogger.warn('empty')\n",
        after="import logging\nfrom pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        "logger = logging.getLogger('load')\nlogger.setLevel(logging.INFO)\nlogger.warning('empty')\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """Only the names of methods and levels change."""
        call.drop_everything()
        given, leaf = call.node.args, call.leaf
        if not without_context(call) or call.node.keywords:
            return ()
        if call.name in _MAKERS or call.name == _GLUE_LOGGER:
            named = given[0] if given else "" if "Root" in leaf else "__name__"
            note = call.info(f"`{shown(call)}` becomes a logger of Python", "")
            made = code("logging.getLogger({name})", name=named)
            return Rewrite(made, imports=("import logging",), findings=(note,))
        if leaf == "setLevel":
            return self._level(call)
        method = "critical" if leaf == "fatal" else _METHODS[leaf]
        if len(given) == 1:
            said = code("{logger}.{method}({text})", logger=call.receiver, method=method, text=given[0])
            return Rewrite(said)
        return call.blocker("a log4j logger is given more than a text", "log the error with logger.exception(text)")

    def _level(self, call: GlueCall) -> Answer:
        level = call.node.args[0] if len(call.node.args) == 1 else None
        name = level.attr if isinstance(level, ast.Attribute) else ""
        if name not in _LEVELS:
            return call.blocker("the level of a log4j logger is not written out", "use a level of logging")
        return Rewrite(
            code("{logger}.setLevel(logging.{level})", logger=call.receiver, level=_LEVELS[name]),
            imports=("import logging",),
            findings=(call.info(f"the log4j level {name} becomes logging's {_LEVELS[name]}", ""),),
        )

    def refer(self, use: Use) -> Answer:
        """A class of log4j that is named by itself stays; the check on compute reports it."""
        return ()
