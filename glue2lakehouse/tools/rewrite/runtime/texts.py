"""Texts and whole numbers as Python has them, as columns."""

from pyspark.sql import Column
from pyspark.sql import functions as F

_SPACES = "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
_BOUNDS = {"tinyint": 2**7, "smallint": 2**15, "int": 2**31}


def strip_text(column: Column) -> Column:
    """Return a text without white space at its ends as Python's `strip` does it: tabs, line ends, Unicode's spaces."""
    return F.btrim(column, F.lit(_SPACES))


def has_parts(column: Column, separator: str, number: int) -> Column:
    """Tell whether a text split at a separator has at least this many parts."""
    missing = F.length(column) - F.length(F.replace(column, F.lit(separator), F.lit("")))
    return missing >= (number - 1) * len(separator)


def whole_number(column: Column, kind: str) -> Column:
    """Return whole numbers in a smaller type; the job fails on one that does not fit, which made a choice column in Glue."""
    bound = _BOUNDS[kind]
    message = F.concat(F.lit(f"a whole number is beyond {kind}: "), column.cast("string"))
    fits = column.isNull() | column.between(-bound, bound - 1)
    return F.when(fits, F.when(fits, column).cast(kind)).otherwise(F.raise_error(message).cast(kind))
