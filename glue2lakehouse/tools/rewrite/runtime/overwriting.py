"""Overwriting partitions as Hive's tables do."""

from pyspark.sql import DataFrame


def overwrite_partitions(session, statement) -> DataFrame:
    """Run an INSERT OVERWRITE that replaces only the partitions which its rows name, as in a table of Hive's.

    Spark replaces all rows of any other table unless the session's mode says so; the mode is set for the statement alone.
    """
    mode = "spark.sql.sources.partitionOverwriteMode"
    before = session.conf.get(mode)
    session.conf.set(mode, "dynamic")
    try:
        return session.sql(statement)
    finally:
        session.conf.set(mode, before)
