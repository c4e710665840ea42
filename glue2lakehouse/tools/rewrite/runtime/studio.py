"""Glue Studio's `gs_*` transforms that have no short Spark form."""

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


def _names_in(value):
    parts = value.split(",") if isinstance(value, str) else value
    return [str(part).strip() for part in parts]


def flatten_structs(frame: DataFrame, levels: int = 0, separator: str = ".") -> DataFrame:
    """Turn the members of structs into columns, all levels deep or only the first ones; arrays and maps stay."""

    def leaves(kind, path):
        found = []
        for field in kind.fields:
            own = [*path, field.name]
            nested = isinstance(field.dataType, T.StructType) and (not levels or len(own) <= int(levels))
            found += leaves(field.dataType, own) if nested else [own]
        return found

    return frame.select(
        *[
            F.col(".".join(f"`{part}`" for part in path)).alias(separator.join(path))
            for path in leaves(frame.schema, [])
        ]
    )


def explode_column(frame: DataFrame, column: str, names: str, outer: bool = False) -> DataFrame:
    """Make a row of each element of an array or each entry of a map ("key,value" names its two columns)."""
    wanted = _names_in(names)
    exploded = (F.explode_outer if outer else F.explode)(F.col(f"`{column}`"))
    if column in wanted:
        return frame.withColumn(column, exploded)
    return frame.select("*", exploded.alias(*wanted))


def pivot_rows(frame: DataFrame, value: str, function: str, columns) -> DataFrame:
    """Turn the values of columns into columns, aggregating one column; all other columns are the keys."""
    pivoted = _names_in(columns)
    keys = [f"`{name}`" for name in frame.columns if name not in (*pivoted, value)]
    label = F.concat_ws("_", *[F.col(f"`{name}`") for name in pivoted])
    label = F.col(f"`{pivoted[0]}`") if len(pivoted) == 1 else label
    return frame.withColumn("_pivot", label).groupBy(*keys).pivot("_pivot").agg(F.expr(f"{function}(`{value}`)"))


def concat_columns(frame: DataFrame, target: str, columns, spacer: str = "") -> DataFrame:
    """Join columns as text; a null is an empty text, and its spacer stays."""
    parts = [F.coalesce(F.col(f"`{name}`").cast("string"), F.lit("")) for name in _names_in(columns)]
    return frame.withColumn(target, F.concat_ws(spacer, *parts))


def array_to_columns(frame: DataFrame, column: str, names, indexes=None) -> DataFrame:
    """Take array elements, counted from 1, into columns; an element that is not there is null."""
    wanted = _names_in(names)
    places = [int(place) for place in _names_in(indexes)] if indexes else range(1, len(wanted) + 1)
    return frame.withColumns(
        {name: F.get(F.col(f"`{column}`"), place - 1) for name, place in zip(wanted, places, strict=False)}
    )


def extract_groups(frame: DataFrame, column: str, pattern: str, names) -> DataFrame:
    """Take the groups of a pattern into columns; an empty name passes a group over, no match gives an empty text."""
    groups = {name: group for group, name in enumerate(_names_in(names), start=1) if name}
    return frame.withColumns(
        {name: F.regexp_extract(F.col(f"`{column}`"), pattern, group) for name, group in groups.items()}
    )


def drop_null_rows(frame: DataFrame, extended: bool = False) -> DataFrame:
    """Drop the rows whose columns are all null; extended, an empty text, array or map counts as null."""
    some = F.lit(False)
    for field in frame.schema.fields:
        column = F.col(f"`{field.name}`")
        present = column.isNotNull()
        if extended and isinstance(field.dataType, T.StringType):
            present = present & (column != "")
        elif extended and isinstance(field.dataType, T.ArrayType | T.MapType):
            present = present & (F.size(column) > 0)
        some = some | present
    return frame.where(some)


def extract_json(frame: DataFrame, column: str, paths, names, drop: bool = False) -> DataFrame:
    """Take JSON paths out of a text column into columns. Raises ValueError where paths and names are not as many."""
    source, wanted = F.col(f"`{column}`"), _names_in(names)
    for path, name in zip(_names_in(paths), wanted, strict=True):
        frame = frame.withColumn(name, F.get_json_object(source, path if path.startswith("$") else f"$.{path}"))
    return frame.drop(column) if drop and column not in wanted else frame
