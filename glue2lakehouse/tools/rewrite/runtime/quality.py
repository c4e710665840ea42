"""Data quality rules, evaluated as Glue's EvaluateDataQuality does."""

from dataclasses import dataclass

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


@dataclass
class QualityRule:
    """A rule: the share of rows for which `rows` holds, or the aggregate `total`, both SQL, and a test on that number.

    Only rows that `where` keeps are looked at. A rule with `members` holds where all of them do, or one with `any_of`.
    """

    text: str
    metric: str = ""
    test: object = None
    rows: str = ""
    total: str = ""
    where: str = ""
    empty: float = 0.0
    members: tuple = ()
    any_of: bool = False


def quality_outcomes(frame: DataFrame, rules: list) -> DataFrame:
    """Return a row for each rule: Rule, Outcome (Passed or Failed), FailureReason and EvaluatedMetrics."""
    parts = [part for rule in rules for part in (rule.members or [rule])]
    marked = frame.withColumns({f"quality_{at}": F.expr(part.rows) for at, part in enumerate(parts) if part.rows})
    numbers = iter(marked.agg(*[F.expr(_measured(at, part)).cast("double") for at, part in enumerate(parts)]).first())
    found = [_outcome(rule, [(part, next(numbers)) for part in rule.members or [rule]]) for rule in rules]
    schema = "Rule string, Outcome string, FailureReason string, EvaluatedMetrics map<string,double>"
    return frame.sparkSession.createDataFrame(found, schema)


def _measured(at, rule):
    only = f" FILTER (WHERE {rule.where})" if rule.where else ""
    if rule.total:
        return f"{rule.total}{only}"
    return f"coalesce(avg(CASE WHEN quality_{at} THEN 1D ELSE 0D END){only}, {rule.empty}D)"


def _outcome(rule, measured):
    answers = [number is not None and bool(part.test(number)) for part, number in measured]
    passed = any(answers) if rule.any_of else all(answers)
    reasons = [
        f"Value: {number} does not meet the constraint requirement!" if part.metric else "The column does not exist"
        for (part, number), answer in zip(measured, answers, strict=True)
        if not answer
    ]
    metrics = {part.metric: number for part, number in measured if part.metric}
    return rule.text, "Passed" if passed else "Failed", None if passed else "; ".join(reasons), metrics


def quality_rows(frame: DataFrame, rules: list, skip_filtered: bool = False) -> DataFrame:
    """Return the frame with the rules that each row passes, fails and is not judged by, and its own result.

    A row that a rule's `where` leaves out counts as passed, or as skipped.
    """
    states = [_state(rule, "Skip" if skip_filtered else "Pass") for rule in rules]
    columns = {
        f"DataQualityRules{word}": F.array_compact(
            F.array(*[F.when(state == word, F.lit(rule.text)) for rule, state in zip(rules, states, strict=True)])
        )
        for word in ("Pass", "Fail", "Skip")
    }
    failed = F.size("DataQualityRulesFail") > 0
    result = F.when(failed, "Failed").otherwise("Passed")
    return frame.withColumns(columns).withColumn("DataQualityEvaluationResult", result)


def _state(rule, left_out):
    parts = rule.members or [rule]
    if not all(part.rows for part in parts):
        return F.lit("Skip")
    joint = " OR " if rule.any_of else " AND "
    good = F.expr(joint.join(f"coalesce({part.rows}, false)" for part in parts))
    state = F.when(good, "Pass").otherwise("Fail")
    where = " AND ".join(f"coalesce({part.where}, false)" for part in parts if part.where)
    return F.when(F.expr(f"NOT ({where})"), left_out).otherwise(state) if where else state


def quality_frames(frame: DataFrame, rules: list, skip_filtered: bool = False) -> dict:
    """Return the three frames that Glue's process_rows gives: originalData, ruleOutcomes and rowLevelOutcomes."""
    rows = quality_rows(frame, rules, skip_filtered)
    return {"originalData": frame, "ruleOutcomes": quality_outcomes(frame, rules), "rowLevelOutcomes": rows}
