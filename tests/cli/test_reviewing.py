import hashlib
import json
import subprocess
import sys
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from glue2lakehouse.cli import cli
from glue2lakehouse.store import AgentDecision, MigrationProject, open_store

pytestmark = pytest.mark.integration

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
    assert "approved by ben" in Path("out/report.json").read_text()


def test_the_list_says_why_how_long_and_who() -> None:
    run("migrate", "etl", "--out", "out")
    run("review", "archive.py", "--comment", "ask the owners", "--as", "ana")
    (row,) = json.loads(run("review", "--json").stdout)["waiting"]
    assert "purge" in row["reasons"][0]
    assert row["waits_seconds"] >= 0
    assert row["comments"] == ["ana: ask the owners"]
    assert "waits 0 min" in run("review").stdout


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


def test_an_edit_of_what_another_changed_meanwhile_replaces_nothing_and_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("migrate", "etl", "--out", "out")

    def while_bob_does(text: str, extension: str) -> str:
        monkeypatch.setattr(click, "edit", lambda text, extension: text.replace("720", "1"))
        run("review", "archive.py", "--edit", "--as", "bob")
        return text.replace("720", "24")

    monkeypatch.setattr(click, "edit", while_bob_does)
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = run("review", "archive.py", "--edit", "--as", "ana").stderr
    assert "archive.py: bob has changed it since you looked at it" in said
    kept = Path(said.strip().rpartition(" ")[2])
    assert '"retentionPeriod": 24' in kept.read_text()
    assert '"retentionPeriod": 1,' in run("review", "archive.py").stdout


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An editor that puts a read in the place of the purge."""
    script = tmp_path / "editor.sh"
    script.write_text(
        '#!/bin/sh\nsed -i "s#spark.purge_s3_path(.*#spark.read.text(\'s3://landing/orders/\').show()#" "$1"\n'
    )
    script.chmod(0o755)
    monkeypatch.setenv("EDITOR", str(script))


def test_what_was_approved_once_is_kept_as_a_rule_and_offered_for_the_others(source: Path, editor: None) -> None:
    (source / "second.py").write_text(PURGE.replace("orders", "customers"))
    (source / "third.py").write_text(PURGE.replace("720", "24"))
    run("migrate", "etl", "--out", "out")
    run("review", "archive.py", "--edit", "--as", "ana")
    kept = run("review", "archive.py", "--approve", "--keep-rule", "--as", "ben").stdout
    assert "- spark.purge_s3_path('s3://landing/orders/', {'retentionPeriod': 720" in kept
    assert "+ spark.read.text('s3://landing/orders/').show()" in kept
    assert "fits second.py:" in kept
    assert "1 rules" in run("review", "--rules").stdout
    # Another period is another thing, so the rule has nothing to say about the third file.
    assert run("review", "third.py", "--apply-rule").exit_code == 2
    assert "waits to be approved" in run("review", "second.py", "--apply-rule", "--as", "ana").stdout
    assert "+spark.read.text('s3://landing/customers/').show()" in run("review", "second.py").stdout
    assert "third.py" in run("review").stdout


def test_approving_what_nobody_changed_keeps_no_rule() -> None:
    run("migrate", "etl", "--out", "out")
    assert "no rule" in run("review", "archive.py", "--approve", "--keep-rule", "--as", "ben").stdout
    assert run("review", "archive.py", "--keep-rule").exit_code == 2


def test_an_author_does_not_approve_their_own_edit_where_the_project_says_so(source: Path, editor: None) -> None:
    (source / "glue2lakehouse.yaml").write_text("tracing: false\nauthors_may_approve: false\n")
    run("migrate", "etl", "--out", "out")
    run("review", "archive.py", "--edit", "--as", "ana")
    refused = run("review", "archive.py", "--approve", "--as", "ana")
    assert (refused.exit_code, "another pair of eyes" in refused.stderr) == (2, True)
    assert "approved" in run("review", "archive.py", "--approve", "--as", "ben").stdout


def test_an_edit_is_checked_within_its_project(source: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (source / "shared.py").write_text("def rows(spark):\n    return spark.range(3)\n")
    (source / "archive.py").write_text("import shared\n" + PURGE)
    run("migrate", "etl", "--out", "out")
    monkeypatch.setenv("EDITOR", "sed -i '$s/.*/shared.rows(spark).show()/'")
    assert "unresolved" not in run("review", "archive.py", "--edit", "--as", "ana").stdout


def test_an_approval_is_a_record_of_who_when_and_which_text(tmp_path: Path, editor: None) -> None:
    run("migrate", "etl", "--out", "out")
    run("review", "archive.py", "--edit", "--as", "ana")
    run("review", "archive.py", "--approve", "--comment", "fine", "--as", "ben")
    store = open_store(tmp_path / ".glue2lakehouse")
    (project,) = store.rows(MigrationProject)
    rows = [row for row in store.rows(AgentDecision, project.project_id) if row.agent_name == "review"]
    edit, approval = sorted(rows, key=lambda row: row.attempt or 0)
    assert (edit.reviewer, edit.human_approved, edit.approved_at) == ("ana", None, None)
    assert (approval.reviewer, approval.human_approved, approval.human_feedback) == ("ben", True, "fine")
    assert approval.approved_at is not None
    assert "spark.read.text" in (approval.output_code or "")
    assert approval.input_hash == edit_hash(edit)


def edit_hash(edit: AgentDecision) -> str:
    return hashlib.sha256((edit.output_code or "").encode()).hexdigest()


@pytest.mark.slow
def test_a_review_goes_on_on_another_machine_with_the_same_store(tmp_path: Path, source: Path) -> None:
    run("migrate", "etl", "--out", "out")
    moved = tmp_path / "elsewhere"
    (tmp_path / ".glue2lakehouse").rename(moved)
    source.rename(tmp_path / "gone")
    command = [sys.executable, "-m", "glue2lakehouse.cli", "review", "archive.py", "--approve", "--as", "ben"]
    done = subprocess.run([*command, "--home", str(moved)], capture_output=True, text=True, check=False)
    assert (done.returncode, "approved" in done.stdout) == (0, True), done.stderr


def test_a_chat_takes_an_edit_from_a_file(tmp_path: Path) -> None:
    run("migrate", "etl", "--out", "out")
    (tmp_path / "mine.py").write_text("print('by hand')\n")
    said = "/edit nowhere.py\n/edit mine.py\n/diff\n/changes do it\n"
    result = CliRunner().invoke(cli, ["chat", "archive.py", "--as", "ana"], input=said)
    assert "nowhere.py cannot be read" in result.stdout
    assert "+print('by hand')" in result.stdout
    assert "no model is configured" in result.stdout
