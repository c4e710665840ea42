"""CSV without any quotes, which Spark's writer has no setting for."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F


def join_columns(frame: DataFrame, sep: str = ",", keys=()) -> DataFrame:
    """Return the frame's columns joined as in a CSV file without quotes, named by their names, beside those of the `keys`.

    A null is nothing between two separators. Written as CSV with a header, the one column's name is the header. Raises
    ValueError for a column of a type that CSV does not hold.
    """
    keys = [keys] if isinstance(keys, str) else list(keys)
    parts, names = [], []
    for field in frame.schema.fields:
        if field.name.lower() in (key.lower() for key in keys):
            continue
        column = F.col("`" + field.name.replace("`", "``") + "`")
        if field.dataType.typeName() in ("struct", "array", "map", "binary"):
            raise ValueError(f"the column {field.name} is {field.dataType.simpleString()}, which CSV does not hold")
        text = column if field.dataType.typeName() == "string" else F.to_csv(F.struct(column.alias("value")))
        parts.append(F.when(column.isNull(), "").otherwise(text))
        names.append(field.name)
    joined = F.concat_ws(sep, *parts).alias(sep.join(names))
    return frame.select(joined, *[F.col("`" + key.replace("`", "``") + "`") for key in keys])
