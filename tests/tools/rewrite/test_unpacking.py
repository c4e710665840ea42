"""Readers and writers whose arguments are put together at run time, and those that are handed around uncalled."""

from typing import Any

import pytest

from glue2lakehouse.domain import Severity

HEAD = "from awsglue.context import GlueContext\n\ngc = GlueContext()\n"


def blockers(conversion: Any) -> list[str]:
    return [str(finding) for finding in conversion.findings if finding.severity is Severity.BLOCKER]


def test_arguments_that_are_unpacked_go_to_a_helper_as_they_are(convert) -> None:
    made = convert(HEAD + (
        "def read(table, day=None):\n    given = {'database': 'sales', 'table_name': table}\n    if day:\n"
        "        given['push_down_predicate'] = day\n"
        "    return gc.create_dynamic_frame.from_catalog(transformation_ctx=table, **given)\n"
        "def files(**options):\n    return gc.create_dynamic_frame.from_options('s3', **options)\n"
        "def save(frame, **options):\n    gc.write_dynamic_frame.from_options(frame=frame, **options)\n"
    ))  # fmt: skip
    assert blockers(made) == []
    assert 'read_catalog(spark, "main", **given)' in made.after
    assert "read_source(spark, connection_type='s3', **options)" in made.after
    assert "write_target(frame=frame, **options)" in made.after


def test_an_older_spelling_of_an_argument_becomes_the_helpers(convert) -> None:
    made = convert(HEAD + "def save(f, **o):\n    gc.write_dynamic_frame_from_options(frame_or_dfc=f, **o)\n")
    made_too = convert(HEAD + "def read(n, **o):\n    return gc.create_dynamic_frame.from_catalog(name_space=n, **o)\n")
    assert "write_target(frame=f, **o)" in made.after
    assert 'read_catalog(spark, "main", database=n, **o)' in made_too.after


def test_two_unpacked_dictionaries_stay_a_hand_off(convert) -> None:
    assert blockers(convert(HEAD + "def read(a, b):\n    return gc.create_dynamic_frame.from_catalog(**a, **b)\n"))


def test_a_reader_that_is_handed_around_becomes_a_helper_with_the_session(convert) -> None:
    made = convert(HEAD + (
        "from functools import partial\nread = partial(gc.create_dynamic_frame.from_catalog, database='sales')\n"
        "WRITERS = {'s3': gc.write_dynamic_frame.from_options}\nplain = gc.create_dynamic_frame.from_options\n"
        "rows = read(table_name='t', transformation_ctx='x').select_fields(['a'])\n"
        "WRITERS['s3'](frame=rows, connection_type='s3', connection_options={'path': 'p'}, format='json')\n"
        "other = plain('s3', {'paths': ['p']}, 'json').toDF()\n"
    ))  # fmt: skip
    assert blockers(made) == []
    assert """partial(read_catalog, spark, "main", database='sales')""" in made.after
    assert "plain = partial(read_source, spark)" in made.after
    assert "{'s3': write_target}" in made.after
    assert "read(table_name='t').select(\"a\")" in made.after
    assert "other = plain('s3', {'paths': ['p']}, 'json')\n" in made.after


def test_a_reader_that_is_got_by_its_name_is_still_told(convert) -> None:
    source = (
        HEAD + 'read = getattr(gc.create_dynamic_frame, "from_catalog")\nrows = read(database="a", table_name="b")\n'
    )
    assert blockers(convert(source))


def test_a_subclass_reads_by_its_own_method(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\n\nclass Ours(GlueContext):\n    def orders(self):\n"
        '        return self.create_dynamic_frame_from_catalog(database="a", table_name="b").toDF()\n'
    )
    made = convert(source)
    assert blockers(made) or "read.table" in made.after


@pytest.mark.spark
def test_the_helpers_refuse_arguments_without_a_counterpart(spark: Any) -> None:
    from glue2lakehouse.tools.rewrite.runtime.dynamic import read_catalog, read_source, write_target

    with pytest.raises(ValueError, match="catalog_id"):
        read_catalog(spark, "main", database="a", table_name="b", catalog_id="123")
    with pytest.raises(ValueError, match="num"):
        read_source(spark, "s3", {"paths": ["p"]}, "json", num=5)
    with pytest.raises(ValueError, match="mode"):
        write_target(spark.range(1), "s3", {"path": "p"}, "json", mode="overwrite")


@pytest.mark.parametrize("kind", ["'s3'", "kind"])
def test_an_empty_predicate_that_comes_as_an_argument_is_none(convert, kind: str) -> None:
    source = (
        "from awsglue.context import GlueContext\n\ngc = GlueContext()\n\n\ndef load(options, kind, only=''):\n"
        f"    return gc.create_dynamic_frame.from_options({kind}, options, format='csv', push_down_predicate=only)\n"
    )
    assert '.where(only or "true")' in convert(source).after


def test_an_empty_predicate_of_a_source_is_none(convert) -> None:
    source = (
        "from awsglue.context import GlueContext\n\ngc = GlueContext()\n\n\ndef load(only=''):\n"
        "    return gc.getSource('s3', format='parquet', push_down_predicate=only, paths=['s3://b/p']).getFrame()\n"
    )
    assert '.where(only or "true")' in convert(source).after
