import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from glue2lakehouse.errors import OutputNotEmpty, ProjectBusy, SourceNotFound, StoreError
from glue2lakehouse.graphs.entity import build_graph
from glue2lakehouse.graphs.entity_state import Workshop
from glue2lakehouse.graphs.queue import CHECKPOINTS, TEXTS, Queue, open_checkpoints
from glue2lakehouse.graphs.texts import Texts
from glue2lakehouse.orchestrator import Run, assess, migrate
from glue2lakehouse.orchestrator.reviews import open_queue, reviewing, waiting_now
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import AgentDecision, MigrationProject, SourceEntity, ValidationResult, open_store
from glue2lakehouse.tools.output import OutputFolder

pytestmark = pytest.mark.integration

CLEAN = """\
import sys
from awsglue.utils import getResolvedOptions

args = getResolvedOptions(sys.argv, ["JOB_NAME", "day"])
print(args["day"])
"""
BLOCKED = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext())
frame = glueContext.create_dynamic_frame.from_catalog(database="d", table_name="t", no_such_argument=1)
"""
HELPED = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext())
glueContext.purge_s3_path("s3://lake/old/", {"retentionPeriod": 24})
"""
PLAIN = "import os\n\n\ndef here():\n    return os.getcwd()\n"


def lay_out(folder: Path) -> Path:
    for name, text in {"jobs/clean.py": CLEAN, "jobs/blocked.py": BLOCKED, "lib/plain.py": PLAIN}.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    (folder / "lib/old.py").write_text("print 'python 2'\n")
    (folder / "tables.sql").write_text("CREATE TABLE d.t (a int) STORED AS PARQUET;\n")
    return folder


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return lay_out(tmp_path / "source")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", tracing=False)


@dataclass
class Done:
    """One finished run that several tests look at, none changing it."""

    source: Path
    out: Path
    settings: Settings
    result: Run
    heard: dict[str, tuple[int, int]]


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Done:
    folder = tmp_path_factory.mktemp("done")
    source, settings = lay_out(folder / "source"), Settings(home=folder / "home", tracing=False)
    heard: dict[str, tuple[int, int]] = {}
    result = migrate(
        str(source), folder / "out", settings, progress=lambda step, made, total: heard.update({step: (made, total)})
    )
    return Done(source, folder / "out", settings, result, heard)


def run(source: Path, tmp_path: Path, settings: Settings, **more: Any) -> Run:
    return migrate(str(source), tmp_path / "out", settings, **more)


def by_path(result: Run) -> dict[str, str]:
    return {file.path: file.status.value for file in result.report.files}


def test_every_file_ends_in_one_of_four_ways(done: Done) -> None:
    ended = by_path(done.result)
    assert ended["jobs/clean.py"] == "converted"
    assert ended["jobs/blocked.py"] == "needs_review"
    assert ended["lib/plain.py"] == "unchanged"
    assert ended["lib/old.py"] == "failed"


def test_what_has_no_glue_comes_out_byte_for_byte(done: Done) -> None:
    for name in ("lib/plain.py", "lib/old.py"):
        assert (done.out / "src" / name).read_bytes() == (done.source / name).read_bytes()


def test_what_a_job_or_its_modules_open_beside_themselves_goes_along(
    source: Path, tmp_path: Path, settings: Settings
) -> None:
    opens = "from pathlib import Path\n\nQUERIES = Path(__file__).parent / 'queries'\n"
    for folder in ("lib", "docs"):
        (source / folder / "queries").mkdir(parents=True)
        (source / folder / "queries/one.sql").write_text("SELECT * FROM d.t\n")
        (source / folder / "plain.py").write_text(opens)
    (source / "jobs/clean.py").write_text(f"from lib.plain import QUERIES\n{CLEAN}")
    result = run(source, tmp_path, settings)
    assert (tmp_path / "out/src/lib/queries/one.sql").read_text() == "SELECT * FROM d.t\n"
    assert not (tmp_path / "out/src/docs/queries").exists()
    told = {file.path: file.findings for file in result.report.files}
    assert [(finding.rule, finding.line) for finding in told["lib/plain.py"]] == [("files-beside", 3)]
    assert told["docs/plain.py"] == ()


def test_converted_code_has_no_glue_left(done: Done) -> None:
    assert "awsglue" not in (done.out / "src/jobs/clean.py").read_text()


def test_ddl_lands_below_ddl(done: Done) -> None:
    result = done.result
    assert "CREATE TABLE" in (done.out / "ddl/tables.sql").read_text()
    assert result.report.totals.entities["table"] == 1


def test_the_report_file_says_the_same(done: Done) -> None:
    result = done.result
    written = json.loads((done.out / "report.json").read_text())
    assert written["totals"]["converted"] == result.report.totals.converted
    assert (done.out / "report.html").exists()


def test_every_conversion_is_a_decision_and_every_check_a_validation(done: Done) -> None:
    result = done.result
    store = open_store(done.settings.home)
    decisions = store.rows(AgentDecision, result.project_id)
    converted = [row for row in decisions if row.agent_name == "code_converter"]
    assert {row.model_name for row in converted} == {"rules"}
    assert len(converted) == 2
    assert len(store.rows(ValidationResult, result.project_id)) == 2
    (clean,) = [row for row in converted if row.input_code == CLEAN]
    assert clean.output_code == (done.out / "src/jobs/clean.py").read_text()
    (project,) = store.rows(MigrationProject, result.project_id)
    assert (project.status, project.agent_calls) == ("completed", 0)


def test_entities_are_stored_as_they_ended(done: Done) -> None:
    result = done.result
    rows = open_store(done.settings.home).rows(SourceEntity, result.project_id)
    assert {row.entity_type for row in rows} == {"job", "module", "function", "table"}
    assert {row.entity_id for row in rows} == {entity.id for entity in result.report.entities}
    assert {(row.file_path, row.migration_status) for row in rows if row.entity_type == "job"} >= {
        ("jobs/blocked.py", "needs_review")
    }


def test_a_second_run_doubles_nothing(source: Path, tmp_path: Path, settings: Settings) -> None:
    first = run(source, tmp_path, settings)
    before = [store_keys(settings, kind, first) for kind in (AgentDecision, ValidationResult, SourceEntity)]
    second = run(source, tmp_path, settings)
    assert [store_keys(settings, kind, second) for kind in (AgentDecision, ValidationResult, SourceEntity)] == before
    assert first.project_id == second.project_id


def store_keys(settings: Settings, kind: Any, result: Run) -> list[str]:
    return sorted(row.id for row in open_store(settings.home).rows(kind, result.project_id))


def test_an_approved_edit_is_what_the_next_run_writes(source: Path, tmp_path: Path, settings: Settings) -> None:
    result = run(source, tmp_path, settings)
    texts = Texts(settings.home / TEXTS)

    def unchecked(*_: Any) -> Any:
        from glue2lakehouse.agents.validator import Gathered
        from glue2lakehouse.domain import Evidence

        return Gathered(evidence=Evidence.PARSED)

    workshop = Workshop(settings, texts, unchecked, lambda rows: None)
    queue = Queue(workshop, build_graph(workshop, open_checkpoints(settings.home)))
    (waiting,) = queue.waiting(result.project_id)
    assert waiting.path == "jobs/blocked.py"
    queue.answer(waiting.thread, "edit", by="ann", code="print('by hand')\n")
    queue.answer(waiting.thread, "approve", by="bob")
    again = run(source, tmp_path, settings)
    assert (tmp_path / "out/src/jobs/blocked.py").read_text() == "print('by hand')\n"
    assert by_path(again)["jobs/blocked.py"] == "converted"
    reviews = [
        row for row in open_store(settings.home).rows(AgentDecision, result.project_id) if row.agent_name == "review"
    ]
    assert [(row.reviewer, row.human_approved) for row in sorted(reviews, key=lambda row: row.attempt or 0)] == [
        ("ann", None),
        ("bob", True),
    ]


def test_assess_writes_nothing(source: Path, tmp_path: Path, settings: Settings) -> None:
    result = assess(str(source), settings)
    assert by_path(result)["jobs/clean.py"] == "converted"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["source"]


def test_assess_and_migrate_agree(source: Path, tmp_path: Path, settings: Settings) -> None:
    assessed, migrated = assess(str(source), settings), run(source, tmp_path, settings)
    assert assessed.report.files == migrated.report.files
    assert assessed.report.entities == migrated.report.entities


def test_progress_hears_of_every_step(done: Done) -> None:
    assert set(done.heard) == {"read", "ddl", "convert", "validate"}
    assert all(made == total for made, total in done.heard.values())


def test_a_full_output_folder_is_refused_before_anything_is_written(
    source: Path, tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine.txt").write_text("mine")
    with pytest.raises(OutputNotEmpty):
        run(source, tmp_path, settings)
    assert not settings.home.exists()
    run(source, tmp_path, settings, force=True)
    assert (tmp_path / "out/mine.txt").read_text() == "mine"


def test_two_runs_of_one_project_are_kept_apart(source: Path, tmp_path: Path, settings: Settings) -> None:
    identity = run(source, tmp_path, settings).project_id
    with open_store(settings.home).hold(identity), pytest.raises(ProjectBusy):
        run(source, tmp_path, settings)


@pytest.mark.parametrize("at", ["report.html", "report.json", "glue_compat.py"])
def test_a_run_that_ended_while_it_wrote_is_repeated(
    at: str, source: Path, tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def write(folder: OutputFolder, path: str, data: bytes) -> Path:
        written = whole(folder, path, data)
        if path.endswith(at):
            raise KeyboardInterrupt
        return written

    whole = OutputFolder.write
    (source / "jobs/helped.py").write_text(HELPED)
    with monkeypatch.context() as patched:
        patched.setattr(OutputFolder, "write", write)
        with pytest.raises(KeyboardInterrupt):
            run(source, tmp_path, settings)
    assert run(source, tmp_path, settings).report.totals.needs_review == 1


def test_checkpoints_that_are_damaged_say_what_to_do(source: Path, tmp_path: Path, settings: Settings) -> None:
    run(source, tmp_path, settings)
    file = settings.home / CHECKPOINTS
    with closing(sqlite3.connect(file)) as opened:
        opened.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = file.read_bytes()
    file.write_bytes(data[:8192] + b"\xff" * (len(data) - 8192))
    with pytest.raises(StoreError, match="restore the file from a backup"):
        run(source, tmp_path, settings)


def test_a_queue_whose_texts_are_gone_is_not_called_empty(source: Path, tmp_path: Path, settings: Settings) -> None:
    run(source, tmp_path, settings)
    for file in settings.home.glob(f"{TEXTS}*"):
        file.unlink()
    with pytest.raises(StoreError, match="run `migrate`"):
        open_queue(settings)


def test_only_what_the_last_run_found_waits(source: Path, tmp_path: Path, settings: Settings) -> None:
    run(source, tmp_path, settings)
    (source / "jobs/blocked.py").write_text(BLOCKED + "print('changed')\n")
    run(source, tmp_path, settings)
    (waiting,) = open_queue(settings).waiting()
    with reviewing(settings, waiting.project_id, "") as (queue, _):
        queue.answer(waiting.thread, "reject", "ada")
    assert waiting_now(open_queue(settings), settings) == []
    (source / "jobs/blocked.py").write_text(BLOCKED)
    run(source, tmp_path, settings)
    assert [item.path for item in waiting_now(open_queue(settings), settings)] == ["jobs/blocked.py"]
    (source / "jobs/blocked.py").unlink()
    run(source, tmp_path, settings)
    assert waiting_now(open_queue(settings), settings) == []


def test_a_missing_source_is_one_clear_line(tmp_path: Path, settings: Settings) -> None:
    with pytest.raises(SourceNotFound, match="no such folder"):
        migrate(str(tmp_path / "nowhere"), tmp_path / "out", settings)
    assert not (tmp_path / "out").exists()


def test_an_output_inside_the_source_is_not_read_as_input(source: Path, tmp_path: Path, settings: Settings) -> None:
    first = migrate(str(source), source / "converted", settings)
    second = migrate(str(source), source / "converted", settings)
    assert by_path(first) == by_path(second)


def test_a_notebook_is_converted_as_a_notebook(tmp_path: Path, settings: Settings) -> None:
    cell = {
        "cell_type": "code",
        "execution_count": None,
        "metadata": {},
        "outputs": [],
        "source": CLEAN.splitlines(True),
    }
    notebook = {"cells": [cell], "metadata": {"kernelspec": {"name": "python3"}}, "nbformat": 4, "nbformat_minor": 5}
    (tmp_path / "source").mkdir()
    (tmp_path / "source/a.ipynb").write_text(json.dumps(notebook))
    run(tmp_path / "source", tmp_path, settings)
    written = json.loads((tmp_path / "out/src/a.ipynb").read_text())
    assert "awsglue" not in "".join(written["cells"][0]["source"])


CRAWLER_AND_FLOW = """\
resource "aws_glue_crawler" "c" {
  name          = "c"
  database_name = "d"
  role          = "r"
  s3_target { path = "s3://x" }
}
"""
FLOW = """\
{"StartAt": "A", "States": {"A": {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
 "Parameters": {"JobName": "elsewhere"}, "End": true}}}
"""


def test_a_source_without_job_definitions_still_says_what_becomes_of_the_others(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "main.tf").write_text(CRAWLER_AND_FLOW)
    done = migrate(str(tmp_path / "source"), tmp_path / "out", settings)
    assert any("crawler 'c': Targets" in f.message for f in done.report.files[0].findings)
    assert not (tmp_path / "out" / "databricks.yml").exists()

    (tmp_path / "source" / "flow.asl.json").write_text(FLOW)
    migrate(str(tmp_path / "source"), tmp_path / "out2", settings)
    assert "job_id_elsewhere" in (tmp_path / "out2" / "resources" / "flow.yml").read_text()


def test_a_dag_whose_job_lacks_something_waits_for_a_person_though_the_file_itself_is_unchanged(
    tmp_path: Path, settings: Settings
) -> None:
    (tmp_path / "source").mkdir()
    dag = """\
from airflow.providers.amazon.aws.operators.glue import GlueJobOperator
GlueJobOperator(task_id="a", job_name="elsewhere")
"""
    (tmp_path / "source" / "dag.py").write_text(dag)
    done = migrate(str(tmp_path / "source"), tmp_path / "out", settings)
    assert [(file.path, file.status) for file in done.report.files] == [("dag.py", "needs_review")]
    assert done.report.totals.needs_review == 1
    assert (tmp_path / "out" / "src" / "dag.py").read_text() == dag


def test_a_script_that_is_not_there_is_told_once(tmp_path: Path) -> None:
    job = {"Name": "load", "Command": {"Name": "glueetl", "ScriptLocation": "s3://b/load.py"}, "GlueVersion": "4.0"}
    (tmp_path / "jobs.json").write_text(json.dumps({"Jobs": [job]}))
    report = assess(str(tmp_path), Settings(workers=1, tracing=False)).report
    assert [f.rule for file in report.files for f in file.findings].count("job-script") == 1
