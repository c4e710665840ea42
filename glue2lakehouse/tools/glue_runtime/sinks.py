"""What GlueContext writes: always appended, header on in CSV, partition keys out of the files (semantics 15)."""

import json
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime import dynamodb
from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.connectors import CONNECTORS, connector_of
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, Column, Written
from glue2lakehouse.tools.glue_runtime.formats.csv_text import truth
from glue2lakehouse.tools.glue_runtime.local_databases import JDBC_TYPES, LocalDatabase
from glue2lakehouse.tools.glue_runtime.plain_spark import register_table
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally, refuse
from glue2lakehouse.tools.glue_runtime.run import Run
from glue2lakehouse.tools.glue_runtime.spark_bridge import from_spark_type, json_ready, to_data_frame
from glue2lakehouse.tools.glue_runtime.type_names import type_name

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

FORMATS = {"csv": "csv", "json": "json", "parquet": "parquet", "glueparquet": "parquet", "orc": "orc", "avro": "avro",
           "delta": "delta"}  # fmt: skip
_SECRET = ("password", "user", "secret", "token")


class Sinks:
    """The writers of one GlueContext."""

    def __init__(self, spark: "SparkSession", run: Run) -> None:
        self.spark = spark
        self.run = run

    def write_batch(
        self,
        batch: Batch,
        connection_type: str,
        options: dict[str, Any],
        format: str,
        format_options: dict[str, Any],
        catalog: tuple[str, str] | None = None,
    ) -> None:
        """Write a frame's records; a frame without records writes no file."""
        schema = batch.schema()
        keys = [str(key) for key in options.get("partitionKeys") or []]
        if any(key not in record or record[key].value is None for key in keys for record in batch.records):
            assume("null_partition_key")
        if _has_choice(schema):
            assume("choice_in_sink")
        if connection_type.lower() == "dynamodb" and dynamodb.is_stood_in_for():
            dynamodb.write_batch(batch, options)
            self._note(connection_type, options, format, [field.name for field in schema.fields], len(batch.records))
            return
        if not batch.records and assume("empty_frame_written") == "no":
            self._note(connection_type, options, format, [field.name for field in schema.fields], 0)
            return
        self.write(
            to_data_frame(self.spark, batch, schema).coalesce(1),
            connection_type,
            options,
            format,
            format_options,
            len(batch.records),
            catalog,
        )

    def write(
        self,
        frame: "DataFrame",
        connection_type: str,
        options: dict[str, Any],
        format: str,
        format_options: dict[str, Any],
        rows: int | None = None,
        catalog: tuple[str, str] | None = None,
    ) -> None:
        """Write a DataFrame as a Glue sink does."""
        kind = connection_type.lower()
        if kind in FORMATS and not format:
            format = kind
        rows = frame.count() if rows is None else rows
        with self.run.manifest.glue_sink():
            if kind in JDBC_TYPES or (kind not in ("s3", "file", *FORMATS) and "dbtable" in options):
                LocalDatabase(self.spark, self.run.environment, options).write(frame)
            elif kind in CONNECTORS:
                form, settings = connector_of(self.run.environment, options)
                frame.write.format(form).mode("append").options(**settings).save()
            elif kind in ("s3", "file", *FORMATS):
                # The sink of a catalog table is Glue's own writer, whatever its classification says.
                own = "glueparquet" if catalog is not None and format.lower() == "parquet" else format.lower()
                self._files(frame, options, own, format_options)
            else:
                refuse(f"sink {connection_type}", "there is no local stand-in for this target")
        self._note(connection_type, options, format, frame.columns, rows, frame, catalog)
        if catalog is not None and truth(options.get("enableUpdateCatalog", False)):
            self._update_catalog(frame, options, format, format_options, catalog)

    def _files(self, frame: "DataFrame", options: dict[str, Any], format: str, format_options: dict[str, Any]) -> None:
        from pyspark.errors import AnalysisException

        if format not in FORMATS:
            refuse(f"sink format {format or '(none)'}", f"formats here: {', '.join(FORMATS)}")
        writer = (
            _without_void(frame, format)
            .write.format(FORMATS[format])
            .mode("append")
            .options(**_writer_options(format, format_options))
        )
        if options.get("compression"):
            writer = writer.option("compression", str(options["compression"]))
        keys = list(options.get("partitionKeys") or [])
        if keys:
            writer = writer.partitionBy(*keys)
        try:
            writer.save(self._path(options))
        except AnalysisException as error:
            if format == "avro":
                raise NotAvailableLocally("format avro", "this Spark has no spark-avro jar") from error
            raise

    def _path(self, options: dict[str, Any]) -> str:
        path = options.get("path")
        if not path:
            raise ValueError("connection_options: an s3 sink needs `path`")
        return str(path)

    def _note(
        self,
        connection_type: str,
        options: dict[str, Any],
        format: str,
        columns: list[str],
        rows: int,
        frame: "DataFrame | None" = None,
        catalog: tuple[str, str] | None = None,
    ) -> None:
        jdbc = "path" not in options
        shown = {key: value for key, value in options.items() if not any(word in key.lower() for word in _SECRET)}
        where = options.get("connectionName") or options.get("catalog_connection") or options.get("database") or ""
        target = f"{where}/{options.get('dbtable', '')}" if jdbc else str(options["path"])
        self.run.manifest.add(
            Written(
                kind="jdbc" if jdbc else "path",
                target=target,
                format=format or connection_type,
                mode="append",
                partition_keys=[str(key) for key in options.get("partitionKeys") or []],
                rows=rows,
                columns=columns,
                types=[kind for _, kind in frame.dtypes] if frame is not None else [],
                table=".".join(catalog).lower() if catalog is not None else "",
                options=json.loads(json.dumps(shown, default=str)),
            )
        )

    def _update_catalog(
        self,
        frame: "DataFrame",
        options: dict[str, Any],
        format: str,
        format_options: dict[str, Any],
        name: tuple[str, str],
    ) -> None:
        environment = self.run.environment
        known = environment.table(*name)
        keys = [str(key) for key in options.get("partitionKeys") or []]
        behaviour = str(options.get("updateBehavior") or "UPDATE_IN_DATABASE")
        if known is None or (behaviour == "UPDATE_IN_DATABASE" and keys):
            columns = _columns(frame)
            reader = {"withHeader": str(format_options.get("writeHeader", True)).lower()} if format == "csv" else {}
            if format == "csv" and format_options.get("separator"):
                reader["separator"] = str(format_options["separator"])
            own = [column for column in columns if column.name not in keys]
            if known is not None:
                names = {column.name for column in own}
                own = [column for column in known.columns if column.name not in names] + own
            by_name = {column.name: column for column in columns}
            environment.put_table(
                *name,
                CatalogTable(
                    location=self._path(options),
                    format=FORMATS[format.lower()],
                    columns=own,
                    partition_keys=[by_name[key] for key in keys],
                    options=reader,
                ),
            )
        definition = environment.table(*name)
        assert definition is not None
        register_table(self.spark, environment, ".".join(name), definition)

    def write_table(self, batch: Batch, database: str, table: str, options: dict[str, Any]) -> None:
        """Append a frame to a catalog table's storage, in the table's format."""
        known = self.run.environment.table(database, table)
        if known is None:
            raise LookupError(f"EntityNotFoundException: table {database}.{table} is not in the run's catalog")
        if known.format == "jdbc":
            where = {"connectionName": known.connection, "dbtable": known.location or table, **options}
            self.write_batch(batch, "jdbc", where, "", {})
            return
        keys = options.get("partitionKeys") or [key.name for key in known.partition_keys]
        where = {**options, "path": self.run.environment.location_of(database, table), "partitionKeys": keys}
        format_options = {
            "separator": known.options.get("separator", ","),
            "quoteChar": known.options.get("quoteChar", '"'),
        }
        format_options["writeHeader"] = known.options.get("withHeader", "false")
        text = format_options if known.format == "csv" else {}
        self.write_batch(batch, "s3", where, known.format, text, (database, table))
        definition = self.run.environment.table(database, table)
        if definition is not None:
            register_table(self.spark, self.run.environment, f"{database}.{table}", definition)

    def write_frame_to_table(self, frame: "DataFrame", database: str, table: str, options: dict[str, Any]) -> None:
        """Write a DataFrame to a catalog table with `saveMode`, append by default."""
        known = self.run.environment.table(database, table)
        if known is None:
            raise LookupError(f"EntityNotFoundException: table {database}.{table} is not in the run's catalog")
        mode = str(options.get("saveMode") or "append").lower()
        location = self.run.environment.location_of(database, table)
        format = known.format
        rows = frame.count()
        keys = [str(key) for key in options.get("partitionKeys") or (key.name for key in known.partition_keys)]
        with self.run.manifest.glue_sink():
            frame.write.format(format).mode(mode).partitionBy(*keys).save(location)
        self.run.manifest.add(
            Written(
                kind="table",
                target=f"{database}.{table}",
                format=format,
                mode=mode,
                partition_keys=keys,
                rows=rows,
                columns=frame.columns,
            )
        )
        register_table(self.spark, self.run.environment, f"{database}.{table}", known)

    def write_sample(self, batch: Batch, path: str, options: dict[str, Any]) -> None:
        """Write a spigot's sample as one file of JSON lines."""
        assume("sampled_records")
        folder = self.run.environment.local(path)
        folder.mkdir(parents=True, exist_ok=True)
        chosen = batch.records[: int(options.get("topk", 100))]
        number = len(list(folder.glob("part-*")))
        lines = "".join(json.dumps(json_ready(record)) + "\n" for record in chosen)
        (folder / f"part-{number:05d}.json").write_text(lines, encoding="utf-8")
        self.run.manifest.add(
            Written(kind="path", target=path, format="json", rows=len(chosen), options={"spigot": True})
        )


def _without_void(frame: "DataFrame", format: str) -> "DataFrame":
    """Make columns of null type writable where Glue's own writers take them: empty CSV fields, no Parquet column."""
    voids = [field.name for field in frame.schema.fields if field.dataType.typeName() == "void"]
    if voids and format == "glueparquet" and assume("null_type_in_glueparquet") == "dropped":
        return frame.drop(*voids)
    if voids and format == "csv":
        for name in voids:
            frame = frame.withColumn(name, frame[f"`{name}`"].cast("string"))
    return frame


def _has_choice(kind: t.DataType) -> bool:
    return any(isinstance(field.dataType, t.ChoiceType) for field in getattr(kind, "fields", []))


def _columns(frame: "DataFrame") -> list[Column]:
    schema = from_spark_type(frame.schema)
    assert isinstance(schema, t.StructType)
    return [Column(name=field.name, type=type_name(field.dataType)) for field in schema.fields]


def _writer_options(format: str, options: dict[str, Any]) -> dict[str, str]:
    if format == "csv":
        found = {"header": str(options.get("writeHeader", True)).lower(), "sep": str(options.get("separator", ","))}
        quote = str(options.get("quoteChar", '"'))
        found |= {"quote": "" if quote == "-1" else quote, "escape": quote if quote != "-1" else "\\", "emptyValue": ""}
        # A text with blanks is put in quotes by Glue's writer, and so kept as it is; Spark's would trim it.
        return found | {"ignoreLeadingWhiteSpace": "false", "ignoreTrailingWhiteSpace": "false"}
    return {"compression": str(options["compression"])} if options.get("compression") and format != "orc" else {}
