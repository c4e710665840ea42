"""The `gs_*` helpers of Glue Studio: methods on DataFrame, and on DynamicFrame through toDF and fromDF.

On a DynamicFrame an unresolved choice is a ValueError, and a frame without columns comes back as it is.
"""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from glue2lakehouse.tools.glue_runtime.assumptions import assume
from glue2lakehouse.tools.glue_runtime.choices import choice_paths
from glue2lakehouse.tools.glue_runtime.frame import DynamicFrame

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

_CODES = {"%Y": "yyyy", "%y": "yy", "%m": "MM", "%d": "dd", "%H": "HH", "%I": "hh", "%M": "mm", "%S": "ss", "%f": "SSSSSS",
          "%p": "a", "%j": "DDD", "%a": "E", "%A": "EEEE", "%b": "MMM", "%B": "MMMM", "%Z": "z", "%z": "Z",
          "%X": "HH:MM:ss", "%x": "MM/dd/yy", "%c": "E MMM dd HH:mm:ss yyyy"}  # fmt: skip


def _names(value: Any) -> list[str]:
    parts = value.split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts]


def java_pattern(format: str) -> str:
    """Translate Python date codes; `%X` gives the month for the minutes, as the helper on AWS does."""
    for code, pattern in _CODES.items():
        format = format.replace(code, pattern)
    return format


def gs_uuid(frame: "DataFrame", colName: str = "uuid") -> "DataFrame":
    """Add a random id."""
    from pyspark.sql import functions as F

    return frame.withColumn(colName, F.expr("uuid()"))


def gs_now(frame: "DataFrame", colName: str = "timestamp", dateFormat: str | None = None) -> "DataFrame":
    """Add the present time."""
    from pyspark.sql import functions as F

    now = F.current_timestamp()
    return frame.withColumn(colName, F.date_format(now, java_pattern(dateFormat)) if dateFormat else now)


def gs_derived(frame: "DataFrame", colName: str, expr: str) -> "DataFrame":
    """Add a column from a SQL expression."""
    from pyspark.sql import functions as F

    return frame.withColumn(colName, F.expr(expr))


def gs_flatten(frame: "DataFrame", maxLevels: int = 0, separator: str = ".") -> "DataFrame":
    """Flatten structs, all levels or the first ones."""
    from pyspark.sql import functions as F
    from pyspark.sql.types import StructType

    def leaves(kind: Any, path: tuple[str, ...]) -> list[tuple[str, ...]]:
        found: list[tuple[str, ...]] = []
        for field in kind.fields:
            own = (*path, field.name)
            nested = isinstance(field.dataType, StructType) and (not maxLevels or len(own) <= int(maxLevels))
            found += leaves(field.dataType, own) if nested else [own]
        return found

    chosen = [
        F.col(".".join(f"`{part}`" for part in path)).alias(separator.join(path)) for path in leaves(frame.schema, ())
    ]
    return frame.select(*chosen)


def gs_explode(frame: "DataFrame", colName: str, newCol: str, outer: bool = False) -> "DataFrame":
    """Explode an array, or a map into two columns."""
    from pyspark.sql import functions as F

    exploded = (F.explode_outer if outer else F.explode)(F.col(f"`{colName}`"))
    names = _names(newCol)
    result = frame.select("*", exploded.alias(*names)) if colName not in names else frame.withColumn(colName, exploded)
    if colName in names or assume("explode_keeps_source") == "kept":
        return result
    return result.drop(colName)


def gs_pivot(frame: "DataFrame", aggCol: str, aggFunction: str, colList: Any) -> "DataFrame":
    """Turn the values of columns into columns."""
    from pyspark.sql import functions as F

    pivoted = _names(colList)
    keys = [name for name in frame.columns if name not in (*pivoted, aggCol)]
    label = (
        F.col(f"`{pivoted[0]}`") if len(pivoted) == 1 else F.concat_ws("_", *(F.col(f"`{name}`") for name in pivoted))
    )
    named = frame.withColumn("g2l_pivot", label)
    return named.groupBy(*keys).pivot("g2l_pivot").agg(F.expr(f"{aggFunction}(`{aggCol}`)"))


def gs_unpivot(frame: "DataFrame", nameCol: str, valueCol: str, colList: Any, dropNull: bool = True) -> "DataFrame":
    """Turn columns into rows."""
    from pyspark.sql import functions as F

    assume("unverified_gs_signature")
    columns = _names(colList)
    kept: list[Any] = [name for name in frame.columns if name not in columns]
    spread: list[Any] = list(columns)
    rows = frame.unpivot(kept, spread, nameCol, valueCol)
    return rows.where(F.col(f"`{valueCol}`").isNotNull()) if dropNull else rows


def gs_concat(
    frame: "DataFrame", colName: str, colList: Any, spacer: str = "", nullReplacement: str = ""
) -> "DataFrame":
    """Join columns as text; nulls are replaced, the spacer stays."""
    from pyspark.sql import functions as F

    parts = [F.coalesce(F.col(f"`{name}`").cast("string"), F.lit(nullReplacement)) for name in _names(colList)]
    return frame.withColumn(colName, F.concat_ws(spacer, *parts))


def gs_split(frame: "DataFrame", colName: str, pattern: str, newColName: str | None = None) -> "DataFrame":
    """Split text into an array."""
    from pyspark.sql import functions as F

    return frame.withColumn(newColName or colName, F.split(F.col(f"`{colName}`"), pattern))


def gs_array_to_cols(frame: "DataFrame", colName: str, colList: Any, indexes: Any = None) -> "DataFrame":
    """Take array elements (counted from 1) into columns."""
    from pyspark.sql import functions as F

    names = _names(colList)
    places = [int(place) for place in _names(indexes)] if indexes else range(1, len(names) + 1)
    for name, place in zip(names, places, strict=False):
        frame = frame.withColumn(name, F.get(F.col(f"`{colName}`"), place - 1))
    return frame


def gs_regex_extract(frame: "DataFrame", colName: str, regex: str, newCols: Any) -> "DataFrame":
    """Take the groups of a pattern into columns; an empty name passes a group over."""
    from pyspark.sql import functions as F

    for group, name in enumerate(_names(newCols), start=1):
        if name:
            frame = frame.withColumn(name, F.regexp_extract(F.col(f"`{colName}`"), regex, group))
    return frame


def gs_to_timestamp(frame: "DataFrame", colName: str, colType: str = "autodetect", newColName: str | None = None) -> "DataFrame":  # fmt: skip
    """Make a timestamp of a number or ISO text."""
    from pyspark.sql import functions as F

    column = F.col(f"`{colName}`")
    kinds = {"seconds": F.timestamp_seconds, "milliseconds": F.timestamp_millis, "microseconds": F.timestamp_micros}
    if colType == "autodetect":
        assume("unverified_gs_signature")
        number = column.cast("long")
        value = F.when(number.isNull(), F.to_timestamp(column.cast("string")))
        value = value.when(F.length(number.cast("string")) <= 11, F.timestamp_seconds(number))
        value = value.when(F.length(number.cast("string")) <= 14, F.timestamp_millis(number))
        value = value.otherwise(F.timestamp_micros(number))
    elif colType == "iso":
        value = F.to_timestamp(column)
    else:
        value = kinds[colType](column.cast("long"))
    return frame.withColumn(newColName or colName, value)


def gs_format_timestamp(
    frame: "DataFrame", colName: str, dateFormat: str, newColName: str | None = None
) -> "DataFrame":
    """Write a timestamp as text."""
    from pyspark.sql import functions as F

    return frame.withColumn(newColName or colName, F.date_format(F.col(f"`{colName}`"), java_pattern(dateFormat)))


def gs_null_rows(frame: "DataFrame", extended: bool = False) -> "DataFrame":
    """Drop the rows whose columns are all null; extended: empty text, array and map count as null."""
    from functools import reduce

    from pyspark.sql import functions as F

    filled = []
    for field in frame.schema.fields:
        column = F.col(f"`{field.name}`")
        present = column.isNotNull()
        kind = field.dataType.typeName()
        if extended and kind == "string":
            present = present & (column != "")
        elif extended and kind in ("array", "map"):
            present = present & (F.size(column) > 0)
        filled.append(present)
    return frame.where(reduce(lambda one, other: one | other, filled))


def gs_sequence_id(frame: "DataFrame", colName: str = "id", unique: bool = False) -> "DataFrame":
    """Add numbers in sequence; unique: with the time in front."""
    from pyspark.sql import functions as F

    assume("unverified_gs_signature")
    number = F.monotonically_increasing_id()
    if unique:
        number = F.lit(int(time.time() * 1000)).cast("decimal(38,0)") * F.lit(10**12) + number
    return frame.withColumn(colName, number)


def gs_repartition(frame: "DataFrame", numPartitionsStr: Any) -> "DataFrame":
    """Change the number of partitions."""
    return frame.repartition(int(numPartitionsStr))


def gs_parse_json(
    frame: "DataFrame", colName: str, schema: str | None = None, newColName: str | None = None
) -> "DataFrame":
    """Parse JSON text by a schema, or by what its texts hold."""
    from pyspark.sql import functions as F

    assume("unverified_gs_signature")
    column = F.col(f"`{colName}`")
    if not schema:
        texts = [row[0] for row in frame.select(column.cast("string")).collect() if row[0] is not None]
        schema = frame.sparkSession.read.json(
            frame.sparkSession.sparkContext.parallelize(texts or ["{}"])
        ).schema.simpleString()
    return frame.withColumn(newColName or colName, F.from_json(column, schema))


def gs_extract_json(
    frame: "DataFrame", colName: str, jsonPaths: Any, colList: Any, dropCol: bool = False
) -> "DataFrame":
    """Take JSON paths into columns."""
    from pyspark.sql import functions as F

    result = frame
    for path, name in zip(_names(jsonPaths), _names(colList), strict=True):
        full = path if path.startswith("$") else f"$.{path}"
        result = result.withColumn(name, F.get_json_object(F.col(f"`{colName}`"), full))
    return result.drop(colName) if dropCol and colName not in _names(colList) else result


def gs_lookup(frame: "DataFrame", database: str, table: str, matchCols: Any, takeCols: Any) -> "DataFrame":
    """Join with a catalog table on the left; duplicates there duplicate rows."""
    from functools import reduce

    assume("unverified_gs_signature")
    other = frame.sparkSession.table(f"`{database}`.`{table}`")
    pairs = [(part.split("=")[0].strip(), part.split("=")[-1].strip()) for part in _names(matchCols)]
    taken = other.select(
        *(other[right].alias(f"g2l_{right}") for _, right in pairs), *(other[name] for name in _names(takeCols))
    )
    condition = reduce(lambda one, more: one & more, (frame[left] == taken[f"g2l_{right}"] for left, right in pairs))
    return frame.join(taken, condition, "left").drop(*(f"g2l_{right}" for _, right in pairs))


HELPERS: dict[str, Callable[..., Any]] = {
    name: thing for name, thing in list(globals().items()) if name.startswith("gs_") and callable(thing)
}


def _on_dynamic_frame(helper: Callable[..., Any]) -> Callable[..., Any]:
    def method(self: DynamicFrame, *args: Any, **kwargs: Any) -> DynamicFrame:
        schema = self.schema()
        if choice_paths(schema):
            raise ValueError(f"{helper.__name__}: the frame has unresolved choice types; use ResolveChoice before")
        if not schema.fields:
            return self
        frame = self.toDF()
        return DynamicFrame.fromDF(helper(frame, *args, **kwargs), self.glue_ctx, self.name)

    method.__name__ = helper.__name__
    method.__doc__ = helper.__doc__
    return method


def attach() -> None:
    """Make the helpers methods of DataFrame and DynamicFrame."""
    from pyspark.sql import DataFrame
    from pyspark.sql.classic.dataframe import DataFrame as ClassicDataFrame

    for name, helper in HELPERS.items():
        for kind in {DataFrame, ClassicDataFrame}:
            setattr(kind, name, helper)
        setattr(DynamicFrame, name, _on_dynamic_frame(helper))
