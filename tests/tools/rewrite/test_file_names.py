"""`input_file_name()` does not exist on Unity Catalog: over files its column stands for it, elsewhere a person has to look."""

from collections.abc import Callable

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import Conversion

Convert = Callable[..., Conversion]
HEAD = (
    "from awsglue.context import GlueContext\nfrom awsglue.dynamicframe import DynamicFrame\nfrom awsglue.transforms import *\n"
    "from pyspark.sql import functions as F\nfrom pyspark.sql.functions import *\n\n"
    "glueContext = GlueContext()\nspark = glueContext.spark_session\n"
)
READ = "df = spark.read.csv('s3://b/in', header=True)\n"
FRAME = "dyf = glueContext.create_dynamic_frame.from_options('s3', {'paths': ['s3://b/in']}, 'parquet')\n"
COLUMN = 'F.col("_metadata.file_path")'

OVER_FILES = {
    "a reader": READ + "df.withColumn('f', input_file_name()).show()\n",
    "by the module": READ + "df.withColumn('f', F.input_file_name()).show()\n",
    "inside another function": READ + "df.select('*', split(input_file_name(), '/')[3].alias('f')).show()\n",
    "one line": "spark.read.parquet('s3://b/in').where('a = 1').withColumn('f', input_file_name()).show()\n",
    "rows that are narrowed first": READ
    + "df = df.where('a = 1').drop('b')\ndf = df.withColumn('f', input_file_name())\n",
    "a frame that is cached with it": READ + "df = df.withColumn('f', input_file_name())\ndf.cache()\ndf.show()\n",
    "a dynamic frame": FRAME + "dyf.toDF().withColumn('f', input_file_name()).show()\n",
    "a dynamic frame and back": FRAME
    + "df = DynamicFrame.fromDF(dyf.toDF(), glueContext, 'x').toDF()\ndf.withColumn('f', input_file_name()).show()\n",
    "in a function": "def load(path):\n    df = spark.read.json(path)\n    return df.withColumn('f', input_file_name())\n",
}


@pytest.mark.parametrize("body", OVER_FILES.values(), ids=OVER_FILES)
def test_over_files_the_column_of_the_file_stands_for_it(convert: Convert, body: str) -> None:
    converted = convert(HEAD + body)
    assert COLUMN in converted.after
    assert "input_file_name()" not in converted.after
    checked = check(HEAD + body, converted.after, "job.py", {}, {}, converted.findings, Settings())
    assert [f for f in (*converted.findings, *checked.findings) if f.severity is Severity.BLOCKER] == []


def test_what_glue_leaves_empty_for_a_dynamic_frame_is_told(convert: Convert) -> None:
    told = [f.severity for f in convert(HEAD + OVER_FILES["a dynamic frame"]).findings if f.rule == "file-names"]
    assert told == [Severity.WARNING]
    assert [f for f in convert(HEAD + OVER_FILES["a reader"]).findings if f.rule == "file-names"] == []


ELSEWHERE = {
    "a catalog table": "df = glueContext.create_dynamic_frame.from_catalog('d', 't').toDF()\n",
    "a table of Spark": "df = spark.table('d.t')\n",
    "SQL": "df = spark.sql('select * from d.t')\n",
    "rows behind a shuffle": READ + "df = df.distinct()\n",
    "rows behind a limit": READ + "df = df.limit(3)\n",
    "cached rows": READ + "df = df.where('a = 1').cache()\n",
    "rows that a statement caches": READ + "df.persist()\ndf = df.where('a = 1')\n",
    "rows behind a window": READ + "df = df.withColumn('n', F.row_number().over(Window.orderBy('a')))\n",
    "rows behind a window with a name": READ + "n = F.max('a').over(w)\ndf = df.select('a', n)\n",
    "rows behind a window in SQL": READ + "df = df.selectExpr('max(a) OVER (partition by b) as m')\n",
    "rows of a group": READ + "df = df.groupBy('a').count()\n",
    "a union with a table": READ + "df = df.union(spark.table('d.t'))\n",
    "one of two": READ + "if len('a'):\n    df = spark.table('d.t')\n",
    "JDBC": "df = spark.read.format('jdbc').options(url='u', dbtable='t').load()\n",
    "a loop's frame": "for df in [spark.table('d.t')]:\n    pass\n",
    "rows made anew": FRAME + "df = Map.apply(frame=dyf, f=lambda r: r).toDF()\n",
    "rows made here": "df = spark.createDataFrame([(1,)], 'a int')\n",
}


@pytest.mark.parametrize("body", ELSEWHERE.values(), ids=ELSEWHERE)
def test_elsewhere_it_is_handed_off(convert: Convert, body: str) -> None:
    converted = convert(HEAD + body + "df.withColumn('f', input_file_name()).show()\n")
    assert [f.severity for f in converted.findings if f.rule == "file-names"] == [Severity.BLOCKER]
    assert "withColumn('f', input_file_name())" in converted.after


def test_a_frame_that_a_function_is_given_is_handed_off(convert: Convert) -> None:
    converted = convert(HEAD + READ + "def name(df):\n    return df.withColumn('f', input_file_name())\n")
    assert [f.severity for f in converted.findings if f.rule == "file-names"] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    "text", ["spark.sql('select input_file_name() from d.t')", "df.selectExpr('input_file_name() f')"]
)
def test_sql_text_that_asks_for_it_is_handed_off(convert: Convert, text: str) -> None:
    converted = convert(HEAD + READ + text + ".show()\n")
    assert [f.severity for f in converted.findings if f.rule == "file-names"] == [Severity.BLOCKER]


@pytest.mark.parametrize(
    "source",
    [
        "from pyspark.sql.functions import input_file_name\n\n\ndef f(df):\n    return df.withColumn('f', input_file_name())\n",
        HEAD + '"""Adds input_file_name() to rows."""\nimport names\n\nnames.input_file_name(1)\n',
    ],
)
def test_what_is_no_use_of_it_or_no_glue_stays(convert: Convert, source: str) -> None:
    assert [f for f in convert(source).findings if f.rule == "file-names"] == []


@pytest.mark.parametrize(
    ("sql", "what"),
    [
        ("MSCK REPAIR TABLE d.t", "MSCK REPAIR TABLE"),
        ("msck repair table d.t", "MSCK REPAIR TABLE"),
        ("ALTER TABLE d.t ADD IF NOT EXISTS PARTITION (day='1') LOCATION 's3://b/t/day=1'", "ADD PARTITION"),
        ("alter table d.t add partition (day='1')", "ADD PARTITION"),
    ],
)
def test_sql_that_delta_tables_refuse_is_told(convert: Convert, sql: str, what: str) -> None:
    told = [f for f in convert(HEAD + f'spark.sql("{sql}")\n').findings if f.message.startswith(what)]
    assert [f.severity for f in told] == [Severity.WARNING]


def test_sql_that_they_take_is_not(convert: Convert) -> None:
    source = (
        HEAD
        + 'spark.sql("ALTER TABLE d.t ADD COLUMNS (partition_day string)")\nspark.sql("SHOW PARTITIONS d.t").show()\n'
    )
    assert [f for f in convert(source).findings if f.severity is not Severity.INFO] == []
