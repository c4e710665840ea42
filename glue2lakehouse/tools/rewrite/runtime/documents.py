"""JSON files as Glue reads them: a stream of values, whether one a line, over many lines or one right after another."""

import json as _json
import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


def read_json_stream(session, paths, attach=None, schema=None, fail=False, **options) -> DataFrame:
    """Read every JSON value in the files; a list gives a record for each of its items.

    Spark's multiLine reader takes the first value of a file only. What is broken is left out with the rest of its line, as
    in Glue; with `fail` it is an error. The types are those that all values have in common: int where they fit, text where they have nothing in common.
    `attach` names columns for fields of Spark's _metadata. With a schema, a value that does not fit it is an error. Each
    file is read whole by one task.
    """
    texts, names = _json_files(session, paths, attach, options), list(attach or {})
    split = F.udf(lambda text: _json_records(text, fail), "array<string>")
    records = texts.select(F.explode(split("value")).alias("value"), *[F.col(f"`{name}`") for name in names])
    schema = schema or _json_schema(records)
    if not schema.fields:
        return session.createDataFrame([], T.StructType([]))
    parsed = records.withColumn("value", F.from_json("value", schema, {"mode": "FAILFAST"}))
    fields = [F.col("value").getField(field.name).alias(field.name, metadata=field.metadata) for field in schema.fields]
    return parsed.select(*fields, *[F.col(f"`{name}`") for name in names])


def _json_files(session, paths, attach, options, whole=True):
    """Return the text of each file, or of each of its lines, and what is attached to its records."""
    texts = session.read.options(**options).text(paths, wholetext=whole)
    extra = [F.col(f"_metadata.{field}").alias(name) for name, field in (attach or {}).items()]
    return texts.select("value", *extra)


def _json_records(text, fail):
    """Return the texts of a file's records; with `fail` ValueError where a part of it is broken."""
    found = list(_json_values(text))
    if fail and (broken := next((error for _, error in found if error is not None), None)):
        raise ValueError(f"{broken[0]}: {broken[1][:200]}")
    return [record for record, _ in found if record is not None]


def _json_values(text):
    """Yield (text of a record, None) for each record of a file, and (None, what is wrong) for each broken part.

    A parser that stumbles goes on behind the end of the line where it noticed.
    """
    decoder, at, text = _json.JSONDecoder(), 0, text.removeprefix("\ufeff")
    while match := re.compile(r"[\s,]*(?=[^\s,])").match(text, at):
        at = match.end()
        try:
            value, end = decoder.raw_decode(text, at)
        except _json.JSONDecodeError as error:
            noticed = max(error.pos, at + 1)
            yield None, (error.msg, text[at:noticed], _json_begun(text[at:]))
            line_end = text.find("\n", noticed)
            at = len(text) if line_end < 0 else line_end + 1
            continue
        items = value if isinstance(value, list) else [value]
        for item in items:
            if not isinstance(item, dict):
                yield None, ("record is not an object", _json.dumps(item), None)
            elif isinstance(value, list):
                yield _json.dumps(item, ensure_ascii=False), None
            else:
                yield text[at:end], None
        at = end


def _json_begun(text):
    """Return the fields that a broken object begins with as JSON, None where there are none."""
    decoder, fields, at = _json.JSONDecoder(), {}, 1
    pair = re.compile(r'[\s,]*("(?:[^"\\]|\\.)*")\s*:\s*')
    while (key := pair.match(text, at)) and key.end() < len(text):
        try:
            fields[_json.loads(key[1])], at = decoder.raw_decode(text, key.end())
        except _json.JSONDecodeError:
            break
    return _json.dumps(fields, ensure_ascii=False) if fields else None


def _json_schema(records):
    """Return the type that all records have in common; the metadata of a field tells whether it holds several types."""
    shape = F.udf(lambda text: _json_kind(_json.loads(text)).json(), "string")
    found = records.select(shape("value").alias("shape")).distinct().collect()
    kinds = [T.StructType.fromJson(_json.loads(row[0])) for row in found]
    whole = T.StructType([])
    for kind in kinds:
        whole = _json_common(whole, kind)
    mixed = {
        field.name for kind in kinds for field in kind if not _json_fits(field.dataType, whole[field.name].dataType)
    }
    settled = _json_settled(whole).fields
    marks = [{"several_types": True} if field.name in mixed else {} for field in settled]
    return T.StructType(
        [T.StructField(f.name, f.dataType, metadata=mark) for f, mark in zip(settled, marks, strict=True)]
    )


def _json_fits(kind, whole):
    """Return whether values of a type are of the whole's type as well: a narrower number is, a number in a text is not."""
    if isinstance(kind, T.StructType) and isinstance(whole, T.StructType):
        return all(_json_fits(field.dataType, whole[field.name].dataType) for field in kind.fields)
    if isinstance(kind, T.ArrayType) and isinstance(whole, T.ArrayType):
        return _json_fits(kind.elementType, whole.elementType)
    numbers = isinstance(kind, T.NumericType) and isinstance(whole, T.NumericType)
    return isinstance(kind, T.NullType) or numbers or type(kind) is type(whole)


def _json_kind(value):
    if value is None:
        return T.NullType()
    if isinstance(value, dict):
        return T.StructType([T.StructField(key, _json_kind(value[key])) for key in sorted(value)])
    if isinstance(value, list):
        kind = T.NullType()
        for item in value:
            kind = _json_common(kind, _json_kind(item))
        return T.ArrayType(kind)
    if isinstance(value, bool):
        return T.BooleanType()
    if isinstance(value, int):
        sizes = ((31, T.IntegerType()), (63, T.LongType()), (126, T.DecimalType(38, 0)))
        return next((kind for bits, kind in sizes if -(2**bits) <= value < 2**bits), T.DoubleType())
    return T.DoubleType() if isinstance(value, float) else T.StringType()


def _json_common(one, two):
    """Return the type that holds both, as Spark's reader chooses it: the wider number, else text."""
    if one == two or isinstance(two, T.NullType):
        return one
    if isinstance(one, T.NullType):
        return two
    if isinstance(one, T.StructType) and isinstance(two, T.StructType):
        kinds = {field.name: field.dataType for field in one.fields}
        for field in two.fields:
            kinds[field.name] = _json_common(kinds.get(field.name, T.NullType()), field.dataType)
        return T.StructType([T.StructField(name, kinds[name]) for name in sorted(kinds)])
    if isinstance(one, T.ArrayType) and isinstance(two, T.ArrayType):
        return T.ArrayType(_json_common(one.elementType, two.elementType))
    wider = (T.IntegerType, T.LongType, T.DecimalType, T.DoubleType)
    if isinstance(one, wider) and isinstance(two, wider):
        return max((one, two), key=lambda kind: wider.index(type(kind)))
    return T.StringType()


def _json_settled(kind):
    """Return the type without what has none: nulls are text, and a struct that never has a field goes."""
    if isinstance(kind, T.StructType):
        fields = [T.StructField(field.name, _json_settled(field.dataType)) for field in kind.fields]
        return T.StructType([field for field in fields if field.dataType != T.StructType([])])
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(_json_settled(kind.elementType))
    return T.StringType() if isinstance(kind, T.NullType) else kind
