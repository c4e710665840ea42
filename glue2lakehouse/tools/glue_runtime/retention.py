"""Purge: delete files by age, the last 168 hours excepted unless `retentionPeriod` says otherwise."""

import time
from typing import Any

from glue2lakehouse.tools.glue_runtime.environment import Written
from glue2lakehouse.tools.glue_runtime.object_paths import list_files
from glue2lakehouse.tools.glue_runtime.refusals import refuse
from glue2lakehouse.tools.glue_runtime.run import Run


def purge(run: Run, path: str, options: dict[str, Any]) -> None:
    """Delete the files below a path that are older than `retentionPeriod` hours (default 168)."""
    if options.get("partitionPredicate"):
        refuse("purge with partitionPredicate", "partitions of a purge are not evaluated here")
    hours = float(options.get("retentionPeriod", 168))
    root = run.environment.local(path)
    limit = time.time() - hours * 3600
    purged = [file for file in list_files(root, True) if root.exists() and file.stat().st_mtime <= limit]
    for file in purged:
        file.unlink()
    run.manifest.add(
        Written(kind="purge", target=path, mode="purge", rows=len(purged), options={"retentionPeriod": hours})
    )
