"""DynamoDB where it is safe to ask: a stand-in of moto in this process or at a loopback address, never an account."""

import datetime
import decimal
import os
import struct
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlparse

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.records import LONG_RANGE, NULL, Cell, Record, array_cell, struct_cell
from glue2lakehouse.tools.glue_runtime.refusals import refuse

_ENDPOINTS = ("AWS_ENDPOINT_URL_DYNAMODB", "AWS_ENDPOINT_URL")


def is_stood_in_for() -> bool:
    """Whether boto3 reaches a stand-in for DynamoDB."""
    hosts = {urlparse(os.environ[name]).hostname for name in _ENDPOINTS if os.environ.get(name)}
    if hosts:
        return hosts <= {"127.0.0.1", "localhost"}
    from moto.core.models import botocore_stubber

    return bool(botocore_stubber.enabled)


def read_table(options: Mapping[str, Any]) -> Batch:
    """Return all items of a table: whole numbers are long, others double, sets arrays, maps structs."""
    records: list[Record] = []
    table = _table(options, "dynamodb.input.tableName")
    asked: dict[str, Any] = {}
    while True:
        page = table.scan(**asked)
        records += [{name: _cell(value) for name, value in item.items()} for item in page["Items"]]
        if "LastEvaluatedKey" not in page:
            return Batch(records)
        asked["ExclusiveStartKey"] = page["LastEvaluatedKey"]


def write_batch(batch: Batch, options: Mapping[str, Any]) -> None:
    """Put each record as an item."""
    with _table(options, "dynamodb.output.tableName").batch_writer() as writer:
        for record in batch.records:
            writer.put_item(Item=_attributes(record))


def _table(options: Mapping[str, Any], key: str) -> Any:
    import boto3

    resource: Any = boto3.resource("dynamodb", region_name=options.get("dynamodb.region"))
    return resource.Table(str(options[key]))


def _cell(value: Any) -> Cell:
    if value is None:
        return NULL
    if isinstance(value, bool):
        return Cell(t.BooleanType(), value)
    if isinstance(value, decimal.Decimal):
        assume("dynamodb_numbers")
        whole = value == value.to_integral_value() and int(value) in LONG_RANGE
        return Cell(t.LongType(), int(value)) if whole else Cell(t.DoubleType(), float(value))
    if isinstance(value, Mapping):
        return struct_cell({name: _cell(part) for name, part in value.items()})
    if isinstance(value, list):
        return array_cell([_cell(item) for item in value])
    if isinstance(value, set):
        return array_cell([_cell(item) for item in sorted(value)])
    return Cell(t.StringType(), value) if isinstance(value, str) else Cell(t.BinaryType(), bytes(value))


def _attributes(record: Record) -> dict[str, Any]:
    values = {name: _attribute(name, cell) for name, cell in record.items()}
    if None in values.values() and assume("dynamodb_null") == "left_out":
        return {name: value for name, value in values.items() if value is not None}
    return values


def _shortest(value: float) -> str:
    """Return the fewest digits that tell a number of 32 bits from its neighbours, as Java spells a float."""
    wanted = struct.pack("f", value)
    return next(
        text for text in (f"{value:.{digits}g}" for digits in range(1, 10)) if struct.pack("f", float(text)) == wanted
    )


def _attribute(name: str, cell: Cell) -> Any:
    value = cell.value
    if isinstance(value, dict):
        return _attributes(value)
    if isinstance(value, list):
        return [_attribute(name, item) for item in value]
    if isinstance(value, float):
        return decimal.Decimal(_shortest(value) if isinstance(cell.type, t.FloatType) else repr(value))
    if isinstance(value, datetime.date):
        refuse(f"a date or time in {name}", "what Glue writes to DynamoDB for it is not documented")
    return value
