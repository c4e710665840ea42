import re

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.tools.rewrite.rules import RULES

pytestmark = pytest.mark.integration


def test_every_rule_has_a_page_with_what_it_answers_for_and_its_example() -> None:
    for rule in RULES:
        result = CliRunner().invoke(cli, ["explain", rule.name])
        assert result.exit_code == 0
        assert rule.glue[0] in result.stdout
        if rule.example is not None:
            assert rule.example.before.strip().splitlines()[0][:60] in result.stdout


def test_without_a_name_all_rules_are_listed() -> None:
    listed = CliRunner().invoke(cli, ["explain"]).stdout
    assert [rule.name for rule in RULES if rule.name not in listed] == []


def test_each_line_of_the_list_says_what_the_rule_does() -> None:
    listed = CliRunner().invoke(cli, ["explain"]).stdout
    assert "See the module" not in listed
    assert re.search(r"from-catalog +Read catalog tables through Unity Catalog", listed)
    code, ddl = listed.split("DDL\n")
    assert "  apply-mapping " in code
    assert "  create-table " in ddl


def test_a_misspelt_rule_is_wrong_use_with_a_suggestion() -> None:
    result = CliRunner().invoke(cli, ["explain", RULES[0].name + "s"])
    assert result.exit_code == 2
    assert f"did you mean {RULES[0].name}" in result.stderr


def test_a_rule_for_ddl_has_a_page_too() -> None:
    page = CliRunner().invoke(cli, ["explain", "create-table"]).stdout
    assert "CREATE EXTERNAL TABLE" in page
    assert "USING" in page
