"""Data quality: `EvaluateDataQuality` goes where nobody looks at its result, and is handed off where somebody does.

Glue: aws-glue-api-crawler-pyspark-transforms-EvaluateDataQuality. Studio puts a call with `ColumnCount > 0` before every sink
and ignores what it returns; all it does is to publish a score to Glue.
"""

import ast

from glue2lakehouse.domain import Certainty
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use

_CLASS = "awsgluedq.transforms.EvaluateDataQuality"


class DataQuality(Rule):
    """See the module's page."""

    name = "data-quality"
    glue = (_CLASS, f"{_CLASS}.apply", f"{_CLASS}.process_rows")
    example = Example(
        before="from awsgluedq.transforms import EvaluateDataQuality\n\n\ndef check(frame):\n"
        '    EvaluateDataQuality().process_rows(frame=frame, ruleset="Rules = [ColumnCount > 0]")\n    return frame\n',
        after="def check(frame):\n    return frame\n",
    )

    def rewrite(self, call: GlueCall) -> Answer:
        """A result that is assigned to a name which nothing reads is not looked at either."""
        call.drop_everything()
        if call.name == _CLASS:
            return ()
        target = call.assigned
        unused = call.stands_alone or (target is not None and not _read_later(call, target))
        if unused:
            return Rewrite(
                remove=True,
                certainty=Certainty.CONDITIONAL,
                condition="nobody relies on the score that Glue publishes",
                findings=(
                    call.info("the data quality score is no longer published", "use Lakehouse Monitoring for it"),
                ),
            )
        return call.blocker(
            "the outcome of data quality rules is used",
            "write the rules as expectations, or as aggregates with F.count, F.countDistinct and F.avg",
        )

    def refer(self, use: Use) -> Answer:
        """The class itself."""
        parent = use.place.parents.get(use.node)
        if isinstance(parent, ast.Call):
            return ()
        return use.blocker("the data quality transform is used as a value", "write its rules as expectations")


def _read_later(call: GlueCall, target: ast.Name) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
        for node in call.place.nodes
    )
