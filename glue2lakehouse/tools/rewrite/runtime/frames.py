"""What DynamicFrame methods do beyond a DataFrame's: paths into structs, joins with named keys, flattening, choices."""

import json as _json
import re
import uuid

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from glue2lakehouse.tools.rewrite.runtime.records import _named, _one_type, _type_of


def _listed(paths):
    return [paths] if isinstance(paths, str) else list(paths)


def _parts(path):
    """Return the names on a path: backticks keep a dot, `[]` after an array says nothing; `.id` is id in a field without a name."""
    if not re.fullmatch(r"(`[^`]*`|[^.`]*)(\.(`[^`]*`|[^.`]*))*", path):
        raise ValueError(f"{path} is no path: a backtick is not closed, or stands inside a name")
    return [
        part[1:-1] if part.startswith("`") else part.removesuffix("[]")
        for part in re.findall(r"(?:^|(?<=\.))(`[^`]*`|[^.`]*)(?=\.|$)", path)
    ]


def _column(*parts):
    return F.col(_spelled(*parts))


def _spelled(*parts):
    return ".".join("`" + part.replace("`", "``") + "`" for part in parts)


def _field(kind, name):
    """Return the field of that name; Glue tells upper and lower case apart, Spark does not, so a near miss is an error."""
    same = [field for field in kind.fields if field.name == name]
    near = [field.name for field in kind.fields if field.name.lower() == name.lower()]
    if near and not same:
        raise ValueError(f"{name} is spelled {near[0]} in the frame; spell it the same way")
    return same[0] if same else None


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
        if not isinstance(kind.elementType, T.StructType | T.ArrayType):
            return column
        if _without(F.lit(None), kind.elementType, parts) is None:
            raise ValueError(f"without {parts[-1]} the array's elements have no field left; drop the whole array")
        return F.transform(column, lambda item: _without(item, kind.elementType, parts))
    if not isinstance(kind, T.StructType) or _field(kind, parts[0]) is None:
        return column
    kept = []
    for field in kind.fields:
        inner = column.getField(field.name)
        if field.name == parts[0]:
            inner = _without(inner, field.dataType, parts[1:]) if len(parts) > 1 else None
        if inner is not None:
            kept.append(inner.alias(field.name))
    return F.when(column.isNotNull(), F.struct(*kept)) if kept else None


def select_fields(frame: DataFrame, paths) -> DataFrame:
    """Keep the named top-level columns; names that do not exist are left out.

    Raises ValueError for a path into a struct, which Glue leaves to ApplyMapping.
    """
    wanted = []
    for path in _listed(paths):
        parts = _parts(path)
        if path in frame.columns:
            wanted.append(path)
        elif field := _field(frame.schema, parts[0]):
            if len(parts) > 1:
                raise ValueError(f"{path} is inside a struct; select it with selectExpr")
            wanted.append(field.name)
    return frame.select(*[_column(name).alias(name) for name in dict.fromkeys(wanted)])


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
        if any(name.lower() == target[0].lower() for name in frame.columns if name != field.name):
            raise ValueError(f"there is a column {target[0]} already")
        return frame.select(*[_column(name).alias(target[0] if name == field.name else name) for name in frame.columns])
    column = _renamed(_column(field.name), field.dataType, source[1:], target[-1])
    return frame.select(
        *[column.alias(name) if name == field.name else _column(name).alias(name) for name in frame.columns]
    )


def _renamed(column, kind, parts, new):
    if isinstance(kind, T.ArrayType):
        return F.transform(column, lambda item: _renamed(item, kind.elementType, parts, new))
    if not isinstance(kind, T.StructType) or _field(kind, parts[0]) is None:
        return column
    if len(parts) == 1 and any(field.name.lower() == new.lower() for field in kind.fields if field.name != parts[0]):
        raise ValueError(f"there is a field {new} already")
    fields = []
    for field in kind.fields:
        inner, name = column.getField(field.name), field.name
        if field.name == parts[0]:
            if len(parts) == 1:
                name = new
            else:
                inner = _renamed(inner, field.dataType, parts[1:], new)
        fields.append(inner.alias(name))
    return F.when(column.isNotNull(), F.struct(*fields))


def join_frames(left: DataFrame, right: DataFrame, left_keys, right_keys, dotted=False) -> DataFrame:
    """Join on equal keys and keep all columns; of two columns with one name, the left one gets a leading dot.

    Glue does so record by record, where both have the field. `dotted` tells that every record has all of its frame's columns.
    Without it the rows tell of columns that are no keys, which takes a look at them: what is null on the left in all rows is left
    out, and a value on the left beside a null on the right raises ValueError, because Glue keeps its name where the right record
    lacks the field. ValueError too for names that differ in case only, and for a text that is compared with another type.
    """
    left_keys, right_keys = _listed(left_keys), _listed(right_keys)
    if len(left_keys) != len(right_keys):
        raise ValueError(f"{len(left_keys)} keys on the left, {len(right_keys)} on the right")
    first, second = [_parts(key) for key in left_keys], [_parts(key) for key in right_keys]
    both = {name.lower() for name in left.columns} & {name.lower() for name in right.columns}
    spelled = both - {name.lower() for name in set(left.columns) & set(right.columns)}
    if spelled:
        raise ValueError(
            f"{sorted(spelled)} are spelled in two ways: Glue keeps both, Spark cannot; rename them on one side"
        )
    names = ["." + name if name.lower() in both else name for name in left.columns]
    whole = [name.lower() for name in (*names, *right.columns)]
    twice = sorted({name for name in whole if whole.count(name) > 1})
    if twice:
        raise ValueError(f"the join gives two columns the name {', '.join(twice)}; rename them before it")
    renamed = left.select(*[_column(name).alias(f"left_{i}") for i, name in enumerate(left.columns)])
    other = right.select(*[_column(name).alias(f"right_{i}") for i, name in enumerate(right.columns)])
    condition = F.lit(True)
    for one, two in zip(first, second, strict=True):
        _check_comparable(_kind_at(left, one), _kind_at(right, two), ".".join(one))
        condition = condition & (_placed(left, one, "left") == _placed(right, two, "right"))
    joined = renamed.join(other, condition, "inner").toDF(*names, *right.columns)
    equal = {one[0] for one, two in zip(first, second, strict=True) if one == two and len(one) == 1}
    asked = [] if dotted else [name for name in right.columns if name.lower() in both and name not in equal]
    return _as_rows_tell(joined, asked) if asked else joined


def _as_rows_tell(joined, names):
    if joined.isStreaming:
        raise ValueError(
            f"both frames have the columns {names}; rename them on one side before the join, or pass dotted=True"
        )
    there = {name: (_column("." + name).isNotNull(), _column(name).isNull()) for name in names}
    looks = [F.max(part) for left, no_right in there.values() for part in (left, left & no_right)]
    seen = list(joined.agg(*looks).first() or ())
    alone = [name for at, name in enumerate(names) if seen[2 * at + 1]]
    if alone:
        raise ValueError(
            f"both frames have the columns {alone}, and rows that meet have a value on the left and none on the right: Glue "
            "puts a dot before the left one's name only where the right record holds the field, null or not. Pass dotted=True "
            "where every record does (rows of a database, Parquet); else rename the columns on one side before the join"
        )
    gone = {"." + name for at, name in enumerate(names) if seen[2 * at] is False}
    return joined.select(*[_column(name) for name in joined.columns if name not in gone])


def _placed(frame, parts, side):
    return _column(f"{side}_{frame.columns.index(parts[0])}", *parts[1:])


def _kind_at(frame, parts):
    kind = frame.schema
    for part in parts:
        field = _field(kind, part) if isinstance(kind, T.StructType) else None
        if field is None:
            raise ValueError(f"there is no key {'.'.join(parts)}")
        kind = field.dataType
    return kind


def _check_comparable(one, two, name):
    """Raise where Spark would cast one side: text to a number, a boolean to text; numbers among themselves are fine."""
    numbers = isinstance(one, T.NumericType) and isinstance(two, T.NumericType)
    if type(one) is not type(two) and not numbers:
        raise ValueError(
            f"{name} is {one.simpleString()} on one side and {two.simpleString()} on the other; cast one of them"
        )


def merge_frames(source: DataFrame, stage: DataFrame, keys) -> DataFrame:
    """Return all staging rows, and the source rows whose key is not among them; duplicates stay on either side.

    A null key matches nothing. Raises ValueError where a column of both has two types, which Glue would keep side by side.
    """
    paths = [_parts(key) for key in _listed(keys)]
    kinds = {field.name.lower(): field.dataType for field in stage.schema.fields}
    for field in source.schema.fields:
        _check_comparable(field.dataType, kinds.get(field.name.lower(), field.dataType), field.name)
    for path in paths:
        _check_comparable(_kind_at(source, path), _kind_at(stage, path), ".".join(path))
    known = stage.select(*[_column(*path).alias(f"__key_{i}") for i, path in enumerate(paths)]).distinct()
    condition = F.lit(True)
    for position, path in enumerate(paths):
        condition = condition & (_column(*path) == F.col(f"__key_{position}"))
    return stage.unionByName(source.join(known, condition, "left_anti"), allowMissingColumns=True)


def split_fields(frame: DataFrame, paths, first: str, second: str) -> dict:
    """Return the named columns under one name and the rest under the other."""
    return {first: select_fields(frame, paths), second: drop_fields(frame, paths)}


def split_rows(frame: DataFrame, comparisons: dict, first: str, second: str) -> dict:
    """Return the rows that meet all comparisons under one name and all others, nulls too, under the other.

    `comparisons` is {column: {operator: constant}} with the operators = == != < <= > >=. A text and a number compare as
    numbers; a text that is none meets no comparison. Raises ValueError for another operator, and for other types that meet.
    """
    operators = {
        "=": lambda a, b: a == b, "==": lambda a, b: a == b, "!=": lambda a, b: a != b, "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b, ">": lambda a, b: a > b, ">=": lambda a, b: a >= b,
    }  # fmt: skip
    condition = F.lit(True)
    for path, tests in comparisons.items():
        for operator, value in tests.items():
            if operator not in operators:
                raise ValueError(f"{operator} is no comparison; use one of {' '.join(operators)}")
            parts = _parts(path)
            condition = condition & operators[operator](*_as_one_kind(parts, _kind_at(frame, parts), value))
    condition = F.coalesce(condition, F.lit(False))
    return {first: frame.filter(condition), second: frame.filter(~condition)}


def _as_one_kind(parts, kind, value):
    if isinstance(kind, T.StringType) and isinstance(value, int | float) and not isinstance(value, bool):
        return F.expr(f"try_cast({_spelled(*parts)} AS double)"), F.lit(value)
    if isinstance(kind, T.NumericType) and isinstance(value, str):
        return _column(*parts), F.expr("try_cast('" + re.sub(r"[^\w.+-]", "_", value.strip()) + "' AS double)")
    if isinstance(value, str) != isinstance(kind, T.StringType) or isinstance(value, bool) != isinstance(
        kind, T.BooleanType
    ):
        raise ValueError(
            f"{'.'.join(parts)} is {kind.simpleString()} and is compared with {value!r}, which Glue documents nowhere"
        )
    return _column(*parts), F.lit(value)


def drop_null_fields(frame: DataFrame, untyped: bool = False, typed=()) -> DataFrame:
    """Drop columns of the null type; with `untyped`, also those that are null in every row.

    Use `untyped` for columns that come from JSON or XML as they were read, which Glue gives no type when all are null (a frame
    without rows keeps its columns);
    `typed` are the paths, in lower case, of those that were cast, which stay, as does what `resolve_json_choices` has made.
    """
    for field in frame.schema.fields:
        for path in _null_paths(field.dataType, [field.name]):
            frame = drop_fields(frame, ".".join(f"`{part}`" for part in path))
    if untyped and frame.columns:
        open_ones = [field for field in frame.schema.fields if not field.metadata.get("typed")]
        found = [leaf for field in open_ones for leaf in _leaves(field.dataType, [field.name])]
        some = [F.bool_or(_filled(_column(path[0]), frame.schema[path[0]].dataType, path[1:])) for path in found]
        tests = [F.count(F.lit(1)), *some]
        rows, *held = frame.agg(*[test.alias(f"c{i}") for i, test in enumerate(tests)]).first() or (0,)
        if not rows:
            return frame
        empty = [path for path, has in zip(found, held, strict=True) if not has and ".".join(path).lower() not in typed]
        frame = drop_fields(frame, [".".join(f"`{part}`" for part in path) for path in empty])
    return frame


def _leaves(kind, path):
    """Return the paths of a column and of all that is below it, deepest first; maps have nothing below them."""
    element = kind.elementType if isinstance(kind, T.ArrayType) else kind
    below = element.fields if isinstance(element, T.StructType) else []
    return [leaf for field in below for leaf in _leaves(field.dataType, [*path, field.name])] or [path]


def _filled(column, kind, parts):
    """Return whether there is a value at the path, in any element of the arrays on the way."""
    if not parts:
        return column.isNotNull()
    if isinstance(kind, T.ArrayType):
        return F.coalesce(F.exists(column, lambda item: _filled(item, kind.elementType, parts)), F.lit(False))
    return _filled(column.getField(parts[0]), kind[parts[0]].dataType, parts[1:])


def _null_paths(kind, path):
    if isinstance(kind, T.NullType):
        return [path]
    if isinstance(kind, T.ArrayType) and isinstance(kind.elementType, T.StructType):
        kind = kind.elementType
    if isinstance(kind, T.StructType):
        return [found for field in kind.fields for found in _null_paths(field.dataType, [*path, field.name])]
    return []


def match_table(frame: DataFrame, table: str) -> DataFrame:
    """Cast columns that may have held several types to the table's types; what cannot be cast becomes null.

    Glue casts choices only. Spark reads several types as text, and several kinds of numbers as bigint or double: such
    columns are cast where the table has them with another type, all others stay as they are.
    """
    wanted = {
        field.name.lower(): field.dataType.simpleString() for field in frame.sparkSession.table(table).schema.fields
    }
    columns = []
    for field in frame.schema.fields:
        kind = wanted.get(field.name.lower())
        mixed = isinstance(
            field.dataType, T.StringType | T.LongType | T.DoubleType | T.StructType | T.ArrayType | T.MapType
        )
        atomic = kind is not None and mixed and not kind.startswith(("array", "struct", "map"))
        if atomic and isinstance(field.dataType, T.StructType | T.ArrayType | T.MapType):
            raise ValueError(
                f"{field.name} is {field.dataType.simpleString()} here and {kind} in {table}; cast it by hand"
            )
        cast = F.expr(f"try_cast({_spelled(field.name)} AS {kind})") if atomic else _column(field.name)
        columns.append(cast.alias(field.name))
    return frame.select(*columns)


def match_choices(frame: DataFrame, table: str) -> DataFrame:
    """Cast the columns of which the JSON reader found several types to the table's types; what cannot be cast becomes null.

    All others stay as they are, as in Glue. Raises ValueError for such a column whose types are nested.
    """
    wanted = {field.name.lower(): field.dataType for field in frame.sparkSession.table(table).schema.fields}
    columns = []
    for field in frame.schema.fields:
        column, kind = _column(field.name), wanted.get(field.name.lower())
        if field.metadata.get("several_types") and kind is not None:
            if not isinstance(field.dataType, T.StringType) or isinstance(kind, T.StructType | T.ArrayType | T.MapType):
                raise ValueError(f"{field.name} holds several types, some of them nested; cast it by hand")
            column = F.expr(f"try_cast({_spelled(field.name)} AS {kind.simpleString()})")
        columns.append(column.alias(field.name))
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


def relationalize(frame: DataFrame, root: str, staging_path: str | None = None) -> dict:
    """Flatten structs and move every array into a frame of its own, as Glue's Relationalize names them; the root comes first.

    The root keeps a key in the array's place, null where the array is null or empty; the child `<root>_<path>` has `id`
    (that key), `index` from 0, and `<path>.val` or `<path>.val.<field>`. Rows are fixed once, so that keys agree: in a
    local checkpoint, or as Parquet below `staging_path` where the compute has no checkpoints.
    """
    frames: dict = {root: frame}
    _pivot(unnest(frame), root, root, frames, staging_path)
    return frames


def _pivot(frame, name, root, frames, staging_path):
    arrays = [field for field in frame.schema.fields if isinstance(field.dataType, T.ArrayType)]
    frames[name] = frame
    if not arrays:
        return
    own = F.monotonically_increasing_id() + 1
    keys = {f"__key_{i}": F.when(F.size(_column(field.name)) > 0, own) for i, field in enumerate(arrays)}
    keyed = _fixed(frame.withColumns(keys), staging_path)
    order = {field.name: f"__key_{position}" for position, field in enumerate(arrays)}
    frames[name] = keyed.select(*[_column(order.get(column, column)).alias(column) for column in frame.columns])
    for position, field in enumerate(arrays):
        value = f"{field.name}.val"
        exploded = F.posexplode(_column(field.name)).alias("index", value)
        child = keyed.select(_column(f"__key_{position}").alias("id"), exploded)
        inner = _flattened(field.dataType.elementType, [value])
        _pivot(child.select("id", "index", *inner), f"{root}_{field.name}", root, frames, staging_path)


def _fixed(frame, staging_path):
    """Return the rows as they are now: generated keys are new ones each time that a frame is worked out again."""
    if staging_path is None:
        return frame.localCheckpoint()
    place = f"{staging_path.rstrip('/')}/{uuid.uuid4()}"
    frame.write.parquet(place)
    return frame.sparkSession.read.parquet(place)


def unbox_json(frame: DataFrame, path: str) -> DataFrame:
    """Parse a JSON text column in place, with a schema worked out from all its rows; null stays null.

    A row whose text is no JSON object or array goes, as Glue's error records do. Raises ValueError where one field has
    several types, and for a column inside a struct.
    """
    parts = _parts(path)
    if len(parts) != 1:
        raise ValueError(f"{path} is inside a struct; parse it with from_json and withField")

    def shape(text):
        try:
            value = _json.loads(text or "")
        except ValueError:
            return None
        return _type_of({"all": value}, None).json() if isinstance(value, dict | list) else None

    column, shaped = _column(*parts), F.udf(shape, "string")(_column(*parts))
    shapes = (
        frame.where(column.isNotNull()).select(shaped.alias("shape")).where("shape IS NOT NULL").distinct().collect()
    )
    kind = T.NullType()
    for item in shapes:
        kind = _one_type(path, kind, T.StructType.fromJson(_json.loads(item[0]))["all"].dataType)
    if isinstance(kind, T.NullType):
        raise ValueError(f"no text of {path} is JSON; there is nothing to work a schema out from")
    parsed = frame.where(column.isNull() | shaped.isNotNull())
    return parsed.withColumn(parts[0], F.from_json(_column(*parts), _named(kind, None)))


def spigot(frame: DataFrame, path: str, options: dict) -> DataFrame:
    """Write up to `topk` rows as JSON lines under the path, and return the frame as it is."""
    sample = frame.sample(float(options["prob"])) if float(options.get("prob", 1)) < 1 else frame
    sample.limit(int(options.get("topk", 100))).write.mode("append").json(path)
    return frame
