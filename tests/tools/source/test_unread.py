"""Files that hold Glue in a form that nothing reads: each is told, and what only looks alike is not."""

from pathlib import Path

import pytest

from glue2lakehouse.domain import Severity
from glue2lakehouse.tools.source import read_units, unread_glue
from glue2lakehouse.tools.source.tree import list_files, one_file

APP = "package jobs\n\nimport com.amazonaws.services.glue.GlueContext\n\nobject GlueApp {}\n"
NOTE = '{"paragraphs":[{"text":"%pyspark\\nfrom awsglue.context import GlueContext\\n"},{"text":"%sql\\nselect 1"}],"name":"n"}'


def _told(folder: Path, name: str, text: str, told: tuple[str, ...] = ()) -> list[tuple[int, Severity]]:
    (folder / name).write_text(text)
    return [(finding.line, finding.severity) for finding in unread_glue(list_files(folder)[0], told)]


@pytest.mark.parametrize(
    ("name", "text", "line", "severity"),
    [
        ("GlueApp.scala", APP, 3, Severity.BLOCKER),
        ("Lib.java", "import com.amazonaws.services.glue.DynamicFrame;\n", 1, Severity.BLOCKER),
        ("Args.scala", "import com.amazonaws.services.glue.util._\nval a = GlueArgParser.getResolvedOptions(s, n)\n", 2, Severity.BLOCKER),
        ("orders.dqdl", '# ours\nRules = [ IsComplete "id" ]\n', 2, Severity.WARNING),
        ("note.json", NOTE, 0, Severity.BLOCKER),
        ("note.zpln", NOTE, 0, Severity.BLOCKER),
    ],
)  # fmt: skip
def test_glue_in_another_form_is_told(tmp_path: Path, name: str, text: str, line: int, severity: Severity) -> None:
    assert _told(tmp_path, name, text) == [(line, severity)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        # The AWS client has the same package: what it starts is told where definitions are read.
        ("Start.scala", "import com.amazonaws.services.glue.AWSGlueClientBuilder\n"),
        ("Plain.scala", "import org.apache.spark.sql.SparkSession\n// not a GlueContext\n"),
        ("note.json", '{"paragraphs":[{"text":"%md\\nhello"}]}'),
        ("article.json", '{"title":"paragraphs","paragraphs":["from awsglue.context import GlueContext"]}'),
        ("empty.dqdl", "\n"),
        ("GlueApp.scala.txt", APP),
    ],
)
def test_what_only_looks_alike_is_not_told(tmp_path: Path, name: str, text: str) -> None:
    assert _told(tmp_path, name, text) == []


def test_a_scala_job_that_its_definition_tells_is_not_told_twice(tmp_path: Path) -> None:
    assert _told(tmp_path, "GlueApp.scala", APP, ("GlueApp.scala",)) == []


def test_the_paragraphs_of_a_note_are_no_scripts_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "note.json").write_text(NOTE)
    assert list(read_units(one_file(tmp_path / "note.json"))) == []


@pytest.mark.parametrize(
    ("code", "severity"), [("import com.amazonaws.services.glue.GlueContext", "warning"), ("val a = 1", "info")]
)
def test_a_notebook_in_scala_is_told_by_what_it_uses(tmp_path: Path, code: str, severity: str) -> None:
    notebook = (
        '{"cells":[{"cell_type":"code","source":["%s"]}],"metadata":{"kernelspec":{"language":"scala"}},"nbformat":4}'
    )
    (tmp_path / "s.ipynb").write_text(notebook % code)
    [finding] = read_units(one_file(tmp_path / "s.ipynb"))
    assert (finding.rule, finding.severity.value) == ("other-language", severity)  # type: ignore[union-attr]
