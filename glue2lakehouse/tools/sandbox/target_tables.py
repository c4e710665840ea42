"""The tables that a converted script finds: what the migration makes of the Data Catalog's, under the names that it gives them."""

from typing import TYPE_CHECKING

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.glue_runtime.environment import RuntimeEnvironment

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession


def make_target_tables(
    session: "SparkSession", environment: RuntimeEnvironment, settings: Settings, to_delta: tuple[str, ...]
) -> None:
    """Register the catalog's tables; those of `to_delta` become managed Delta tables with the same rows and partitions.

    A table over a stream becomes what its conversion asks for: a Delta table that was fed from the stream, with parsed columns.
    """
    from glue2lakehouse.tools.glue_runtime.plain_spark import register_tables

    register_tables(session, environment, lambda database, table: _session_name(settings, database, table))
    for name in to_delta:
        _turn_into_delta(session, environment, settings, name)
    for name, table in environment.catalog.items():
        if table.format == "stream" and table.columns:
            _feed_from_stream(session, environment, settings, name)


def _session_name(settings: Settings, database: str, table: str) -> str:
    _, schema, name = settings.table_for(database, table).split(".", 2)
    return f"`{schema}`.`{name}`"


def _turn_into_delta(session: "SparkSession", environment: RuntimeEnvironment, settings: Settings, name: str) -> None:
    database, _, bare = name.partition(".")
    target = _session_name(settings, database, bare)
    if session.catalog.tableExists(target) and (frame := session.table(target)).columns:
        _make_delta(session, frame, target, [key.name for key in environment.catalog[name].partition_keys])


def _feed_from_stream(session: "SparkSession", environment: RuntimeEnvironment, settings: Settings, name: str) -> None:
    table = environment.catalog[name]
    database, _, bare = name.partition(".")
    folder = environment.streams.get(table.location)
    place = environment.local(folder) if folder else None
    schema = ", ".join(f"`{column.name}` {column.type}" for column in table.columns)
    if place is None or not place.is_dir():
        frame = session.createDataFrame([], schema)
    else:
        frame = session.read.schema(schema).json(place.resolve().as_uri())
    target = _session_name(settings, database, bare)
    session.sql(f"CREATE DATABASE IF NOT EXISTS {target.rpartition('.')[0]}")
    _make_delta(session, frame, target, [])


def _make_delta(session: "SparkSession", frame: "DataFrame", target: str, keys: list[str]) -> None:
    from glue2lakehouse.tools.glue_runtime.spark_bridge import frame_of_rows

    rows = frame_of_rows(session, frame.collect(), frame.schema)
    session.sql(f"DROP TABLE IF EXISTS {target}")
    rows.write.format("delta").partitionBy(*keys).saveAsTable(target)
