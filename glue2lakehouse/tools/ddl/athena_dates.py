"""Athena's date patterns, which are MySQL's, as the patterns of Spark's formatter.

Trino: functions/datetime (MySQL date functions). Spark: sql-ref-datetime-pattern. The parser has turned the pattern into one of
strftime; `%y` is read as 1970 to 2069 by Athena and as 2000 to 2099 by Spark, so it is only written.
"""

import re

from sqlglot import exp
from sqlglot.dialects.presto import Presto

from glue2lakehouse.tools.ddl.athena_call import Made, Unproven, call, info
from glue2lakehouse.tools.ddl.athena_try import in_try, tried
from glue2lakehouse.tools.ddl.kinds import Kinds

_WRITTEN = {
    "Y": "yyyy", "m": "MM", "d": "dd", "H": "HH", "M": "mm", "S": "ss", "I": "hh", "-m": "M", "-d": "d", "-H": "H", "-I": "h",
    "-M": "m", "-S": "s", "y": "yy", "B": "MMMM", "b": "MMM", "A": "EEEE", "a": "EEE", "p": "a", "j": "DDD",
}  # fmt: skip
# A number of one digit is read, too, unless the next field follows at once.
_READ = {
    "Y": "yyyy",
    "m": "M",
    "d": "d",
    "H": "H",
    "M": "m",
    "S": "s",
    "I": "h",
    "b": "MMM",
    "B": "MMMM",
    "p": "a",
    "f": "SSSSSSSSS",
}
_PART = re.compile(r"%(-?[A-Za-z])|([^%]+)")
_PLAIN = re.compile(r"[-/:. ,_]+|[A-Za-z0-9]+")
# A digit beside a number that is read may belong to either.
_READ_PLAIN = re.compile(r"[-/:. ,_]+|[A-Za-z]+")


def pattern(node: exp.StrToTime | exp.TimeToStr) -> str:
    """Return Spark's pattern for the one of a call. Raises Unproven."""
    source = node.args.get("format")
    text = source.name if isinstance(source, exp.Literal) else ""
    parts = _PART.findall(text)
    fields = [field for field, _ in parts if field]
    reads = isinstance(node, exp.StrToTime)
    known = {**_READ, **{f"-{field}": letters for field, letters in _READ.items()}} if reads else _WRITTEN
    whole = "".join(f"%{field}" if field else plain for field, plain in parts) == text
    twelve = {"I", "-I"} & set(fields)
    if not text or not whole or set(fields) - known.keys() or (reads and bool(twelve) != ("p" in fields)):
        raise Unproven(f"date format {_shown(text)} is not proven to mean the same")
    made = []
    for index, (field, plain) in enumerate(parts):
        if field:
            close = (index + 1 < len(parts) and parts[index + 1][0]) or (index and parts[index - 1][0])
            made.append(_WRITTEN[field.removeprefix("-")] if reads and close and field != "f" else known[field])
        else:
            made.append(_literal(plain, text, _READ_PLAIN if reads else _PLAIN))
    return "".join(made)


def _literal(plain: str, text: str, known: re.Pattern[str]) -> str:
    """Quote letters and digits that stand for themselves; signs that Spark may read otherwise are not proven."""
    pieces = known.findall(plain)
    if "".join(pieces) != plain:
        raise Unproven(f"date format {_shown(text)} is not proven to mean the same")
    return "".join(f"'{piece}'" if piece.isalnum() else piece for piece in pieces)


def _shown(text: str) -> str:
    """Return the pattern as the source has it."""
    given = {read: written for written, read in Presto.TIME_MAPPING.items()}
    return re.sub("%-?[A-Za-z]", lambda match: given.get(match[0], match[0]), text) or "that is computed"


def date_parse(node: exp.StrToTime, kinds: Kinds) -> Made:
    """Answer for date_parse."""
    made = pattern(node)
    said = (info("date_parse keeps parts of a millisecond in Spark"),) if "S" in made else ()
    read, more = to_timestamp(node, made)
    return read, said + more


def to_timestamp(node: exp.StrToTime | exp.ParseDatetime, pattern: str) -> Made:
    """Read a text by a pattern; what is not so written is NULL within a `try`."""
    made = exp.Literal.string(pattern)
    if not in_try(node):
        return call("TO_TIMESTAMP", node.this, made), ()
    said = (info("24-01-05 is a day of the year 24 in Athena, where four digits are wanted, and NULL in Spark"),)
    return tried(call("TRY_TO_TIMESTAMP", node.this, made)), said if "yyyy" in pattern else ()


def date_format(node: exp.TimeToStr, kinds: Kinds) -> Made:
    """Answer for date_format."""
    return call("DATE_FORMAT", node.this, exp.Literal.string(pattern(node))), ()
