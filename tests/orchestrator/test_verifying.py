from collections.abc import Iterator
from pathlib import Path

import pytest

from glue2lakehouse.domain import Evidence, Status
from glue2lakehouse.errors import SourceNotFound
from glue2lakehouse.orchestrator import migrate
from glue2lakehouse.orchestrator.local_runs import project_root, run_glue
from glue2lakehouse.orchestrator.verifying import verify
from glue2lakehouse.settings import Settings
from glue2lakehouse.store import SourceEntity, ValidationResult, open_store
from glue2lakehouse.tools.report import FileReport, read_report
from glue2lakehouse.tools.sandbox.worker import Worker

JOB = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glueContext = GlueContext(SparkContext.getOrCreate())
stores = glueContext.create_dynamic_frame.from_options(
    connection_type="s3", connection_options={"paths": ["s3://in/stores/"]}, format="parquet"
)
print("stores:", stores.count())
glueContext.write_dynamic_frame.from_options(
    frame=stores, connection_type="s3", connection_options={"path": "s3://out/stores/"}, format="parquet"
)
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    import pyarrow as pa
    import pyarrow.parquet as pq

    folder = tmp_path / "project"
    rows = folder / "data" / "s3" / "in" / "stores"
    rows.mkdir(parents=True)
    pq.write_table(pa.table({"id": [1, 2, None], "name": ["a", "", None]}), rows / "part-0.parquet")
    (folder / "copy_stores.py").write_text(JOB)
    return folder


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


def job_of(out: Path) -> FileReport:
    return next(file for file in read_report(out).files if file.path == "copy_stores.py")


def test_a_folder_that_migrate_did_not_write_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceNotFound, match=r"report\.json"):
        verify(tmp_path)


@pytest.mark.spark
def test_a_verified_job_is_executed_and_one_that_differs_waits_until_it_is_mended(
    project: Path, tmp_path: Path, worker: Worker
) -> None:
    out, settings = tmp_path / "out", Settings(home=tmp_path / "home", tracing=False)
    migrate(str(project), out, settings)
    assert job_of(out).evidence is Evidence.RESOLVED

    assert [verdict.outcome.value for verdict in verify(out, settings, worker=worker).verdicts] == ["equal"]
    job = job_of(out)
    assert (job.evidence, job.status) == (Evidence.EXECUTED, Status.CONVERTED)
    assert job.confidence > 0.95

    converted = out / "src" / "copy_stores.py"
    good = converted.read_text()
    converted.write_text(good.replace("stores.write", "stores.limit(1).write"))
    assert converted.read_text() != good
    assert [verdict.outcome.value for verdict in verify(out, settings, worker=worker).verdicts] == ["different"]
    job = job_of(out)
    assert (job.evidence, job.status) == (Evidence.RESOLVED, Status.NEEDS_REVIEW)
    assert [finding.severity.value for finding in job.findings if finding.rule == "verification"] == ["blocker"]

    converted.write_text(good)
    verify(out, settings, worker=worker)
    assert (job_of(out).evidence, job_of(out).status) == (Evidence.EXECUTED, Status.CONVERTED)

    store = open_store(settings.home)
    assert {row.passed for row in store.rows(ValidationResult) if row.validated_by == "sandbox"} == {True, False}
    assert {row.evidence for row in store.rows(SourceEntity) if row.file_path == "copy_stores.py"} == {"executed"}
    migrate(str(project), out, settings)


@pytest.mark.spark
def test_what_a_local_run_lacks_is_made_and_told(project: Path) -> None:
    (project / "data").rename(project / "elsewhere")
    ended = run_glue(project / "copy_stores.py", {}, Settings())
    assert ended.run.error_type == ""
    assert [source.split(" ")[0] for source in ended.made] == ["path"]
    assert all(dataset.rows for dataset in ended.run.datasets)


def test_the_project_of_a_script_is_the_nearest_folder_above_that_looks_like_one(tmp_path: Path) -> None:
    (tmp_path / "project" / "jobs" / "daily").mkdir(parents=True)
    script = tmp_path / "project" / "jobs" / "daily" / "load.py"
    assert project_root(script) == script.parent
    (tmp_path / "project" / "glue2lakehouse.yaml").write_text("catalog: main\n")
    assert project_root(script) == tmp_path / "project"


@pytest.mark.spark
def test_an_unmodified_glue_script_runs_on_this_machine(project: Path, tmp_path: Path) -> None:
    ended = run_glue(project / "copy_stores.py", {}, Settings(), data=project / "data", keep=tmp_path / "kept")
    assert (ended.run.error_type, ended.run.error) == ("", "")
    assert [len(dataset.rows) for dataset in ended.run.datasets] == [3]
    assert "stores: 3" in ended.printed
    assert list((tmp_path / "kept" / "out" / "stores").glob("*.parquet"))
