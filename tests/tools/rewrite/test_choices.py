"""ResolveChoice where a column may hold several types: left out where that is right, checked when it runs, or handed off."""

from typing import Any

import pytest

from glue2lakehouse.domain import Certainty, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion, TableFacts, convert_project
from glue2lakehouse.tools.rewrite.runtime.choices import expect_types

HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\n"
    "from awsglue.transforms import *\n\nctx = GlueContext()\n"
)
TABLE = 'rows = ctx.create_dynamic_frame.from_catalog(database="raw", table_name="sales")\n'
JSON = 'rows = ctx.create_dynamic_frame.from_options("s3", {"paths": ["s3://raw/"]}, "json")\n'
DATA = 'rows = DynamicFrame.fromDF(spark_frame, ctx, "rows")\n'
UNION = DATA + "rows = rows.union(rows)\n"
KNOWN = {"raw.sales": TableFacts("csv", (("id", "bigint"), ("name", "string"), ("price", "decimal(10,2)")))}


def _converted(code: str, tables: dict[str, TableFacts] | None = None) -> Conversion:
    (conversion,) = convert_project({"job.py": HEAD + code}, Settings(), tables=tables)
    return conversion


def _blockers(conversion: Conversion) -> list[str]:
    return [f"{f.message} {f.action}" for f in conversion.findings if f.severity is Severity.BLOCKER]


def _last(conversion: Conversion) -> str:
    return conversion.after.splitlines()[-1]


def _certainties(conversion: Conversion) -> list[Certainty]:
    return [edit.certainty for edit in conversion.edits if edit.rule == "resolve-choice"]


def test_columns_that_another_module_may_use_are_not_kept_apart() -> None:
    read = HEAD + JSON + "out = rows.resolveChoice(specs=[('id', 'make_cols')])\n"
    users = {
        "from job import rows\nrows.toDF()\n": True,
        "import job\njob.rows.count()\n": True,
        "from job import out\n": False,
    }
    for user, blocked in users.items():
        done = next(
            each for each in convert_project({"job.py": read, "user.py": user}, Settings()) if each.before == read
        )
        assert bool(_blockers(done)) == blocked
        assert ("read_json_choices" in done.after) != blocked


@pytest.mark.parametrize(
    ("kind", "told"), [("string", "becomes the text 1.0"), ("int", "1.5 becomes null"), ("double", "")]
)
def test_a_cast_beside_columns_that_are_kept_apart_says_what_spark_makes_of_numbers(kind: str, told: str) -> None:
    done = _converted(f"{JSON}out = rows.resolveChoice(specs=[('id', 'make_cols'), ('n', 'cast:{kind}')])\n")
    warned = [each.message for each in done.findings if each.severity is Severity.WARNING]
    assert "read_json_choices" in done.after
    assert len(warned) == bool(told)
    assert all(told in each for each in warned)


HANDED_OFF = {
    "columns of a table, its types not known": (TABLE, "[('id', 'make_cols')]", "try_cast(`id` AS bigint)"),
    "a struct of a table's column": (TABLE, "[('id', 'make_struct')]", "struct(try_cast(`id` AS bigint) AS `long`"),
    "the texts of a table's column": (TABLE, "[('id', 'project:string')]", '.withColumn("id", F.expr("if(try_cast('),
    "a member of a struct of a table": (TABLE, "[('s.id', 'project:long')]", "acts on values of several types"),
    "the members of an array": (TABLE, "[('s[].id', 'project:long')]", "acts on values of several types"),
    "a column of records that others use": (JSON + "print(rows.select_fields(['id']))\n", "[('id', 'make_cols')]", "several types"),
    "a member of a struct of records": (JSON, "[('s.id', 'make_cols')]", "acts on values of several types"),
    "a column of XML": (JSON.replace('"json"', '"xml", {"rowTag": "r"}'), "[('id', 'make_cols')]", "several types"),
    "a column that is resolved after another": (
        JSON + "rows = rows.resolveChoice(specs=[('a', 'make_cols')])\n", "[('id', 'make_cols')]", "several types"),
    "a column of records that a function has changed": (JSON + "rows = rows.map(f)\n", "[('id', 'make_cols')]", "several types"),
    "a column of a table that a function has changed": (TABLE + "rows = rows.map(f)\n", "[('id', 'make_cols')]", "several types"),
    "a column of a union": (UNION, "[('id', 'make_cols')]", "cast it to one type in each frame before the union"),
    "a column that a mapping only renames": (JSON + "rows = rows.apply_mapping([('a', 'id')])\n", "[('id', 'make_cols')]", "several types"),
    "a column that a mapping leaves a choice": (
        JSON + "rows = rows.apply_mapping([('a', 'choice', 'id', 'choice')])\n", "[('id', 'make_cols')]", "several types"),
    "an array that a cast makes text": (
        DATA + "rows = rows.apply_mapping([('id', 'array', 'id', 'array')])\n", "[('id', 'cast:string')]", "documents nowhere"),
    "no action": (DATA, "[('id', 'cats:long')]", "Glue stops at it"),
    "a cast to nothing": (DATA, "[('id', 'cast')]", "Glue stops at it"),
    "one of two": (TABLE, "[('id', 'project:long'), ('n', 'make_cols')]", "tells values apart"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "specs", "told"), HANDED_OFF.values(), ids=HANDED_OFF)
def test_what_several_types_would_make_different_is_handed_off(source: str, specs: str, told: str) -> None:
    conversion = _converted(f"{source}out = rows.resolveChoice(specs={specs})\n")
    assert "resolveChoice" in conversion.after
    assert told in " ".join(_blockers(conversion))


DECLARED = {
    "a column that is another type in the table": ("('id', 'project:double')", "acts on values of several types"),
    "a column that is text in the table": ("('id', 'project:string')", "if(try_cast(`id` AS bigint) IS NULL"),
    "a number's columns": ("('price', 'make_cols')", '"price_decimal(10,2)": F.expr("try_cast(`price` AS decimal(10,2))")'),
    "a column that the table does not have": ("('other', 'make_cols')", "tells values apart"),
}  # fmt: skip


@pytest.mark.parametrize(("spec", "told"), DECLARED.values(), ids=DECLARED)
def test_a_known_table_says_what_the_column_is(spec: str, told: str) -> None:
    conversion = _converted(f"{TABLE}out = rows.resolveChoice(specs=[{spec}])\n", KNOWN)
    assert told in " ".join(_blockers(conversion))


LEFT_OUT = {
    "a projection to the type that the table has": (TABLE, "[('id', 'project:long')]", Certainty.CONDITIONAL),
    "texts of a CSV table": (TABLE, "[('name', 'make_cols')]", Certainty.CONDITIONAL),
    "a column that was cast before": (
        JSON + "rows = rows.resolveChoice(specs=[('id', 'cast:long')])\n", "[('id', 'make_struct')]", Certainty.CONDITIONAL),
    "a column of one type": (DATA, "[('id', 'make_cols')]", Certainty.EXACT),
    "what a function makes of rows with one type": (DATA + "rows = rows.map(f)\n", "[('id', 'make_cols')]", Certainty.EXACT),
    "a mapped column": (
        UNION + "rows = rows.apply_mapping([('id', 'int', 'id', 'long')])\n", "[('id', 'project:int')]", Certainty.EXACT),
}  # fmt: skip


@pytest.mark.parametrize(("source", "specs", "certainty"), LEFT_OUT.values(), ids=LEFT_OUT)
def test_an_action_goes_where_it_has_nothing_to_do(source: str, specs: str, certainty: Certainty) -> None:
    conversion = _converted(f"{source}out = rows.resolveChoice(specs={specs})\n", KNOWN)
    assert _blockers(conversion) == []
    assert _last(conversion) == "out = rows"
    assert _certainties(conversion)[-1] is certainty


def test_the_type_of_a_table_that_is_not_known_is_looked_at_when_it_runs() -> None:
    conversion = _converted(TABLE + "out = rows.resolveChoice(specs=[('a b', 'project:Long'), ('n', 'cast:int')])\n")
    assert _last(conversion) == (
        'out = expect_types(rows.withColumn("n", F.expr("try_cast(n AS int)")), {"a b": "bigint"})'
    )
    assert _certainties(conversion) == [Certainty.CONDITIONAL]


def test_a_column_that_was_cast_or_renamed_has_no_longer_the_tables_type() -> None:
    for before in (
        "resolveChoice(specs=[('id', 'cast:string')])",
        "rename_field('name', 'x').rename_field('id', 'name')",
    ):
        out = "out = rows.resolveChoice(specs=[('id', 'project:long'), ('name', 'make_cols')])\n"
        after = _converted(
            f"{TABLE}rows = rows.{before}\n{out}", {"raw.sales": TableFacts("json", KNOWN["raw.sales"].columns)}
        )
        assert _blockers(after)


def test_an_action_for_all_columns_is_one_in_any_case() -> None:
    match = "out = ResolveChoice.apply(frame=rows, choice='MATCH_CATALOG', database='d', table_name='t')\n"
    assert _last(_converted(JSON + match)) == 'out = match_table(rows, "main.d.t")'
    assert _blockers(_converted(DATA + "out = rows.resolveChoice(choice='make_col')\n"))
    united = _converted(UNION + "out = rows.resolveChoice(choice='make_cols')\n")
    (condition,) = [edit.condition for edit in united.edits if edit.rule == "resolve-choice"]
    assert condition == "columns of one name have one type in all frames of the union"


READS = {
    "one column": ("out = rows.resolveChoice(specs=[('id', 'make_cols'), ('n', 'cast:int')])\n", ', ["id"], lines=True'),
    "all columns": ("out = ResolveChoice.apply(rows, choice='make_struct')\n", ", lines=True"),
    "several uses": (
        "out = rows.resolveChoice([('id', 'project:long')])\nrows.printSchema()\nprint(rows.toDF().count())\n"
        "rest = ResolveChoice.apply(frame=rows, specs=[('`a b`', 'Make_Struct')])\n", ', ["id", "a b"], lines=True'),
}  # fmt: skip


@pytest.mark.parametrize(("body", "told"), READS.values(), ids=READS)
def test_records_are_read_with_what_is_to_be_resolved_kept_apart(body: str, told: str) -> None:
    conversion = _converted(JSON + body)
    assert _blockers(conversion) == []
    assert f'rows = read_json_choices(spark, "s3://raw/"{told})' in conversion.after
    assert "out = resolve_json_choices(rows, " in conversion.after
    assert "try_cast" not in conversion.after
    assert set(_certainties(conversion)) == {Certainty.CONDITIONAL}


READ_AS_BEFORE = {
    "casts": "out = rows.resolveChoice(specs=[('id', 'cast:long')])\n",
    "a table's types": "out = rows.resolveChoice(choice='match_catalog', database='d', table_name='t')\n",
    "computed specs": "out = rows.resolveChoice(specs=[(c, 'make_cols') for c in columns])\n",
    "another use": "out = rows.resolveChoice(specs=[('id', 'make_cols')])\nout = rows\n",
    "a branch": "if flag:\n    rows = rows.resolveChoice(specs=[('id', 'make_cols')])\n",
    "a function that uses it": "def f():\n    return rows.count()\n\n\nrows = rows.resolveChoice(specs=[('id', 'make_cols')])\n",
    "an error between": "try:\n    "
    + JSON
    + "    rows = rows.resolveChoice([('id', 'make_cols')])\nexcept ValueError:\n    rows.show()\n",
    "a loop that goes on": "for _ in range(2):\n    "
    + JSON
    + "    if _:\n        continue\n    rows = rows.resolveChoice([('id', 'make_cols')])\n",
    "options of toDF": "out = rows.resolveChoice(specs=[('id', 'make_cols')])\nrows.toDF([])\n",
    "a count of errors": "out = rows.resolveChoice(specs=[('id', 'make_cols')])\nprint(rows.errorsCount())\n",
}


@pytest.mark.parametrize("body", READ_AS_BEFORE.values(), ids=READ_AS_BEFORE)
def test_records_are_read_as_spark_does_where_nothing_is_to_be_kept_apart(body: str) -> None:
    conversion = _converted(JSON + body)
    assert "json_choices" not in conversion.after


def test_a_frame_may_be_resolved_under_its_own_name() -> None:
    resolved = "rows = rows.resolveChoice(specs=[('id', 'make_cols')])\n"
    for body in (
        resolved + "rows.select_fields(['id_int']).show()\n",
        "print(rows.count())\n" + resolved + "rows = rows.map(f)\n",
    ):
        conversion = _converted(JSON + body)
        assert _blockers(conversion) == []
        assert 'rows = resolve_json_choices(rows, [("id", "make_cols")])'.replace('"', "'") in conversion.after.replace(
            '"', "'"
        )
        inside = "def job():\n" + "".join(f"    {line}\n" for line in (JSON + body).splitlines())
        assert _blockers(_converted(f"rows = None\n\n\n{inside}")) == []


@pytest.mark.parametrize("options", ['{"withSchema": text}', '{"encoding": "latin1"}', "given"])
def test_records_with_a_schema_of_their_own_are_not_kept_apart(options: str) -> None:
    read = JSON.replace('"json")', f'"json", {options})')
    conversion = _converted(read + "out = rows.resolveChoice(specs=[('id', 'make_cols')])\n")
    assert "json_choices" not in conversion.after
    assert _blockers(conversion)


def test_what_has_been_cast_is_no_untyped_null_column() -> None:
    cast = (
        JSON
        + "rows = rows.resolveChoice(specs=[('N', 'cast:long'), ('`a.b`', 'cast:int')])\nout = DropNullFields.apply(rows)\n"
    )
    assert _last(_converted(cast)) == 'out = drop_null_fields(rows, untyped=True, typed=["a.b", "n"])'
    changed = cast.replace("out =", "rows = rows.rename_field('N', 'm')\nout =")
    assert _last(_converted(changed)) == "out = drop_null_fields(rows, untyped=True)"


def test_a_frame_whose_choices_are_resolved_still_has_untyped_nulls() -> None:
    for choice in ("choice='make_struct'", "choice='match_catalog', database='d', table_name='t'"):
        conversion = _converted(JSON + f"rows = rows.resolveChoice({choice})\nout = DropNullFields.apply(rows)\n")
        assert _last(conversion) == "out = drop_null_fields(rows, untyped=True)"
        again = f"rows = rows.resolveChoice({choice})\nout = rows.resolveChoice(specs=[('id', 'make_cols')])\n"
        assert _last(_converted(JSON + again)) == "out = rows"


@pytest.mark.spark
def test_a_table_with_another_type_stops_the_job(spark: Any) -> None:
    frame = spark.sql("SELECT 1L AS `a b`, 'x' AS n")
    assert expect_types(frame, {"a b": "bigint", "missing": "int"}) is frame
    for types in ({"n": "bigint"}, {"a b": "int"}):
        with pytest.raises(TypeError, match="in the table, and"):
            expect_types(frame, types)
    with pytest.raises(ValueError, match="is spelled a b"):
        expect_types(frame, {"A B": "bigint"})
