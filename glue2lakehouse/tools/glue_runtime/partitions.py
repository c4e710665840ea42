"""Partition folders of a catalog table, and the predicates on them."""

from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote

from glue2lakehouse.tools.glue_runtime.batches import Batch
from glue2lakehouse.tools.glue_runtime.records import Record
from glue2lakehouse.tools.glue_runtime.spark_bridge import to_data_frame

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

HIVE_NULL = "__HIVE_DEFAULT_PARTITION__"
Values = tuple[tuple[str, str], ...]


def partition_values(files: list[Path], root: Path, keys: list[str]) -> dict[Values, list[Path]]:
    """Group files by the values of their partition folders: `key=value`, or by position where there is no `=`."""
    groups: dict[Values, list[Path]] = defaultdict(list)
    for file in files:
        folders = file.relative_to(root).parts[:-1] if file.is_relative_to(root) else ()
        named = {name.lower(): unquote(value) for name, sep, value in (part.partition("=") for part in folders) if sep}
        values = []
        for at, key in enumerate(keys):
            if key.lower() in named:
                values.append((key, "" if named[key.lower()] == HIVE_NULL else named[key.lower()]))
            elif at < len(folders) and "=" not in folders[at]:
                values.append((key, unquote(folders[at])))
        groups[tuple(values)].append(file)
    return dict(groups)


def matching(spark: "SparkSession", values: Record, conditions: list[str]) -> bool:
    """Tell whether a partition's values satisfy SQL conditions."""
    frame = to_data_frame(spark, Batch([values]))
    for condition in conditions:
        frame = frame.where(condition)
    return frame.count() > 0
