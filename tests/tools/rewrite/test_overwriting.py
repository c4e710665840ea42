"""INSERT OVERWRITE replaces in Unity Catalog what it replaces in a Hive table of Glue's, or says so."""

from collections.abc import Callable
from pathlib import Path

import pytest

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.rewrite import Conversion
from glue2lakehouse.tools.rewrite.runtime.overwriting import overwrite_partitions

Convert = Callable[..., Conversion]
HEAD = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\nday, name = 'x', 'm.t'\n"


def told(converted: Conversion) -> list[Severity]:
    return [f.severity for f in converted.findings if "partitions that the rows name" in f.message]


BY_ROWS = {
    "a column": "'INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT a, d FROM r.s'",
    "without TABLE, in lower case": "'insert overwrite m.t partition(d) select a, d from r.s'",
    "one is given, one is not": "\"INSERT OVERWRITE TABLE m.t PARTITION (e='x', d) SELECT a, d FROM r.s\"",
    "an f-string": "f'INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT a, d FROM r.s WHERE b = {day}'",
    "a table that is computed": "f'INSERT OVERWRITE TABLE {name} PARTITION (d) SELECT a, d FROM r.s'",
    "a clause that is computed": "f'INSERT OVERWRITE TABLE m.t PARTITION ({day}) SELECT a, d FROM r.s'",
    "Hive's catalog by its name": "'INSERT OVERWRITE TABLE spark_catalog.m.t PARTITION (d) SELECT a, d FROM r.s'",
    "Athena's name for it": "'INSERT OVERWRITE TABLE AwsDataCatalog.m.t PARTITION (d) SELECT a, d FROM r.s'",
    "a comment before the clause": "'INSERT OVERWRITE TABLE m.t /* all days */ PARTITION (d) SELECT a, d FROM r.s'",
    "after a common table expression": "'WITH x AS (SELECT * FROM r.s) INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT a, d FROM x'",
}


@pytest.mark.parametrize("text", BY_ROWS.values(), ids=BY_ROWS)
def test_partitions_that_the_rows_name_are_overwritten_by_a_helper(convert: Convert, text: str) -> None:
    converted = convert(f"{HEAD}spark.sql({text})\n")
    assert "overwrite_partitions(spark, " in converted.after
    assert "r.s" not in converted.after or "main.r.s" in converted.after
    assert told(converted) == [Severity.INFO]
    assert any("one of Hive's" in edit.condition for edit in converted.edits)


def test_so_are_those_of_a_text_in_a_variable(convert: Convert) -> None:
    converted = convert(f"{HEAD}q = 'INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT a, d FROM r.s'\nspark.sql(q)\n")
    assert "overwrite_partitions(spark, q)" in converted.after
    assert "main.m.t PARTITION (d)" in converted.after


def test_serverless_compute_has_no_such_setting(convert: Convert) -> None:
    converted = convert(f"{HEAD}spark.sql({BY_ROWS['a column']})\n", settings=Settings(compute=Compute.SERVERLESS))
    assert told(converted) == [Severity.BLOCKER]


def test_a_function_that_is_given_such_a_text_runs_it_so(convert: Convert) -> None:
    text = "'INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT 1, 2'"
    converted = convert(f"{HEAD}def run(q):\n    return spark.sql(q)\n\n\nrun({text})\nrun('SELECT 1')\n")
    assert "return overwrite_partitions(spark, q)" in converted.after
    assert "run('INSERT OVERWRITE TABLE main.m.t PARTITION (d) SELECT 1, 2')" in converted.after


SAME = {
    "a partition that is named": "spark.sql(\"INSERT OVERWRITE TABLE m.t PARTITION (d='x') SELECT a FROM r.s\")",
    "two that are named": "spark.sql(f\"INSERT OVERWRITE TABLE m.t PARTITION (d='{day}', e=1) SELECT a FROM r.s\")",
    "an insert": "spark.sql('INSERT INTO m.t PARTITION (d) SELECT a, d FROM r.s')",
    "a folder": "spark.sql(\"INSERT OVERWRITE DIRECTORY 's3://a/b' USING parquet SELECT 1\")",
    "a query": "spark.sql('SELECT 1')",
    "Iceberg's catalog": "spark.sql('INSERT OVERWRITE glue_catalog.m.t SELECT a, d FROM r.s')",
    "an insert by a frame": "spark.table('r.s').write.insertInto('m.t')",
    "one that appends": "spark.table('r.s').write.mode('append').insertInto('m.t', overwrite=False)",
    "a writer with a name that appends": "writer = spark.table('r.s').write\nwriter.insertInto('m.t')",
    "a save": "spark.table('r.s').write.mode('overwrite').saveAsTable('m.t')",
}


@pytest.mark.parametrize("line", SAME.values(), ids=SAME)
def test_what_is_the_same_in_both_says_nothing(convert: Convert, line: str) -> None:
    converted = convert(f"{HEAD}{line}\n")
    assert told(converted) == []
    assert "overwrite_partitions" not in converted.after


MAYBE = {
    "no clause": "spark.sql('INSERT OVERWRITE TABLE m.t SELECT a, d FROM r.s')",
    "a frame's mode": "spark.table('r.s').write.mode('overwrite').insertInto('m.t')",
    "a frame's mode in capitals": "spark.table('r.s').write.format('parquet').mode('OVERWRITE').insertInto('m.t')",
    "a mode that is computed": "spark.table('r.s').write.mode(day).insertInto('m.t')",
    "a writer with a name": "writer = spark.table('r.s').write.mode('overwrite')\nwriter.insertInto('m.t')",
    "a flag": "spark.table('r.s').write.insertInto('m.t', overwrite=True)",
    "a flag by position": "spark.table('r.s').write.insertInto('m.t', True)",
}


@pytest.mark.parametrize("line", MAYBE.values(), ids=MAYBE)
def test_where_the_table_may_have_partitions_it_is_warned(convert: Convert, line: str) -> None:
    assert told(convert(f"{HEAD}{line}\n")) == [Severity.WARNING]


UNREAD = {
    "what a function returns": "def made(day):\n    return f'INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT {day} AS d FROM r.s'\n\n\nspark.sql(made(day))",
    "a table of statements": "for q in ['INSERT OVERWRITE TABLE m.t PARTITION (d) SELECT a, d FROM r.s', 'SELECT 1']:\n    spark.sql(q)",
    "put together in steps": "q = 'INSERT OVERWRITE TABLE m.t '\nq += 'PARTITION (d) SELECT a, d FROM r.s'\nspark.sql(q)\nspark.sql(q)",
}


@pytest.mark.parametrize("line", UNREAD.values(), ids=UNREAD)
def test_where_the_text_is_not_known_it_is_warned_once(convert: Convert, line: str) -> None:
    assert told(convert(f"{HEAD}{line}\n")) == [Severity.WARNING]


def test_a_text_that_is_not_known_says_nothing_where_the_project_overwrites_no_table(convert: Convert) -> None:
    line = (
        "for q in ['INSERT OVERWRITE DIRECTORY \\'s3://a/b\\' SELECT 1', 'INSERT INTO m.t SELECT 1']:\n    spark.sql(q)"
    )
    assert told(convert(f"{HEAD}{line}\n")) == []


@pytest.mark.parametrize("line", [*MAYBE.values(), *UNREAD.values(), f"spark.sql({BY_ROWS['a column']})"])
def test_a_project_that_sets_the_mode_itself_stays_as_it_is(convert: Convert, line: str) -> None:
    mode = "spark.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic')\n"
    assert told(convert(f"{HEAD}{mode}{line}\n")) == []
    assert (
        told(convert(f"import settings_of_spark\n{HEAD}{line}\n", settings_of_spark=mode.replace("spark.conf", "conf")))
        == []
    )
    assert told(convert(f"{HEAD}{mode.replace('dynamic', 'static')}{line}\n")) != []


@pytest.mark.parametrize(
    "line", ["spark.table('r.s').write.insertInto('m.t', True)", f"spark.sql({BY_ROWS['a column']})"]
)
def test_a_mode_that_another_job_sets_or_a_comment_names_does_not_count(convert: Convert, line: str) -> None:
    mode = "spark.conf.set('spark.sql.sources.partitionOverwriteMode', 'dynamic')\n"
    assert told(convert(f"{HEAD}# {mode}{line}\n")) != []
    other = f"import shared\n{HEAD}{mode}"
    assert told(convert(f"import shared\n{HEAD}{line}\n", shared="X = 1\n", other=other)) != []


NO_SETTING = {
    "another write's option": "spark.table('r.s').write.option('partitionOverwriteMode', 'dynamic').parquet('s3://a/b')",
    "a question": "print(spark.conf.get('spark.sql.sources.partitionOverwriteMode'))",
}


@pytest.mark.parametrize("line", NO_SETTING.values(), ids=NO_SETTING)
def test_what_only_names_the_mode_does_not_set_it(convert: Convert, line: str) -> None:
    assert told(convert(f"{HEAD}{line}\nspark.sql({BY_ROWS['a column']})\n")) == [Severity.INFO]


@pytest.mark.spark
def test_the_helper_leaves_other_partitions_and_the_mode_as_they_were(spark: object, tmp_path: Path) -> None:
    from pyspark.sql import SparkSession

    assert isinstance(spark, SparkSession)
    mode = spark.conf.get("spark.sql.sources.partitionOverwriteMode")
    rows = spark.createDataFrame([(1, "x"), (2, "y")], "a int, d string")
    rows.write.partitionBy("d").option("path", str(tmp_path / "t")).saveAsTable("overwritten_rows")
    try:
        overwrite_partitions(spark, "INSERT OVERWRITE TABLE overwritten_rows PARTITION (d) SELECT 3, 'x'")
        assert sorted((row["a"], row["d"]) for row in spark.table("overwritten_rows").collect()) == [(2, "y"), (3, "x")]
        assert spark.conf.get("spark.sql.sources.partitionOverwriteMode") == mode
    finally:
        spark.sql("DROP TABLE overwritten_rows")
