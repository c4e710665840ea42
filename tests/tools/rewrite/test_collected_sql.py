"""Statements in lists and tables, which the call that runs them does not see."""

import pytest

from glue2lakehouse.domain import Severity

HEAD = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\ndb = 'd'\n"
RUN = "for each in STATEMENTS:\n    spark.sql(each)\n"
HIVE = "CREATE EXTERNAL TABLE d.t (a int) STORED AS PARQUET LOCATION 's3://b/t'"


@pytest.mark.parametrize(
    "code",
    [
        f'STATEMENTS = ["DROP VIEW v", "{HIVE}"]\n{RUN}',
        f'STATEMENTS = {{"t": """-- ours\n{HIVE}"""}}.values()\n{RUN}',
        f'STATEMENTS = []\nSTATEMENTS.append(f"{HIVE.replace("d.t", "{db}.t")}")\n{RUN}',
        f"STATEMENTS = (\"CALL glue_catalog.system.expire_snapshots('d.t')\",)\n{RUN}",
        f"STATEMENTS = [\"LOAD DATA INPATH 's3://b/x' INTO TABLE d.t\"]\n{RUN}",
    ],
)
def test_a_statement_that_unity_catalog_refuses_is_told_at_its_text(convert, code: str) -> None:
    done = convert(HEAD + code)
    assert [each.severity for each in done.findings if each.rule == "sql-names"].count(Severity.BLOCKER) == 1


@pytest.mark.parametrize(
    "code",
    [
        f'STATEMENTS = ["SELECT * FROM d.t", "CREATE TABLE d.t (a int) USING parquet", "DROP TABLE d.t"]\n{RUN}',
        # Known to the call that runs it, and converted there.
        f'spark.sql("{HIVE}")\n',
        # Of another database, or none that is run.
        f'import redshift_connector\nSTATEMENTS = ["{HIVE}"]\n{RUN}',
        f'print(["{HIVE}"])\n',
        f'NAMES = {{"{HIVE}": 1}}\nspark.sql("SELECT 1")\n',
    ],
)
def test_other_texts_are_not_blocked(convert, code: str) -> None:
    assert all(each.severity is not Severity.BLOCKER for each in convert(HEAD + code).findings)
