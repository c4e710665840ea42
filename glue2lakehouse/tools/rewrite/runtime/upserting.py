"""Upserts, as a Hudi writer does them, on Delta tables."""

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def upsert_rows(frame: DataFrame, target: str, keys: str, newest=None) -> None:
    """Merge rows into a Delta table, named or by path: those whose key it has replace its rows, the others are added.

    `keys` are the key's columns with commas between them. Of several rows with one key the one with the highest `newest`
    counts. Columns are matched by name.
    """
    names = [name.strip() for name in keys.split(",")]
    if newest is None:
        rows = frame.dropDuplicates(names)
    else:
        order = Window.partitionBy(*[F.col(f"`{name}`") for name in names]).orderBy(
            F.col(f"`{newest}`").desc_nulls_last()
        )
        ranked = frame.withColumn("rank_of_row", F.row_number().over(order))
        rows = ranked.where("rank_of_row = 1").drop("rank_of_row")
    table = (DeltaTable.forPath if "/" in target else DeltaTable.forName)(frame.sparkSession, target)
    condition = " AND ".join(f"old.`{name}` = new.`{name}`" for name in names)
    merge = table.alias("old").merge(rows.alias("new"), condition)
    merge.whenMatchedUpdateAll().whenNotMatchedInsertAll().execute()
