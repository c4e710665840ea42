"""Deleting files by their age, and the rows of a table whose files a job deletes."""

import time

from pyspark.sql import SparkSession


def empty_table(session: SparkSession, name: str) -> None:
    """Delete all rows of a table, which is empty in Glue once its files are deleted; none if it is not there yet."""
    if session.catalog.tableExists(name):
        session.sql(f"DELETE FROM {name}")


def purge_path(path: str, hours=168) -> None:
    """Delete the files below a path whose last change is longer ago than so many hours, as Glue's purge_s3_path does."""
    from databricks.sdk.runtime import dbutils

    limit = (time.time() - float(hours) * 3600) * 1000
    for item in dbutils.fs.ls(path):
        if item.isDir():
            purge_path(item.path, hours)
        elif item.modificationTime <= limit:
            dbutils.fs.rm(item.path)
