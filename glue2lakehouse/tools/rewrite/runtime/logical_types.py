"""Avro as Glue writes it without `version: 1.8`: no logical types."""

from pyspark.sql import DataFrame
from pyspark.sql import types as T


def without_logical_types(frame: DataFrame) -> DataFrame:
    """Return the frame, whose columns Spark's Avro writer writes as Glue's 1.7 does.

    Raises ValueError where it holds decimals, dates or timestamps, in nested fields too: Glue's writer makes strings of them.
    """
    found = [f"{name} ({kind})" for field in frame.schema.fields for name, kind in _logical(field.name, field.dataType)]
    if found:
        raise ValueError(f"Glue's Avro 1.7 writer makes strings of {', '.join(found)}: cast them as the files had them")
    return frame


def _logical(name, kind):
    if isinstance(kind, T.StructType):
        return [pair for field in kind.fields for pair in _logical(f"{name}.{field.name}", field.dataType)]
    if isinstance(kind, T.ArrayType):
        return _logical(f"{name}[]", kind.elementType)
    if isinstance(kind, T.MapType):
        return _logical(f"{name}{{}}", kind.valueType)
    plain = (
        T.StringType,
        T.BinaryType,
        T.BooleanType,
        T.FloatType,
        T.DoubleType,
        T.IntegerType,
        T.LongType,
        T.ShortType,
        T.ByteType,
    )
    return [] if isinstance(kind, plain) else [(name, kind.simpleString())]
