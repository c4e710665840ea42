"""From the bundle to the script: converted jobs of the example run with exactly the parameters that the bundle gives them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from glue2lakehouse.orchestrator import migrate
from glue2lakehouse.settings import load_settings
from glue2lakehouse.tools.jobs.bundle.script_arguments import asked_by
from glue2lakehouse.tools.sandbox.verify import JobVerification, Outcome, Source, verify_file
from glue2lakehouse.tools.sandbox.worker import Worker

RETAIL = Path(__file__).parents[4] / "examples" / "retail"
TASKS = [
    ("retail_daily_revenue", "retail_daily_revenue"),
    ("retail_nightly", "retail_daily_revenue"),
    ("retail_ingest_orders", "retail_ingest_orders"),
]
pytestmark = pytest.mark.spark


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker() as worker:
        yield worker


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("bundle") / "out"
    home = tmp_path_factory.mktemp("home")
    migrate(str(RETAIL), out, load_settings(RETAIL / "glue2lakehouse.yaml", {}, home=home, tracing=False))
    return out


def arguments_of(bundle: Path, job_key: str, task_key: str) -> tuple[str, dict[str, str]]:
    """The script of a task, and its parameters as Databricks fills them in for a run that overrides nothing."""
    resources = yaml.safe_load((bundle / "resources" / f"{job_key}.yml").read_text())
    job: dict[str, Any] = resources["resources"]["jobs"][job_key]
    variables = yaml.safe_load((bundle / "databricks.yml").read_text())["variables"]
    script = next(task["spark_python_task"] for task in job["tasks"] if task["task_key"] == task_key)
    parameters = {each["name"]: each["default"] for each in job.get("parameters", [])}

    def filled(text: str) -> str:
        text = re.sub(r"\{\{job\.parameters\.`?([^`}]+)`?\}\}", lambda match: parameters[match[1]], text)
        return re.sub(r"\$\{var\.(\w+)\}", lambda match: variables[match[1]]["default"], text).replace(
            "{{job.run_id}}", "1234"
        )

    line = [filled(text) for text in script["parameters"]]
    assert not [text for text in line if "{{" in text or "${" in text]
    names = [name.removeprefix("--") for name in line[::2]]
    return script["python_file"].removeprefix("../src/"), dict(zip(names, line[1::2], strict=True))


def run(bundle: Path, path: str, arguments: dict[str, str], worker: Worker) -> JobVerification:
    settings = load_settings(RETAIL / "glue2lakehouse.yaml", {})
    source = Source(
        original=RETAIL, converted=bundle / "src", data=RETAIL / "data", settings=settings, arguments={path: arguments}
    )
    return verify_file(source, path, worker=worker)


@pytest.mark.parametrize(("job_key", "task_key"), TASKS)
def test_a_script_runs_with_the_parameters_of_its_task_and_writes_what_the_original_does(
    job_key: str, task_key: str, bundle: Path, worker: Worker
) -> None:
    path, arguments = arguments_of(bundle, job_key, task_key)
    # The sandbox makes up what a script asks for and nobody gives; here nothing may be made up.
    assert asked_by((bundle / "src" / path).read_text()).required <= {f"--{name}" for name in arguments}
    verdict = run(bundle, path, arguments, worker)
    assert verdict.outcome is Outcome.EQUAL, verdict
    assert verdict.rows > 0
