"""What a run left behind, as plain values: every table, folder of files, database table and single object.

Values are JSON: a number stays one, dates and timestamps are ISO texts in UTC, what JSON lacks is a one-key object
(`{"decimal": "1.10"}`, `{"float": "nan"}`, `{"hex": "00ff"}`, `{"map": [[key, value], …]}`).
"""

import math
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["table", "path", "jdbc", "object", "file", "frame"]


class Dataset(BaseModel):
    """One thing that a run wrote, with all its rows after the run."""

    model_config = ConfigDict(extra="forbid")

    kind: Kind
    name: str = Field(description="catalog.schema.table, s3://bucket/prefix, database/table, local path, or variable")
    format: str = ""
    columns: dict[str, str] = Field(default_factory=dict, description="name -> Spark type")
    partitions: tuple[str, ...] = ()
    rows: list[dict[str, Any]] = Field(default_factory=list)
    holds_table: str = Field(default="", description="name of the table whose files these are")
    touched: bool = Field(default=True, description="rows were added, or rows that were there before are gone")
    unreadable: str = Field(default="", description="why the rows could not be read")

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


def plain_value(value: Any) -> Any:
    """Return a Spark value as JSON, see the module."""
    if value is None or isinstance(value, (bool, int, str)):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else {"float": str(value)}
    if isinstance(value, Decimal):
        return {"decimal": format(value, "f")}
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, timedelta):
        return {"interval": value.total_seconds()}
    if isinstance(value, (bytes, bytearray)):
        return {"hex": bytes(value).hex()}
    return _plain_collection(value)


def _plain_collection(value: Any) -> Any:
    if hasattr(value, "asDict"):
        return {name: plain_value(value[name]) for name in value.__fields__}
    if isinstance(value, dict):
        pairs = [[plain_value(key), plain_value(item)] for key, item in value.items()]
        return {"map": sorted(pairs, key=repr)}
    if isinstance(value, (list, tuple)):
        return [plain_value(item) for item in value]
    return {"text": str(value)}
