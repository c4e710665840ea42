"""What a Glue job brings along: Python modules from an index, its own packages, wheels and jars.

AWS: aws-glue-programming-python-libraries. A zip or py file of `--extra-py-files` that the source holds as a package or module goes
into a wheel, which the bundle builds from its folder under `src/`; so does `glue_compat`. A Python task finds only what lies
beside its script.
"""

import json
import posixpath
import re
from pathlib import Path
from typing import Any

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft
from glue2lakehouse.tools.jobs.bundle.script_modules import missing_packages
from glue2lakehouse.tools.jobs.model import GlueJob

COMPAT = "glue_compat"
SNOWFLAKE = "snowflake-connector-python"
"""The library of `snowflake.connector`, which `run_in_snowflake` is given by the converted script."""


def add_libraries(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any]) -> None:
    """Give the task its libraries, or the environment of the task its dependencies."""
    dependencies = [
        context.text(item)
        for item in _split(job.arguments.get("--additional-python-modules", ""))
        if _is_installable(job, item, context)
    ]
    for file in _split(job.arguments.get("--extra-py-files", "")):
        found = _own_package(job, file, context)
        if found and found not in dependencies:
            dependencies.append(found)
    if _is_used(context.with_snowflake, job, dependencies, context) and not any(
        re.match(rf"{SNOWFLAKE}\b", item.lower().replace("_", "-")) for item in dependencies
    ):
        dependencies.append(SNOWFLAKE)
    for package in missing_packages(context.script_of(job), dependencies):
        context.tell(
            job, "job-modules", f"its script imports {package}, which Glue's image has and no argument of the job names",
            "name it under the task's libraries, in the version that Glue has", severity=Severity.WARNING, field="Command.ScriptLocation",
        )  # fmt: skip
    if _is_used(context.with_compat, job, dependencies, context):
        context.used[COMPAT] = f"{COMPAT}.py"
        dependencies += [wheel for wheel in [wheel_of(f"{COMPAT}.py")] if wheel not in dependencies]
    jars = [context.text(jar) for jar in _split(job.arguments.get("--extra-jars", ""))]
    if context.settings.compute is Compute.SERVERLESS:
        if dependencies:
            draft.job["environments"][-1]["spec"]["dependencies"] = [
                f"-r {item}" if item.endswith(".txt") else item for item in dependencies
            ]
        return
    libraries = [_library(item) for item in dependencies] + [{"jar": jar} for jar in jars]
    if libraries:
        task["libraries"] = libraries
    if jars and context.settings.compute is Compute.STANDARD:
        context.tell(
            job, "job-jars", "on standard compute an administrator has to allow each jar",
            "add them to the metastore's artifact allowlist", field="DefaultArguments.--extra-jars",
        )  # fmt: skip


def _is_used(users: frozenset[str], job: GlueJob, dependencies: list[str], context: Context) -> bool:
    """Say whether the job's script, or a package of its own, is one of these files."""
    script = posixpath.splitext(job.script)[0] + ".py"
    own = [place for place in context.used.values() if wheel_of(place) in dependencies]
    return script in users or any(path == place or path.startswith(place + "/") for path in users for place in own)


def _is_installable(job: GlueJob, item: str, context: Context) -> bool:
    """A module by name, a wheel, a file of requirements or an address that pip knows; of S3, wheels and requirements only."""
    if not item.startswith("s3") or item.endswith((".whl", ".txt")):
        return True
    context.tell(
        job, "job-modules", f"--additional-python-modules: {item} is no wheel, and Databricks installs no other file from S3",
        "build a wheel of it and name it under libraries", field="DefaultArguments.--additional-python-modules",
    )  # fmt: skip
    return False


def _split(text: str) -> list[str]:
    """Split at commas, but not at those between the brackets of `package[a,b]`."""
    return [item.strip() for item in re.split(r",(?![^\[]*\])", text) if item.strip()]


def _library(item: str) -> dict[str, Any]:
    if item.endswith(".txt"):
        return {"requirements": item}
    return {"whl": item} if item.endswith(".whl") else {"pypi": {"package": item}}


def _own_package(job: GlueJob, file: str, context: Context) -> str:
    stem, suffix = posixpath.splitext(posixpath.basename(file))
    if suffix == ".whl":
        return context.text(file)
    place = context.packages.get(stem, "")
    if suffix in (".zip", ".py", ".egg") and place and not _has_own_project(place, context):
        context.used[stem] = place
        return wheel_of(place)
    context.tell(
        job, "job-extra-files", f"--extra-py-files: no package or module '{stem}' is in the source for {file}",
        "add its Python files to the source, or build a wheel and name it under libraries",
        field="DefaultArguments.--extra-py-files", severity=Severity.WARNING,
    )  # fmt: skip
    return ""


def _has_own_project(place: str, context: Context) -> bool:
    """Say whether a project file of the source stands where the writer would put its own."""
    names = ("pyproject.toml", "setup.py", "setup.cfg")
    return any(posixpath.join(posixpath.dirname(place), name) in context.files for name in names)


def packages_of(files: frozenset[str]) -> dict[str, str]:
    """Return the importable top-level packages and modules of a source: name -> folder or file.

    Of two with the same name neither counts: which of them a zip holds cannot be told.
    """
    found: dict[str, set[str]] = {}
    for path in files:
        if not path.endswith(".py"):
            continue
        folder, name = posixpath.split(path)
        if name == "__init__.py":
            if posixpath.join(posixpath.dirname(folder), "__init__.py") not in files:
                found.setdefault(posixpath.basename(folder), set()).add(folder)
        elif posixpath.join(folder, "__init__.py") not in files:
            found.setdefault(name.removesuffix(".py"), set()).add(path)
    return {
        name: next(iter(places)) for name, places in sorted(found.items()) if len(places) == 1 and name.isidentifier()
    }


def wheel_of(place: str) -> str:
    """Return the wheel that holds a package or module, as a resources file names it."""
    return "/".join(filter(None, ("../src", posixpath.dirname(place), "dist/*.whl")))


def wheel_projects(project: str, context: Context) -> dict[str, str]:
    """Return a pyproject.toml for each folder of `src/` that holds packages or modules of the jobs: path -> text."""
    folders = sorted({posixpath.dirname(place) for place in context.used.values()})
    return {posixpath.join("src", folder, "pyproject.toml"): _pyproject(project, folder, context) for folder in folders}


def _pyproject(project: str, folder: str, context: Context) -> str:
    inside = {name: place for name, place in context.used.items() if posixpath.dirname(place) == folder}
    modules = sorted(name for name, place in inside.items() if place.endswith(".py"))
    packages = sorted(
        posixpath.dirname(path).removeprefix(folder).strip("/").replace("/", ".")
        for place in inside.values()
        for path in context.files
        if path.startswith(place + "/") and path.endswith("/__init__.py")
    )
    name = "-".join(filter(None, (project, folder.replace("/", "-"), "libraries"))).replace("_", "-").lower()
    lines = [
        "# What the Glue jobs brought along as --extra-py-files, as a wheel; the bundle builds it.",
        "[build-system]",
        'requires = ["setuptools>=68"]',
        'build-backend = "setuptools.build_meta"',
        "",
        "[project]",
        f'name = "{name}"',
        'version = "0.1.0"',
        "",
        "[tool.setuptools]",
        f"packages = {json.dumps(packages)}",
        f"py-modules = {json.dumps(modules)}",
    ]
    if context.converted and any(_holds_data(context.converted / place) for place in inside.values()):
        lines += ["", "[tool.setuptools.package-data]", '"*" = ["**"]']
    return "\n".join(lines) + "\n"


def _holds_data(place: Path) -> bool:
    """Whether a package's folder has files that are no Python, which its modules open beside themselves."""
    return any(file.is_file() and file.suffix != ".py" for file in place.rglob("*")) if place.is_dir() else False
