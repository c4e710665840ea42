"""A bundle with one mistake each: the check finds it, and names it."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.tools.jobs import check_bundle

ROOT = {
    "bundle": {"name": "x"},
    "include": ["resources/*.yml"],
    "variables": {"catalog": {"description": "c"}},
    "targets": {"dev": {"mode": "development"}},
}


def a_job(**changes: Any) -> dict[str, Any]:
    task = {
        "task_key": "t",
        "spark_python_task": {"python_file": "../src/t.py", "parameters": ["${var.catalog}"]},
        "job_cluster_key": "c",
    }
    return {
        "name": "j",
        "tasks": [task],
        "job_clusters": [{"job_cluster_key": "c", "new_cluster": {"num_workers": 1}}],
        **changes,
    }


def problems(out: Path, job: dict[str, Any], root: Any = ROOT) -> list[str]:
    (out / "resources").mkdir()
    (out / "src").mkdir()
    (out / "src/t.py").write_text("")
    (out / "databricks.yml").write_text(yaml.safe_dump(root))
    (out / "resources/j.yml").write_text(yaml.safe_dump({"resources": {"jobs": {"j": job}}}))
    return [finding.message for finding in check_bundle(out, command=None)]


def task(**changes: Any) -> dict[str, Any]:
    return {**a_job()["tasks"][0], **changes}


def test_a_good_bundle_has_no_findings(tmp_path: Path) -> None:
    assert problems(tmp_path, a_job()) == []


@pytest.mark.parametrize(
    ("job", "said"),
    [
        (a_job(max_concurrent_rums=1), "max_concurrent_rums"),
        (a_job(max_concurrent_runs="many"), "refuse"),
        (a_job(tasks=[]), "no tasks"),
        (a_job(tasks=[task(), task()]), "there twice"),
        (a_job(tasks=[task(depends_on=[{"task_key": "gone"}])]), "'gone'"),
        (a_job(tasks=[task(spark_python_task={"python_file": "../src/gone.py"})]), "does not exist"),
        (a_job(tasks=[task(job_cluster_key="d")]), "no job cluster 'd'"),
        (a_job(tasks=[task(environment_key="e")]), "one compute, found 2"),
        (a_job(tasks=[task(run_job_task={"job_id": 1})]), "one kind, found 2"),
        (a_job(tasks=[task(task_key="a b")]), "is no key"),
        (a_job(description="${var.gone}"), "refers to nothing"),
        (a_job(description="${resources.jobs.gone.id}"), "refers to nothing"),
        (a_job(tasks=[task(description="{{job.parameters.gone}}")]), "no parameter"),
        (
            a_job(continuous={}, schedule={"quartz_cron_expression": "0 0 1 * * ? *", "timezone_id": "UTC"}),
            "exclude each other",
        ),
        (a_job(schedule={"quartz_cron_expression": "0 0 1 * * * *  x", "timezone_id": "UTC"}), "six fields"),
        (a_job(description="⟦open⟧"), "open reference"),
    ],
)
def test_each_mistake_is_found(job: dict[str, Any], said: str, tmp_path: Path) -> None:
    found = problems(tmp_path, job)
    assert len(found) == 1
    assert said in found[0]


def test_one_key_twice_in_a_file_and_in_two_files_is_found(tmp_path: Path) -> None:
    problems(tmp_path, a_job())
    (tmp_path / "resources/k.yml").write_text(yaml.safe_dump({"resources": {"jobs": {"j": a_job()}}}))
    (tmp_path / "resources/l.yml").write_text("resources:\n  jobs: {}\n  jobs: {}\n")
    said = [(finding.path, finding.line, finding.message) for finding in check_bundle(tmp_path, command=None)]
    assert ("resources/k.yml", 0, "j: the key is also in resources/j.yml") in said
    assert any(path == "resources/l.yml" and line == 3 for path, line, _ in said)


def test_a_root_with_an_unknown_field_is_found(tmp_path: Path) -> None:
    assert "is no bundle" in problems(tmp_path, a_job(), {**ROOT, "variabels": {}})[0]


@pytest.mark.parametrize(
    ("answer", "severity"), [("Error: cannot resolve auth", "info"), ("Error: unknown field: x", "blocker")]
)
def test_the_databricks_command_has_its_word_where_it_is_there(
    answer: str, severity: str, tmp_path: Path, monkeypatch: Any
) -> None:
    program = tmp_path / "bin/databricks"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\n[ "$1 $2" = "bundle validate" ] && echo "{answer}" >&2\nexit 1\n')
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    out = tmp_path / "out"
    out.mkdir()
    problems(out, a_job())
    (finding,) = check_bundle(out)
    assert (finding.severity, answer in finding.message) == (severity, True)
