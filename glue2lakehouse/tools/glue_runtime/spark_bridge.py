"""Between records and Spark DataFrames: `toDF`, `fromDF` and the two type systems."""

import datetime
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.casts import cast
from glue2lakehouse.tools.glue_runtime.records import (
    NULL,
    Cell,
    Record,
    array_cell,
    ghost_of,
    map_cell,
    struct_cell,
    to_python,
)

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_SPARK_NAMES = {
    "binary": "BinaryType", "boolean": "BooleanType", "byte": "ByteType", "date": "DateType", "double": "DoubleType",
    "float": "FloatType", "int": "IntegerType", "long": "LongType", "null": "NullType", "short": "ShortType",
    "string": "StringType", "timestamp": "TimestampType", "timestamp_ntz": "TimestampNTZType", "unknown": "NullType",
}  # fmt: skip
_GLUE_BY_SPARK = {spark: t.BY_NAME[glue] for glue, spark in _SPARK_NAMES.items() if glue != "unknown"}


def to_spark_type(kind: t.DataType) -> Any:
    """Return the Spark type: a choice becomes a struct with one member per alternative."""
    from pyspark.sql import types as s

    if isinstance(kind, t.StructType):
        return s.StructType([s.StructField(field.name, to_spark_type(field.dataType), True) for field in kind.fields])
    if isinstance(kind, t.ChoiceType):
        return s.StructType([s.StructField(name, to_spark_type(choice), True) for name, choice in kind.choices.items()])
    if isinstance(kind, t.ArrayType | t.SetType):
        return s.ArrayType(to_spark_type(kind.elementType), True)
    if isinstance(kind, t.MapType):
        return s.MapType(s.StringType(), to_spark_type(kind.valueType), True)
    if isinstance(kind, t.DecimalType):
        return s.DecimalType(kind.precision, kind.scale)
    return getattr(s, _SPARK_NAMES[kind.typeName()])()


def from_spark_type(kind: Any) -> t.DataType:
    """Return the Glue type of a Spark type; char, varchar and intervals are texts."""
    name = type(kind).__name__
    if name == "StructType":
        return t.StructType([t.Field(field.name, from_spark_type(field.dataType)) for field in kind.fields])
    if name == "ArrayType":
        return t.ArrayType(from_spark_type(kind.elementType))
    if name == "MapType":
        return t.MapType(from_spark_type(kind.valueType))
    if name == "DecimalType":
        return t.DecimalType(kind.precision, kind.scale)
    return _GLUE_BY_SPARK.get(name, t.StringType)()


def to_data_frame(spark: "SparkSession", batch: Batch, schema: t.StructType | None = None) -> "DataFrame":
    """Return the records as a DataFrame; missing fields become null."""
    schema = schema or batch.schema()
    rows = [
        tuple(_to_value(record.get(field.name), field.dataType) for field in schema.fields) for record in batch.records
    ]
    return frame_of_rows(spark, rows, to_spark_type(schema))


def frame_of_rows(spark: "SparkSession", rows: Sequence[Any], schema: Any) -> "DataFrame":
    """Return rows (tuples) as a DataFrame, by way of Arrow where it can hold them.

    Spark moves a list of rows through a Python worker, whose start takes longer than all the rest of a small job.
    """
    from pyarrow import ArrowException
    from pyspark.errors import PySparkException
    from pyspark.sql.conversion import LocalDataToArrowConversion
    from pyspark.sql.pandas.types import to_arrow_schema

    if schema.fields:
        try:
            if rows:
                table = LocalDataToArrowConversion.convert(list(rows), schema, False)
            else:
                table = to_arrow_schema(schema, timezone="UTC").empty_table()
            return spark.createDataFrame(table, schema)
        except (ArrowException, PySparkException, ArithmeticError, AssertionError, TypeError, ValueError):
            # What Arrow refuses (a value that is not of its column's type, fields of one name) Spark may take.
            return spark.createDataFrame(rows, schema, verifySchema=False)
    return spark.createDataFrame(rows, schema, verifySchema=False)


def _to_value(cell: Cell | None, kind: t.DataType) -> Any:
    if cell is None or cell.value is None:
        return None
    if isinstance(kind, t.ChoiceType):
        own = cell.type.typeName()
        return tuple(_to_value(cell, choice) if name == own else None for name, choice in kind.choices.items())
    if isinstance(kind, t.StructType):
        return tuple(_to_value(cell.value.get(field.name), field.dataType) for field in kind.fields)
    if isinstance(kind, t.ArrayType | t.SetType):
        return [_to_value(item, kind.elementType) for item in cell.value]
    if isinstance(kind, t.MapType):
        return {key: _to_value(value, kind.valueType) for key, value in cell.value.items()}
    if isinstance(kind, t.DecimalType):
        return cast(cell, kind).value if cell.type != kind else cell.value
    return bytearray(cell.value) if isinstance(kind, t.BinaryType) else cell.value


def from_data_frame(frame: "DataFrame") -> Batch:
    """Return a DataFrame's rows as records; its column types stay, whatever the rows hold.

    Raises ValueError on two columns of one name, which Glue asks to resolve first.
    """
    schema = from_spark_type(frame.schema)
    assert isinstance(schema, t.StructType)
    names = [field.name for field in schema.fields]
    if len(set(names)) < len(names):
        twice = sorted({name for name in names if names.count(name) > 1})
        raise ValueError(f"fromDF: duplicate column names {', '.join(twice)}; rename them before")
    records = [_from_fields(row, schema) for row in frame.collect()]
    ghost = ghost_of(schema).value
    return Batch(records, ghost)


def _from_fields(row: Sequence[Any], schema: t.StructType) -> Record:
    return {field.name: from_value(value, field.dataType) for field, value in zip(schema.fields, row, strict=True)}


def from_value(value: Any, kind: t.DataType) -> Cell:
    """Return a Spark value as a cell of a known type; null containers are plain nulls."""
    if value is None:
        return Cell(kind, None) if isinstance(kind, t.AtomicType) else NULL
    if isinstance(kind, t.StructType):
        return struct_cell(_from_fields(value, kind))
    if isinstance(kind, t.ArrayType):
        return array_cell([from_value(item, kind.elementType) for item in value])
    if isinstance(kind, t.MapType):
        return map_cell({_key_text(key): from_value(item, kind.valueType) for key, item in value.items()})
    if isinstance(kind, t.StringType) and not isinstance(value, str):
        return Cell(kind, str(value))
    return Cell(kind, bytes(value) if isinstance(value, bytearray) else value)


def _key_text(key: Any) -> str:
    return key.isoformat() if isinstance(key, datetime.date) else str(key)


def json_ready(record: Record) -> dict[str, Any]:
    """Return a record as JSON types, as `show` prints it."""
    return {name: _json_value(to_python(cell)) for name, cell in record.items()}


def _json_value(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _json_value(part) for key, part in value.items()}
    if isinstance(value, list):
        return [_json_value(part) for part in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
