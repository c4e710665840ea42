"""What a Hudi writer does, on Delta tables: upserts, deletes and new contents of whole partitions."""

from delta.tables import DeltaTable
from pyspark.sql import DataFrame, Window
from pyspark.sql import functions as F


def upsert_rows(
    frame: DataFrame,
    target: str,
    keys: str,
    newest: str | None = None,
    *,
    partitions: str = "",
    later_only: bool = False,
) -> None:
    """Merge rows into a Delta table, named or by path, which is made where it is missing.

    `keys` and `partitions` are columns with commas between them: a row whose key is in the table, in the same partition,
    takes that row's place, the others are added. Of several rows with one key the one with the highest `newest` counts (`ts`
    where none is named and there is such a column); with `later_only` a stored row that is newer stays. Rows in which
    `_hoodie_is_deleted` is true delete. Columns are matched by name and new ones are added to the table.
    """
    order = newest or ("ts" if "ts" in frame.columns else None)
    rows = _newest_rows(frame, [*_columns(keys), *_columns(partitions)], order)
    if len(_columns(keys)) == 1:
        rows = _with_a_key(rows, _columns(keys)[0])
    deleted = "coalesce(new.`_hoodie_is_deleted`, false)" if "_hoodie_is_deleted" in frame.columns else "false"
    table = _delta_table(frame, target)
    if table is None:
        _save(rows.alias("new").where(f"NOT {deleted}"), target)
        return
    missing = set(map(str.lower, table.toDF().columns)) - set(map(str.lower, rows.columns))
    if missing:
        raise ValueError(f"{target} has columns that the rows to upsert do not: {', '.join(sorted(missing))}")
    newer = f"old.`{order}` IS NULL OR new.`{order}` >= old.`{order}`" if later_only else None
    merge = table.alias("old").merge(rows.alias("new"), _same_key(keys, partitions)).withSchemaEvolution()
    if deleted != "false":
        merge = merge.whenMatchedDelete(f"{deleted} AND ({newer or 'true'})")
    merge = merge.whenMatchedUpdateAll(newer)
    merge.whenNotMatchedInsertAll(f"NOT {deleted}" if deleted != "false" else None).execute()


def delete_rows(frame: DataFrame, target: str, keys: str, *, partitions: str = "") -> None:
    """Delete the rows of a Delta table whose key, in the same partition, is in the frame."""
    names = [*_columns(keys), *_columns(partitions)]
    rows = frame.select(*[f"`{name}`" for name in names]).distinct()
    table = _delta_table(frame, target)
    if table is None:
        raise ValueError(f"{target}: there is no Delta table to delete from")
    table.alias("old").merge(rows.alias("new"), _same_key(keys, partitions)).whenMatchedDelete().execute()


def replace_partitions(frame: DataFrame, target: str, partitions: str = "") -> None:
    """Put the rows in the place of all rows of a Delta table that have the same values in the partition columns.

    However the table itself is laid out: other partitions stay as they are. Without partition columns all rows are replaced.
    """
    names = _columns(partitions)
    values = frame.select(*[f"`{name}`" for name in names]).distinct().collect() if names else []
    if not names:
        _save(frame, target, "overwrite")
    elif values:
        same = [" AND ".join(f"`{name}` <=> {_literal(row[name])}" for name in names) for row in values]
        _save(frame, target, "overwrite", " OR ".join(f"({one})" for one in same))


def _newest_rows(frame: DataFrame, names: list[str], order: str | None) -> DataFrame:
    if order is None:
        return frame.dropDuplicates(names)
    latest = Window.partitionBy(*[F.col(f"`{name}`") for name in names]).orderBy(F.col(f"`{order}`").desc_nulls_last())
    rank = "rank_of_row"
    while rank in map(str.lower, frame.columns):
        rank += "_"
    return frame.withColumn(rank, F.row_number().over(latest)).where(f"{rank} = 1").drop(rank)


def _with_a_key(frame: DataFrame, key: str) -> DataFrame:
    none = F.raise_error(F.lit(f"a row to write has no {key}, which is its key"))
    return frame.withColumn(key, F.coalesce(F.col(f"`{key}`"), none))


def _columns(names: str) -> list[str]:
    return [name.strip() for name in names.split(",") if name.strip()]


def _literal(value: object) -> str:
    """Return a value as SQL; a date or time as the text that it compares equal to."""
    if value is None or isinstance(value, bool | int):
        return "NULL" if value is None else str(value)
    return "'" + str(value).replace("\\", "\\\\").replace("'", "\\'") + "'"


def _same_key(keys: str, partitions: str) -> str:
    return " AND ".join(f"old.`{name}` <=> new.`{name}`" for name in [*_columns(keys), *_columns(partitions)])


def _delta_table(frame: DataFrame, target: str) -> DeltaTable | None:
    spark = frame.sparkSession
    if "/" in target:
        return DeltaTable.forPath(spark, target) if DeltaTable.isDeltaTable(spark, target) else None
    return DeltaTable.forName(spark, target) if spark.catalog.tableExists(target) else None


def _save(frame: DataFrame, target: str, mode: str = "append", replaced: str | None = None) -> None:
    writer = frame.write.format("delta").mode(mode)
    if replaced is not None and _delta_table(frame, target) is not None:
        writer = writer.option("replaceWhere", replaced)
    writer.save(target) if "/" in target else writer.saveAsTable(target)
