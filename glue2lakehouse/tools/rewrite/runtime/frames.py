"""What DynamicFrame methods do beyond a DataFrame's: paths into structs, joins with named keys, flattening, choices."""

import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


def _listed(paths):
    return [paths] if isinstance(paths, str) else list(paths)


def _parts(path):
    return [quoted or bare for quoted, bare in re.findall(r"`([^`]+)`|([^`.]+)", path)]


def _column(*parts):
    return F.col(".".join(f"`{part}`" for part in parts))


def _field(kind, name):
    return next((field for field in kind.fields if field.name.lower() == name.lower()), None)


def drop_fields(frame: DataFrame, paths) -> DataFrame:
    """Drop fields by path; a path goes through structs and arrays of structs, and a struct that is left empty goes too."""
    for path in _listed(paths):
        first, *rest = _parts(path)
        field = _field(frame.schema, first)
        if field is None:
            continue
        column = _without(_column(field.name), field.dataType, rest) if rest else None
        others = [_column(name).alias(name) for name in frame.columns if name != field.name]
        if column is None:
            frame = frame.select(*others)
        else:
            frame = frame.select(
                *[column.alias(name) if name == field.name else _column(name).alias(name) for name in frame.columns]
            )
    return frame


def _without(column, kind, parts):
    """Return the column without a nested field, the column itself where there is no such field, None where nothing is left."""
    if isinstance(kind, T.ArrayType):
        if not isinstance(kind.elementType, T.StructType):
            return column
        if _without(F.lit(None), kind.elementType, parts) is None:
            return None
        return F.transform(column, lambda item: _without(item, kind.elementType, parts))
    if not isinstance(kind, T.StructType) or _field(kind, parts[0]) is None:
        return column
    kept = []
    for field in kind.fields:
        inner = column.getField(field.name)
        if field.name.lower() == parts[0].lower():
            inner = _without(inner, field.dataType, parts[1:]) if len(parts) > 1 else None
        if inner is not None:
            kept.append(inner.alias(field.name))
    return F.when(column.isNotNull(), F.struct(*kept)) if kept else None


def select_fields(frame: DataFrame, paths) -> DataFrame:
    """Keep the named top-level columns; names that do not exist are left out."""
    wanted = {_parts(path)[0].lower() if "`" in path else path.lower() for path in _listed(paths)}
    return frame.select(*[_column(name).alias(name) for name in frame.columns if name.lower() in wanted])


def rename_field(frame: DataFrame, old: str, new: str) -> DataFrame:
    """Rename a field by its path, inside structs too; nothing happens where it does not exist.

    Raises ValueError where the new name is taken or stands in another struct.
    """
    source, target = _parts(old), _parts(new)
    if source[:-1] != target[:-1]:
        raise ValueError(f"{old} and {new} are in different places; move the field with selectExpr")
    field = _field(frame.schema, source[0])
    if field is None:
        return frame
    if len(source) == 1:
        if _field(frame.schema, target[0]) not in (None, field):
            raise ValueError(f"there is a column {target[0]} already")
        return frame.withColumnRenamed(field.name, target[0])
    column = _renamed(_column(field.name), field.dataType, source[1:], target[-1])
    return frame.select(
        *[column.alias(name) if name == field.name else _column(name).alias(name) for name in frame.columns]
    )


def _renamed(column, kind, parts, new):
    if isinstance(kind, T.ArrayType):
        return F.transform(column, lambda item: _renamed(item, kind.elementType, parts, new))
    if not isinstance(kind, T.StructType) or _field(kind, parts[0]) is None:
        return column
    if len(parts) == 1 and _field(kind, new) not in (None, _field(kind, parts[0])):
        raise ValueError(f"there is a field {new} already")
    fields = []
    for field in kind.fields:
        inner, name = column.getField(field.name), field.name
        if field.name.lower() == parts[0].lower():
            if len(parts) == 1:
                name = new
            else:
                inner = _renamed(inner, field.dataType, parts[1:], new)
        fields.append(inner.alias(name))
    return F.when(column.isNotNull(), F.struct(*fields))


def join_frames(left: DataFrame, right: DataFrame, left_keys, right_keys) -> DataFrame:
    """Join on equal keys and keep both key columns; of two keys with one name, the left one gets a leading dot.

    Raises ValueError where another column stands on both sides: rename it on one of them before the join.
    """
    left_keys, right_keys = _listed(left_keys), _listed(right_keys)
    if len(left_keys) != len(right_keys):
        raise ValueError(f"{len(left_keys)} keys on the left, {len(right_keys)} on the right")
    first, second = [_parts(key) for key in left_keys], [_parts(key) for key in right_keys]
    keys = {key[0].lower() for key in (*first, *second)}
    both = {name.lower() for name in left.columns} & {name.lower() for name in right.columns}
    if both - keys:
        raise ValueError(f"both frames have the columns {sorted(both - keys)}; rename them on one side before the join")
    names = [("." + name if name.lower() in both else name) for name in left.columns]
    renamed = left.select(*[_column(name).alias(f"left_{i}") for i, name in enumerate(left.columns)])
    other = right.select(*[_column(name).alias(f"right_{i}") for i, name in enumerate(right.columns)])
    condition = F.lit(True)
    for one, two in zip(first, second, strict=False):
        condition = condition & (_placed(left, one, "left") == _placed(right, two, "right"))
    joined = renamed.join(other, condition, "inner")
    return joined.toDF(*names, *right.columns)


def _placed(frame, parts, side):
    position = [name.lower() for name in frame.columns].index(parts[0].lower())
    return _column(f"{side}_{position}", *parts[1:])


def merge_frames(source: DataFrame, stage: DataFrame, keys) -> DataFrame:
    """Return all staging rows, and the source rows whose key is not among them; duplicates stay on either side."""
    names = [_parts(key)[0] for key in _listed(keys)]
    known = stage.select(*[_column(name) for name in names]).distinct()
    return stage.unionByName(source.join(known, names, "left_anti"), allowMissingColumns=True)


def split_fields(frame: DataFrame, paths, first: str, second: str) -> dict:
    """Return the named columns under one name and the rest under the other."""
    return {first: select_fields(frame, paths), second: drop_fields(frame, paths)}


def split_rows(frame: DataFrame, comparisons: dict, first: str, second: str) -> dict:
    """Return the rows that meet all comparisons under one name and all others, nulls too, under the other.

    `comparisons` is {column: {operator: constant}} with the operators = != < <= > >=.
    """
    operators = {
        "=": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b, "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }  # fmt: skip
    condition = F.lit(True)
    for path, tests in comparisons.items():
        for operator, value in tests.items():
            condition = condition & operators[operator](_column(*_parts(path)), F.lit(value))
    condition = F.coalesce(condition, F.lit(False))
    return {first: frame.filter(condition), second: frame.filter(~condition)}


def drop_null_fields(frame: DataFrame, untyped: bool = False) -> DataFrame:
    """Drop columns of the null type; with `untyped`, also those that are null in every row.

    Use `untyped` for columns that come from JSON or XML as they were read, which Glue gives no type when all are null.
    """
    for field in frame.schema.fields:
        for path in _null_paths(field.dataType, [field.name]):
            frame = drop_fields(frame, ".".join(f"`{part}`" for part in path))
    if untyped and frame.columns:
        counts = frame.agg(*[F.count(_column(name)).alias(f"c{i}") for i, name in enumerate(frame.columns)]).first()
        frame = frame.drop(*[_column(name) for i, name in enumerate(frame.columns) if counts[i] == 0])
    return frame


def _null_paths(kind, path):
    if isinstance(kind, T.NullType):
        return [path]
    if isinstance(kind, T.ArrayType) and isinstance(kind.elementType, T.StructType):
        kind = kind.elementType
    if isinstance(kind, T.StructType):
        return [found for field in kind.fields for found in _null_paths(field.dataType, [*path, field.name])]
    return []


def match_table(frame: DataFrame, table: str) -> DataFrame:
    """Cast the columns that the table has to the table's types; what cannot be cast becomes null."""
    wanted = {
        field.name.lower(): field.dataType.simpleString() for field in frame.sparkSession.table(table).schema.fields
    }
    columns = []
    for field in frame.schema.fields:
        kind = wanted.get(field.name.lower())
        atomic = kind is not None and not kind.startswith(("array", "struct", "map"))
        cast = F.expr(f"try_cast(`{field.name}` AS {kind})") if atomic else _column(field.name)
        columns.append(cast.alias(field.name))
    return frame.select(*columns)


def unnest(frame: DataFrame) -> DataFrame:
    """Flatten structs to columns with dots in their names; arrays and maps stay. Refer to them with backticks."""
    columns = []
    for field in frame.schema.fields:
        columns += _flattened(field.dataType, [field.name])
    return frame.select(*columns)


def _flattened(kind, path):
    if isinstance(kind, T.StructType):
        return [column for field in kind.fields for column in _flattened(field.dataType, [*path, field.name])]
    return [_column(*path).alias(".".join(path))]


def relationalize(frame: DataFrame, root: str) -> dict:
    """Flatten structs and move every array into a frame of its own, as Glue's Relationalize names them.

    The root keeps a key in the array's place; the child `<root>_<path>` has `id` (that key), `index` from 0, and
    `<path>.val` or `<path>.val.<field>`. Keys are numbered within the run.
    """
    frames: dict = {}
    _pivot(unnest(frame), root, frames)
    return frames


def _pivot(frame, name, frames):
    arrays = [field for field in frame.schema.fields if isinstance(field.dataType, T.ArrayType)]
    if arrays:
        keyed = frame.withColumns({f"__key_{i}": F.monotonically_increasing_id() + 1 for i in range(len(arrays))})
        keyed = keyed.localCheckpoint() if hasattr(keyed, "localCheckpoint") else keyed
    for position, field in enumerate(arrays):
        child = keyed.select(
            _column(f"__key_{position}").alias("id"),
            F.posexplode(_column(field.name)).alias("index", f"{field.name}.val"),
        )
        value = f"{field.name}.val"
        if isinstance(field.dataType.elementType, T.StructType):
            inner = _flattened(field.dataType.elementType, [value])
            child = child.select("id", "index", *inner)
        _pivot(child, f"{name}_{field.name}", frames)
    if arrays:
        order = {field.name: f"__key_{position}" for position, field in enumerate(arrays)}
        frame = keyed.select(*[_column(order.get(column, column)).alias(column) for column in frame.columns])
    frames[name] = frame


def unbox_json(frame: DataFrame, path: str) -> DataFrame:
    """Parse a JSON text column in place, with a schema inferred from all its rows."""
    parts = _parts(path)
    if len(parts) != 1:
        raise ValueError(f"{path} is inside a struct; parse it with from_json and withField")
    texts = [
        row[0] for row in frame.select(_column(*parts)).where(_column(*parts).isNotNull()).distinct().toLocalIterator()
    ]
    kind = _merged_kind(
        [frame.sparkSession.range(1).select(F.schema_of_json(F.lit(text))).first()[0] for text in texts]
    )
    return frame.withColumn(parts[0], F.from_json(_column(*parts), kind))


def _merged_kind(kinds):
    """Return the DDL type that covers all of them; members of structs are united by name."""
    merged = None
    for kind in dict.fromkeys(kinds):
        parsed = T.DataType.fromDDL(kind)
        merged = parsed if merged is None else _widest(merged, parsed)
    return merged if merged is not None else T.StringType()


def _widest(one, two):
    if one == two or isinstance(two, T.NullType):
        return one
    if isinstance(one, T.NullType):
        return two
    if isinstance(one, T.StructType) and isinstance(two, T.StructType):
        fields = {field.name: field.dataType for field in one.fields}
        for field in two.fields:
            fields[field.name] = _widest(fields[field.name], field.dataType) if field.name in fields else field.dataType
        return T.StructType([T.StructField(name, kind) for name, kind in fields.items()])
    if isinstance(one, T.ArrayType) and isinstance(two, T.ArrayType):
        return T.ArrayType(_widest(one.elementType, two.elementType))
    if {type(one), type(two)} <= {T.LongType, T.DoubleType}:
        return T.DoubleType()
    raise ValueError(
        f"one field holds {one.simpleString()} and {two.simpleString()}; parse it with a schema of your own"
    )


def spigot(frame: DataFrame, path: str, options: dict) -> DataFrame:
    """Write up to `topk` rows as JSON lines under the path, and return the frame as it is."""
    sample = frame.sample(float(options["prob"])) if float(options.get("prob", 1)) < 1 else frame
    sample.limit(int(options.get("topk", 100))).write.mode("append").json(path)
    return frame
