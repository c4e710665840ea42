"""Streaming as Glue 3.0 and later do it."""

import json as _json
import re

from pyspark.sql import functions as F

from glue2lakehouse.tools.rewrite.runtime.frames import unbox_json


def skip_empty_batches(function):
    """Return the batch function with empty batches left out, and the batch kept while it runs."""

    def run(frame, batch_id):
        if not frame.isEmpty():
            function(frame, batch_id)

    return run


def add_ingestion_time_columns(frame, granularity: str):
    """Add ingest_year, ingest_month, ingest_day and, by granularity, ingest_hour and ingest_minute, as whole numbers.

    Raises ValueError for a granularity other than day, hour and minute.
    """
    parts = ["year", "month", "day", "hour", "minute"]
    if granularity not in parts[2:]:
        raise ValueError(f"{granularity} is no granularity; use day, hour or minute")
    functions = {"year": F.year, "month": F.month, "day": F.dayofmonth, "hour": F.hour, "minute": F.minute}
    wanted = parts[: parts.index(granularity) + 1]
    return frame.withColumns({f"ingest_{part}": functions[part](F.current_timestamp()) for part in wanted})


def parse_records(frame):
    """Parse the raw JSON records of a stream's batch, with a schema inferred from all of them, as Glue's fromDF does.

    A frame without Glue's column for raw records is returned as it is.
    """
    raw = [name for name in frame.columns if name.startswith("$json$data_infer_schema$")]
    if not raw:
        return frame
    return unbox_json(frame, f"`{raw[0]}`").select(f"`{raw[0]}`.*")


def table_stream_start(position: str) -> dict:
    """Return the options that read a streaming table from where a Glue stream starts; ValueError for a time or for offsets."""
    if position.lower() not in ("latest", "earliest", "trim_horizon"):
        raise ValueError(f"the stream starts at {position}: read the table with startingTimestamp or startingVersion")
    return {"startingVersion": "latest"} if position.lower() == "latest" else {}


def kinesis_start(position: str) -> str:
    """Return Glue's startingPosition as the Kinesis reader's initialPosition; ValueError for what Glue does not know."""
    if position.lower() in ("latest", "earliest", "trim_horizon"):
        return "latest" if position.lower() == "latest" else "trim_horizon"
    if not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)", position):
        raise ValueError(
            f"{position} is no position; use latest, earliest, trim_horizon or a time like 2023-04-04T08:00:00Z"
        )
    return _json.dumps({"at_timestamp": position, "format": "yyyy-MM-dd'T'HH:mm:ssXXX"})
