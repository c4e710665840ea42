"""Paths of Spark's own readers and writers by the project's mapping: `spark.read.parquet("s3://raw/a")` -> a volume.

Databricks: volumes and external locations. Without a mapping, S3 paths stay. What is written out changes where it stands, a
path that is computed is looked up by the helper `mapped_path` when it runs; `moving` does both for Glue's reads and writes too.
"""

from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rule, Use
from glue2lakehouse.tools.rewrite.rules.rdd import read_of_rdd

_READS = "csv json load orc parquet text xml".split()
_WRITES = "csv json orc parquet save text xml".split()


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
        return ()

    def refer(self, use: Use) -> Answer:
        """A method that is handed on has no path yet."""
        return ()
