"""Columns that hold values of several types in Glue."""

import functools
import json as _json

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T

from glue2lakehouse.tools.rewrite.runtime.documents import (
    _json_common,
    _json_files,
    _json_kind,
    _json_records,
    _json_settled,
)
from glue2lakehouse.tools.rewrite.runtime.frames import _field, _parts, _spelled
from glue2lakehouse.tools.rewrite.runtime.mapping import resolve_choices


def expect_types(frame: DataFrame, types: dict) -> DataFrame:
    """Return the frame as it is: to project a column of a table to the type that it has leaves nothing to do.

    Raises TypeError where a column has another type than `types` says, which Glue would project; one that is missing is
    passed over, as in Glue.
    """
    for name, kind in types.items():
        field = _field(frame.schema, name)
        if field is not None and field.dataType.simpleString() != kind:
            raise TypeError(
                f"{name} is {field.dataType.simpleString()} in the table, and {kind} in Glue's catalog: make null of what is "
                f"no {kind} with try_cast if the column held both in Glue, or leave it"
            )
    return frame


_CHOICE_NUMBERS = {
    "int": T.IntegerType(),
    "long": T.LongType(),
    "decimal": T.DecimalType(38, 0),
    "double": T.DoubleType(),
}
"""Glue's types of numbers in JSON, the narrowest first."""


def read_json_choices(
    session, paths, choices=None, lines=False, numbers=None, attach=None, fail=False, **options
) -> DataFrame:
    """Read JSON records as `read_json_stream` does, one a line with `lines`, and keep values of several types apart.

    A column of several types becomes a struct with a member for each, as Glue's toDF shows it: `resolve_json_choices` makes
    of it what ResolveChoice does. `choices` are the columns that may be such, by default all. ValueError where a field inside
    one holds several types, and where a column holds several kinds of numbers: whether Glue keeps int, long and double of a
    JSON column apart is not documented. `numbers` is "apart" or "widest" if it is known.
    """
    texts, names = _json_files(session, paths, attach, options, not lines), list(attach or {})
    split = F.udf(lambda text: _json_records(text, fail), "array<string>")
    records = texts.select(F.explode(split("value")).alias("value"), *[F.col(f"`{name}`") for name in names])
    shapes = records.select(
        F.udf(lambda text: _json.dumps(_choice_shape(_json.loads(text))), "string")("value").alias("shape")
    )
    whole: dict = {}
    for row in shapes.distinct().collect():
        whole = _choice_merged(whole, _json.loads(row[0]))
    columns = whole.get("struct", {})
    tags = {name: _choice_tags(name, columns[name], numbers) for name in columns if choices is None or name in choices}
    tags = {name: own for name, own in tags.items() if len(set(own.values())) > 1}
    fields = [T.StructField(name, _choice_type(shape, tags.get(name))) for name, shape in sorted(columns.items())]
    schema = _json_settled(T.StructType(fields))
    if not schema.fields:
        return session.createDataFrame([], T.StructType([]))
    if tags:
        records = records.withColumn("value", F.udf(lambda text: _choice_tagged(text, tags), "string")("value"))
    parsed = records.withColumn("value", F.from_json("value", schema, {"mode": "FAILFAST"}))
    marks = {name: {"choice": True} for name in tags}
    held = [F.col("value").getField(f.name).alias(f.name, metadata=marks.get(f.name, {})) for f in schema.fields]
    return parsed.select(*held, *[F.col(f"`{name}`") for name in names])


def _choice_shape(value):
    """Return the Glue types of a JSON value: {type: what is in it}, nothing for null."""
    if value is None:
        return {}
    if isinstance(value, dict):
        return {"struct": {key: _choice_shape(value[key]) for key in sorted(value)}}
    if isinstance(value, list):
        items: dict = {}
        for item in value:
            items = _choice_merged(items, _choice_shape(item))
        return {"array": items}
    return {_choice_name(_json_kind(value)): None}


def _choice_name(kind):
    return {"integer": "int", "bigint": "long"}.get(kind.typeName(), kind.typeName())


def _choice_merged(one, two):
    whole = dict(one)
    for kind, inner in two.items():
        if kind == "struct" and kind in whole:
            names = sorted({*whole[kind], *inner})
            whole[kind] = {name: _choice_merged(whole[kind].get(name, {}), inner.get(name, {})) for name in names}
        else:
            whole[kind] = _choice_merged(whole[kind], inner) if kind == "array" and kind in whole else inner
    return dict(sorted(whole.items()))


def _choice_tags(name, shape, numbers):
    """Return the member that values of each type go to; ValueError where Glue's types of a column are not clear."""
    _refuse_inner_choices(name, shape)
    found = [kind for kind in _CHOICE_NUMBERS if kind in shape]
    if len(found) > 1 and numbers not in ("apart", "widest"):
        raise ValueError(
            f"{name} holds {' and '.join(found)}, and whether Glue makes one type of the numbers in a JSON column is not documented: "
            'pass numbers="apart" to read_json_choices if they are several types, numbers="widest" if they are one'
        )
    return {kind: found[-1] if kind in found and numbers == "widest" else kind for kind in shape}


def _refuse_inner_choices(name, shape):
    """Raise ValueError where a field inside a struct, or the items of an array, hold several types."""
    inside = {f"{name}[]": shape["array"]} if "array" in shape else {}
    inside |= {f"{name}.{key}": held for key, held in shape.get("struct", {}).items()}
    for path, held in inside.items():
        if len(held) > 1:
            raise ValueError(f"{path} holds {' and '.join(held)}: make one type of it by hand, with from_json")
        _refuse_inner_choices(path, held)


def _choice_type(shape, tags):
    """Return the Spark type of a shape: a struct of the members that its values go to, else the type that they have in common."""
    if tags:
        members: dict = {}
        for kind, member in tags.items():
            members[member] = _json_common(members.get(member, T.NullType()), _choice_type({kind: shape[kind]}, None))
        return T.StructType([T.StructField(name, kind) for name, kind in members.items()])
    whole = T.NullType()
    for kind, inner in shape.items():
        if kind == "struct":
            held = T.StructType([T.StructField(name, _choice_type(inner[name], None)) for name in inner])
        else:
            atoms = {**_CHOICE_NUMBERS, "string": T.StringType(), "boolean": T.BooleanType()}
            held = T.ArrayType(_choice_type(inner, None)) if kind == "array" else atoms[kind]
        whole = _json_common(whole, held)
    return whole


def _choice_tagged(text, tags):
    """Return a record with the values of the columns of several types below the names of their types."""
    record = _json.loads(text)
    for name, members in tags.items():
        if record.get(name) is not None:
            (kind,) = _choice_shape(record[name])
            record[name] = {members[kind]: record[name]}
    return _json.dumps(record, ensure_ascii=False)


def resolve_json_choices(frame: DataFrame, specs=(), choice=None, project=None) -> DataFrame:
    """Do what ResolveChoice does to the columns that `read_json_choices` has found to hold several types.

    `specs` are pairs of a column and its action, `choice` is one action for all: cast:type, project:type, make_cols,
    make_struct. A column of one type stays as it is, but for a cast. AWS documents two ways to project, `project` "own" keeps
    the values that have the type, "convert" casts the others: ValueError where the two differ and none is given, for a
    projection to a type that no value has, and where a column is left unresolved.
    """
    mixed = [field.name for field in frame.schema.fields if field.metadata.get("choice")]
    pairs = (
        [(f"`{name}`", choice) for name in mixed] if choice else [specs] if isinstance(specs, tuple) else list(specs)
    )
    for path, action in pairs:
        verb, _, kind = action.lower().partition(":")
        (name,) = _parts(path)
        field = _field(frame.schema, name)
        if field is None or name not in mixed:
            frame = resolve_choices(frame, [(path, action.lower())]) if verb == "cast" else frame
            continue
        mixed.remove(name)
        if verb in ("make_cols", "make_struct"):
            frame = _choice_spread(frame, field, verb == "make_cols")
        else:
            frame = _choice_settled(frame, field, verb, kind, project)
    if mixed:
        raise ValueError(f"{', '.join(mixed)}: values of several types, which no spec makes one of; add one")
    return frame


def _choice_spread(frame, field, apart):
    """Return the frame with a column for each type of another, or with its struct."""
    name, members = field.name, [member.name for member in field.dataType.fields]
    made = (
        {f"{name}_{member}": F.col(_spelled(name, member)) for member in members}
        if apart
        else {name: F.col(_spelled(name))}
    )
    taken = {own.lower() for own in frame.columns if own != name} & {own.lower() for own in made}
    if taken:
        raise ValueError(
            f"there is a column {', '.join(sorted(taken))} already, beside {name} of {' and '.join(members)}"
        )
    return _choice_replaced(frame, name, made)


def _choice_settled(frame, field, verb, kind, project):
    """Return the frame with a column of several types cast to one, or with its values of one type."""
    name, members = field.name, [member.name for member in field.dataType.fields]
    held = f"{verb}:{kind} of {name}, which holds {' and '.join(members)}"
    spark = {"long": "bigint", "integer": "int", "short": "smallint", "byte": "tinyint", "bool": "boolean"}.get(
        kind, kind
    )
    own = {"bigint": "long", "integer": "int", "bool": "boolean"}.get(kind, kind)
    if verb == "project" and own not in members:
        raise ValueError(f"{held}: no value would be left")
    nested = {"struct", "array"} & {*members, own}
    if nested and (verb == "cast" or project != "own"):
        raise ValueError(f"{held}: what becomes of {' and '.join(sorted(nested))} is not documented")
    cast = {member: F.expr(f"try_cast({_spelled(name, member)} AS {spark})") for member in members}
    if verb == "project" and project is None:
        others = [value.isNotNull() for member, value in cast.items() if member != own]
        if not frame.where(functools.reduce(lambda one, two: one | two, others)).isEmpty():
            raise ValueError(
                f"{held}: AWS documents two ways to project, and values of other types can be converted: pass "
                'project="own" to resolve_json_choices to make null of them, project="convert" to convert them'
            )
    value = F.col(_spelled(name, own)) if verb == "project" and project != "convert" else F.coalesce(*cast.values())
    return _choice_replaced(frame, name, {name: value})


def _choice_replaced(frame, name, made):
    columns = []
    for own in frame.columns:
        marks = {"typed": True} if own == name else frame.schema[own].metadata
        values = made if own == name else {own: F.col(_spelled(own))}
        columns += [value.alias(alias, metadata=marks) for alias, value in values.items()]
    return frame.select(*columns)
