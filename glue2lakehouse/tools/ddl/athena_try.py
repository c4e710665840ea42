"""What TRY and TRY_CAST give NULL for: texts that a cast reads in Spark and not in Athena, and calls that have a `try_` of their own.

Trino: functions/conversion, functions/conditional (try), and its casts from VARCHAR. Spark's are measured on 4.2.
"""

from sqlglot import exp

from glue2lakehouse.tools.ddl.athena_call import Made, Unproven, call, info, warn
from glue2lakehouse.tools.ddl.kinds import Kinds

_DAY = r"\s*[+-]?\d{4,}-\d{1,2}-\d{1,2}"
_NUMBER = r"\s*[+-]?(NaN|Infinity|[^iInN]*)\s*"
# The texts that Athena casts; of all others it makes NULL.
_TEXTS = {
    "DATE": rf"{_DAY}\s*",
    "TIMESTAMP": rf"{_DAY}( \d{{1,2}}:\d{{1,2}}(:\d{{1,2}}(\.\d+)?)?)?\s*",
    "BOOLEAN": "(?i)t|true|1|f|false|0",
    "DOUBLE": _NUMBER,
    "FLOAT": _NUMBER,
}
_ALSO = {
    "DATE": "2024-01-05 10:00 and 2024-01",
    "TIMESTAMP": "2024-01-05T10:00:00 and 10:00",
    "BOOLEAN": "yes and n",
    "DOUBLE": "nan and inf",
    "FLOAT": "nan and inf",
}
_NUMBERS = frozenset({"TINYINT", "SMALLINT", "INT", "BIGINT", "DECIMAL"})
_TRIED = "tried"
_MAY_FAIL = (exp.Div, exp.IntDiv, exp.Mod)


def in_try(node: exp.Expr) -> bool:
    """Say whether the error of a call becomes NULL by a `try(…)` around it and around casts to other types."""
    parent = node.parent
    while isinstance(parent, exp.Cast | exp.Paren | exp.Date):
        parent = parent.parent
    return isinstance(parent, exp.Try)


def tried(made: exp.Expr) -> exp.Expr:
    """Mark an expression that is NULL where the original fails."""
    made.meta[_TRIED] = True
    return made


def null_for_texts(made: exp.Expr, source: exp.Expr, given: str, node: exp.Cast, target: str) -> Made:
    """Make NULL of the texts that TRY_CAST does not read in Athena; where the type is not known, say which they are."""
    if given not in ("string", ""):
        return made, ()
    shown = node.sql()[:60]
    if target not in _TEXTS:
        if target not in _NUMBERS:
            return made, ()
        return made, (
            info(f"{shown}: blanks around a number are read by Spark, and by later versions of Athena's engine"),
        )
    if not given:
        return made, (warn(f"{shown}: of texts, Spark reads {_ALSO[target]} as well, which are NULL in Athena"),)
    like = call("REGEXP_LIKE", source.copy(), exp.Literal.string(rf"^({_TEXTS[target]})\z"))
    return exp.Case(ifs=[exp.If(this=like, true=made)]), ()


def try_(node: exp.Try, kinds: Kinds) -> Made:
    """Answer for try: what it holds has become NULL for an error already, or cannot."""
    inner = node.this
    while isinstance(inner, exp.Paren | exp.Date):
        inner = inner.this
    if not inner.meta.get(_TRIED) or inner.find(*_MAY_FAIL):
        raise Unproven(
            "try(…) swallows errors; only that of a cast, of date_parse and of an index have an equal in Spark"
        )
    return node.this, ()
