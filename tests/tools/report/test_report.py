import json
import re
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import jsonschema
import pytest
from rich.console import Console

from glue2lakehouse.domain import Certainty, Edit, Finding, Severity
from glue2lakehouse.errors import RunError, SourceNotFound
from glue2lakehouse.tools.report import (
    FileReport,
    Readiness,
    Report,
    ReportEdit,
    ReportEntity,
    ReportFinding,
    SourcePair,
    Totals,
    build_report,
    print_summary,
    read_report,
    readiness,
    write_report,
)
from glue2lakehouse.tools.report.schema import SCHEMA_FILE, schema_text

HOSTILE = '</script><script>alert("x")</script>'


def a_report() -> Report:
    purge = Finding(
        rule="purge-s3-path",
        severity=Severity.BLOCKER,
        path="jobs/b.py",
        line=2,
        message=f"deletes files {HOSTILE}",
        action="set a lifecycle rule",
    )
    read = Edit(
        rule="from-catalog",
        certainty=Certainty.CONDITIONAL,
        source_line=2,
        target_line=1,
        condition="the table has a fixed schema",
    )
    return build_report(
        project="retail",
        source="examples/retail",
        started_at=datetime(2024, 1, 15, 8, 0, tzinfo=UTC),
        seconds=1.23456,
        file_types={"sql": 1, "py": 3},
        files=[
            FileReport(
                path="jobs/a.py", status="converted", evidence="resolved", confidence=0.97, edits=[ReportEdit.of(read)]
            ),
            FileReport(
                path="jobs/b.py",
                status="needs_review",
                evidence="parsed",
                confidence=0.4,
                findings=[ReportFinding.of(purge)],
            ),
            FileReport(path="fiscal.py", status="unchanged", evidence="parsed", confidence=1.0),
        ],
        entities=[
            ReportEntity(
                id="0" * 32,
                type="job",
                name="a",
                path="jobs/a.py",
                line_start=1,
                line_end=3,
                status="converted",
                conversion_type="automatic",
                evidence="resolved",
                confidence=0.97,
            )
        ],
    )


SOURCES = {
    "jobs/a.py": SourcePair("import awsglue\nframe = 1\nend\n", "frame = 2\nend\n", "src/jobs/a.py"),
    "jobs/b.py": SourcePair(f"x = '{HOSTILE}'\npurge()\n", f"x = '{HOSTILE}'\npurge()\n", "src/jobs/b.py"),
}


def test_the_published_schema_is_the_one_that_the_models_make() -> None:
    assert SCHEMA_FILE.read_text(encoding="utf-8") == schema_text(), "run python -m glue2lakehouse.tools.report.schema"


def test_a_written_report_validates_against_the_published_schema(tmp_path: Path) -> None:
    written = write_report(a_report(), SOURCES, tmp_path)
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    report = json.loads(written.json.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    assert list(validator.iter_errors(report)) == []
    report["files"][0]["status"] = "done"
    assert list(validator.iter_errors(report)) != []


def test_report_json_has_the_shape_of_the_contract(tmp_path: Path) -> None:
    report = json.loads(write_report(a_report(), SOURCES, tmp_path).json.read_text(encoding="utf-8"))
    assert report["schema_version"] == 1
    assert report["totals"] == {
        "files": {"py": 3, "sql": 1},
        "entities": {"job": 1},
        "converted": 1,
        "needs_review": 1,
        "unchanged": 1,
        "failed": 0,
        "model_calls": 0,
        "cost_usd": 0.0,
    }
    assert report["files"][1]["findings"] == [
        {
            "rule": "purge-s3-path",
            "severity": "blocker",
            "line": 2,
            "message": f"deletes files {HOSTILE}",
            "action": "set a lifecycle rule",
        }
    ]
    assert (
        report["files"][0]["edits"][0].items() >= {"rule": "from-catalog", "source_line": 2, "target_line": 1}.items()
    )


def test_a_report_is_read_back_as_it_was_written(tmp_path: Path) -> None:
    write_report(a_report(), SOURCES, tmp_path)
    assert read_report(tmp_path) == a_report()


def test_a_folder_without_a_report_or_with_a_broken_one_gives_one_line(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"migrate --out") as missing:
        read_report(tmp_path)
    (tmp_path / "report.json").write_text("{")
    with pytest.raises(RunError, match=r"run `migrate` again") as broken:
        read_report(tmp_path)
    assert "\n" not in str(missing.value) + str(broken.value)


def test_a_report_that_cannot_be_written_gives_one_line(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="cannot be written"):
        write_report(a_report(), SOURCES, tmp_path / "gone")


@pytest.mark.parametrize(
    ("totals", "word"),
    [
        (Totals(converted=3), Readiness.READY),
        (Totals(unchanged=3), Readiness.READY),
        (Totals(converted=3, needs_review=1), Readiness.NEEDS_REVIEW),
        (Totals(needs_review=1), Readiness.BLOCKED),
        (Totals(converted=3, failed=1), Readiness.BLOCKED),
    ],
)
def test_the_banner_says_whether_the_project_can_go_on(totals: Totals, word: Readiness) -> None:
    assert readiness(totals) is word


def test_the_page_escapes_what_the_source_says_and_asks_nothing_of_a_network(tmp_path: Path) -> None:
    page = write_report(a_report(), SOURCES, tmp_path).html.read_text(encoding="utf-8")
    assert HOSTILE not in page
    assert page.count("<script") == 3, "one data block for each of the two files with text, and the page's own script"
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//|url\(|@import""", page)
    assert "default-src 'none'" in page


def test_every_finding_and_edit_is_readable_without_a_script(tmp_path: Path) -> None:
    page = write_report(a_report(), SOURCES, tmp_path).html.read_text(encoding="utf-8")
    for text in (
        "purge-s3-path",
        "set a lifecycle rule",
        "from-catalog",
        "the table has a fixed schema",
        "jobs/b.py:2",
    ):
        assert text in page


def test_the_terminal_summary_names_the_banner_the_counts_the_hint_and_the_paths() -> None:
    out = StringIO()
    print_summary(a_report(), [Path("out/report.html")], Console(file=out, width=100))
    text = out.getvalue()
    for part in ("Needs review", "1 converted", "3 py, 1 sql", "job", "resolved", "[purge-s3-path] 1x"):
        assert part in text
    for part in ("set a lifecycle rule", "jobs/b.py:2", "out/report.html", "1 question at 1 place in 1 file"):
        assert part in text


def waiting(path: str, *severities: Severity) -> FileReport:
    findings = [ReportFinding(rule="r", severity=each, line=0, message=f"{path} {each}") for each in severities]
    return FileReport(path=path, status="needs_review", evidence="parsed", confidence=0.9, findings=findings)


def summary(*files: FileReport) -> str:
    out = StringIO()
    made = build_report(
        project="p", source="s", started_at=datetime(2024, 1, 15, tzinfo=UTC), seconds=1, file_types={}, files=files, entities=[]
    )  # fmt: skip
    print_summary(made, [], Console(file=out, width=100))
    return out.getvalue()


def test_every_file_that_waits_is_counted_and_named_whatever_it_waits_for() -> None:
    files = [
        waiting("blocked.py", Severity.BLOCKER, Severity.WARNING),
        waiting("asked.sql", Severity.WARNING, Severity.INFO),
        waiting("unsure.py"),
    ]
    text = summary(*files)
    assert "Left to decide: 3 questions at 3 places in 3 files\n  asked.sql\n  blocked.py\n  unsure.py\n" in text


def test_a_finding_of_a_whole_file_stands_at_no_line() -> None:
    text = summary(waiting("blocked.py", Severity.BLOCKER))
    assert "blocked.py\n" in text
    assert ":0" not in text


def test_a_folder_without_glue_is_asked_about() -> None:
    plain = FileReport(path="a.py", status="unchanged", evidence="resolved", confidence=1.0)
    assert "Nothing to migrate" in summary(plain)
    assert "Nothing to migrate" in summary()
    assert "Nothing to migrate" not in summary(plain, waiting("b.py"))
