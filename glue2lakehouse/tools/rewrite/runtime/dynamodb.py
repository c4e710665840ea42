"""DynamoDB JSON: values in structs that name their type, {"S": "text"}, below a column Item."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

_TAGS = ("S", "N", "BOOL", "B", "NULL", "M", "L", "SS", "NS", "BS")


def unnest_ddb_json(frame: DataFrame) -> DataFrame:
    """Make a column of each attribute of Item, without DynamoDB's type names; lists stay as they are, numbers are text."""
    return _items(frame, False)


def simplify_ddb_json(frame: DataFrame) -> DataFrame:
    """Make a column of each attribute of Item, without DynamoDB's type names in maps and lists either; numbers are text.

    Raises ValueError where an attribute holds values of more than one type.
    """
    return _items(frame, True)


def _items(frame, deep):
    columns = []
    for field in frame.schema.fields:
        column = F.col(f"`{field.name}`")
        if field.name == "Item" and isinstance(field.dataType, T.StructType):
            inner = [(column.getField(item.name), item) for item in field.dataType.fields]
        else:
            inner = [(column, field)]
        columns += [_untagged(value, item.dataType, deep, item.name).alias(item.name) for value, item in inner]
    return frame.select(*columns)


def _untagged(column, kind, deep, name):
    if not isinstance(kind, T.StructType) or not kind.fields or not all(field.name in _TAGS for field in kind.fields):
        return column
    tags = [field for field in kind.fields if field.name != "NULL"]
    if not tags:
        return F.lit(None)
    if len(tags) > 1:
        raise ValueError(f"{name} holds values of the DynamoDB types {[field.name for field in tags]}: cast it by hand")
    tag, value = tags[0], column.getField(tags[0].name)
    if tag.name == "N":
        return value.cast("string")
    if tag.name == "B" and deep:
        return F.unbase64(value)
    if tag.name == "M" and isinstance(tag.dataType, T.StructType) and tag.dataType.fields:
        members = [
            _untagged(value.getField(field.name), field.dataType, deep, f"{name}.{field.name}").alias(field.name)
            for field in tag.dataType.fields
        ]
        return F.when(value.isNotNull(), F.struct(*members))
    if tag.name == "L" and deep and isinstance(tag.dataType, T.ArrayType):
        return F.transform(value, lambda item: _untagged(item, tag.dataType.elementType, deep, f"{name}[]"))
    return value
