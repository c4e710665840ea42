"""Deleting files by their age."""

import time


def purge_path(path: str, hours=168) -> None:
    """Delete the files below a path whose last change is longer ago than so many hours, as Glue's purge_s3_path does."""
    from databricks.sdk.runtime import dbutils

    limit = (time.time() - float(hours) * 3600) * 1000
    for item in dbutils.fs.ls(path):
        if item.isDir():
            purge_path(item.path, hours)
        elif item.modificationTime <= limit:
            dbutils.fs.rm(item.path)
