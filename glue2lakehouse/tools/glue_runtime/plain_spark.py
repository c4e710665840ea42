"""S3 paths, catalog tables and JDBC of a `RuntimeEnvironment` for plain PySpark, original and converted code alike.

S3: Hadoop's ViewFileSystemOverloadScheme answers s3, s3a and s3n, with one mount a bucket onto `scratch/s3/<bucket>`. So
readers, writers, SQL texts, streams and Delta see true s3:// names, and `input_file_name()` gives them too. A bucket that
nobody announced is mounted when its name first crosses from Python to the JVM (`mount_on_demand`).
"""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.environment import CatalogTable, RuntimeEnvironment
from glue2lakehouse.tools.glue_runtime.object_paths import S3_URI, SCHEMES, bucket_folder

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

_VIEW_FS = "org.apache.hadoop.fs.viewfs.ViewFileSystemOverloadScheme"
_CSV_OPTIONS = {"separator": "sep", "withHeader": "header", "quoteChar": "quote", "escaper": "escape"}


def spark_settings(buckets: Path) -> dict[str, str]:
    """Return the session settings that make S3 paths local; give them to the builder before the session starts."""
    settings = {"spark.hadoop.mapreduce.outputcommitter.factory.scheme.s3a":
                "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"}  # fmt: skip
    for scheme in SCHEMES:
        settings[f"spark.hadoop.fs.{scheme}.impl"] = _VIEW_FS
        settings[f"spark.hadoop.fs.viewfs.overload.scheme.target.{scheme}.impl"] = (
            "org.apache.hadoop.fs.LocalFileSystem"
        )
    if buckets.is_dir():
        for folder in sorted(path for path in buckets.iterdir() if path.is_dir()):
            settings[f"spark.hadoop.{_mount_key(folder.name)}"] = folder.resolve().as_uri()
    return settings


def _mount_key(bucket: str) -> str:
    return f"fs.viewfs.mounttable.{bucket}.linkFallback"


class _Mounts:
    """The buckets that the process has mounted; `buckets` is where the present run's are."""

    def __init__(self) -> None:
        self.buckets: Path | None = None
        self.session: Any = None
        self.known: dict[str, Path] = {}

    def see(self, text: str) -> None:
        if self.buckets is None or "s3" not in text or "://" not in text:
            return
        for name in set(S3_URI.findall(text)):
            if self.known.get(name) != self.buckets:
                self.known[name] = self.buckets
                self._mount(name, bucket_folder(name, self.buckets).resolve())

    def _mount(self, name: str, folder: Path) -> None:
        context = self.session.sparkContext
        configuration = context._jsc.hadoopConfiguration()
        configuration.set(_mount_key(name), folder.as_uri())
        uri = context._jvm.java.net.URI
        for scheme in SCHEMES:
            filesystem = context._jvm.org.apache.hadoop.fs.FileSystem
            filesystem.get(uri.create(f"{scheme}://{name}/"), configuration).close()


_mounts = _Mounts()


def mount_on_demand(spark: "SparkSession", buckets: Path) -> None:
    """Map s3://bucket/… of this session to `buckets`/bucket from now on, whatever bucket is named.

    Works on a running session too; mounts that an earlier run made for other folders are replaced.
    """
    _mounts.session, _mounts.buckets = spark, None
    configuration = spark.sparkContext._jsc.hadoopConfiguration()
    for key, value in spark_settings(buckets).items():
        configuration.set(key.removeprefix("spark.hadoop."), value)
    _watch_calls_into_java()
    _mounts.buckets = buckets.resolve()
    _mounts.buckets.mkdir(parents=True, exist_ok=True)
    for folder in sorted(path for path in _mounts.buckets.iterdir() if path.is_dir()):
        _mounts.see(f"s3://{folder.name}/")


def local_spelling(name: str) -> str:
    """Return a database's or table's name as Spark's own catalog takes it: letters, digits and underscores only."""
    return re.sub(r"[^\w.]", "_", name)


class _Spelling:
    """The names of the present run's catalog that Spark's own would refuse (`raw-zone`), and how they are written to it."""

    def __init__(self) -> None:
        self.odd: re.Pattern[str] | None = None

    def learn(self, environment: RuntimeEnvironment) -> None:
        names = {part for name in environment.catalog for part in name.split(".", 1)} | set(environment.databases)
        odd = [re.escape(name) for name in sorted(names) if name and local_spelling(name) != name]
        self.odd = re.compile(f"`({'|'.join(odd)})`|^({'|'.join(odd)})$", re.IGNORECASE) if odd else None

    def written(self, text: str) -> str:
        if self.odd is None:
            return text
        return self.odd.sub(
            lambda found: f"`{local_spelling(found[1])}`" if found[1] else local_spelling(found[2]), text
        )


_spelling = _Spelling()


def _watch_calls_into_java() -> None:
    from py4j.java_gateway import JavaClass, JavaMember

    for callee in (JavaMember, JavaClass):
        if not hasattr(callee.__call__, "_sees_buckets"):
            callee.__call__ = _seeing(callee.__call__)


def _seeing(call: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(call)
    def watched(self: Any, *args: Any) -> Any:
        for arg in args:
            if isinstance(arg, str):
                _mounts.see(arg)
        return call(self, *[_spelling.written(arg) if isinstance(arg, str) else arg for arg in args])

    watched._sees_buckets = True  # type: ignore[attr-defined]
    return watched


def register_tables(
    spark: "SparkSession",
    environment: RuntimeEnvironment,
    name_for: Callable[[str, str], str] = lambda database, table: f"`{database}`.`{table}`",
) -> None:
    """Create the catalog's databases and tables in the session, replacing tables of the same name.

    `name_for(database, table)` gives the quoted Spark name: converted code may want other names for the same tables.
    """
    _spelling.learn(environment)
    for database in environment.databases:
        spark.sql(f"CREATE DATABASE IF NOT EXISTS {name_for(database, 'x').rpartition('.')[0]}")
    for name, table in environment.catalog.items():
        if table.format != "stream":
            register_table(spark, environment, name, table, name_for)


def register_table(
    spark: "SparkSession",
    environment: RuntimeEnvironment,
    name: str,
    table: CatalogTable,
    name_for: Callable[[str, str], str] = lambda database, table: f"`{database}`.`{table}`",
) -> None:
    """Create one catalog table in the session: external, at its location, with its partitions found."""
    _spelling.learn(environment)
    database, _, bare = name.partition(".")
    target = name_for(database, bare)
    spark.sql(f"CREATE DATABASE IF NOT EXISTS {target.rpartition('.')[0]}")
    spark.sql(f"DROP TABLE IF EXISTS {target}")
    if table.format == "jdbc":
        _register_jdbc(spark, environment, target, table)
        return
    location = environment.location_of(database, bare)
    environment.local(location).mkdir(parents=True, exist_ok=True)
    columns = [*table.columns, *table.partition_keys] if table.columns else []
    if not columns and not any(environment.local(location).iterdir()):
        return
    schema = ", ".join(f"`{column.name}` {column.type}" for column in columns)
    partitions = ", ".join(f"`{key.name}`" for key in table.partition_keys)
    options = ", ".join(f"'{key}' '{_quoted(value)}'" for key, value in reader_options(table).items())
    with _times_of_hive(spark):
        spark.sql(
            f"CREATE TABLE {target} {f'({schema})' if schema else ''} USING {table.format.replace('glueparquet', 'parquet')} "
            f"{f'OPTIONS ({options})' if options else ''} "
            f"{f'PARTITIONED BY ({partitions})' if partitions and schema and table.format != 'delta' else ''} "
            f"LOCATION '{_quoted(location)}'"
        )
    if partitions and schema and table.format != "delta":
        spark.sql(f"MSCK REPAIR TABLE {target}")


@contextmanager
def _times_of_hive(spark: "SparkSession") -> Iterator[None]:
    """Take times without a zone in Parquet samples for timestamp: a table of the Glue Data Catalog has no other type for them."""
    before = spark.conf.get(_NTZ)
    spark.conf.set(_NTZ, "false")
    try:
        yield
    finally:
        spark.conf.set(_NTZ, str(before))


_NTZ = "spark.sql.parquet.inferTimestampNTZ.enabled"


def _register_jdbc(spark: "SparkSession", environment: RuntimeEnvironment, target: str, table: CatalogTable) -> None:
    from glue2lakehouse.tools.glue_runtime.local_databases import table_folder

    folder = table_folder(environment, table.connection, table.location)
    if folder.is_dir():
        spark.sql(f"CREATE TABLE {target} USING parquet LOCATION '{_quoted(folder.resolve().as_uri())}'")


def _quoted(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "\\'")


def reader_options(table: CatalogTable) -> dict[str, str]:
    """Return Spark's reader options of a catalog table's Glue options."""
    options = {"sep": ","} if table.format == "csv" else {}
    for key, value in table.options.items():
        options[_CSV_OPTIONS.get(key, key)] = "" if key == "quoteChar" and str(value) == "-1" else str(value)
    return options


def apply_settings(spark: "SparkSession", settings: Mapping[str, str] | Iterable[tuple[str, str]]) -> None:
    """Set what can still be set on a running session; static settings are passed over."""
    for key, value in dict(settings).items():
        if spark.conf.isModifiable(key):
            spark.conf.set(key, value)
