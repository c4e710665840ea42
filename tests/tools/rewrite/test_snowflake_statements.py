"""Statements that a job has Snowflake run: a helper runs them, and none is left out without a word."""

import base64

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.rewrite.runtime.snowflake_statements import (
    NotForSnowflake,
    run_in_snowflake,
    snowflake_options,
)

HEAD = (
    "import json\nimport sys\nfrom awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
    "sc = SparkContext()\nglue = GlueContext(sc)\nspark = glue.spark_session\n"
    "frame = glue.create_dynamic_frame.from_catalog('d', 't')\noptions = json.loads(sys.argv[1])\n"
)
RUN = "spark._jvm.net.snowflake.spark.snowflake.Utils.runQuery"
OPTIONS = {"sfURL": "ab12.eu-west-1.snowflakecomputing.com", "sfUser": "u", "sfPassword": "p", "sfDatabase": "d"}


class Session:
    """What `snowflake.connector.connect` gives, as far as the helper uses it."""

    def __init__(self, error: Exception | None = None, **given: object) -> None:
        self.error, self.given, self.ran, self.closed = error, given, [], False

    def cursor(self) -> "Session":
        return self

    def execute(self, statement: str) -> None:
        self.ran.append(statement)
        if self.error is not None:
            raise self.error

    def close(self) -> None:
        self.closed = True


def _run(options: dict[str, str], statement: str = "truncate t", error: Exception | None = None) -> Session:
    made: list[Session] = []

    def connect(**given: object) -> Session:
        made.append(Session(error, **given))
        return made[0]

    try:
        run_in_snowflake(options, statement, connect)
    finally:
        assert all(session.closed for session in made)
    return made[0]


def test_a_statement_runs_in_a_session_of_its_own_with_the_same_account() -> None:
    session = _run({**OPTIONS, "sfRole": "r", "sfWarehouse": "w", "dbtable": "t"}, "delete from t where a like '50%'")
    assert session.ran == ["delete from t where a like '50%'"]
    assert session.given == {
        "host": "ab12.eu-west-1.snowflakecomputing.com", "port": 443, "protocol": "https", "account": "ab12.eu-west-1",
        "user": "u", "password": "p", "database": "d", "schema": "public", "role": "r", "warehouse": "w",
    }  # fmt: skip


def test_options_go_by_their_names_in_any_case_and_a_key_is_given_as_bytes() -> None:
    key = base64.encodebytes(b"a private key" * 9).decode()
    options = {"sfurl": "https://ab.snowflakecomputing.com:444/", "SFUSER": "u", "sfdatabase": "d", "sfSchema": "s",
               "pem_private_key": f"-----BEGIN PRIVATE KEY-----\n{key}-----END PRIVATE KEY-----\n"}  # fmt: skip
    given = _run(options).given
    assert (given["host"], given["port"], given["schema"]) == ("ab.snowflakecomputing.com", 444, "s")
    assert given["private_key"] == b"a private key" * 9
    assert "password" not in given


def test_an_error_of_snowflake_stays_one_and_the_session_is_closed() -> None:
    with pytest.raises(RuntimeError, match="no such table"):
        _run(OPTIONS, error=RuntimeError("no such table"))


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({**OPTIONS, "sfssl": "off"}, "sfssl"),
        ({**OPTIONS, "QUERY_TAG": "x"}, "query_tag"),
        ({**OPTIONS, "sfurl": "other"}, "given twice"),
        ({key: value for key, value in OPTIONS.items() if key != "sfDatabase"}, "sfdatabase"),
        ({key: value for key, value in OPTIONS.items() if key != "sfPassword"}, "sfPassword or pem_private_key"),
        ({**OPTIONS, "pem_private_key": "eHh4"}, "sfPassword or pem_private_key"),
        ({**{k: v for k, v in OPTIONS.items() if k != "sfPassword"}, "pem_private_key": "a"}, "base64"),
        ({**OPTIONS, "sfURL": "host/?role=admin"}, "sfURL"),
    ],
)
def test_options_without_an_equal_are_refused(options: dict[str, str], told: str) -> None:
    with pytest.raises(NotForSnowflake, match=told):
        snowflake_options(options)
    with pytest.raises(NotForSnowflake, match=told):
        _run(options)


@pytest.mark.parametrize(
    "statement",
    ["begin", " BEGIN transaction;", "use role r", "set x = 1", "alter session set timezone = 'UTC'", "rollback",
     "-- first\ncreate or replace temporary table t (a int)", "/* a */ create local temp table t (a int)", "commit"],
)  # fmt: skip
def test_what_only_counts_for_its_session_is_refused(statement: str) -> None:
    with pytest.raises(NotForSnowflake, match="own session"):
        _run(OPTIONS, statement)


@pytest.mark.parametrize(
    "statement", ["begin\n  delete from t;\nend", "create table temporary_rows (a int)", "call p()"]
)
def test_what_looks_like_it_runs(statement: str) -> None:
    assert _run(OPTIONS, statement).ran == [statement]


@pytest.mark.parametrize(
    "run", [RUN, RUN.replace("spark._jvm", "sc._jvm"), RUN.replace("spark._jvm", "sc._gateway.jvm")]
)
def test_a_statement_goes_to_the_helper(convert, run: str) -> None:
    conversion = convert(HEAD + f"{run}(options, 'truncate t')\n")
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]
    assert "run_in_snowflake(options, 'truncate t', connect_to_snowflake)" in conversion.after
    assert "from snowflake.connector import connect as connect_to_snowflake" in conversion.after
    assert "_jvm" not in conversion.after
    assert "snowflake_options" not in conversion.after


def test_a_result_that_nothing_reads_is_none(convert) -> None:
    conversion = convert(HEAD + f"done = {RUN}(options, 'truncate t')\n")
    assert "done = run_in_snowflake(options, 'truncate t', connect_to_snowflake)" in conversion.after


CAUGHT = "def clean(table):\n    try:\n        {line}\n    except:\n        print('not there')\n\n\nclean('t')\n"


@pytest.mark.parametrize(
    "sql",
    ["'truncate {}'.format(table)", "f'delete from {table}'", "'delete from ' + table", "'delete from %s' % table",
     "' Create or  replace table {} (a int)'.format(table).upper()"],
)  # fmt: skip
def test_where_an_error_is_caught_the_options_are_looked_at_before(convert, sql: str) -> None:
    conversion = convert(HEAD + CAUGHT.format(line=f"{RUN}(options, {sql})"))
    assert not [found for found in conversion.findings if found.severity is Severity.BLOCKER]
    assert "options = snowflake_options(json.loads(sys.argv[1]))" in conversion.after
    assert f"run_in_snowflake(options, {sql}, connect_to_snowflake)" in conversion.after


@pytest.mark.parametrize(
    ("before", "line"),
    [
        ("", f"{RUN}(options, table)"),
        ("", f"{RUN}(options, f'{{table}} from t')"),
        ("", f"{RUN}(options, 'create ' + table)"),
        ("", f"{RUN}(options, f'create or replace {{table}}')"),
        ("", f"{RUN}(options, f'begin {{table}}')"),
        ("options['sfSSL'] = 'off'\n", f"{RUN}(options, 'truncate t')"),
        ("options.update(json.loads(sys.argv[2]))\n", f"{RUN}(options, 'truncate t')"),
        ("options = json.loads(sys.argv[2])\n", f"{RUN}(options, 'truncate t')"),
        ("same = options\nsame['sfSSL'] = 'off'\n", f"{RUN}(options, 'truncate t')"),
        ("", f"{RUN}(json.loads(sys.argv[1]), 'truncate t')"),
        ("try:\n    other = json.loads(sys.argv[2])\nexcept Exception:\n    raise SystemExit\n", f"{RUN}(other, 'truncate t')"),
    ],
)  # fmt: skip
def test_what_the_helper_may_refuse_is_handed_off_where_an_error_is_caught(blockers, before: str, line: str) -> None:
    assert any("an error may be caught" in text for text in blockers(HEAD + before + CAUGHT.format(line=line)))


def test_options_that_are_written_out_are_looked_at_here(convert, blockers) -> None:
    written = "given = {'sfURL': sys.argv[1], 'sfUser': 'u', 'sfPassword': sys.argv[2], 'sfDatabase': 'd'%s}\n"
    line = CAUGHT.format(line=f"{RUN}(given, 'truncate t')")
    assert "run_in_snowflake(given, 'truncate t'" in convert(HEAD + written % "" + line).after
    assert any("sfssl" in text for text in blockers(HEAD + written % ", 'sfSSL': 'off'" + line))
    assert any(
        "sfssl" in text for text in blockers(HEAD + written % ", 'sfSSL': 'off'" + f"{RUN}(given, 'drop table t')\n")
    )


@pytest.mark.parametrize("statement", ["'use role r'", "'BEGIN'", "'create temp table t (a int)'"])
def test_a_statement_for_its_session_is_handed_off(blockers, statement: str) -> None:
    assert any("only counts for the session" in text for text in blockers(HEAD + f"{RUN}(options, {statement})\n"))
