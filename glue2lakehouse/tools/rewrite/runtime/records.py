"""Functions over records, run as they are."""

from pyspark.sql import DataFrame, Row
from pyspark.sql import functions as F


class Record(dict):
    """A row as a dict whose fields are attributes as well, as Glue hands it to a function."""

    def __getattr__(self, name):
        return self[name]


def _record(row):
    return Record({key: Record(value.asDict()) if isinstance(value, Row) else value for key, value in row.asDict().items()})


def filter_records(frame: DataFrame, function) -> DataFrame:
    """Keep the rows that the function returns something true for; a row that it fails on goes, as in Glue."""

    def keeps(row):
        try:
            return bool(function(_record(row)))
        except Exception:  # noqa: BLE001
            return False

    return frame.filter(F.udf(keeps, "boolean")(F.struct(*[F.col(f"`{name}`").alias(name) for name in frame.columns])))
