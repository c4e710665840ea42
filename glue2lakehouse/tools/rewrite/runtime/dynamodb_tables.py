"""DynamoDB tables, read and written by boto3 on the executors."""

import base64
import decimal
import json as _json

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def read_dynamodb(
    session, table: str, types: dict | None = None, segments=8, consistent=False, tagged: bool = False, **access
) -> DataFrame:
    """Scan a DynamoDB table, by its name or ARN, in parallel segments; `access` are region, role, session_name, sts_region, endpoint.

    The table is scanned twice: for its types, then for its rows. Whole numbers are bigint, others double, a map is a struct,
    an attribute that is null in all items is text. Raises ValueError where an attribute holds more than one type, whole
    numbers and fractions being two, or a number that neither holds: `types` settles those ({"price": "decimal(10,2)"}).
    `tagged` keeps DynamoDB's names of types, below a column Item, as an export to S3 has it.
    """
    chosen, number = dict(types or {}), int(segments)
    if table.startswith("arn:"):
        access = {"region": table.split(":")[3], **access}
    parts = session.range(0, number, 1, number)

    def scanned(frames, texts_of):
        import pandas as pd

        for frame in frames:
            for segment in frame["id"]:
                for items in _pages(table, int(segment), number, consistent, access):
                    yield pd.DataFrame({"item": texts_of(items)})

    def shapes(frames):
        return scanned(frames, lambda items: [_json.dumps(_shape_of_all(items, chosen, tagged), sort_keys=True)])

    def rows(frames):
        return scanned(frames, lambda items: [_object(item, tagged) for item in items])

    merged = None
    for row in parts.mapInPandas(shapes, "item string").distinct().collect():
        merged = _one_shape("the table", merged, _json.loads(row["item"]))
    fields = {**(merged or {}), **chosen}
    if not fields:
        raise ValueError(f"the DynamoDB table {table} has no items, so that its columns are not known: pass types")
    read = F.from_json("item", _ddl(fields), {"mode": "FAILFAST"}).alias("Item")
    found = parts.mapInPandas(rows, "item string").select(read)
    return found if tagged else found.select("Item.*")


def write_dynamodb(frame: DataFrame, table: str, **access) -> None:
    """Put each row into a DynamoDB table as an item, in parallel; `access` as for `read_dynamodb`.

    A field that is null is left out of the item, in a list it is NULL. Raises ValueError for dates and times, which
    DynamoDB does not have: make them text before. NaN and infinity end the job, as an item whose key is missing does.
    """
    _check_types(frame.schema, "")

    def put(batches):
        import pyarrow

        resource = _service("resource", access)
        for batch in batches:
            with resource.Table(table).batch_writer() as writer:
                for row in batch.to_pylist():
                    writer.put_item(Item=_item(row, batch.schema))
            yield pyarrow.RecordBatch.from_pydict({"written": [batch.num_rows]})

    frame.mapInArrow(put, "written bigint").agg(F.sum("written")).collect()


def _service(kind, access):
    """Return boto3's client or resource of DynamoDB, in a role where one is named."""
    import boto3

    role, session = access.get("role"), boto3.Session(region_name=access.get("region"))
    if role is not None:
        name = access.get("session_name") or "glue2lakehouse"
        where = {
            "region_name": access.get("sts_region") or access.get("region"),
            "endpoint_url": access.get("endpoint"),
        }
        held = session.client("sts", **where).assume_role(RoleArn=role, RoleSessionName=name)["Credentials"]
        session = boto3.Session(
            aws_access_key_id=held["AccessKeyId"], aws_secret_access_key=held["SecretAccessKey"],
            aws_session_token=held["SessionToken"], region_name=access.get("region"),
        )  # fmt: skip
    return getattr(session, kind)("dynamodb", endpoint_url=access.get("endpoint"))


def _pages(table, segment, segments, consistent, access):
    asked = {"TableName": table, "Segment": segment, "TotalSegments": segments}
    asked["ConsistentRead"] = str(consistent).lower() == "true"
    for page in _service("client", access).get_paginator("scan").paginate(**asked):
        if page["Items"]:
            yield page["Items"]


def _shape_of_all(items, chosen, tagged):
    merged = {}
    for item in items:
        shape = {name: _shape(name, value, tagged) for name, value in item.items() if name not in chosen}
        merged = _one_shape("the table", merged, shape)
    return merged


def _shape(name, value, tagged):
    """Return a type: text for a plain one, a dict for a struct, a list for an array; None for what is not known."""
    ((tag, held),) = value.items()
    if tag == "NULL":
        return {"NULL": "boolean"} if tagged else None
    if tag == "M":
        kind = {key: _shape(f"{name}.{key}", item, tagged) for key, item in held.items()}
    elif tag == "L":
        kind = [None]
        for item in held:
            kind = [_one_shape(f"{name}[]", kind[0], _shape(f"{name}[]", item, tagged))]
    elif tag in ("SS", "BS", "NS"):
        kind = [None]
        for item in held:
            kind = [_one_shape(f"{name}[]", kind[0], _plain_shape(f"{name}[]", tag[0], item, tagged))]
    else:
        kind = _plain_shape(name, tag, held, tagged)
    return {tag: kind} if tagged else kind


def _plain_shape(name, tag, held, tagged):
    if tag == "N" and not tagged:
        return _number_type(name, held)
    return {"BOOL": "boolean", "B": "string" if tagged else "binary"}.get(tag, "string")


def _number_type(name, text):
    number = decimal.Decimal(text)
    if number == number.to_integral_value():
        if -(2**63) <= number < 2**63:
            return "bigint"
    elif decimal.Decimal(repr(float(number))) == number:
        return "double"
    raise ValueError(
        f"{name} holds {text}, which neither bigint nor double can hold: pass types, such as '{name} string'"
    )


def _one_shape(name, one, two):
    if one is None or one == two:
        return two
    if two is None:
        return one
    if isinstance(one, dict) and isinstance(two, dict):
        fields = {**one}
        for key, kind in two.items():
            fields[key] = _one_shape(f"{name}.{key}", one.get(key), kind)
        return fields
    if isinstance(one, list) and isinstance(two, list):
        return [_one_shape(f"{name}[]", one[0], two[0])]
    raise ValueError(f"{name} holds {_ddl(one)} and {_ddl(two)}: pass types that say which it is")


def _ddl(kind):
    if isinstance(kind, dict):
        if len({key.lower() for key in kind}) < len(kind):
            raise ValueError(f"names of attributes differ in case only, which Spark takes for one: {sorted(kind)}")
        fields = [f"`{key.replace('`', '``')}`: {_ddl(inner)}" for key, inner in sorted(kind.items())]
        return f"struct<{', '.join(fields)}>"
    if isinstance(kind, list):
        return f"array<{_ddl(kind[0])}>"
    return kind or "string"


def _object(fields, tagged):
    return "{" + ", ".join(f"{_json.dumps(key)}: {_text(value, tagged)}" for key, value in fields.items()) + "}"


def _text(value, tagged):
    """Return a value as JSON; a number stays as it is written."""
    ((tag, held),) = value.items()
    if tag == "M":
        text = _object(held, tagged)
    elif tag == "L":
        text = "[" + ", ".join(_text(item, tagged) for item in held) + "]"
    elif tag in ("SS", "NS", "BS"):
        text = (
            "[" + ", ".join(_text({tag[0]: item}, False) if not tagged else _tagless(tag, item) for item in held) + "]"
        )
    elif tag == "N" and not tagged:
        text = held
    elif tag == "NULL":
        text = "true" if tagged else "null"
    else:
        text = _tagless(tag, held)
    return f'{{"{tag}": {text}}}' if tagged else text


def _tagless(tag, held):
    return _json.dumps(base64.b64encode(held).decode() if tag in ("B", "BS") else held)


def _item(row, schema):
    return {name: held for name, held in ((f.name, _value(row[f.name], f.type)) for f in schema) if held is not None}


def _value(value, kind):
    import numpy
    from pyarrow import types

    if value is None or isinstance(value, bool | str | bytes):
        return value
    if types.is_floating(kind):
        return decimal.Decimal(str(numpy.float32(value)) if types.is_float32(kind) else repr(value))
    if types.is_struct(kind):
        return _item(value, kind)
    if types.is_map(kind):
        entries = value.items() if isinstance(value, dict) else value
        return {str(key): _value(held, kind.item_type) for key, held in entries if held is not None}
    if types.is_list(kind) or types.is_large_list(kind):
        return [_value(item, kind.value_type) for item in value]
    return value


def _check_types(kind, name):
    from pyspark.sql import types as T

    if isinstance(kind, T.StructType):
        for field in kind.fields:
            _check_types(field.dataType, f"{name}.{field.name}".lstrip("."))
    elif isinstance(kind, T.ArrayType):
        _check_types(kind.elementType, f"{name}[]")
    elif isinstance(kind, T.MapType):
        _check_types(kind.valueType, f"{name}{{}}")
    elif not isinstance(kind, T.NumericType | T.StringType | T.BooleanType | T.BinaryType | T.NullType):
        raise ValueError(
            f"{name} is {kind.simpleString()}, which DynamoDB does not have: make it text before it is written"
        )
