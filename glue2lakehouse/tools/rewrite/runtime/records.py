"""Functions over records, run as they are."""

import datetime
import decimal
import json as _json

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F
from pyspark.sql import types as T


class Record(dict):
    """A row as a dict whose fields are attributes as well, as Glue hands it to a function."""

    def __getattr__(self, name):
        return self[name]


def _record(row):
    return Record(
        {key: Record(value.asDict()) if isinstance(value, Row) else value for key, value in row.asDict().items()}
    )


def filter_records(frame: DataFrame, function) -> DataFrame:
    """Keep the rows that the function returns something true for; a row that it fails on goes, as in Glue."""

    def keeps(row):
        try:
            return bool(function(_record(row)))
        except Exception:  # noqa: BLE001
            return False

    return frame.filter(F.udf(keeps, "boolean")(F.struct(*[F.col(f"`{name}`").alias(name) for name in frame.columns])))


def map_records(frame: DataFrame, function, schema=None) -> DataFrame:
    """Return a frame of what the function makes of each row; rows that it fails on or returns nothing for go.

    The schema is worked out from all results, as Glue does, unless it is given as a StructType or DDL text; the function
    runs on every row for that once more, so it should not have side effects. A field that the function passes on keeps
    its type. Raises ValueError where one field comes out with several types.
    """
    row = F.struct(*[F.col(f"`{name}`").alias(name) for name in frame.columns])

    def run(values):
        try:
            return function(_record(values)) or None
        except Exception:  # noqa: BLE001
            return None

    if schema is None:

        def shape(values):
            result = run(values)
            return None if result is None else _result_type(result).json()

        shapes = (
            frame.select(F.udf(shape, "string")(row).alias("shape")).where("shape IS NOT NULL").distinct().collect()
        )
        found = [T.StructType.fromJson(_json.loads(item[0])) for item in shapes]
        schema = _settled(found, {field.name: field.dataType for field in frame.schema.fields})
    elif isinstance(schema, str):
        schema = T.DataType.fromDDL(schema)
    names = [field.name for field in schema.fields]

    def values(record):
        result = run(record)
        return None if result is None else {name: result.get(name) for name in names}

    mapped = frame.select(F.udf(values, schema)(row).alias("record")).where("record IS NOT NULL")
    return mapped.select(*[F.col(f"record.`{name}`").alias(name) for name in names])


_PYTHON_TYPES = (
    (bool, T.BooleanType()), (int, T.LongType()), (float, T.DoubleType()), (str, T.StringType()),
    (datetime.datetime, T.TimestampType()), (datetime.date, T.DateType()), (decimal.Decimal, T.DecimalType(38, 18)),
    (bytes, T.BinaryType()), (bytearray, T.BinaryType()),
)  # fmt: skip


def _result_type(value):
    if value is None:
        return T.NullType()
    if isinstance(value, dict):
        return T.StructType([T.StructField(str(key), _result_type(held)) for key, held in sorted(value.items())])
    if isinstance(value, list | tuple):
        kind = T.NullType()
        for item in value:
            kind = _one_type("an array", kind, _result_type(item))
        return T.ArrayType(kind)
    return next((kind for python, kind in _PYTHON_TYPES if isinstance(value, python)), T.StringType())


def _one_type(name, one, two):
    if one == two or isinstance(two, T.NullType):
        return one
    if isinstance(one, T.NullType):
        return two
    if isinstance(one, T.StructType) and isinstance(two, T.StructType):
        fields = {field.name: field.dataType for field in one.fields}
        for field in two.fields:
            known = fields.get(field.name, T.NullType())
            fields[field.name] = _one_type(f"{name}.{field.name}", known, field.dataType)
        return T.StructType([T.StructField(key, kind) for key, kind in fields.items()])
    if isinstance(one, T.ArrayType) and isinstance(two, T.ArrayType):
        return T.ArrayType(_one_type(name, one.elementType, two.elementType))
    raise ValueError(
        f"{name} comes out as {one.simpleString()} and as {two.simpleString()}; return one type, or pass a schema"
    )


def _settled(found, given):
    """Return one schema for all results; whole numbers and unknown types take the type of the column they came from."""
    merged = T.StructType([])
    for shape in found:
        merged = _one_type("the record", merged, shape)
    fields = []
    for field in merged.fields:
        kind, source = field.dataType, given.get(field.name)
        same = isinstance(kind, T.LongType) and isinstance(source, T.IntegralType)
        same = same or (isinstance(kind, T.DecimalType) and isinstance(source, T.DecimalType))
        same = same or (isinstance(kind, T.DoubleType) and isinstance(source, T.FractionalType))
        if source is not None and (
            same
            or isinstance(kind, T.NullType)
            or (isinstance(kind, T.StructType | T.ArrayType) and isinstance(source, T.MapType))
        ):
            kind = source
        fields.append(T.StructField(field.name, T.StringType() if isinstance(kind, T.NullType) else kind))
    return T.StructType(fields)
