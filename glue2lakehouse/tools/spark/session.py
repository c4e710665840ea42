"""Make a local Spark session for small data: two partitions, no web page, UTC, its own warehouse folder.

A process has one JVM, so the settings that a JVM takes at its start (jars, warehouse, memory) are those of the first
call; later calls share it.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from glue2lakehouse.errors import RuntimeUnavailable
from glue2lakehouse.tools.spark.jars import avro_jars, delta_jars
from glue2lakehouse.tools.spark.java import java_home

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

SMALL_DATA = {
    "spark.master": "local[2]",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "ERROR",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.driver.memory": "1g",
    # The second compiler costs more than it brings in runs of seconds.
    "spark.driver.extraJavaOptions": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss4m",
    "spark.default.parallelism": "2",
    "spark.sql.shuffle.partitions": "2",
    "spark.sql.session.timeZone": "UTC",
    "spark.sql.catalogImplementation": "in-memory",
    # As in Glue's Spark: a result of another type than declared is null. Spark 4.2's Arrow default casts it, and hangs where a
    # UDF's column comes straight from Parquet (its columnar input to Python).
    "spark.sql.execution.pythonUDF.arrow.enabled": "false",
    "spark.sql.execution.arrow.pythonUDF.columnarInput.enabled": "false",
}
DELTA = {
    "spark.sql.extensions": "io.delta.sql.DeltaSparkSessionExtension",
    "spark.sql.catalog.spark_catalog": "org.apache.spark.sql.delta.catalog.DeltaCatalog",
    "spark.databricks.delta.snapshotPartitions": "2",
}


def local_session(
    app: str, *, delta: bool = True, conf: Mapping[str, str] | None = None, warehouse: Path | None = None
) -> "SparkSession":
    """Return a local Spark session with Delta (unless `delta` is False); `conf` overrides the small-data settings.

    `warehouse` is the folder of managed tables, a temporary one when None. Raises RuntimeUnavailable, with what to do,
    when pyspark, Java or Delta's jars are missing or pyspark is the one of databricks-connect.
    """
    check_pyspark()
    from pyspark.errors import PySparkException
    from pyspark.sql import SparkSession

    builder = SparkSession.builder.appName(app)
    for name, value in session_settings(delta=delta, conf=conf, warehouse=warehouse).items():
        builder = builder.config(name, value)
    with _launch_environment():
        try:
            return builder.getOrCreate()
        except PySparkException as error:
            reason = str(error).splitlines()[0]
            raise RuntimeUnavailable(f"Spark does not start with Java at {java_home()}: {reason}") from error


def session_settings(
    *, delta: bool = True, conf: Mapping[str, str] | None = None, warehouse: Path | None = None
) -> dict[str, str]:
    """Return the Spark settings of a local session, Delta's jars among them; raises RuntimeUnavailable without them."""
    settings = {**SMALL_DATA, "spark.sql.warehouse.dir": str(warehouse or mkdtemp(prefix="glue2lakehouse-warehouse-"))}
    if delta:
        settings |= {**DELTA, "spark.jars": ",".join(str(jar) for jar in (*delta_jars(), *avro_jars()))}
    return settings | dict(conf or {})


def check_pyspark() -> None:
    """Raise RuntimeUnavailable unless the importable pyspark is Apache Spark's own, able to run locally."""
    try:
        installed = version("pyspark")
    except PackageNotFoundError as error:
        raise RuntimeUnavailable(
            "pyspark is not installed; install the `spark` extra: glue2lakehouse[spark]"
        ) from error
    from pyspark.version import __version__ as imported

    try:
        connect = version("databricks-connect")
    except PackageNotFoundError:
        connect = ""
    if connect or imported != installed:
        raise RuntimeUnavailable(
            f"pyspark {installed} has been overwritten by databricks-connect {connect or imported}; run "
            f"`pip uninstall databricks-connect` and `pip install --force-reinstall pyspark=={installed}`"
        )


def launch_variables() -> dict[str, str]:
    """Return the environment variables that Spark's launcher needs; raises RuntimeUnavailable without a Java."""
    return {
        "JAVA_HOME": str(java_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }


@contextmanager
def _launch_environment() -> Iterator[None]:
    """Set what Spark's launcher reads from the environment, and put everything back afterwards."""
    wanted = launch_variables()
    foreign = ("SPARK_HOME", "SPARK_CONF_DIR", "PYSPARK_SUBMIT_ARGS", "SPARK_REMOTE", "SPARK_CONNECT_MODE_ENABLED")
    before = {name: os.environ.get(name) for name in (*wanted, *foreign)}
    os.environ.update(wanted)
    for name in foreign:
        os.environ.pop(name, None)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
