"""A first line of CSV is a header only where nothing speaks against it; a row taken for one would go uncompared."""

import pytest

from glue2lakehouse.tools.sandbox.csv_files import looks_like_header, separator_of


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["id,name", "id,name"], True),
        (['"order id","größe"'], True),
        (["a|b|c"], True),
        (["a|b|a"], False),
        (["a|1"], False),
        (["1"], False),
        (["id,"], False),
        (["ann,bob", "cid,dan"], False),
        (["x,x"], False),
        ([], False),
    ],
)
def test_a_header_is_the_same_in_all_files_and_reads_like_names(lines: list[str], header: bool) -> None:
    assert looks_like_header(lines) is header


@pytest.mark.parametrize(
    ("lines", "mark"),
    [
        (["id,name"], ","),
        (["id;name"], ";"),
        (["id\tname", "id\tname"], "\t"),
        (["1|a b"], "|"),
        (["a|b,c"], ","),
        (["a|b", "c"], ","),
        (["a|b\tc"], "\t"),
        (["name"], ","),
        ([], ","),
    ],
)
def test_the_separator_is_what_stands_in_every_first_line_without_a_comma(lines: list[str], mark: str) -> None:
    assert separator_of(lines) == mark
