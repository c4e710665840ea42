"""`awsglue.context.GlueContext`: an SQLContext that makes and writes frames of the present run's environment."""

import logging
import time
import uuid
from typing import Any

from pyspark import SparkContext
from pyspark.sql import DataFrame, SparkSession, SQLContext
from pyspark.sql import functions as F

from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime import streaming
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.readers import (
    DataFrameReader,
    DataFrameWriter,
    DataSink,
    DataSource,
    DynamicFrameReader,
    DynamicFrameWriter,
    StreamingDataSource,
)
from glue2lakehouse.tools.glue_runtime.refusals import LibraryError, refuse
from glue2lakehouse.tools.glue_runtime.retention import purge
from glue2lakehouse.tools.glue_runtime.run import present
from glue2lakehouse.tools.glue_runtime.sinks import Sinks
from glue2lakehouse.tools.glue_runtime.sources import Sources
from glue2lakehouse.tools.glue_runtime.spark_bridge import to_spark_type


def register(sc: Any) -> None:
    """Do nothing: on AWS this imports JVM classes."""


class GlueLogger:
    """What `get_logger` returns: Glue's three levels and debug."""

    def __init__(self) -> None:
        self._log = logging.getLogger("glue")

    def info(self, message: Any) -> None:
        """Log at level info."""
        self._log.info(message)

    def warn(self, message: Any) -> None:
        """Log at level warning."""
        self._log.warning(message)

    def error(self, message: Any) -> None:
        """Log at level error."""
        self._log.error(message)

    def debug(self, message: Any) -> None:
        """Log at level debug."""
        self._log.debug(message)


def _database(database: Any, kwargs: dict[str, Any]) -> str:
    other = kwargs.get("name_space")
    if (database is None) == (other is None):
        raise LibraryError("Parameter name_space or database must be specified, and not both.")
    return str(database if database is not None else other)


class GlueContext(SQLContext):
    """The entry point of a Glue script."""

    def __init__(self, sparkContext: Any = None, **options: Any) -> None:
        session = sparkContext if isinstance(sparkContext, SparkSession) else None
        if session is None:
            session = present().session or SparkSession.getActiveSession() or SparkSession.builder.getOrCreate()
        super().__init__(session.sparkContext, session, session._jsparkSession.sqlContext())
        self.spark_session = session
        self.options = options
        self.sources = Sources(session, present())
        self.sinks = Sinks(session, present())
        self.create_dynamic_frame = DynamicFrameReader(self)
        self.create_data_frame = DataFrameReader(self)
        self.write_dynamic_frame = DynamicFrameWriter(self)
        self.write_data_frame = DataFrameWriter(self)

    @property
    def _ssql_ctx(self) -> Any:
        return self._jsqlContext

    @property
    def spark_context(self) -> SparkContext:
        """Return the session's context."""
        return self.spark_session.sparkContext

    def frame(self, compute: Any, name: str = "") -> DynamicFrame:
        """Make a frame of a function that returns its batch."""
        return DynamicFrame(compute, self, name)

    def empty_frame(self, name: str) -> DynamicFrame:
        """Make a frame without records."""
        return DynamicFrame(lambda: Batch([]), self, name)

    def getSource(self, connection_type: str, format: Any = None, transformation_ctx: str = "", push_down_predicate: str = "", **options: Any) -> DataSource:  # fmt: skip
        """Describe a source; nothing is read yet."""
        if options.get("compressionType") == "lzo" and not format:
            raise LibraryError("When you're using lzo compression, specify the format.")
        return DataSource(self, connection_type, format, options, transformation_ctx, push_down_predicate)

    def getStreamingSource(self, connection_type: str, format: Any = None, transformation_ctx: str = "", push_down_predicate: str = "", **options: Any) -> StreamingDataSource:  # fmt: skip
        """Describe a streaming source."""
        return StreamingDataSource(self, connection_type, format, options, transformation_ctx, push_down_predicate)

    def get_catalog_schema_as_spark_schema(self, database: Any = None, table_name: Any = None, catalog_id: Any = None) -> Any:  # fmt: skip
        """Return a table's schema as Spark's JVM StructType."""
        kinds = self.sources.catalog_types(str(database), str(table_name))
        schema = to_spark_type(t.StructType([t.Field(*pair) for pair in kinds.items()]))
        jvm: Any = self._jvm
        return jvm.org.apache.spark.sql.types.DataType.fromJson(schema.json())

    def create_dynamic_frame_from_rdd(self, data: Any, name: str, schema: Any = None, sample_ratio: Any = None, transformation_ctx: str = "") -> DynamicFrame:  # fmt: skip
        """Make a frame of rows, with Spark's types."""
        return DynamicFrame.fromDF(self.spark_session.createDataFrame(data, schema, sample_ratio), self, name)

    def create_dynamic_frame_from_catalog(self, database: Any = None, table_name: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", push_down_predicate: str = "", additional_options: Any = None, catalog_id: Any = None, **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Read a Data Catalog table."""
        name = _database(database, kwargs)
        if table_name is None:
            raise LibraryError("Parameter table_name must be specified.")
        options = dict(additional_options or {})
        self.sources.table(name, table_name)
        return self.frame(
            lambda: self.sources.read_catalog(name, table_name, options, transformation_ctx, push_down_predicate),
            table_name,
        )

    def create_dynamic_frame_from_options(self, connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, transformation_ctx: str = "", push_down_predicate: str = "", **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Read from a connection."""
        source = self.getSource(connection_type, format, transformation_ctx, push_down_predicate, **dict(connection_options or {}))  # fmt: skip
        if format:
            source.setFormat(format, **dict(format_options or {}))
        return source.getFrame(**kwargs)

    def create_sample_dynamic_frame_from_catalog(self, database: Any = None, table_name: Any = None, num: Any = None, sample_options: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", push_down_predicate: str = "", additional_options: Any = None, catalog_id: Any = None, erieTxId: str = "", asOfTime: str = "", **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Read the first records of a catalog table."""
        whole = self.create_dynamic_frame_from_catalog(database, table_name, redshift_tmp_dir, transformation_ctx, push_down_predicate, additional_options, catalog_id, **kwargs)  # fmt: skip
        return self._sample(whole, num)

    def create_sample_dynamic_frame_from_options(self, connection_type: str, connection_options: Any = None, num: Any = None, sample_options: Any = None, format: Any = None, format_options: Any = None, transformation_ctx: str = "", push_down_predicate: str = "", **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Read the first records of a connection."""
        whole = self.create_dynamic_frame_from_options(connection_type, connection_options, format, format_options, transformation_ctx, push_down_predicate, **kwargs)  # fmt: skip
        return self._sample(whole, num)

    def _sample(self, whole: DynamicFrame, num: Any) -> DynamicFrame:
        assume("sampled_records")
        return whole._next(lambda batch: Batch(batch.records[: int(num)], batch.ghost, batch.errors))

    def create_data_frame_from_catalog(self, database: Any = None, table_name: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", push_down_predicate: str = "", additional_options: Any = None, catalog_id: Any = None, **kwargs: Any) -> DataFrame:  # fmt: skip
        """Read a catalog table as a DataFrame: a stream, or a batch."""
        name = _database(database, kwargs)
        options = dict(additional_options or {})
        if self.sources.table(name, table_name).format == "stream":
            return streaming.table_stream(self, name, table_name, options)
        return self.create_dynamic_frame_from_catalog(name, table_name, redshift_tmp_dir, transformation_ctx, push_down_predicate, options).toDF()  # fmt: skip

    def create_data_frame_from_options(self, connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, transformation_ctx: str = "", push_down_predicate: str = "", **kwargs: Any) -> DataFrame:  # fmt: skip
        """Read from a streaming connection, or a batch one, as a DataFrame."""
        source = self.getStreamingSource(connection_type, format, transformation_ctx, push_down_predicate, **dict(connection_options or {}))  # fmt: skip
        if format:
            source.setFormat(format, **dict(format_options or {}))
        found: DataFrame = source.getFrame()
        return found

    def getSink(self, connection_type: str, format: Any = None, transformation_ctx: str = "", **options: Any) -> DataSink:  # fmt: skip
        """Describe a sink."""
        return DataSink(self, connection_type, format, options)

    def write_dynamic_frame_from_options(self, frame: Any, connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, transformation_ctx: str = "") -> Any:  # fmt: skip
        """Append a frame to a connection."""
        return self.write_from_options(frame, connection_type, connection_options, format, format_options)

    def write_from_options(self, frame_or_dfc: Any, connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, transformation_ctx: str = "", **kwargs: Any) -> Any:  # fmt: skip
        """Append a frame, or each frame of a collection, to a connection."""
        sink = self.getSink(connection_type, format or None, transformation_ctx, **dict(connection_options or {}))
        if format:
            sink.setFormat(format, **dict(format_options or {}))
        return sink.write(frame_or_dfc)

    def write_dynamic_frame_from_catalog(self, frame: Any, database: Any = None, table_name: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", additional_options: Any = None, catalog_id: Any = None, **kwargs: Any) -> DynamicFrame:  # fmt: skip
        """Append a frame to a catalog table."""
        name = _database(database, kwargs)
        if table_name is None:
            raise LibraryError("Parameter table_name must be specified.")
        if not isinstance(frame, DynamicFrame):
            raise TypeError(f"frame must be DynamicFrame, got {type(frame).__name__}")
        self.sinks.write_table(frame.batch(), name, table_name, dict(additional_options or {}))
        return self.empty_frame(f"{frame.name}_errors")

    def write_data_frame_from_catalog(self, frame: DataFrame, database: Any = None, table_name: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", additional_options: Any = None, catalog_id: Any = None, **kwargs: Any) -> None:  # fmt: skip
        """Write a DataFrame to a catalog table."""
        self.sinks.write_frame_to_table(frame, _database(database, kwargs), str(table_name), dict(additional_options or {}))  # fmt: skip

    def write_dynamic_frame_from_jdbc_conf(self, frame: Any, catalog_connection: str, connection_options: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", catalog_id: Any = None) -> None:  # fmt: skip
        """Append a frame to a table of a Glue connection; returns nothing, as the published library."""
        self.write_from_jdbc_conf(frame, catalog_connection, connection_options)

    def write_from_jdbc_conf(self, frame_or_dfc: Any, catalog_connection: str, connection_options: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "", catalog_id: Any = None) -> None:  # fmt: skip
        """Append a frame or a collection to a Glue connection."""
        options = {**dict(connection_options or {}), "connectionName": catalog_connection}
        self.getSink("jdbc", None, transformation_ctx, **options).write(frame_or_dfc)

    def convert_resolve_option(self, path: str, action: str, target: Any) -> tuple[str, str, Any]:
        """Check a ResolveOption; only KeepAsStruct and Project are accepted."""
        if action not in ("KeepAsStruct", "Project"):
            raise ValueError(f"Invalid resolve action {action}")
        return path, action, target

    def extract_jdbc_conf(self, connection_name: str, catalog_id: Any = None) -> dict[str, str]:
        """Return the properties of a Glue connection of the environment."""
        known = present().environment.connections.get(connection_name)
        if known is None:
            raise LookupError(f"EntityNotFoundException: connection {connection_name} is not in the run's environment")
        defaults = {"enforceSSL": "false", "skipCustomJDBCCertValidation": "false", "customJDBCCert": "", "customJDBCCertString": ""}  # fmt: skip
        return {**defaults, **known}

    def purge_table(self, database: str, table_name: str, options: Any = None, transformation_ctx: str = "", catalog_id: Any = None) -> None:  # fmt: skip
        """Delete a table's files that are older than the retention."""
        self.sources.table(database, table_name)
        purge(present(), present().environment.location_of(database, table_name), dict(options or {}))

    def purge_s3_path(self, s3_path: str, options: Any = None, transformation_ctx: str = "") -> None:
        """Delete the files below a path that are older than the retention."""
        purge(present(), s3_path, dict(options or {}))

    def transition_table(self, database: str, table_name: str, transition_to: str, options: Any = None, transformation_ctx: str = "", catalog_id: Any = None) -> None:  # fmt: skip
        """Refuse: storage classes are S3's."""
        refuse("GlueContext.transition_table", "local files have no storage class")

    def transition_s3_path(self, s3_path: str, transition_to: str, options: Any = None, transformation_ctx: str = "") -> None:  # fmt: skip
        """Refuse: storage classes are S3's."""
        refuse("GlueContext.transition_s3_path", "local files have no storage class")

    def get_logger(self) -> GlueLogger:
        """Return a logger that writes to Python's logging."""
        return GlueLogger()

    def currentTimeMillis(self) -> int:
        """Return milliseconds since the epoch."""
        return round(time.time() * 1000)

    def getSampleStreamingDynamicFrame(self, frame: DataFrame, options: Any = None, batch_function: Any = None) -> DynamicFrame:  # fmt: skip
        """Read the stream's files once and return the first records."""
        return streaming.sample(self, frame, dict(options or {}), batch_function)

    def forEachBatch(self, frame: DataFrame, batch_function: Any, options: Any = None) -> None:
        """Call `batch_function(DataFrame, batchId)` for what the stream holds."""
        streaming.for_each_batch(frame, batch_function, dict(options or {}))

    def add_ingestion_time_columns(self, frame: DataFrame, time_granularity: str) -> DataFrame:
        """Add ingest_year, ingest_month, ingest_day and, by granularity, ingest_hour and ingest_minute."""
        parts = ["year", "month", "day", "hour", "minute"]
        if time_granularity not in parts[2:]:
            raise ValueError(f"time_granularity {time_granularity!r}: use day, hour or minute")
        now = F.current_timestamp()
        functions = {"year": F.year, "month": F.month, "day": F.dayofmonth, "hour": F.hour, "minute": F.minute}
        for part in parts[: parts.index(time_granularity) + 1]:
            value = functions[part](now)
            frame = frame.withColumn(f"ingest_{part}", value if assume("ingestion_column_type") == "int" else value.cast("string"))  # fmt: skip
        return frame

    def start_transaction(self, read_only: bool) -> str:
        """Return a transaction id; each local write is on its own."""
        return _transactions.start()

    def commit_transaction(self, transaction_id: str, wait_for_commit: bool = True) -> bool:
        """End a transaction; True when it was open."""
        return _transactions.commit(transaction_id)

    def cancel_transaction(self, transaction_id: str) -> None:
        """Refuse to undo: local writes are done at once. A committed transaction raises as on AWS."""
        _transactions.cancel(transaction_id)

    def begin_transaction(self, read_only: bool) -> str:
        """Return a transaction id (the name before Glue 4.0)."""
        return self.start_transaction(read_only)

    def abort_transaction(self, transaction_id: str) -> None:
        """Cancel a transaction (the name before Glue 4.0)."""
        self.cancel_transaction(transaction_id)


class TransactionCommittedException(Exception):
    """A committed transaction was cancelled."""


class _Transactions:
    def __init__(self) -> None:
        self.open: set[str] = set()

    def start(self) -> str:
        transaction = uuid.uuid4().hex
        self.open.add(transaction)
        return transaction

    def commit(self, transaction: str) -> bool:
        found = transaction in self.open
        self.open.discard(transaction)
        return found

    def cancel(self, transaction: str) -> None:
        if transaction not in self.open:
            raise TransactionCommittedException(transaction)
        refuse("GlueContext.cancel_transaction", "local writes cannot be taken back")


_transactions = _Transactions()
