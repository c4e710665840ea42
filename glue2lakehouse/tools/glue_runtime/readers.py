"""The small objects that GlueContext hands out: readers, writers, `DataSource`, `StreamingDataSource`, `DataSink`."""

import itertools
import uuid
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime import streaming
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.collection import DynamicFrameCollection
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame
from glue2lakehouse.tools.glue_runtime.sources import SPARK_FORMATS
from glue2lakehouse.tools.glue_runtime.spark_bridge import to_data_frame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame


def _source_name(options: dict[str, Any]) -> str:
    given = options.get("paths") or []
    paths = [given] if isinstance(given, str) else [str(path) for path in given]
    same = (len(set(chars)) == 1 for chars in zip(*paths, strict=False))
    prefix = "".join(itertools.compress(min(paths, default=""), itertools.takewhile(bool, same)))
    return "".join(char for char in prefix if char not in ":/.") or uuid.uuid4().hex


class DataSource:
    """A source that is read when a frame is asked for."""

    def __init__(self, j_source: Any, sql_ctx: Any, name: Any, *rest: Any) -> None:
        self.context, self.kind, self.format = j_source, str(sql_ctx), name
        self.options, self.bookmark, self.predicate = rest if rest else ({}, "", "")
        self.format_options: dict[str, Any] = {}
        self.name = _source_name(self.options)

    def setFormat(self, format: str, **options: Any) -> None:
        """Set format and format options."""
        self.format, self.format_options = format, options

    def _read(self) -> Batch:
        batch: Batch = self.context.sources.read(
            self.kind, dict(self.options), self.format, self.format_options, self.bookmark, self.predicate
        )
        return batch

    def getFrame(self, **options: Any) -> DynamicFrame:
        """Return the frame; minPartitions and targetPartitions have no effect on data."""
        frame: DynamicFrame = self.context.frame(self._read, self.name)
        if str(self.format or self.kind).lower() in SPARK_FORMATS:
            # Spark's readers look at the path at once, and scripts catch what they raise.
            frame.batch()
        return frame

    def getSampleFrame(self, num: int, **options: Any) -> DynamicFrame:
        """Return the first records."""
        assume("sampled_records")
        return self.getFrame()._next(lambda batch: Batch(batch.records[:num], batch.ghost, batch.errors))

    def getDataFrame(self) -> "DataFrame":
        """Return a DataFrame."""
        return self.getFrame().toDF()


class StreamingDataSource(DataSource):
    """A source of micro-batches; for a batch connection, of one DataFrame."""

    def getFrame(self, **options: Any) -> Any:
        """Return the streaming DataFrame of a stream, the plain one of a batch connection."""
        if streaming.is_stream(self.kind):
            return streaming.stream(self.context, self.kind, {**self.options, **self.format_options})
        batch = self._read()
        return to_data_frame(self.context.spark_session, batch)


class DataSink:
    """A sink that writes when a frame is given."""

    def __init__(self, j_sink: Any, sql_ctx: Any, *rest: Any) -> None:
        self.context, self.kind = j_sink, str(sql_ctx)
        self.format, self.options = rest if rest else (None, {})
        self.format_options: dict[str, Any] = {}
        self.catalog: tuple[str, str] | None = None

    def setFormat(self, format: str, **options: Any) -> None:
        """Set format and format options."""
        self.format, self.format_options = format, options

    def setAccumulableSize(self, size: int) -> None:
        """Do nothing: the size of an error accumulator."""

    def setCatalogInfo(self, catalogDatabase: str, catalogTableName: str, catalogId: str = "") -> None:
        """Name the catalog table to make or update after the write."""
        self.catalog = (catalogDatabase, catalogTableName)

    def writeFrame(self, dynamic_frame: DynamicFrame, info: str = "") -> DynamicFrame:
        """Append a frame; returns the frame `<name>_errors`."""
        self.context.sinks.write_batch(
            dynamic_frame.batch(), self.kind, dict(self.options), self.format or "", self.format_options, self.catalog
        )
        errors: DynamicFrame = self.context.empty_frame(f"{dynamic_frame.name}_errors")
        return errors

    def writeDataFrame(self, data_frame: "DataFrame", glue_context: Any, info: str = "") -> DynamicFrame:
        """Append a DataFrame."""
        self.context.sinks.write(
            data_frame, self.kind, dict(self.options), self.format or "", self.format_options, None, self.catalog
        )
        errors: DynamicFrame = glue_context.empty_frame("_errors")
        return errors

    def write(self, dynamic_frame_or_dfc: Any, info: str = "") -> Any:
        """Append a frame, or each frame of a collection below its own name."""
        if isinstance(dynamic_frame_or_dfc, DynamicFrame):
            return self.writeFrame(dynamic_frame_or_dfc, info)
        if not isinstance(dynamic_frame_or_dfc, DynamicFrameCollection):
            given = type(dynamic_frame_or_dfc)
            raise TypeError(
                f"dynamic_frame_or_dfc must be an instance of DynamicFrame or DynamicFrameCollection. Got {given}"
            )
        assume("collection_layout")
        written = {}
        for name, frame in dynamic_frame_or_dfc.items():
            own = DataSink(self.context, self.kind, self.format, dict(self.options))
            own.format_options = self.format_options
            if "path" in own.options:
                own.options["path"] = f"{str(own.options['path']).rstrip('/')}/{name}"
            else:
                own.options["dbtable"] = name
            written[name] = own.writeFrame(frame, info)
        return DynamicFrameCollection(written, self.context)


class _Attached:
    def __init__(self, glue_context: Any) -> None:
        self._glue_context = glue_context


class DynamicFrameReader(_Attached):
    """`glueContext.create_dynamic_frame`; calling it is calling `from_options`."""

    def from_rdd(self, data: Any, name: str, schema: Any = None, sampleRatio: Any = None) -> DynamicFrame:
        """Make a frame of rows."""
        return self._glue_context.create_dynamic_frame_from_rdd(data, name, schema, sampleRatio)  # type: ignore[no-any-return]

    def from_options(self, *args: Any, **kwargs: Any) -> DynamicFrame:
        """Read from a connection."""
        return self._glue_context.create_dynamic_frame_from_options(*args, **kwargs)  # type: ignore[no-any-return]

    def from_catalog(self, *args: Any, **kwargs: Any) -> DynamicFrame:
        """Read a catalog table."""
        return self._glue_context.create_dynamic_frame_from_catalog(*args, **kwargs)  # type: ignore[no-any-return]


class DynamicFrameWriter(_Attached):
    """`glueContext.write_dynamic_frame`."""

    def from_options(self, *args: Any, **kwargs: Any) -> Any:
        """Append to a connection."""
        return self._glue_context.write_dynamic_frame_from_options(*args, **kwargs)

    def from_catalog(self, *args: Any, **kwargs: Any) -> Any:
        """Append to a catalog table."""
        return self._glue_context.write_dynamic_frame_from_catalog(*args, **kwargs)

    def from_jdbc_conf(self, frame: Any, catalog_connection: str, connection_options: Any = None, redshift_tmp_dir: str = "", transformation_ctx: str = "") -> None:  # fmt: skip
        """Append to a table of a Glue connection."""
        self._glue_context.write_dynamic_frame_from_jdbc_conf(frame, catalog_connection, connection_options)


class DataFrameReader(_Attached):
    """`glueContext.create_data_frame`."""

    def from_catalog(self, *args: Any, **kwargs: Any) -> "DataFrame":
        """Read a catalog table."""
        return self._glue_context.create_data_frame_from_catalog(*args, **kwargs)  # type: ignore[no-any-return]

    def from_options(self, *args: Any, **kwargs: Any) -> "DataFrame":
        """Read from a connection."""
        return self._glue_context.create_data_frame_from_options(*args, **kwargs)  # type: ignore[no-any-return]


class DataFrameWriter(_Attached):
    """`glueContext.write_data_frame`."""

    def from_catalog(self, *args: Any, **kwargs: Any) -> None:
        """Write to a catalog table."""
        self._glue_context.write_data_frame_from_catalog(*args, **kwargs)

    def from_options(self, frame: "DataFrame", connection_type: str, connection_options: Any = None, format: Any = None, format_options: Any = None, **kwargs: Any) -> Any:  # fmt: skip
        """Append a DataFrame to a connection."""
        sink = self._glue_context.getSink(connection_type, format, **dict(connection_options or {}))
        if format:
            sink.setFormat(format, **dict(format_options or {}))
        return sink.writeDataFrame(frame, self._glue_context)
