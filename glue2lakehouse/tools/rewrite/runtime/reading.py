"""Reading files as Glue does."""

import json as _json
import re

from pyspark.sql import DataFrame
from pyspark.sql import functions as F
from pyspark.sql import types as T


def remaining_files(session, paths, exclusions, recurse=False) -> list:
    """Return the files below the paths that no exclusion names, for a reader to load.

    `exclusions` are globs as Glue takes them, in a list or its JSON text: `**` crosses folders, `*` does not, and a glob may leave
    out how the path begins. Raises ValueError where no file is left.
    """
    globs = _json.loads(exclusions) if isinstance(exclusions, str) else exclusions
    tests = [re.compile(rf"(?:.*/)?{_regex(glob)}", re.DOTALL) for glob in globs]
    lister = session.read.format("binaryFile").option("recursiveFileLookup", str(recurse).lower() == "true")
    found = [row["path"] for row in lister.load(paths).select("path").collect()]
    kept = [path for path in found if not any(test.fullmatch(_in_s3(path)) for test in tests)]
    if not kept:
        raise ValueError(f"{list(globs)} leave no file of {paths}")
    return [re.sub(r"([\[\]{}*?\\])", r"\\\1", path) for path in sorted(kept)]


def _in_s3(path):
    return re.sub(r"^s3[an]://", "s3://", path)


def _regex(glob):
    spelled = {"**": ".*", "*": "[^/]*", "?": "[^/]", "{": "(?:", "}": ")", ",": "|"}
    inside, made = 0, ""
    for part in re.findall(r"\*\*|\[[^\]]*\]|[\s\S]", _in_s3(glob)):
        inside += (part == "{") - (part == "}")
        plain = part not in spelled or (part == "," and not inside)
        made += part.replace("[!", "[^") if len(part) > 2 else re.escape(part) if plain else spelled[part]
    return made


def name_columns(frame: DataFrame) -> DataFrame:
    """Name the columns of a CSV file without a header as Glue does: col0, col1, …; Spark calls them _c0, _c1, …"""
    return frame.toDF(*[f"col{position}" for position in range(len(frame.columns))])


def read_json_texts(spark, texts) -> DataFrame:
    """Make rows of JSON texts that the job holds in memory, as spark.read.json does of an RDD of them.

    The schema is inferred over all of them. A text that is a list gives a row for each of its items; one that is no valid
    JSON is an error, where spark.read.json would put it into the column _corrupt_record.
    """
    lines = [text for text in texts if text.strip()]
    if not lines:
        return spark.createDataFrame([], T.StructType([]))
    items = [text.strip()[1:-1] if text.strip().startswith("[") else text for text in lines]
    whole = "[" + ",".join(item for item in items if item.strip()) + "]"
    schema = spark.range(1).select(F.schema_of_json(F.lit(whole), {"mode": "FAILFAST"})).first()[0]
    parsed = F.explode(F.from_json("value", schema, {"mode": "FAILFAST"}))
    return (
        spark.createDataFrame([(line,) for line in lines], "value string").select(parsed.alias("row")).select("row.*")
    )


def narrow_integers(frame: DataFrame) -> DataFrame:
    """Make int of the bigint columns of a JSON file, nested ones too, whose values all fit, as Glue reads them.

    This looks at all rows once. Where every column has its type from a mapping or a cast afterwards, it can go.
    """
    leaves = [leaf for field in frame.schema.fields for leaf in _fitting(F.col(f"`{field.name}`"), field.dataType)]
    if not leaves:
        return frame
    answers = iter(frame.agg(*[F.min(leaf).alias(f"c{i}") for i, leaf in enumerate(leaves)]).first())
    columns = []
    for field in frame.schema.fields:
        kind = _narrowed(field.dataType, answers)
        column = F.col(f"`{field.name}`")
        columns.append(column if kind == field.dataType else column.cast(kind).alias(field.name))
    return frame.select(*columns)


def _fitting(column, kind):
    """Return for each whole number in the type, in order, a column that tells whether its values fit int; null: no values."""
    if isinstance(kind, T.LongType):
        return [column.between(-(2**31), 2**31 - 1)]
    if isinstance(kind, T.StructType):
        return [leaf for field in kind.fields for leaf in _fitting(column.getField(field.name), field.dataType)]
    if isinstance(kind, T.ArrayType):
        return [_all_fit(column, kind.elementType, at) for at in range(len(_fitting(column, kind.elementType)))]
    return []


def _all_fit(column, kind, at):
    return F.forall(column, lambda item: F.coalesce(_fitting(item, kind)[at], F.lit(True)))


def _narrowed(kind, answers):
    if isinstance(kind, T.LongType):
        return kind if next(answers) is False else T.IntegerType()
    if isinstance(kind, T.StructType):
        return T.StructType([T.StructField(field.name, _narrowed(field.dataType, answers)) for field in kind.fields])
    if isinstance(kind, T.ArrayType):
        return T.ArrayType(_narrowed(kind.elementType, answers))
    return kind
