"""Spark's own streaming on this machine: Kafka and Kinesis read from the run's folders, every query ends with its files.

`readStream.format("kafka"|"kinesis")` gives the columns that Databricks' sources give, one row for each line of the files of that
topic or stream. A trigger decides when a query looks again; here each looks until all files are read, and ends. Where to start
decides what a stream leaves out of what was there before it; here all came after the start.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.refusals import refuse

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_COLUMNS = {
    "kafka": (
        "CAST(NULL AS BINARY) AS key", "CAST(value AS BINARY) AS value", "'{name}' AS topic", "0 AS partition",
        "CAST(0 AS BIGINT) AS offset", "current_timestamp() AS timestamp", "0 AS timestampType",
    ),
    "kinesis": (
        "'key' AS partitionKey", "CAST(value AS BINARY) AS data", "'{name}' AS stream", "'shard' AS shardId",
        "'0' AS sequenceNumber", "current_timestamp() AS approximateArrivalTimestamp",
    ),
}  # fmt: skip
_STARTS = ("startingversion", "startingtimestamp")
_NAMES = ("subscribe", "streamname", "streamarn", "subscribepattern", "assign")


@contextmanager
def streams_of_files(environment: RuntimeEnvironment) -> Iterator[None]:
    """Do so for the session's stream readers and writers until the block ends."""
    from pyspark.sql.streaming.readwriter import DataStreamReader, DataStreamWriter

    reader, writer = DataStreamReader, DataStreamWriter
    replaced: tuple[tuple[Any, str, Any], ...] = (
        (reader, "format", _noting(reader.format, lambda source: {"#format": str(source).lower()})),
        (reader, "option", _noting(reader.option, lambda key, value: {str(key).lower(): value})),
        (reader, "options", _noting(reader.options, lambda **given: {key.lower(): given[key] for key in given})),
        (reader, "load", _load(reader.load, environment)),
        (writer, "trigger", lambda self, **_: self),
        (writer, "start", _until_the_end(writer.start)),
        (writer, "toTable", _until_the_end(writer.toTable)),
    )
    saved = [(kind, name, kind.__dict__[name]) for kind, name, _ in replaced]
    for kind, name, replacement in replaced:
        setattr(kind, name, replacement)
    try:
        yield
    finally:
        for kind, name, original in saved:
            setattr(kind, name, original)


def files_of_stream(spark: "SparkSession", environment: RuntimeEnvironment, kind: str, name: str) -> "DataFrame":
    """Return the stream of the lines of a topic's files, in a column `value`; refuses one that the run has no folder for."""
    short = {key.rpartition("/")[2]: folder for key, folder in environment.streams.items()}
    folder = environment.streams.get(name) or short.get(name.rpartition("/")[2])
    if folder is None:
        refuse(f"{kind} stream {name}", "the run's environment names no folder of files for it (`streams`)")
    path = environment.local(folder)
    path.mkdir(parents=True, exist_ok=True)
    return spark.readStream.format("text").load(path.resolve().as_uri())


def _noting(original: Callable[..., Any], told: Callable[..., Mapping[str, Any]]) -> Callable[..., Any]:
    @functools.wraps(original)
    def noting(self: Any, *args: Any, **kwargs: Any) -> Any:
        said = told(*args, **kwargs)
        self.__dict__.setdefault("_g2l", {}).update(said)
        kept = {key: value for key, value in kwargs.items() if key.lower() not in _STARTS}
        return self if not said.keys() - set(_STARTS) else original(self, *args, **kept)

    return noting


def _load(original: Callable[..., Any], environment: RuntimeEnvironment) -> Callable[..., Any]:
    @functools.wraps(original)
    def load(self: Any, path: Any = None, format: Any = None, schema: Any = None, **options: Any) -> Any:
        state = {**self.__dict__.get("_g2l", {}), **{key.lower(): value for key, value in options.items()}}
        kind = str(format or state.get("#format", "")).lower()
        if kind not in _COLUMNS:
            return original(self, path, format, schema, **options)
        name = next((str(state[key]) for key in _NAMES if state.get(key)), "")
        lines = files_of_stream(self._spark, environment, kind, name)
        quoted = name.replace("'", "")
        return lines.selectExpr(*[column.format(name=quoted) for column in _COLUMNS[kind]])

    return load


def _until_the_end(original: Callable[..., Any]) -> Callable[..., Any]:
    from pyspark.sql.streaming.readwriter import DataStreamWriter

    with_trigger = DataStreamWriter.__dict__["trigger"]

    @functools.wraps(original)
    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        with_trigger(self, availableNow=True)
        query = original(self, *args, **kwargs)
        query.awaitTermination()
        return query

    return start
