"""Where files are converted: here, in processes of this machine, or on the executors of a Spark session."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, JobFacts, TableFacts, convert_project
from glue2lakehouse.tools.rewrite.batches import Ground
from glue2lakehouse.tools.rewrite.processes import convert_in_processes, cores
from glue2lakehouse.tools.spark import local_session

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

# A process takes a second to start, in which this many files are converted.
FILES_WORTH_A_PROCESS = 60


def convert_files(
    files: Mapping[str, str],
    settings: Settings,
    facts: Mapping[str, JobFacts],
    tables: Mapping[str, TableFacts],
) -> Iterator[Conversion]:
    """Yield a conversion for each file, in no particular order; the same one whatever the settings' engine and workers.

    Raises RuntimeUnavailable where Spark is asked for and not there, RunError when a process ends.
    """
    ground = Ground(settings, tuple(files), tables)
    if settings.engine == "spark":
        from glue2lakehouse.tools.rewrite.on_spark import convert_on_spark

        return convert_on_spark(files, facts, ground, session_in_hand())
    processes = min(settings.workers or cores(), len(files) // FILES_WORTH_A_PROCESS)
    if processes > 1:
        return convert_in_processes(files, facts, ground, processes)
    return convert_project(files, settings, facts, tables)


def session_in_hand() -> "SparkSession":
    """Return the active Spark session, else one of Databricks Connect where that is installed, else a local one."""
    from pyspark.sql import SparkSession

    active = SparkSession.getActiveSession()
    if active is not None:
        return active
    try:
        from databricks.connect import DatabricksSession
    except ImportError:
        return local_session("glue2lakehouse", delta=False, conf={"spark.master": "local[*]"})
    connected: SparkSession = DatabricksSession.builder.getOrCreate()
    return connected
