"""`awsgluedq.transforms.EvaluateDataQuality`: outcomes per rule and per row (semantics 17)."""

import math
import re
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.collection import DynamicFrameCollection
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.quality.dqdl import Condition, Keyword, Rule, parse_ruleset
from glue2lakehouse.tools.glue_runtime.records import Cell, array_cell, map_cell, plain
from glue2lakehouse.tools.glue_runtime.spark_bridge import to_data_frame

Row = dict[str, Any]


class Outcome(NamedTuple):
    """A rule's outcome; `rows` holds one answer per row for rules that have one, None for filtered rows."""

    passed: bool
    reason: str
    metrics: dict[str, float]
    rows: list[bool | None] | None = None


class Evaluator:
    """Evaluates rules on plain rows; SQL goes to the frame's session."""

    def __init__(self, frame: DynamicFrame, by_row: bool) -> None:
        self.frame = frame
        self.rows: list[Row] = [plain(record) for record in frame.batch().records]
        self.columns = [field.name for field in frame.schema().fields]
        self.by_row = by_row

    def evaluate(self, rule: Rule) -> Outcome:
        """Return the outcome of a rule or composite."""
        if rule.members:
            return self._composite(rule)
        kept = self._filtered(rule)
        rows = [row for row, keep in zip(self.rows, kept, strict=True) if keep]
        for column in rule.arguments if rule.kind not in ("CustomSql", "ColumnExists") else ():
            if column not in self.columns:
                return Outcome(False, f"Column {column} does not exist", {})
        outcome = _RULES[rule.kind](self, rule, rows)
        if outcome.rows is None:
            return outcome
        answers = iter(outcome.rows)
        return outcome._replace(rows=[next(answers) if keep else None for keep in kept])

    def _composite(self, rule: Rule) -> Outcome:
        outcomes = [self.evaluate(member) for member in rule.members]
        combine: Callable[[Any], bool] = all if rule.joined_by == "and" else any
        metrics = {key: value for outcome in outcomes for key, value in outcome.metrics.items()}
        rows: list[bool | None] | None = None
        if all(outcome.rows is not None for outcome in outcomes):
            rows = [combine([bool(answer) for answer in answers if answer is not None]) if any(answer is not None for answer in answers) else None for answers in zip(*(outcome.rows or [] for outcome in outcomes), strict=True)]  # fmt: skip
        if self.by_row and rows is not None:
            passed = all(answer is not False for answer in rows)
        else:
            passed = combine([outcome.passed for outcome in outcomes])
        reason = "" if passed else "; ".join(outcome.reason for outcome in outcomes if outcome.reason)
        return Outcome(passed, reason, metrics, rows)

    def _filtered(self, rule: Rule) -> list[bool]:
        if not rule.where or not self.rows:
            return [True] * len(self.rows)
        found = self.sql(f"select *, ({rule.where}) as g2l_keep from primary")
        return [bool(row["g2l_keep"]) for row in found]

    def sql(self, text: str) -> list[Any]:
        """Run SQL over `primary`, the evaluated frame."""
        context = self.frame.glue_ctx
        view = f"primary_{uuid.uuid4().hex}"
        to_data_frame(context.spark_session, self.frame.batch()).coalesce(1).createOrReplaceTempView(view)
        return list(context.spark_session.sql(re.sub(r"\bprimary\b", view, text)).collect())


def holds(value: Any, condition: Condition) -> bool:
    """Compare; a null satisfies nothing but NULL in a list, text and number compare as their own kinds."""
    found: bool
    op = condition.op.removeprefix("not ")
    negated = condition.op.startswith("not ")
    if op == "in":
        found = any(_equals(value, item) for item in condition.operands)
    elif op == "between":
        low, high = condition.operands
        found = value is not None and bool(_order(value, low) > 0) and bool(_order(value, high) < 0)
    elif op == "matches":
        found = value is not None and re.fullmatch(str(condition.operands[0]), str(value)) is not None
    else:
        return _compare(value, op, condition.operands[0])
    return (value is not None or op == "in") and not found if negated else found


def _equals(value: Any, item: Any) -> bool:
    if isinstance(item, Keyword):
        kinds: dict[str, bool] = {"NULL": value is None, "EMPTY": value == "", "WHITESPACES_ONLY": isinstance(value, str) and bool(value) and not value.strip()}  # fmt: skip
        return kinds[item.name]
    if value is None:
        return False
    return str(value) == item if isinstance(item, str) else _order(value, item) == 0


def _order(value: Any, operand: Any) -> float:
    if isinstance(operand, str):
        text = str(value)
        return (text > operand) - (text < operand)
    try:
        return float(value) - float(operand)
    except (TypeError, ValueError):
        return math.nan


def _compare(value: Any, op: str, operand: Any) -> bool:
    if isinstance(operand, Keyword):
        return _equals(value, operand) == (op == "=")
    if value is None:
        return False
    order = _order(value, operand)
    return {"=": order == 0, "!=": order != 0, ">": order > 0, ">=": order >= 0, "<": order < 0, "<=": order <= 0}[op]


def _metric(name: str, entity: str, rule: Rule, value: float, rows: list[bool | None] | None = None) -> Outcome:
    condition = rule.condition or Condition("=", (1.0,))
    passed = holds(value, condition)
    reason = "" if passed else f"Value: {value} does not meet the constraint requirement!"
    return Outcome(passed, reason, {f"{entity}.{name}": float(value)}, rows)


def _column(rule: Rule) -> str:
    return f"Column.{','.join(rule.arguments)}"


def _keys(rule: Rule, rows: list[Row]) -> list[tuple[Any, ...]]:
    return [tuple(repr(row.get(name)) if isinstance(row.get(name), dict | list) else row.get(name) for name in rule.arguments) for row in rows]  # fmt: skip


def _present(rule: Rule, rows: list[Row]) -> list[bool | None]:
    return [all(row.get(name) is not None for name in rule.arguments) for row in rows]


def _share(answers: list[bool | None]) -> float:
    return sum(bool(answer) for answer in answers) / len(answers) if answers else 0.0


def _completeness(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    answers = _present(rule, rows)
    return _metric("Completeness", _column(rule), rule, _share(answers), answers)


def _uniqueness(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    counts = Counter(_keys(rule, rows))
    answers: list[bool | None] = [counts[key] == 1 for key in _keys(rule, rows)]
    return _metric("Uniqueness", _column(rule), rule, _share(answers), answers)


def _primary_key(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    complete, unique = _completeness(evaluator, rule, rows), _uniqueness(evaluator, rule, rows)
    answers: list[bool | None] = [
        bool(a) and bool(b) for a, b in zip(complete.rows or [], unique.rows or [], strict=True)
    ]
    passed = complete.passed and unique.passed
    return Outcome(passed, complete.reason or unique.reason, {**complete.metrics, **unique.metrics}, answers)


def _unique_ratio(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    counts = Counter(key for key in _keys(rule, rows) if None not in key)
    singles = sum(count == 1 for count in counts.values())
    return _metric("UniqueValueRatio", _column(rule), rule, singles / len(counts) if counts else 0.0)


def _distinct(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    distinct = {key for key in _keys(rule, rows) if None not in key}
    return _metric("DistinctValuesCount", _column(rule), rule, len(distinct))


def _values(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    assert rule.condition is not None
    answers: list[bool | None] = [holds(row.get(rule.arguments[0]), rule.condition) for row in rows]
    return _by_threshold(rule, answers, "ColumnValues.Compliance")


def _length(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    assert rule.condition is not None
    texts = [row.get(rule.arguments[0]) for row in rows]
    answers: list[bool | None] = [text is not None and holds(len(str(text)), rule.condition) for text in texts]
    return _by_threshold(rule, answers, "ColumnLength.Compliance")


def _by_threshold(rule: Rule, answers: list[bool | None], name: str) -> Outcome:
    share = _share(answers) if answers else 1.0
    passed = holds(share, rule.threshold) if rule.threshold else share == 1.0
    reason = "" if passed else f"Value: {share} does not meet the constraint requirement!"
    return Outcome(passed, reason, {f"{_column(rule)}.{name}": share}, answers)


def _numbers(rule: Rule, rows: list[Row]) -> list[float]:
    return [float(row[rule.arguments[0]]) for row in rows if isinstance(row.get(rule.arguments[0]), int | float) or hasattr(row.get(rule.arguments[0]), "as_tuple")]  # fmt: skip


def _mean(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    numbers = _numbers(rule, rows)
    return _metric("Mean", _column(rule), rule, sum(numbers) / len(numbers) if numbers else math.nan)


def _sum(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    return _metric("Sum", _column(rule), rule, sum(_numbers(rule, rows)))


def _deviation(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    numbers = _numbers(rule, rows)
    mean = sum(numbers) / len(numbers) if numbers else math.nan
    spread = math.sqrt(sum((number - mean) ** 2 for number in numbers) / len(numbers)) if numbers else math.nan
    return _metric("StandardDeviation", _column(rule), rule, spread)


def _entropy(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    counts = Counter(key for key in _keys(rule, rows) if None not in key)
    total = sum(counts.values())
    value = -sum(count / total * math.log(count / total) for count in counts.values()) if total else 0.0
    return _metric("Entropy", _column(rule), rule, value)


def _custom_sql(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    found = evaluator.sql(rule.arguments[0])
    if rule.condition is None:
        passed = not found
        return Outcome(passed, "" if passed else f"{len(found)} rows were returned", {})
    value = found[0][0] if found else None
    return _metric("CustomSQL", "Dataset.*", rule, float(value) if value is not None else math.nan)


def _column_exists(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    passed = rule.arguments[0] in evaluator.columns
    return Outcome(passed, "" if passed else f"Column {rule.arguments[0]} does not exist", {})


def _column_count(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    return _metric("ColumnCount", "Dataset.*", rule, len(evaluator.columns))


def _row_count(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    return _metric("RowCount", "Dataset.*", rule, len(rows))


def _data_type(evaluator: Evaluator, rule: Rule, rows: list[Row]) -> Outcome:
    assert rule.condition is not None
    wanted = str(rule.condition.operands[0]).lower()
    kind = evaluator.frame.schema().getField(rule.arguments[0]).dataType.typeName()
    same = {"integer": "int", "long": "long"}.get(wanted, wanted) == kind
    passed = same == (rule.condition.op == "=")
    return Outcome(passed, "" if passed else f"Column {rule.arguments[0]} is {kind}", {})


_RULES: dict[str, Callable[[Evaluator, Rule, list[Row]], Outcome]] = {
    "ColumnExists": _column_exists, "ColumnCount": _column_count, "RowCount": _row_count,
    "IsComplete": _completeness, "Completeness": _completeness, "IsUnique": _uniqueness, "Uniqueness": _uniqueness,
    "IsPrimaryKey": _primary_key, "UniqueValueRatio": _unique_ratio, "DistinctValuesCount": _distinct,
    "ColumnValues": _values, "ColumnLength": _length, "Mean": _mean, "Sum": _sum, "StandardDeviation": _deviation,
    "CustomSql": _custom_sql, "ColumnDataType": _data_type, "Entropy": _entropy,
}  # fmt: skip


def _outcome_frame(frame: DynamicFrame, pairs: list[tuple[Rule, Outcome]]) -> DynamicFrame:
    text = t.StringType()
    records = [
        {
            "Rule": Cell(text, rule.text),
            "Outcome": Cell(text, "Passed" if outcome.passed else "Failed"),
            "FailureReason": Cell(text, outcome.reason or None),
            "EvaluatedMetrics": map_cell(
                {name: Cell(t.DoubleType(), value) for name, value in outcome.metrics.items()}
            ),
        }
        for rule, outcome in pairs
    ]
    return DynamicFrame(lambda: Batch(records), frame.glue_ctx, "ruleOutcomes")


def _evaluate(frame: DynamicFrame, ruleset: str, options: dict[str, Any]) -> list[tuple[Rule, Outcome]]:
    by_row = str(options.get("compositeRuleEvaluation.method", "COLUMN")).upper() == "ROW"
    evaluator = Evaluator(frame, by_row)
    return [(rule, evaluator.evaluate(rule)) for rule in parse_ruleset(ruleset)]


def _row_frame(frame: DynamicFrame, pairs: list[tuple[Rule, Outcome]], skipped: bool) -> DynamicFrame:
    text = t.StringType()
    records = []
    for at, record in enumerate(frame.batch().records):
        verdicts: dict[str, list[str]] = {"Pass": [], "Fail": [], "Skip": []}
        for rule, outcome in pairs:
            if outcome.rows is None:
                verdicts["Skip"].append(rule.text)
                continue
            answer = outcome.rows[at]
            verdicts["Pass" if answer or (answer is None and not skipped) else "Skip" if answer is None else "Fail"].append(rule.text)  # fmt: skip
        own = {
            f"DataQualityRules{name}": array_cell([Cell(text, rule) for rule in rules])
            for name, rules in verdicts.items()
        }
        records.append({**record, **own, "DataQualityEvaluationResult": Cell(text, "Failed" if verdicts["Fail"] else "Passed")})  # fmt: skip
    return DynamicFrame(lambda: Batch(records, None), frame.glue_ctx, "rowLevelOutcomes")


class EvaluateDataQuality:
    """Evaluate a ruleset on a frame."""

    DATA_QUALITY_RULE_OUTCOMES_KEY = "ruleOutcomes"
    ROW_LEVEL_OUTCOMES_KEY = "rowLevelOutcomes"
    ORIGINAL_DATA_KEY = "originalData"

    @classmethod
    def apply(cls, frame: DynamicFrame, ruleset: str, publishing_options: Any = None, *args: Any, **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Return one row per rule."""
        return _outcome_frame(frame, _evaluate(frame, ruleset, dict(kwargs.get("additional_options") or {})))

    def process_rows(self, frame: DynamicFrame, ruleset: str, publishing_options: Any = None, additional_options: Any = None) -> DynamicFrameCollection:  # fmt: skip
        """Return originalData, ruleOutcomes and rowLevelOutcomes."""
        options = dict(additional_options or {})
        pairs = _evaluate(frame, ruleset, options)
        skipped = str(options.get("rowLevelConfiguration.filteredRowLabel", "PASSED")).upper() == "SKIPPED"
        frames = {
            "originalData": frame,
            "ruleOutcomes": _outcome_frame(frame, pairs),
            "rowLevelOutcomes": _row_frame(frame, pairs, skipped),
        }
        return DynamicFrameCollection(frames, frame.glue_ctx)
