import json
import os
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner, Result
from filelock import FileLock

from glue2lakehouse.cli import cli
from glue2lakehouse.orchestrator.portfolio import read_portfolio
from glue2lakehouse.orchestrator.side_by_side import State
from glue2lakehouse.store import MigrationProject, open_store

pytestmark = pytest.mark.integration

PURGE = """\
from awsglue.context import GlueContext
from pyspark.context import SparkContext

glue = GlueContext(SparkContext.getOrCreate())
glue.purge_s3_path("s3://landing/orders/", {"excludeStorageClasses": ["GLACIER"]})
"""
PORTFOLIO = """\
out: converted
home: home
settings: {tracing: false}
projects:
  - {name: plain, source: plain, catalog: one}
  - {name: gone, source: not-there}
  - {name: purge, source: purge, settings: {catalog: two}}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("estate")
    for name, text in (("plain", "def twice(x):\n    return 2 * x\n"), ("purge", PURGE)):
        (folder / name).mkdir()
        (folder / name / "job.py").write_text(text)
    (folder / "estate.yaml").write_text(PORTFOLIO)
    return folder


def run(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["portfolio", *arguments])


@pytest.fixture(scope="module")
def first(folder: Path) -> Result:
    return run(str(folder / "estate.yaml"), "--json")


@pytest.mark.slow
def test_one_that_fails_stops_no_other_and_is_told(folder: Path, first: Result) -> None:
    state = State.model_validate(json.loads(first.stdout))
    assert first.exit_code == 1
    words = {name: project.word for name, project in state.projects.items()}
    assert words == {"plain": "Ready", "gone": "Failed", "purge": "Blocked"}
    assert "not-there" in state.projects["gone"].error
    assert state.projects["purge"].left[0].places == 1
    assert (folder / "converted" / "plain" / "src" / "job.py").is_file()


@pytest.mark.slow
def test_the_page_names_all_and_leads_to_their_reports(folder: Path, first: Result) -> None:
    page = (folder / "converted" / "portfolio.html").read_text()
    assert '<a href="purge/report.html">purge</a>' in page
    assert "not-there" in page
    assert (folder / "converted" / "purge" / "report.html").is_file()


@pytest.mark.slow
def test_all_projects_are_in_one_store_with_the_settings_of_the_portfolio(folder: Path, first: Result) -> None:
    rows = open_store(folder / "home").rows(MigrationProject)
    assert {row.project_name: (row.config or {})["catalog"] for row in rows} == {
        "plain": "one",
        "purge": "two",
    }


@pytest.mark.slow
def test_an_interrupted_run_goes_on_with_what_is_not_done(folder: Path, first: Result) -> None:
    place = folder / "converted" / "portfolio.json"
    before = State.model_validate_json(place.read_text())
    place.write_text(before.model_copy(update={"finished": False}).model_dump_json())
    old = {name: os.stat(folder / "converted" / name / "report.json").st_mtime_ns for name in ("plain", "purge")}
    changed = PORTFOLIO.replace("source: purge", "source: plain")
    (folder / "estate.yaml").write_text(changed)
    time.sleep(0.01)
    again = run(str(folder / "estate.yaml"), "--processes", "1")
    now = {name: os.stat(folder / "converted" / name / "report.json").st_mtime_ns for name in ("plain", "purge")}
    assert again.exit_code == 1
    assert now["plain"] == old["plain"]
    assert now["purge"] > old["purge"]
    assert State.model_validate_json(place.read_text()).finished


@pytest.mark.slow
def test_a_killed_run_leaves_no_process_behind_and_the_next_one_goes_on(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    for number in range(40):
        (tmp_path / "many" / f"job_{number}.py").write_text(PURGE)
    projects = "".join(f"  - {{name: p{number}, source: many}}\n" for number in range(3))
    file = tmp_path / "estate.yaml"
    file.write_text(f"home: home\nprocesses: 1\nsettings: {{tracing: false}}\nprojects:\n{projects}")
    command = [sys.executable, "-m", "glue2lakehouse.cli", "portfolio", str(file)]
    running = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    page = tmp_path / "converted" / "portfolio.json"
    while not page.exists():
        assert running.poll() is None
        time.sleep(0.1)
    children = psutil.Process(running.pid).children()
    running.kill()
    running.communicate()
    _, alive = psutil.wait_procs(children, timeout=20)
    assert alive == []
    done = State.model_validate_json(page.read_text())
    assert 0 < len(done.projects) < 3
    seen = {name: os.stat(tmp_path / "converted" / name / "report.json").st_mtime_ns for name in done.projects}
    again = run(str(file))
    assert again.exit_code == 3, again.output
    assert {name: os.stat(tmp_path / "converted" / name / "report.json").st_mtime_ns for name in seen} == seen
    assert len(State.model_validate_json(page.read_text()).projects) == 3


@pytest.mark.slow
def test_two_runs_of_one_portfolio_are_kept_apart(folder: Path, first: Result) -> None:
    locks = [FileLock(lock, timeout=0) for lock in (folder / "home" / "locks").glob("*.lock")]
    assert locks
    for lock in locks:
        lock.acquire()
    refused = run(str(folder / "estate.yaml"))
    for lock in locks:
        lock.release()
    assert refused.exit_code == 1
    assert "is held by" in refused.stderr


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("projects: []\n", "projects"),
        ("projects:\n  - {name: a/b, source: x}\n", "projects.0.name"),
        ("projects:\n  - {name: a, source: x}\n  - {name: a, source: y}\n", "a is there twice"),
        ("projects:\n  - {name: a, source: x, settings: {colour: red}}\n", "project a: colour"),
        ("settings: {max_attempts: 99}\nprojects:\n  - {name: a, source: x}\n", "project a: max_attempts"),
        ("[", "is no YAML"),
    ],
)
def test_a_mistake_in_the_file_is_one_line_and_wrong_use(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "p.yaml").write_text(text)
    result = run(str(tmp_path / "p.yaml"))
    assert result.exit_code == 2
    assert said in result.stderr


def test_places_are_relative_to_the_file_and_urls_stay(tmp_path: Path) -> None:
    (tmp_path / "etl").mkdir()
    text = "projects:\n  - {name: a, source: etl, config: a.yaml}\n  - {name: b, source: 'https://host/b.git'}\n"
    (tmp_path / "p.yaml").write_text(text)
    portfolio = read_portfolio(tmp_path / "p.yaml")
    assert [project.source for project in portfolio.projects] == [str(tmp_path / "etl"), "https://host/b.git"]
    assert portfolio.projects[0].config == tmp_path / "a.yaml"
    assert portfolio.out == tmp_path / "converted"
