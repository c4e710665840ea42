"""Conversion on the executors of a Spark session: a data frame of batches, converted where they lie.

The executors need this package and libcst: in the environment (Databricks Connect, serverless) or on the cluster.
"""

import pickle
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from glue2lakehouse.tools.rewrite.batches import Ground, batches_of, convert_batch
from glue2lakehouse.tools.rewrite.engine import Conversion
from glue2lakehouse.tools.rewrite.rule import JobFacts

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import SparkSession


def convert_on_spark(
    files: Mapping[str, str], facts: Mapping[str, JobFacts], ground: Ground, spark: "SparkSession"
) -> Iterator[Conversion]:
    """Yield a conversion for each file, in no particular order; the same, byte for byte, as on one machine.

    The session's errors reach the caller as they are.
    """
    rows = [(bytearray(pickle.dumps(batch)),) for batch in batches_of(files, facts)]
    if not rows:
        return
    told = pickle.dumps(ground)

    def convert(parts: "Iterator[pd.DataFrame]") -> "Iterator[pd.DataFrame]":
        import pandas as pd

        shared: Ground = pickle.loads(told)
        for part in parts:
            made = [pickle.dumps(convert_batch(pickle.loads(bytes(data)), shared)) for data in part["batch"]]
            yield pd.DataFrame({"made": made})

    frame = spark.createDataFrame(rows, "batch binary").repartition(len(rows))
    for row in frame.mapInPandas(convert, "made binary").toLocalIterator():
        yield from pickle.loads(bytes(row["made"]))
