"""Filters that compare as Python does, where the types of the columns are not known before they run."""

from pyspark.sql import Column, DataFrame
from pyspark.sql import types as T

from glue2lakehouse.tools.rewrite.runtime.frames import _field
from glue2lakehouse.tools.rewrite.runtime.records import filter_records

_COMPARABLE = {
    "text": (T.StringType,), "boolean": (T.BooleanType,), "whole": (T.IntegralType,),
    "float": (T.IntegralType, T.FloatType, T.DoubleType), "number": (T.NumericType,),
}  # fmt: skip


def filter_typed(frame: DataFrame, condition: Column, kinds: dict, function=None) -> DataFrame:
    """Keep the rows that meet a condition; `kinds` says what each column in it is compared as.

    They are text, boolean, number, float (a number that is no decimal) and whole. Python neither equals nor orders values
    of different kinds, where Spark casts one of them: raises ValueError for a column of another kind. A decimal compared
    with a float is exact in Python and rounded in Spark: `function`, the original, then decides row by row. Where the
    types are known to fit, this is `frame.filter(condition)`.
    """
    for name, kind in kinds.items():
        field = _field(frame.schema, name)
        if field is None:
            raise ValueError(f"there is no column {name}")
        if isinstance(field.dataType, T.DecimalType) and kind == "float" and function is not None:
            return filter_records(frame, function)
        if not isinstance(field.dataType, _COMPARABLE[kind]):
            raise ValueError(
                f"{name} is {field.dataType.simpleString()} and is compared as {kind}, which Python finds never equal and "
                "Spark casts; cast the column, or use filter_records with the original function"
            )
    return frame.filter(condition)
