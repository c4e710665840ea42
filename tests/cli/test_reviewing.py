import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from glue2lakehouse.cli import cli

PURGE = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glue = GlueContext(SparkContext.getOrCreate())
glue.purge_s3_path("s3://landing/orders/", {"retentionPeriod": 720, "excludeStorageClasses": ["GLACIER"]})
"""


@pytest.fixture(autouse=True)
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "etl").mkdir()
    (tmp_path / "etl" / "archive.py").write_text(PURGE)
    (tmp_path / "etl" / "glue2lakehouse.yaml").write_text("tracing: false\n")
    return tmp_path / "etl"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, arguments)


def test_before_any_migration_there_is_nothing_to_review_and_the_line_says_so() -> None:
    result = run("review")
    assert (result.exit_code, result.stdout) == (1, "")
    assert "run `migrate`" in result.stderr


def test_what_waits_is_listed_commented_approved_and_taken_by_the_next_run() -> None:
    assert run("migrate", "etl", "--out", "out").exit_code == 3
    assert "archive.py" in run("review").stdout
    assert "purge_s3_path" in run("review", "archive.py").stdout

    assert run("review", "archive.py", "--comment", "ask the owners", "--as", "ana").exit_code == 0
    assert "ana: ask the owners" in run("review", "archive.py").stdout

    assert "approved" in run("review", "archive.py", "--approve", "--as", "ben").stdout
    assert run("review").stdout == "nothing waits\n"
    assert run("migrate", "etl", "--out", "out").exit_code == 0


def test_a_file_that_a_later_run_converts_waits_no_more(source: Path) -> None:
    run("migrate", "etl", "--out", "out")
    (source / "archive.py").write_text("print('nothing to purge')\n")
    assert run("migrate", "etl", "--out", "out").exit_code == 0
    assert json.loads(run("review", "--json").stdout) == {"waiting": []}


def test_a_name_that_does_not_wait_is_wrong_use() -> None:
    run("migrate", "etl", "--out", "out")
    assert run("review", "other.py").exit_code == 2
    assert run("review", "--approve").exit_code == 2


def test_a_chat_shows_the_difference_explains_a_rule_and_approves(source: Path) -> None:
    run("migrate", "etl", "--out", "out")
    said = "/findings\n/explain purge-s3-path-x\nwhy?\n/approve looked at it\n"
    result = CliRunner().invoke(cli, ["chat", "archive.py", "--as", "ana"], input=said)
    assert result.exit_code == 0, result.output
    assert "purge_s3_path" in result.stdout
    assert "no such rule" in result.stdout
    assert "No model is configured" in result.stdout
    assert "Approved" in result.stdout
    assert run("review").stdout == "nothing waits\n"


def test_a_chat_about_what_does_not_wait_is_wrong_use() -> None:
    run("migrate", "etl", "--out", "out")
    assert run("chat", "other.py").exit_code == 2


def test_several_are_approved_at_once_and_a_wrong_name_among_them_changes_nothing(source: Path) -> None:
    (source / "second.py").write_text(PURGE.replace("orders", "customers"))
    run("migrate", "etl", "--out", "out")
    assert run("review", "archive.py", "third.py", "--approve", "--as", "ana").exit_code == 2
    assert "second.py" in run("review").stdout
    assert "archive.py" in run("review").stdout
    assert run("review", "archive.py", "second.py", "--approve", "--as", "ana").stdout.count("approved") == 2
    assert run("review").stdout == "nothing waits\n"


def test_an_edit_in_the_editor_is_kept_and_waits_to_be_approved(monkeypatch: pytest.MonkeyPatch) -> None:
    run("migrate", "etl", "--out", "out")
    monkeypatch.setenv("EDITOR", "sed -i s/720/24/")
    assert "waits to be approved" in run("review", "archive.py", "--edit", "--as", "ana").stdout
    assert '"retentionPeriod": 24' in run("review", "archive.py").stdout
    monkeypatch.setenv("EDITOR", "true")
    assert "not changed" in run("review", "archive.py", "--edit", "--as", "ana").stdout
