"""Paths of Spark's own readers and writers by the project's mapping: `spark.read.parquet("s3://raw/a")` -> a volume.

Databricks: volumes and external locations. Without a mapping, S3 paths stay; a path that is computed stays as well, beyond
the part of an f-string that is written out.
"""

import ast

from glue2lakehouse.tools.rewrite.code import Code
from glue2lakehouse.tools.rewrite.kinds.stubs import SQL_READER, SQL_WRITER
from glue2lakehouse.tools.rewrite.literals import HOLE, read_literal
from glue2lakehouse.tools.rewrite.rule import Answer, GlueCall, Rewrite, Rule, Use
from glue2lakehouse.tools.rewrite.rules.rdd import read_of_rdd
from glue2lakehouse.tools.rewrite.views import views_of

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
        if not call.settings.paths or not views_of(call.place.world).uses_glue:
            return ()
        given = [*call.node.args, *(k.value for k in call.node.keywords if k.arg in ("path", "paths"))]
        literals = [
            item for node in given for item in (node.elts if isinstance(node, ast.List | ast.Tuple) else [node])
        ]
        others = tuple((node, new) for node in literals if (new := _mapped(call, node)) is not None)
        return Rewrite(others=others) if others else ()

    def refer(self, use: Use) -> Answer:
        """A method that is handed on has no path yet."""
        return ()


def _mapped(call: GlueCall, node: ast.expr) -> Code | None:
    written = isinstance(node, ast.Constant) and isinstance(node.value, str)
    if not written and not isinstance(node, ast.JoinedStr):
        return None
    text = read_literal(call.text(node))
    if text is None:
        return None
    head = text.text.split(HOLE)[0]
    mapped = call.settings.path_for(head)
    if mapped == head or not head or text.source[text.places[0] : text.places[len(head) - 1] + 1] != head:
        return None
    return Code((text.replaced([(0, len(head), mapped)]),))
