"""DDL that a job holds in a variable, or hands to a function, is converted as where it is run, and the checks agree."""

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.settings import Settings
from glue2lakehouse.tools.checks import check
from glue2lakehouse.tools.rewrite import render_compat

HEAD = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

spark = GlueContext(SparkContext()).spark_session
"""
RUNS = (
    'spark.sql("""{sql}""")\n',
    'query = """\n{sql}\n"""\nspark.sql(query)\n',
    'query = f"""\n{sql}\n"""\nspark.sql(query)\n',
    'def run(query):\n    spark.sql(query)\n\n\nrun("""\n{sql}""")\n',
)
ICEBERG = (
    "CREATE TABLE IF NOT EXISTS glue_catalog.s.o USING iceberg TBLPROPERTIES ('format-version'='2') AS SELECT 1 AS a"
)


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    ("sql", "becomes"),
    [
        (ICEBERG, "main.s.o USING DELTA"),
        ("CREATE TABLE s.o (a int COMMENT 'known as b') STORED  AS\nORC", "USING DELTA"),
        ("CREATE EXTERNAL TABLE s.o (a int) STORED AS PARQUET LOCATION 's3://b/o/'", "USING PARQUET"),
        ("CREATE TABLE s.o STORED AS PARQUET AS\nWITH x AS (SELECT 1 a) SELECT a FROM x", "USING DELTA"),
    ],
)
def test_ddl_is_converted_and_nothing_of_it_is_called_lost(convert, run: str, sql: str, becomes: str) -> None:
    made = convert(HEAD + run.format(sql=sql))
    assert becomes in made.after
    project = {"job.py": made.after, "glue_compat.py": render_compat(made.compat)}
    found = check(made.before, made.after, "job.py", {}, project, made.findings, Settings()).findings
    assert [str(each) for each in (*made.findings, *found) if each.severity is Severity.BLOCKER] == []
