"""Cutting text into tokens and statements loses nothing."""

from hypothesis import given, settings
from hypothesis import strategies as st

from glue2lakehouse.tools.ddl.lexer import literal, split_statements, tokenize, unescape

PIECES = st.sampled_from(
    [
        "create table t",
        "'a;b'",
        '"x\\"y"',
        "`q;q`",
        "-- c; d\n",
        "/* e; f */",
        ";",
        " ",
        "\n",
        "'it''s'",
        "${v}",
        "1.5",
        "(",
        ")",
        "'",
    ]
)
SQL = st.lists(PIECES, max_size=12).map("".join)


@settings(max_examples=50)
@given(SQL)
def test_the_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(token.text for token in tokenize(text)) == text


@settings(max_examples=50)
@given(SQL)
def test_every_statement_stands_where_it_says(text: str) -> None:
    statements, _ = split_statements(text)
    for statement in statements:
        assert text[statement.start :].startswith(statement.text)
        assert statement.line == text[: statement.start].count("\n") + 1


@given(
    st.text(alphabet=st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=20).filter(
        lambda t: "\\" not in t
    )
)
def test_a_value_written_as_a_literal_reads_back(value: str) -> None:
    assert unescape(literal(value)) == value


def test_a_backslash_ends_no_string_in_a_trino_query() -> None:
    statements, _ = split_statements(r"SELECT 'C:\'; SELECT 1", athena=True)
    assert [statement.text for statement in statements] == [r"SELECT 'C:\'", "SELECT 1"]


def test_an_escaped_quote_keeps_a_hive_string_open() -> None:
    statements, _ = split_statements(r"CREATE TABLE t (a int COMMENT 'x\';y'); DROP TABLE t", athena=True)
    assert len(statements) == 2
