"""What a Glue job brings along: Python modules from an index, its own packages, wheels and jars.

AWS: aws-glue-programming-python-libraries. A zip or py file of `--extra-py-files` that the source holds as a folder goes into one
wheel, which the bundle builds from `src/`; Databricks has no `--extra-py-files`.
"""

import posixpath
from typing import Any

from glue2lakehouse.domain import Compute, Severity
from glue2lakehouse.tools.jobs.bundle.draft import Context, Draft
from glue2lakehouse.tools.jobs.model import GlueJob

WHEEL = "../src/dist/*.whl"


def add_libraries(draft: Draft, job: GlueJob, context: Context, task: dict[str, Any]) -> None:
    """Give the task its libraries, or the environment of the task its dependencies."""
    dependencies = [context.text(item) for item in _split(job.arguments.get("--additional-python-modules", ""))]
    for file in _split(job.arguments.get("--extra-py-files", "")):
        found = _own_package(job, file, context)
        if found and found not in dependencies:
            dependencies.append(found)
    jars = [context.text(jar) for jar in _split(job.arguments.get("--extra-jars", ""))]
    if context.settings.compute is Compute.SERVERLESS:
        if dependencies:
            draft.job["environments"][-1]["spec"]["dependencies"] = dependencies
        return
    libraries = [_library(item) for item in dependencies] + [{"jar": jar} for jar in jars]
    if libraries:
        task["libraries"] = libraries
    if jars and context.settings.compute is Compute.STANDARD:
        context.tell(
            job, "job-jars", "on standard compute an administrator has to allow each jar",
            "add them to the metastore's artifact allowlist", field="DefaultArguments.--extra-jars",
        )  # fmt: skip


def _split(text: str) -> list[str]:
    return [item.strip() for item in text.split(",") if item.strip()]


def _library(item: str) -> dict[str, Any]:
    return {"whl": item} if item.endswith(".whl") else {"pypi": {"package": item}}


def _own_package(job: GlueJob, file: str, context: Context) -> str:
    stem, suffix = posixpath.splitext(posixpath.basename(file))
    if suffix == ".whl":
        return context.text(file)
    if suffix in (".zip", ".py", ".egg") and _fits(stem, context):
        context.used[stem] = context.packages[stem]
        return WHEEL
    context.tell(
        job, "job-extra-files", f"--extra-py-files: no package or module '{stem}' is in the source for {file.replace('⟦', '<').replace('⟧', '>')}",
        "add its Python files to the source, or build a wheel and name it under libraries",
        field="DefaultArguments.--extra-py-files", severity=Severity.WARNING,
    )  # fmt: skip
    return ""


def _fits(name: str, context: Context) -> bool:
    """Say whether the source holds it, and one wheel can: its single modules have to lie in one folder."""
    place = context.packages.get(name, "")
    if not place.endswith(".py"):
        return bool(place)
    modules = [held for held in context.used.values() if held.endswith(".py")]
    return all(posixpath.dirname(held) == posixpath.dirname(place) for held in modules)


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


def wheel_project(project: str, packages: dict[str, str], files: frozenset[str]) -> str:
    """Return the pyproject.toml of the wheel with these packages and modules, relative to `src/`."""
    whole = {name: place for name, place in packages.items() if not place.endswith(".py")}
    modules = {name: posixpath.dirname(place) for name, place in packages.items() if place.endswith(".py")}
    inner = sorted({folder for place in whole.values() for folder in _folders(place, files)})
    names = {_dotted(folder, whole): folder for folder in inner}
    roots = sorted(set(modules.values()))
    lines = [
        "# The packages that the Glue jobs brought along as --extra-py-files, as one wheel; the bundle builds it.",
        "[build-system]", 'requires = ["setuptools>=68"]', 'build-backend = "setuptools.build_meta"', "",
        "[project]", f'name = "{project}-libraries"', 'version = "0.1.0"', "",
        "[tool.setuptools]", f"packages = [{', '.join(_quoted(name) for name in sorted(names))}]",
    ]  # fmt: skip
    if modules:
        lines.append(f"py-modules = [{', '.join(_quoted(name) for name in sorted(modules))}]")
    lines += ["", "[tool.setuptools.package-dir]"]
    lines += [f"{_quoted(name)} = {_quoted(folder)}" for name, folder in sorted(names.items())]
    if modules:
        lines.append(f'"" = {_quoted(roots[0])}')
    return "\n".join(lines) + "\n"


def _folders(place: str, files: frozenset[str]) -> set[str]:
    return {posixpath.dirname(path) for path in files if path.startswith(place + "/") and path.endswith("/__init__.py")}


def _dotted(folder: str, whole: dict[str, str]) -> str:
    root = next(place for place in whole.values() if folder == place or folder.startswith(place + "/"))
    return ".".join((posixpath.basename(root), *filter(None, folder[len(root) :].split("/"))))


def _quoted(text: str) -> str:
    return f'"{text}"'
