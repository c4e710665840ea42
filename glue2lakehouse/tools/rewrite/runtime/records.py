"""Functions over records, run as they are."""

import datetime
import decimal
import json as _json

from pyspark import cloudpickle
from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


class Record(dict):
    """A row as a dict whose fields are attributes as well, as Glue hands it to a function."""

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self[name]

    def __setattr__(self, name, value):
        self[name] = value

    def __delattr__(self, name):
        del self[name]


def _record(row):
    """Return a row as Glue does: the record and its own structs are records, all below are plain dicts and lists."""
    fields = row.asDict(recursive=True)
    return Record({key: Record(value) if isinstance(value, dict) else value for key, value in fields.items()})


def _attempt(function, row):
    """Return the function's result, None where it fails; a name or a module that is missing here is told, not passed over."""
    try:
        return function(_record(row))
    except UnboundLocalError:
        return None
    except (NameError, ImportError):
        raise
    except Exception:  # noqa: BLE001
        return None


def _whole_row(frame):
    columns = ["`" + name.replace("`", "``") + "`" for name in frame.columns]
    return F.struct(*[F.col(quoted).alias(name) for quoted, name in zip(columns, frame.columns, strict=True)])


def _as_it_is_now(function):
    """Return a copy of the function with what it reads from around it as that is now, as Glue sends it.

    Spark Connect sends a function when the frame is used: by then a loop has gone on, or a list has grown.
    """
    return cloudpickle.loads(cloudpickle.dumps(function))


def filter_records(frame: DataFrame, function) -> DataFrame:
    """Keep the rows that the function returns something true for; a row that it fails on goes, as in Glue."""
    function = _as_it_is_now(function)

    def keeps(row):
        return bool(_attempt(function, row))

    return frame.filter(F.udf(keeps, "boolean")(_whole_row(frame)))


def map_records(frame: DataFrame, function, schema=None) -> DataFrame:
    """Return a frame of what the function makes of each row; rows that it fails on or returns nothing for go.

    The schema is worked out from all results, as Glue does, unless it is given as a StructType or DDL text; the function
    runs on every row for that once more, so it should not have side effects. A field whose values still fit its column's
    type keeps it; a new whole number is int where it fits, else bigint. Columns come in the order that the records have them
    in. Raises ValueError where one field comes out with several types, int and bigint being two, or spelled in two ways. A
    frame without results keeps its columns.
    """
    given, function = frame.schema, _as_it_is_now(function)
    if schema is None:

        def shape(row):
            result = _attempt(function, row)
            return _type_of(result, given).json() if result else None

        shapes = frame.select(F.udf(shape, "string")(_whole_row(frame)).alias("shape")).where("shape IS NOT NULL")
        merged = T.NullType()
        for item in sorted(row[0] for row in shapes.distinct().collect()):
            merged = _one_type("the record", merged, T.StructType.fromJson(_json.loads(item)))
        schema = given if isinstance(merged, T.NullType) else _named(merged, given)
    elif isinstance(schema, str):
        schema = T.DataType.fromDDL(schema)

    def values(row):
        result = _attempt(function, row)
        return _fitted(result, schema) if result else None

    record = F.udf(values, schema).asNondeterministic()(_whole_row(frame)).alias("record")
    names = [field.name for field in schema.fields]
    mapped = frame.select(record).where("record IS NOT NULL")
    return mapped.select(*[F.col("record").getField(name).alias(name) for name in names])


def map_records_as(frame: DataFrame, function, types: dict) -> DataFrame:
    """Return the named fields of what the function makes of each row; rows that it fails on or returns nothing for go.

    `types` are those that a later mapping says, which the fields have to have: TypeError where a value is of another type.
    """
    function = _as_it_is_now(function)

    def values(row):
        result = _attempt(function, row)
        if not result:
            return None
        named = {}
        for key, held in result.items():
            if str(key).lower() in named:
                raise ValueError(f"a record has fields that differ in case only: {key}")
            named[str(key).lower()] = held
        return [_exactly(name, named.get(name.lower()), kind) for name, kind in types.items()]

    schema = f"struct<{', '.join(f'`{name}`: {kind}' for name, kind in types.items())}>"
    record = F.udf(values, schema).asNondeterministic()(_whole_row(frame)).alias("record")
    return frame.select(record).where("record IS NOT NULL").select("record.*")


_EXACTLY = {
    "string": str, "boolean": bool, "double": float, "int": int, "bigint": int, "date": datetime.date,
    "timestamp": datetime.datetime, "binary": (bytes, bytearray),
}  # fmt: skip


def _exactly(name, value, kind):
    if value is None:
        return None
    fits = isinstance(value, _EXACTLY[kind])
    if kind in ("int", "bigint"):
        bits = 31 if kind == "int" else 63
        fits = fits and not isinstance(value, bool) and -(2**bits) <= value < 2**bits
    if not fits or (kind == "date" and isinstance(value, datetime.datetime)):
        raise TypeError(
            f"{name} comes out as {type(value).__name__} ({value!r}) where the mapping after it says {kind}: "
            "map_records works the types out instead"
        )
    return value


def _fitted(value, kind):
    """Return a result in the shape that Spark takes for the type: names as text, floats where the type is one."""
    if value is None:
        return None
    if isinstance(kind, T.StructType):
        named = {str(key): held for key, held in value.items()}
        return {field.name: _fitted(named.get(field.name), field.dataType) for field in kind.fields}
    if isinstance(kind, T.MapType):
        return {str(key): _fitted(held, kind.valueType) for key, held in value.items()}
    if isinstance(kind, T.ArrayType):
        return [_fitted(item, kind.elementType) for item in value]
    if isinstance(kind, T.DecimalType):
        return decimal.Decimal(value)
    return value


_PYTHON_TYPES = (
    (bool, T.BooleanType()), (float, T.DoubleType()), (str, T.StringType()), (datetime.datetime, T.TimestampType()),
    (datetime.date, T.DateType()), (bytes, T.BinaryType()), (bytearray, T.BinaryType()),
)  # fmt: skip
_BITS = ((T.ByteType, 7), (T.ShortType, 15), (T.IntegerType, 31), (T.LongType, 63))


def _type_of(value, like):
    """Return a result's type; `like`, the type of the column that it came from, is kept where the value fits it."""
    if value is None:
        return T.NullType()
    if isinstance(value, dict):
        return _type_of_fields(value, like)
    if isinstance(value, list | tuple | set):
        element, kind = like.elementType if isinstance(like, T.ArrayType) else None, T.NullType()
        for item in value:
            kind = _one_type("an array", kind, _type_of(item, element))
        return T.ArrayType(kind)
    if isinstance(value, int) and not isinstance(value, bool):
        fits = [kind for kind, bits in _BITS if -(2**bits) <= value < 2**bits]
        if type(like) in fits:
            return like
        return T.IntegerType() if T.IntegerType in fits else T.LongType() if fits else T.DecimalType(38, 0)
    if isinstance(value, decimal.Decimal):
        return _type_of_decimal(value, like)
    if isinstance(value, float) and isinstance(like, T.FloatType):
        return like
    if isinstance(value, datetime.datetime) and isinstance(like, T.TimestampNTZType):
        return like
    found = next((kind for python, kind in _PYTHON_TYPES if isinstance(value, python)), None)
    if found is None:
        raise TypeError(
            f"a record cannot hold a {type(value).__name__}; return text, a number, a date, a list or a dict"
        )
    return found


def _type_of_fields(value, like):
    if isinstance(like, T.MapType):
        kind = T.NullType()
        for held in value.values():
            kind = _one_type("a map", kind, _type_of(held, like.valueType))
        return T.MapType(T.StringType(), kind)
    known = {field.name: field.dataType for field in like.fields} if isinstance(like, T.StructType) else {}
    fields = [(str(key), held) for key, held in value.items()]
    if len({key.lower() for key, _ in fields}) < len(fields):
        raise ValueError(f"a record has fields that differ in case only: {[key for key, _ in fields]}")
    return T.StructType([T.StructField(key, _type_of(held, known.get(key))) for key, held in fields])


def _type_of_decimal(value, like):
    _, digits, exponent = value.as_tuple()
    scale = max(0, -exponent)
    whole = max(len(digits) + exponent, 0)
    if isinstance(like, T.DecimalType) and scale <= like.scale and whole <= like.precision - like.scale:
        return like
    return T.DecimalType(max(whole + scale, 1), scale)


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
    if isinstance(one, T.MapType) and isinstance(two, T.MapType):
        return T.MapType(T.StringType(), _one_type(name, one.valueType, two.valueType))
    if isinstance(one, T.DecimalType) and isinstance(two, T.DecimalType):
        scale, whole = max(one.scale, two.scale), max(one.precision - one.scale, two.precision - two.scale)
        if scale + whole <= 38:
            return T.DecimalType(scale + whole, scale)
    raise ValueError(
        f"{name} comes out as {one.simpleString()} and as {two.simpleString()}; return one type, or pass a schema"
    )


def _named(kind, like):
    """Return the type with the unknown ones settled: those of the column that they came from, else text."""
    if isinstance(kind, T.NullType):
        return T.StringType() if like is None or isinstance(like, T.NullType) else like
    if isinstance(kind, T.StructType):
        known = {field.name: field.dataType for field in like.fields} if isinstance(like, T.StructType) else {}
        return T.StructType([T.StructField(f.name, _named(f.dataType, known.get(f.name))) for f in kind.fields])
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(_named(kind.elementType, like.elementType if isinstance(like, T.ArrayType) else None))
    if isinstance(kind, T.MapType):
        return T.MapType(
            T.StringType(), _named(kind.valueType, like.valueType if isinstance(like, T.MapType) else None)
        )
    return kind
