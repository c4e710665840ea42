"""Log with Python's logging: `glueContext.get_logger()` -> `logging.getLogger(__name__)`.

Glue: aws-glue-programming-etl-glue-logger. The Glue logger has info, warn, error and writes to CloudWatch; a Databricks
job's driver log takes its place.
"""

from glue2lakehouse.tools.rewrite.kinds.stubs import LOGGER
from glue2lakehouse.tools.rewrite.kinds.values import GLUE_CONTEXT
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, code

_METHODS = {"info": "info", "warn": "warning", "error": "error", "debug": "debug", "trace": "debug"}


class GlueLogger(Rule):
    """The logger and its methods; `warn` is called `warning` in Python."""

    name = "glue-logger"
    glue = (f"{GLUE_CONTEXT}.get_logger", *(f"{LOGGER}.{name}" for name in _METHODS))
    example = Example(
        before="from awsglue.context import GlueContext\n\nglueContext = GlueContext()\n"
        'logger = glueContext.get_logger()\nlogger.warn("empty")\n',
        after="import logging\nfrom pyspark.sql import SparkSession\n\nspark = SparkSession.builder.getOrCreate()\n"
        'logger = logging.getLogger(__name__)\nlogger.warning("empty")\n',
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A percent sign in the text stays as it is: logging formats only when it is given arguments."""
        if call.leaf == "get_logger":
            return Rewrite(code("logging.getLogger(__name__)"), imports=("import logging",))
        given = list(call.node.args)
        call.drop_everything()
        if len(given) == 1 and not call.node.keywords:
            return Rewrite(
                code("{logger}.{method}({message})", logger=call.receiver, method=_METHODS[call.leaf], message=given[0])
            )
        return call.blocker("the Glue logger takes one text", "pass one text, or arguments as logging formats them")
