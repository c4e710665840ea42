"""Data quality: `EvaluateDataQuality` -> `quality_outcomes` over rules in SQL, or nothing where nobody looks at its result.

Glue: aws-glue-api-crawler-pyspark-transforms-EvaluateDataQuality, the DQDL reference. Studio puts a call with
`ColumnCount > 0` before every sink and ignores what it returns; all it does is to publish a score to Glue.
"""

import ast

from glue2lakehouse.domain import Certainty, Finding
from glue2lakehouse.tools.rewrite.code import Code, Piece, code, joined
from glue2lakehouse.tools.rewrite.dqdl import Measure, NotSimple, measures
from glue2lakehouse.tools.rewrite.options import Options, quoted, read_options
from glue2lakehouse.tools.rewrite.rule import Answer, Example, GlueCall, Rewrite, Rule, Use

_CLASS = "awsgluedq.transforms.EvaluateDataQuality"
_KEYS = {
    "DATA_QUALITY_RULE_OUTCOMES_KEY": "ruleOutcomes",
    "ROW_LEVEL_OUTCOMES_KEY": "rowLevelOutcomes",
    "ORIGINAL_DATA_KEY": "originalData",
}
"""Studio's names for the frames of process_rows, in the assertion that fails a job for its rules."""


class DataQuality(Rule):
    """Rules that are aggregates or tests of single rows; others are handed off by name."""

    name = "data-quality"
    glue = (_CLASS, f"{_CLASS}.apply", f"{_CLASS}.process_rows", *(f"{_CLASS}.{name}" for name in _KEYS))
    example = Example(
        before="from awsglue.dynamicframe import DynamicFrame\nfrom awsgluedq.transforms import EvaluateDataQuality\n\n\n"
        "def check(frame: DynamicFrame):\n    EvaluateDataQuality().process_rows(frame=frame, ruleset=\"Rules = [ColumnCount > 0]\")\n"
        "    return EvaluateDataQuality.apply(frame=frame, ruleset='Rules = [IsComplete \"id\", RowCount > 10]')\n",
        after="from pyspark.sql import DataFrame\nfrom glue_compat import QualityRule, quality_outcomes\n\n\n"
        "def check(frame: DataFrame):\n    return quality_outcomes(frame, [\n"
        "        QualityRule('IsComplete \"id\"', \"Column.id.Completeness\", lambda value: value == 1, rows=\"`id` IS NOT NULL\"),\n"
        '        QualityRule("RowCount > 10", "Dataset.*.RowCount", lambda value: value > 10, total="count(1)"),\n    ])\n',
    )  # fmt: skip

    def rewrite(self, call: GlueCall) -> Answer:
        """A result that is assigned to a name which nothing reads is not looked at either."""
        if call.leaf in _KEYS:
            call.drop_everything()
            return call.blocker(f"{call.leaf} is called", "it is the key of a frame")
        if call.name == _CLASS:
            call.drop_everything()
            return ()
        target = call.assigned
        if call.stands_alone or (target is not None and not _read_later(call, target)):
            call.drop_everything()
            return Rewrite(
                remove=True,
                certainty=Certainty.CONDITIONAL,
                condition="nobody relies on the score that Glue publishes",
                findings=(
                    call.info("the data quality score is no longer published", "use Lakehouse Monitoring for it"),
                ),
            )
        return _evaluated(call)

    def refer(self, use: Use) -> Answer:
        """The class itself, or the key of one of the frames that process_rows gives."""
        if key := _KEYS.get(use.leaf):
            return Rewrite(code("{key}", key=quoted(key)), findings=(use.info(f"{use.leaf} is {key}", ""),))
        parent = use.place.parents.get(use.node)
        if isinstance(parent, ast.Call):
            return ()
        return use.blocker("the data quality transform is used as a value", "write its rules as expectations")


def _evaluated(call: GlueCall) -> Answer:
    frame, ruleset = call.argument("frame"), call.argument("ruleset")
    text = call.literal(ruleset)
    if frame is None or not isinstance(text, str):
        return call.blocker("the data quality rules are put together at run time", "write the ruleset out at the call")
    published = read_options(call, call.argument("publishing_options"))
    additional = read_options(call, call.argument("additional_options"))
    if isinstance(published, Finding) or isinstance(additional, Finding):
        return published if isinstance(published, Finding) else additional  # type: ignore[return-value]
    try:
        rules = measures(text)
    except NotSimple as error:
        return call.blocker(
            f"data quality: {error}",
            "write this rule as an aggregate or an expectation, the others as quality_outcomes",
        )
    by_row = additional.literal("compositeRuleEvaluation.method") == "ROW"
    if by_row and any(rule.members for rule in rules):
        return call.blocker("combined data quality rules are evaluated row by row", "test the rows with F.expr")
    if not isinstance(frame, ast.Name) and any(rule.columns or rule.exists for rule in _flat(rules)):
        return call.blocker("the frame of the data quality rules has no name", "assign the frame to a variable first")
    return _rewritten(call, frame, rules, additional, _notes(call, published, additional))


def _rewritten(
    call: GlueCall, frame: ast.expr, rules: list[Measure], additional: Options, notes: tuple[Finding, ...]
) -> Rewrite:
    indent = call.place.source.indent(call.place.statement(call.node))
    listed = _listed(rules, frame, indent)
    name = "quality_frames" if call.leaf == "process_rows" else "quality_outcomes"
    skipped = additional.literal("rowLevelConfiguration.filteredRowLabel") == "SKIPPED" and name == "quality_frames"
    result = code(
        "{name}({frame}, {rules}{skipped})",
        name=name, frame=frame, rules=listed, skipped=", skip_filtered=True" if skipped else "",
    )  # fmt: skip
    helpers = ("QualityRule", name)
    return Rewrite(
        result,
        certainty=Certainty.CONDITIONAL,
        condition="all columns that the rules name are there; the words of FailureReason are not Glue's",
        imports=tuple(f"from glue_compat import {name}" for name in helpers),
        compat=helpers,
        findings=notes,
    )


def _notes(call: GlueCall, published: Options, additional: Options) -> tuple[Finding, ...]:
    """Say what ends: publishing to Glue, CloudWatch and S3, and options that tune the evaluation."""
    shown = ", ".join(f"{key}={call.text(value)}" for options in (published, additional)
                      for key, value in options.values.items() if isinstance(value, ast.expr))  # fmt: skip
    if not shown:
        return (call.info("the data quality rules are written out in SQL", ""),)
    note = f"the data quality score is published nowhere any more; Glue's settings end here: {shown}"
    action = "write the outcomes to a table, or use Lakehouse Monitoring"
    return (call.warning(note, action) if published.given("resultsS3Prefix") else call.info(note, action),)


def _flat(rules: list[Measure]) -> list[Measure]:
    return [part for rule in rules for part in (rule.members or [rule])]


def _listed(rules: list[Measure], frame: ast.expr, indent: str) -> Code:
    pieces: list[Piece] = [_spelled(rule, frame) for rule in rules]
    inside = joined(f",\n{indent}    ", pieces)
    return code("[\n{indent}    {inside},\n{indent}]", indent=indent, inside=inside)


def _spelled(rule: Measure, frame: ast.expr) -> Code:
    given: list[Piece] = [quoted(rule.text)]
    if rule.members:
        members = joined(", ", [_spelled(member, frame) for member in rule.members])
        given.append(code("members=({members})", members=members))
        given += ["any_of=True"] if rule.any_of else []
        return code("QualityRule({given})", given=joined(", ", given))
    if rule.exists:
        total = code('total="1" if {name} in {frame}.columns else "0"', name=quoted(rule.exists), frame=frame)
        return code("QualityRule({given}, test=lambda value: value == 1, {total})", given=given[0], total=total)
    given += [quoted(rule.metric), f"lambda value: {rule.test}"]
    if rule.columns:
        given.append(code("total=str(len({frame}.columns))", frame=frame))
    for key in ("rows", "total", "where"):
        if spelled := getattr(rule, key):
            given.append(f"{key}={quoted(spelled)}")
    if rule.empty:
        given.append(f"empty={rule.empty}")
    return code("QualityRule({given})", given=joined(", ", given))


def _read_later(call: GlueCall, target: ast.Name) -> bool:
    return any(
        isinstance(node, ast.Name) and node.id == target.id and isinstance(node.ctx, ast.Load)
        for node in call.place.nodes
    )
