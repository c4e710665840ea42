"""DQDL rules as SQL: what each rule counts, which rows satisfy it, and the test on the number.

Source: the DQDL reference of the Glue guide. Rules that need history, another table, files or a model are in none of this.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_TOKEN = re.compile(
    r"""\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\[\](),]|!=|>=|<=|=|>|<|[A-Za-z_][\w.]*|[+-]?\d+(?:\.\d+)?)"""
)
_COMPARISONS = frozenset({"=", "!=", ">", ">=", "<", "<="})


class NotSimple(Exception):
    """A rule that has no short equivalent; the text says which and why."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison: `op` is one of = != > >= < <= in between matches, negated or not; operands as DQDL spells them."""

    op: str
    operands: tuple[str, ...]
    negated: bool = False


@dataclass(slots=True)
class Measure:
    """One rule. `rows` is SQL that is true for good rows, or `total` an aggregate; `test` is Python on the number `value`.

    `columns` says that the number of columns is asked for, `exists` the column that has to be there.
    """

    text: str
    metric: str = ""
    test: str = "value == 1"
    rows: str = ""
    total: str = ""
    where: str = ""
    empty: float = 0.0
    columns: bool = False
    exists: str = ""
    members: list["Measure"] = field(default_factory=list)
    any_of: bool = False


def measures(ruleset: str) -> list[Measure]:
    """Return the rules of a ruleset. Raises NotSimple for one that cannot be put into SQL."""
    text = re.sub(r"(?m)^\s*#.*$", "", ruleset)
    body = re.search(r"Rules\s*=\s*\[(.*?)\]\s*(?:Analyzers\s*=\s*\[.*\]\s*)?$", text.strip(), re.DOTALL)
    if body is None:
        raise NotSimple("the ruleset is not of the form Rules = [ ... ]")
    return [_measure(" ".join(part.split())) for part in _split(body[1]) if part.strip()]


def _split(text: str) -> list[str]:
    parts, depth, quote = [""], 0, ""
    for char in text:
        if quote:
            quote = "" if char == quote else quote
        elif char in "\"'":
            quote = char
        elif char in "[(":
            depth += 1
        elif char in "])":
            depth -= 1
        if char == "," and depth == 0 and not quote:
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _measure(text: str) -> Measure:
    if not text.startswith("("):
        return _Reader(text).measure()
    members = re.split(r"(?<=\))\s*(and|or)\s*(?=\()", text, flags=re.IGNORECASE)
    joiners = {joiner.lower() for joiner in members[1::2]}
    parts = [part.strip() for part in members[::2]]
    if len(joiners) > 1 or not all(part.startswith("(") and part.endswith(")") for part in parts):
        raise NotSimple(f"`{text}` mixes and with or")
    inner = [_measure(part[1:-1].strip()) for part in parts]
    if any(member.members for member in inner):
        raise NotSimple(f"`{text}` nests combined rules")
    return inner[0] if len(inner) == 1 else Measure(text, members=inner, any_of=joiners == {"or"})


class _Reader:
    """Reads one rule token by token."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: list[str] = _TOKEN.findall(text)
        if "".join(self.tokens) != re.sub(r"\s+(?=(?:[^\"']|\"[^\"]*\"|'[^']*')*$)", "", text):
            raise NotSimple(f"`{text}` cannot be read")

    def take(self, *wanted: str) -> str:
        if not self.tokens or (wanted and self.tokens[0].lower() not in wanted):
            raise NotSimple(f"`{self.text}` cannot be read")
        return self.tokens.pop(0)

    def measure(self) -> Measure:
        kind = self.take()
        make = _KINDS.get(kind)
        if make is None:
            raise NotSimple(f"the rule {kind} needs history, another data set, files or a model")
        columns = []
        while self.tokens and self.tokens[0][0] in "\"'":
            columns.append(self.take()[1:-1])
        condition = self.condition() if self.tokens and self.tokens[0].lower() not in ("with", "where") else None
        threshold = None
        where = ""
        while self.tokens:
            if self.take("with", "where").lower() == "where":
                where = self.take()[1:-1]
            else:
                self.take("threshold")
                threshold = self.condition()
        made = make(self.text, columns, condition)
        if threshold is not None:
            made.test = _test(threshold)
        if where and ("OVER (" in made.rows or made.columns or made.exists):
            raise NotSimple(f"`{self.text}` filters what is looked at as a whole")
        if where and made.where:
            raise NotSimple(f"`{self.text}` filters what its query filters as well")
        made.where = where or made.where
        return made

    def condition(self) -> Condition:
        op = self.take().lower()
        negated = op == "not"
        op = self.take().lower() if negated else op
        if op == "in":
            self.take("[")
            found = []
            while self.tokens and self.tokens[0] != "]":
                found.append(self.take())
                if self.tokens and self.tokens[0] == ",":
                    self.take()
            self.take("]")
            return Condition(op, tuple(found), negated)
        if op == "between":
            low = self.take()
            self.take("and")
            return Condition(op, (low, self.take()), negated)
        if op == "matches" or op in _COMPARISONS:
            return Condition(op, (self.take(),), negated)
        raise NotSimple(f"`{self.text}` compares by {op}")


def _number(token: str) -> str:
    if not re.fullmatch(r"[+-]?\d+(\.\d+)?", token):
        raise NotSimple(f"`{token}` is no written-out number")
    return token.lstrip("+")


def _test(condition: Condition | None) -> str:
    """Return Python that tests `value`; between is exclusive, its negation inclusive."""
    if condition is None:
        return "value == 1"
    if condition.op in _COMPARISONS and not condition.negated:
        return f"value {'==' if condition.op == '=' else condition.op} {_number(condition.operands[0])}"
    if condition.op == "between":
        low, high = (_number(operand) for operand in condition.operands)
        return f"not {low} < value < {high}" if condition.negated else f"{low} < value < {high}"
    if condition.op == "in":
        listed = ", ".join(_number(operand) for operand in condition.operands)
        return f"value {'not in' if condition.negated else 'in'} ({listed},)"
    raise NotSimple(f"a number is compared by {condition.op}")


def _quoted(text: str) -> str:
    if "'" in text or "\\" in text:
        raise NotSimple(f"the text {text!r} has quotes or backslashes in it")
    return f"'{text}'"


def _name(column: str) -> str:
    return "`" + column.replace("`", "``") + "`"


_KEYWORDS = {"NULL": "{c} IS NULL", "EMPTY": "{c} = ''", "WHITESPACES_ONLY": "({c} <> '' AND trim({c}) = '')"}


def _holds(column: str, condition: Condition, length: bool = False) -> str:
    """Return SQL that is true where a value satisfies the condition; a null satisfies nothing but NULL and not in."""
    number = f"length({column})" if length else f"try_cast({column} AS DOUBLE)"

    def one(op: str, operand: str) -> str:
        if operand.upper() in _KEYWORDS and not length:
            wanted = _KEYWORDS[operand.upper()].format(c=column)
            if op not in ("=", "!="):
                raise NotSimple(f"{operand} is compared by {op}")
            return wanted if op == "=" else f"NOT coalesce({wanted}, false)"
        if operand[0] in "\"'" and not length:
            return f"CAST({column} AS STRING) {op} {_quoted(operand[1:-1])}"
        return f"{number} {op} {_number(operand)}"

    if condition.op in _COMPARISONS:
        return one(condition.op, condition.operands[0])
    if condition.op == "between":
        low, high = condition.operands
        between = f"{one('>', low)} AND {one('<', high)}"
        return f"NOT ({between})" if condition.negated else between
    if condition.op == "in":
        found = " OR ".join(one("=", operand) for operand in condition.operands)
        return f"NOT coalesce({found}, false)" if condition.negated else found
    if condition.op == "matches" and condition.operands[0][0] in "\"'" and not length:
        pattern = condition.operands[0][1:-1]
        if "'" in pattern:
            raise NotSimple(f"the pattern {pattern!r} has quotes in it")
        matches = rf"CAST({column} AS STRING) RLIKE r'^(?:{pattern})\z'"
        return f"NOT {matches}" if condition.negated else matches
    raise NotSimple(f"a length is compared by {condition.op}")


def _share(metric: str, rows: Callable[[list[str]], str]) -> Callable[[str, list[str], Condition | None], Measure]:
    def make(text: str, columns: list[str], condition: Condition | None) -> Measure:
        return Measure(text, f"Column.{','.join(columns)}.{metric}", _test(condition), rows=rows(columns))

    return make


def _per_value(metric: str, length: bool) -> Callable[[str, list[str], Condition | None], Measure]:
    def make(text: str, columns: list[str], condition: Condition | None) -> Measure:
        if condition is None or len(columns) != 1:
            raise NotSimple(f"`{text}` compares nothing")
        rows = _holds(_name(columns[0]), condition, length)
        return Measure(text, f"Column.{columns[0]}.{metric}.Compliance", rows=rows, empty=1.0)

    return make


def _total(metric: str, sql: str) -> Callable[[str, list[str], Condition | None], Measure]:
    def make(text: str, columns: list[str], condition: Condition | None) -> Measure:
        if condition is None:
            raise NotSimple(f"`{text}` compares nothing")
        of = f"Column.{','.join(columns)}" if columns else "Dataset.*"
        names = ", ".join(_name(column) for column in columns)
        return Measure(text, f"{of}.{metric}", _test(condition), total=sql.format(c=names))

    return make


def _primary_key(text: str, columns: list[str], condition: Condition | None) -> Measure:
    complete = _share("Completeness", _complete)(text, columns, None)
    unique = _share("Uniqueness", _unique)(text, columns, None)
    return Measure(text, members=[complete, unique])


_COUNT = re.compile(
    r"\s*select\s+(?P<count>count\(\s*(?:\*|1|(?:distinct\s+)?[A-Za-z_]\w*|(?:distinct\s+)?`[^`]+`)\s*\))"
    r"(?:\s+as\s+\w+)?\s+from\s+primary(?:\s+where\s+(?P<where>.+?))?[\s;]*",
    re.IGNORECASE | re.DOTALL,
)
_MORE = re.compile(
    r"\bprimary\b|\b(?:select|group|having|order|limit|union|intersect|except|window|over)\b", re.IGNORECASE
)


def _custom_sql(text: str, columns: list[str], condition: Condition | None) -> Measure:
    """Read a query that counts rows of the frame, which it calls primary; of others the number may be none."""
    query = _COUNT.fullmatch(columns[0]) if len(columns) == 1 and "\\" not in text else None
    if query is None or condition is None or _MORE.search(query["where"] or ""):
        raise NotSimple("the rule CustomSql asks for more than a count of rows of the frame itself")
    return Measure(text, "Dataset.*.CustomSQL", _test(condition), total=query["count"], where=query["where"] or "")


def _column_count(text: str, columns: list[str], condition: Condition | None) -> Measure:
    return Measure(text, "Dataset.*.ColumnCount", _test(condition), columns=True)


def _column_exists(text: str, columns: list[str], condition: Condition | None) -> Measure:
    return Measure(text, exists=columns[0])


def _complete(columns: list[str]) -> str:
    return " AND ".join(f"{_name(column)} IS NOT NULL" for column in columns)


def _unique(columns: list[str]) -> str:
    return f"count(1) OVER (PARTITION BY {', '.join(_name(column) for column in columns)}) = 1"


_KINDS: dict[str, Callable[[str, list[str], Condition | None], Measure]] = {
    "RowCount": _total("RowCount", "count(1)"),
    "ColumnCount": _column_count,
    "ColumnExists": _column_exists,
    "CustomSql": _custom_sql,
    "IsComplete": _share("Completeness", _complete),
    "Completeness": _share("Completeness", _complete),
    "IsUnique": _share("Uniqueness", _unique),
    "Uniqueness": _share("Uniqueness", _unique),
    "IsPrimaryKey": _primary_key,
    "DistinctValuesCount": _total("DistinctValuesCount", "count(DISTINCT {c})"),
    "ColumnValues": _per_value("ColumnValues", False),
    "ColumnLength": _per_value("ColumnLength", True),
    "Mean": _total("Mean", "avg({c})"),
    "Sum": _total("Sum", "coalesce(sum({c}), 0)"),
    "StandardDeviation": _total("StandardDeviation", "stddev_pop({c})"),
}
