"""A first line of CSV is a header only where nothing speaks against it; a row taken for one would go uncompared."""

from pathlib import Path

import pytest

from glue2lakehouse.tools.sandbox.csv_files import form_of, looks_like_header, separator_of


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


@pytest.mark.parametrize(
    ("line", "form"), [("a,b", "csv"), ("a|b", "csv separated by '|'"), ("a\tb", r"csv separated by '\t'")]
)
def test_files_with_another_separator_are_of_another_form(tmp_path: Path, line: str, form: str) -> None:
    (tmp_path / "part-0.csv").write_text(f"{line}\n")
    assert form_of(tmp_path) == form
