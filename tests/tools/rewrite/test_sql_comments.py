"""Comments before a statement of SQL: what the statement is, its first word behind them says."""

import pytest

from glue2lakehouse.domain import Severity

HEAD = "from awsglue.context import GlueContext\n\nspark = GlueContext().spark_session\nx = 1\n"


@pytest.mark.parametrize("comment", ["-- made by {x}\n", "/* made\nby {x} */ ", "\n-- a\n-- b\n  "])
@pytest.mark.parametrize(
    ("statement", "after"),
    [
        ("SHOW TABLES IN d", "SHOW TABLES IN main.d"),
        ("CREATE TABLE d.t (a int) USING iceberg", "CREATE TABLE main.d.t (a int) USING DELTA"),
        ("CREATE EXTERNAL TABLE d.t (a int) STORED AS PARQUET LOCATION 's3://b/t'", "USING PARQUET"),
        ("DROP DATABASE d", "DROP DATABASE main.d"),
        ("SHOW DATABASES", "SHOW DATABASES IN main"),
    ],
)
def test_a_command_behind_a_comment_is_read_as_one(convert, comment: str, statement: str, after: str) -> None:
    for literal in (f'"""{comment}{statement}"""', f'f"""{comment}{statement}"""'):
        assert after in convert(f"{HEAD}spark.sql({literal})\n").after


@pytest.mark.parametrize(
    ("statement", "severity"),
    [
        ("CALL glue_catalog.system.expire_snapshots('d.t')", Severity.BLOCKER),
        ("MSCK REPAIR TABLE d.t", Severity.WARNING),
        ("ALTER TABLE d.t ADD PARTITION (dt = 1)", Severity.WARNING),
    ],
)
def test_a_command_behind_a_comment_is_told_like_one(convert, statement: str, severity: Severity) -> None:
    plain = [each.message for each in convert(f'{HEAD}spark.sql("""{statement}""")\n').findings]
    done = convert(f'{HEAD}spark.sql("""-- nightly\n{statement}""")\n')
    assert [each.message for each in done.findings] == plain
    assert severity in {each.severity for each in done.findings}


def test_a_comment_and_what_format_fills_in_behind_it_keep_their_places(convert) -> None:
    done = convert(f'{HEAD}spark.sql("""-- for {{}}\nSELECT * FROM {{}}.t""".format(x, x))\n')
    assert '"""-- for {}\nSELECT * FROM main.{}.t""".format(x, x)' in done.after
    told = convert(f'{HEAD}spark.sql("""-- for {{}}\nCREATE TABLE {{}}.t (a int) USING iceberg""".format(x, x))\n')
    assert [each.severity for each in told.findings] == [Severity.WARNING]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("-- USE d", "-- USE d"),
        ("-- USE d\nSELECT a FROM d.t", "-- USE d\nSELECT a FROM main.d.t"),
        ("SELECT /*+ BROADCAST(a) */ a FROM d.t -- SHOW TABLES", "SELECT /*+ BROADCAST(a) */ a FROM main.d.t -- SHOW TABLES"),
        ("SELECT '-- a' AS b FROM d.t", "SELECT '-- a' AS b FROM main.d.t"),
    ],
)  # fmt: skip
def test_what_stands_in_a_comment_is_no_statement(convert, before: str, after: str) -> None:
    done = convert(f'{HEAD}spark.sql("""{before}""")\n')
    assert f'spark.sql("""{after}""")' in done.after
    assert done.findings == ()
