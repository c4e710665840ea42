"""What these jobs need of AWS Glue's behaviour that has no short Spark form; written by Glue2Lakehouse, plain PySpark.

Each function says what it keeps. Nothing here imports awsglue; change or inline it as you like.
"""

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
