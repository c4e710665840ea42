import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from glue2lakehouse.cli import cli
from glue2lakehouse.tools.report import Report

pytestmark = pytest.mark.integration

PLAIN = "def twice(x):\n    return 2 * x\n"
BROKEN = "print 'python 2'\n"


@pytest.fixture
def source(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "etl"
    folder.mkdir()
    (folder / "plain.py").write_text(PLAIN)
    (folder / "glue2lakehouse.yaml").write_text("tracing: false\nproject: shop\n")
    return folder


def test_assess_writes_nothing_and_ends_well_where_nothing_is_left_to_do(source: Path) -> None:
    before = sorted(source.parent.rglob("*"))
    result = CliRunner().invoke(cli, ["assess", str(source)])
    assert (result.exit_code, "Ready  shop" in result.stdout) == (0, True), result.output
    assert sorted(source.parent.rglob("*")) == before


def test_a_file_that_does_not_parse_makes_the_exit_code_3(source: Path) -> None:
    (source / "old.py").write_text(BROKEN)
    result = CliRunner().invoke(cli, ["assess", str(source)])
    assert (result.exit_code, "Blocked" in result.stdout) == (3, True), result.output


def test_json_prints_the_report_and_nothing_else_on_standard_output(source: Path) -> None:
    result = CliRunner().invoke(cli, ["assess", str(source), "--json", "--project", "flagged"])
    report = Report.model_validate(json.loads(result.stdout))
    assert report.project == "flagged"


def test_migrate_writes_the_output_and_names_what_it_wrote(source: Path) -> None:
    result = CliRunner().invoke(cli, ["migrate", str(source), "--out", "out"])
    assert result.exit_code == 0, result.output
    assert (source.parent / "out" / "src" / "plain.py").read_text() == PLAIN
    assert "report.html" in result.stdout


def test_an_output_folder_of_somebody_else_is_refused_with_exit_code_2(source: Path) -> None:
    out = source.parent / "out"
    out.mkdir()
    (out / "mine.txt").write_text("mine")
    result = CliRunner().invoke(cli, ["migrate", str(source), "--out", "out"])
    assert result.exit_code == 2
    assert "--force" in result.stderr
    assert sorted(path.name for path in out.iterdir()) == ["mine.txt"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["assess", "missing"],
        ["assess", "etl", "--config", "missing.yaml"],
        ["assess", "etl", "--compute", "mainframe"],
        ["migrate", "etl"],
    ],
)
def test_wrong_use_is_one_line_and_exit_code_2(source: Path, arguments: list[str]) -> None:
    result = CliRunner().invoke(cli, arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "Traceback" not in result.stderr


def test_a_data_folder_that_is_not_there_is_told_before_anything_is_written(source: Path) -> None:
    result = CliRunner().invoke(cli, ["migrate", str(source), "--out", "out", "--data", "nowhere"])
    assert result.exit_code == 2
    assert "'nowhere' does not exist" in result.stderr
    assert not Path("out").exists()


def test_the_cost_of_a_model_is_estimated_and_nothing_is_asked(source: Path) -> None:
    (source / "purge.py").write_text(
        "from awsglue.context import GlueContext\nfrom pyspark.context import SparkContext\n\n"
        'GlueContext(SparkContext.getOrCreate()).purge_s3_path("s3://landing/orders/", {"excludeStorageClasses": ["GLACIER"]})\n'
    )
    before = sorted(source.parent.rglob("*"))
    result = CliRunner().invoke(cli, ["assess", str(source), "--model", "openai:gpt-4o-mini", "--json"])
    assert result.exit_code == 3
    assert "openai:gpt-4o-mini: 1 questions about 1 files" in result.stderr
    assert "at most $" in result.stderr
    assert json.loads(result.stdout)["totals"]["model_calls"] == 0
    assert sorted(source.parent.rglob("*")) == before
    unpriced = CliRunner().invoke(cli, ["assess", str(source), "--model", "http://127.0.0.1:9/v1#own"])
    assert "its price is not known" in unpriced.stderr


def test_a_cap_without_a_known_price_is_refused_before_anything_is_asked(source: Path) -> None:
    arguments = ["migrate", str(source), "--out", "out", "--model", "http://127.0.0.1:9/v1#own", "--max-cost", "1"]
    result = CliRunner().invoke(cli, arguments)
    assert result.exit_code == 1
    assert "model_prices" in result.stderr


def test_a_verification_that_is_asked_for_with_the_migration_ends_in_the_same_report(source: Path) -> None:
    result = CliRunner().invoke(cli, ["migrate", str(source), "--out", "out", "--verify", "--json"])
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout) == json.loads((source.parent / "out" / "report.json").read_text())
    assert "verify 0/0" in result.stderr
