"""The command that audits two folders."""

import json
from pathlib import Path

import pytest

from glue2lakehouse.tools.checks.__main__ import main

GLUE = """from awsglue.context import GlueContext
glueContext = GlueContext()
spark = glueContext.spark_session
df = glueContext.create_dynamic_frame.from_catalog("db", "t")
rows = df.count() + 17
"""
SPARK = """from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
df = spark.read.table("main.db.t")
rows = df.count() + 17
"""


def lay_out(folder: Path, after: str) -> tuple[str, str]:
    for name, text in (("before/a.py", GLUE), ("after/src/a.py", after)):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    return str(folder / "before"), str(folder / "after")


def test_a_complete_conversion_passes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(lay_out(tmp_path, SPARK)) == 0
    assert capsys.readouterr().out == "1 files: 1 resolved; 0 with a silent loss\n"


def test_a_loss_is_printed_at_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(lay_out(tmp_path, SPARK.replace("db.t", "db.u"))) == 3
    assert "a.py:4: [check-vanished] vanished: table db.t" in capsys.readouterr().out


def test_the_reports_findings_answer_for_a_loss(tmp_path: Path) -> None:
    folders = lay_out(tmp_path, SPARK.replace("main.db.t", "elsewhere"))
    known = {"rule": "from-catalog", "severity": "blocker", "line": 4, "message": "m", "action": "a"}
    report = tmp_path / "report.json"
    report.write_text(json.dumps({"files": [{"path": "a.py", "findings": [known]}]}), encoding="utf-8")
    assert main(folders) == 3
    assert main([*folders, "--report", str(report)]) == 0


def test_a_file_that_was_not_written_is_a_loss(tmp_path: Path) -> None:
    before, after = lay_out(tmp_path, SPARK)
    (tmp_path / "before" / "b.py").write_text("x = 1\n", encoding="utf-8")
    assert main([before, after]) == 3


def test_a_missing_folder_is_one_clear_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path / "none"), str(tmp_path)]) == 2
    assert capsys.readouterr().err == f"checks: {tmp_path / 'none'}: no such folder\n"
