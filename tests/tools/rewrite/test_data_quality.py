"""DQDL rulesets: what stays, and that the outcomes are those of the local Glue runtime."""

from types import SimpleNamespace
from typing import Any

import pytest

from glue2lakehouse.tools.rewrite import render_compat
from glue2lakehouse.tools.rewrite.dqdl import NotSimple, measures

HEAD = (
    "from awsglue.dynamicframe import DynamicFrame\nfrom awsgluedq.transforms import EvaluateDataQuality\n\n\n"
    "def check(frame: DynamicFrame, text):\n"
)
SIMPLE = """Rules = [
    # what is looked at as a whole
    RowCount > 2, RowCount between 1 and 4, ColumnCount = 4, ColumnExists "id", ColumnExists "none",
    IsComplete "id", IsComplete "name", Completeness "name" > 0.5, IsUnique "id", IsPrimaryKey "key", IsPrimaryKey "id",
    Uniqueness "id" >= 0.5, DistinctValuesCount "name" in [2, 3], Mean "score" > 1.5, Sum "score" = 6.5,
    StandardDeviation "score" < 10, Mean "score" > 1 where "id > 1",
    ColumnValues "score" > 1, ColumnValues "score" > 1 with threshold > 0.4, ColumnValues "score" between 0 and 9,
    ColumnValues "score" not between 0 and 2, ColumnValues "name" in ["a", "b", NULL], ColumnValues "name" in ["a", 'b'],
    ColumnValues "name" not in ["x"], ColumnValues "name" = "a", ColumnValues "name" != EMPTY, ColumnValues "id" != 2,
    ColumnValues "name" matches "[ab]+", ColumnValues "name" not matches "a", ColumnLength "name" = 1,
    ColumnLength "name" between 0 and 9, ColumnValues "score" > 1 where "name = 'a'", IsComplete "name" where "id = 3",
    CustomSql "select count(*) from primary" > 3, CustomSql "SELECT count(distinct name) FROM primary" = 2,
    CustomSql "select count(1) as n from primary where score > 1 and name is not null" between 0 and 2,
    CustomSql "select count(name) from primary where name = 'a'" != 2,
    (IsComplete "name") and (RowCount > 1), (IsComplete "name") or (ColumnValues "id" > 0)
]
Analyzers = [ Completeness "id" ]"""
ROWS = [(1, 10, "a", 1.0), (2, 20, "b", 2.5), (2, 30, None, 3.0), (3, 40, "a", None)]


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("a rule over time", "return EvaluateDataQuality.apply(frame, 'Rules = [ RowCount > avg(last(3)) ]')"),
        ("files", "return EvaluateDataQuality.apply(frame, 'Rules = [ FileFreshness \"s3://b/\" < 3 hours ]')"),
        ("another data set", "return EvaluateDataQuality.apply(frame, 'Rules = [ ReferentialIntegrity \"a\" \"b.c\" = 1 ]')"),
        ("a sum may be none", "return EvaluateDataQuality.apply(frame, 'Rules = [ CustomSql \"select sum(a) from primary\" > 1 ]')"),
        ("rows are asked for", "return EvaluateDataQuality.apply(frame, 'Rules = [ CustomSql \"select a from primary where a > 1\" ]')"),
        ("groups", "return EvaluateDataQuality.apply(frame, 'Rules = [ CustomSql \"select count(*) from primary group by a\" > 1 ]')"),
        ("groups of some rows", "return EvaluateDataQuality.apply(frame, "
         "'Rules = [ CustomSql \"select count(*) from primary where a > 1 group by a\" > 1 ]')"),
        ("another table", "return EvaluateDataQuality.apply(frame, 'Rules = [ CustomSql \"select count(*) from d.t\" > 1 ]')"),
        ("a join", "return EvaluateDataQuality.apply(frame, "
         "'Rules = [ CustomSql \"select count(*) from primary join d.t on a = b\" > 1 ]')"),
        ("the frame's name before a column", "return EvaluateDataQuality.apply(frame, "
         "'Rules = [ CustomSql \"select count(*) from primary where primary.a > 1\" > 1 ]')"),
        ("a query within", "return EvaluateDataQuality.apply(frame, "
         "'Rules = [ CustomSql \"select count(*) from primary where a in (select b from c.d)\" > 1 ]')"),
        ("filtered twice", "return EvaluateDataQuality.apply(frame, "
         "'Rules = [ CustomSql \"select count(*) from primary where a > 1\" > 1 where \"b > 1\" ]')"),
        ("a text that is put together", "return EvaluateDataQuality.apply(frame, text)"),
        ("a quote inside", "return EvaluateDataQuality.apply(frame, 'Rules = [ ColumnValues \"a\" = \"it\\'s\" ]')"),
        ("rows decide", "return EvaluateDataQuality().process_rows(frame, 'Rules = [ (IsComplete \"a\") or (IsUnique \"b\") ]', "
         "additional_options={'compositeRuleEvaluation.method': 'ROW'})"),
        ("and before or", "return EvaluateDataQuality.apply(frame, 'Rules = [ (RowCount > 1) or (RowCount > 2) and (RowCount > 3) ]')"),
    ],
)  # fmt: skip
def test_what_has_no_short_equal_is_handed_off(convert, blockers, why: str, line: str) -> None:
    assert line in convert(HEAD + f"    {line}\n").after, why
    assert len(blockers(HEAD + f"    {line}\n")) == 1


def test_the_assertion_that_fails_a_job_for_its_rules_goes_on(convert, blockers) -> None:
    source = HEAD + (
        "    found = EvaluateDataQuality().process_rows(frame=frame, ruleset='Rules = [ RowCount > 1 ]')\n"
        "    key = EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY\n"
        "    assert found[EvaluateDataQuality.DATA_QUALITY_RULE_OUTCOMES_KEY].filter("
        'lambda x: x["Outcome"] == "Failed").count() == 0, key\n'
    )
    after = convert(source).after
    assert 'key = "ruleOutcomes"' in after
    assert (
        'assert filter_typed(found["ruleOutcomes"], F.col("Outcome") == "Failed", {"Outcome": "text"}).count() == 0'
        in after
    )
    assert blockers(source) == []


def test_the_settings_of_the_score_that_end_are_said(convert) -> None:
    options = "{'dataQualityEvaluationContext': 'orders', 'resultsS3Prefix': 's3://dq/'}"
    line = f"    return EvaluateDataQuality.apply(frame, 'Rules = [RowCount > 1]', {options})\n"
    (found,) = convert(HEAD + line).findings
    assert "dataQualityEvaluationContext='orders', resultsS3Prefix='s3://dq/'" in found.message


def test_a_ruleset_is_read_rule_by_rule() -> None:
    assert [measure.text for measure in measures("Rules=[RowCount>1,\n  IsUnique  'a' ]")] == [
        "RowCount>1",
        "IsUnique 'a'",
    ]
    with pytest.raises(NotSimple, match="Rules"):
        measures("RowCount > 1")


@pytest.mark.spark
@pytest.mark.parametrize("rows", [ROWS, []], ids=["rows", "empty"])
def test_outcomes_and_metrics_are_those_of_glue(spark: Any, convert, rows: list[tuple[Any, ...]]) -> None:
    from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
    from glue2lakehouse.tools.glue_runtime.quality.evaluation import EvaluateDataQuality

    frame = spark.createDataFrame(rows, "id int, key int, name string, score double")
    source = HEAD + f"    return EvaluateDataQuality().process_rows(frame=frame, ruleset='''{SIMPLE}''')\n"
    conversion = convert(source)
    compat: dict[str, Any] = {"__name__": "glue_compat"}
    exec(compile(render_compat(conversion.compat), "glue_compat.py", "exec"), compat)
    space = dict(compat)
    exec(conversion.after.replace("from glue_compat import QualityRule, quality_frames\n", ""), space)
    context: Any = SimpleNamespace(spark_session=spark)
    original = EvaluateDataQuality().process_rows(DynamicFrame.fromDF(frame, context, "f"), SIMPLE)
    converted = space["check"](frame, None)
    expected = [tuple(row) for row in original.select("ruleOutcomes").toDF().select("Rule", "Outcome").collect()]
    assert [tuple(row) for row in converted["ruleOutcomes"].select("Rule", "Outcome").collect()] == expected
    if not rows:
        return
    verdicts = ["key", "name", "DataQualityRulesPass", "DataQualityRulesFail", "DataQualityEvaluationResult"]
    judged = {str(tuple(row)) for row in converted["rowLevelOutcomes"].select(verdicts).collect()}
    assert judged == {str(tuple(row)) for row in original.select("rowLevelOutcomes").toDF().select(verdicts).collect()}
    metrics = {row["Rule"]: row["EvaluatedMetrics"] for row in original.select("ruleOutcomes").toDF().collect()}
    for row in converted["ruleOutcomes"].collect():
        assert row["EvaluatedMetrics"] == pytest.approx(metrics[row["Rule"]] or {}), row["Rule"]
