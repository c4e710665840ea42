"""Paths of Spark's own readers and writers by the project's mapping: `spark.read.parquet("s3://raw/a")` -> a volume.

Databricks: volumes and external locations. Without a mapping, S3 paths stay. What is written out changes where it stands, a
path that is computed is looked up by the helper `mapped_path` when it runs; `moving` does both for Glue's reads and writes too.
"""

from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rule, Use
from glue2lakehouse.tools.rewrite.rules.rdd import read_of_rdd
from glue2lakehouse.tools.rewrite.sql.views import views_of

_READS = "csv json load orc parquet text xml".split()
_WRITES = "csv json orc parquet save text xml".split()


_ELSEWHERE = ("iceberg", "hudi", "org.apache.hudi", "dynamodb")
"""Formats that `lake-formats` answers for where `format` names them."""


class MappedPaths(Rule):
    """Only the text of the path changes; an RDD of texts, which not all compute has, becomes the texts themselves."""

    name = "mapped-paths"
    glue = (*(f"{SQL_READER}.{name}" for name in _READS), *(f"{SQL_WRITER}.{name}" for name in _WRITES))
    example = None

    def rewrite(self, call: GlueCall) -> Answer:
        """Every literal among the paths that a mapped prefix covers."""
        call.drop_everything()
        if (answer := read_of_rdd(call)) is not None:
            return answer
        form = _format_beside_path(call)
        if form not in _ELSEWHERE or not views_of(call.place.world).uses_glue:
            return ()
        return call.blocker(
            f"{form} is named in {call.leaf}(), where it is not converted",
            f'write .format("{form}") before .{call.leaf}(), then convert again',
        )

    def refer(self, use: Use) -> Answer:
        """A method that is handed on has no path yet."""
        return ()


def _format_beside_path(call: GlueCall) -> str:
    """Return the format that `load` or `save` is given itself, in lower case."""
    if call.leaf not in ("load", "save"):
        return ""
    named = next((keyword.value for keyword in call.node.keywords if keyword.arg == "format"), None)
    given = call.literal(named or next(iter(call.node.args[1:2]), None))
    return given.lower() if isinstance(given, str) else ""
