"""Streams over files: a topic is a folder, forEachBatch handles what is there and ends (semantics 16)."""

import re
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.environment import Written
from glue2lakehouse.tools.glue_runtime.formats.csv_text import truth
from glue2lakehouse.tools.glue_runtime.frame import STREAM_COLUMNS, DynamicFrame
from glue2lakehouse.tools.glue_runtime.refusals import LibraryError, refuse
from glue2lakehouse.tools.glue_runtime.run import present
from glue2lakehouse.tools.glue_runtime.streams_of_files import files_of_stream

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

STREAMS = ("kinesis", "kafka")


def is_stream(connection_type: str) -> bool:
    """Tell whether a connection type gives micro-batches."""
    return connection_type.lower() in STREAMS


def _source(options: dict[str, Any]) -> str:
    for key in ("streamARN", "streamName", "topicName", "subscribePattern", "assign"):
        if options.get(key):
            return str(options[key])
    return ""


def stream(context: Any, kind: str, options: dict[str, Any]) -> "DataFrame":
    """Return the streaming DataFrame of a topic: parsed by `schema`, or one raw column with inferSchema."""
    from pyspark.sql import functions as F

    raw = files_of_stream(context.spark_session, present().environment, kind, _source(options))
    stamp = [F.current_timestamp().alias("__src_timestamp")] if truth(options.get("addRecordTimestamp", False)) else []
    classification = str(options.get("classification") or "json").lower()
    if options.get("schema"):
        parsed = _parsed(raw, classification, str(options["schema"]), options)
        return parsed.select("*", *stamp)
    if truth(options.get("inferSchema", False)):
        return raw.select(F.col("value").alias(STREAM_COLUMNS[0]), *stamp)
    if classification == "text" and kind == "kafka":
        assume("text_records")
        return raw.select("value", *stamp)
    return raw.select(F.col("value").cast("binary").alias("value" if kind == "kafka" else "data"), *stamp)


def _parsed(raw: "DataFrame", classification: str, schema: str, options: dict[str, Any]) -> "DataFrame":
    from pyspark.sql import functions as F

    text = re.sub(r"^\s*struct<(.*)>\s*$", r"\1", schema.strip(), flags=re.I | re.S)
    if classification == "json":
        parsed = F.from_json("value", text)
    elif classification == "csv":
        parsed = F.from_csv("value", text, {"sep": str(options.get("delimiter", ","))})
    else:
        refuse(f"stream classification {classification}", "json and csv are parsed here")
    return raw.select(parsed.alias("parsed")).select("parsed.*")


def table_stream(context: Any, database: str, table: str, options: dict[str, Any]) -> "DataFrame":
    """Return the stream of a catalog table, parsed with its columns."""
    found = context.sources.table(database, table)
    every = {**found.options, **options}
    every.setdefault("streamName", found.location)
    kind = str(every.get("typeOfData") or "kinesis").lower()
    if found.columns and not truth(every.get("inferSchema", False)):
        every["schema"] = ", ".join(f"`{column.name}` {column.type}" for column in found.columns)
    return stream(context, kind, every)


def for_each_batch(frame: "DataFrame", batch_function: Any, options: dict[str, Any]) -> None:
    """Run the function on the stream's files; from Glue 3.0 on an empty batch is passed over.

    On AWS the loop never ends by itself; here it ends with the files, whatever windowSize says.
    """
    for key in ("windowSize", "checkpointLocation"):
        if key not in options:
            raise LibraryError(f"Missing required option: {key}")
    if not 0 <= int(options.get("batchMaxRetries", 3)) <= 100:
        raise ValueError("The batchMaxRetries is an integer value between 0 to 100")
    assume("stream_is_drained")
    run = present()
    skip_empty = run.environment.version >= (3,)

    def handle(data: "DataFrame", batch_id: int) -> None:
        if not skip_empty:
            batch_function(data, batch_id)
            return
        data.persist()
        if data.count() > 0:
            batch_function(data, batch_id)
        data.unpersist()

    if not frame.isStreaming:
        handle(frame, 0)
        return
    checkpoint = str(options["checkpointLocation"])
    # A run's queries end with their files, see `streams_of_files`.
    frame.writeStream.foreachBatch(handle).option("checkpointLocation", checkpoint).start()
    run.manifest.add(
        Written(kind="stream", target=checkpoint, mode="append", options={"windowSize": options["windowSize"]})
    )


def sample(context: Any, frame: "DataFrame", options: dict[str, Any], batch_function: Any) -> DynamicFrame:
    """Return up to recordPollingLimit records of the stream's files."""
    found = re.fullmatch(r"\s*(\d+)\s*(second|minute|hour)s?\s*", str(options.get("windowSize", "")), re.I)
    if not found:
        raise ValueError("windowSize: give `N seconds`, `N minutes` or `N hours`")
    window = int(found[1]) * {"second": 1, "minute": 60, "hour": 3600}[found[2].lower()] * 1000
    if int(options.get("pollingTimeInMs", 10000)) <= window:
        raise ValueError("pollingTimeInMs must be longer than windowSize")
    collected: list[Any] = []
    if frame.isStreaming:
        frame.writeStream.foreachBatch(
            lambda data, _: collected.append(DynamicFrame.fromDF(data, context).batch())
        ).start()
    else:
        collected.append(DynamicFrame.fromDF(frame, context).batch())
    limit = int(options.get("recordPollingLimit", 100))
    assume("sampled_records")
    records = [record for batch in collected for record in batch.records][:limit]
    result = Batch(records, collected[0].ghost if collected else None)
    sampled = DynamicFrame(lambda: result, context)
    if batch_function is not None:
        batch_function(sampled.toDF(), 0)
    return sampled
