"""What GlueContext reads: files on S3, catalog tables, local databases (semantics 14)."""

import bz2
import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime import dynamodb
from glue2lakehouse.tools.glue_runtime import gluetypes as t
from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.batches import Batch, ErrorRecord
from glue2lakehouse.tools.glue_runtime.connectors import CONNECTORS, connector_of
from glue2lakehouse.tools.glue_runtime.environment import CatalogTable
from glue2lakehouse.tools.glue_runtime.formats.csv_text import read_csv, truth, typed
from glue2lakehouse.tools.glue_runtime.formats.json_text import read_json
from glue2lakehouse.tools.glue_runtime.formats.xml_text import read_xml
from glue2lakehouse.tools.glue_runtime.local_databases import JDBC_TYPES, LocalDatabase
from glue2lakehouse.tools.glue_runtime.object_paths import excluded, list_files
from glue2lakehouse.tools.glue_runtime.partitions import matching, partition_values
from glue2lakehouse.tools.glue_runtime.records import Record, from_python, ghost_of
from glue2lakehouse.tools.glue_runtime.refusals import NotAvailableLocally, refuse
from glue2lakehouse.tools.glue_runtime.run import Run
from glue2lakehouse.tools.glue_runtime.spark_bridge import from_data_frame
from glue2lakehouse.tools.glue_runtime.type_names import parse_type
from glue2lakehouse.tools.glue_runtime.unboxing import declared_schema
from glue2lakehouse.tools.glue_runtime.widening import widened

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

TEXT_READERS = {"csv": read_csv, "json": read_json, "xml": read_xml}
SPARK_FORMATS = ("parquet", "orc", "avro", "delta")
FILE_TYPES = ("s3", "file", "parquet", "orc", *TEXT_READERS)


class Sources:
    """The readers of one GlueContext."""

    def __init__(self, spark: "SparkSession", run: Run) -> None:
        self.spark = spark
        self.run = run

    def read(
        self,
        connection_type: str,
        options: dict[str, Any],
        format: str | None,
        format_options: dict[str, Any],
        context: str = "",
        predicate: str = "",
    ) -> Batch:
        """Read from a connection; NotAvailableLocally when it has no local stand-in."""
        kind = connection_type.lower()
        if kind in ("parquet", "orc") or kind in TEXT_READERS:
            format, kind = format or kind, "s3"
        if kind in ("s3", "file"):
            chosen = (format or "").lower()
            columns = _declared_columns(format_options)
            return self._files(_paths(options), chosen, {**options, **format_options}, context, columns)
        if kind in JDBC_TYPES or "dbtable" in options or "url" in options:
            return self._jdbc({**options, "_kind": kind}, context)
        if kind in ("mongodb", "documentdb"):
            return self._jdbc({**options, "dbtable": options.get("collection", "")}, context)
        if kind == "dynamodb":
            return self._dynamodb(options)
        if kind in CONNECTORS:
            form, settings = connector_of(self.run.environment, options)
            return from_data_frame(self.spark.read.format(form).options(**settings).load())
        raise NotAvailableLocally(f"connection type {connection_type}", "there is no local stand-in for this source")

    def _files(
        self,
        paths: list[str],
        format: str,
        options: dict[str, Any],
        context: str,
        columns: dict[str, t.DataType] | None,
    ) -> Batch:
        if format in SPARK_FORMATS:
            return self._spark_files(paths, format, options, context)
        if format not in TEXT_READERS:
            refuse(f"format {format or '(none)'}", "readers here: csv, json, xml, parquet, orc, avro and delta")
        files = self.new_files(paths, options, context, truth(options.get("recurse", False)))
        batch = self._texts(files, format, options, columns)
        return Batch(
            batch.records,
            ghost_of(t.StructType([t.Field(*pair) for pair in columns.items()])).value if columns else None,
            batch.errors,
            batch.errors,
        )

    def new_files(self, paths: list[str], options: Mapping[str, Any], context: str, recurse: bool) -> list[Path]:
        """Return the files below the paths that exclusions leave and that the bookmark has not seen."""
        patterns = options.get("exclusions") or []
        patterns = json.loads(patterns) if isinstance(patterns, str) else list(patterns)
        found: list[Path] = []
        for path in paths:
            root = self.run.environment.local(path)
            files = list_files(root, recurse)
            if not files and assume("missing_path") == "error":
                raise FileNotFoundError(f"{path}: no file there")
            found += [file for file in files if not excluded(self._uri(file), patterns)]
        return self.run.bookmarks.new_files(context, found, options)

    def _uri(self, file: Path) -> str:
        buckets = self.run.environment.buckets
        return f"s3://{file.relative_to(buckets).as_posix()}" if file.is_relative_to(buckets) else str(file)

    def _texts(
        self, files: list[Path], format: str, options: Mapping[str, Any], columns: dict[str, t.DataType] | None
    ) -> Batch:
        records: list[Record] = []
        errors: list[ErrorRecord] = []
        name = options.get("attachFilename")
        for file in files:
            found, broken = TEXT_READERS[format](_text(file, str(options.get("encoding") or "utf-8")), options, columns)
            if broken and truth(options.get("isFailFast", False)):
                raise ValueError(f"{self._uri(file)}: {broken[0].message}")
            if name:
                found = [{**record, str(name): from_python(self._uri(file))} for record in found]
            records += found
            errors += broken
        if format != "csv" and assume("reader_widens_numbers") == "yes":
            records = widened(records)
        return Batch(records, None, errors, errors)

    def _spark_files(self, paths: list[str], format: str, options: dict[str, Any], context: str) -> Batch:
        from pyspark.errors import AnalysisException

        reader = self.spark.read.format(format).options(**_spark_options(options))
        targets = paths
        if self.run.bookmarks.active(context):
            targets = [self._uri(file) for file in self.new_files(paths, options, context, True)]
            if not targets:
                return Batch([])
            reader = reader.option("basePath", paths[0])
        elif truth(options.get("recurse", False)) and not self._in_partitions(paths):
            reader = reader.option("recursiveFileLookup", "true")
        try:
            return from_data_frame(reader.load(targets if len(targets) > 1 else targets[0]))
        except AnalysisException as error:
            if format == "avro":
                raise NotAvailableLocally("format avro", "this Spark has no spark-avro jar") from error
            raise

    def _in_partitions(self, paths: list[str]) -> bool:
        """Tell whether files lie in folders `key=value`, of which Spark's readers make columns."""
        roots = [self.run.environment.local(path) for path in paths]
        files = [file.parts[len(root.parts) : -1] for root in roots for file in list_files(root, True)]
        return any("=" in part for parts in files for part in parts)

    def _jdbc(self, options: dict[str, Any], context: str) -> Batch:
        if options.get("dataTypeMapping"):
            refuse("dataTypeMapping", "tables of the local stand-in have no JDBC types")
        database = LocalDatabase(self.spark, self.run.environment, options)
        batch = from_data_frame(database.read())
        return self._bookmarked_rows(batch, options, context)

    def _bookmarked_rows(self, batch: Batch, options: Mapping[str, Any], context: str) -> Batch:
        keys = options.get("jobBookmarkKeys") or []
        keys = [keys] if isinstance(keys, str) else list(keys)
        if not keys or not self.run.bookmarks.active(context):
            return batch
        names = [
            next((own for own in (batch.ghost or {}) if own.lower() == str(key).lower()), str(key)) for key in keys
        ]
        descending = str(options.get("jobBookmarkKeysSortOrder", "asc")).lower() == "desc"
        valued = [
            ([_plain(record[name].value) for name in names], record)
            for record in batch.records
            if all(record.get(name) and record[name].value is not None for name in names)
        ]
        last = self.run.bookmarks.last_key(context)
        fresh = [(key, record) for key, record in valued if last is None or (key < last if descending else key > last)]
        ends = [key for key, _ in fresh]
        if ends:
            self.run.bookmarks.advance_key(context, min(ends) if descending else max(ends))
        return Batch([record for _, record in fresh], batch.ghost)

    def _dynamodb(self, options: Mapping[str, Any]) -> Batch:
        table = str(options.get("dynamodb.input.tableName") or options.get("dynamodb.tableArn") or "").rpartition("/")[
            2
        ]
        folder = self.run.environment.scratch / "dynamodb" / table
        if not folder.is_dir() and "dynamodb.input.tableName" in options and dynamodb.is_stood_in_for():
            return dynamodb.read_table(options)
        if not folder.is_dir():
            refuse(f"DynamoDB table {table}", f"no local copy at {folder}; add JSON lines")
        return self._texts(list_files(folder, True), "json", {}, None)

    def table(self, database: str, table: str) -> CatalogTable:
        """Return a catalog table; an error that names it when it is not known."""
        found = self.run.environment.table(database, table)
        if found is None:
            raise LookupError(f"EntityNotFoundException: table {database}.{table} is not in the run's catalog")
        return found

    def catalog_types(self, database: str, table: str) -> dict[str, t.DataType]:
        """Return the declared types of a table's columns and partition keys."""
        found = self.table(database, table)
        return {column.name: parse_type(column.type) for column in [*found.columns, *found.partition_keys]}

    def read_catalog(
        self, database: str, table: str, options: dict[str, Any], context: str = "", predicate: str = ""
    ) -> Batch:
        """Read a catalog table with its types, its partitions as columns, and the partition predicates applied."""
        found = self.table(database, table)
        if found.format == "jdbc":
            return self._jdbc(
                {"connectionName": found.connection, "dbtable": found.location or table, **options}, context
            )
        if found.format == "stream":
            refuse(f"{database}.{table}", "a streaming table is read with create_data_frame")
        columns = {column.name: parse_type(column.type) for column in found.columns}
        keys = {key.name: parse_type(key.type) for key in found.partition_keys}
        location = self.run.environment.location_of(database, table)
        every = {**options, **found.options}
        conditions = [text for text in (predicate, str(options.get("catalogPartitionPredicate") or "")) if text]
        if found.format == "delta":
            return from_data_frame(self.spark.read.format("delta").load(location))
        files = self.new_files([location], every, context, recurse=True)
        root = self.run.environment.local(location)
        batches = []
        for values, group in partition_values(files, root, list(keys)).items():
            own = {name: typed(value, keys[name]) for name, value in values}
            if conditions and not matching(self.spark, own, conditions):
                continue
            batches.append(self._group(group, found.format, every, columns, own))
        kinds = {**columns, **keys}
        ghost = ghost_of(t.StructType([t.Field(name, kind) for name, kind in kinds.items()])).value if kinds else None
        if ghost is None and batches:
            ghost = batches[0].ghost
        errors = [error for batch in batches for error in batch.errors]
        return Batch([record for batch in batches for record in batch.records], ghost, errors, errors)

    def _group(
        self, files: list[Path], format: str, options: dict[str, Any], columns: dict[str, t.DataType], own: Record
    ) -> Batch:
        if format in TEXT_READERS:
            batch = self._texts(files, format, options, columns or None)
        elif format in (*SPARK_FORMATS, "glueparquet"):
            uris = [self._uri(file) for file in files]
            reader = self.spark.read.format(format.replace("glueparquet", "parquet"))
            batch = from_data_frame(reader.option("recursiveFileLookup", "true").load(uris))
            batch = _renamed(batch, columns)
        else:
            refuse(f"catalog format {format}", "formats here: csv, json, xml, parquet, orc, avro and delta")
        return batch.over(lambda record: {**record, **own}) if own else batch


def _renamed(batch: Batch, columns: dict[str, t.DataType]) -> Batch:
    """Give file columns the catalog's spelling and drop what the catalog does not list."""
    if not columns:
        return batch
    spelling = {name.lower(): name for name in columns}

    def change(record: Record) -> Record:
        return {spelling[name.lower()]: cell for name, cell in record.items() if name.lower() in spelling}

    return batch.over(change)


def _plain(value: Any) -> Any:
    return value if isinstance(value, int | float | str) else str(value)


def _paths(options: Mapping[str, Any]) -> list[str]:
    given = options.get("paths") or options.get("path")
    if not given:
        raise ValueError("connection_options: s3 needs `paths`, a list of s3:// paths")
    return [given] if isinstance(given, str) else [str(path) for path in given]


def _declared_columns(options: Mapping[str, Any]) -> dict[str, t.DataType] | None:
    schema = declared_schema(options)
    return {field.name: field.dataType for field in schema.fields} if isinstance(schema, t.StructType) else None


def _spark_options(options: Mapping[str, Any]) -> dict[str, str]:
    ours = {"paths", "path", "exclusions", "groupfiles", "groupsize", "recurse", "maxband", "maxfilesinband",
            "boundedfiles", "boundedsize", "usesthreelistimplementation", "compressiontype"}  # fmt: skip
    return {key: str(value) for key, value in options.items() if key.lower() not in ours}


def _text(file: Path, encoding: str) -> str:
    data = file.read_bytes()
    if file.suffix == ".gz" or data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    elif file.suffix == ".bz2":
        data = bz2.decompress(data)
    return data.decode(encoding, errors="replace")


def sampled(batch: Batch, number: int) -> Batch:
    """Return the first records."""
    assume("sampled_records")
    return Batch(batch.records[:number], batch.ghost, batch.errors)
