"""Renamed schemas and tables reach names that are put together; what they cannot reach is told."""

import sys
from enum import Enum
from types import ModuleType
from typing import Any

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion, convert_project, render_compat

HEAD = "import sys\nfrom awsglue.context import GlueContext\nglue = GlueContext()\nspark = glue.spark_session\n"
RENAMED = Settings(schemas={"sales": "gold"}, tables={"sales.old": "archive.hist.old2"})


def converted(body: str, settings: Settings = RENAMED) -> Conversion:
    (made,) = convert_project({"job.py": HEAD + body}, settings)
    return made


def told(made: Conversion) -> list[Severity]:
    return [f.severity for f in made.findings if f.severity is not Severity.INFO]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('D = "x" if sys.argv[1:] else "sales"\nspark.sql(f"select * from {D}.old")\n', "{uc_name(D, 'old')}"),
        ('D = "sales"\nspark.sql(f"select * from {D}.old")\n', "from {uc_name(D, 'old')}"),
        ('D = "sales"\nspark.sql(f"select * from {D}.o")\n', "from {uc_name(D, 'o')}"),
        ('D = "other"\nspark.sql(f"select * from {D}.o")\n', "from main.{D}.o"),
        ('for t in ["old", "o"]:\n    spark.sql(f"select * from sales.{t}")\n', "{uc_name('sales', t)}"),
        ('for t in ["a", "o"]:\n    spark.sql(f"select * from other.{t}")\n', "from main.other.{t}"),
        ('t = sys.argv[1]\nspark.sql(f"select * from sales.x_{t}")\n', "{uc_name('sales', 'x_' + str(t))}"),
        ("t = sys.argv[1]\nspark.sql(f'select * from sales.{t}')\n", '{uc_name("sales", t)}'),
        ('t = sys.argv[1]\nspark.sql(f"insert into {t} select 1")\n', "{uc_name(t)}"),
        ('t = sys.argv[1]\nspark.sql(f"use {t}")\n', "{uc_schema(t)}"),
        ('t = sys.argv[1]\nspark.table("sales." + t)\n', 'spark.table(uc_name("sales." + t))'),
        ('t = sys.argv[1]\nspark.table("{}.{}".format("sales", t))\n', 'table(uc_name("{}.{}".format("sales", t)))'),
        ('T = {"a": "sales.old"}\nspark.table(T["a"])\n', 'spark.table(uc_name(T["a"]))'),
        ('T = {"a": "other.o"}\nspark.table(T["a"])\n', 'spark.table(uc_name(T["a"]))'),
        ("t = sys.argv[1]\nspark.range(1).write.saveAsTable(t)\n", "saveAsTable(uc_name(t))"),
        ("t = sys.argv[1]\nspark.catalog.databaseExists(t)\n", "databaseExists(uc_schema(t))"),
        ('t = sys.argv[1]\nglue.create_dynamic_frame.from_catalog("sales", t).toDF()\n', 'uc_name("sales", t)'),
        ('D = "sales"\nt = sys.argv[1]\nglue.create_dynamic_frame.from_catalog("other", t).toDF()\n',
         '"main.other", t' ),
    ],
)  # fmt: skip
def test_a_computed_name_is_what_the_mapping_says(before: str, after: str) -> None:
    made = converted(before)
    assert after in made.after.replace('f"main.other.{t}"', '"main.other", t')
    assert {name for name in ("uc_name", "uc_schema") if f"{name}(" in made.after} == {
        name for name in made.compat if name.startswith("uc_")
    }
    assert told(made) == []


def test_without_renamed_schemas_and_tables_the_catalog_is_put_before_it() -> None:
    settings = Settings(schemas={"sales": "sales"}, tables={"sales.old": "main.sales.old"})
    assert (
        'f"select * from main.{t}.o"'
        in converted('t = sys.argv[1]\nspark.sql(f"select * from {t}.o")\n', settings).after
    )


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql("select * from {}.old".format(t))',
        'spark.sql("select * from %s.old" % t)',
        'spark.sql(f"select * from {t!r}.old")',
        "spark.sql(f\"select 'x' from \" f'sales.{t} where a = \"1\"')",
        'spark.sql("select * from ".strip() + t)',
        "spark.sql(t)",
    ],
)
def test_a_name_that_cannot_be_looked_up_is_told(line: str) -> None:
    made = converted(f"t = sys.argv[1]\n{line}\n")
    assert told(made) == [Severity.WARNING]
    assert "do not reach it" in made.findings[0].message


@pytest.mark.parametrize(
    ("use", "expected"),
    [
        ('spark.sql("USE sales")', [Severity.BLOCKER]),
        ('spark.sql("use schema `Sales`")', [Severity.BLOCKER]),
        ('spark.catalog.setCurrentDatabase("sales")', [Severity.BLOCKER]),
        ('spark.sql(f"use {sys.argv[1]}")', [Severity.BLOCKER]),
        ('spark.sql("USE other")', []),
        ('spark.sql("USE sales"); spark.range(1).createTempView("old")', []),
    ],
)
def test_a_table_that_moves_out_of_the_current_schema_is_a_blocker(use: str, expected: list[Severity]) -> None:
    assert told(converted(f'{use}\nspark.sql("select * from old")\n')) == expected
    assert told(converted(f'{use}\nspark.sql("with old as (select 1) select * from old")\n')) == []


def _helpers() -> dict[str, Any]:
    settings = RENAMED.model_copy(update={"catalog": "prod-eu", "tables": {"Sales.Old": "archive.hist.`old-2`"}})
    names: dict[str, Any] = {}
    exec(render_compat(["uc_name", "uc_schema"], settings), names)
    return names


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (("sales.o",), "`prod-eu`.gold.o"),
        (("SALES", "old"), "archive.hist.`old-2`"),
        (("sales.old",), "archive.hist.`old-2`"),
        (("glue_catalog.sales.old",), "archive.hist.`old-2`"),
        (("other.`a.b`",), "`prod-eu`.other.`a.b`"),
        (("view",), "view"),
        (("a.b.c",), "a.b.c"),
        (("global_temp.v",), "global_temp.v"),
        (("parquet.`s3://a/b.c`",), "parquet.`s3://a/b.c`"),
        (("(select 1)",), "(select 1)"),
    ],
)
def test_the_helper_names_a_table(given: tuple[str, ...], expected: str) -> None:
    assert _helpers()["uc_name"](*given) == expected


def test_the_helper_takes_a_member_of_an_enumeration_for_its_value() -> None:
    class Tables(str, Enum):  # noqa: UP042
        OLD = "sales.old"

    assert _helpers()["uc_name"](Tables.OLD) == _helpers()["uc_name"]("sales.old")


def test_the_helper_names_a_schema_and_refuses_what_is_more_than_a_name() -> None:
    assert _helpers()["uc_schema"]("Sales") == "`prod-eu`.gold"
    with pytest.raises(ValueError, match="no name of a table"):
        _helpers()["uc_name"]("(select * from sales.old) x")


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql(f"select a from sales.{t} where b = {t}").show()',
        'spark.sql(f"select a from {t}.old where b = 1").show()',
        'spark.sql(f"select a from {t}.{t} where b = 1").show()',
        'spark.sql(f"select a from {t} where b = 1").show()',
        'spark.table("sales." + t).show()',
    ],
)
def test_the_checks_find_the_name_in_the_helper(line: str) -> None:
    made = converted(f"t = sys.argv[1]\n{line}\n")
    assert "uc_name(" in made.after
    after = {"glue_compat.py": render_compat(made.compat, RENAMED)}
    assert check(made.before, made.after, "job.py", {}, after, made.findings, RENAMED).findings == ()
    lost = made.after.replace("where b", "where c").replace("'old'", "'new'").replace('"sales."', '"other."')
    assert check(made.before, lost, "job.py", {}, after, made.findings, RENAMED).findings


@pytest.mark.parametrize(
    ("settings", "again"),
    [
        (Settings(schemas={"sales": "gold"}), False),
        (Settings(schemas={"sales": "gold", "gold": "gold"}), False),
        (Settings(schemas={"sales": "gold", "gold": "best"}), True),
        (Settings(schemas={"sales": "gold"}, tables={"gold.t": "main.best.t", "raw.t": "main.gold.t"}), True),
        (Settings(schemas={"sales": "gold"}, tables={"raw.t": "main.sales.t"}), True),
        (Settings(schemas={"sales": "gold"}, tables={"raw.t": "main.gold.t"}), False),
    ],
)
def test_a_name_that_would_be_mapped_twice_is_told(settings: Settings, again: bool) -> None:
    made = converted(
        "for t in spark.catalog.listTables('sales'):\n    spark.table(f'{t.database}.{t.name}')\n", settings
    )
    assert any("mapped twice" in found.message for found in made.findings) is again


@pytest.mark.parametrize(
    ("paths", "again"),
    [
        ({"s3://a": "s3://b"}, False),
        ({"s3://a": "s3://b", "s3://b": "s3://c"}, True),
        ({"s3://a": "s3://a/new"}, True),
        ({"s3://a": "s3://ab"}, False),
    ],
)
def test_a_path_that_would_be_mapped_twice_is_told(paths: dict[str, str], again: bool) -> None:
    made = converted(
        "for f in spark.read.csv('s3://a/x').inputFiles():\n    spark.read.csv(f)\n", Settings(paths=paths)
    )
    assert any("mapped twice" in found.message for found in made.findings) is again
    assert any("names of files begin" in found.message for found in made.findings)


def test_a_place_that_names_of_files_are_compared_with_is_told() -> None:
    body = (
        "from pyspark.sql import functions as F\n"
        "df = spark.read.csv(sys.argv[1]).withColumn('f', F.col('_metadata.file_path'))\n"
        "df.filter(F.col('f').startswith('s3://a/x/2020')).show()\n"
    )
    made = converted(body, Settings(paths={"s3://a": "s3://b"}))
    assert told(made) == [Severity.WARNING, Severity.WARNING]


@pytest.mark.spark
def test_a_job_on_spark_reads_and_writes_the_tables_that_the_mapping_names(
    spark: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = Settings(
        catalog="spark_catalog", schemas={"sales": "gold_m"}, tables={"sales.old": "spark_catalog.hist_m.old2"}
    )
    body = (
        "D = sys.argv[1]\ncounts = {}\nfor t in ['old', 'o']:\n"
        "    counts[t] = spark.sql(f\"select * from {D}.{t} where '{t}' <> ''\").count()\n"
        "    counts[t] += 100 * spark.table(D + '.' + t).count()\n"
        "    counts[t] += 10000 * glue.create_dynamic_frame.from_catalog(D, t).toDF().count()\n"
        "spark.range(5).write.mode('overwrite').saveAsTable('{}.{}'.format(D, 'new'))\n"
        "spark.sql(f'insert overwrite {D}.new select * from {D}.old')\n"
    )
    made = converted(body, settings)
    compat = ModuleType("glue_compat")
    monkeypatch.setitem(sys.modules, "glue_compat", compat)
    exec(render_compat(made.compat, settings), compat.__dict__)
    monkeypatch.setattr(sys, "argv", ["job.py", "sales"])
    space: dict[str, Any] = {"__name__": "job"}
    try:
        for schema, table, rows in (("gold_m", "o", 2), ("gold_m", "old", 9), ("hist_m", "old2", 3)):
            spark.sql(f"create schema if not exists {schema}")
            spark.range(rows).write.saveAsTable(f"{schema}.{table}")
        exec(made.after, space)
        assert space["counts"] == {"old": 30303, "o": 20202}
        assert spark.table("gold_m.new").count() == 3
    finally:
        for schema in ("gold_m", "hist_m"):
            spark.sql(f"drop schema if exists {schema} cascade")


@pytest.mark.parametrize(
    "line",
    [
        'spark.sql(f"select {d}.o.a from sales.o")',
        'spark.sql(f"select {d}.{t}.a from {d}.{t}")',
        'spark.sql("select {}.o.a from sales.o".format(d))',
        'spark.sql(f"select {t}.a from {t}")',
        'spark.table("sales.o").select("sales.o.a")',
        'spark.table("sales.o").filter("a > 1 and `sales`.`o`.b = 2")',
        'from pyspark.sql.functions import col\nspark.table("sales.o").where(col("sales.o.a") > 1)',
        'spark.table("sales.old").selectExpr("old.a")',
        'df = spark.table("sales.o")\ndf.select(df["sales.o.a"])',
        'spark.table("sales.o").select(["sales.o.a", "b"])',
    ],
)
def test_columns_that_are_named_after_a_renamed_table_are_told(line: str) -> None:
    made = converted(f"d, t = sys.argv[1], sys.argv[2]\n{line}\n")
    assert any("named after " in finding.message and finding.severity is Severity.WARNING for finding in made.findings)


@pytest.mark.parametrize(
    ("why", "line"),
    [
        ("the hole is an alias", 'spark.sql(f"select {t}.a from sales.o {t}")'),
        ("the database keeps its name", 'D = "other"\nspark.sql(f"select {D}.o.a from other.o")'),
        ("the table keeps its name", 'spark.table("other.o").select("other.o.a")'),
        ("an alias", 'spark.table("sales.old").alias("old").select("old.a")'),
        ("a view", 'spark.range(1).createOrReplaceTempView("old")\nspark.table("old").select("old.id")'),
        ("only the schema has another name", 'spark.table("sales.o").select("o.a")'),
        ("a number and a text", 'spark.table("sales.o").filter("a > 1.5 and b = \'sales.o.a\'")'),
        ("a file", 'spark.table("sales.o").write.csv("sales.o.csv")'),
    ],
)
def test_columns_of_tables_that_keep_their_names_are_not_told(why: str, line: str) -> None:
    made = converted(f"t = sys.argv[1]\n{line}\n")
    assert not any("named after " in finding.message for finding in made.findings), why
