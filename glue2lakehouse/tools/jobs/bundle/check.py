"""A written bundle, checked for real: typed models, references, keys, files; the `databricks` command where there is one.

Databricks: databricks-bundles (models of the Jobs API), dev-tools/bundles/settings (references), Jobs API (limits).
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from glue2lakehouse.domain import Finding, Severity
from glue2lakehouse.tools.jobs.bundle.project import BundleRoot
from glue2lakehouse.tools.jobs.bundle.writer import typed_job
from glue2lakehouse.tools.jobs.cron import CronError, to_quartz

# What the databricks command takes for a reference: parts that start with a letter and end with no underscore.
_PART = r"[A-Za-z]+(?:[-_]*[A-Za-z0-9]+)*"
_REFERENCE = re.compile(rf"(?<!\$)\$\{{({_PART}(?:\.{_PART})*)\}}")
_ODD_REFERENCE = re.compile(r"(?<!\$)\$\{[^}]*\}")
_PARAMETER = re.compile(r"\{\{job\.parameters\.`?([^`}]+)`?\}\}")
_BUILT_IN = ("bundle.", "workspace.")
_MOST_TASKS = 1000


class _UniqueKeys(yaml.SafeLoader):
    """Refuses a mapping with one key twice, which YAML readers else take silently."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Return the mapping. Raises yaml.YAMLError at a key that is there already."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"the key '{key}' is there twice", key_node.start_mark
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


def check_bundle(out: Path, *, command: str | None = "databricks") -> list[Finding]:
    """Return what is wrong with the bundle in `out`; none means that it is well-formed and complete in itself.

    Where `command` is on the machine, `databricks bundle validate` has its word, too; it needs a login, and without one
    its refusal is a finding of severity `info`.
    """
    findings: list[Finding] = []
    root = _load(out, out / "databricks.yml", findings)
    names: set[str] = set()
    if root is not None:
        names = _check_root(root, findings)
    jobs: dict[str, tuple[str, dict[str, Any]]] = {}
    for file in sorted(out.glob("resources/*.yml")):
        _collect(out, file, jobs, findings)
    for key, (path, job) in jobs.items():
        findings += [_finding(path, key, message) for message in _problems(out, job, names, jobs.keys())]
    program = shutil.which(command) if command else None
    if program and not findings:
        findings += _ask_databricks(program, out)
    return findings


def _load(out: Path, file: Path, findings: list[Finding]) -> Any:
    path = file.relative_to(out).as_posix()
    try:
        return yaml.load(file.read_text(encoding="utf-8"), _UniqueKeys)
    except (OSError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        findings.append(
            _finding(path, "", f"cannot be read: {str(error).splitlines()[0]}", mark.line + 1 if mark else 0)
        )
        return None


def _check_root(root: Any, findings: list[Finding]) -> set[str]:
    try:
        parsed = BundleRoot.model_validate(root)
    except ValueError as error:
        findings.append(_finding("databricks.yml", "", f"is no bundle: {' '.join(str(error).split())}"))
        return set()
    return set(parsed.variables)


def _collect(out: Path, file: Path, jobs: dict[str, tuple[str, dict[str, Any]]], findings: list[Finding]) -> None:
    path = file.relative_to(out).as_posix()
    held = _load(out, file, findings)
    if held is None:
        return
    found = held.get("resources", {}).get("jobs") if isinstance(held, dict) else None
    if not isinstance(found, dict):
        findings.append(_finding(path, "", "holds no resources.jobs"))
        return
    for key, job in found.items():
        if key in jobs:
            findings.append(_finding(path, key, f"the key is also in {jobs[key][0]}"))
        jobs[key] = (path, job)


def _problems(out: Path, job: dict[str, Any], variables: set[str], keys: Any) -> Iterator[str]:
    try:
        typed_job(job)
    except (ValueError, TypeError, KeyError) as error:
        yield f"the models of databricks-bundles refuse it: {error}"
        return
    yield from _references(job, variables, keys)
    yield from _tasks(out, job)
    yield from _starts(job)


def _references(job: Any, variables: set[str], keys: Any) -> Iterator[str]:
    for text in _texts(job):
        for name in _REFERENCE.findall(text):
            head, _, rest = name.partition(".")
            known = (
                (head == "var" and rest in variables)
                or (head == "resources" and rest.startswith("jobs.") and rest.split(".")[1] in keys)
                or name.startswith(_BUILT_IN)
            )
            if not known:
                yield f"${{{name}}} refers to nothing in this bundle"
        for whole in _ODD_REFERENCE.findall(text):
            if not _REFERENCE.fullmatch(whole):
                yield f"{whole} is no reference that the databricks command follows"
        if "⟦" in text:
            yield f"'{text}' still holds an open reference"
    declared = {parameter["name"] for parameter in job.get("parameters", [])}
    for text in _texts(job.get("tasks", [])):
        for name in _PARAMETER.findall(text):
            if name not in declared:
                yield f"{{{{job.parameters.{name}}}}} is no parameter of this job"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _tasks(out: Path, job: dict[str, Any]) -> Iterator[str]:
    tasks = job.get("tasks") or []
    if not tasks:
        yield "has no tasks"
    if len(tasks) > _MOST_TASKS:
        yield f"has {len(tasks)} tasks; {_MOST_TASKS} is the most"
    keys = [task["task_key"] for task in tasks]
    yield from (f"task key '{key}' is there twice" for key in sorted({key for key in keys if keys.count(key) > 1}))
    clusters = {cluster["job_cluster_key"] for cluster in job.get("job_clusters", [])}
    environments = {item["environment_key"] for item in job.get("environments", [])}
    earlier: set[str] = set()
    for task in tasks:
        yield from _task(out, task, clusters, environments)
        for dependency in task.get("depends_on", []):
            if dependency["task_key"] not in earlier:
                yield f"task '{task['task_key']}' depends on '{dependency['task_key']}', which is not before it"
        earlier.add(task["task_key"])


def _task(out: Path, task: dict[str, Any], clusters: set[str], environments: set[str]) -> Iterator[str]:
    name = task["task_key"]
    kinds = [key for key in task if key.endswith("_task")]
    if len(kinds) != 1:
        yield f"task '{name}' has to be of one kind, found {len(kinds)}"
    if not re.fullmatch(r"[\w\-]{1,100}", name):
        yield f"task key '{name}' is no key: letters, digits, _ and -, at most 100"
    script = task.get("spark_python_task")
    if script is None:
        return
    if not (out / "resources" / script["python_file"]).resolve().is_file():
        yield f"task '{name}': {script['python_file']} does not exist"
    places = [
        key for key in ("job_cluster_key", "environment_key", "new_cluster", "existing_cluster_id") if key in task
    ]
    if len(places) != 1:
        yield f"task '{name}' needs one compute, found {len(places)}"
    elif task.get("job_cluster_key", next(iter(clusters), None)) not in clusters | {None}:
        yield f"task '{name}': there is no job cluster '{task['job_cluster_key']}'"
    elif "environment_key" in task and task["environment_key"] not in environments:
        yield f"task '{name}': there is no environment '{task['environment_key']}'"


def _starts(job: dict[str, Any]) -> Iterator[str]:
    starts = [key for key in ("schedule", "continuous", "trigger") if key in job]
    if len(starts) > 1:
        yield f"{' and '.join(starts)} exclude each other"
    quartz = job.get("schedule", {}).get("quartz_cron_expression", "")
    if quartz:
        seconds, _, rest = quartz.partition(" ")
        try:
            to_quartz(rest)
        except CronError as error:
            yield f"schedule '{quartz}': {error}"
        if seconds != "0":
            yield f"schedule '{quartz}' starts with seconds, which Glue does not have"


def _ask_databricks(program: str, out: Path) -> list[Finding]:
    done = subprocess.run(
        [program, "bundle", "validate", "--target", "dev"],
        cwd=out,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    if done.returncode == 0:
        return []
    lines = [line for line in (done.stderr + done.stdout).splitlines() if line.startswith("Error:")] or [
        "Error: no reason given"
    ]
    without_login = any(word in line for line in lines for word in ("auth", "login", "host", "credentials"))
    severity = Severity.INFO if without_login else Severity.BLOCKER
    return [_finding("databricks.yml", "", f"databricks bundle validate: {line}", severity=severity) for line in lines]


def _finding(path: str, key: str, message: str, line: int = 0, *, severity: Severity = Severity.BLOCKER) -> Finding:
    where = f"{key}: " if key else ""
    return Finding(
        rule="bundle-check", severity=severity, path=path, line=line, message=where + message,
        action="correct the bundle; if the writer made it, that is a fault of this tool: please report it",
    )  # fmt: skip
