"""Reading files as Glue does."""

from pyspark.sql import DataFrame


def name_columns(frame: DataFrame) -> DataFrame:
    """Name the columns of a CSV file without a header as Glue does: col0, col1, …; Spark calls them _c0, _c1, …"""
    return frame.toDF(*[f"col{position}" for position in range(len(frame.columns))])
